//! The `day30` program: parse, run, turn the outcome into an exit code.

mod cli;
mod command;

use std::env;
use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<_> = env::args_os().collect();
    let look = command::Look::of(&words);
    let exit = cli::parse(&words, look.lang)
        .map_or_else(|answer| command::answer(answer, look), |cli| command::run(cli, look));
    exit.unwrap_or_else(|error| command::tell(&error, look)).into()
}
