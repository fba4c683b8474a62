//! Honest clients, which do what the handshake says; and the attacker as one, with a secret that it guessed.

use super::conn::is_over;
use super::student::Process;
use super::victim::Victim;
use super::{BANK, PATIENCE};
use crate::crypto::Secret;
use crate::net::address::connect;
use crate::net::calls::Calls;
use crate::net::prove::prove;
use crate::protocol::{Ending, Fact, Forgery, Handshake, HandshakeClient, Next, Protocol, Turn};
use crate::random;
use crate::trace::{Actor, FarEnd, Recorder};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// A client that was started here: in a thread of its own, or a student's program.
#[derive(Debug)]
pub(crate) enum Client {
    /// Ours.
    Thread(JoinHandle<io::Result<Ending>>),
    /// A student's.
    Program(Box<Process>),
}

impl Client {
    /// Starts a client that wants the server `name` and connects to `address`, where somebody else may be. It says these lines, and
    /// waits so long for the handshake.
    pub(super) fn start(
        handshake: Handshake,
        secret: &Arc<Secret>,
        name: &'static str,
        (lines, patience): (Vec<Vec<u8>>, Duration),
        address: SocketAddr,
        trace: Recorder,
        number: Option<u8>,
    ) -> io::Result<Self> {
        let (secret, nonce) = (Arc::clone(secret), random::challenge()?);
        let thread = thread::Builder::new().name("client".into()).spawn(move || {
            let mut calls = Calls::new(trace);
            let (socket, link) = connect(&address.to_string(), number_of(number), &mut calls)?;
            let client = HandshakeClient::new(handshake, &secret, name, nonce, patience);
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
            let (socket, link) = connect(&address.to_string(), number_of(None), &mut calls)?;
            prove(socket, link, &mut protocol, &mut calls)
        })?;
        Ok(Self::Thread(thread))
    }

    /// A student's program, which was told where the attacker is.
    pub(super) fn program(process: Process) -> Self {
        Self::Program(Box::new(process))
    }

    /// Whether the connection from `peer` to `door` may be its own: nobody else's client is attacked.
    pub(super) fn may_have(&self, peer: SocketAddr, door: SocketAddr) -> bool {
        match self {
            Self::Thread(_) => true,
            Self::Program(process) => process.may_have(peer, door),
        }
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

/// The number of a client's connection, as an attacker in the middle has it: so a player knows whose it is.
fn number_of(client: Option<u8>) -> u64 {
    FarEnd::Client(Actor::client(client)).id()
}

/// Logs in with a guessed secret, and says one line; gives the address that it came from.
pub(super) fn log_in(
    handshake: Handshake,
    guess: &Secret,
    server: &Victim,
    id: u64,
    line: Option<&[u8]>,
    trace: Recorder,
) -> io::Result<SocketAddr> {
    let mut calls = Calls::new(trace);
    let (socket, link) = connect(&server.address()?.to_string(), id, &mut calls)?;
    calls.trace.fact(link, Fact::Forged { bytes: handshake.proof_len() as u64, forgery: Forgery::Guessed });
    let client = HandshakeClient::new(handshake, guess, BANK, random::challenge()?, PATIENCE);
    let client = client.saying(line.map(<[u8]>::to_vec).into_iter().collect());
    let mut careful = Careful { client, server, from: link.local, refused: None };
    let proved = prove(socket, link, &mut careful, &mut calls);
    match (careful.refused, proved) {
        (Some(error), _) => Err(error),
        (None, Err(error)) if !is_over(&error) => Err(error),
        _ => Ok(link.local),
    }
}

/// A client that looks, before it answers, whether it is the victim that asks.
struct Careful<'v> {
    client: HandshakeClient<'v>,
    server: &'v Victim,
    from: SocketAddr,
    refused: Option<io::Error>,
}

impl Protocol for Careful<'_> {
    const ENDS_BY_ITSELF: bool = true;

    fn connected(&mut self, turn: &mut Turn<'_>) -> Next {
        self.client.connected(turn)
    }

    fn received(&mut self, bytes: &[u8], turn: &mut Turn<'_>) -> Next {
        match self.server.process().map_or(Ok(()), |process| process.stands_alone(self.from)) {
            Ok(()) => self.client.received(bytes, turn),
            Err(error) => {
                self.refused = Some(error);
                Next::End(Ending::Unexpected)
            }
        }
    }

    fn peer_ended(&mut self, turn: &mut Turn<'_>) -> Ending {
        self.client.peer_ended(turn)
    }

    fn deadline_passed(&mut self, turn: &mut Turn<'_>) -> Ending {
        self.client.deadline_passed(turn)
    }

    fn deadline(&self) -> Option<Duration> {
        self.client.deadline()
    }
}
