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
        if self.counts.is_empty() && self.cpu_since.is_none() {
            self.since = at;
            self.cpu_since = cpu::of_this_thread();
        }
        *self.counts.entry(call).or_default() += 1;
        true
    }

    /// The connection is gone: its name is no longer needed.
    pub(super) fn forget(&mut self, link: Link) {
        for call in [Call::Recv, Call::Send] {
            self.told.remove(&(Some(link.id), call));
        }
    }

    /// What is to be told now, if the time has come or the run ends (`last`).
    pub(super) fn due(&mut self, at: Duration, last: bool) -> Option<What> {
        let span = at.saturating_sub(self.since);
        if self.counts.is_empty() || (span < TELL_EVERY && !last) {
            return None;
        }
        let mut folded: Vec<_> = std::mem::take(&mut self.counts).into_iter().collect();
        folded.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let now = cpu::of_this_thread();
        let cpu = now.zip(self.cpu_since).map(|(now, before)| now.saturating_sub(before));
        self.since = at;
        self.cpu_since = now;
        Some(What::Folded { folded, span, cpu })
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
        assert_eq!(fold.due(Duration::from_millis(900), false), None);
        let due = fold.due(Duration::from_millis(1001), false);
        assert!(matches!(due, Some(What::Folded { folded, .. }) if folded == [(Call::Accept, 5)]));
        assert_eq!(fold.due(Duration::from_secs(5), true), None);
    }
}
