//! The `day30` program: parse, run, turn the outcome into an exit code.

mod cli;
mod command;

#[cfg(unix)]
use day30::program::guard;
use std::env;
use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<_> = env::args_os().collect();
    #[cfg(unix)]
    if words.get(1).is_some_and(|word| word == guard::WORD) {
        return guard::stand();
    }
    #[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
    if let [_, word, words @ ..] = words.as_slice()
        && word == day30::watch::WORD
    {
        return day30::watch::stand(words);
    }
    #[cfg(unix)]
    guard::allow();
    if words.get(1).is_some_and(|word| word == day30::class::WORD) {
        return day30::class::stand(std::io::stdout());
    }
    let look = command::Look::of(&words);
    let exit = cli::parse(&words, look.lang)
        .map_or_else(|answer| command::answer(answer, look), |cli| command::run(cli, look));
    exit.unwrap_or_else(|error| command::tell(&error, look)).into()
}
