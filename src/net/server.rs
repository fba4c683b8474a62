//! What the three I/O models share: the plan, and who may come in.

use super::calls::Calls;
use super::connection::Connection;
use super::limits::Limits;
use super::room::{Entry, Slot};
use super::shared::{Served, Shared};
use super::socket::Socket;
use super::stop::Stop;
use super::work::Work;
use crate::cpu;
use crate::protocol::{Ending, Protocol};
use crate::trace::{Link, Recorder};
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A buffer for what people type. Whoever sends more gets a larger one.
const SMALL_BUFFER: usize = 4096;

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

/// Makes the protocol for the next client. Only making a challenge can fail.
type NewProtocol<P> = Box<dyn Fn() -> io::Result<P> + Send + Sync>;

/// One server: what to do, and what was done so far.
pub struct Server<P> {
    /// What to do.
    pub plan: Plan,
    /// Where it listens, once it does.
    pub(super) address: Option<SocketAddr>,
    new_protocol: NewProtocol<P>,
    shared: Shared,
}

impl<P: Protocol> Server<P> {
    /// A server that makes `new_protocol` for each client, and tells `on_ending` how each conversation ended.
    pub fn new(
        plan: Plan,
        new_protocol: impl Fn() -> io::Result<P> + Send + Sync + 'static,
        on_ending: impl Fn(Link, Ending) + Send + Sync + 'static,
    ) -> Self {
        let shared = Shared::new(plan.penalize, Box::new(on_ending));
        Self { plan, address: None, new_protocol: Box::new(new_protocol), shared }
    }

    /// What a loop needs to serve connections.
    ///
    /// # Errors
    ///
    /// When there is no memory for the buffer.
    pub fn work(&self) -> io::Result<Work<'_>> {
        self.work_with(self.plan.buffer)
    }

    /// The same for a thread that serves one client only, and was made for it: its buffer is small until the client fills it.
    ///
    /// # Errors
    ///
    /// When there is no memory for the buffer.
    pub fn work_that_grows(&self) -> io::Result<Work<'_>> {
        // Who comes when there is no room for the largest is turned away now, and not in the middle of something.
        Vec::<u8>::new().try_reserve_exact(self.plan.buffer)?;
        self.work_with(self.plan.buffer.min(SMALL_BUFFER))
    }

    fn work_with(&self, bytes: usize) -> io::Result<Work<'_>> {
        let mut buffer = Vec::new();
        buffer.try_reserve_exact(bytes)?;
        buffer.resize(bytes, 0);
        Ok(Work {
            most: self.plan.buffer,
            calls: Calls::new(self.plan.trace.clone()),
            buffer,
            facts: Vec::new(),
            now: Instant::now(),
            stopping: self.plan.stop.is_requested(),
            calls_may_sleep: false,
            limits: self.plan.limits,
            spare: Vec::new(),
            cpu_before: cpu::of_this_thread(),
            shared: &self.shared,
            stop: &self.plan.stop,
        })
    }

    /// Lets a client in that was just accepted, if there is room; else it is closed at once, and counted. When another one
    /// has to leave for it, `evict` is called with its number, and closes it.
    pub fn admit<S: Socket>(
        &self,
        socket: S,
        peer: SocketAddr,
        work: &mut Work<'_>,
        evict: impl FnOnce(u64, &mut Work<'_>),
    ) -> Option<Connection<S, P>> {
        let id = self.shared.next_id();
        let link = Link { id, local: self.local_address(&socket).unwrap_or(peer), peer };
        let delay = self.shared.wait(peer, work.now);
        let Some(slot) = self.place(link, work, evict) else {
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
        if !delay.is_zero() {
            work.calls.trace.delayed(link, delay);
        }
        Some(Connection::new(socket, link, protocol, slot, work.now + delay, work))
    }

    fn place(&self, link: Link, work: &mut Work<'_>, evict: impl FnOnce(u64, &mut Work<'_>)) -> Option<Slot> {
        let (room, address, limits) = (&self.shared.room, link.peer.ip(), &self.plan.limits);
        match room.enter(link.id, address, limits) {
            Entry::Slot(slot) => Some(slot),
            Entry::After(oldest) => {
                evict(oldest, work);
                room.enter_after(link.id, address, limits)
            }
            Entry::Full => None,
        }
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

    /// Tells that there was no memory to serve a client.
    pub fn no_memory(&self, link: Link) {
        self.shared.settle(link, Ending::Failed, &self.plan.trace, Instant::now());
    }

    /// Waits until every client has left, or until `patience` is over; gives how many are left.
    pub fn wait_until_empty(&self, patience: Duration) -> usize {
        self.shared.room.wait_until_empty(patience)
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

impl<P> fmt::Debug for Server<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("plan", &self.plan).finish_non_exhaustive()
    }
}
