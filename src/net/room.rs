//! How many clients are there, and who may still come in.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Counts the clients of one server.
#[derive(Debug, Default)]
pub struct Room {
    inside: Mutex<usize>,
    somebody_left: Condvar,
}

/// A client's place: given back when it is dropped, whatever happens before.
#[derive(Debug)]
pub struct Slot(Arc<Room>);

impl Room {
    /// Takes a place, if there are fewer than `max` inside.
    pub fn enter(self: &Arc<Self>, max: usize) -> Option<Slot> {
        let mut inside = self.lock();
        if *inside >= max {
            return None;
        }
        *inside += 1;
        Some(Slot(Arc::clone(self)))
    }

    /// Waits until nobody is inside. Once `patience` gives a time, only so long; gives how many are left then.
    pub fn wait_until_empty(&self, patience: impl Fn() -> Option<Duration>) -> usize {
        let mut give_up: Option<Instant> = None;
        let mut inside = self.lock();
        while *inside > 0 {
            give_up = give_up.or_else(|| patience().map(|patience| Instant::now() + patience));
            let left = give_up.map(|until| until.saturating_duration_since(Instant::now()));
            if left == Some(Duration::ZERO) {
                break;
            }
            // Before Ctrl-C there is no bound, so look again now and then whether it has come.
            let nap = left.unwrap_or(Duration::from_millis(200));
            inside = self.somebody_left.wait_timeout(inside, nap).unwrap_or_else(PoisonError::into_inner).0;
        }
        *inside
    }

    fn lock(&self) -> MutexGuard<'_, usize> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        *self.0.lock() -= 1;
        self.0.somebody_left.notify_all();
    }
}
