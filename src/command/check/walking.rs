//! The path, as `--watch` follows it: a line for each step as it is taken, the first step that fails in full, with what to build, and
//! of what comes behind it only how many checks do not pass yet.

use super::memory::Memory;
use super::screen::Screen;
use day30::check::show::{Taken, arrived, later, taken, to_build};
use day30::check::verdict::{Judged, Verdict};
use day30::check::{Check, Judgement, Step};
use day30::lang::Lang;
use day30::say;

impl Screen<'_> {
    /// One more check is decided.
    pub(super) fn walk(&mut self, judged: &Judged, memory: &mut Memory) -> anyhow::Result<()> {
        if self.walk.stuck.is_some() {
            return Ok(());
        }
        self.walk.pending.push(judged.clone());
        let Some((number, step)) = self.step_of(judged.check) else { return Ok(()) };
        let last = self.plan.order.checks.iter().rfind(|check| step.holds(check));
        if last.is_some_and(|last| **last == *judged.check) { self.take(number, step, memory) } else { Ok(()) }
    }

    /// What follows when every check is decided.
    pub(super) fn arrive(&mut self, judgement: &Judgement, memory: &mut Memory) -> anyhow::Result<()> {
        let (lang, order) = (self.look.lang, &self.plan.order);
        if order.rounds > 1 {
            for judged in worst(judgement) {
                self.walk(&judged, memory)?;
            }
        }
        if judgement.interrupted || judgement.broken.is_some() {
            return self.interrupted(judgement);
        }
        let text = match (self.walk.stuck, self.walk.open) {
            (Some(number), _) => later(self.not_passed_behind(number, judgement), lang),
            (None, open) => {
                // Only recommendations have failed, if anything has.
                match judgement.first_root() {
                    Some(root) => self.tell_failure(root, memory)?,
                    None => memory.shown = None,
                }
                match open {
                    Some(number) => not_tested(number, lang),
                    None if self.is_whole_path() => arrived(order.target, lang),
                    None => String::new(),
                }
            }
        };
        self.say(&text)
    }

    fn step_of(&self, check: &Check) -> Option<(usize, &'static Step)> {
        let mut steps = self.plan.order.target.path().iter().enumerate();
        steps.find(|(_, step)| step.holds(check)).map(|(place, step)| (place + 1, step))
    }

    /// Tells a step. At the first that failed, everything that helps to build it.
    fn take(&mut self, number: usize, step: &'static Step, memory: &mut Memory) -> anyhow::Result<()> {
        let (plan, lang) = (self.plan, self.look.lang);
        let judged = std::mem::take(&mut self.walk.pending);
        let root = judged.iter().find(|judged| judged.is_against(plan.strict));
        if root.is_some() {
            self.walk.stuck = Some(number);
        } else if judged.iter().any(|judged| judged.is_open(plan.strict)) {
            self.walk.open = self.walk.open.or(Some(number));
        }
        let explain = |judged: &Judged| self.is_explained(judged, memory);
        let step = Taken { number, step, judged: &judged, is_stuck: root.is_some() };
        let text = taken(&step, explain, &self.texts, lang);
        self.say(&text)?;
        let Some(root) = root else { return Ok(()) };
        self.tell_failure(root, memory)?;
        self.say(&to_build(plan.order.target, number, lang))
    }

    /// How many checks of later steps did not pass.
    fn not_passed_behind(&self, number: usize, judgement: &Judgement) -> usize {
        let is_behind = |judged: &&Judged| self.step_of(judged.check).is_some_and(|(step, _)| step > number);
        let all = worst(judgement);
        all.iter().filter(is_behind).filter(|judged| judged.verdict != Verdict::Passed).count()
    }

    /// Whether no step was left out by `--only` or `--skip`.
    fn is_whole_path(&self) -> bool {
        let order = &self.plan.order;
        order.target.path().iter().all(|step| order.checks.iter().any(|check| step.holds(check)))
    }
}

/// Each check once, with the worst of its rounds.
fn worst(judgement: &Judgement) -> Vec<Judged> {
    let mut all: Vec<&Judged> = Vec::new();
    for judged in &judgement.judged {
        match all.iter_mut().find(|known| known.check == judged.check) {
            None => all.push(judged),
            Some(known) if known.verdict == Verdict::Passed => *known = judged,
            // A failure says more than that something was not tested.
            Some(known)
                if matches!(judged.verdict, Verdict::Failed(_)) && !matches!(known.verdict, Verdict::Failed(_)) =>
            {
                *known = judged;
            }
            Some(_) => {}
        }
    }
    all.into_iter().cloned().collect()
}

fn not_tested(number: usize, lang: Lang) -> String {
    let text = say!(
        lang,
        "nothing failed, but in step {number} a check could not be tested",
        "没有未通过的，但第 {number} 步有检查无法测试"
    );
    format!("\n  {text}\n")
}
