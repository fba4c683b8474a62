//! What came of a check: a verdict is never better than what was seen.

pub mod cause;
pub(crate) mod crash_output;
pub mod judgement;
pub(crate) mod mistakes;
pub mod step;
pub mod story;

use crate::check::requirement::{Check, Level};
use crate::lang::Text;
use cause::Cause;
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

/// Why a check was not played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotRun {
    /// Another check, which it presupposes, did not pass: the first of them.
    Presupposed(&'static str),
    /// Something about the command line, or this system.
    Impossible(Text),
}

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
    /// Its name in the reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NotReached => "not-reached",
            Self::WrongBytes => "wrong-bytes",
            Self::Silent => "silent",
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
        Self { fault, sentence, difference: None, cause: None, finding: None }
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

/// Why a check ends before its end.
#[derive(Debug)]
pub(crate) enum Halt {
    /// The program failed it.
    Failed(Box<Failure>),
    /// It cannot be judged.
    Unknown(Text),
    /// It cannot be played here.
    Impossible(Text),
    /// The judge itself could not go on.
    Broken(Text),
    /// Ctrl-C.
    Interrupted,
}

/// What playing a check, or a part of it, gives.
pub(crate) type Outcome<T = ()> = Result<T, Halt>;

impl Halt {
    /// The program failed in this way.
    pub(crate) fn failed(fault: Fault, sentence: Text) -> Self {
        Self::Failed(Box::new(Failure::new(fault, sentence)))
    }

    /// What was observed, if the program failed.
    pub(crate) fn fault(&self) -> Option<Fault> {
        if let Self::Failed(failure) = self { Some(failure.fault) } else { None }
    }

    /// The likely cause, if the program failed and one is known.
    pub(crate) fn cause(&self) -> Option<Cause> {
        if let Self::Failed(failure) = self { failure.cause() } else { None }
    }

    /// Whether the cause was found out by trying.
    pub(crate) fn is_found(&self) -> bool {
        matches!(self, Self::Failed(failure) if failure.finding.is_some())
    }

    /// The failure, to add what is known beside it. Whatever else ended the check stays as it is.
    pub(crate) fn map(self, change: impl FnOnce(&mut Failure)) -> Self {
        match self {
            Self::Failed(mut failure) => {
                change(&mut failure);
                Self::Failed(failure)
            }
            other => other,
        }
    }

    /// Guesses a cause, where none is known: see [`Basis::Guess`].
    pub(crate) fn suspect(self, cause: Cause) -> Self {
        self.map(|failure| failure.guess(cause))
    }

    /// Names the cause that what was observed shows: see [`Basis::Seen`].
    pub(crate) fn shows(self, cause: Cause) -> Self {
        self.map(|failure| failure.name(cause))
    }

    /// Names a cause that was found out by trying.
    pub(crate) fn found(self, cause: Cause, finding: Text) -> Self {
        self.map(|failure| {
            failure.rename(cause);
            failure.finding = Some(finding);
        })
    }
}

/// What came of it; `None` if the program failed, which is another question here.
pub(crate) fn unless_failed<T>(outcome: Outcome<T>) -> Outcome<Option<T>> {
    match outcome {
        Ok(came) => Ok(Some(came)),
        Err(Halt::Failed(_)) => Ok(None),
        Err(halt) => Err(halt),
    }
}

/// For `map_err`: guesses a cause, where none is known and this is what was observed.
pub(crate) fn suspect_of(fault: Fault, cause: Cause) -> impl FnOnce(Halt) -> Halt {
    move |halt| if halt.fault() == Some(fault) { halt.suspect(cause) } else { halt }
}

/// For `map_err`: guesses a cause, where none is known.
pub(crate) fn suspect(cause: Cause) -> impl FnOnce(Halt) -> Halt {
    move |halt| halt.suspect(cause)
}

#[cfg(test)]
mod tests {
    use super::*;

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
