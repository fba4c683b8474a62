//! How a program failed: what was observed, and what probably lies behind it.

use super::cause::Cause;
use crate::lang::Text;
use std::time::{Duration, Instant};

/// How a program failed a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What was observed, as a kind.
    pub fault: Fault,
    /// The same in a sentence.
    pub sentence: Text,
    /// Bytes that are not as they should be.
    pub difference: Option<Difference>,
    /// What probably lies behind it, and what that rests on.
    cause: Option<(Cause, Basis)>,
    /// What the judge tried afterwards to find the cause, and what came of it.
    pub finding: Option<Text>,
    /// What the program's own calls showed, where they were watched: with the line, where that is known.
    pub calls: Option<Text>,
    /// Whether those calls prove the cause.
    pub is_proved: bool,
    /// When it was observed.
    pub(crate) seen: Instant,
    /// Of a conversation that the program ended: what had been until then.
    pub(crate) cut_off: Option<CutOff>,
}

/// What had been of a conversation that the program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CutOff {
    /// For how long nobody had said anything, at most.
    pub(crate) silence: Duration,
    /// Whether there had been a reply, or a part of one.
    pub(crate) has_replied: bool,
}

/// What the name of a cause rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// It would explain the failure; so would others, which nothing contradicts. Told as a possibility.
    Guess,
    /// Something was observed that contradicts its rivals: bytes, a message, how the program ended, what came of a try.
    Seen,
}

/// What was observed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nobody could connect, or nobody did.
    NotReached,
    /// Bytes came, and not the right ones.
    WrongBytes,
    /// Too few bytes came, and the connection was still open.
    Silent,
    /// The right bytes came, and much too late.
    Slow,
    /// The connection ended before everything came.
    Ended,
    /// The connection was reset before everything came.
    Reset,
    /// The program did not read what was sent.
    Unread,
    /// Bytes came that nobody had asked for.
    Extra,
    /// The connection should have been closed, and was not.
    StaysOpen,
    /// Something that should have been printed was not.
    NotPrinted,
    /// Something was printed that should not have been.
    Printed,
    /// The program ended, and should not have.
    Died,
    /// The program should have ended, and did not.
    StillRunning,
    /// It used the processor with nothing to do.
    Busy,
    /// It holds something that it should have given back.
    Kept,
}

impl Fault {
    /// Whether a program that was reached did not do in time what was waited for.
    pub(crate) fn is_of_waiting(self) -> bool {
        use Fault::{NotPrinted, Silent, Slow, StaysOpen, StillRunning, Unread};
        matches!(self, Silent | Slow | Unread | StaysOpen | StillRunning | NotPrinted)
    }

    /// Its name in the reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NotReached => "not-reached",
            Self::WrongBytes => "wrong-bytes",
            Self::Silent => "silent",
            Self::Slow => "slow",
            Self::Ended => "ended",
            Self::Reset => "reset",
            Self::Unread => "unread",
            Self::Extra => "extra",
            Self::StaysOpen => "stays-open",
            Self::NotPrinted => "not-printed",
            Self::Printed => "printed",
            Self::Died => "died",
            Self::StillRunning => "still-running",
            Self::Busy => "busy",
            Self::Kept => "kept",
        }
    }
}

impl Failure {
    /// A failure of this kind, of which no cause is known yet.
    pub(crate) fn new(fault: Fault, sentence: Text) -> Self {
        let (difference, cause, finding, calls, cut_off) = (None, None, None, None, None);
        let (is_proved, seen) = (false, Instant::now());
        Self { fault, sentence, difference, cause, finding, calls, is_proved, seen, cut_off }
    }

    /// The same with the bytes that are not as they should be, and the cause that they show, if any.
    pub(crate) fn with(self, difference: Option<Difference>, cause: Option<Cause>) -> Self {
        Self { difference, cause: cause.map(|cause| (cause, Basis::Seen)), ..self }
    }

    /// The cause that is named, or guessed.
    #[must_use]
    pub fn cause(&self) -> Option<Cause> {
        self.cause.map(|(cause, _)| cause)
    }

    /// Whether the cause is more than a guess.
    #[must_use]
    pub fn is_cause_seen(&self) -> bool {
        matches!(self.cause, Some((_, Basis::Seen)))
    }

    /// Whether nothing tells that it failed but that something did not come in time.
    pub(crate) fn rests_on_waiting(&self) -> bool {
        (self.fault.is_of_waiting() || self.fault == Fault::NotReached) && !self.is_cause_seen()
    }

    /// Guesses a cause, where none is known.
    pub(crate) fn guess(&mut self, cause: Cause) {
        self.cause.get_or_insert((cause, Basis::Guess));
    }

    /// Names a cause because of what was observed, where none is named yet. A guess gives way to it.
    pub(crate) fn name(&mut self, cause: Cause) {
        if !self.is_cause_seen() {
            self.rename(cause);
        }
    }

    /// Names a cause because of what was observed, whichever was named before.
    pub(crate) fn rename(&mut self, cause: Cause) {
        self.cause = Some((cause, Basis::Seen));
    }

    /// Takes back what was named or guessed.
    pub(crate) fn unname(&mut self) {
        self.cause = None;
    }

    /// What came around the first byte that differs.
    pub(crate) fn got(&self) -> &[u8] {
        self.difference.as_ref().map_or(&[], |difference| &difference.got)
    }
}

/// How much of both sides is kept around the first difference.
const WINDOW: usize = 24;

/// Where two sequences of bytes part, and what they are around there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What should have come, around the difference.
    pub expected: Vec<u8>,
    /// What came there.
    pub got: Vec<u8>,
    /// The place of both pieces' first byte in the whole.
    pub from: usize,
    /// The place of the first byte that differs (or is missing) in the whole.
    pub at: usize,
    /// How many bytes should have come.
    pub expected_len: usize,
    /// How many came.
    pub got_len: usize,
}

impl Difference {
    /// Compares; `None` if both are the same.
    #[must_use]
    pub fn between(expected: &[u8], got: &[u8]) -> Option<Self> {
        if expected == got {
            return None;
        }
        let at = expected.iter().zip(got).take_while(|(expected, got)| expected == got).count();
        let from = if at < WINDOW { 0 } else { at - WINDOW / 2 };
        let around = |bytes: &[u8]| bytes.iter().skip(from).take(2 * WINDOW).copied().collect();
        let (expected_len, got_len) = (expected.len(), got.len());
        Some(Self { expected: around(expected), got: around(got), from, at, expected_len, got_len })
    }

    /// Whether what came is this, as far as it was kept.
    pub(crate) fn shows(&self, whole: &[u8]) -> bool {
        self.got_len == whole.len() && whole.get(self.from..).is_some_and(|rest| rest.starts_with(&self.got))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rests_on_waiting_alone_is_not_told_while_others_have_the_processors() {
        use super::super::Verdict;
        let silent = || Failure::new(Fault::Silent, crate::both!("nothing came", "什么也没来"));
        let failed = |failure: Failure| Verdict::Failed(Box::new(failure));
        assert!(matches!(failed(silent()).unless_starved(|| true), Verdict::Unknown(_)));
        assert!(matches!(failed(silent()).unless_starved(|| false), Verdict::Failed(_)));
        let mut named = silent();
        named.name(Cause::WaitsForLine);
        assert!(matches!(failed(named).unless_starved(|| true), Verdict::Failed(_)));
        let wrong = Failure::new(Fault::WrongBytes, crate::both!("other bytes came", "来的是别的字节"));
        assert!(matches!(failed(wrong).unless_starved(|| true), Verdict::Failed(_)));
    }

    #[test]
    fn a_difference_knows_its_place() {
        assert_eq!(Difference::between(b"ABC", b"ABC"), None);
        let expected: Vec<u8> = (0..200).collect();
        let mut got = expected.clone();
        got.remove(100);
        let difference = Difference::between(&expected, &got).unwrap();
        assert_eq!((difference.at, difference.from), (100, 88));
        assert_eq!((difference.expected[12], difference.got[12]), (100, 101));
        let short = Difference::between(b"ABC", b"AB").unwrap();
        assert_eq!((short.at, short.from, short.expected_len, short.got_len), (2, 0, 3, 2));
    }
}
