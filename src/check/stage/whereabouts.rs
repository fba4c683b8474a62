//! Where a server is that nobody can connect to, as the system's tables show it.

use super::program::Program;
use crate::net::ports::is_free;
use crate::net::table::sockets;
use crate::program::usage::are_running;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// How long the tables must show the same, with the program asleep, before it counts as all that will come.
const SETTLED: Duration = Duration::from_secs(2);
/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// What the program did instead of listening where it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whereabouts {
    /// It listens on this port, and on another address.
    OtherAddress(SocketAddr),
    /// It listens on this other port.
    OtherPort(u16),
    /// It has the port, and as a UDP socket.
    Udp,
    /// It has the port, and does not listen.
    BoundOnly,
}

/// Asks the system's tables; `None` where they show nothing, or there are none.
pub(super) fn whereabouts(program: &Program) -> Option<Whereabouts> {
    let (address, theirs) = (program.address, sockets(&program.members())?);
    let port = address.port();
    let is_there = |other: &SocketAddr| other.ip() == address.ip() || other.ip().is_unspecified();
    let on_port: Vec<_> = theirs.listening.iter().filter(|other| other.port() == port).collect();
    if on_port.iter().any(|other| is_there(other)) {
        return None;
    }
    if let Some(other) = on_port.first() {
        return Some(Whereabouts::OtherAddress(**other));
    }
    if theirs.udp.iter().any(|other| other.port() == port) {
        return Some(Whereabouts::Udp);
    }
    if let Some(other) = theirs.listening.first() {
        return Some(Whereabouts::OtherPort(other.port()));
    }
    (theirs.unused > 0 && !is_free(port)).then_some(Whereabouts::BoundOnly)
}

/// Looks now and then whether there is any sense in trying to connect again.
#[derive(Debug)]
pub(super) struct Lookout {
    next: Instant,
    /// What was seen, and since when.
    seen: Option<(Whereabouts, Instant)>,
}

impl Lookout {
    pub(super) fn new() -> Self {
        Self { next: Instant::now() + LOOK_EVERY, seen: None }
    }

    /// Whether the program has settled somewhere else, and sleeps there: it will not come any more.
    pub(super) fn has_settled_elsewhere(&mut self, program: &Program) -> bool {
        let now = Instant::now();
        if now < self.next {
            return false;
        }
        self.next = now + LOOK_EVERY;
        let Some(place) = whereabouts(program).filter(|_| are_running(&program.members()) == Some(false)) else {
            self.seen = None;
            return false;
        };
        match self.seen {
            Some((before, since)) if before == place => now.duration_since(since) >= SETTLED,
            _ => {
                self.seen = Some((place, now));
                false
            }
        }
    }
}
