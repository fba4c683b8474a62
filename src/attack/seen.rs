//! Who won, and by what it was seen.

use crate::lang::Text;

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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Who won.
    pub winner: Winner,
    /// What the victim did.
    pub evidence: Text,
}

impl Seen {
    pub(super) fn attacker(evidence: Text) -> Self {
        Self { winner: Winner::Attacker, evidence }
    }

    pub(super) fn defender(evidence: Text) -> Self {
        Self { winner: Winner::Defender, evidence }
    }

    pub(super) fn nobody(evidence: Text) -> Self {
        Self { winner: Winner::Nobody, evidence }
    }
}
