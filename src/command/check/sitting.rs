//! One judgement: the checks are played, each verdict is shown as it falls, and the reports are written.

use super::super::output::{To, styled, to_stdout, write_file};
use super::super::{Exit, Look};
use super::exit;
use super::plan::{Form, Plan};
use day30::check::report::{About, json, junit, tap};
use day30::check::show::{explanation, failure, line, rounds, summary};
use day30::check::texts::Texts;
use day30::check::verdict::{Judged, Verdict};
use day30::check::{Judgement, run};
use day30::lang::Lang;
use day30::say;
use indicatif::{ProgressBar, ProgressStyle};

/// A judgement, and what it comes to.
pub(super) struct Sitting {
    pub(super) judgement: Judgement,
    pub(super) exit: Exit,
}

/// Where the words go while a judgement is made: above the progress bar.
struct Desk<'p> {
    plan: &'p Plan,
    look: Look,
    to: To,
    bar: ProgressBar,
    texts: Texts,
    /// Nobody reads any more.
    closed: bool,
}

/// Judges, and tells everything.
pub(super) fn sit(plan: &Plan, look: Look) -> anyhow::Result<Exit> {
    sit_with_hints(plan, look, plan.hint, &[]).map(|sitting| sitting.exit)
}

/// The same, with another number of hints, and with the explanations of these checks if they pass.
pub(super) fn sit_with_hints(plan: &Plan, look: Look, hint: usize, explained: &[&str]) -> anyhow::Result<Sitting> {
    let to_stdout = plan.reports.iter().find(|(_, file)| file.is_none()).map(|(form, _)| *form);
    let to = if to_stdout.is_some() { To::Stderr } else { To::Stdout };
    let bar = ProgressBar::new((plan.order.checks.len() * plan.order.rounds) as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos} of {len}  {msg}") {
        bar.set_style(style);
    }
    let mut desk = Desk { plan, look, to, bar, texts: Texts::of(look.lang), closed: false };
    desk.open()?;
    let mut told = Ok(());
    let judgement = run(&plan.order, |judged| {
        told = std::mem::replace(&mut told, Ok(())).and_then(|()| desk.tell(judged, explained));
    });
    told?;
    plan.order.trace.flush();
    desk.bar.finish_and_clear();
    desk.conclude(&judgement, hint)?;
    write_reports(plan, &judgement, look.lang)?;
    if let Some(why) = &judgement.broken {
        anyhow::bail!("{}", why.of(look.lang));
    }
    let exit = match exit(judgement.decision(plan.strict)) {
        _ if desk.closed => Exit::Fine,
        _ if judgement.interrupted => Exit::Interrupted,
        exit => exit,
    };
    Ok(Sitting { judgement, exit })
}

impl Desk<'_> {
    fn say(&mut self, text: &str) -> anyhow::Result<()> {
        let (to, color) = (self.to, self.look.color);
        if !self.closed && !self.bar.suspend(|| styled(text, to, color))? {
            // `day30 check … | head -1`: whoever reads has what they wanted.
            self.closed = true;
            self.plan.order.stop.request();
        }
        Ok(())
    }

    fn open(&mut self) -> anyhow::Result<()> {
        let (name, shown, lang) = (self.plan.order.target.name(), self.plan.shown.clone(), self.look.lang);
        self.say(&say!(lang, "judging {name}: {shown}\n\n", "评判 {name}：{shown}\n\n"))
    }

    fn tell(&mut self, judged: &Judged, explained: &[&str]) -> anyhow::Result<()> {
        self.bar.inc(1);
        self.bar.set_message(judged.check.id);
        if self.plan.order.rounds > 1 {
            return Ok(());
        }
        self.say(&line(judged, &self.texts, self.look.lang))?;
        let is_alone = self.plan.order.checks.len() == 1;
        if judged.verdict == Verdict::Passed && (self.plan.explain || is_alone || explained.contains(&judged.check.id))
        {
            self.say(&explanation(judged, &self.texts))?;
        }
        Ok(())
    }

    fn conclude(&mut self, judgement: &Judgement, hint: usize) -> anyhow::Result<()> {
        let (plan, lang) = (self.plan, self.look.lang);
        if judgement.broken.is_some() {
            return Ok(());
        }
        if judgement.interrupted {
            return self
                .say(lang.pick("\nended by Ctrl-C: not everything was judged\n", "\n被 Ctrl-C 中断：没有评判完\n"));
        }
        if plan.order.rounds > 1 {
            self.say(&rounds(judgement, &self.texts, lang))?;
        }
        if let Some(judged) = judgement.first_root()
            && let Verdict::Failed(how) = &judged.verdict
        {
            self.say(&failure(judged, how, &self.texts, &plan.again, hint, lang))?;
        }
        self.say(&summary(judgement, plan.order.target, plan.strict, plan.order.seed, lang))
    }
}

fn write_reports(plan: &Plan, judgement: &Judgement, lang: Lang) -> anyhow::Result<()> {
    let about = About { order: &plan.order, command: &plan.shown, again: &plan.again, strict: plan.strict, lang };
    for (form, file) in &plan.reports {
        let text = match form {
            Form::Json => json::json(judgement, &about),
            Form::Junit => junit::junit(judgement, &about),
            Form::Tap => tap::tap(judgement, &about),
        };
        match file {
            Some(path) => write_file(path, &text)?,
            None => _ = to_stdout(text.as_bytes())?,
        }
    }
    Ok(())
}
