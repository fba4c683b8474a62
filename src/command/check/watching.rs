//! `--watch`: judges again whenever the program's file changes, along the path on which a beginner builds it.
//!
//! Who fails the same check again gets one more of its hints, and who passes one that failed before is told what was learned.

use super::super::output::{To, styled};
use super::super::{Exit, Look, Usage, tell};
use super::judging::judge;
use super::memory::Memory;
use super::plan::Plan;
use day30::check::Subject;
use day30::check::watch::Files;
use day30::{both, say};
use std::io::{self, IsTerminal};
use std::thread;
use std::time::Duration;

/// How often is looked whether a file has changed.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// Clears a terminal, and begins at its top.
const CLEAR: &str = "\x1b[2J\x1b[3J\x1b[H";

pub(super) fn watch(plan: &Plan, look: Look) -> anyhow::Result<Exit> {
    let Subject::Program { words, .. } = &plan.order.subject else {
        return Err(Usage(both!("--watch needs a program to start", "--watch 需要一个可以启动的程序")).into());
    };
    let mut files = Files::of(words);
    if files.named().is_empty() {
        return Err(Usage(both!(
            "--watch: the command names no file, so there is nothing to watch",
            "--watch：命令里没有文件，没有可以监视的东西"
        ))
        .into());
    }
    let names: Vec<_> = files.named().iter().map(|path| path.display().to_string()).collect();
    let names = names.join(", ");
    let watching = say!(look.lang, "watching {names}; Ctrl-C ends it\n", "正在监视 {names}；按 Ctrl-C 结束\n");
    let to = plan.words_to();
    let is_terminal = match to {
        To::Stdout => io::stdout().is_terminal(),
        To::Stderr => io::stderr().is_terminal(),
    };
    let mut memory = Memory::default();
    loop {
        if is_terminal {
            styled(CLEAR, to, look.color)?;
        }
        // A program that cannot be started is one that its author has not finished yet.
        let exit = judge(plan, look, &mut memory, || files.have_changed()).unwrap_or_else(|error| {
            tell(&error, look);
            Some(Exit::Unable)
        });
        if let Some(exit) = exit {
            if exit == Exit::Interrupted || !styled(&watching, to, look.color)? {
                return Ok(exit);
            }
            while !files.have_changed() {
                if plan.order.stop.is_requested() {
                    return Ok(Exit::Interrupted);
                }
                thread::sleep(LOOK_EVERY);
            }
        }
        wait_until_written(&mut files);
    }
}

/// Whoever writes a file is not always done with it at once.
fn wait_until_written(files: &mut Files) {
    loop {
        thread::sleep(LOOK_EVERY);
        if !files.have_changed() {
            return;
        }
    }
}
