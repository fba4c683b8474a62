//! How much time there is: for a whole round of checks, and within that for the check that is being played.

use crate::both;
use crate::check::stage::patience::{Deadline, Lost};
use crate::check::verdict::{Halt, Outcome};
use crate::net::stop::Stop;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Between two looks at what is waited for.
const LOOK: Duration = Duration::from_millis(1);

/// How long a look at Ctrl-C may be put off while nothing is waited for.
const PAUSED: Duration = Duration::from_millis(20);

/// The time of a run, shared by all that waits in it; Ctrl-C ends every wait.
#[derive(Debug)]
pub(crate) struct Budget {
    stop: Arc<Stop>,
    ends: Mutex<Ends>,
    lost: Arc<Lost>,
}

#[derive(Clone, Copy, Debug)]
struct Ends {
    round: Option<Instant>,
    check: Option<Instant>,
}

impl Budget {
    /// Without an end but Ctrl-C, until a round or a check begins.
    pub(crate) fn new(stop: Arc<Stop>) -> Self {
        Self { stop, ends: Mutex::new(Ends { round: None, check: None }), lost: Arc::default() }
    }

    /// For what is waited for beside the check that is played: until the end of the round.
    pub(crate) fn beside(&self) -> Self {
        let round = self.lock().round;
        Self {
            stop: Arc::clone(&self.stop),
            ends: Mutex::new(Ends { round, check: round }),
            lost: Arc::clone(&self.lost),
        }
    }

    /// What the programs and day30 itself had no processor for.
    pub(crate) fn lost(&self) -> &Arc<Lost> {
        &self.lost
    }

    /// A round of checks begins, which has this time.
    pub(crate) fn begin_round(&self, time: Duration) {
        *self.lock() = Ends { round: Some(Instant::now() + time), check: None };
    }

    /// A check begins, which has this time, and no more than what is left of the round's. Gives when it ends.
    pub(crate) fn begin_check(&self, time: Duration) -> Instant {
        let mut ends = self.lock();
        let end = Instant::now() + time;
        let end = ends.round.map_or(end, |round| round.min(end));
        ends.check = Some(end);
        self.lost.take_starved();
        end
    }

    /// Whether the round's time is over.
    pub(crate) fn is_round_over(&self) -> bool {
        self.lock().round.is_some_and(|end| Instant::now() >= end)
    }

    /// Whether the check has waited in vain while others had all the processors of this machine.
    pub(crate) fn was_starved(&self) -> bool {
        self.lost.take_starved()
    }

    /// Until when something may be waited for.
    pub(crate) fn until(&self, patience: Duration) -> Deadline {
        self.lost.deadline(patience, self.lock().check)
    }

    /// How much of that is left.
    pub(crate) fn left(&self, deadline: &Deadline) -> Duration {
        self.lost.left(deadline)
    }

    /// Whether Ctrl-C has come.
    pub(crate) fn is_stopped(&self) -> bool {
        self.stop.is_requested()
    }

    /// Ctrl-C ends everything that waits.
    pub(crate) fn go_on(&self) -> Outcome {
        if self.stop.is_requested() { Err(Halt::Interrupted) } else { Ok(()) }
    }

    /// Whether the check's time is over.
    pub(crate) fn is_over(&self) -> bool {
        self.lock().check.is_some_and(|end| Instant::now() >= end)
    }

    /// The same as [`Self::go_on`] where every step moves something, so that no patience ends it.
    pub(crate) fn go_on_in_time(&self) -> Outcome {
        if self.is_over() {
            return Err(Halt::Unknown(both!(
                "the check ran out of time: your program is too slow, or this machine too busy",
                "这项检查超时了：你的程序太慢，或这台机器太忙"
            )));
        }
        self.go_on()
    }

    /// Waits until something is so, looking again and again. False if it never was.
    pub(crate) fn wait_until(&self, patience: Duration, mut is_so: impl FnMut() -> bool) -> Outcome<bool> {
        let until = self.until(patience);
        loop {
            self.go_on()?;
            let began = Instant::now();
            if is_so() {
                return Ok(true);
            }
            let left = self.left(&until);
            if left.is_zero() {
                return Ok(false);
            }
            // A look that takes long is not taken so often: the program needs the processor too.
            std::thread::sleep(left.min(LOOK.max(2 * began.elapsed()).min(PAUSED)));
        }
    }

    /// Does nothing for a while: exactly so long, however busy the machine is.
    pub(crate) fn pause(&self, time: Duration) -> Outcome {
        let end = self.lock().check;
        let until = Instant::now() + time;
        let until = end.map_or(until, |end| end.min(until));
        loop {
            self.go_on()?;
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            std::thread::sleep(left.min(PAUSED));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Ends> {
        self.ends.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_check_has_more_time_than_its_round() {
        let budget = Budget::new(Arc::new(Stop::default()));
        assert!(!budget.is_over() && !budget.is_round_over());
        budget.begin_round(Duration::ZERO);
        budget.begin_check(Duration::from_secs(60));
        assert!(budget.is_over() && budget.is_round_over());
        assert!(budget.left(&budget.until(Duration::from_secs(60))).is_zero());
        assert!(matches!(budget.go_on_in_time(), Err(Halt::Unknown(_))));
        budget.begin_round(Duration::from_secs(60));
        budget.begin_check(Duration::ZERO);
        assert!(budget.is_over() && !budget.is_round_over());
    }
}
