//! What all threads of a server share: what is counted, who is inside, and who has to wait.

use super::calls::Counts;
use super::limits::Penalties;
use super::room::Room;
use crate::protocol::Ending;
use crate::trace::{Link, Recorder};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What a server did, all in all.
#[derive(Clone, Debug, Default)]
pub struct Served {
    /// Clients that came in.
    pub clients: u64,
    /// Their calls and bytes.
    pub counts: Counts,
    /// How their connections ended.
    pub endings: BTreeMap<Ending, u64>,
    /// CPU time of the threads that served, where the system tells it.
    pub cpu: Option<Duration>,
    /// How long it ran.
    pub time: Duration,
    /// Clients that were still there when the time for stopping was over.
    pub cut: u64,
}

/// Hears how each conversation ended, as soon as that is decided.
pub(super) type OnEnding = Box<dyn Fn(Link, Ending) + Send + Sync>;

/// What connections of all threads have in common.
pub(super) struct Shared {
    on_ending: OnEnding,
    penalize: bool,
    penalties: Mutex<Penalties>,
    served: Mutex<Served>,
    pub(super) room: Arc<Room>,
    last_id: AtomicU64,
}

impl Shared {
    pub(super) fn new(penalize: bool, on_ending: OnEnding) -> Self {
        Self {
            on_ending,
            penalize,
            penalties: Mutex::default(),
            served: Mutex::default(),
            room: Arc::default(),
            last_id: AtomicU64::new(0),
        }
    }

    /// The next connection's number, counted from 1.
    pub(super) fn next_id(&self) -> u64 {
        self.last_id.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(super) fn served(&self) -> MutexGuard<'_, Served> {
        self.served.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn penalties(&self) -> MutexGuard<'_, Penalties> {
        self.penalties.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn settle(&self, link: Link, ending: Ending, trace: &Recorder, now: Instant) {
        *self.served().endings.entry(ending).or_default() += 1;
        if self.penalize && ending.is_failed_proof() {
            self.penalties().failed(link.peer.ip(), now);
        }
        trace.ended(link, ending);
        (self.on_ending)(link, ending);
    }

    /// How long this address waits before it is served.
    pub(super) fn wait(&self, peer: SocketAddr, now: Instant) -> Duration {
        if self.penalize { self.penalties().wait(peer.ip(), now) } else { Duration::ZERO }
    }
}
