//! Patience that a busy machine does not use up: what a program had no processor for does not count.

use crate::program::delay::{Delay, delays, runnable, stolen};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// So many times a patience is the longest that becomes of it.
const STRETCH: u32 = 4;
/// A shorter one decides nothing by itself.
const DECIDES: Duration = Duration::from_secs(1);
/// What is left of a patience when it is over: less is not worth another look. To look at every thread takes the processor too, and on
/// a busy machine each look would find a little more that was lost.
const NEARLY_NOTHING: Duration = Duration::from_millis(5);
const NEARLY_NOTHING_OF: u32 = 32;
/// How long a thread runs at most until the system's figure of that has grown: a tick of its clock, and a little more.
const A_TICK: Duration = Duration::from_millis(12);

/// Until when something is waited for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    began: Instant,
    patience: Duration,
    /// What had been lost by then, and what had been had; `None` where nothing makes it longer.
    had: Option<Had>,
    /// When it is over whatever happens.
    end: Option<Instant>,
}

impl Deadline {
    /// This long from now, however busy the machine is.
    pub(crate) fn exactly(time: Duration) -> Self {
        Self { began: Instant::now(), patience: time, had: None, end: None }
    }
}

/// How much of the time was lost in which a program under judgement, or day30 itself, wanted to run and had no processor.
#[derive(Debug)]
pub(crate) struct Lost(Mutex<Sample>);

/// What there has been of it until a moment.
#[derive(Clone, Copy, Debug, Default)]
struct Had {
    lost: Duration,
    /// In how much of the time they did run, all together.
    ran: Duration,
}

#[derive(Debug)]
struct Sample {
    at: Instant,
    had: Had,
    delays: HashMap<i32, Delay>,
    /// What the host had taken of the processors, where this is a virtual machine.
    stolen: Duration,
    /// The processes of each program that is watched.
    watched: HashMap<i32, Vec<i32>>,
    /// A patience was over although nothing could have come in it.
    is_starved: bool,
}

impl Default for Lost {
    fn default() -> Self {
        let (delays, watched) = (HashMap::new(), HashMap::new());
        let had = Had::default();
        Self(Mutex::new(Sample { at: Instant::now(), had, delays, stolen: stolen(), watched, is_starved: false }))
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
    pub(crate) fn look(&self) {
        self.look_at_both();
    }

    fn look_at_both(&self) -> Had {
        let mut sample = self.lock();
        let pids = sample.pids();
        sample.add(Instant::now(), &delays(&pids), stolen())
    }

    /// Whether a program, or day30, wants a processor now and gets none. For how long it had to wait, the system tells only when it
    /// has one again: until then it seems to have lost nothing.
    fn is_kept_waiting(&self) -> bool {
        let pids = self.lock().pids();
        let before = runnable(&pids);
        if before.is_empty() {
            return false;
        }
        std::thread::sleep(A_TICK);
        let now = runnable(&pids);
        before.iter().any(|one| now.contains(one))
    }

    /// A patience that begins now.
    pub(crate) fn deadline(&self, patience: Duration, end: Option<Instant>) -> Deadline {
        Deadline { began: Instant::now(), patience, had: Some(self.lock().had), end }
    }

    /// How much is left of a patience. It is looked for lost time only when it seems to be over.
    pub(crate) fn left(&self, deadline: &Deadline) -> Duration {
        let now = Instant::now();
        let waited = now.duration_since(deadline.began);
        let mut left = deadline.patience.saturating_sub(waited);
        if let Some(before) = deadline.had.filter(|_| left.is_zero()) {
            // Before the look: whoever gets a processor meanwhile is told to have waited for it.
            let is_kept_waiting = waited < deadline.patience * STRETCH && self.is_kept_waiting();
            let now = self.look_at_both();
            let lost = now.lost.saturating_sub(before.lost);
            left = rest(deadline.patience, lost, deadline.began.elapsed());
            let is_starved = is_starved(deadline.patience, lost, now.ran.saturating_sub(before.ran));
            if left.is_zero() && is_kept_waiting {
                left = A_TICK;
            }
            self.lock().is_starved |= left.is_zero() && is_starved;
        }
        deadline.end.map_or(left, |end| left.min(end.saturating_duration_since(now)))
    }

    /// Whether a patience was over, since the last call, although nothing could have come in it: others had all the processors.
    pub(crate) fn take_starved(&self) -> bool {
        std::mem::take(&mut self.lock().is_starved)
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
    if rest < nearly_nothing(patience) { Duration::ZERO } else { rest }
}

fn nearly_nothing(patience: Duration) -> Duration {
    NEARLY_NOTHING.max(patience / NEARLY_NOTHING_OF)
}

/// Whether a patience of this length was nearly as long as it may become, and still had no processor. Threads that keep each other
/// waiting have had much of all processors meanwhile: then the machine is not the reason.
fn is_starved(patience: Duration, lost: Duration, ran: Duration) -> bool {
    patience >= DECIDES && lost + nearly_nothing(patience) >= patience * (STRETCH - 1) && ran < lost / 2
}

impl Sample {
    /// The processes that are watched, and this one.
    fn pids(&self) -> Vec<i32> {
        let own = i32::try_from(std::process::id()).unwrap_or_default();
        self.watched.values().flatten().copied().chain([own]).collect()
    }

    /// Adds what was lost since the sample before: no more than the time that has passed, however many threads waited.
    fn add(&mut self, now: Instant, delays: &[Delay], stolen: Duration) -> Had {
        let passed = now.saturating_duration_since(self.at);
        let new = |one: &Delay, of: fn(&Delay) -> Duration| {
            of(one).saturating_sub(self.delays.get(&one.task).map(of).unwrap_or_default())
        };
        let waited: Duration = delays.iter().map(|one| new(one, |one| one.waited)).sum();
        let ran: Duration = delays.iter().map(|one| new(one, |one| one.ran)).sum();
        let lost = (waited + stolen.saturating_sub(self.stolen)).min(passed);
        self.had = Had { lost: self.had.lost + lost, ran: self.had.ran + ran };
        (self.at, self.stolen) = (now, stolen);
        self.delays = delays.iter().map(|one| (one.task, *one)).collect();
        self.had
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
        let (began, none) = (sample.at, sample.stolen);
        let at = |seconds| began + SECOND * seconds;
        let of = |task, waited| Delay { task, waited: SECOND * waited, ran: SECOND };
        assert_eq!(sample.add(at(2), &[of(7, 1)], none).lost, SECOND);
        // Two threads that waited at the same time, and one that is new.
        let had = sample.add(at(4), &[of(7, 3), of(8, 2)], none);
        assert_eq!((had.lost, had.ran), (SECOND * 3, SECOND * 2));
        assert_eq!(sample.add(at(5), &[of(7, 3)], none).lost, SECOND * 3);
        // The host took half a second of one processor.
        assert_eq!(sample.add(at(6), &[of(7, 3)], none + SECOND / 2).lost, SECOND * 7 / 2);
    }

    #[test]
    fn who_had_a_processor_was_not_starved() {
        assert!(is_starved(SECOND, SECOND * 3, SECOND));
        assert!(!is_starved(SECOND, SECOND * 3, SECOND * 2), "its own threads kept each other waiting");
        assert!(!is_starved(SECOND, SECOND * 2, SECOND), "it had more time than that");
        assert!(!is_starved(SECOND / 2, SECOND * 3, SECOND / 10), "nothing is decided by so little");
    }

    /// On one processor, two that spin leave a third one of little weight next to nothing.
    #[cfg(target_os = "linux")]
    #[test]
    fn who_gets_no_processor_is_waited_for() {
        use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
        use std::process::Command;
        let mut one = CpuSet::new();
        let allowed = sched_getaffinity(None).unwrap();
        one.set((0..CpuSet::MAX_CPU).find(|cpu| allowed.is_set(*cpu)).unwrap());
        let mut spinning = ["19", "0", "0"].map(|nice| {
            let program = ["-n", nice, "sh", "-c", "while :; do :; done"];
            let child = Command::new("nice").args(program).spawn().unwrap();
            sched_setaffinity(rustix::process::Pid::from_raw(child.id() as i32), &one).unwrap();
            child
        });
        let lost = Lost::default();
        let began = Instant::now();
        lost.watch(1, vec![spinning[0].id() as i32]);
        let mut looks = std::iter::repeat_with(|| lost.is_kept_waiting()).take_while(|_| began.elapsed() < SECOND * 30);
        let is_waited_for = looks.any(|waits| waits);
        spinning.iter_mut().for_each(|child| {
            child.kill().unwrap();
            child.wait().unwrap();
        });
        assert!(is_waited_for);
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
        lost.lock().had.lost += SECOND * 1000;
        assert!(lost.left(&deadline).is_zero());
        let mut deadline = lost.deadline(Duration::from_millis(10), None);
        deadline.began -= SECOND;
        lost.lock().had.lost += SECOND * 1000;
        assert!(lost.left(&deadline).is_zero(), "a second is more than four times its patience");
        deadline.patience = SECOND / 2;
        assert!(!lost.left(&deadline).is_zero(), "half a second became two");
    }
}
