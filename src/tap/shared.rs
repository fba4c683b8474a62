//! What all connections of a tap share: who is told, what is counted, who is there, and whether it is to stop.

use super::tally::{End, Flow, Tally, Way};
use crate::trace::Recorder;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Shared by every thread of a tap.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) trace: Recorder,
    state: Mutex<State>,
    /// Somebody left, or the tap is to stop.
    changed: Condvar,
    most: usize,
}

#[derive(Debug, Default)]
struct State {
    tally: Tally,
    inside: usize,
    stopping: bool,
}

/// A connection's place: given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place(Arc<Shared>);

impl Shared {
    pub(super) fn new(trace: Recorder, most: usize) -> Self {
        Self { trace, state: Mutex::default(), changed: Condvar::new(), most }
    }

    /// A place for one more connection, if there is one.
    pub(super) fn enter(self: &Arc<Self>) -> Option<Place> {
        let mut state = self.lock();
        if state.inside >= self.most {
            return None;
        }
        state.inside += 1;
        state.tally.connections += 1;
        Some(Place(Arc::clone(self)))
    }

    pub(super) fn count(&self, way: Way, count: impl FnOnce(&mut Flow)) {
        let mut state = self.lock();
        let [to_server, to_client] = &mut state.tally.flows;
        count(way.of_pair(to_server, to_client));
    }

    pub(super) fn ended(&self, end: End) {
        *self.lock().tally.ends.entry(end).or_default() += 1;
    }

    /// What was counted so far, and how many are still there.
    pub(super) fn tally(&self) -> Tally {
        let state = self.lock();
        Tally { cut: state.inside as u64, ..state.tally.clone() }
    }

    /// Nobody is delayed any more.
    pub(super) fn stop(&self) {
        self.lock().stopping = true;
        self.changed.notify_all();
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.lock().stopping
    }

    /// Waits for so long, or until the tap is to stop.
    pub(super) fn pause(&self, time: Duration) {
        let waited = self.changed.wait_timeout_while(self.lock(), time, |state| !state.stopping);
        drop(waited);
    }

    /// Waits until nobody is there; false if somebody is after `patience`.
    pub(super) fn wait_until_empty(&self, patience: Duration) -> bool {
        let waited = self.changed.wait_timeout_while(self.lock(), patience, |state| state.inside > 0);
        waited.unwrap_or_else(PoisonError::into_inner).0.inside == 0
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.lock().inside -= 1;
        self.0.changed.notify_all();
    }
}
