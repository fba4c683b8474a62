//! One judgement: the checks are played, each verdict is shown as it falls, and the reports are written.

use super::super::output::{To, styled, to_stdout};
use super::super::{Exit, Look};
use super::advice::notices;
use super::exit;
use super::plan::Plan;
use super::replay::{self, Replay};
use super::reports::Form;
use super::walking::Walk;
use day30::check::report::{About, json, junit, tap};
use day30::check::show::{beside, cause, explanation, failure, line, rounds, skipped, summary};
use day30::check::texts::Texts;
use day30::check::verdict::{Failure, Judged, Verdict};
use day30::check::{Check, Judgement, Progress, run};
use day30::lang::Lang;
use day30::say;
use indicatif::{ProgressBar, ProgressStyle};
use std::ops::ControlFlow;

/// What is remembered of a judgement for the next one, when the same program is judged again and again.
#[derive(Default)]
pub(super) struct Memory {
    /// What failed: when it passes now, it is explained.
    failed: Vec<&'static str>,
    /// Whether a check that failed is to be played once more, for the page of `--see`.
    pub(super) replays: bool,
    /// Whether that was done, and the page is written.
    pub(super) has_replayed: bool,
    /// The failure that was shown in full, and how many of its hints.
    pub(super) shown: Option<(&'static str, usize)>,
    /// Whether it was told that the progress cannot be kept: once is enough.
    pub(super) is_lost_told: bool,
}

/// How many hints a check has.
const HINTS: usize = 3;

/// Where the words go while a judgement is made: above the progress bar.
pub(super) struct Screen<'p> {
    pub(super) plan: &'p Plan,
    pub(super) look: Look,
    to: To,
    bar: ProgressBar,
    pub(super) texts: Texts,
    /// Where it is on the path, if the plan follows that.
    pub(super) walk: Walk,
    /// Checks that were skipped for the same reason, and are not told yet.
    skipped: Vec<Judged>,
    /// Nobody reads any more.
    closed: bool,
}

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

impl<'p> Screen<'p> {
    fn new(plan: &'p Plan, look: Look) -> Self {
        let bar = ProgressBar::new((plan.order.checks.len() * plan.order.rounds) as u64);
        if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos} of {len}  {msg}") {
            bar.set_style(style);
        }
        let (to, texts) = (plan.words_to(), Texts::of(look.lang));
        Self { plan, look, to, bar, texts, walk: Walk::default(), skipped: Vec::new(), closed: false }
    }
}

impl Screen<'_> {
    pub(super) fn say(&mut self, text: &str) -> anyhow::Result<()> {
        let (to, color) = (self.to, self.look.color);
        if !self.closed && !self.bar.suspend(|| styled(text, to, color))? {
            // `day30 check … | head -1`: whoever reads has what they wanted. The verdict is told all the same, by the exit code.
            self.closed = true;
        }
        Ok(())
    }

    fn open(&mut self) -> anyhow::Result<()> {
        let (name, shown, lang) = (self.plan.order.target.name(), self.plan.shown.clone(), self.look.lang);
        self.say(&say!(lang, "testing your program as {name}: {shown}\n", "把你的程序当作 {name} 评判：{shown}\n"))?;
        for notice in notices(&self.plan.order) {
            self.say(&format!("{}\n", notice.of(lang)))?;
        }
        self.say("\n")
    }

    fn begin(&self, check: &Check) {
        let plan = self.plan;
        self.bar.set_message(if plan.follows_path {
            self.walk.title(plan.order.target.path(), check, self.look.lang)
        } else {
            self.texts.section(check.id).title
        });
    }

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

    /// Whether a check that passed is explained.
    pub(super) fn is_explained(&self, judged: &Judged, memory: &Memory) -> bool {
        let is_alone = self.plan.order.checks.len() == 1;
        self.plan.explain || is_alone || memory.failed.contains(&judged.check.id)
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
            self.say(&failure(judged, how, &self.texts, &plan.order, &plan.again, plan.hint, lang))?;
        }
        if judgement.cut_short().is_some() {
            return self.interrupted(judgement);
        }
        self.say(&beside(judgement, lang))?;
        root.and_then(failed).map_or(Ok(()), |(_, how)| self.say(&cause(how, &self.texts, &plan.order, true, lang)))
    }

    /// One failure in full. A student who fails the same again gets one hint more, and then sees code too.
    pub(super) fn tell_failure(&mut self, root: &Judged, memory: &mut Memory) -> anyhow::Result<()> {
        let (plan, lang) = (self.plan, self.look.lang);
        let Some((judged, how)) = failed(root) else { return Ok(()) };
        let hint = match memory.shown {
            Some((before, hint)) if judged.check.id == before => (hint + 1).min(HINTS),
            _ => plan.hint,
        };
        memory.shown = Some((judged.check.id, hint));
        self.say(&failure(judged, how, &self.texts, &plan.order, &plan.again, hint, lang))?;
        self.say(&cause(how, &self.texts, &plan.order, hint > 1, lang))
    }

    /// Says that Ctrl-C ended it. What broke it is an error, and is told as one.
    pub(super) fn interrupted(&mut self, judgement: &Judgement) -> anyhow::Result<()> {
        if !judgement.interrupted {
            return Ok(());
        }
        let text = "\ninterrupted by Ctrl-C: not all checks were run\n";
        self.say(self.look.lang.pick(text, "\n被 Ctrl-C 中断：检查没有做完\n"))
    }
}

/// How it failed, if it did.
fn failed(judged: &Judged) -> Option<(&Judged, &Failure)> {
    match &judged.verdict {
        Verdict::Failed(how) => Some((judged, how)),
        _ => None,
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
