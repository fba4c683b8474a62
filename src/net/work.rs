//! What a thread has at hand while it serves connections.

use super::calls::Calls;
use super::limits::Limits;
use super::shared::Shared;
use super::socket::Listen;
use super::stop::Stop;
use crate::cpu;
use crate::protocol::{Ending, Fact};
use crate::trace::Link;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// What a loop lends to the connection that it serves: one for each thread, so that a silent client holds no buffer.
pub struct Work<'s> {
    /// The traced calls.
    pub calls: Calls,
    /// What the next `recv` fills.
    pub buffer: Vec<u8>,
    /// How large it may become.
    pub(super) most: usize,
    /// What the protocol just learned.
    pub facts: Vec<Fact>,
    /// The time, looked at once for each turn of the loop.
    pub now: Instant,
    /// Whether the server is to stop.
    pub stopping: bool,
    /// Whether a call may sleep, as in the threads model: then the time before it says nothing about the time after it.
    pub(super) calls_may_sleep: bool,
    /// The bounds.
    pub limits: Limits,
    /// A buffer for replies that nobody needs just now.
    pub(super) spare: Vec<u8>,
    pub(super) cpu_before: Option<Duration>,
    pub(super) shared: &'s Shared,
    pub(super) stop: &'s Stop,
}

impl Work<'_> {
    /// Looks at the clock, and at whether to stop.
    pub fn tick(&mut self) {
        self.now = Instant::now();
        self.stopping = self.stop.is_requested();
    }

    /// From here on a call may sleep.
    pub fn let_calls_sleep(&mut self) {
        self.calls_may_sleep = true;
        self.calls.naps = true;
    }

    /// Looks at the clock after a call, if that may have slept.
    pub fn wake(&mut self) {
        if self.calls_may_sleep {
            self.tick();
        }
    }

    /// `accept(2)`: the next client.
    ///
    /// # Errors
    ///
    /// What the call gave.
    pub fn accept<L: Listen>(&mut self, listener: &L) -> io::Result<(L::Socket, SocketAddr)> {
        let accepted = self.calls.accept(listener, || self.stop.is_requested());
        self.wake();
        accepted
    }

    /// `epoll_wait(2)` or its like: sleeps until something is ready, or for `sleep`.
    ///
    /// # Errors
    ///
    /// What the call gave; an interruption by a signal is no error.
    pub fn poll(&mut self, poll: &mut mio::Poll, events: &mut mio::Events, sleep: Option<Duration>) -> io::Result<()> {
        self.calls.poll(|| poll.poll(events, sleep).map(|()| events.iter().count()))
    }

    /// Looks who is ready, without sleeping. A look that finds nobody is counted and not told: it is no event.
    ///
    /// # Errors
    ///
    /// What the call gave; an interruption by a signal is no error.
    pub fn look(&mut self, poll: &mut mio::Poll, events: &mut mio::Events) -> io::Result<()> {
        self.calls.look(|| poll.poll(events, Some(Duration::ZERO)).map(|()| events.iter().count()))
    }

    /// A `recv` filled the whole buffer: twice as much may come next time. Without memory for that, it stays as it is.
    pub fn widen(&mut self) {
        let wider = (2 * self.buffer.len()).min(self.most);
        if self.buffer.try_reserve_exact(wider - self.buffer.len()).is_ok() {
            self.buffer.resize(wider, 0);
        }
    }

    /// A buffer for replies. It comes back as soon as they are sent, and serves the next client.
    pub fn lend(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.spare)
    }

    /// Takes a buffer back that is empty now. One is kept.
    pub fn take_back(&mut self, buffer: Vec<u8>) {
        if buffer.capacity() > self.spare.capacity() {
            self.spare = buffer;
        }
    }

    /// Counts and tells how a conversation ended.
    pub fn settle(&mut self, link: Link, ending: Ending) {
        self.shared.settle(link, ending, &self.calls.trace, self.now);
    }

    /// Counts clients that were still there when the time for stopping was over.
    pub fn count_cut(&mut self, clients: usize) {
        self.shared.served().cut += clients as u64;
    }
}

impl Drop for Work<'_> {
    /// The thread ends: what it did is added to the whole.
    fn drop(&mut self) {
        let cpu = cpu::of_this_thread().zip(self.cpu_before).map(|(now, before)| now.saturating_sub(before));
        let mut served = self.shared.served();
        served.counts.add(self.calls.counts);
        served.cpu = match (served.cpu, cpu) {
            (Some(sum), Some(cpu)) => Some(sum + cpu),
            (sum, cpu) => sum.or(cpu),
        };
    }
}

impl fmt::Debug for Work<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Work").field("counts", &self.calls.counts).finish_non_exhaustive()
    }
}
