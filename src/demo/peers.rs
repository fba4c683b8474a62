//! The peers of a demo: a server in a thread of its own, and clients that send what they are told to.

use crate::net::IoModel;
use crate::net::address::connect;
use crate::net::background::Background;
use crate::net::calls::Calls;
use crate::net::limits::Limits;
use crate::protocol::Protocol;
use crate::trace::{Actor, Link, Recorder};
use std::io;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// A demo never hangs: whatever takes longer than this counts as not seen.
const PATIENCE: Duration = Duration::from_secs(5);
/// Clients take a breath before each call, so that the times tell the steps apart.
const PACE: Duration = Duration::from_millis(20);

/// Starts a server with the limits of a student's, and the notes' buffer.
pub(super) fn serve<P: Protocol + Send + 'static>(
    model: IoModel,
    trace: &Recorder,
    new_protocol: impl Fn() -> io::Result<P> + Send + Sync + 'static,
) -> io::Result<Background> {
    Background::start(model, (1024, Limits::default()), trace, new_protocol)
}

/// A client that sends what it is told to.
pub(super) struct Client {
    socket: TcpStream,
    link: Link,
    calls: Calls,
}

impl Client {
    /// Connects as client A (0) or B (1).
    pub(super) fn connect(number: u8, address: SocketAddr, trace: &Recorder) -> io::Result<Self> {
        let mut calls = Calls::new(trace.of(Actor::ClientNo(number)).at_pace(PACE));
        let (socket, link) = connect(&address.to_string(), 1 + u64::from(number), &mut calls)?;
        socket.set_nodelay(true)?;
        Ok(Self { socket, link, calls })
    }

    pub(super) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let count = self.calls.send(&self.socket, self.link, rest)?;
            rest = rest.get(count..).unwrap_or_default();
        }
        Ok(())
    }

    /// Receives until `count` bytes are there, the server ends, or patience does.
    pub(super) fn receive(&mut self, count: usize) -> io::Result<String> {
        let (mut bytes, mut buffer, began) = (Vec::new(), [0; 1024], Instant::now());
        while bytes.len() < count && began.elapsed() < PATIENCE {
            self.socket.set_read_timeout(Some(PATIENCE))?;
            match self.calls.receive(&self.socket, self.link, &mut buffer)? {
                0 => break,
                received => bytes.extend_from_slice(buffer.get(..received).unwrap_or_default()),
            }
        }
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Sends a FIN, waits for the server's, and closes.
    pub(super) fn leave(mut self) -> io::Result<()> {
        self.calls.shutdown_write(&self.socket, self.link)?;
        self.receive(1)?;
        self.socket.shutdown(Shutdown::Both).ok();
        self.calls.close(self.socket, self.link);
        Ok(())
    }

    /// The parts of a client for whoever runs a protocol over it.
    pub(super) fn into_parts(self) -> (TcpStream, Link, Calls) {
        (self.socket, self.link, self.calls)
    }
}
