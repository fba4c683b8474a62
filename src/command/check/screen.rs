//! Where a judgement is told: its words above the progress bar, and what of it every way of telling shares.

use super::super::Look;
use super::super::output::{To, styled};
use super::advice::notices;
use super::memory::Memory;
use super::plan::Plan;
use super::walk::Walk;
use day30::check::show::{cause, failure};
use day30::check::texts::Texts;
use day30::check::verdict::{Failure, Judged, Verdict};
use day30::check::{Check, Judgement};
use day30::say;
use indicatif::{ProgressBar, ProgressStyle};

/// How many hints a check has.
const HINTS: usize = 3;

/// Where the words go while a judgement is made: above the progress bar.
pub(super) struct Screen<'p> {
    pub(super) plan: &'p Plan,
    pub(super) look: Look,
    to: To,
    pub(super) bar: ProgressBar,
    pub(super) texts: Texts,
    /// Where it is on the path, if the plan follows that.
    pub(super) walk: Walk,
    /// Checks that were skipped for the same reason, and are not told yet.
    pub(super) skipped: Vec<Judged>,
    /// Nobody reads any more.
    closed: bool,
}

impl<'p> Screen<'p> {
    pub(super) fn new(plan: &'p Plan, look: Look) -> Self {
        let bar = ProgressBar::new((plan.order.checks.len() * plan.order.rounds) as u64);
        if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos}/{len}  {msg}") {
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

    pub(super) fn open(&mut self) -> anyhow::Result<()> {
        let (name, shown, lang) = (self.plan.order.target.name(), self.plan.shown.clone(), self.look.lang);
        self.say(&say!(lang, "testing your program as {name}: {shown}\n", "把你的程序当作 {name} 评判：{shown}\n"))?;
        for notice in notices(&self.plan.order) {
            self.say(&format!("{}\n", notice.of(lang)))?;
        }
        self.say("\n")
    }

    pub(super) fn begin(&self, check: &Check) {
        let plan = self.plan;
        self.bar.set_message(if plan.follows_path {
            self.walk.title(plan.order.target.path(), check, self.look.lang)
        } else {
            self.texts.section(check.id).title
        });
    }

    /// Whether a check that passed is explained.
    pub(super) fn is_explained(&self, judged: &Judged, memory: &Memory) -> bool {
        let is_alone = self.plan.order.checks.len() == 1;
        self.plan.explain || is_alone || memory.failed.contains(&judged.check.id)
    }

    /// One failure in full. A student who fails the same again gets one hint more, and then sees code too.
    pub(super) fn tell_failure(&mut self, root: &Judged, memory: &mut Memory) -> anyhow::Result<()> {
        let (plan, lang) = (self.plan, self.look.lang);
        let Some((judged, how)) = failed(root) else { return Ok(()) };
        // Another cause is another mistake, and none of its hints was seen yet.
        let this = (judged.check.id, how.cause());
        let hint = match memory.shown {
            Some((before, hint)) if this == before => (hint + 1).min(HINTS),
            _ => plan.hint,
        };
        memory.shown = Some((this, hint));
        // It is judged again when the file is saved: there is nothing to be typed.
        self.say(&failure(judged, how, &self.texts, &plan.order, hint, lang))?;
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
pub(super) fn failed(judged: &Judged) -> Option<(&Judged, &Failure)> {
    match &judged.verdict {
        Verdict::Failed(how) => Some((judged, how)),
        _ => None,
    }
}
