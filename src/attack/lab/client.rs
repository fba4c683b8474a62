//! Honest clients, which do what the handshake says; and the attacker as one, with a secret that it guessed.

use super::conn::is_over;
use super::student::Process;
use super::{BANK, PATIENCE};
use crate::crypto::Secret;
use crate::net::address::connect;
use crate::net::calls::Calls;
use crate::net::prove::prove;
use crate::protocol::{Ending, Fact, Forgery, Handshake, HandshakeClient, Protocol};
use crate::random;
use crate::trace::Recorder;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

/// A client that was started here: in a thread of its own, or a student's program.
#[derive(Debug)]
pub(crate) enum Client {
    /// Ours.
    Thread(JoinHandle<io::Result<Ending>>),
    /// A student's.
    Program(Box<Process>),
}

impl Client {
    /// Starts a client that wants the server `name` and connects to `address`, where somebody else may be.
    pub(super) fn start(
        handshake: Handshake,
        secret: &Arc<Secret>,
        name: &'static str,
        lines: Vec<Vec<u8>>,
        address: SocketAddr,
        trace: Recorder,
        number: Option<u8>,
    ) -> io::Result<Self> {
        let (secret, nonce) = (Arc::clone(secret), random::challenge()?);
        let thread = thread::Builder::new().name("client".into()).spawn(move || {
            let mut calls = Calls::new(trace);
            let (socket, link) = connect(&address.to_string(), 1 + u64::from(number.unwrap_or(0)), &mut calls)?;
            let client = HandshakeClient::new(handshake, &secret, name, nonce, PATIENCE);
            prove(socket, link, &mut client.saying(lines), &mut calls)
        })?;
        Ok(Self::Thread(thread))
    }

    /// The same for any protocol.
    pub(super) fn start_with<P: Protocol + Send + 'static>(
        mut protocol: P,
        address: SocketAddr,
        trace: Recorder,
    ) -> io::Result<Self> {
        let thread = thread::Builder::new().name("client".into()).spawn(move || {
            let mut calls = Calls::new(trace);
            let (socket, link) = connect(&address.to_string(), 1, &mut calls)?;
            prove(socket, link, &mut protocol, &mut calls)
        })?;
        Ok(Self::Thread(thread))
    }

    /// A student's program, which was told where the attacker is.
    pub(super) fn program(process: Process) -> Self {
        Self::Program(Box::new(process))
    }

    /// How it ended; `None` if the connection broke under it.
    pub(in crate::attack) fn ended(self) -> io::Result<Option<Ending>> {
        let thread = match self {
            Self::Thread(thread) => thread,
            Self::Program(process) => return Ok(process.ended()),
        };
        match thread.join() {
            Ok(Ok(ending)) => Ok(Some(ending)),
            Ok(Err(error)) if is_over(&error) => Ok(None),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(io::Error::other("the client's thread panicked")),
        }
    }
}

/// Logs in with a guessed secret, and says one line; gives the address that it came from.
pub(super) fn log_in(
    handshake: Handshake,
    guess: &Secret,
    address: SocketAddr,
    id: u64,
    line: Option<&[u8]>,
    trace: Recorder,
) -> io::Result<SocketAddr> {
    let mut calls = Calls::new(trace);
    let (socket, link) = connect(&address.to_string(), id, &mut calls)?;
    calls.trace.fact(link, Fact::Forged { bytes: handshake.proof_len() as u64, forgery: Forgery::Guessed });
    let client = HandshakeClient::new(handshake, guess, BANK, random::challenge()?, PATIENCE);
    match prove(socket, link, &mut client.saying(line.map(<[u8]>::to_vec).into_iter().collect()), &mut calls) {
        Err(error) if !is_over(&error) => Err(error),
        _ => Ok(link.local),
    }
}
