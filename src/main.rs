//! The `day30` program: parse, run, turn the outcome into an exit code.

mod cli;
mod command;

use clap::Parser;
use day30::lang::Lang;
use std::env;
use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<_> = env::args_os().collect();
    let cli = cli::Cli::try_parse_from(&words)
        .unwrap_or_else(|error| command::unrepeated(error, &words, Lang::of_system()).exit());
    let color = command::color(cli.look);
    match command::run(cli) {
        Ok(exit) => exit.into(),
        Err(error) => {
            command::tell(&error, color);
            command::Exit::of(&error).into()
        }
    }
}
