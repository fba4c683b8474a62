//! Repeats of `WouldBlock`, counted: a spinning server makes a million of them a second, and a list of them would teach
//! nothing. The number does.

use super::{Call, Link, What};
use crate::cpu;
use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

/// Once in this time the repeats are told.
const TELL_EVERY: Duration = Duration::from_secs(1);

/// How many connections' first `WouldBlock` is remembered as told; beyond it they are counted only.
const REMEMBERED: usize = 4096;

/// Counts the calls that said `WouldBlock`. The first one of each connection is told, the others once a second.
#[derive(Debug, Default)]
pub(super) struct Fold {
    told: HashSet<(Option<u64>, Call)>,
    counts: BTreeMap<Call, u64>,
    since: Duration,
    /// When the last of them was made.
    latest: Duration,
    cpu_since: Option<Duration>,
}

impl Fold {
    /// Whether such a `WouldBlock` was told already.
    pub(super) fn has_told(&self, link: Option<Link>, call: Call) -> bool {
        self.told.contains(&(link.map(|link| link.id), call))
    }

    /// Whether this `WouldBlock` is a repeat (and is now counted), or the first of its kind and to be told.
    pub(super) fn takes(&mut self, link: Option<Link>, call: Call, at: Duration) -> bool {
        let key = (link.map(|link| link.id), call);
        let is_first = !self.told.contains(&key) && self.told.len() < REMEMBERED && self.told.insert(key);
        if is_first {
            return false;
        }
        // Whatever was done since the last ones were told is no part of these.
        if self.counts.is_empty() {
            self.since = at;
            self.cpu_since = cpu::of_this_thread();
        }
        self.latest = at;
        *self.counts.entry(call).or_default() += 1;
        true
    }

    /// The connection is gone: its name is no longer needed.
    pub(super) fn forget(&mut self, link: Link) {
        for call in [Call::Recv, Call::Send] {
            self.told.remove(&(Some(link.id), call));
        }
    }

    /// What is to be told now, if the time has come or the run ends (`last`), and when that was: not later than the last of the calls,
    /// because whoever slept after it did not call, but not before what was `told` last.
    pub(super) fn due(&mut self, at: Duration, told: Duration, last: bool) -> Option<(Duration, What)> {
        if self.counts.is_empty() || (at.saturating_sub(self.since) < TELL_EVERY && !last) {
            return None;
        }
        let at = self.latest.max(told).min(at);
        let span = at.saturating_sub(self.since);
        let mut folded: Vec<_> = std::mem::take(&mut self.counts).into_iter().collect();
        folded.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let now = cpu::of_this_thread();
        let cpu = now.zip(self.cpu_since).map(|(now, before)| now.saturating_sub(before));
        Some((at, What::Folded { folded, span, cpu }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_is_told_and_the_repeats_are_counted_once_a_second() {
        let mut fold = Fold::default();
        assert!(!fold.takes(None, Call::Accept, Duration::ZERO));
        for _ in 0..5 {
            assert!(fold.takes(None, Call::Accept, Duration::from_millis(1)));
        }
        assert_eq!(fold.due(Duration::from_millis(900), Duration::ZERO, false), None);
        let due = fold.due(Duration::from_millis(1001), Duration::ZERO, false);
        assert!(matches!(due, Some((_, What::Folded { folded, .. })) if folded == [(Call::Accept, 5)]));
        assert_eq!(fold.due(Duration::from_secs(5), Duration::ZERO, true), None);
    }

    #[test]
    fn a_loop_that_came_to_sleep_went_round_until_then() {
        let (mut fold, millis) = (Fold::default(), Duration::from_millis);
        let round =
            |fold: &mut Fold, from: u64| (from..from + 100).for_each(|at| _ = fold.takes(None, Call::Recv, millis(at)));
        round(&mut fold, 500);
        let spans = |due: Option<(Duration, What)>| match due {
            Some((at, What::Folded { span, .. })) => (at, span),
            other => panic!("{other:?}"),
        };
        assert_eq!(spans(fold.due(millis(9000), millis(500), false)), (millis(599), millis(98)));
        // Time does not run backwards, and the sleep between is not theirs.
        round(&mut fold, 9000);
        assert_eq!(spans(fold.due(millis(12_000), millis(9200), false)), (millis(9200), millis(200)));
    }
}
