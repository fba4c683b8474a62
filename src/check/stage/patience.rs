//! Patience that a busy machine does not use up: what a program had no processor for does not count.

use crate::program::delay::{Delay, delays};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// So many times a patience is the longest that becomes of it.
const STRETCH: u32 = 4;
/// What is left of a patience when it is over: less is not worth another look. To look at every thread takes the processor too, and on
/// a busy machine each look would find a little more that was lost.
const NEARLY_NOTHING: Duration = Duration::from_millis(5);
const NEARLY_NOTHING_OF: u32 = 32;

/// Until when something is waited for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    began: Instant,
    patience: Duration,
    /// What had been lost by then; `None` where nothing makes it longer.
    lost: Option<Duration>,
    /// When it is over whatever happens.
    end: Option<Instant>,
}

impl Deadline {
    /// This long from now, however busy the machine is.
    pub(crate) fn exactly(time: Duration) -> Self {
        Self { began: Instant::now(), patience: time, lost: None, end: None }
    }
}

/// How much of the time was lost in which a program under judgement, or day30 itself, wanted to run and had no processor.
#[derive(Debug)]
pub(crate) struct Lost(Mutex<Sample>);

#[derive(Debug)]
struct Sample {
    at: Instant,
    lost: Duration,
    delays: HashMap<i32, Duration>,
    /// The processes of each program that is watched.
    watched: HashMap<i32, Vec<i32>>,
}

impl Default for Lost {
    fn default() -> Self {
        let (delays, watched) = (HashMap::new(), HashMap::new());
        Self(Mutex::new(Sample { at: Instant::now(), lost: Duration::ZERO, delays, watched }))
    }
}

impl Lost {
    /// A program has these processes now.
    pub(crate) fn watch(&self, program: i32, members: Vec<i32>) {
        self.lock().watched.insert(program, members);
    }

    /// A program has ended.
    pub(crate) fn forget(&self, program: i32) {
        self.lock().watched.remove(&program);
    }

    /// Looks again, now and then: a patience that begins later has lost nothing by what was before.
    pub(crate) fn look(&self) -> Duration {
        let mut sample = self.lock();
        let own = i32::try_from(std::process::id()).unwrap_or_default();
        let pids: Vec<_> = sample.watched.values().flatten().copied().chain([own]).collect();
        sample.add(Instant::now(), &delays(&pids))
    }

    /// A patience that begins now.
    pub(crate) fn deadline(&self, patience: Duration, end: Option<Instant>) -> Deadline {
        Deadline { began: Instant::now(), patience, lost: Some(self.lock().lost), end }
    }

    /// How much is left of a patience. It is looked for lost time only when it seems to be over.
    pub(crate) fn left(&self, deadline: &Deadline) -> Duration {
        let now = Instant::now();
        let waited = now.duration_since(deadline.began);
        let mut left = deadline.patience.saturating_sub(waited);
        if let Some(before) = deadline.lost.filter(|_| left.is_zero()) {
            left = rest(deadline.patience, self.look().saturating_sub(before), waited);
        }
        deadline.end.map_or(left, |end| left.min(end.saturating_duration_since(now)))
    }

    fn lock(&self) -> MutexGuard<'_, Sample> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A patience, longer by what was lost of it, up to a bound.
fn stretched(patience: Duration, lost: Duration) -> Duration {
    patience + lost.min(patience * (STRETCH - 1))
}

/// What is left of a patience, longer by what was lost of it.
fn rest(patience: Duration, lost: Duration, waited: Duration) -> Duration {
    let rest = stretched(patience, lost).saturating_sub(waited);
    if rest < NEARLY_NOTHING.max(patience / NEARLY_NOTHING_OF) { Duration::ZERO } else { rest }
}

impl Sample {
    /// Adds what was lost since the sample before: no more than the time that has passed, however many threads waited.
    fn add(&mut self, now: Instant, delays: &[Delay]) -> Duration {
        let passed = now.saturating_duration_since(self.at);
        let before = |task: &i32| self.delays.get(task).copied().unwrap_or_default();
        let waited: Duration = delays.iter().map(|(task, delay)| delay.saturating_sub(before(task))).sum();
        self.lost += waited.min(passed);
        self.at = now;
        self.delays = delays.iter().copied().collect();
        self.lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn what_was_lost_is_no_more_than_what_has_passed() {
        let lost = Lost::default();
        let mut sample = lost.lock();
        let began = sample.at;
        let at = |seconds| began + SECOND * seconds;
        assert_eq!(sample.add(at(2), &[(7, SECOND)]), SECOND);
        // Two threads that waited at the same time, and one that is new.
        assert_eq!(sample.add(at(4), &[(7, SECOND * 3), (8, SECOND * 2)]), SECOND * 3);
        assert_eq!(sample.add(at(5), &[(7, SECOND * 3)]), SECOND * 3);
    }

    #[test]
    fn a_patience_grows_by_what_was_lost_up_to_a_bound() {
        assert_eq!(stretched(SECOND, Duration::ZERO), SECOND);
        assert_eq!(stretched(SECOND, SECOND / 2), SECOND * 3 / 2);
        assert_eq!(stretched(SECOND, SECOND * 100), SECOND * STRETCH);
        assert_eq!(rest(SECOND, SECOND / 10, SECOND), SECOND / 10);
        assert_eq!(rest(SECOND, SECOND / 100, SECOND), Duration::ZERO);
        let lost = Lost::default();
        assert!(lost.left(&Deadline::exactly(Duration::ZERO)).is_zero());
        // Whatever was lost, it is over at its end.
        let deadline = lost.deadline(SECOND * 60, Some(Instant::now()));
        lost.lock().lost += SECOND * 1000;
        assert!(lost.left(&deadline).is_zero());
        let mut deadline = lost.deadline(Duration::from_millis(10), None);
        deadline.began -= SECOND;
        lost.lock().lost += SECOND * 1000;
        assert!(lost.left(&deadline).is_zero(), "a second is more than four times its patience");
        deadline.patience = SECOND / 2;
        assert!(!lost.left(&deadline).is_zero(), "half a second became two");
    }
}
