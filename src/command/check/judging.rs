//! One judgement: the checks are played, each verdict is shown as it falls, and the reports are written.

use super::super::output::to_stdout;
use super::super::{Exit, Look};
use super::exit;
use super::memory::Memory;
use super::plan::Plan;
use super::replay::{self, Replay};
use super::reports::Form;
use super::screen::{Screen, failed};
use day30::check::report::{About, json, junit, tap};
use day30::check::show::{beside, cause, explanation, failure, line, rerun, rounds, skipped, summary};
use day30::check::verdict::{Judged, Verdict};
use day30::check::{Judgement, Progress, run};
use day30::lang::Lang;
use std::ops::ControlFlow;

/// Judges, and tells everything. `None` if the program has changed meanwhile, as `has_changed` knows: what was seen so far is of no use.
pub(super) fn judge(
    plan: &Plan,
    look: Look,
    memory: &mut Memory,
    mut has_changed: impl FnMut() -> bool,
) -> anyhow::Result<Option<Exit>> {
    let mut screen = Screen::new(plan, look);
    screen.open()?;
    let (mut told, mut is_outdated) = (Ok(()), false);
    let mut judgement = run(&plan.order, |progress| {
        match progress {
            Progress::Begins(_) if has_changed() => {
                is_outdated = true;
                return ControlFlow::Break(());
            }
            Progress::Begins(check) => screen.begin(check),
            Progress::Decided(judged) => {
                told = std::mem::replace(&mut told, Ok(())).and_then(|()| screen.tell(judged, memory));
            }
        }
        ControlFlow::Continue(())
    });
    told?;
    plan.order.trace.flush();
    if is_outdated {
        screen.bar.finish_and_clear();
        return Ok(None);
    }
    let replay = if memory.replays { screen.replay(&mut judgement)? } else { None };
    screen.bar.finish_and_clear();
    screen.conclude(&judgement, memory)?;
    write_reports(plan, &judgement, look.lang)?;
    memory.has_replayed = replay.map_or(Ok(false), |replay| replay.write(plan, look).map(|()| true))?;
    if let Some(why) = &judgement.broken {
        anyhow::bail!("{}", why.of(look.lang));
    }
    if judgement.interrupted {
        return Ok(Some(Exit::Interrupted));
    }
    plan.keep_progress(&judgement, memory, look.lang);
    Ok(Some(exit(judgement.decision(plan.strict))))
}

impl Screen<'_> {
    /// Plays the first failure once more, with the program watched, and lets its calls decide on the cause.
    fn replay(&self, judgement: &mut Judgement) -> anyhow::Result<Option<Replay>> {
        self.bar.set_message(
            self.look.lang.pick(
                "the failed check once more, with your program watched",
                "再做一遍未通过的检查，同时观察你的程序",
            ),
        );
        let replay = replay::play(self.plan, judgement)?;
        replay.iter().for_each(|replay| replay.decides(self.plan, judgement));
        Ok(replay)
    }

    fn tell(&mut self, judged: &Judged, memory: &mut Memory) -> anyhow::Result<()> {
        self.bar.inc(1);
        if self.plan.order.rounds > 1 {
            return Ok(());
        }
        if self.plan.follows_path {
            return self.walk(judged, memory);
        }
        if matches!(judged.verdict, Verdict::NotRun(_)) {
            if self.skipped.last().is_some_and(|last| last.verdict != judged.verdict) {
                self.tell_skipped()?;
            }
            self.skipped.push(judged.clone());
            return Ok(());
        }
        self.tell_skipped()?;
        self.say(&line(judged, &self.texts, self.look.lang))?;
        if judged.verdict == Verdict::Passed && self.is_explained(judged, memory) {
            self.say(&explanation(judged, &self.texts))?;
        }
        Ok(())
    }

    /// What was skipped for one reason is one line, where it is more than one check.
    fn tell_skipped(&mut self) -> anyhow::Result<()> {
        let (all, lang) = (std::mem::take(&mut self.skipped), self.look.lang);
        match all.as_slice() {
            [] => Ok(()),
            [one] => self.say(&line(one, &self.texts, lang)),
            [first, ..] => match &first.verdict {
                Verdict::NotRun(why) => self.say(&skipped(all.len(), why, lang)),
                _ => Ok(()),
            },
        }
    }

    fn conclude(&mut self, judgement: &Judgement, memory: &mut Memory) -> anyhow::Result<()> {
        if self.plan.follows_path {
            self.arrive(judgement, memory)?;
        } else {
            self.tell_all(judgement)?;
        }
        memory.failed = judgement.roots().iter().map(|root| root.check.id).collect();
        // What cut it short has been told, or is told as an error.
        if judgement.cut_short().is_some() {
            return Ok(());
        }
        let plan = self.plan;
        self.say(&summary(judgement, plan.order.target, plan.strict, &plan.again, self.look.lang))
    }

    fn tell_all(&mut self, judgement: &Judgement) -> anyhow::Result<()> {
        let (plan, lang) = (self.plan, self.look.lang);
        self.tell_skipped()?;
        if plan.order.rounds > 1 {
            self.say(&rounds(judgement, &self.texts, lang))?;
        }
        let root = judgement.first_root();
        if let Some((judged, how)) = root.and_then(failed) {
            let told = failure(judged, how, &self.texts, &plan.order, plan.hint, lang);
            self.say(&(told + &rerun(judged, &plan.again, lang)))?;
        }
        if judgement.cut_short().is_some() {
            return self.interrupted(judgement);
        }
        self.say(&beside(judgement, lang))?;
        root.and_then(failed).map_or(Ok(()), |(_, how)| self.say(&cause(how, &self.texts, &plan.order, true, lang)))
    }
}

fn write_reports(plan: &Plan, judgement: &Judgement, lang: Lang) -> anyhow::Result<()> {
    let about = About { order: &plan.order, command: &plan.shown, again: &plan.again, strict: plan.strict, lang };
    let mut all = Ok(());
    for (form, file) in &plan.reports {
        let text = match form {
            Form::Json => json::json(judgement, &about),
            Form::Junit => junit::junit(judgement, &about),
            Form::Tap => tap::tap(judgement, &about),
        };
        let written = match file {
            Some(file) => file.write(&text),
            None => to_stdout(text.as_bytes()).map(drop),
        };
        // One that cannot be written is no reason to leave out the others.
        all = all.and(written);
    }
    all
}
