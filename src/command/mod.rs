//! As typed → as meant → call the library: one file for each subcommand, and one match over all of them.

mod address;
mod attack;
mod auth_client;
mod auth_server;
mod check;
mod class;
mod completions;
mod demo;
mod doctor;
mod errors;
mod exercise;
mod help;
mod hmac;
mod lesson;
mod man;
mod named;
mod nonblock_client;
mod nonblock_server;
mod not_watched;
mod notes;
mod output;
mod output_file;
mod output_kind;
mod page;
mod pager;
mod progress;
mod python;
mod quiz;
mod race;
mod read_ahead;
mod secret;
mod see;
mod seen;
mod seen_file;
mod serve;
mod session;
mod socket_client;
mod socket_server;
mod standing;
mod start;
mod state_folder;
mod talk;
mod tap;
mod unrepeated;
mod version;
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod watch;

use crate::cli::{Answer, Cli, Command, asked};
use anstream::ColorChoice;
use day30::lang::Lang;
use errors::{Failed, Usage};
use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

/// How a run ended, as the exit code tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0: fine.
    Fine,
    /// 1: the thing asked for failed: a client was refused, a digest differs.
    Failed,
    /// 2: what was typed makes no sense.
    Usage,
    /// 3: day30 itself could not do it.
    Unable,
    /// 130: Ctrl-C.
    Interrupted,
    /// That of a program that was watched.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code))]
    Program(u8),
}

impl Exit {
    /// The exit code that an error stands for.
    fn of(error: &anyhow::Error) -> Self {
        match error {
            _ if error.is::<Usage>() => Self::Usage,
            _ if error.is::<Failed>() => Self::Failed,
            _ => Self::Unable,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Fine => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Unable => 3,
            Exit::Interrupted => 130,
            Exit::Program(code) => code,
        })
    }
}

/// Does what was typed.
pub(crate) fn run(cli: Cli, look: Look) -> anyhow::Result<Exit> {
    match cli.command {
        None => help::run(look),
        Some(Command::NonblockServer(args)) => nonblock_server::run(&args, look),
        Some(Command::NonblockClient(args)) => nonblock_client::run(&args, look),
        Some(Command::AuthServer(args)) => auth_server::run(&args, look),
        Some(Command::AuthClient(args)) => auth_client::run(&args, look),
        Some(Command::Hmac(args)) => hmac::run(&args, look.lang),
        Some(Command::SocketServer(args)) => socket_server::run(&args, look),
        Some(Command::SocketClient(args)) => socket_client::run(&args, look),
        Some(Command::Lesson(args)) => lesson::run(&args, look),
        Some(Command::Demo(args)) => demo::run(&args, look),
        Some(Command::See(args)) => see::run(&args, look),
        Some(Command::Quiz(args)) => quiz::run(&args, look),
        Some(Command::Tap(args)) => tap::run(&args, look),
        #[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
        Some(Command::Watch(args)) => watch::run(&args, look),
        #[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
        Some(Command::Watch(_)) => not_watched::run(),
        Some(Command::Race(args)) => race::run(&args, look),
        Some(Command::Check(args)) => check::run(&args, look),
        Some(Command::Start(args)) => start::run(&args, look),
        Some(Command::Class(args)) => class::run(&args, look),
        Some(Command::Break(args)) => attack::run(&args, look),
        Some(Command::Doctor(args)) => doctor::run(&args, look),
        Some(Command::Completions(args)) => completions::run(&args, look.lang),
        Some(Command::Man(args)) => man::run(&args, look.lang),
    }
}

/// Says what is said instead of running a command.
pub(crate) fn answer(answer: Answer, look: Look) -> anyhow::Result<Exit> {
    match answer {
        Answer::Asked(text) => output::to_stdout(text.as_bytes()),
        Answer::Version { is_long } => version::run(is_long, look.lang),
        Answer::Mistake(text) => Ok(tell(&Usage(text).into(), look)),
    }
}

/// Tells an error, and gives the exit code that it stands for.
pub(crate) fn tell(error: &anyhow::Error, look: Look) -> Exit {
    output::tell(error, look);
    Exit::of(error)
}

/// How everything is shown, whatever the command.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    color: ColorChoice,
    pub(crate) lang: Lang,
}

impl Look {
    /// As the words of the command line and the environment have it: found out before they are parsed, because a mistake in
    /// them is told in the same language. `auto` leaves the colours to the terminal and to NO_COLOR.
    pub(crate) fn of(words: &[OsString]) -> Self {
        let color = match asked(words, "--color").as_deref() {
            Some("always") => ColorChoice::Always,
            Some("never") => ColorChoice::Never,
            _ => ColorChoice::Auto,
        };
        Self { color, lang: Lang::of(asked(words, "--lang").as_deref(), |name| env::var(name).ok()) }
    }
}
