//! Where clients arrive, and what is done when the operating system will not let one in.

use super::socket::{Listen, would_block};
use super::work::Work;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// The first pause after the host failed to accept; each further failure doubles it.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// What came of asking for the next client.
#[derive(Debug)]
pub enum Accepted<S> {
    /// A client, and its address.
    Client(S, SocketAddr),
    /// Nobody is there (`WouldBlock`), or the door is closed.
    Nobody,
    /// The client was gone again before it was let in: ask for the next.
    Gone,
    /// The host is out of something (descriptors, memory). Asking again at once would only spin.
    Pause,
}

/// A listener that is never ended by an error: not by a client's, and not by the host's.
#[derive(Debug)]
pub struct Listener<L> {
    /// `None` once it is closed.
    listener: Option<L>,
    pause: Duration,
    paused_until: Option<Instant>,
}

impl<L: Listen> Listener<L> {
    /// Clients of this listener.
    pub fn new(listener: L) -> Self {
        Self { listener: Some(listener), pause: FIRST_PAUSE, paused_until: None }
    }

    /// Asks for the next client.
    pub fn accept(&mut self, work: &mut Work<'_>) -> Accepted<L::Socket> {
        let Some(listener) = &self.listener else { return Accepted::Nobody };
        if self.paused_until.is_some_and(|until| work.now < until) {
            return Accepted::Nobody;
        }
        self.paused_until = None;
        match work.accept(listener) {
            Ok((socket, peer)) => {
                self.pause = FIRST_PAUSE;
                Accepted::Client(socket, peer)
            }
            Err(error) if would_block(&error) => Accepted::Nobody,
            Err(error) if is_the_clients(&error) => Accepted::Gone,
            Err(_) => {
                self.paused_until = Some(work.now + self.pause);
                self.pause = (self.pause * 2).min(LONGEST_PAUSE);
                Accepted::Pause
            }
        }
    }

    /// Until when nobody is let in, after the host failed.
    pub fn paused_until(&self) -> Option<Instant> {
        self.paused_until
    }

    /// Closes the listener: whoever connects now is refused, instead of waiting for nothing.
    pub fn close(&mut self) {
        self.listener = None;
        self.paused_until = None;
    }
}

/// Whether `accept` failed because of that one client, or of the network on the way to it (Linux hands such errors on,
/// see `accept(2)`), so that the next one may be let in at once.
pub(crate) fn is_the_clients(error: &io::Error) -> bool {
    use io::ErrorKind as Kind;
    let kind = error.kind();
    if matches!(
        kind,
        Kind::ConnectionAborted
            | Kind::ConnectionReset
            | Kind::NetworkDown
            | Kind::NetworkUnreachable
            | Kind::HostUnreachable
    ) {
        return true;
    }
    error.raw_os_error().is_some_and(has_no_kind)
}

/// Those of them that Rust has no kind for.
#[cfg(unix)]
fn has_no_kind(code: i32) -> bool {
    use rustix::io::Errno;
    const THEIRS: [Errno; 5] = [Errno::PROTO, Errno::NOPROTOOPT, Errno::HOSTDOWN, Errno::OPNOTSUPP, Errno::PERM];
    THEIRS.iter().any(|errno| errno.raw_os_error() == code)
}

#[cfg(not(unix))]
fn has_no_kind(_: i32) -> bool {
    false
}
