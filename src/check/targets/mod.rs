//! The requirements, one folder for each kind of program, and how each of them is played.
//!
//! What is said about them is in `lessons/`.

mod auth;
mod auth_client;
mod clients;
mod echo;
mod echo_client;
mod hmac;
mod secrecy;

use super::requirement::{Check, Level, Target};
use super::stage::judge::Judge;
use super::verdict::Outcome;

/// Plays one check.
type Play = fn(&mut Judge<'_>) -> Outcome;

/// A requirement, with how it is played.
struct Played {
    check: Check,
    play: Play,
}

impl Target {
    fn table(self) -> &'static [Played] {
        match self {
            Self::NonblockServer | Self::SocketServer => echo::CHECKS,
            Self::NonblockClient | Self::SocketClient => echo_client::CHECKS,
            Self::AuthServer => auth::CHECKS,
            Self::AuthClient => auth_client::CHECKS,
            Self::Hmac => hmac::CHECKS,
        }
    }

    /// The checks for such a program, in the order in which they are played.
    #[must_use]
    pub fn checks(self) -> Vec<&'static Check> {
        let all = self.table().iter().map(|played| &played.check);
        all.filter(|check| check.only_for.is_none_or(|only| only == self)).collect()
    }

    /// Plays one of its checks.
    pub(in crate::check) fn play(self, check: &Check, judge: &mut Judge<'_>) -> Outcome {
        let Some(played) = self.table().iter().find(|played| played.check == *check) else { return Ok(()) };
        let outcome = (played.play)(judge);
        match self {
            Self::NonblockServer | Self::SocketServer => {
                outcome.or_else(|halt| Err(echo::find_what_ended_it(judge, halt)?))
            }
            _ => outcome,
        }
    }
}

impl Played {
    /// Something that a program must do.
    const fn must(id: &'static str, after: &'static str, play: Play) -> Self {
        let check = Check { after: Some(after), ..Self::first(id, play).check };
        Self { check, play }
    }

    /// Something that a program should do.
    const fn should(id: &'static str, after: &'static str, play: Play) -> Self {
        let check = Check { level: Level::Should, ..Self::must(id, after, play).check };
        Self { check, play }
    }

    /// The first of a family, which presupposes nothing.
    const fn first(id: &'static str, play: Play) -> Self {
        let check = Check {
            id,
            level: Level::Must,
            after: None,
            only_for: None,
            of_process: false,
            teaches: false,
            place: None,
        };
        Self { check, play }
    }

    /// The same for one target only.
    const fn only_for(self, target: Target) -> Self {
        Self { check: Check { only_for: Some(target), ..self.check }, ..self }
    }

    /// The same, which teaches how to listen to the program.
    const fn teaches(self) -> Self {
        Self { check: Check { teaches: true, ..self.check }, ..self }
    }

    /// The same for commands that have this place in them.
    const fn with_place(self, place: &'static str) -> Self {
        Self { check: Check { place: Some(place), ..self.check }, ..self }
    }

    /// The same about the process.
    const fn of_process(self) -> Self {
        Self { check: Check { of_process: true, ..self.check }, ..self }
    }
}
