//! A call that is over, as it is told.

use super::descriptors::{Descriptors, Shared, Socket, names};
use super::family::Pending;
use super::filter::Asked;
use super::memory::Memory;
use super::options;
use super::waits;
use crate::net::table::queued;
use crate::trace::{Actor, Awaited, Call, Outcome, PAYLOAD_CAP, Recorder, Seen};
use nix::libc;
use std::cell::RefCell;
use std::io;
use std::net::Ipv4Addr;
use std::rc::Rc;
use std::time::Duration;

/// A call that slept this long has kept others waiting.
const LONG: Duration = Duration::from_millis(50);

pub(super) struct Made<'t> {
    pub(super) pending: Pending,
    pub(super) given: io::Result<usize>,
    pub(super) took: Option<Duration>,
    pub(super) memory: Memory,
    pub(super) process: i32,
    pub(super) sockets: &'t mut Descriptors,
    /// For whom its thread waited last.
    pub(super) waited: &'t mut Vec<Awaited>,
    /// Tells it as the call of its thread and its line.
    pub(super) recorder: Recorder,
}

impl Made<'_> {
    pub(super) fn server(&self, call: Call, outcome: Result<Outcome, &io::Error>) {
        self.recorder.of(Actor::Server).call(None, call, outcome, self.took);
    }

    /// Tells a call of the socket's that moves no bytes.
    fn of_socket(&self, call: Call, took: Option<Duration>) {
        let Some(socket) = &self.pending.socket else { return };
        let socket = socket.borrow();
        let outcome = self.given.as_ref().map(|_| Outcome::DONE);
        self.recorder.of(socket.actor()).call(socket.link, call, outcome, took);
    }

    pub(super) fn tell(&mut self) {
        let [first, second, third, ..] = self.pending.arguments;
        match self.pending.asked {
            Asked::Socket => self.makes(),
            Asked::Bind => self.binds(),
            Asked::Listen => self.listens(second as i32),
            Asked::Shutdown => self.shuts_down(second as i32),
            Asked::Close => self.closes(),
            Asked::Fcntl if second as i32 == libc::F_SETFL => self.becomes(third as i32 & libc::O_NONBLOCK != 0),
            Asked::Ioctl => self.becomes(self.memory.int(third).is_some_and(|on| on != 0)),
            Asked::Fcntl | Asked::Dup | Asked::DupTo => self.copies(second as i32),
            Asked::SetOption => self.sets(),
            Asked::Poll | Asked::PollSpec | Asked::Select | Asked::Epoll => self.waits(),
            Asked::EpollControl => self.controls(),
            Asked::IoUring if self.given.is_ok() => self.recorder.seen(None, Seen::IoUring),
            Asked::Receive | Asked::ReceiveFrom | Asked::ReceiveVector | Asked::ReceiveMessage => {
                self.moves(Call::Recv);
            }
            Asked::Send | Asked::SendVector | Asked::SendMessage => self.moves(Call::Send),
            Asked::ReceiveMessages => self.moves_messages(Call::Recv),
            Asked::SendMessages => self.moves_messages(Call::Send),
            Asked::SendFile => self.moves_unseen(Call::Send),
            Asked::Splice => {
                let comes_from_it = self.sockets.get(first as i32).is_some();
                self.moves_unseen(if comes_from_it { Call::Recv } else { Call::Send });
            }
            // Told where numbers are given out; or told nowhere.
            Asked::Accept
            | Asked::Accept4
            | Asked::Connect
            | Asked::Readlink
            | Asked::ReadlinkAt
            | Asked::PidfdGetfd
            | Asked::IoUring => {}
        }
    }

    fn makes(&mut self) {
        let [family, kind, ..] = self.pending.arguments.map(|argument| argument as i32);
        let is_tcp = matches!(family, libc::AF_INET | libc::AF_INET6) && kind & 0xf == libc::SOCK_STREAM;
        if let Some(number) = self.given.as_ref().ok().filter(|_| is_tcp) {
            let (descriptor, nonblocking) = (*number as i32, kind & libc::SOCK_NONBLOCK != 0);
            let mut socket = Socket::new(nonblocking);
            socket.early.push((self.recorder.clone(), Seen::Socket { descriptor, nonblocking }));
            self.sockets.insert(descriptor, Rc::new(RefCell::new(socket)));
        }
    }

    fn binds(&self) {
        let [number, at, size, ..] = self.pending.arguments;
        let Some(socket) = &self.pending.socket else { return };
        // With port 0, the system chose one.
        let chosen = self.given.as_ref().ok().and_then(|_| names(self.process, number as i32).0);
        let asked = || self.memory.address(at, size).unwrap_or((Ipv4Addr::UNSPECIFIED, 0).into());
        let address = chosen.unwrap_or_else(asked);
        let outcome = self.given.as_ref().map(|_| Outcome::Address { ok: address });
        self.tell_early(socket);
        socket.borrow_mut().is_bound |= outcome.is_ok();
        self.server(Call::Bind, outcome);
        self.tell_mode(socket, None);
    }

    fn listens(&self, size: i32) {
        let Some(socket) = &self.pending.socket else { return };
        let [number, ..] = self.pending.arguments;
        self.tell_early(socket);
        self.recorder.of(socket.borrow().actor()).seen(None, Seen::Backlog { size: size.into() });
        self.of_socket(Call::Listen, self.took);
        {
            let mut socket = socket.borrow_mut();
            socket.is_bound = true;
            socket.listens = self.given.as_ref().ok().and_then(|_| names(self.process, number as i32).0);
        }
        self.tell_mode(socket, None);
    }

    fn shuts_down(&self, how: i32) {
        if how != libc::SHUT_RD {
            self.of_socket(Call::Shutdown, self.took);
        }
        if how == libc::SHUT_RD || (how == libc::SHUT_RDWR && self.given.is_ok()) {
            self.of_socket(Call::ShutdownRead, self.took.filter(|_| how == libc::SHUT_RD));
        }
    }

    /// A socket is closed with the last of its descriptors; until then, nothing has happened to it.
    fn closes(&self) {
        let Some(socket) = self.pending.socket.as_ref().filter(|socket| socket.borrow().has_name()) else { return };
        let (link, actor) = (socket.borrow().link, socket.borrow().actor());
        let left = Rc::strong_count(socket) as u64 - 1;
        if left > 0 {
            return self.recorder.of(actor).seen(link, Seen::Kept { left });
        }
        if self.pending.unread > 0 {
            self.recorder.of(actor).seen(link, Seen::Unread { bytes: self.pending.unread });
        }
        self.of_socket(Call::Close, self.took);
    }

    fn becomes(&self, nonblocking: bool) {
        let Some(socket) = self.pending.socket.as_ref().filter(|_| self.given.is_ok()) else { return };
        {
            let mut socket = socket.borrow_mut();
            socket.nonblocking_told &= nonblocking;
            socket.nonblocking = nonblocking;
        }
        self.tell_mode(socket, self.took);
    }

    /// Tells that calls on this socket do not wait, once, when it has a name: a view does not know it before.
    pub(super) fn tell_mode(&self, socket: &Shared, took: Option<Duration>) {
        socket.borrow_mut().tell_mode(&self.recorder, took);
    }

    /// Tells what was done with a socket before it was known whose it is.
    pub(super) fn tell_early(&self, socket: &Shared) {
        let mut socket = socket.borrow_mut();
        let (actor, link) = (socket.actor(), socket.link);
        socket.early.drain(..).for_each(|(recorder, seen)| recorder.of(actor).seen(link, seen));
    }

    fn sets(&self) {
        let (Some(socket), true) = (&self.pending.socket, self.given.is_ok()) else { return };
        let Some(seen) = options::set(self.pending.arguments, self.memory) else { return };
        socket.borrow_mut().tell(&self.recorder, seen);
    }

    /// One more descriptor of the same socket; what had its number before is closed.
    fn copies(&mut self, onto: i32) {
        let Ok(number) = self.given else { return };
        if self.pending.asked == Asked::DupTo {
            self.sockets.remove(onto);
        }
        if let Some(socket) = &self.pending.socket {
            let ([from, ..], to) = (self.pending.arguments.map(|it| it as i32), number as i32);
            self.sockets.insert(to, Rc::clone(socket));
            let (link, actor) = (socket.borrow().link, socket.borrow().actor());
            if socket.borrow().has_name() {
                self.recorder.of(actor).seen(link, Seen::Copy { from, to });
            }
        }
    }

    fn waits(&mut self) {
        let actor = if self.sockets.serve() { Actor::Server } else { Actor::Client };
        let recorder = self.recorder.of(actor);
        let count = self.given.as_ref().map_or(0, |count| *count);
        let Pending { asked, arguments, waits, .. } = &self.pending;
        let (on, ready) = waits::after(*asked, *arguments, waits, count, (self.memory, self.sockets));
        // For whom it waits is told again when that is new, or somebody is ready.
        if self.given.is_ok() && (!ready.is_empty() || on != *self.waited) {
            self.waited.clone_from(&on);
            recorder.seen(None, Seen::Waited { on, ready });
        }
        recorder.call(None, Call::Poll, self.given.as_ref().map(|count| Outcome::Count { ok: *count }), self.took);
    }

    fn controls(&mut self) {
        let [epoll, what, number, at, ..] = self.pending.arguments;
        let called = match what as i32 {
            libc::EPOLL_CTL_DEL => None,
            _ => waits::called(&self.memory.bytes(at, waits::event_size())),
        };
        if self.given.is_ok() {
            self.sockets.epoll_controls(epoll as i32, number as i32, called);
        }
    }

    /// Bytes that were never in the program's memory: how many, and not which.
    fn moves_unseen(&self, call: Call) {
        let Some(socket) = &self.pending.socket else { return };
        let socket = socket.borrow();
        let outcome = self.given.as_ref().map(|count| Outcome::Count { ok: *count });
        self.recorder.of(socket.actor()).call(socket.link, call, outcome, self.took);
    }

    /// Several messages, which the call counts: told as one call that moved all of their bytes.
    fn moves_messages(&self, call: Call) {
        let Some(socket) = &self.pending.socket else { return };
        if self.pending.only_peeks() {
            return;
        }
        let [_, at, count, ..] = self.pending.arguments;
        let messages = self.memory.messages(at, self.given.as_ref().map_or(count, |done| *done as u64));
        let asked =
            messages.iter().flat_map(|(buffers, _)| buffers).fold(0_usize, |sum, (_, size)| sum.saturating_add(*size));
        let moved = messages.iter().fold(0_usize, |sum, (_, size)| sum.saturating_add(*size));
        let given = match &self.given {
            Ok(_) => Ok(moved),
            Err(error) => Err(error.raw_os_error().map_or_else(|| error.kind().into(), io::Error::from_raw_os_error)),
        };
        let mut data = Vec::new();
        for (buffers, size) in messages.iter().filter(|_| given.is_ok()) {
            data.extend(self.memory.gather(buffers, (*size).min(PAYLOAD_CAP.saturating_sub(data.len()))));
        }
        let socket = socket.borrow();
        self.recorder.of(socket.actor()).moved(socket.link, call, (&given, &data), asked, self.took);
    }

    fn moves(&self, call: Call) {
        let Some(socket) = &self.pending.socket else { return };
        let [_, at, size, ..] = self.pending.arguments;
        if self.pending.only_peeks() {
            return;
        }
        let buffers = match self.pending.asked {
            Asked::ReceiveVector | Asked::SendVector => self.memory.buffers(at, size),
            Asked::ReceiveMessage | Asked::SendMessage => self.memory.buffers_of_message(at),
            _ => vec![(at, usize::try_from(size).unwrap_or_default())],
        };
        let asked = buffers.iter().fold(0_usize, |sum, (_, size)| sum.saturating_add(*size));
        let data = self.given.as_ref().map_or_else(|_| Vec::new(), |count| self.memory.gather(&buffers, *count));
        let socket = socket.borrow();
        let recorder = self.recorder.of(socket.actor());
        recorder.moved(socket.link, call, (&self.given, &data), asked, self.took);
        // Who sleeps for one client leaves the others waiting, and the kernel knows how many those are.
        if self.took.is_some_and(|took| took >= LONG) && !socket.connects && !socket.nonblocking {
            let waiting = self.sockets.listening().into_iter().filter_map(queued).sum();
            if waiting > 0 {
                recorder.seen(socket.link, Seen::Queue { waiting });
            }
        }
    }
}
