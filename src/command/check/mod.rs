//! `day30 check`: judges a program that a student wrote.

mod advice;
mod both_sides;
mod contract;
mod judging;
mod matrix;
mod memory;
mod plan;
mod replay;
mod reports;
mod screen;
mod silence;
mod walk;
mod walking;
mod watching;

use super::output::{To, styled};
use super::pager::{Paper, show};
use super::session::finish;
use super::{Exit, Look, Usage};
use crate::cli::{CheckArgs, TargetName};
use day30::check::show::list;
use day30::check::texts::Texts;
use day30::check::{Decision, Target};
use day30::view::markdown::{Sheet, blocks, print};
use memory::Memory;
use plan::Plan;
pub(super) use plan::{again, selected, the_secret};

pub(super) fn run(args: &CheckArgs, look: Look) -> anyhow::Result<Exit> {
    judge(args, look).map(|(exit, _)| exit)
}

/// The same, with the checks that failed: those that do not only fail because another did.
pub(super) fn judge(args: &CheckArgs, look: Look) -> anyhow::Result<(Exit, Vec<&'static str>)> {
    let target = args.target.map(target);
    if args.list {
        let targets = target.map_or(Target::ALL.to_vec(), |target| vec![target]);
        styled(&list(&targets, &Texts::of(look.lang), look.lang), To::Stdout, look.color)?;
        return Ok((Exit::Fine, Vec::new()));
    }
    let Some(target) = target else { return Ok((matrix::run(args, look)?, Vec::new())) };
    if args.contract {
        let Paper { width, has_styles } = Paper::of(look);
        let sheet = Sheet { width, has_styles, answers: true, lang: look.lang, lesson: None };
        let exit = show(&print(&blocks(contract::of(target, look.lang)), &sheet), look, true)?;
        return Ok((exit, Vec::new()));
    }
    if let Some(advice) = advice::of_missing_dashes(args, target) {
        return Err(Usage(advice).into());
    }
    let plan = Plan::of(args, target, look.lang)?;
    let mut memory = Memory { replays: args.see && !args.watch, ..Memory::default() };
    let judged = if args.watch { watching::watch(&plan, look) } else { judge_once(&plan, look, &mut memory) };
    plan.order.trace.flush();
    let recorded = plan.journal.map_or(Ok(()), finish);
    let exit = judged?;
    recorded?;
    plan.page.filter(|_| !memory.has_replayed).map_or(Ok(()), |page| page.write(look))?;
    Ok((exit, memory.failed))
}

fn judge_once(plan: &Plan, look: Look, memory: &mut Memory) -> anyhow::Result<Exit> {
    let judged = judging::judge(plan, look, memory, || false)?;
    // Only what has changed meanwhile is not judged to its end.
    Ok(judged.unwrap_or(Exit::Unable))
}

/// The exit code that a judgement stands for.
pub(super) fn exit(decision: Decision) -> Exit {
    match decision {
        Decision::Passed => Exit::Fine,
        Decision::Failed => Exit::Failed,
        Decision::Open => Exit::Unable,
    }
}

/// The target, as the library has it.
pub(super) fn target(name: TargetName) -> Target {
    match name {
        TargetName::NonblockServer => Target::NonblockServer,
        TargetName::NonblockClient => Target::NonblockClient,
        TargetName::AuthServer => Target::AuthServer,
        TargetName::AuthClient => Target::AuthClient,
        TargetName::Hmac => Target::Hmac,
        TargetName::SocketServer => Target::SocketServer,
        TargetName::SocketClient => Target::SocketClient,
    }
}
