//! A server in a thread of its own, for those in this process that talk to it: the clients of a demo, and an attacker.

use super::address::listen;
use super::calls::Calls;
use super::limits::Limits;
use super::server::{Plan, Server};
use super::stop::Stop;
use super::{IoModel, Served, serve};
use crate::protocol::Protocol;
use crate::trace::Recorder;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// A server that runs in the background, on a port of 127.0.0.1 that the system chose.
#[derive(Debug)]
pub struct Background {
    address: SocketAddr,
    stop: Arc<Stop>,
    thread: JoinHandle<io::Result<Served>>,
}

impl Background {
    /// Starts a server, and waits until it listens. `buffer` is for how many bytes each of its `recv` calls asks.
    ///
    /// # Errors
    ///
    /// What the thread, or one of the server's first calls, could not do.
    pub fn start<P: Protocol + Send + 'static>(
        model: IoModel,
        (buffer, limits): (usize, Limits),
        trace: &Recorder,
        new_protocol: impl Fn() -> io::Result<P> + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let stop = Arc::new(Stop::default());
        let plan = Plan {
            buffer,
            limits,
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
            serve(model, server, listener)
        })?;
        match told.recv() {
            Ok(address) => Ok(Self { address, stop, thread }),
            Err(_) => Err(ended(thread).err().unwrap_or_else(|| io::ErrorKind::AddrNotAvailable.into())),
        }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops it, as Ctrl-C would, waits until all of its clients have ended, and gives what it served.
    ///
    /// # Errors
    ///
    /// What ended it before.
    pub fn stop(self) -> io::Result<Served> {
        self.stop.request();
        ended(self.thread)
    }
}

fn ended(thread: JoinHandle<io::Result<Served>>) -> io::Result<Served> {
    thread.join().unwrap_or_else(|_| Err(io::Error::other("the server's thread panicked")))
}
