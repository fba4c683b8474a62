//! One connection: a socket at each end, and what lies in the kernel between them.

use crate::protocol::{Ending, Fact};
use crate::trace::{Actor, Outcome};
use std::collections::VecDeque;
use std::io::ErrorKind;
use std::net::SocketAddr;

/// How many of the bytes that lie in the kernel are kept to be shown.
const SHOWN: usize = 4096;

/// One of a connection's two ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// Who connected.
    Client,
    /// Who accepted.
    Server,
}

impl Side {
    /// The other end.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }
}

/// Bytes that the kernel has and the program not yet: on their way, or in the receive buffer. From outside nobody can tell which.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Buffer {
    /// How many.
    pub count: u64,
    /// The first of them, as far as they are known.
    pub bytes: VecDeque<u8>,
}

impl Buffer {
    fn push(&mut self, count: usize, data: &[u8]) {
        // Behind a gap nothing can be shown.
        if self.bytes.len() as u64 == self.count {
            self.bytes.extend(data.iter().take(SHOWN.saturating_sub(self.bytes.len())));
        }
        self.count = self.count.saturating_add(count as u64);
    }

    fn pop(&mut self, count: usize) {
        self.bytes.drain(..count.min(self.bytes.len()));
        self.count = self.count.saturating_sub(count as u64);
    }
}

/// A socket at one end of a connection, as far as the trace knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct End {
    /// Whose it is; `None` where nobody has told of this end so far.
    pub actor: Option<Actor>,
    /// Whether its calls wait; `None` where it is not known.
    pub blocking: Option<bool>,
    /// Bytes that its program has sent.
    pub sent: u64,
    /// Bytes that its program has received.
    pub received: u64,
    /// Bytes that a short `send` left with the program.
    pub unsent: u64,
    /// What the kernel has for its program; `None` where the other end is not told of.
    pub incoming: Option<Buffer>,
    /// It has shut down sending.
    pub fin_sent: bool,
    /// `recv` gave 0: the program knows that the peer sends no more.
    pub fin_received: bool,
    /// A call said that the connection is broken.
    pub reset: bool,
    /// This end has sent a reset itself: it was closed with bytes unread, or on purpose.
    pub reset_sent: bool,
    /// It is closed.
    pub closed: bool,
    /// What its protocol learned last.
    pub fact: Option<Fact>,
    /// How it ended.
    pub ending: Option<Ending>,
}

/// Where a socket is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Bytes can go both ways.
    Open,
    /// This end sends no more, the other one may.
    FinSent,
    /// The other end sends no more, this one may.
    FinReceived,
    /// Neither sends any more.
    BothFins,
    /// A reset ended it.
    Reset,
    /// It is closed.
    Closed,
}

impl End {
    /// Where the socket is in its life.
    #[must_use]
    pub fn condition(&self) -> Condition {
        match (self.closed, self.reset, self.fin_sent, self.fin_received) {
            (true, ..) => Condition::Closed,
            (_, true, ..) => Condition::Reset,
            (_, _, true, true) => Condition::BothFins,
            (_, _, true, false) => Condition::FinSent,
            (_, _, false, true) => Condition::FinReceived,
            (_, _, false, false) => Condition::Open,
        }
    }

    /// Whether a reset ended the connection, as far as this end knows: a call or its program said so, or it sent one itself.
    #[must_use]
    pub fn is_reset(&self) -> bool {
        self.reset || self.reset_sent
    }

    /// Learns a fact; that a character is whole again takes back that it was held.
    pub(super) fn learn(&mut self, fact: &Fact) {
        self.fact = (!matches!(fact, Fact::LetterWhole { .. })).then(|| fact.clone());
    }

    /// Closes it. A FIN follows what was sent, unless the connection is broken, or bytes were left unread: then it is a reset.
    pub(super) fn close(&mut self) {
        self.closed = true;
        self.reset_sent |= self.incoming.as_ref().is_some_and(|incoming| incoming.count > 0);
        self.fin_sent |= !self.reset && !self.reset_sent;
    }

    pub(super) fn end(&mut self, ending: Ending) {
        self.ending = Some(ending);
        self.reset |= ending == Ending::Reset;
        self.reset_sent |= ending == Ending::ResetSent;
    }

    fn failed(&mut self, outcome: Outcome) {
        if let Outcome::Failed(errno) = outcome {
            self.reset |= tells_of_a_reset(errno.error, self.fin_sent);
        }
    }
}

/// Whether a call that failed so tells that the peer has reset the connection. Behind a FIN of its own, a program gets `EPIPE` without
/// the peer.
#[must_use]
pub fn tells_of_a_reset(error: ErrorKind, fin_sent: bool) -> bool {
    match error {
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted => true,
        ErrorKind::BrokenPipe => !fin_sent,
        _ => false,
    }
}

/// One connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Which of all it is, counted from 1 in the order of their beginning; no two of a lesson have the same.
    pub serial: u64,
    /// Its number: the server's, where that is known.
    pub id: u64,
    /// Who connected; `None` in an old record until somebody tells.
    pub client_address: Option<SocketAddr>,
    /// To whom.
    pub server_address: SocketAddr,
    /// Whether `accept` has taken it out of the accept queue; true where nobody tells of the server.
    pub accepted: bool,
    /// The client's socket.
    pub client: End,
    /// The server's socket.
    pub server: End,
}

impl Connection {
    /// The socket of one side.
    #[must_use]
    pub fn end(&self, side: Side) -> &End {
        match side {
            Side::Client => &self.client,
            Side::Server => &self.server,
        }
    }

    pub(super) fn end_mut(&mut self, side: Side) -> &mut End {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    /// Whether every end that is told of is closed.
    #[must_use]
    pub fn is_over(&self) -> bool {
        [&self.client, &self.server].iter().all(|end| end.actor.is_none() || end.closed || end.ending.is_some())
    }

    pub(super) fn received(&mut self, side: Side, outcome: Outcome) {
        let end = self.end_mut(side);
        end.failed(outcome);
        let Outcome::Count { ok } = outcome else { return };
        end.received = end.received.saturating_add(ok as u64);
        end.fin_received |= ok == 0;
        if let Some(incoming) = &mut end.incoming {
            incoming.pop(ok);
        }
    }

    pub(super) fn sent(&mut self, side: Side, outcome: Outcome, data: &[u8], asked: Option<usize>) {
        let end = self.end_mut(side);
        end.failed(outcome);
        let ok = match outcome {
            Outcome::Count { ok } => ok,
            _ => 0,
        };
        end.sent = end.sent.saturating_add(ok as u64);
        end.unsent = asked.map_or(0, |asked| asked.saturating_sub(ok) as u64);
        // What is sent to a socket that is closed comes to nothing.
        let peer = self.end_mut(side.other());
        if let Some(incoming) = peer.incoming.as_mut().filter(|_| ok > 0 && !peer.closed) {
            incoming.push(ok, data);
        }
    }
}
