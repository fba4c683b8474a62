//! How a direction misbehaves, as a pure function of a seed, of how many bytes came, and of when: no socket, no clock.

use super::chance::{Chance, seed_of};
use std::time::Duration;

/// Between two slices, so that whoever receives them sees two reads.
pub const PACE: Duration = Duration::from_millis(20);
/// With a bandwidth, so much time's worth of bytes is sent at once.
const SHARE: Duration = Duration::from_millis(50);

/// What a direction does to the bytes that pass. All of it is off by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// Send at most so many bytes at once: 1 to as many, by the seed, with [`PACE`] between them.
    pub slice: Option<usize>,
    /// Every byte arrives so much later.
    pub delay: Duration,
    /// And up to so much later again, by the seed; the order stays.
    pub jitter: Duration,
    /// Bytes in a second, at most.
    pub bandwidth: Option<u64>,
    /// Reset both sides after so many bytes.
    pub reset_after: Option<u64>,
    /// Swallow everything behind so many bytes, the FIN too.
    pub drop_after: Option<u64>,
    /// Shut down sending after so many bytes.
    pub half_close: Option<u64>,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Send so many of the bytes at hand.
    Send(usize),
    /// Throw so many of the bytes at hand away.
    Swallow(usize),
    /// From here on everything is swallowed. Nothing is to be done, but to tell.
    Drop,
    /// Shut down sending.
    Shutdown,
    /// Reset both sides.
    Reset,
}

/// What to do next, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Not before this time.
    pub due: Duration,
    /// What.
    pub act: Act,
}

/// The plan of one direction of one connection. Every time counts from the connection's beginning.
#[derive(Clone, Debug)]
pub struct Schedule {
    faults: Faults,
    /// Where the slices end, and how late the bytes are: apart, so that neither depends on how the bytes came.
    slices: Chance,
    lateness: Chance,
    /// How many bytes were planned so far, swallowed ones too.
    offset: u64,
    /// Where the current slice ends.
    cut: u64,
    /// Until when the line is busy with what was planned so far; the delay comes behind it.
    busy: Duration,
    /// When the last step is due.
    last: Duration,
    swallows: bool,
    /// The FIN has been planned, or never will be.
    shut: bool,
}

impl Schedule {
    /// The schedule of a direction, by chances that only `seed` decides.
    #[must_use]
    pub fn new(faults: Faults, seed: u64) -> Self {
        let (offset, cut, zero) = (0, 0, Duration::ZERO);
        let (busy, last, swallows, shut) = (zero, zero, false, false);
        let (slices, lateness) = (Chance(seed), Chance(seed_of(seed, 0, 1)));
        Self { faults, slices, lateness, offset, cut, busy, last, swallows, shut }
    }

    /// What comes next when `held` bytes are at hand, the first of which arrived at `arrived`. `None`: nothing, until more
    /// bytes come.
    pub fn next(&mut self, held: usize, arrived: Duration) -> Option<Step> {
        if self.faults.reset_after == Some(self.offset) {
            self.faults.reset_after = None;
            return Some(self.at(self.last + PACE, Act::Reset));
        }
        if self.faults.half_close == Some(self.offset) && !self.swallows {
            (self.faults.half_close, self.swallows, self.shut) = (None, true, true);
            return Some(self.at(self.last, Act::Shutdown));
        }
        if self.faults.drop_after == Some(self.offset) && !self.swallows {
            (self.faults.drop_after, self.swallows, self.shut) = (None, true, true);
            return Some(self.at(self.last, Act::Drop));
        }
        if held == 0 {
            return None;
        }
        let limits = [self.faults.reset_after, self.faults.half_close, self.faults.drop_after];
        let ahead = limits.into_iter().flatten().filter_map(|limit| limit.checked_sub(self.offset));
        let count = ahead.filter(|ahead| *ahead > 0).fold(held as u64, u64::min);
        if self.swallows {
            self.offset += count;
            return Some(self.at(arrived, Act::Swallow(to_usize(count))));
        }
        Some(self.send(count, arrived))
    }

    /// When the sender's FIN is to be passed on; `None` if it is not: it was sent before, or it is swallowed.
    pub fn end(&mut self, at: Duration) -> Option<Duration> {
        if std::mem::replace(&mut self.shut, true) {
            return None;
        }
        Some(self.at(at + self.faults.delay, Act::Shutdown).due)
    }

    /// The bytes of the last step were sent at this time, which may be later than they were due: the next slice comes behind
    /// that.
    pub fn sent(&mut self, at: Duration) {
        self.last = self.last.max(at);
    }

    fn send(&mut self, most: u64, arrived: Duration) -> Step {
        let (mut count, mut leaves, mut earliest) = (most, arrived, Duration::ZERO);
        if let Some(slice) = self.faults.slice {
            if self.offset >= self.cut {
                self.cut = self.offset + 1 + self.slices.below(slice as u64);
                if self.offset > 0 {
                    leaves = leaves.max(self.busy + PACE);
                    earliest = self.last + PACE;
                }
            }
            count = count.min(self.cut - self.offset);
        }
        leaves = leaves.max(self.busy);
        if let Some(bandwidth) = self.faults.bandwidth {
            let share = u128::from(bandwidth) * SHARE.as_millis() / 1000;
            count = count.min(u64::try_from(share).unwrap_or(u64::MAX).max(1));
            leaves += Duration::from_secs_f64(count as f64 / bandwidth.max(1) as f64);
        }
        self.busy = leaves;
        self.offset += count;
        let jitter = u64::try_from(self.faults.jitter.as_micros()).unwrap_or(u64::MAX);
        let late = Duration::from_micros(if jitter == 0 { 0 } else { self.lateness.below(jitter) });
        self.at(earliest.max(leaves + self.faults.delay + late), Act::Send(to_usize(count)))
    }

    /// TCP keeps the order, so no step comes before an earlier one.
    fn at(&mut self, due: Duration, act: Act) -> Step {
        self.last = self.last.max(due);
        Step { due: self.last, act }
    }
}

fn to_usize(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MS: Duration = Duration::from_millis(1);

    /// What becomes of so many bytes that come in these pieces, one a millisecond.
    fn played(faults: Faults, seed: u64, pieces: &[usize]) -> Vec<Step> {
        let (mut schedule, mut steps, mut held) = (Schedule::new(faults, seed), Vec::new(), 0);
        for (piece, arrived) in pieces.iter().zip(0..) {
            held += piece;
            while let Some(step) = schedule.next(held, MS * arrived) {
                if let Act::Send(count) | Act::Swallow(count) = step.act {
                    held -= count;
                }
                steps.push(step);
                if step.act == Act::Reset {
                    return steps;
                }
            }
        }
        steps
    }

    fn acts(faults: Faults, pieces: &[usize]) -> Vec<Act> {
        played(faults, 30, pieces).iter().map(|step| step.act).collect()
    }

    #[test]
    fn without_faults_bytes_pass_as_they_come() {
        let steps = played(Faults::default(), 1, &[7, 16_384]);
        let step = |due, count| Step { due, act: Act::Send(count) };
        assert_eq!(steps, [step(Duration::ZERO, 7), step(MS, 16_384)]);
        assert_eq!(Schedule::new(Faults::default(), 1).end(MS), Some(MS));
    }

    #[test]
    fn a_limit_is_kept_to_the_byte() {
        let reset = Faults { reset_after: Some(10), ..Faults::default() };
        assert_eq!(acts(reset, &[7, 7]), [Act::Send(7), Act::Send(3), Act::Reset]);
        assert_eq!(acts(reset, &[10]), [Act::Send(10), Act::Reset], "it does not wait for the next byte");
        let drop = Faults { drop_after: Some(3), ..Faults::default() };
        assert_eq!(acts(drop, &[7, 7]), [Act::Send(3), Act::Drop, Act::Swallow(4), Act::Swallow(7)]);
        let shut = Faults { half_close: Some(0), reset_after: Some(8), ..Faults::default() };
        assert_eq!(acts(shut, &[7, 7]), [Act::Shutdown, Act::Swallow(7), Act::Swallow(1), Act::Reset]);
    }

    #[test]
    fn a_fin_is_passed_once_and_swallowed_like_everything_else() {
        for faults in
            [Faults { half_close: Some(2), ..Faults::default() }, Faults { drop_after: Some(2), ..Faults::default() }]
        {
            let mut schedule = Schedule::new(faults, 1);
            while schedule.next(2, MS).is_some_and(|step| matches!(step.act, Act::Send(_))) {}
            assert_eq!(schedule.end(MS), None);
        }
        let mut late = Schedule::new(Faults { delay: MS * 5, ..Faults::default() }, 1);
        assert_eq!((late.end(MS * 7), late.end(MS * 9)), (Some(MS * 12), None));
    }

    #[test]
    fn time_is_added_as_a_line_would_add_it() {
        let due = |faults, pieces: &[usize]| played(faults, 1, pieces).iter().map(|step| step.due).collect::<Vec<_>>();
        let delay = Faults { delay: MS * 100, ..Faults::default() };
        assert_eq!(due(delay, &[1, 1, 1]), [MS * 100, MS * 101, MS * 102], "one delay does not wait for another");
        let slice = Faults { slice: Some(1), delay: MS * 100, ..Faults::default() };
        assert_eq!(due(slice, &[3]), [MS * 100, MS * 120, MS * 140]);
        let narrow = Faults { bandwidth: Some(1000), ..Faults::default() };
        assert_eq!(due(narrow, &[120]), [MS * 50, MS * 100, MS * 120], "120 bytes take 120 ms");
    }

    prop_compose! {
        fn any_faults()(
            slice in prop::option::of(1_usize..20), delay in 0_u32..50, jitter in 0_u32..50,
            bandwidth in prop::option::of(1_u64..5000), limits in prop::array::uniform3(prop::option::of(0_u64..300)),
        ) -> Faults {
            let [reset_after, drop_after, half_close] = limits;
            Faults { slice, delay: MS * delay, jitter: MS * jitter, bandwidth, reset_after, drop_after, half_close }
        }
    }

    proptest! {
        /// Whatever is on: every byte is sent or swallowed, none twice, and in order; and the same seed does the same.
        #[test]
        fn no_byte_is_lost(faults in any_faults(), seed: u64, pieces in prop::collection::vec(1_usize..50, 0..12)) {
            let steps = played(faults, seed, &pieces);
            prop_assert_eq!(&steps, &played(faults, seed, &pieces));
            let count = |step: &Step| if let Act::Send(count) | Act::Swallow(count) = step.act { count } else { 0 };
            let total: usize = steps.iter().map(count).sum();
            let came: usize = pieces.iter().sum();
            match faults.reset_after {
                Some(limit) if limit <= came as u64 => prop_assert_eq!(total as u64, limit),
                _ => prop_assert_eq!(total, came),
            }
            prop_assert!(steps.windows(2).all(|pair| pair[0].due <= pair[1].due));
            let sent: u64 = steps.iter().map(|step| if let Act::Send(sent) = step.act { sent as u64 } else { 0 }).sum();
            prop_assert!([faults.drop_after, faults.half_close].into_iter().flatten().all(|limit| sent <= limit));
        }

        /// Slices end at places of the stream, however it comes; each has at most as many bytes as was said.
        #[test]
        fn slices_do_not_depend_on_how_the_bytes_came(
            slice in 1_usize..20, seed: u64, jitter in 0_u32..3, cuts in prop::collection::btree_set(1_usize..200, 0..20),
        ) {
            let faults = Faults { slice: Some(slice), jitter: MS * jitter, ..Faults::default() };
            let ends = |steps: &[Step]| {
                let mut end = 0;
                let lengths = steps.iter().map(|step| if let Act::Send(count) = step.act { count } else { 0 });
                lengths.map(|count| { assert!((1..=slice).contains(&count)); end += count; end }).collect::<Vec<_>>()
            };
            let whole = ends(&played(faults, seed, &[200]));
            let borders: Vec<_> = [0].into_iter().chain(cuts.iter().copied()).chain([200]).collect();
            let pieces: Vec<_> = borders.windows(2).map(|pair| pair[1] - pair[0]).collect();
            let mut torn = ends(&played(faults, seed, &pieces));
            torn.retain(|end| whole.contains(end) || !cuts.contains(end));
            prop_assert_eq!(torn, whole);
        }
    }
}
