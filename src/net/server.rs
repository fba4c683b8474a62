//! What the three I/O models share: who may come in, what a loop lends to its connections, and what is counted.

use super::calls::{Calls, Counts};
use super::connection::Connection;
use super::limits::{Limits, Penalties};
use super::room::Room;
use super::socket::{Listen, Socket};
use super::stop::Stop;
use crate::cpu;
use crate::protocol::{Ending, Fact, Protocol};
use crate::trace::{Link, Recorder};
use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What a server is to do, whatever its I/O model and its protocol are.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How many bytes one `recv` may bring.
    pub buffer: usize,
    /// The bounds.
    pub limits: Limits,
    /// How long the `poll` model looks again before it sleeps; zero for never.
    pub busy_poll: Duration,
    /// Serve one client, then end.
    pub once: bool,
    /// Let an address wait that gave wrong answers.
    pub penalize: bool,
    /// Who is told of everything.
    pub trace: Recorder,
    /// When to end.
    pub stop: Arc<Stop>,
}

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

/// Makes the protocol for the next client. Only making a challenge can fail.
type NewProtocol<P> = Box<dyn Fn() -> io::Result<P> + Send + Sync>;
/// Hears how each conversation ended, as soon as that is decided.
type OnEnding = Box<dyn Fn(Link, Ending) + Send + Sync>;

/// One server: what to do, and what was done so far.
pub struct Server<P> {
    /// What to do.
    pub plan: Plan,
    /// Where it listens, once it does.
    pub(super) address: Option<SocketAddr>,
    new_protocol: NewProtocol<P>,
    shared: Shared,
}

/// What connections of all threads have in common.
pub struct Shared {
    on_ending: OnEnding,
    penalize: bool,
    penalties: Mutex<Penalties>,
    served: Mutex<Served>,
    room: Arc<Room>,
    last_id: AtomicU64,
}

impl<P: Protocol> Server<P> {
    /// A server that makes `new_protocol` for each client, and tells `on_ending` how each conversation ended.
    pub fn new(
        plan: Plan,
        new_protocol: impl Fn() -> io::Result<P> + Send + Sync + 'static,
        on_ending: impl Fn(Link, Ending) + Send + Sync + 'static,
    ) -> Self {
        let shared = Shared {
            on_ending: Box::new(on_ending),
            penalize: plan.penalize,
            penalties: Mutex::default(),
            served: Mutex::default(),
            room: Arc::default(),
            last_id: AtomicU64::new(0),
        };
        Self { plan, address: None, new_protocol: Box::new(new_protocol), shared }
    }

    /// What a loop needs to serve connections: one for each thread.
    pub fn work(&self) -> Work<'_> {
        Work {
            calls: Calls::new(self.plan.trace.clone()),
            buffer: vec![0; self.plan.buffer],
            facts: Vec::new(),
            now: Instant::now(),
            stopping: self.plan.stop.is_requested(),
            calls_may_sleep: false,
            limits: self.plan.limits,
            spare: Vec::new(),
            cpu_before: cpu::of_this_thread(),
            shared: &self.shared,
            stop: &self.plan.stop,
        }
    }

    /// Lets a client in that was just accepted, if there is room; else it is closed at once, and counted.
    pub fn admit<S: Socket>(&self, socket: S, peer: SocketAddr, work: &mut Work<'_>) -> Option<Connection<S, P>> {
        let id = self.shared.last_id.fetch_add(1, Ordering::Relaxed) + 1;
        let link = Link { id, local: self.local_address(&socket).unwrap_or(peer), peer };
        let Some(slot) = self.shared.room.enter(self.plan.limits.max_clients) else {
            work.settle(link, Ending::Rejected);
            work.calls.close(socket, link);
            return None;
        };
        let Ok(protocol) = (self.new_protocol)() else {
            work.settle(link, Ending::NoRandomness);
            work.calls.close(socket, link);
            return None;
        };
        // A refusal would be the peer's reset, noticed soon enough.
        let _ = socket.send_at_once();
        self.shared.served().clients += 1;
        let delay = self.shared.wait(peer, work.now);
        if !delay.is_zero() {
            work.calls.trace.delayed(link, delay);
        }
        Some(Connection::new(socket, link, protocol, slot, work.now + delay, work))
    }

    /// This side's address: the listener's, unless that is every address of the machine. `None` for a peer that has reset
    /// by now, which will be noticed at the first receive.
    fn local_address(&self, socket: &impl Socket) -> Option<SocketAddr> {
        let listener = self.address.filter(|address| !address.ip().is_unspecified());
        listener.or_else(|| socket.local_address().ok())
    }

    /// Tells that the operating system had no thread for a client, which is gone with the thread's closure.
    pub fn no_thread(&self, link: Link, work: &mut Work<'_>) {
        work.settle(link, Ending::NoThread);
    }

    /// Waits until every client has left, or the time for stopping is over; gives how many are left.
    pub fn wait_until_empty(&self) -> usize {
        self.shared.room.wait_until_empty(|| self.plan.stop.is_requested().then_some(self.plan.limits.drain))
    }

    /// Whether nobody else is to be let in: the server stops, or the one client of `once` is here.
    pub fn is_door_closed(&self) -> bool {
        self.plan.stop.is_requested() || (self.plan.once && self.shared.served().clients > 0)
    }

    /// What was done so far.
    pub fn served(&self) -> Served {
        self.shared.served().clone()
    }
}

impl Shared {
    fn served(&self) -> MutexGuard<'_, Served> {
        self.served.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn penalties(&self) -> MutexGuard<'_, Penalties> {
        self.penalties.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait(&self, peer: SocketAddr, now: Instant) -> Duration {
        if self.penalize { self.penalties().wait(peer.ip(), now) } else { Duration::ZERO }
    }
}

impl<P> fmt::Debug for Server<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("plan", &self.plan).finish_non_exhaustive()
    }
}

/// What a loop lends to the connection that it serves: one for each thread, so that a silent client holds no buffer.
pub struct Work<'s> {
    /// The traced calls.
    pub calls: Calls,
    /// What the next `recv` fills.
    pub buffer: Vec<u8>,
    /// What the protocol just learned.
    pub facts: Vec<Fact>,
    /// The time, looked at once for each turn of the loop.
    pub now: Instant,
    /// Whether the server is to stop.
    pub stopping: bool,
    /// Whether a call may sleep, as in the threads model: then the time before it says nothing about the time after it.
    pub calls_may_sleep: bool,
    /// The bounds.
    pub limits: Limits,
    /// A buffer for replies that nobody needs just now.
    spare: Vec<u8>,
    cpu_before: Option<Duration>,
    shared: &'s Shared,
    stop: &'s Stop,
}

impl Work<'_> {
    /// Looks at the clock, and at whether to stop.
    pub fn tick(&mut self) {
        self.now = Instant::now();
        self.stopping = self.stop.is_requested();
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
        *self.shared.served().endings.entry(ending).or_default() += 1;
        if self.shared.penalize && ending.is_failed_proof() {
            self.shared.penalties().failed(link.peer.ip(), self.now);
        }
        self.calls.trace.ended(link, ending);
        (self.shared.on_ending)(link, ending);
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
