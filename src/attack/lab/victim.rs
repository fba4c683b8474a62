//! A server that is attacked: started here, on a port that the system chose.

use super::student::Process;
use crate::net::address::listen;
use crate::net::calls::Calls;
use crate::net::limits::Limits;
use crate::net::server::{Plan, Server};
use crate::net::stop::Stop;
use crate::net::{self, IoModel, Served};
use crate::protocol::Protocol;
use crate::trace::Recorder;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// A server that was started here, and the only way to one: there is no address in it that anybody could give.
#[derive(Debug)]
pub(crate) struct Victim(Kind);

#[derive(Debug)]
enum Kind {
    /// In a thread of its own.
    Thread { port: u16, stop: Arc<Stop>, thread: JoinHandle<io::Result<Served>> },
    /// A student's own program.
    Program(Box<Process>),
}

impl Victim {
    /// Starts a server on a free port of 127.0.0.1.
    pub(super) fn start<P: Protocol + Send + 'static>(
        trace: &Recorder,
        limits: Limits,
        new_protocol: impl Fn() -> io::Result<P> + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let stop = Arc::new(Stop::default());
        let plan = Plan {
            buffer: 4096,
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
        let thread = thread::Builder::new().name("server".into()).spawn(move || {
            let listener = listen("127.0.0.1:0", &mut calls)?;
            // Whoever started it waits for this.
            let _ = tell.send(listener.local_addr()?.port());
            net::serve(IoModel::Threads, server, listener)
        })?;
        match told.recv() {
            Ok(port) => Ok(Self(Kind::Thread { port, stop, thread })),
            Err(_) => Err(ended(thread).err().unwrap_or_else(|| io::ErrorKind::AddrNotAvailable.into())),
        }
    }

    /// Where it listens: on this machine, whatever happens.
    pub(super) fn address(&self) -> io::Result<SocketAddr> {
        let port = match &self.0 {
            Kind::Thread { port, .. } => *port,
            Kind::Program(process) => process.port()?,
        };
        Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
    }

    /// A student's program.
    pub(super) fn program(process: Process) -> Self {
        Self(Kind::Program(Box::new(process)))
    }

    /// The program, if it is one.
    pub(super) fn process(&self) -> Option<&Process> {
        match &self.0 {
            Kind::Thread { .. } => None,
            Kind::Program(process) => Some(process),
        }
    }

    /// Stops it, as Ctrl-C would, and waits until all of its clients have ended.
    pub(super) fn stop(self) -> io::Result<()> {
        match self.0 {
            Kind::Thread { stop, thread, .. } => {
                stop.request();
                ended(thread).map(drop)
            }
            // Dropped, it is killed.
            Kind::Program(_) => Ok(()),
        }
    }
}

fn ended(thread: JoinHandle<io::Result<Served>>) -> io::Result<Served> {
    thread.join().unwrap_or_else(|_| Err(io::Error::other("the server's thread panicked")))
}
