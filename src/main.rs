//! The `day30` program: parse, run, turn the outcome into an exit code.

mod cli;
mod command;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let color = command::color(cli.look);
    match command::run(cli) {
        Ok(exit) => exit.into(),
        Err(error) => {
            command::tell(&error, color);
            command::Exit::of(&error).into()
        }
    }
}
