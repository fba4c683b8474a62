//! One judgement: the checks are played, each verdict is shown as it falls, and the reports are written.

use super::super::output::{To, styled, to_stdout};
use super::super::{Exit, Look};
use super::advice::notices;
use super::exit;
use super::plan::Plan;
use super::reports::Form;
use day30::check::report::{About, json, junit, tap};
use day30::check::show::{beside, cause, explanation, failure, line, rounds, skipped, summary};
use day30::check::texts::Texts;
use day30::check::verdict::{Judged, Verdict};
use day30::check::{Judgement, Progress, run};
use day30::lang::Lang;
use day30::say;
use indicatif::{ProgressBar, ProgressStyle};

/// What is remembered of a judgement for the next one, when the same program is judged again and again.
#[derive(Default)]
pub(super) struct Memory {
    /// What failed: when it passes now, it is explained.
    failed: Vec<&'static str>,
    /// The failure that was shown in full, and how many of its hints.
    shown: Option<(&'static str, usize)>,
}

/// How many hints a check has.
const HINTS: usize = 3;

/// Where the words go while a judgement is made: above the progress bar.
struct Screen<'p> {
    plan: &'p Plan,
    look: Look,
    to: To,
    bar: ProgressBar,
    texts: Texts,
    /// Checks that were skipped for the same reason, and are not told yet.
    skipped: Vec<Judged>,
    /// Nobody reads any more.
    closed: bool,
}

/// Judges, and tells everything.
pub(super) fn judge(plan: &Plan, look: Look, memory: &mut Memory) -> anyhow::Result<Exit> {
    let to = plan.words_to();
    let bar = ProgressBar::new((plan.order.checks.len() * plan.order.rounds) as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos} of {len}  {msg}") {
        bar.set_style(style);
    }
    let mut screen = Screen { plan, look, to, bar, texts: Texts::of(look.lang), skipped: Vec::new(), closed: false };
    screen.open()?;
    let mut told = Ok(());
    let judgement = run(&plan.order, |progress| match progress {
        Progress::Begins(check) => screen.bar.set_message(screen.texts.section(check.id).title),
        Progress::Decided(judged) => {
            told = std::mem::replace(&mut told, Ok(())).and_then(|()| screen.tell(judged, memory));
        }
    });
    told?;
    plan.order.trace.flush();
    screen.bar.finish_and_clear();
    screen.conclude(&judgement, memory)?;
    write_reports(plan, &judgement, look.lang)?;
    if let Some(why) = &judgement.broken {
        anyhow::bail!("{}", why.of(look.lang));
    }
    Ok(match exit(judgement.decision(plan.strict)) {
        _ if judgement.interrupted => Exit::Interrupted,
        exit => exit,
    })
}

impl Screen<'_> {
    fn say(&mut self, text: &str) -> anyhow::Result<()> {
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

    fn tell(&mut self, judged: &Judged, memory: &Memory) -> anyhow::Result<()> {
        self.bar.inc(1);
        if self.plan.order.rounds > 1 {
            return Ok(());
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
        let is_alone = self.plan.order.checks.len() == 1;
        if judged.verdict == Verdict::Passed
            && (self.plan.explain || is_alone || memory.failed.contains(&judged.check.id))
        {
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
        let (plan, lang) = (self.plan, self.look.lang);
        self.tell_skipped()?;
        if plan.order.rounds > 1 {
            self.say(&rounds(judgement, &self.texts, lang))?;
        }
        let root = judgement.first_root();
        // Who fails the same again gets one hint more.
        let hint = match (root, memory.shown) {
            (Some(root), Some((before, hint))) if root.check.id == before => (hint + 1).min(HINTS),
            _ => plan.hint,
        };
        memory.shown = root.map(|root| (root.check.id, hint));
        memory.failed = judgement.roots().iter().map(|root| root.check.id).collect();
        if let Some(judged) = root
            && let Verdict::Failed(how) = &judged.verdict
        {
            self.say(&failure(judged, how, &self.texts, &plan.order, &plan.again, hint, lang))?;
        }
        if judgement.interrupted {
            return self.say(
                lang.pick("\ninterrupted by Ctrl-C: not all checks were run\n", "\n被 Ctrl-C 中断：检查没有做完\n"),
            );
        }
        // What broke it is an error, and is told as one.
        if judgement.broken.is_some() {
            return Ok(());
        }
        self.say(&beside(judgement, lang))?;
        if let Some(Verdict::Failed(how)) = root.map(|judged| &judged.verdict) {
            self.say(&cause(how, &self.texts, &plan.order, lang))?;
        }
        self.say(&summary(judgement, plan.order.target, plan.strict, plan.order.seed, lang))
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
