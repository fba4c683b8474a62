//! Where a student's program stands on the exercise path: the step to build next.

use super::outcome::{Checked, Failure, Outcome, Sign};
use crate::both;
use crate::check::{Check, Level, Step, Target};
use crate::lang::{Lang, Text};

/// A place on the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// At the step of this number, from 1.
    At(usize),
    /// Nothing failed, but something in this step could not be tested.
    Open(usize),
    /// At the end: every step is done.
    Done,
}

impl Standing {
    /// Where a program stands whose checks came out like this, when these were `asked` for. The first step counts with a check that
    /// failed; without one, the first with a required check that did not pass. `None` where nothing failed, and steps were left out.
    #[must_use]
    pub fn of(outcome: &Outcome, target: Target, asked: &[String]) -> Option<Self> {
        let all = target.checks();
        let checks = |step: &'static Step| {
            let is_asked = move |check: &&&'static Check| step.holds(check) && asked.iter().any(|id| id == check.id);
            all.iter().filter(is_asked).map(|check| (*check, outcome.checks.iter().find(|one| one.id == check.id)))
        };
        let has_failed =
            |step| checks(step).any(|(_, judged)| judged.is_some_and(|judged| judged.sign == Sign::Failed));
        let is_open = |step| {
            let is_missing = |judged: Option<&Checked>| judged.is_none_or(|judged| judged.sign != Sign::Passed);
            checks(step).any(|(check, judged)| check.level == Level::Must && is_missing(judged))
        };
        let mut steps = target.path().iter();
        if let Some(place) = steps.clone().position(has_failed) {
            return Some(Self::At(place + 1));
        }
        if let Some(place) = steps.clone().position(is_open) {
            return Some(Self::Open(place + 1));
        }
        steps.all(|step| checks(step).next().is_some()).then_some(Self::Done)
    }

    /// The number of its step, from 1; `None` at the end.
    #[must_use]
    pub fn number(self) -> Option<usize> {
        match self {
            Self::At(number) | Self::Open(number) => Some(number),
            Self::Done => None,
        }
    }

    /// The step itself; `None` at the end.
    #[must_use]
    pub fn step(self, target: Target) -> Option<&'static Step> {
        target.path().get(self.number()?.checked_sub(1)?)
    }

    /// In words: which step of how many, and what it is called.
    #[must_use]
    pub fn describe(self, target: Target) -> Text {
        let all = target.path().len();
        let (Some(number), Some(step)) = (self.number(), self.step(target)) else {
            return both!("all {all} steps are done", "{all} 步都完成了");
        };
        let (en, zh) = (step.name(Lang::En), step.name(Lang::Zh));
        Text { en: format!("step {number} of {all}: {en}"), zh: format!("第 {number} 步，共 {all} 步：{zh}") }
    }
}

/// The failure that is worth being shown in full: along the path, the first that counts, or else the first recommendation.
#[must_use]
pub(super) fn first_failure(outcome: &Outcome, target: Target) -> Option<(&Checked, &Failure)> {
    let path = target.along_the_path(target.checks());
    let along = path.iter().filter_map(|check| outcome.checks.iter().find(|one| one.id == check.id));
    let mut failed = along.filter_map(|check| Some((check, check.failure.as_ref()?)));
    let first = failed.clone().find(|(check, _)| check.sign == Sign::Failed);
    first.or_else(|| failed.next())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Decision;

    /// Every check of this target: `signs` has those that did not pass.
    fn outcome(target: Target, signs: &[(&str, Sign)]) -> Outcome {
        let checked = |check: &&'static Check| {
            let sign = signs.iter().find(|(id, _)| *id == check.id).map_or(Sign::Passed, |(_, sign)| *sign);
            let failure = sign.is_failure().then(|| Failure {
                fault: String::new(),
                sentence: Text::default(),
                cause: None,
                told: Text::default(),
                again: String::new(),
            });
            Checked { id: check.id.to_owned(), is_must: check.level == Level::Must, sign, reason: None, failure }
        };
        let checks = target.checks().iter().map(checked).collect();
        let text = Text::default;
        Outcome { decision: Decision::Passed, checks, cut_short: None, seconds: 0.0, summary: text(), junit: text() }
    }

    fn asked(target: Target) -> Vec<String> {
        target.checks().iter().map(|check| check.id.to_owned()).collect()
    }

    #[test]
    fn the_first_step_that_failed_counts_and_its_failure_is_the_first() {
        let target = Target::SocketServer;
        let of = |signs: &[(&str, Sign)]| Standing::of(&outcome(target, signs), target, &asked(target));
        assert_eq!(of(&[]), Some(Standing::Done));
        assert_eq!(of(&[("echo/one-message", Sign::Failed)]), Some(Standing::At(2)));
        // A check that could not be tested is no step to build, while another one failed.
        let both = [("echo/listens", Sign::Unknown), ("echo/closes", Sign::Failed)];
        assert_eq!(of(&both), Some(Standing::At(4)));
        assert_eq!(of(&both[..1]), Some(Standing::Open(1)));
        // In the order of the path, not in that in which they were played.
        let late = outcome(target, &[("echo/reset", Sign::Failed), ("echo/one-message", Sign::Failed)]);
        assert_eq!(first_failure(&late, target).unwrap().0.id, "echo/one-message");
        let weak = outcome(target, &[("echo/one-message", Sign::Weak), ("echo/reset", Sign::Failed)]);
        assert_eq!(first_failure(&weak, target).unwrap().0.id, "echo/reset");
    }

    #[test]
    fn a_path_of_which_steps_were_left_out_has_no_end() {
        let target = Target::Hmac;
        let passed = outcome(target, &[]);
        assert_eq!(Standing::of(&passed, target, &["hmac/notes".to_owned()]), None);
        assert_eq!(Standing::of(&passed, target, &asked(target)), Some(Standing::Done));
        let failed = outcome(target, &[("hmac/notes", Sign::Failed)]);
        assert_eq!(Standing::of(&failed, target, &["hmac/long-key".to_owned()]), None);
        assert_eq!(Standing::of(&failed, target, &["hmac/notes".to_owned()]), Some(Standing::At(1)));
    }
}
