//! Who won, and by what it was seen.

use crate::lang::Text;
use serde::Serialize;

/// Who won.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Winner {
    /// The attacker: the victim did what it must not do.
    Attacker,
    /// Whoever was attacked.
    Defender,
    /// The attack has nothing to get there.
    Nobody,
}

impl Winner {
    /// As the matrix has it, and its JSON.
    #[must_use]
    pub fn mark(self) -> &'static str {
        match self {
            Self::Attacker => "W",
            Self::Defender => "–",
            Self::Nobody => "n/a",
        }
    }

    /// One word for scripts.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::Attacker => "attacker",
            Self::Defender => "defender",
            Self::Nobody => "not-applicable",
        }
    }
}

/// What came of one run of an attack.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// Who won.
    pub winner: Winner,
    /// What the victim did.
    pub evidence: Text,
    /// What was measured, by an attack that measures.
    pub measured: Option<Measured>,
}

/// What the attack on a comparison's time has measured.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Measured {
    /// How many tokens were sent.
    pub tries: u64,
    /// How often all digits of one place were compared with each other.
    pub looks: usize,
    /// The digits that were clearly ahead, in the order in which they were found; some may have been taken back.
    pub kept: Vec<Kept>,
    /// How often no digit was clearly ahead, so that one was taken back.
    pub stepped_back: usize,
    /// Whether the server accepted a token in the end.
    pub accepted: bool,
}

/// One digit that was clearly ahead of the others.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Kept {
    /// All digits so far, this one the last.
    pub digits: String,
    /// By how many times the spread of the other 15 it was ahead; more than 1.
    pub odds: f64,
}

impl Seen {
    pub(super) fn attacker(evidence: Text) -> Self {
        Self { winner: Winner::Attacker, evidence, measured: None }
    }

    pub(super) fn defender(evidence: Text) -> Self {
        Self { winner: Winner::Defender, evidence, measured: None }
    }

    pub(super) fn nobody(evidence: Text) -> Self {
        Self { winner: Winner::Nobody, evidence, measured: None }
    }
}
