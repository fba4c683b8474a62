//! What a system call is in a trace, and what it changes of what is known.

use super::descriptors::{Descriptors, Shared, Socket, names};
use super::family::{Mark, Pending, Thread};
use super::filter::Asked;
use super::memory::Memory;
use crate::trace::{Actor, Call, Caller, Link, Outcome, Recorder};
use nix::libc;
use nix::unistd::Pid;
use std::cell::RefCell;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

/// The kernel's own word for a call that a signal interrupted, from -512 on: the program never sees it.
const RESTARTS: std::ops::RangeInclusive<i64> = -516..=-512;
/// No error has a greater number.
const ERRORS: std::ops::RangeInclusive<i64> = -4095..=-1;
/// `FIONBIO` of `ioctl_tty(2)`, whose type differs from C library to C library.
const FIONBIO: u64 = 0x5421;
/// A look at what is ready takes less than this, if it does not wait.
const LOOK: Duration = Duration::from_millis(1);

/// Tells what the program does.
#[derive(Debug)]
pub(super) struct Teller {
    recorder: Recorder,
    accepted: u64,
    connected: u64,
    /// Who has called last.
    last: Caller,
}

/// A call that is over.
struct Made<'t> {
    pending: Pending,
    given: io::Result<usize>,
    took: Option<Duration>,
    memory: Memory,
    process: i32,
    sockets: &'t mut Descriptors,
    /// Tells it as the call of its thread and its line.
    recorder: Recorder,
}

impl Teller {
    pub(super) fn new(recorder: Recorder) -> Self {
        Self { recorder, accepted: 0, connected: 0, last: Caller::default() }
    }

    /// The program has ended: what is still folded is told.
    pub(super) fn finish(&self) {
        self.recorder.by(self.last.clone()).flush();
    }

    /// A thread is about to make a call: whether what it gives is of interest.
    pub(super) fn begins(
        &self,
        asked: Asked,
        arguments: [u64; 6],
        thread: &mut Thread,
        sockets: &mut Descriptors,
    ) -> bool {
        let [first, second, ..] = arguments;
        let number = first as i32;
        let socket = match asked {
            Asked::Socket => None,
            Asked::Wait if !sockets.is_empty() => None,
            Asked::Wait | Asked::Readlink | Asked::ReadlinkAt => return false,
            Asked::Fcntl if !matches!(second as i32, libc::F_SETFL | libc::F_DUPFD | libc::F_DUPFD_CLOEXEC) => {
                return false;
            }
            Asked::Ioctl if second != FIONBIO => return false,
            // From now on its number can be another's.
            Asked::Close => sockets.remove(number),
            _ => sockets.get(number).cloned(),
        };
        // `dup2` onto a socket closes that.
        let replaces = asked == Asked::DupTo && sockets.get(second as i32).is_some();
        if socket.is_none() && !matches!(asked, Asked::Socket | Asked::Wait) && !replaces {
            return false;
        }
        thread.pending = Some(Pending { asked, arguments, socket, began: self.recorder.begin() });
        true
    }

    /// The call is over, and gave this.
    pub(super) fn ends(&mut self, id: Pid, given: i64, thread: &mut Thread, sockets: &mut Descriptors) {
        let Some(pending) = thread.pending.take() else { return };
        let given = match given {
            given if RESTARTS.contains(&given) => Err(io::Error::from_raw_os_error(libc::EINTR)),
            given if ERRORS.contains(&given) => Err(io::Error::from_raw_os_error(-given as i32)),
            given => Ok(usize::try_from(given).unwrap_or_default()),
        };
        // Then it is made again, by the kernel or by Python, for the same line.
        let is_interrupted = given.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::Interrupted);
        let took = pending.began.took();
        let is_in_vain = pending.asked == Asked::Wait && matches!(given, Ok(0)) && took.is_some_and(|took| took < LOOK);
        if std::mem::replace(&mut thread.looks_in_vain, is_in_vain) && is_in_vain {
            return;
        }
        self.last = caller(thread, pending.asked, is_interrupted);
        let recorder = self.recorder.by(self.last.clone());
        let process = thread.process;
        let mut made = Made { pending, given, took, memory: Memory(id), process, sockets, recorder };
        match made.pending.asked {
            Asked::Accept | Asked::Accept4 => self.accepts(&mut made),
            Asked::Connect => self.connects(&made),
            _ => made.tell(),
        }
    }

    fn accepts(&mut self, made: &mut Made<'_>) {
        let number = match &made.given {
            Ok(number) => *number as i32,
            Err(error) => return made.server(Call::Accept, Err(error)),
        };
        let [_, at, size, flags, ..] = made.pending.arguments;
        let (local, peer) = names(made.process, number);
        // A client that is gone already has no name, but the one that `accept` wrote.
        let told = || made.memory.address(at, made.memory.int(size)?.try_into().ok()?);
        let nowhere = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
        let (local, peer) = (local.unwrap_or(nowhere), peer.or_else(told).unwrap_or(nowhere));
        self.accepted += 1;
        let nonblocking = made.pending.asked == Asked::Accept4 && flags as i32 & libc::SOCK_NONBLOCK != 0;
        let link = Some(Link { id: self.accepted, local, peer });
        let socket = Rc::new(RefCell::new(Socket { link, ..Socket::new(nonblocking) }));
        made.sockets.insert(number, Rc::clone(&socket));
        made.server(Call::Accept, Ok(Outcome::Address { ok: peer }));
        made.tell_mode(&socket, None);
    }

    fn connects(&mut self, made: &Made<'_>) {
        let [number, at, size, ..] = made.pending.arguments;
        let Some((socket, peer)) = made.pending.socket.as_ref().zip(made.memory.address(at, size)) else { return };
        let goes_on =
            made.given.as_ref().map_or_else(|error| error.raw_os_error() == Some(libc::EINPROGRESS), |_| true);
        socket.borrow_mut().connects = true;
        if goes_on && socket.borrow().link.is_none() {
            self.connected += 1;
            let local = names(made.process, number as i32).0.unwrap_or((Ipv4Addr::UNSPECIFIED, 0).into());
            socket.borrow_mut().link = Some(Link { id: self.connected, local, peer });
        }
        let outcome = made.given.as_ref().map(|_| Outcome::Address { ok: peer });
        let link = socket.borrow().link;
        made.recorder.of(Actor::Client).call(link, Call::Connect, outcome, made.took);
        made.tell_mode(socket, None);
    }
}

/// Which part of the program makes this call.
fn caller(thread: &mut Thread, asked: Asked, is_interrupted: bool) -> Caller {
    let sends = matches!(asked, Asked::Send | Asked::SendVector | Asked::SendMessage);
    let mark = thread.mark.as_mut().filter(|mark| !mark.is_used || sends);
    // A socket with a time limit waits first, and then receives, in one line.
    let place = mark.map(|mark| {
        mark.is_used |= asked != Asked::Wait && !is_interrupted;
        let Mark { file, line, .. } = mark.clone();
        (file, line)
    });
    let (file, line) = place.unzip();
    Caller { process: u32::try_from(thread.process).ok(), thread: Some(thread.number), file, line }
}

impl Made<'_> {
    fn server(&self, call: Call, outcome: Result<Outcome, &io::Error>) {
        self.recorder.of(Actor::Server).call(None, call, outcome, self.took);
    }

    /// Tells a call of the socket's that moves no bytes.
    fn of_socket(&self, call: Call, took: Option<Duration>) {
        let Some(socket) = &self.pending.socket else { return };
        let socket = socket.borrow();
        let outcome = self.given.as_ref().map(|_| Outcome::DONE);
        self.recorder.of(socket.actor()).call(socket.link, call, outcome, took);
    }

    fn tell(&mut self) {
        let [_, second, third, ..] = self.pending.arguments;
        match self.pending.asked {
            Asked::Socket => self.makes(),
            Asked::Bind => self.binds(),
            Asked::Listen => {
                self.of_socket(Call::Listen, self.took);
                self.pending.socket.iter().for_each(|socket| socket.borrow_mut().is_bound = true);
                self.pending.socket.iter().for_each(|socket| self.tell_mode(socket, None));
            }
            Asked::Shutdown => self.shuts_down(second as i32),
            Asked::Close => self.closes(),
            Asked::Fcntl if second as i32 == libc::F_SETFL => self.becomes(third as i32 & libc::O_NONBLOCK != 0),
            Asked::Ioctl => self.becomes(self.memory.int(third).is_some_and(|on| on != 0)),
            Asked::Fcntl | Asked::Dup | Asked::DupTo => self.copies(second as i32),
            Asked::Wait => {
                let actor = if self.sockets.serve() { Actor::Server } else { Actor::Client };
                let outcome = self.given.as_ref().map(|count| Outcome::Count { ok: *count });
                self.recorder.of(actor).call(None, Call::Poll, outcome, self.took);
            }
            Asked::Receive | Asked::ReceiveFrom | Asked::ReceiveVector | Asked::ReceiveMessage => {
                self.moves(Call::Recv);
            }
            Asked::Send | Asked::SendVector | Asked::SendMessage => self.moves(Call::Send),
            // Told where numbers are given out; or told nowhere.
            Asked::Accept | Asked::Accept4 | Asked::Connect | Asked::Readlink | Asked::ReadlinkAt => {}
        }
    }

    fn makes(&mut self) {
        let [family, kind, ..] = self.pending.arguments.map(|argument| argument as i32);
        let is_tcp = matches!(family, libc::AF_INET | libc::AF_INET6) && kind & 0xf == libc::SOCK_STREAM;
        if let Some(number) = self.given.as_ref().ok().filter(|_| is_tcp) {
            let socket = Socket::new(kind & libc::SOCK_NONBLOCK != 0);
            self.sockets.insert(*number as i32, Rc::new(RefCell::new(socket)));
        }
    }

    fn binds(&self) {
        let [number, at, size, ..] = self.pending.arguments;
        let Some(socket) = &self.pending.socket else { return };
        // With port 0, the system chose one.
        let chosen = self.given.as_ref().ok().and_then(|_| names(self.process, number as i32).0);
        let asked = || self.memory.address(at, size).unwrap_or((Ipv4Addr::UNSPECIFIED, 0).into());
        let outcome = self.given.as_ref().map(|_| Outcome::Address { ok: chosen.unwrap_or_else(asked) });
        socket.borrow_mut().is_bound |= outcome.is_ok();
        self.server(Call::Bind, outcome);
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
        let is_last =
            self.pending.socket.as_ref().is_some_and(|it| Rc::strong_count(it) == 1 && it.borrow().has_name());
        if is_last {
            self.of_socket(Call::Close, self.took);
        }
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
    fn tell_mode(&self, socket: &Shared, took: Option<Duration>) {
        let mut socket = socket.borrow_mut();
        if socket.nonblocking && !socket.nonblocking_told && socket.has_name() {
            socket.nonblocking_told = true;
            self.recorder.of(socket.actor()).call(socket.link, Call::SetNonblocking, Ok(Outcome::DONE), took);
        }
    }

    /// One more descriptor of the same socket; what had its number before is closed.
    fn copies(&mut self, onto: i32) {
        let Ok(number) = self.given else { return };
        if self.pending.asked == Asked::DupTo {
            self.sockets.remove(onto);
        }
        if let Some(socket) = &self.pending.socket {
            self.sockets.insert(number as i32, Rc::clone(socket));
        }
    }

    fn moves(&self, call: Call) {
        let Some(socket) = &self.pending.socket else { return };
        let [_, at, size, flags, ..] = self.pending.arguments;
        // Who only looks at bytes takes none.
        let only_looks = match self.pending.asked {
            Asked::ReceiveFrom => flags as i32 & libc::MSG_PEEK != 0,
            Asked::ReceiveMessage => size as i32 & libc::MSG_PEEK != 0,
            _ => false,
        };
        if only_looks {
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
        self.recorder.of(socket.actor()).moved(socket.link, call, (&self.given, &data), asked, self.took);
    }
}
