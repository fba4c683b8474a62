//! A server that is attacked: started here, on a port that the system chose.

use super::student::Process;
use crate::net::IoModel;
use crate::net::background::Background;
use crate::net::limits::Limits;
use crate::protocol::Protocol;
use crate::trace::Recorder;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

/// A server that was started here, and the only way to one: there is no address in it that anybody could give.
#[derive(Debug)]
pub(crate) struct Victim(Kind);

#[derive(Debug)]
enum Kind {
    /// In a thread of its own.
    Thread(Background),
    /// A student's own program.
    Program(Arc<Process>),
}

impl Victim {
    /// Starts a server on a free port of 127.0.0.1.
    pub(super) fn start<P: Protocol + Send + 'static>(
        trace: &Recorder,
        limits: Limits,
        new_protocol: impl Fn() -> io::Result<P> + Send + Sync + 'static,
    ) -> io::Result<Self> {
        Background::start(IoModel::Threads, (4096, limits), trace, new_protocol)
            .map(|server| Self(Kind::Thread(server)))
    }

    /// Where it listens: on this machine, whatever happens.
    pub(super) fn address(&self) -> io::Result<SocketAddr> {
        let port = match &self.0 {
            Kind::Thread(server) => server.address().port(),
            Kind::Program(process) => process.port()?,
        };
        Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
    }

    /// A student's program.
    pub(super) fn program(process: Process) -> Self {
        Self(Kind::Program(Arc::new(process)))
    }

    /// The program, if it is one.
    pub(in crate::attack) fn process(&self) -> Option<&Arc<Process>> {
        match &self.0 {
            Kind::Thread(_) => None,
            Kind::Program(process) => Some(process),
        }
    }

    /// Stops it, as Ctrl-C would, and waits until all of its clients have ended.
    pub(super) fn stop(self) -> io::Result<()> {
        match self.0 {
            Kind::Thread(server) => server.stop().map(drop),
            // Dropped, it is killed.
            Kind::Program(_) => Ok(()),
        }
    }
}
