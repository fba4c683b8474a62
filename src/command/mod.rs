//! As typed → as meant → call the library: one file for each subcommand, and one match over all of them.

mod auth_client;
mod auth_server;
mod check;
mod completions;
mod demo;
mod errors;
mod help;
mod hmac;
mod man;
mod named;
mod nonblock_client;
mod nonblock_server;
mod output;
mod output_file;
mod output_kind;
mod place;
mod race;
mod read_ahead;
mod secret;
mod seen;
mod seen_file;
mod serve;
mod socket_client;
mod socket_server;
mod stage;
mod talk;
mod unrepeated;

use crate::cli::{Cli, ColorWhen, Command, LangName, LookArgs};
use anstream::ColorChoice;
use day30::lang::Lang;
use errors::{Failed, Usage};
pub(crate) use output::tell;
use std::process::ExitCode;
pub(crate) use unrepeated::unrepeated;

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
}

impl Exit {
    /// The exit code that an error stands for.
    pub(crate) fn of(error: &anyhow::Error) -> Self {
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
        })
    }
}

/// Does what was typed.
pub(crate) fn run(cli: Cli) -> anyhow::Result<Exit> {
    let look = Look { color: color(cli.look), lang: lang(cli.look) };
    match cli.command {
        None => help::run(),
        Some(Command::NonblockServer(args)) => nonblock_server::run(&args, look),
        Some(Command::NonblockClient(args)) => nonblock_client::run(&args, look),
        Some(Command::AuthServer(args)) => auth_server::run(&args, look),
        Some(Command::AuthClient(args)) => auth_client::run(&args, look),
        Some(Command::Hmac(args)) => hmac::run(&args),
        Some(Command::SocketServer(args)) => socket_server::run(&args, look),
        Some(Command::SocketClient(args)) => socket_client::run(&args, look),
        Some(Command::Demo(args)) => demo::run(&args, look),
        Some(Command::Race(args)) => race::run(&args, look),
        Some(Command::Check(args)) => check::run(&args, look),
        Some(Command::Completions(args)) => completions::run(&args),
        Some(Command::Man(args)) => man::run(&args),
    }
}

/// How everything is shown, whatever the command.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    color: ColorChoice,
    lang: Lang,
}

/// When to use colour; `auto` leaves it to the terminal and to NO_COLOR.
pub(crate) fn color(look: LookArgs) -> ColorChoice {
    match look.color {
        ColorWhen::Auto => ColorChoice::Auto,
        ColorWhen::Always => ColorChoice::Always,
        ColorWhen::Never => ColorChoice::Never,
    }
}

fn lang(look: LookArgs) -> Lang {
    match look.lang {
        Some(LangName::En) => Lang::En,
        Some(LangName::Zh) => Lang::Zh,
        None => Lang::of_system(),
    }
}
