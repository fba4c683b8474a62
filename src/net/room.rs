//! How many clients are there, and who may still come in.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// An address that gave too many wrong answers may hold half of the places at most, so that its waiting keeps nobody out.
const GUESSERS_SHARE: usize = 2;

/// Counts the clients of one server.
#[derive(Debug, Default)]
pub struct Room {
    inside: Mutex<Inside>,
    all_left: Condvar,
}

#[derive(Debug, Default)]
struct Inside {
    all: usize,
    /// Of them, those of addresses that gave too many wrong answers.
    guessers: HashMap<IpAddr, usize>,
}

/// A client's place: given back when it is dropped, whatever happens before.
#[derive(Debug)]
pub struct Slot {
    room: Arc<Room>,
    guesser: Option<IpAddr>,
}

impl Room {
    /// Takes a place, if there are fewer than `max` inside. For a `guesser` there are fewer.
    pub fn enter(self: &Arc<Self>, max: usize, guesser: Option<IpAddr>) -> Option<Slot> {
        let mut inside = self.lock();
        if inside.all >= max {
            return None;
        }
        if let Some(address) = guesser {
            let held = inside.guessers.entry(address).or_default();
            if *held > max / GUESSERS_SHARE {
                return None;
            }
            *held += 1;
        }
        inside.all += 1;
        Some(Slot { room: Arc::clone(self), guesser })
    }

    /// Waits until nobody is inside, or until `patience` is over; gives how many are left.
    pub fn wait_until_empty(&self, patience: Duration) -> usize {
        let is_full = |inside: &mut Inside| inside.all > 0;
        let waited = self.all_left.wait_timeout_while(self.lock(), patience, is_full);
        waited.unwrap_or_else(PoisonError::into_inner).0.all
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut inside = self.room.lock();
        inside.all -= 1;
        if let Some(address) = self.guesser
            && let Some(held) = inside.guessers.get_mut(&address)
        {
            *held -= 1;
            if *held == 0 {
                inside.guessers.remove(&address);
            }
        }
        let is_empty = inside.all == 0;
        drop(inside);
        if is_empty {
            self.room.all_left.notify_all();
        }
    }
}
