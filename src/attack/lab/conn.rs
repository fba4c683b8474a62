//! The attacker's own sockets.

use super::PATIENCE;
use super::student::Process;
use super::victim::Victim;
use crate::net::address::{connect, listen};
use crate::net::calls::Calls;
use crate::net::socket::would_block;
use crate::protocol::{Fact, Forgery};
use crate::trace::{Actor, FarEnd, Link, Recorder};
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The longest line that is waited for.
const MAX_LINE: usize = 4096;

/// Where the attacker waits for clients.
#[derive(Debug)]
pub(crate) struct Door {
    listener: TcpListener,
    address: SocketAddr,
    trace: Recorder,
    calls: Mutex<Calls>,
}

impl Door {
    /// On this port of 127.0.0.1; 0 for any that is free.
    pub(super) fn open(port: u16, trace: Recorder) -> io::Result<Self> {
        let mut calls = Calls::new(trace.clone());
        let listener = listen(&format!("127.0.0.1:{port}"), &mut calls)?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address, trace, calls: Mutex::new(calls) })
    }

    pub(in crate::attack) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The next client: `number` 0 is the only one, 1 is client A.
    pub(in crate::attack) fn accept(&self, number: u8) -> io::Result<Conn> {
        let mut calls = self.calls.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // A client that never comes must not keep anybody: a program of a student's may have ended instead.
        self.listener.set_nonblocking(true)?;
        let began = Instant::now();
        loop {
            match self.listener.accept() {
                Ok((socket, peer)) => {
                    let (trace, began) = (&calls.trace, calls.trace.begin());
                    let outcome = crate::trace::Outcome::Address { ok: peer };
                    trace.call(None, crate::trace::Call::Accept, Ok(outcome), began.took());
                    calls.counts.calls += 1;
                    socket.set_nonblocking(false)?;
                    let client = Actor::client(number.checked_sub(1));
                    let link = Link { id: FarEnd::Client(client).id(), local: self.address, peer };
                    return Conn::new(socket, link, Calls::new(self.trace.clone()));
                }
                Err(error) if would_block(&error) && began.elapsed() < PATIENCE * 2 => {
                    std::thread::sleep(Duration::from_millis(1));
                }
                // Nobody came.
                Err(error) if would_block(&error) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Err(error) => return Err(error),
            }
        }
    }
}

/// One connection that the attacker has.
#[derive(Debug)]
pub(crate) struct Conn {
    socket: TcpStream,
    link: Link,
    calls: Calls,
    inbox: Vec<u8>,
    ended: bool,
    /// Whose program the other side has to be, if it is not ours.
    of: Option<Arc<Process>>,
}

impl Conn {
    fn new(socket: TcpStream, link: Link, calls: Calls) -> io::Result<Self> {
        socket.set_nodelay(true)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { socket, link, calls, inbox: Vec::new(), ended: false, of: None })
    }

    /// To a victim. A program has to speak first, and before it is answered it is looked at.
    pub(super) fn to(victim: &Victim, id: u64, trace: Recorder) -> io::Result<Self> {
        let mut calls = Calls::new(trace);
        let (socket, link) = connect(&victim.address()?.to_string(), id, &mut calls)?;
        Ok(Self { of: victim.process().map(Arc::clone), ..Self::new(socket, link, calls)? })
    }

    /// The client's address.
    pub(super) fn peer(&self) -> SocketAddr {
        self.link.peer
    }

    /// The attacker's own address on it: as the victim knows the connection.
    pub(in crate::attack) fn local(&self) -> SocketAddr {
        self.link.local
    }

    /// Sends what an honest party sent. A victim that has closed meanwhile is no failure of the attack's run.
    pub(in crate::attack) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut rest = bytes;
        while !rest.is_empty() {
            match self.calls.send(&self.socket, self.link, rest) {
                Ok(count) => rest = rest.get(count..).unwrap_or_default(),
                Err(error) if is_over(&error) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Sends what no honest party would send there, and says where it comes from.
    pub(in crate::attack) fn forge(&mut self, bytes: &[u8], forgery: Forgery) -> io::Result<()> {
        self.calls.trace.fact(self.link, Fact::Forged { bytes: bytes.len() as u64, forgery });
        self.send(bytes)
    }

    /// Exactly so many bytes; `None` if the victim ended before, or waited too long.
    pub(in crate::attack) fn receive(&mut self, count: usize) -> io::Result<Option<Vec<u8>>> {
        while self.inbox.len() < count {
            if !self.receive_some()? {
                return Ok(None);
            }
        }
        Ok(Some(self.inbox.drain(..count).collect()))
    }

    /// A line with its newline; `None` if none came.
    pub(in crate::attack) fn receive_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        loop {
            if let Some(end) = self.inbox.iter().position(|byte| *byte == b'\n') {
                return Ok(Some(self.inbox.drain(..=end).collect()));
            }
            if self.inbox.len() >= MAX_LINE || !self.receive_some()? {
                return Ok(None);
            }
        }
    }

    /// Says in plain text which line the victim has handed over, as a server says what it has accepted.
    pub(in crate::attack) fn took(&self, line: &[u8]) {
        let text = line.strip_suffix(b"\n").unwrap_or(line).to_vec();
        self.calls.trace.fact(self.link, Fact::LineTaken { text });
    }

    fn receive_some(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        let mut buffer = [0; 4096];
        match self.calls.receive(&self.socket, self.link, &mut buffer) {
            Ok(0) => self.ended = true,
            Ok(count) => {
                self.inbox.extend_from_slice(buffer.get(..count).unwrap_or_default());
                self.of.as_ref().map_or(Ok(()), |process| process.stands_alone(self.link.local))?;
            }
            Err(error) if is_over(&error) || would_block(&error) => self.ended = true,
            Err(error) => return Err(error),
        }
        Ok(!self.ended)
    }

    /// Says that there is no more, waits until the victim has closed, and closes.
    pub(in crate::attack) fn leave(mut self) -> io::Result<()> {
        if self.calls.shutdown_write(&self.socket, self.link).is_ok() {
            while self.receive_some()? {
                self.inbox.clear();
            }
        }
        self.close();
        Ok(())
    }

    /// Closes at once.
    pub(in crate::attack) fn close(mut self) {
        self.calls.close(self.socket, self.link);
    }
}

/// The other side has gone, which is an answer too.
pub(super) fn is_over(error: &io::Error) -> bool {
    use io::ErrorKind as Kind;
    matches!(error.kind(), Kind::ConnectionReset | Kind::BrokenPipe | Kind::ConnectionAborted | Kind::NotConnected)
}
