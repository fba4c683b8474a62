//! The `day30` program: parse, run, turn the outcome into an exit code.

mod cli;
mod command;

use clap::Parser;
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let color = command::color(cli.look);
    match command::run(cli) {
        Ok(exit) => exit.into(),
        Err(error) => {
            let mut stderr = anstream::AutoStream::new(std::io::stderr(), color);
            let style = anstyle::AnsiColor::Red.on_default().bold();
            // When nobody reads stderr, the exit code still tells.
            let _ = writeln!(stderr, "{style}error:{style:#} {error:#}");
            command::Exit::of(&error).into()
        }
    }
}
