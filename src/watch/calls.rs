//! What a system call changes of what is known, and what it is in a trace.

use super::descriptors::{Descriptors, Shared, Socket, found, names, unread};
use super::family::{Looks, Pending, Thread};
use super::filter::Asked;
use super::lines::Lines;
use super::made::Made;
use super::memory::Memory;
use super::waits;
use crate::trace::{Actor, Call, Caller, Link, Outcome, Recorder, Seen, canonical};
use nix::libc;
use nix::unistd::Pid;
use std::cell::RefCell;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::time::{Duration, Instant};

/// The kernel's own word for a call that a signal interrupted, from -512 on: the program never sees it.
const RESTARTS: std::ops::RangeInclusive<i64> = -516..=-512;
/// No error has a greater number.
const ERRORS: std::ops::RangeInclusive<i64> = -4095..=-1;
/// `FIONBIO` of `ioctl_tty(2)`, whose type differs from C library to C library.
const FIONBIO: u64 = 0x5421;
/// A look at what is ready takes less than this, if it does not wait.
const LOOK: Duration = Duration::from_millis(1);
/// What a call takes at most that finds somebody ready, while others have the processor.
const BUSY: Duration = Duration::from_millis(20);
/// Looks that are counted are told once in this time.
const TELL_EVERY: Duration = Duration::from_secs(1);

/// Tells what the program does.
#[derive(Debug)]
pub(super) struct Teller {
    recorder: Recorder,
    accepted: u64,
    connected: u64,
    /// Who has called last.
    last: Caller,
    /// Whether one of its sockets was given an address.
    serves: bool,
    lines: Lines,
}

impl Teller {
    pub(super) fn new(recorder: Recorder) -> Self {
        let (last, lines) = (Caller::default(), Lines::default());
        Self { recorder, accepted: 0, connected: 0, last, serves: false, lines }
    }

    /// The program has ended: what is still folded is told.
    pub(super) fn finish(&self) {
        self.recorder.by(self.last.clone()).flush();
    }

    /// A thread is about to make a call: whether what it gives is of interest.
    pub(super) fn begins(
        &mut self,
        asked: Asked,
        arguments: [u64; 6],
        (id, thread): (Pid, &mut Thread),
        sockets: &mut Descriptors,
    ) -> bool {
        let [first, second, third, ..] = arguments;
        let number = first as i32;
        let mut unread_bytes = 0;
        let socket = match asked {
            Asked::Socket | Asked::IoUring => None,
            asked if (asked.is_wait() || asked == Asked::EpollControl) && !sockets.is_empty() => None,
            asked if asked.is_wait() || asked == Asked::EpollControl => return false,
            Asked::Readlink | Asked::ReadlinkAt | Asked::PidfdGetfd => return false,
            Asked::Fcntl if !matches!(second as i32, libc::F_SETFL | libc::F_DUPFD | libc::F_DUPFD_CLOEXEC) => {
                return false;
            }
            Asked::Ioctl if second != FIONBIO => return false,
            // From now on its number can be another's.
            Asked::Close => {
                let socket = sockets.remove(number);
                let is_last = |socket: &Rc<RefCell<Socket>>| Rc::strong_count(socket) == 1;
                if socket.as_ref().is_some_and(|socket| is_last(socket) && socket.borrow().link.is_some()) {
                    unread_bytes = unread(thread.process, number);
                }
                socket
            }
            Asked::Splice => sockets.get(number).or_else(|| sockets.get(third as i32)).cloned(),
            _ => sockets.get(number).cloned(),
        };
        // `dup2` onto a socket closes that.
        let replaces = asked == Asked::DupTo && sockets.get(second as i32).is_some();
        let needs_none = matches!(asked, Asked::Socket | Asked::IoUring | Asked::EpollControl) || asked.is_wait();
        // Only sockets are told; a file may be watched by the same `epoll`.
        let is_of_none = asked == Asked::EpollControl && sockets.get(third as i32).is_none();
        if (socket.is_none() && !needs_none && !replaces) || is_of_none {
            return false;
        }
        let waits = waits::before(asked, arguments, Memory(id));
        let is_look = waits::is_look(asked, arguments, Memory(id));
        let began = self.recorder.begin();
        thread.pending = Some(Pending { asked, arguments, socket, began, waits, is_look, unread: unread_bytes });
        self.lines.read(Memory(id), thread);
        true
    }

    /// The call is over, and gave this.
    pub(super) fn ends(&mut self, id: Pid, given: i64, thread: &mut Thread, sockets: &mut Descriptors) {
        let given = match given {
            given if RESTARTS.contains(&given) => Err(io::Error::from_raw_os_error(libc::EINTR)),
            given if ERRORS.contains(&given) => Err(io::Error::from_raw_os_error(-given as i32)),
            given => Ok(usize::try_from(given).unwrap_or_default()),
        };
        self.over(id, given, thread, sockets);
    }

    /// A thread has ended, perhaps in the middle of a call that slept.
    pub(super) fn cut(&mut self, id: Pid, thread: &mut Thread, sockets: &mut Descriptors) {
        self.tell_looks(thread, true);
        let slept = thread.pending.as_ref().and_then(|pending| pending.began.took()).is_some_and(|took| took >= LOOK);
        let can_sleep = |pending: &Pending| {
            !matches!(pending.asked, Asked::Close | Asked::Shutdown | Asked::Fcntl | Asked::Ioctl | Asked::DupTo)
        };
        if slept && thread.pending.as_ref().is_some_and(can_sleep) {
            self.over(id, Err(io::ErrorKind::Interrupted.into()), thread, sockets);
        }
    }

    fn over(&mut self, id: Pid, given: io::Result<usize>, thread: &mut Thread, sockets: &mut Descriptors) {
        let Some(pending) = thread.pending.take() else { return };
        let would_block = given.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock);
        if would_block && self.is_one_more_for_nothing(&pending, thread) {
            return;
        }
        // Then it is made again, by the kernel or by Python, for the same line.
        let is_interrupted = given.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::Interrupted);
        let took = pending.began.took();
        if pending.asked.is_wait() {
            let took = took.filter(|_| !pending.is_look).map_or(Duration::ZERO, |took| took);
            if self.is_one_more_look(took, &given, thread) {
                return;
            }
        } else if !would_block && pending.asked != Asked::EpollControl {
            self.tell_looks(thread, true);
        }
        self.last = thread.caller(pending.asked, is_interrupted);
        let recorder = self.recorder.by(self.last.clone());
        let process = thread.process;
        let mut made =
            Made { pending, given, took, memory: Memory(id), process, sockets, waited: &mut thread.waited, recorder };
        match made.pending.asked {
            Asked::Accept | Asked::Accept4 => self.accepts(&mut made),
            Asked::Connect => self.connects(&made),
            _ => made.tell(),
        }
        let asked = made.pending.asked;
        self.serves |= asked == Asked::Bind;
        if !matches!(asked, Asked::Socket | Asked::SetOption | Asked::Fcntl | Asked::Ioctl | Asked::EpollControl) {
            self.lines.tell(&self.recorder.of(self.actor()), &self.last);
        }
    }

    /// Whether a call said `EAGAIN` that has said it before. Then it is counted, and not told: a program can make nothing but such calls.
    fn is_one_more_for_nothing(&self, pending: &Pending, thread: &mut Thread) -> bool {
        let Some((call, link, actor)) = pending.never_waits() else { return false };
        let caller = thread.itself();
        let recorder = thread.recorder.get_or_insert_with(|| self.recorder.by(caller));
        let is_counted = recorder.of(actor).counts(link, call);
        if let Some(mark) = thread.mark.as_mut().filter(|_| is_counted) {
            mark.is_used = true;
        }
        is_counted
    }

    /// Whether a call for whoever is ready gave the same at once as the one before it, and nothing was done between them. Then it is
    /// counted, and not told.
    fn is_one_more_look(&self, took: Duration, given: &io::Result<usize>, thread: &mut Thread) -> bool {
        // Where somebody is ready it cannot have slept, however long it took on a busy machine.
        let limit = if matches!(given, Ok(1..)) { BUSY } else { LOOK };
        let ready = given.as_ref().ok().map(|ready| *ready as u64).filter(|_| took < limit);
        if let (Some(ready), Some(looks)) = (ready, thread.looks.as_mut())
            && looks.ready == ready
        {
            looks.count += 1;
            if looks.since.elapsed() >= TELL_EVERY {
                self.tell_looks(thread, false);
            }
            return true;
        }
        self.tell_looks(thread, true);
        thread.looks = ready.map(|ready| Looks { ready, count: 0, since: Instant::now() });
        false
    }

    /// Tells the looks that were counted; they are over, if something else was done.
    fn tell_looks(&self, thread: &mut Thread, are_over: bool) {
        let caller = Caller { file: None, line: None, ..thread.itself() };
        let Some(looks) = thread.looks.as_mut() else { return };
        if looks.count > 0 {
            let span_us = u64::try_from(looks.since.elapsed().as_micros()).unwrap_or(u64::MAX);
            let looked = Seen::Looked { count: looks.count, ready: looks.ready, span_us };
            self.recorder.of(self.actor()).by(caller).seen(None, looked);
        }
        (looks.count, looks.since) = (0, Instant::now());
        if are_over {
            thread.looks = None;
        }
    }

    fn actor(&self) -> Actor {
        if self.serves { Actor::Server } else { Actor::Client }
    }

    /// A process has made another one, which has all of its descriptors.
    pub(super) fn forks(&self, child: u32, thread: &mut Thread, sockets: &Descriptors) {
        if !sockets.is_empty() {
            let forks = Seen::Fork { child, sockets: sockets.count() };
            let recorder = self.recorder.by(thread.caller(Asked::Dup, true));
            recorder.of(if sockets.serve() { Actor::Server } else { Actor::Client }).seen(None, forks);
        }
    }

    /// A process has become a program of which no call is seen.
    pub(super) fn is_of_another_processor(&self, process: i32) {
        let caller = Caller { process: u32::try_from(process).ok(), ..Caller::default() };
        self.recorder.of(self.actor()).by(caller).seen(None, Seen::OtherProcessor);
    }

    /// A process has ended.
    pub(super) fn exits(&self, process: i32, code: Option<u8>, signal: Option<u8>) {
        let caller = Caller { process: u32::try_from(process).ok(), ..Caller::default() };
        self.recorder.of(self.actor()).by(caller).seen(None, Seen::Exit { code, signal });
    }

    /// Tells what this thread's next call does, which is told nowhere else, as that of its line.
    pub(super) fn recorder_of(&mut self, asked: Asked, (id, thread): (Pid, &mut Thread)) -> Recorder {
        self.lines.read(Memory(id), thread);
        self.recorder.by(thread.caller(asked, false))
    }

    /// A socket that came from outside of what is watched. `None` for one that is not TCP.
    pub(super) fn stranger(&mut self, process: i32, number: i32) -> Option<Shared> {
        let (mut socket, local, peer) = found(process, number)?;
        // Whether `accept` or `connect` made it, the kernel does not say; a connection that is handed on was nearly always accepted.
        if let Some(peer) = peer {
            self.accepted += 1;
            socket.link = Some(Link { id: self.accepted, local, peer });
        }
        self.serves |= socket.has_name();
        Some(Rc::new(RefCell::new(socket)))
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
        made.tell_early(socket);
        if goes_on && socket.borrow().link.is_none() {
            self.connected += 1;
            let local = names(made.process, number as i32).0.unwrap_or((Ipv4Addr::UNSPECIFIED, 0).into());
            socket.borrow_mut().link = Some(Link { id: self.connected, local, peer: canonical(peer) });
        }
        let outcome = made.given.as_ref().map(|_| Outcome::Address { ok: peer });
        let link = socket.borrow().link;
        made.recorder.of(Actor::Client).call(link, Call::Connect, outcome, made.took);
        made.tell_mode(socket, None);
    }
}
