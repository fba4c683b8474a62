//! How a check ends before its end, while it is played.

use super::cause::Cause;
use super::failure::{Failure, Fault};
use crate::lang::Text;

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

    /// Whether the connection ended before everything came, and whatever came was right.
    pub(crate) fn is_cut_off(&self) -> bool {
        let Self::Failed(failure) = self else { return false };
        let is_right = failure.difference.as_ref().is_none_or(|difference| difference.at == difference.got_len);
        is_right && matches!(failure.fault, Fault::Ended | Fault::Reset)
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

/// For `map_err`: names the cause that what was observed shows.
pub(crate) fn shows(cause: Cause) -> impl FnOnce(Halt) -> Halt {
    move |halt| halt.shows(cause)
}
