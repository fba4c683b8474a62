//! What a program does while nothing is asked of it.

use super::judge::Judge;
use super::program::Program;
use crate::both;
use crate::check::verdict::{Fault, Halt, Outcome};
use crate::program::usage::{are_running, sleeps, usage};
use std::thread;
use std::time::{Duration, Instant};

/// How often is looked whether a program sleeps before it is said that it does not: a program that is still being compiled while it
/// runs, as Java's are, has something to do for a while.
const LOOKS: usize = 12;

/// For so long, and so often, is looked whether a program that should wait in a call runs all the time.
const WAITING_LOOKS: usize = 20;
const WAITING_LOOK: Duration = Duration::from_millis(5);

/// For so long is looked whether a program that sleeps wakes up again: a loop that pauses for 0.1 s goes round three times.
const WAKING_LOOK: Duration = Duration::from_millis(300);

/// Whether a program runs at every look.
pub(crate) fn never_sleeps(program: &Program) -> bool {
    let pids = program.members();
    (0..WAITING_LOOKS).all(|_| {
        thread::sleep(WAITING_LOOK);
        are_running(&pids) == Some(true)
    })
}

impl Judge<'_> {
    /// Whether the program runs at every look: one that waits in a call sleeps.
    pub(crate) fn never_sleeps(&self) -> bool {
        self.program().is_ok_and(never_sleeps)
    }

    /// Whether the program goes round in a loop, where one that waits in a call lies still: it never sleeps, or wakes up though nobody
    /// asks anything of it. `None` where that cannot be told: a runtime with threads of its own may wake up too.
    pub(crate) fn goes_round(&self) -> Option<bool> {
        if self.never_sleeps() {
            return Some(true);
        }
        let pids = self.program().ok()?.members();
        let before = sleeps(&pids)?;
        thread::sleep(WAKING_LOOK);
        let after = sleeps(&pids)?;
        let woke_up = before.iter().zip(&after).filter(|(before, after)| before != after);
        match woke_up.map(|(_, (threads, _))| threads).max() {
            None => Some(false),
            Some(1) => Some(true),
            Some(_) => None,
        }
    }

    /// Whether the program sleeps while nothing is asked of it: it was not seen running more `often` than that.
    pub(crate) fn rests(&mut self, look: Duration, often: f64) -> Outcome<Outcome> {
        // What came before may still be in its hands.
        self.context.pause(Duration::from_millis(50))?;
        let mut percent = 0.0;
        for _ in 0..LOOKS {
            let Some(load) = self.load(look)? else { return Err(cannot_see()) };
            if load.running <= often {
                return Ok(Ok(()));
            }
            percent = load.percent;
        }
        let sentence =
            both!("with nothing to do, it uses {percent:.0} % of a core", "无事可做时，它占用了单核的 {percent:.0}%");
        Ok(Err(Halt::failed(Fault::Busy, sentence)))
    }

    /// How much of a core the program uses while nothing is asked of it, in percent; and whether it ran at every look.
    pub(crate) fn load(&self, time: Duration) -> Outcome<Option<Load>> {
        let pids = self.program()?.members();
        let (Some(before), began) = (usage(&pids), Instant::now()) else { return Ok(None) };
        let (mut looks, mut running, mut is_told) = (0_u32, 0_u32, false);
        while began.elapsed() < time {
            self.context.pause(Duration::from_millis(5))?;
            looks += 1;
            let is_running = are_running(&pids);
            is_told |= is_running.is_some();
            running += u32::from(is_running == Some(true));
        }
        let seconds = began.elapsed().as_secs_f64();
        let Some(after) = usage(&pids) else { return Ok(None) };
        let share = after.cpu.saturating_sub(before.cpu).as_secs_f64() / seconds;
        // Windows tells how much a program ran, and not when: on a busy machine that is less than it would like.
        let running = if is_told { f64::from(running) / f64::from(looks.max(1)) } else { share };
        Ok(Some(Load { percent: 100.0 * share, running }))
    }
}

/// Only Linux tells all that a program uses and holds.
pub(crate) fn cannot_see() -> Halt {
    Halt::Unknown(both!(
        "on this system day30 cannot see what a program uses and holds",
        "在这个系统上，day30 看不到程序占用和持有的资源"
    ))
}

/// What a program does while nothing is asked of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    /// CPU time, in percent of a core.
    pub(crate) percent: f64,
    /// The share of the looks at which it ran, or wanted to: a busy machine does not make that smaller.
    pub(crate) running: f64,
}
