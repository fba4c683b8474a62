//! What a worker is told to do, and what it answers: a line of JSON each, over its stdin and stdout.

use super::outcome::Outcome;
use crate::check::matrix::Cell;
use crate::lang::Text;
use crate::program::user::User;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::time::Duration;

/// One part of the work.
#[derive(Clone, Serialize, Deserialize)]
pub struct Job {
    /// Where it is done.
    pub room: Room,
    /// What is done there.
    pub task: Task,
}

/// What keeps a stranger's program from everything else.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    /// Whether it has a network of its own, where nobody else is.
    pub own_network: bool,
    /// As whom it runs; `None` for ourselves.
    pub user: Option<User>,
    /// How many bytes of memory its processes may hold together: what the judge ends them for.
    pub memory: u64,
    /// How long it may take, in all.
    pub time: Duration,
    /// The folder in which it runs; an empty path is where we are.
    pub folder: PathBuf,
}

/// What is to be done.
#[derive(Clone, Serialize, Deserialize)]
pub enum Task {
    /// To find out what this system allows.
    Probe,
    /// To judge a program.
    Judge(Exam),
    /// To play a server against clients.
    Pairs(Pairs),
}

/// A program to judge, as [`Order`](crate::check::Order) has it.
#[derive(Clone, Serialize, Deserialize)]
pub struct Exam {
    /// The name of the target.
    pub target: String,
    /// The command, with the program's file in its place, and all other places as they are.
    pub words: Vec<String>,
    /// The port that is written into it.
    pub port: Option<u16>,
    /// Lesson 2's secret.
    pub secret: Vec<u8>,
    /// The name of the scheme in which it is used.
    pub scheme: String,
    /// The ids of the checks.
    pub checks: Vec<String>,
    /// Where all chance comes from.
    pub seed: u64,
    /// How long the program may take until it listens, or connects.
    pub start_patience: Duration,
    /// How long all checks may take.
    pub time: Duration,
    /// Whether each SHOULD counts as much as a MUST.
    pub strict: bool,
    /// The program's command, as it may be shown.
    pub shown: String,
    /// What stands before a check's id and behind the seed where it is played again.
    pub again: [String; 2],
    /// What must be known to type that, if anything.
    pub note: Option<Text>,
}

/// A server, and the clients that it meets.
#[derive(Clone, Serialize, Deserialize)]
pub struct Pairs {
    /// The server's command.
    pub server: Vec<String>,
    /// That of each client.
    pub clients: Vec<Vec<String>>,
    /// Lesson 2's secret.
    pub secret: Vec<u8>,
    /// How long the server may take until it listens.
    pub patience: Duration,
}

/// What a worker answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Line {
    /// What this system allows.
    Allowed(Allowed),
    /// A check was decided.
    Checked,
    /// A pair was played.
    Paired(Cell),
    /// The judgement.
    Judged(Box<Outcome>),
    /// The pairs are all played.
    Over,
    /// It cannot be done, and why.
    Trouble(Text),
}

/// What keeps the programs apart on this system.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowed {
    /// Whether each may have a network of its own.
    pub own_network: bool,
    /// Whether files, memory, descriptors and processor time are limited.
    pub limits: bool,
    /// Whether the number of their processes is.
    pub processes: bool,
}
