//! `day30 man [COMMAND]`: in English.

use super::output::to_stdout;
use super::{Exit, Usage};
use crate::cli::{Cli, ManArgs};
use clap::CommandFactory;
use clap_mangen::Man;
use day30::both;
use day30::lang::Lang;

pub(super) fn run(args: &ManArgs) -> anyhow::Result<Exit> {
    let mut day30 = Cli::command();
    day30.build();
    let page = match &args.command {
        None => day30,
        Some(name) => {
            let command = day30.find_subcommand(name).cloned();
            let command = command.ok_or_else(|| {
                Usage(both!(
                    "there is no command {name:?}\n  all commands: day30 --help",
                    "没有 {name:?} 这个命令\n  全部命令：day30 --help"
                ))
            })?;
            command
                .display_name(format!("day30-{name}"))
                .bin_name(format!("day30 {name}"))
                .version(env!("CARGO_PKG_VERSION"))
        }
    };
    // Into memory first: a closed pipe must be no error of ours.
    let mut roff = Vec::new();
    Man::new(page).render(&mut roff)?;
    to_stdout(Lang::En.read(&String::from_utf8_lossy(&roff)).as_bytes())
}
