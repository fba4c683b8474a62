//! The judge: starts a student's program, plays its peer, and says what is right, what is wrong, why, and what to look at.
//!
//! | file | what it is |
//! |---|---|
//! | [`Check`], `echo/`, `auth/`, `auth_client/`, `echo_client/`, `hmac/` | the requirements, and how each is played |
//! | [`texts`] | what is said about them, from `lessons/` |
//! | `clients.rs`, `secrecy.rs` | what is asked of every client, and of everybody who has the secret |
//! | `judge.rs` | what a check is played with: connections, the program, chance |
//! | `host.rs`, `student.rs`, `port.rs`, `told.rs` | the program, whether it serves one check or many, where, and what it is told |
//! | `wire/`, `keyboard.rs` | the judge's ends of connections, and of a program's stdin |
//! | [`story`], [`verdict`] | what happened, and what came of it |
//! | `decide.rs`, [`cause`], `evidence.rs` | the verdict, and what probably lies behind a failure |
//! | `run.rs` | which checks are played, in which order |
//! | [`show`], [`report`] | a judgement on a terminal, and as JSON, JUnit and TAP |
//!
//! A check says what a program did, and never guesses that it was right: what could not be brought about is unknown.

mod auth;
mod auth_client;
pub mod cause;
mod clients;
mod decide;
mod echo;
mod echo_client;
mod evidence;
mod hmac;
mod host;
mod judge;
mod keyboard;
mod last_words;
pub mod matrix;
mod mistakes;
mod port;
mod printed;
pub mod report;
mod run;
mod secrecy;
pub mod show;
pub mod step;
pub mod story;
mod student;
pub mod texts;
mod told;
pub mod verdict;
pub mod watch;
mod wire;

pub use host::{OneProcess, Subject};
pub use run::{Decision, Judgement, Order, run};

use judge::Judge;
use verdict::Outcome;

/// What kind of program is judged: named as the command that does the same in day30.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Lesson 1's server.
    NonblockServer,
    /// Lesson 1's client.
    NonblockClient,
    /// Lesson 2's server.
    AuthServer,
    /// Lesson 2's client.
    AuthClient,
    /// Lesson 3.
    Hmac,
    /// Lesson 4's server.
    SocketServer,
    /// Lesson 4's client.
    SocketClient,
}

impl Target {
    /// All of them, in the lessons' order.
    pub const ALL: [Self; 7] = [
        Self::NonblockServer,
        Self::NonblockClient,
        Self::AuthServer,
        Self::AuthClient,
        Self::Hmac,
        Self::SocketServer,
        Self::SocketClient,
    ];

    /// Its name on the command line and in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NonblockServer => "nonblock-server",
            Self::NonblockClient => "nonblock-client",
            Self::AuthServer => "auth-server",
            Self::AuthClient => "auth-client",
            Self::Hmac => "hmac",
            Self::SocketServer => "socket-server",
            Self::SocketClient => "socket-client",
        }
    }

    /// Whether the program listens, and the judge connects to it.
    #[must_use]
    pub fn is_server(self) -> bool {
        matches!(self, Self::NonblockServer | Self::AuthServer | Self::SocketServer)
    }

    /// Whether the program connects to the judge.
    #[must_use]
    pub fn is_client(self) -> bool {
        matches!(self, Self::NonblockClient | Self::AuthClient | Self::SocketClient)
    }

    /// Whether both sides share a secret.
    #[must_use]
    pub fn needs_secret(self) -> bool {
        matches!(self, Self::AuthServer | Self::AuthClient)
    }

    /// The checks for such a program, in the order in which they are played.
    #[must_use]
    pub fn checks(self) -> Vec<&'static Check> {
        let table = match self {
            Self::NonblockServer | Self::SocketServer => echo::CHECKS,
            Self::NonblockClient | Self::SocketClient => echo_client::CHECKS,
            Self::AuthServer => auth::CHECKS,
            Self::AuthClient => auth_client::CHECKS,
            Self::Hmac => hmac::CHECKS,
        };
        table.iter().filter(|check| check.only_for.is_none_or(|only| only == self)).collect()
    }
}

/// How much a requirement weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Without it the program is wrong.
    Must,
    /// Without it the program could be better.
    Should,
}

impl Level {
    /// As RFC 2119 writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Must => "MUST",
            Self::Should => "SHOULD",
        }
    }
}

/// One requirement. What is said about it is found by its id, see [`texts`].
#[derive(Debug)]
pub struct Check {
    /// Its name, stable for ever: the family, and a few words.
    pub id: &'static str,
    /// How much it weighs.
    pub level: Level,
    /// The check that must have passed before this one says anything.
    pub after: Option<&'static str>,
    /// The one target that it is for, where it is not for the whole family.
    pub only_for: Option<Target>,
    /// Whether it is about the process, and not about what goes over the wire: of a server that runs already nothing of that
    /// can be seen.
    pub of_process: bool,
    /// Whether it finds out how to listen to the program, which every check behind it has to know: a program that holds its
    /// output back is given a terminal from then on.
    teaches: bool,
    /// How it is played.
    play: fn(&mut Judge<'_>) -> Outcome,
}

impl Check {
    /// Something that a program must do.
    const fn must(id: &'static str, after: &'static str, play: fn(&mut Judge<'_>) -> Outcome) -> Self {
        Self { after: Some(after), ..Self::first(id, play) }
    }

    /// Something that a program should do.
    const fn should(id: &'static str, after: &'static str, play: fn(&mut Judge<'_>) -> Outcome) -> Self {
        Self { level: Level::Should, ..Self::must(id, after, play) }
    }

    /// The first of a family, which presupposes nothing.
    const fn first(id: &'static str, play: fn(&mut Judge<'_>) -> Outcome) -> Self {
        Self { id, level: Level::Must, after: None, only_for: None, of_process: false, teaches: false, play }
    }

    /// The same for one target only.
    const fn only_for(self, target: Target) -> Self {
        Self { only_for: Some(target), ..self }
    }

    /// The same, which teaches how to listen to the program.
    const fn teaches(self) -> Self {
        Self { teaches: true, ..self }
    }

    /// The same about the process.
    const fn of_process(self) -> Self {
        Self { of_process: true, ..self }
    }
}

impl PartialEq for Check {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}
