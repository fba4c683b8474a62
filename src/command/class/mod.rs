//! `day30 class`: judges the programs of a class.

mod judging;
mod outputs;
mod pairs;
mod plan;

use super::check::target;
use super::{Exit, Look, Usage};
use crate::cli::ClassArgs;
use day30::both;
use day30::class::students;
use day30::program::CommandLine;

pub(super) fn run(args: &ClassArgs, look: Look) -> anyhow::Result<Exit> {
    let target = target(args.target);
    let command = CommandLine::new(args.command.clone());
    if let Some(advice) = command.mangled("file") {
        return Err(Usage(advice).into());
    }
    if !command.mentions("file") {
        return Err(Usage(both!(
            "the command has no {{file}}: each program would be the same\n  write for example: -- python3 {{file}} {{port}}",
            "命令里没有 {{file}}：那样每个程序都是同一个\n  请写成：-- python3 {{file}} {{port}}"
        ))
        .into());
    }
    let students = students(&args.files).map_err(Usage)?;
    if args.matrix.is_empty() {
        return judging::run(args, target, students, look);
    }
    let clients = day30::class::students(&args.matrix).map_err(Usage)?;
    pairs::run(args, target, &students, &clients, look)
}
