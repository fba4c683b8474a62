//! `day30 completions SHELL`.

use super::Exit;
use super::output::to_stdout;
use crate::cli::{Cli, CompletionsArgs};
use clap::CommandFactory;
use day30::lang::Lang;

pub(super) fn run(args: &CompletionsArgs, lang: Lang) -> anyhow::Result<Exit> {
    // Into memory first: the generator panics when it cannot write.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "day30", &mut script);
    to_stdout(lang.read(&String::from_utf8_lossy(&script)).as_bytes())
}
