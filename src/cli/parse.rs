//! From words to clap types. What clap has to say is said in our own words, in the language of whoever typed.

use super::{Cli, help, mistake};
use clap::error::ErrorKind;
use clap::{Arg, Command, CommandFactory, FromArgMatches};
use day30::lang::{Lang, Text};
use std::ffi::OsString;

/// What is said instead of running a command.
pub(crate) enum Answer {
    /// The help that was asked for.
    Asked(String),
    /// The version: `-V` asks for a line, `--version` for everything that a question about day30 should come with.
    Version {
        /// Whether it was `--version`.
        is_long: bool,
    },
    /// What was typed makes no sense.
    Mistake(Text),
}

/// Parses a whole command line; its first word is the program itself.
pub(crate) fn parse(words: &[OsString], lang: Lang) -> Result<Cli, Answer> {
    let mut command = command();
    let matches = command.try_get_matches_from_mut(words);
    matches.and_then(|matches| Cli::from_arg_matches(&matches)).map_err(|error| {
        command.build();
        let named = named(&command, words).map(str::to_owned);
        match error.kind() {
            ErrorKind::DisplayHelp => Answer::Asked(help::of(&command, named.as_deref(), lang)),
            ErrorKind::DisplayVersion => Answer::Version { is_long: words.iter().any(|word| word == "--version") },
            _ => Answer::Mistake(mistake::describe(&error, &command, named.as_deref(), words)),
        }
    })
}

/// What the values of an option that takes a number are called.
const NUMBERS: [&str; 6] = ["PORT", "N", "N,…", "BYTES", "SECONDS", "MIB"];

/// All that can be typed. Where a number belongs, one below zero is a wrong value, and no unknown option.
fn command() -> Command {
    let is_number =
        |arg: &Arg| arg.get_value_names().unwrap_or_default().iter().any(|name| NUMBERS.contains(&name.as_str()));
    let take_any_number = |arg: Arg| if is_number(&arg) { arg.allow_negative_numbers(true) } else { arg };
    Cli::command().mut_subcommands(|command| command.mut_args(take_any_number))
}

/// The subcommand that was typed.
fn named<'c>(command: &'c Command, words: &[OsString]) -> Option<&'c str> {
    let words = words.iter().skip(1).take_while(|word| *word != "--");
    words.filter_map(|word| command.find_subcommand(word).map(Command::get_name)).next()
}

/// What was typed behind this option: for what must be known before anything is parsed.
pub(crate) fn asked(words: &[OsString], option: &str) -> Option<String> {
    let mut words = words.iter().take_while(|word| *word != "--").filter_map(|word| word.to_str());
    while let Some(word) = words.next() {
        match word.strip_prefix(option) {
            Some("") => return words.next().map(str::to_owned),
            Some(rest) if rest.starts_with('=') => return rest.get(1..).map(str::to_owned),
            _ => {}
        }
    }
    None
}
