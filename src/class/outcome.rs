//! What came of one student's program, as it is kept and shown: in both languages, because nobody knows yet who will read it.

use crate::check::Decision;
use crate::lang::Text;
use serde::{Deserialize, Serialize};

/// A judgement, without what only the judge needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// What it comes to.
    pub decision: Decision,
    /// Each check, in the order in which they were played.
    pub checks: Vec<Checked>,
    /// Why it ended before its end, if it did.
    pub cut_short: Option<Text>,
    /// How long it took.
    pub seconds: f64,
    /// The sum of it, in a line.
    pub summary: Text,
    /// The report for a CI server, as XML.
    pub junit: Text,
}

/// What came of a check, from the best to the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sign {
    /// It passed.
    Passed,
    /// It was not run.
    NotRun,
    /// It could not be judged.
    Unknown,
    /// A SHOULD that failed.
    Weak,
    /// A MUST that failed.
    Failed,
}

impl Sign {
    /// The sign that the judge has for it.
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            Self::Passed => '✓',
            Self::NotRun => '·',
            Self::Unknown => '?',
            Self::Weak => '!',
            Self::Failed => '✗',
        }
    }

    /// Its name in the reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::NotRun => "not-run",
            Self::Unknown => "unknown",
            Self::Weak | Self::Failed => "failed",
        }
    }

    /// Whether it failed.
    #[must_use]
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Weak | Self::Failed)
    }
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// Which one.
    pub id: String,
    /// Whether it is a MUST.
    pub is_must: bool,
    /// What came of it.
    pub sign: Sign,
    /// Why it was not run, or could not be judged.
    pub reason: Option<Text>,
    /// How it failed.
    pub failure: Option<Failure>,
}

/// How a check failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What was observed, as a slug.
    pub fault: String,
    /// The same in words.
    pub sentence: Text,
    /// The cause that is named, and whether that is a guess.
    pub cause: Option<(String, bool)>,
    /// The whole, as the judge tells it.
    pub told: Text,
    /// The command that plays just this check.
    pub again: String,
}

impl Outcome {
    /// Whether it is worth keeping: nothing in it would come out otherwise on another day.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.cut_short.is_none() && self.checks.iter().all(|check| check.sign != Sign::Unknown)
    }
}
