//! One client's connection: its socket, its protocol, its unsent bytes and its deadlines.
//!
//! An I/O model calls [`receive`](Connection::receive), [`send`](Connection::send) and
//! [`check_deadlines`](Connection::check_deadlines), and decides nothing but *when*. Each of them does nothing when there is
//! nothing to do, so calling one too often is a waste, and never a mistake.
//!
//! ```text
//! Waiting ──► Open ──► Closing: send what is unsent ──► Lingering: our FIN is sent, theirs awaited ──► Closed
//!               └──────────────────────── the connection broke ──────────────────────────────────────────┘
//! ```

mod deadlines;

use super::phase::Phase;
pub use super::phase::Received;
use super::room::Slot;
use super::socket::{Socket, would_block};
use super::work::Work;
use crate::protocol::{Ending, Next, Protocol, Turn};
use crate::trace::Link;
use std::io;
use std::mem;
use std::time::Instant;

/// One client's connection.
#[derive(Debug)]
pub struct Connection<S, P> {
    /// `None` once it is closed.
    socket: Option<S>,
    link: Link,
    protocol: P,
    phase: Phase,
    /// What the protocol wants sent and the kernel did not take yet. While anything is in it, the client is not read from:
    /// that bounds it to the reply to one `recv` (three times as long, at most), and slows a client down that does not
    /// read its replies. Nothing is ever dropped from it.
    unsent: Vec<u8>,
    /// How much of `unsent` went out.
    sent: usize,
    /// Since when the kernel takes nothing.
    stalled_since: Option<Instant>,
    opened: Instant,
    last_activity: Instant,
    /// The peer sent its FIN: there is nothing left to read.
    peer_ended: bool,
    slot: Slot,
}

impl<S: Socket, P: Protocol> Connection<S, P> {
    /// A connection that was just accepted, and that begins to talk at `start`, now or later.
    pub(super) fn new(socket: S, link: Link, protocol: P, slot: Slot, start: Instant, work: &mut Work<'_>) -> Self {
        let mut connection = Self {
            socket: Some(socket),
            link,
            protocol,
            phase: Phase::Waiting(start),
            unsent: Vec::new(),
            sent: 0,
            stalled_since: None,
            opened: start,
            last_activity: start,
            peer_ended: false,
            slot,
        };
        connection.check_deadlines(work);
        connection.send(work);
        connection
    }

    /// Which connection this is.
    pub fn link(&self) -> Link {
        self.link
    }

    /// The socket; `None` once it is closed.
    pub fn socket(&self) -> Option<&S> {
        self.socket.as_ref()
    }

    /// Lets `watch` see the socket, to be told when it is ready; closes the connection if that cannot be. True if it can.
    pub fn watch(&mut self, watch: impl FnOnce(&mut S) -> io::Result<()>, work: &mut Work<'_>) -> bool {
        match self.socket.as_mut().map(watch) {
            Some(Ok(())) => true,
            Some(Err(error)) => {
                self.broke(&error, work);
                false
            }
            None => false,
        }
    }

    /// Whether something waits for room to be sent.
    pub fn has_unsent(&self) -> bool {
        !self.unsent.is_empty()
    }

    /// Whether the connection is over; it may be forgotten.
    pub fn is_closed(&self) -> bool {
        self.phase == Phase::Closed
    }

    /// Receives once, if this client is to be read from, and lets the protocol answer.
    pub fn receive(&mut self, work: &mut Work<'_>) -> Received {
        let is_reading = match self.phase {
            Phase::Open => self.unsent.is_empty(),
            Phase::Lingering(_) => true,
            Phase::Waiting(_) | Phase::Closing | Phase::Closed => false,
        };
        let Some(socket) = self.socket.as_ref().filter(|_| is_reading) else { return Received::Nothing };
        let received = work.calls.receive(socket, self.link, &mut work.buffer);
        work.wake();
        match received {
            Ok(0) => self.peer_has_ended(work),
            Ok(count) => {
                self.bytes_came(count, work);
                if count < work.buffer.len() {
                    return Received::AllThereWas;
                }
                work.widen();
            }
            Err(error) if would_block(&error) => {
                // Everything that this client had said was answered: now it may be let go.
                if socket.said_goodbye() && self.phase == Phase::Open {
                    self.phase = Phase::Closing;
                } else if work.stopping && self.phase == Phase::Open && !P::ENDS_BY_ITSELF {
                    self.end(Ending::Stopped, work);
                }
                return Received::Nothing;
            }
            Err(error) => self.broke(&error, work),
        }
        Received::Something
    }

    /// Sends what is unsent, as much as the kernel takes; then goes on with closing, if that was decided.
    pub fn send(&mut self, work: &mut Work<'_>) {
        while let Some(rest) = self.unsent.get(self.sent..).filter(|rest| !rest.is_empty()) {
            let Some(socket) = &self.socket else { return };
            let sent = work.calls.send(socket, self.link, rest);
            let tried_at = work.now;
            work.wake();
            match sent {
                Ok(count) => {
                    self.sent += count;
                    self.last_activity = work.now;
                    self.stalled_since = None;
                }
                Err(error) if would_block(&error) => {
                    self.stalled_since.get_or_insert(tried_at);
                    return;
                }
                Err(error) => return self.broke(&error, work),
            }
        }
        self.sent = 0;
        self.unsent.clear();
        work.take_back(mem::take(&mut self.unsent));
        if self.phase == Phase::Closing {
            self.say_goodbye(work);
        }
    }

    /// Whether nothing is received or sent before the [`deadline`](Self::deadline).
    pub fn is_waiting(&self) -> bool {
        matches!(self.phase, Phase::Waiting(_))
    }

    /// Closes without another word: the time for stopping is over.
    pub fn cut(&mut self, work: &mut Work<'_>) {
        self.settle(Ending::Stopped, work);
        self.close(work);
    }

    /// Closes to make room for a new client, which no client is asked to do that has shown what it was to show.
    pub fn evict(&mut self, work: &mut Work<'_>) {
        if matches!(self.phase, Phase::Waiting(_) | Phase::Open) {
            self.run_protocol(work, |protocol, turn| Next::End(protocol.evicted(turn)));
        }
        self.close(work);
    }

    fn peer_has_ended(&mut self, work: &mut Work<'_>) {
        self.peer_ended = true;
        if let Phase::Lingering(_) = self.phase {
            return self.close(work);
        }
        self.run_protocol(work, |protocol, turn| Next::End(protocol.peer_ended(turn)));
    }

    fn bytes_came(&mut self, count: usize, work: &mut Work<'_>) {
        if let Phase::Lingering(_) = self.phase {
            return;
        }
        self.last_activity = work.now;
        // The longest reply, and a letter that was held. Without memory for it, this client ends, and no other.
        self.borrow_buffer(work);
        if self.unsent.try_reserve(3 * count + 12).is_err() {
            return self.broke(&io::ErrorKind::OutOfMemory.into(), work);
        }
        let buffer = mem::take(&mut work.buffer);
        self.run_protocol(work, |protocol, turn| protocol.received(buffer.get(..count).unwrap_or_default(), turn));
        work.buffer = buffer;
    }

    /// Lends the protocol a buffer for what it wants sent, and passes its facts on.
    fn run_protocol(&mut self, work: &mut Work<'_>, run: impl FnOnce(&mut P, &mut Turn<'_>) -> Next) {
        self.borrow_buffer(work);
        let next = run(&mut self.protocol, &mut Turn { send: &mut self.unsent, facts: &mut work.facts });
        for fact in work.facts.drain(..) {
            work.calls.trace.fact(self.link, fact);
        }
        if !self.protocol.may_be_evicted() {
            self.slot.keep();
        }
        if let Next::End(ending) = next {
            self.end(ending, work);
        }
    }

    fn borrow_buffer(&mut self, work: &mut Work<'_>) {
        if self.unsent.capacity() == 0 {
            self.unsent = work.lend();
        }
    }

    /// It is decided how this ends; what is unsent still goes out.
    fn end(&mut self, ending: Ending, work: &mut Work<'_>) {
        self.settle(ending, work);
        self.phase = Phase::Closing;
    }

    /// Everything is sent. If the peer has ended too, that was all; else it is told, and given time to read.
    fn say_goodbye(&mut self, work: &mut Work<'_>) {
        let told = match &self.socket {
            Some(socket) if socket.said_goodbye() => Ok(()),
            Some(socket) if !self.peer_ended => work.calls.shutdown_write(socket, self.link),
            _ => return self.close(work),
        };
        match told {
            Ok(()) => {
                let linger = if work.stopping { work.limits.stop_linger } else { work.limits.linger };
                self.phase = Phase::Lingering(work.now + linger);
            }
            Err(_) => self.close(work),
        }
    }

    fn broke(&mut self, error: &io::Error, work: &mut Work<'_>) {
        let ending = match error.kind() {
            io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionAborted => {
                Ending::Reset
            }
            _ => Ending::Failed,
        };
        self.settle(ending, work);
        self.close(work);
    }

    /// Counts how this ended: the first cause is the one that counts.
    fn settle(&mut self, ending: Ending, work: &mut Work<'_>) {
        if matches!(self.phase, Phase::Waiting(_) | Phase::Open) {
            work.settle(self.link, ending);
        }
    }

    fn close(&mut self, work: &mut Work<'_>) {
        self.phase = Phase::Closed;
        self.unsent = Vec::new();
        if let Some(socket) = self.socket.take() {
            work.calls.close(socket, self.link);
        }
    }
}
