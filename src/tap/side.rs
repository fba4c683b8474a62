//! One of a connection's two sockets, with every call told.

use crate::net::socket::{Socket, would_block};
use crate::protocol::Ending;
use crate::trace::{Began, Call, Link, Outcome, Recorder};
use std::io;
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, TryLockError};
use std::thread;
use std::time::Duration;

/// Nothing sleeps longer than this without a look at whether the connection is to end.
pub(super) const NAP: Duration = Duration::from_millis(200);
/// The same for a receive, which can be woken: only where that fails, this is what it takes.
pub(super) const LONG_NAP: Duration = Duration::from_secs(1);
/// How often a receive looks whether its send was told, 50 µs apart.
const LONGEST_WAIT_FOR_ORDER: usize = 20;

/// What came of a receive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Received {
    Bytes(usize),
    /// Nothing so far.
    Nothing,
    /// A FIN: nothing more will come.
    Fin,
    /// An RST, or the connection is broken in another way.
    Broken,
}

/// One socket, which one thread reads from and the other writes to.
#[derive(Debug)]
pub(super) struct Side {
    socket: TcpStream,
    pub(super) link: Link,
    trace: Recorder,
    /// Held from before a send until it is told, so that its reply is not told before it.
    sending: Mutex<()>,
    broken: AtomicBool,
    /// We sent a FIN.
    shut: AtomicBool,
    /// It is to be closed with an RST.
    to_reset: AtomicBool,
    /// It sent a FIN.
    ended: AtomicBool,
    /// We ended its reading, because the tap stops.
    stopped: AtomicBool,
}

/// What a thread that reads remembers from call to call.
#[derive(Debug, Default)]
pub(super) struct Ear {
    /// When the `recv` began that has only looked up from its sleep so far.
    asleep: Option<Began>,
    timeout: Option<Duration>,
}

impl Side {
    pub(super) fn new(socket: TcpStream, link: Link, trace: Recorder) -> Self {
        // A refusal would be a connection that is broken by now, which is noticed soon enough.
        let _ = socket.set_nodelay(true);
        let _ = socket.set_write_timeout(Some(NAP));
        let off = || AtomicBool::new(false);
        let (broken, shut, to_reset, ended, stopped) = (off(), off(), off(), off(), off());
        Self { socket, link, trace, sending: Mutex::default(), broken, shut, to_reset, ended, stopped }
    }

    /// `recv(2)`, which sleeps for `wait` at most.
    pub(super) fn receive(&self, ear: &mut Ear, wait: Duration, buffer: &mut [u8]) -> Received {
        // Zero would mean for ever.
        let wait = wait.clamp(Duration::from_millis(1), LONG_NAP);
        if ear.timeout != Some(wait) && self.socket.set_read_timeout(Some(wait)).is_ok() {
            ear.timeout = Some(wait);
        }
        let now = self.trace.begin();
        let began = ear.asleep.take().unwrap_or(now);
        let result = self.socket.receive(buffer);
        if result.as_ref().is_err_and(only_looked_up) {
            ear.asleep = Some(began);
            return Received::Nothing;
        }
        let took = began.took();
        if matches!(result, Ok(0)) && (self.is_broken() || self.to_reset.load(Ordering::Acquire)) {
            // Nothing came: we were woken, to find the connection broken.
            return Received::Broken;
        }
        self.let_sends_be_told();
        self.trace.transfer(self.link, Call::Recv, &result, buffer, took);
        match result {
            Ok(0) if self.is_gone() => self.breaks(),
            Ok(0) => {
                let is_its_own = !self.stopped.load(Ordering::Acquire);
                self.ended.fetch_or(is_its_own, Ordering::AcqRel);
                Received::Fin
            }
            Ok(count) => Received::Bytes(count),
            Err(_) => self.breaks(),
        }
    }

    fn breaks(&self) -> Received {
        self.broken.store(true, Ordering::Release);
        Received::Broken
    }

    /// Whether it was reset, and the other thread was told so first: then `recv` gives nothing, as after a FIN. But a
    /// connection without its peer's address is none any more.
    fn is_gone(&self) -> bool {
        !self.shut.load(Ordering::Acquire) && self.socket.peer_addr().is_err()
    }

    /// `send(2)`: how many of the bytes were taken; none if it has slept for a while.
    ///
    /// # Errors
    ///
    /// What the call gave. The connection is broken then.
    pub(super) fn send(&self, asleep: &mut Option<Began>, bytes: &[u8]) -> io::Result<usize> {
        let now = self.trace.begin();
        let began = asleep.take().unwrap_or(now);
        let _order = self.sending.lock();
        let result = match self.socket.send(bytes) {
            Ok(0) => Err(io::ErrorKind::WriteZero.into()),
            Err(error) if only_looked_up(&error) => {
                *asleep = Some(began);
                return Ok(0);
            }
            result => result,
        };
        if result.is_err() {
            self.broken.store(true, Ordering::Release);
        }
        self.trace.transfer(self.link, Call::Send, &result, bytes, began.took());
        result
    }

    /// `shutdown(SHUT_WR)`: the FIN of the other side, passed on.
    pub(super) fn shut_down_sending(&self) {
        self.shut.store(true, Ordering::Release);
        let began = self.trace.begin();
        let _order = self.sending.lock();
        let done = self.socket.shutdown_write();
        self.trace.call(Some(self.link), Call::Shutdown, done.as_ref().map(|()| Outcome::DONE), began.took());
    }

    /// The tap stops: what is there is still read, and then the end.
    pub(super) fn stop_reading(&self) {
        if self.ended.load(Ordering::Acquire) {
            return;
        }
        self.stopped.store(true, Ordering::Release);
        let began = self.trace.begin();
        let done = self.socket.shutdown(Shutdown::Read);
        self.trace.call(Some(self.link), Call::ShutdownRead, done.as_ref().map(|()| Outcome::DONE), began.took());
    }

    /// Wakes whoever sleeps in `recv` here. Nothing of it is seen on the wire.
    pub(super) fn wake(&self) {
        let _ = self.socket.shutdown(Shutdown::Read);
    }

    /// It is to end with an RST, as soon as it is closed.
    pub(super) fn reset(&self) {
        self.to_reset.store(true, Ordering::Release);
        self.wake();
    }

    pub(super) fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Acquire)
    }

    /// Whether it was ended because the tap stops, and not by itself.
    pub(super) fn was_stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire) && !self.ended.load(Ordering::Acquire)
    }

    fn ending(&self) -> Ending {
        match () {
            () if self.is_broken() => Ending::Reset,
            () if self.to_reset.load(Ordering::Acquire) => Ending::ResetSent,
            () if self.was_stopped() => Ending::Stopped,
            () => Ending::Eof,
        }
    }

    /// Waits until no send on this socket is about to be told. Not for long: it may be asleep.
    fn let_sends_be_told(&self) {
        for _ in 0..LONGEST_WAIT_FOR_ORDER {
            match self.sending.try_lock() {
                Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_micros(50)),
                Ok(_) | Err(TryLockError::Poisoned(_)) => return,
            }
        }
    }
}

impl Drop for Side {
    /// The last thread has left: now it is closed. With a linger time of zero that is an RST (`socket(7)`, `SO_LINGER`).
    fn drop(&mut self) {
        if self.to_reset.load(Ordering::Acquire) {
            let _ = socket2::SockRef::from(&self.socket).set_linger(Some(Duration::ZERO));
        }
        self.trace.call(Some(self.link), Call::Close, Ok(Outcome::DONE), None);
        self.trace.ended(self.link, self.ending());
    }
}

/// The time of a call was up, or a signal came: it is made again.
fn only_looked_up(error: &io::Error) -> bool {
    would_block(error) || error.kind() == io::ErrorKind::Interrupted
}
