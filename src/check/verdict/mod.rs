//! What came of a check: a verdict is never better than what was seen.

pub mod cause;
pub(crate) mod crash_output;
mod failure;
mod halt;
pub mod judgement;
pub(crate) mod mistakes;
pub mod step;
pub mod story;

use crate::both;
use crate::check::requirement::{Check, Level};
pub(crate) use failure::CutOff;
pub use failure::{Basis, Difference, Failure, Fault};
pub(crate) use halt::{Halt, Outcome, shows, suspect_of, unless_failed};

use crate::lang::Text;
use std::time::Duration;
use step::Entry;

/// What came of one check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The program did what it must.
    Passed,
    /// It did not.
    Failed(Box<Failure>),
    /// It was not asked: what it presupposes did not hold, or the command line does not allow it.
    NotRun(NotRun),
    /// It was asked, and what it takes to judge the answer could not be brought about.
    Unknown(Text),
}

impl Verdict {
    /// The same, unless it rests on waiting alone, and others had all the processors of this machine meanwhile.
    pub(crate) fn unless_starved(self, was_starved: impl FnOnce() -> bool) -> Self {
        let rests_on_waiting = matches!(&self, Self::Failed(failure) if failure.rests_on_waiting());
        if !(rests_on_waiting && was_starved()) {
            return self;
        }
        Self::Unknown(both!(
            "this machine is too busy: other programs had its processors, and your program could not have done it in time",
            "这台机器太忙：处理器被别的程序占用，你的程序不可能按时做到"
        ))
    }
}

/// Why a check was not played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotRun {
    /// Another check, which it presupposes, did not pass: the first of them.
    Presupposed(&'static str),
    /// Something about the command line, or this system.
    Impossible(Text),
}

/// One check, played once.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Which check.
    pub check: &'static Check,
    /// In which of the rounds, from 1.
    pub round: usize,
    /// What came of it.
    pub verdict: Verdict,
    /// What happened.
    pub story: Vec<Entry>,
    /// How long it took.
    pub time: Duration,
    /// When the failure was observed, since the check began. What came later was done to find the cause. `None` where none was.
    pub failed_after: Option<Duration>,
}

impl Judged {
    /// Whether it decides against the program: a MUST that failed, with `strict` a SHOULD too.
    #[must_use]
    pub fn is_against(&self, strict: bool) -> bool {
        matches!(self.verdict, Verdict::Failed(_)) && self.counts(strict)
    }

    /// Whether it leaves the whole open: a MUST that could not be judged, with `strict` a SHOULD too. What was not run
    /// because of another check is counted there.
    #[must_use]
    pub fn is_open(&self, strict: bool) -> bool {
        matches!(self.verdict, Verdict::Unknown(_) | Verdict::NotRun(NotRun::Impossible(_))) && self.counts(strict)
    }

    fn counts(&self, strict: bool) -> bool {
        strict || self.check.level == Level::Must
    }
}
