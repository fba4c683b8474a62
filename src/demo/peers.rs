//! The peers of a demo: a server in a thread of its own, and clients that send what they are told to.

use crate::net::address::{connect, listen};
use crate::net::calls::Calls;
use crate::net::limits::Limits;
use crate::net::server::{Plan, Server};
use crate::net::stop::Stop;
use crate::net::{self, IoModel, Served};
use crate::protocol::Protocol;
use crate::trace::{Actor, Link, Recorder};
use std::io;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// A demo never hangs: whatever takes longer than this counts as not seen.
const PATIENCE: Duration = Duration::from_secs(5);
/// Clients take a breath before each call, so that the times tell the steps apart.
const PACE: Duration = Duration::from_millis(20);

/// A server that runs in a thread.
pub(super) struct Running {
    pub(super) address: SocketAddr,
    stop: Arc<Stop>,
    thread: JoinHandle<io::Result<Served>>,
}

impl Running {
    /// Starts a server on a free port.
    pub(super) fn start<P: Protocol + Send + 'static>(
        model: IoModel,
        trace: &Recorder,
        new_protocol: impl Fn() -> io::Result<P> + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let stop = Arc::new(Stop::default());
        let plan = Plan {
            buffer: 1024,
            limits: Limits::default(),
            busy_poll: Duration::ZERO,
            once: false,
            penalize: false,
            trace: trace.clone(),
            stop: Arc::clone(&stop),
        };
        let server = Server::new(plan, new_protocol, |_, _| {});
        let (tell, told) = mpsc::channel();
        let mut calls = Calls::new(trace.clone());
        // The server's thread makes all of its calls, as in a program of its own.
        let thread = thread::Builder::new().name("server".into()).spawn(move || {
            let listener = listen("127.0.0.1:0", &mut calls)?;
            // Whoever started it waits for this.
            let _ = tell.send(listener.local_addr()?);
            net::serve(model, server, listener)
        })?;
        match told.recv() {
            Ok(address) => Ok(Self { address, stop, thread }),
            Err(_) => Err(ended(thread).err().unwrap_or_else(|| io::ErrorKind::AddrNotAvailable.into())),
        }
    }

    /// Stops it, as Ctrl-C would, and gives what it served.
    pub(super) fn stop(self) -> io::Result<Served> {
        self.stop.request();
        ended(self.thread)
    }
}

fn ended(thread: JoinHandle<io::Result<Served>>) -> io::Result<Served> {
    thread.join().unwrap_or_else(|_| Err(io::Error::other("the server's thread panicked")))
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
