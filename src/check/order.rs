//! What is to be judged, and how.

use super::language::Language;
use super::requirement::{Check, Target};
use crate::crypto::{Scheme, Secret};
use crate::net::stop::Stop;
use crate::program::CommandLine;
use crate::trace::Recorder;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// How long a client may be silent, and a listener have no new client, as the contract of an echo server has it.
pub const SILENCE: Duration = Duration::from_secs(10);

/// What is to be judged, and how.
#[derive(Clone, Debug)]
pub struct Order {
    /// What kind of program it is.
    pub target: Target,
    /// The program.
    pub subject: Subject,
    /// Lesson 2's secret.
    pub secret: Secret,
    /// How lesson 2's digest is computed.
    pub scheme: Scheme,
    /// The checks, in the order in which they are played.
    pub checks: Vec<&'static Check>,
    /// What all chance comes from.
    pub seed: u64,
    /// How often the whole is played. Each round has chances of its own.
    pub rounds: usize,
    /// How long the program may take until it listens, or connects.
    pub start_patience: Duration,
    /// How long a round of all checks may take, whatever the program does: what that cuts is not judged.
    pub time: Duration,
    /// How long an echo server must bear a client that says nothing. The contract says [`SILENCE`]; only day30's own tests, of
    /// which most are not about that, ask for less.
    pub silence: Duration,
    /// How many bytes of memory the program may take.
    pub memory: u64,
    /// Who is told of every socket call.
    pub trace: Recorder,
    /// When to end.
    pub stop: Arc<Stop>,
    /// The program runs inside `day30 watch`, which is asked to end it, so that what was seen is written.
    pub is_watched: bool,
}

impl Order {
    /// Whether the program is told its port in its command, or has it written in.
    #[must_use]
    pub fn passes_port(&self) -> bool {
        match &self.subject {
            Subject::Program { words, port } => port.is_some() || words.mentions("port") || words.mentions("addr"),
            Subject::Elsewhere(_) => true,
        }
    }

    /// The port that is written into the program, if there is one.
    #[must_use]
    pub fn fixed_port(&self) -> Option<u16> {
        match self.subject {
            Subject::Program { port, .. } => port,
            Subject::Elsewhere(_) => None,
        }
    }

    /// The language that the program is written in, as far as its command tells.
    #[must_use]
    pub fn language(&self) -> Option<Language> {
        match &self.subject {
            Subject::Program { words, .. } => Language::of_command(words.iter()),
            Subject::Elsewhere(_) => None,
        }
    }
}

/// What is judged.
#[derive(Clone, Debug)]
pub enum Subject {
    /// A program that day30 starts.
    Program {
        /// Its command.
        words: CommandLine,
        /// The port that is written into it; else it is told a free one.
        port: Option<u16>,
    },
    /// A server that runs already, and is not ours to start, to end, or to listen to.
    Elsewhere(SocketAddr),
}
