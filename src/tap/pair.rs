//! One tapped connection: the client's socket and the server's, and what the two threads between them know of each other.

use super::shared::{Place, Shared};
use super::side::Side;
use super::tally::{End, Way};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// Shared by the two threads. Whichever leaves last closes both sockets.
#[derive(Debug)]
pub(super) struct Pair {
    client: Side,
    server: Side,
    pub(super) began: Instant,
    aborted: AtomicBool,
    /// Why it ends, if not because both sides have shut down sending. What comes first is the reason.
    why: Mutex<Option<End>>,
    pub(super) shared: Arc<Shared>,
    /// Given back when both sockets are closed, so it stands behind them.
    _place: Place,
}

impl Pair {
    pub(super) fn new(client: Side, server: Side, shared: Arc<Shared>, place: Place) -> Self {
        let (began, aborted) = (Instant::now(), AtomicBool::new(false));
        Self { client, server, began, aborted, why: Mutex::default(), shared, _place: place }
    }

    /// Where a direction comes from.
    pub(super) fn from(&self, way: Way) -> &Side {
        way.of_pair(&self.client, &self.server)
    }

    /// Where a direction goes to.
    pub(super) fn to(&self, way: Way) -> &Side {
        way.of_pair(&self.server, &self.client)
    }

    /// The side that a direction goes to is gone, in the summary's words.
    pub(super) fn gone(way: Way) -> End {
        way.of_pair(End::ResetByServer, End::ResetByClient)
    }

    pub(super) fn ends_because(&self, why: End) {
        self.why.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(why);
    }

    /// Both sides end with an RST. Both threads are woken, and leave.
    pub(super) fn abort(&self, why: End) {
        self.ends_because(why);
        self.aborted.store(true, Ordering::Release);
        self.client.reset();
        self.server.reset();
    }

    /// The tap stops: what the client has sent by now is delivered, and then the end.
    pub(super) fn stop(&self) {
        self.client.stop_reading();
    }

    /// The same for the server.
    pub(super) fn stop_server(&self) {
        self.server.stop_reading();
    }

    pub(super) fn is_aborted(&self) -> bool {
        self.aborted.load(Ordering::Acquire)
    }
}

impl Drop for Pair {
    fn drop(&mut self) {
        // What one side has broken, the other must not take for a clean end.
        if self.client.is_broken() || self.server.is_broken() {
            self.client.reset();
            self.server.reset();
        }
        let was_stopped = self.client.was_stopped() || self.server.was_stopped();
        let otherwise = if was_stopped { End::Stopped } else { End::Closed };
        let why = self.why.lock().unwrap_or_else(PoisonError::into_inner).unwrap_or(otherwise);
        self.shared.ended(why);
    }
}
