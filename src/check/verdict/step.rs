//! The steps that a story is made of.

use crate::both;
use crate::lang::Text;
use crate::trace::Actor;
use std::fmt;
use std::time::Duration;

/// How many are named of those who leave one after another.
const NAMED: usize = 3;

/// Who does something, beside the program that is judged. All of them are played by the judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// One of its clients: 0 is client A.
    Client(u8),
    /// The server that a client is to talk to.
    Server,
}

/// The same name in both languages.
impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(number) => write!(f, "{}", Actor::letter(*number)),
            Self::Server => f.write_str("day30"),
        }
    }
}

/// The beginning of some bytes, and how many they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bytes {
    /// The first of them.
    pub head: Vec<u8>,
    /// How many there are.
    pub len: usize,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Something else than moving bytes.
    Did(Text),
    /// The verdict is clear, and what follows is done to find the cause.
    Search(Text),
    /// The judge sent something.
    Sent {
        /// As whom.
        who: Who,
        /// What.
        bytes: Bytes,
        /// In how many calls: single bytes that are sent one after another are one step.
        pieces: usize,
    },
    /// The judge received something from the program.
    Received {
        /// As whom.
        who: Who,
        /// What.
        bytes: Bytes,
    },
    /// Clients of the judge left, one after another.
    Left(Vec<Who>),
    /// The program printed a line.
    Printed {
        /// Whether it stands on its stderr.
        on_stderr: bool,
        /// The line, without its end.
        line: String,
    },
    /// Lines that the program printed, and that are not kept.
    Omitted(usize),
}

/// A step, and when it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Since the check began.
    pub at: Duration,
    /// What happened.
    pub step: Step,
}

/// Who left, in words.
#[must_use]
pub fn left(who: &[Who]) -> Text {
    let names: Vec<_> = who.iter().take(NAMED).map(ToString::to_string).collect();
    match (names.as_slice(), who.len().saturating_sub(names.len())) {
        ([one], _) => both!("{one} leaves", "{one} 离开"),
        (some, 0) => both!("{} leave", "{} 离开", some.join(", ")),
        (some, more) => both!("{} and {more} more leave", "{} 等离开，另有 {more} 个", some.join(", ")),
    }
}
