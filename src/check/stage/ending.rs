//! How a program ends: by itself, by Ctrl-C, or by an error.

use crate::both;
use crate::check::stage::judge::Judge;
use crate::check::stage::program::Program;
use crate::check::verdict::Outcome;
use crate::check::verdict::cause::Cause;
use crate::lang::Text;
use crate::program::usage::are_running;
use crate::program::{Signal, how_it_ended};
use std::process::ExitStatus;
use std::time::Duration;

/// How long a program may take to end after Ctrl-C.
pub(crate) const ENDING: Duration = Duration::from_secs(5);
/// What a program does at once, it has done then.
const A_MOMENT: Duration = Duration::from_millis(20);
/// A program that dies closes its connections a moment before it is dead, and before it has said why.
pub(crate) const DYING: Duration = Duration::from_millis(300);
/// How long a traceback may take from its first line to its last.
const TRACEBACK: Duration = Duration::from_millis(300);
/// How long is waited for a program to have nothing more to do.
const FALLING_ASLEEP: Duration = Duration::from_secs(1);

impl Judge<'_> {
    /// What the program crashed of, or a thread of it.
    pub(crate) fn crash(&self) -> Outcome<Option<Cause>> {
        self.program().map(Program::crash)
    }

    /// Whether it is known to have crashed, or a thread of it.
    pub(crate) fn has_crashed(&self) -> bool {
        self.crash().is_ok_and(|crash| crash.is_some())
    }

    /// The same within a moment: a connection ends before its program has said why.
    pub(crate) fn crashes_within(&self, patience: Duration) -> Outcome<bool> {
        if self.program().is_err() {
            return Ok(false);
        }
        let has_crashed = self.context.wait_until(patience, || self.has_crashed())?;
        if has_crashed {
            // The line that says why comes last.
            self.context.wait_until(TRACEBACK, || self.program().is_ok_and(Program::has_said_why))?;
        }
        Ok(has_crashed)
    }

    /// Whether it ends within a moment, and tells of no error.
    pub(crate) fn has_ended_well(&self, patience: Duration) -> bool {
        let ended = self.program().ok().and_then(|program| program.wait(patience));
        ended.is_some_and(|ended| ended.success()) && !self.has_crashed()
    }

    /// Whether the program has said this on stderr.
    pub(crate) fn complains(&self, words: &str) -> bool {
        self.program().is_ok_and(|program| program.printed.complaints().contains(words))
    }

    /// Waits until the program ends by itself.
    pub(crate) fn wait_for_end(&self, patience: Duration) -> Outcome<Option<ExitStatus>> {
        let program = self.program()?;
        let ended = self.context.wait_until(patience, || program.ended().is_some())?;
        if !ended {
            return Ok(None);
        }
        program.drain_output();
        Ok(program.ended())
    }

    /// Waits until these processes have nothing more to do; where the system does not tell, not at all.
    pub(crate) fn wait_until_asleep(&self, pids: &[i32], patience: Duration) -> Outcome<bool> {
        self.context.wait_until(patience, || are_running(pids) != Some(true))
    }

    /// Ctrl-C, once the program sleeps: one that comes between two calls is lost on many until somebody connects again.
    pub(crate) fn press_ctrl_c(&self) -> Outcome {
        let pids = self.program()?.members();
        self.context.pause(A_MOMENT)?;
        self.wait_until_asleep(&pids, FALLING_ASLEEP)?;
        self.context.story.did(both!("sends Ctrl-C (SIGINT)", "发送 Ctrl-C（SIGINT）"));
        self.program()?.signal(Signal::Interrupt);
        Ok(())
    }

    /// Ctrl-C; then whatever it takes. Gives how it ended, if Ctrl-C was enough.
    pub(crate) fn interrupt(&mut self, patience: Duration) -> Outcome<Option<ExitStatus>> {
        self.press_ctrl_c()?;
        let ended = self.wait_for_end(patience)?;
        if let Some(ended) = ended {
            let Text { en: ended, zh: ended_zh } = how_it_ended(ended);
            self.context.story.did(both!("the program ends ({ended})", "程序结束（{ended_zh}）"));
        }
        Ok(ended)
    }
}
