//! The traced socket calls: every call of every server and client goes through here, is counted, and told to the recorder.

use super::socket::{Listen, Socket, would_block};
use crate::trace::{Began, Call, Link, Outcome, Recorder};
use std::io;
use std::net::{Shutdown, SocketAddr, TcpStream};

/// How many calls were made, and what they moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Socket calls, `accept` and `poll` among them.
    pub calls: u64,
    /// Those that said `WouldBlock`.
    pub would_block: u64,
    /// Bytes received.
    pub received: u64,
    /// Bytes sent.
    pub sent: u64,
}

impl Counts {
    /// Adds what another thread counted.
    pub fn add(&mut self, other: Self) {
        self.calls += other.calls;
        self.would_block += other.would_block;
        self.received += other.received;
        self.sent += other.sent;
    }

    fn count<T>(&mut self, result: &io::Result<T>) {
        self.calls += 1;
        self.would_block += u64::from(result.as_ref().is_err_and(would_block));
    }
}

/// One thread's way to call sockets.
#[derive(Debug)]
pub struct Calls {
    /// Who is told.
    pub trace: Recorder,
    /// What was done so far.
    pub counts: Counts,
    /// A `recv` that sleeps and finds nothing only looked up from its sleep: that is nothing to tell.
    pub naps: bool,
    /// When the `recv` began that has only looked up so far.
    asleep: Option<Began>,
}

impl Calls {
    /// Calls that are told to `trace`.
    #[must_use]
    pub fn new(trace: Recorder) -> Self {
        Self { trace, counts: Counts::default(), naps: false, asleep: None }
    }

    /// `accept(2)`. A connection that comes when the server `is_stopping` is its own, made to wake this very call, and is
    /// told as an interruption.
    ///
    /// # Errors
    ///
    /// What the call gave.
    pub fn accept<L: Listen>(
        &mut self,
        listener: &L,
        is_stopping: impl Fn() -> bool,
    ) -> io::Result<(L::Socket, SocketAddr)> {
        loop {
            let began = self.trace.begin();
            let result = listener.accept_next();
            let took = began.took();
            self.counts.count(&result);
            self.trace.let_sends_be_told();
            // What a record tells of the sleep that a stop ended: that it was one.
            let woken = io::ErrorKind::Interrupted.into();
            let is_woken = !result.as_ref().is_err_and(would_block) && is_stopping();
            let outcome = result.as_ref().map(|(_, peer)| Outcome::Address { ok: *peer });
            self.trace.call(None, Call::Accept, if is_woken { Err(&woken) } else { outcome }, took);
            if !was_interrupted(&result) {
                return result;
            }
        }
    }

    /// `recv(2)`.
    ///
    /// # Errors
    ///
    /// What the call gave.
    pub fn receive(&mut self, socket: &impl Socket, link: Link, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let now = self.trace.begin();
            let began = self.asleep.take().unwrap_or(now);
            let result = socket.receive(buffer);
            if self.naps && result.as_ref().is_err_and(would_block) {
                self.asleep = Some(began);
                return result;
            }
            let took = began.took();
            self.counts.count(&result);
            self.trace.let_sends_be_told();
            self.trace.transfer(link, Call::Recv, &result, buffer, took);
            self.counts.received += *result.as_ref().unwrap_or(&0) as u64;
            if !was_interrupted(&result) {
                return result;
            }
        }
    }

    /// `send(2)`: how many of the bytes were taken.
    ///
    /// # Errors
    ///
    /// What the call gave.
    pub fn send(&mut self, socket: &impl Socket, link: Link, bytes: &[u8]) -> io::Result<usize> {
        loop {
            let began = self.trace.begin();
            let _order = self.trace.hold();
            // No bytes taken and no reason given: trying again could go on for ever.
            let result = socket.send(bytes).and_then(|count| {
                if count == 0 && !bytes.is_empty() { Err(io::ErrorKind::WriteZero.into()) } else { Ok(count) }
            });
            self.counts.count(&result);
            self.trace.transfer(link, Call::Send, &result, bytes, began.took());
            self.counts.sent += *result.as_ref().unwrap_or(&0) as u64;
            if !was_interrupted(&result) {
                return result;
            }
        }
    }

    /// `epoll_wait(2)` or its like, which gives how many are ready.
    ///
    /// # Errors
    ///
    /// What the call gave; an interruption by a signal is no error.
    pub fn poll(&mut self, run: impl FnOnce() -> io::Result<usize>) -> io::Result<()> {
        let began = self.trace.begin();
        let result = run();
        self.counts.count(&result);
        self.trace.call(None, Call::Poll, result.as_ref().map(|ready| Outcome::Count { ok: *ready }), began.took());
        if was_interrupted(&result) { Ok(()) } else { result.map(drop) }
    }

    /// The same for a look that may well find nobody: only one that finds somebody is told.
    ///
    /// # Errors
    ///
    /// What the call gave; an interruption by a signal is no error.
    pub fn look(&mut self, run: impl FnOnce() -> io::Result<usize>) -> io::Result<()> {
        let result = run();
        self.counts.count(&result);
        if let Ok(ready @ 1..) = result {
            self.trace.call(None, Call::Poll, Ok(Outcome::Count { ok: ready }), None);
        }
        if was_interrupted(&result) { Ok(()) } else { result.map(drop) }
    }

    /// `shutdown(SHUT_WR)`.
    ///
    /// # Errors
    ///
    /// What the call gave.
    pub fn shutdown_write(&mut self, socket: &impl Socket, link: Link) -> io::Result<()> {
        self.other(Some(link), Call::Shutdown, || socket.shutdown_write())
    }

    /// `shutdown(SHUT_RD)`: whoever sleeps in `recv` on this connection wakes with what is there, and then with no bytes.
    pub fn end_reading(&mut self, socket: &TcpStream, link: Link) {
        // A connection that is broken by now wakes by itself.
        let _ = self.other(Some(link), Call::ShutdownRead, || socket.shutdown(Shutdown::Read));
    }

    /// `close(2)`, which is what dropping a socket does.
    pub fn close<S>(&mut self, socket: S, link: Link) {
        let closed = self.other(Some(link), Call::Close, || {
            drop(socket);
            Ok(())
        });
        debug_assert!(closed.is_ok());
    }

    /// A call that moves no bytes and gives nothing but success.
    ///
    /// # Errors
    ///
    /// What the call gave.
    pub fn other(&mut self, link: Option<Link>, call: Call, run: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        let began = self.trace.begin();
        let _order = self.trace.hold();
        let result = run();
        self.counts.count(&result);
        self.trace.call(link, call, result.as_ref().map(|()| Outcome::DONE), began.took());
        result
    }
}

/// A signal came while the call waited (`EINTR`): nothing happened, so the call is made again.
fn was_interrupted<T>(result: &io::Result<T>) -> bool {
    result.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::Interrupted)
}
