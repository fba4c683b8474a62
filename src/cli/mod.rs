//! What can be typed: every clap type, and nothing of what is done with it.

mod check;
mod hmac;
mod race;
mod servers;
pub(crate) mod span;

pub(crate) use check::{CheckArgs, MEMORY, TargetName};
pub(crate) use hmac::{DigestName, FormatName, HmacArgs};
pub(crate) use race::{RaceArgs, ThemeName, WorkloadName};
pub(crate) use servers::{AuthServerArgs, IoName, NonblockServerArgs, ServerArgs, SocketServerArgs};

use clap::{Args, Parser, Subcommand, ValueEnum};
use span::{some_span, span};
use std::path::PathBuf;
use std::time::Duration;

/// The commands that have a manual page of their own.
const COMMANDS: [&str; 12] = [
    "nonblock-server",
    "nonblock-client",
    "auth-server",
    "auth-client",
    "hmac",
    "socket-server",
    "socket-client",
    "demo",
    "race",
    "check",
    "completions",
    "man",
];

/// Builds the help's end: examples, then the exit codes.
macro_rules! examples {
    ($($line:literal),+ $(,)?) => {
        concat!("Examples:\n", $("  ", $line, "\n",)+ "\nExit codes:\n  0  fine\n  1  the thing asked for failed: refused, \
        no reply, or a digest that differs\n  2  usage\n  3  day30 itself could not do it: a port taken, a file unreadable\n  \
        130  ended by Ctrl-C (a server drains at the first one, and exits 0)")
    };
}
pub(crate) use examples;

/// Learn what a socket does: the four lessons of day 30, as servers and clients that run in pairs.
#[derive(Debug, Parser)]
#[command(name = "day30", version, disable_help_subcommand = true)]
#[command(about = "Learn what a socket does: the four lessons of day 30, as servers and clients that run in pairs")]
#[command(after_help = examples!(
    "day30 demo                         # all four lessons, narrated",
    "day30 nonblock-server              # beside: day30 nonblock-client",
    "day30 auth-server --secret luwei   # beside: day30 auth-client --secret luwei",
    "day30 hmac --key asd --msg sad",
    "day30 check nonblock-server -- python3 my_server.py {port}",
))]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) look: LookArgs,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// How things are shown, for every command.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct LookArgs {
    /// When to use colour; NO_COLOR is obeyed
    #[arg(long, value_name = "WHEN", global = true, default_value = "auto", help_heading = "How it looks")]
    pub(crate) color: ColorWhen,
    /// The language of the narration; the system's, where it is not given
    #[arg(long, value_name = "LANG", global = true, help_heading = "How it looks")]
    pub(crate) lang: Option<LangName>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ColorWhen {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum LangName {
    En,
    Zh,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Lesson 1: answers in upper case, polling in a loop that never sleeps
    NonblockServer(NonblockServerArgs),
    /// Lesson 1: sends a message every second, prints each reply
    NonblockClient(NonblockClientArgs),
    /// Lesson 2: asks each client to prove that it knows the secret
    AuthServer(AuthServerArgs),
    /// Lesson 2: proves that it knows the secret
    ///
    /// It exits with 0 once it has answered: the verdict is the server's, and stands on its screen. If the server sent a challenge
    /// that this client has answered before, it exits with 1.
    AuthClient(AuthClientArgs),
    /// Lesson 3: the HMAC of a message under a key
    Hmac(HmacArgs),
    /// Lesson 4: answers in upper case, a thread for each client
    SocketServer(SocketServerArgs),
    /// Lesson 4: sends each line that is typed, prints what comes back
    SocketClient(SocketClientArgs),
    /// All four lessons in one go, narrated
    Demo(DemoArgs),
    /// Race the I/O models: what a way of waiting costs, as numbers and pictures
    Race(RaceArgs),
    /// Judge a program of your own: what is right, what is wrong, and why
    Check(Box<CheckArgs>),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// Print the manual page, of day30 or of one command
    Man(ManArgs),
}

/// Where a server listens, and a client connects to.
#[derive(Clone, Debug, Args)]
pub(crate) struct At {
    /// The address
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:9000")]
    pub(crate) addr: String,
    /// Only the port, on 127.0.0.1 (a server takes a free one with 0)
    #[arg(long, value_name = "PORT", conflicts_with = "addr")]
    pub(crate) port: Option<u16>,
}

/// How a run is shown and kept.
#[derive(Clone, Debug, Args)]
pub(crate) struct Seeing {
    /// Results only: no narration, no summary
    #[arg(long, short)]
    pub(crate) quiet: bool,
    /// Slow motion: each socket call waits this long before it is made [without a time: 300ms]
    #[arg(long, value_name = "TIME", num_args = 0..=1, default_missing_value = "300ms", value_parser = some_span)]
    pub(crate) slow: Option<Duration>,
    /// Write the trace to a file, as JSON Lines. An earlier record is replaced, and no other file
    #[arg(long, value_name = "FILE")]
    pub(crate) record: Option<PathBuf>,
    /// Let --record replace any file
    #[arg(long)]
    pub(crate) force: bool,
}

/// The secret of lesson 2.
#[derive(Clone, Debug, Args)]
pub(crate) struct SecretArgs {
    /// The secret that both sides share; other users of this machine can read a command line
    #[arg(long, value_name = "TEXT", conflicts_with = "secret_file")]
    pub(crate) secret: Option<String>,
    /// The file that holds the secret, `-` for stdin; one line end behind it does not count. Without either, the
    /// environment's DAY30_SECRET is taken
    #[arg(long, value_name = "PATH")]
    pub(crate) secret_file: Option<PathBuf>,
    /// How the digest is computed: md5 of secret and challenge (the notes'), or an HMAC under the secret
    #[arg(long, value_name = "SCHEME", default_value = "md5")]
    pub(crate) scheme: SchemeName,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum SchemeName {
    Md5,
    HmacMd5,
    HmacSha256,
}

#[derive(Debug, Args)]
#[command(after_help = examples!(
    "day30 nonblock-client",
    "day30 nonblock-client --message 你好 --every 300ms --count 3",
))]
pub(crate) struct NonblockClientArgs {
    #[command(flatten)]
    pub(crate) at: At,
    /// What to send
    #[arg(long, value_name = "TEXT", default_value = "clent11")]
    pub(crate) message: String,
    /// How long to wait between two messages
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = span)]
    pub(crate) every: Duration,
    /// How many messages to send; without it, until Ctrl-C
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) count: Option<u64>,
    #[command(flatten)]
    pub(crate) talking: Talking,
}

#[derive(Debug, Args)]
#[command(after_help = examples!(
    "day30 socket-client                     # type a line, see it come back",
    "printf 'one\\ntwo\\n' | day30 socket-client --quiet",
))]
pub(crate) struct SocketClientArgs {
    #[command(flatten)]
    pub(crate) at: At,
    #[command(flatten)]
    pub(crate) talking: Talking,
}

/// What the two upper-case clients have in common.
#[derive(Clone, Debug, Args)]
pub(crate) struct Talking {
    /// How long the server may leave a message without any answer
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = some_span)]
    pub(crate) timeout: Duration,
    /// How many bytes of one reply are taken; a longer one is an error, and the exit code 1. Without it, the reply to what
    /// was sent may have any length, and a server that says something else may send 1 MiB without a newline
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) max_reply: Option<u64>,
    #[command(flatten)]
    pub(crate) seeing: Seeing,
}

#[derive(Debug, Args)]
#[command(after_help = examples!(
    "day30 auth-client --secret luwei",
    "day30 auth-client --secret-file key.txt --scheme hmac-sha256",
))]
pub(crate) struct AuthClientArgs {
    #[command(flatten)]
    pub(crate) at: At,
    #[command(flatten)]
    pub(crate) secret: SecretArgs,
    /// How long the whole handshake may take
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = some_span)]
    pub(crate) handshake_timeout: Duration,
    /// Where to remember the challenges that were answered, to notice one that comes twice; `off` remembers nothing.
    /// Without it, a file in the user's state folder
    #[arg(long, value_name = "FILE|off")]
    pub(crate) seen: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) seeing: Seeing,
}

#[derive(Debug, Args)]
#[command(after_help = examples!("day30 demo", "day30 demo --lesson auth --slow 300ms"))]
pub(crate) struct DemoArgs {
    /// Only this lesson
    #[arg(long, value_name = "NAME")]
    pub(crate) lesson: Option<LessonName>,
    /// Slow motion: each socket call waits this long before it is made [without a time: 300ms]
    #[arg(long, value_name = "TIME", num_args = 0..=1, default_missing_value = "300ms", value_parser = some_span)]
    pub(crate) slow: Option<Duration>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LessonName {
    Nonblock,
    Auth,
    Hmac,
    SocketServer,
}

#[derive(Debug, Args)]
#[command(after_help = examples!(
    "day30 completions bash > ~/.bash_completion.d/day30",
    "day30 completions fish > ~/.config/fish/completions/day30.fish",
))]
pub(crate) struct CompletionsArgs {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
#[command(after_help = examples!("day30 man | man -l -", "day30 man hmac > day30-hmac.1"))]
pub(crate) struct ManArgs {
    /// The command whose page is wanted
    #[arg(value_parser = COMMANDS)]
    pub(crate) command: Option<String>,
}
