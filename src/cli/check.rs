//! What `check` takes.

use super::span::some_span;
use super::{SecretArgs, examples};
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use std::time::Duration;

/// How much memory a program may take, in MiB, where nothing is said.
pub(crate) const MEMORY: u32 = 1024;

/// What judges one program with checks, and means nothing for pairs of them.
const NOT_FOR_A_MATRIX: [&str; 17] = [
    "target", "command", "list", "contract", "port", "addr", "only", "skip", "watch", "seed", "repeat", "strict",
    "hint", "explain", "report", "record", "force",
];

#[derive(Debug, Args)]
#[command(after_help = examples!(
    "day30 check nonblock-server -- python3 my_server.py {port}",
    "day30 check socket-server --port 9000 -- ./my_server",
    "day30 check auth-server --secret luwei -- node server.js {port} {secret}",
    "day30 check auth-client --secret luwei -- ./client {port} {secret}",
    "day30 check hmac -- python3 my_hmac.py {key} {msg}",
    "day30 check nonblock-server --addr 127.0.0.1:9000",
    "day30 check --list socket-server",
))]
pub(crate) struct CheckArgs {
    /// What kind of program it is
    #[arg(required_unless_present_any = ["list", "matrix"])]
    pub(crate) target: Option<TargetName>,
    /// The program that is judged, with {port} (or {addr}) where it is told where to listen or to connect; {secret}, {key}
    /// and {msg} are filled in too. Its environment has DAY30_PORT and DAY30_ADDR
    #[arg(last = true, value_name = "COMMAND", required_unless_present_any = ["list", "matrix", "addr", "contract"])]
    pub(crate) command: Vec<String>,
    /// The port that is written into the program
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) port: Option<u16>,
    /// A server of lesson 1 or 4 that runs already; day30 sees only what goes over the wire
    #[arg(long, value_name = "HOST:PORT", conflicts_with_all = ["command", "port"])]
    pub(crate) addr: Option<String>,
    #[command(flatten)]
    pub(crate) secret: SecretArgs,
    /// List the checks, each with its id
    #[arg(long)]
    pub(crate) list: bool,
    /// Show what such a program must do, whole
    #[arg(long, conflicts_with = "list", requires = "target")]
    pub(crate) contract: bool,
    /// Only these checks
    #[arg(long, value_name = "ID,…", value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// All but these checks
    #[arg(long, value_name = "ID,…", value_delimiter = ',')]
    pub(crate) skip: Vec<String>,
    /// Judge again whenever the program's file changes
    #[arg(long, conflicts_with_all = ["addr", "list", "matrix"])]
    pub(crate) watch: bool,
    /// What all chance comes from; one by chance, and told, where it is not given
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Judge so often, each time with other chances
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) repeat: u32,
    /// Let each SHOULD count as much as a MUST
    #[arg(long)]
    pub(crate) strict: bool,
    /// How many of a failed check's three hints to show
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(0..=3))]
    pub(crate) hint: u8,
    /// Say what each check that passed is good for
    #[arg(long)]
    pub(crate) explain: bool,
    /// Write a report: json, junit or tap, to stdout (the rest goes to stderr then) or to a file
    #[arg(long, value_name = "FORMAT[=FILE]")]
    pub(crate) report: Vec<String>,
    /// Write every socket call of the judge to a file, as JSON Lines
    #[arg(long, value_name = "FILE")]
    pub(crate) record: Option<PathBuf>,
    /// Let --report and --record replace any file; without it, only an earlier report or record
    #[arg(long)]
    pub(crate) force: bool,
    /// How long the program may take until it listens, or connects [default: 10s; 4s with --matrix]
    #[arg(long, value_name = "TIME", value_parser = some_span)]
    pub(crate) start_timeout: Option<Duration>,
    /// How much memory the program may take
    #[arg(long, value_name = "MIB", default_value_t = MEMORY, value_parser = clap::value_parser!(u32).range(16..))]
    pub(crate) memory: u32,
    /// Run every server of these against every client of these, and draw a letter for each pair. Which is which day30 finds out
    #[arg(long, value_name = "NAME=COMMAND", num_args = 1.., conflicts_with_all = NOT_FOR_A_MATRIX)]
    pub(crate) matrix: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TargetName {
    /// Lesson 1's server
    NonblockServer,
    /// Lesson 1's client
    NonblockClient,
    /// Lesson 2's server
    AuthServer,
    /// Lesson 2's client
    AuthClient,
    /// Lesson 3
    Hmac,
    /// Lesson 4's server
    SocketServer,
    /// Lesson 4's client
    SocketClient,
}
