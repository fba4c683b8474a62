//! What is said over a connection, with no socket, no clock and no randomness in it (the field calls this *sans-IO*).
//!
//! A protocol is a value that is told what happened and says what it wants sent. Who owns the socket, and when it is
//! called, is the business of the I/O models in [`net`](crate::net): the same [`Upper`] runs under all three of them, and
//! is tested here without any.
//!
//! ```
//! use day30::protocol::{Next, Protocol, Turn, Upper};
//!
//! let (mut send, mut facts) = (Vec::new(), Vec::new());
//! let mut turn = Turn { send: &mut send, facts: &mut facts };
//! let mut upper = Upper::default();
//!
//! assert_eq!(upper.received("stra\u{df}e".as_bytes(), &mut turn), Next::GoOn);
//! assert_eq!(send, b"STRASSE");
//! ```

mod auth_client;
mod auth_server;
mod ending;
mod fact;
mod handshake;
mod replies;
mod upper;

pub use auth_client::AuthClient;
pub use auth_server::AuthServer;
pub use ending::Ending;
pub use fact::{Fact, Forgery, LengthGuess, Misbehaviour, Mismatch};
pub use handshake::{Handshake, HandshakeClient, HandshakeServer, Nonces, Role, Session, field, pack};
pub use replies::Replies;
pub use upper::{Upper, upper_case_len};

use std::time::Duration;

/// Lesson 2's message from client to server starts with a length of this many bytes, little-endian and signed.
pub const LENGTH_BYTES: usize = 4;

/// What a protocol may do while it is called: say something to the peer, and tell what it learned.
#[derive(Debug)]
pub struct Turn<'a> {
    /// Bytes for the peer are appended here. The buffer is the connection's: nothing is allocated for each message.
    pub send: &'a mut Vec<u8>,
    /// Facts for the trace are appended here.
    pub facts: &'a mut Vec<Fact>,
}

/// What comes after a call of a protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Go on: call again when there is more.
    GoOn,
    /// Send what is in the buffer, then close. The protocol is not to be called again.
    End(Ending),
}

/// One conversation over one connection, seen from one side.
///
/// The connection calls [`connected`](Protocol::connected) once and first, then [`received`](Protocol::received) for
/// whatever arrives, in whatever pieces, and at last one of [`peer_ended`](Protocol::peer_ended) or
/// [`deadline_passed`](Protocol::deadline_passed), unless a call returned [`Next::End`] before.
pub trait Protocol {
    /// Whether each conversation comes to an end of its own within its [`deadline`](Protocol::deadline), so that a
    /// stopping server waits for it. One that goes on for as long as the peer likes is ended between two messages.
    const ENDS_BY_ITSELF: bool;

    /// The connection is open. A side that speaks first does so here.
    fn connected(&mut self, turn: &mut Turn<'_>) -> Next;

    /// `bytes` arrived; never empty. TCP keeps the bytes and their order, and nothing else: a message may come in
    /// pieces, and two messages may come as one.
    fn received(&mut self, bytes: &[u8], turn: &mut Turn<'_>) -> Next;

    /// The peer will send no more (`recv` gave zero bytes). It may still be reading.
    fn peer_ended(&mut self, turn: &mut Turn<'_>) -> Ending;

    /// The time that [`deadline`](Protocol::deadline) allowed is over.
    fn deadline_passed(&mut self, turn: &mut Turn<'_>) -> Ending;

    /// Whether a server that is full may drop this client for a new one: somebody who has shown nothing yet must not be able
    /// to keep everybody else out.
    fn may_be_evicted(&self) -> bool {
        false
    }

    /// It is dropped for a new client, because it [`may_be_evicted`](Protocol::may_be_evicted).
    fn evicted(&mut self, _: &mut Turn<'_>) -> Ending {
        Ending::Evicted
    }

    /// How long after [`connected`](Protocol::connected) the conversation may last, where that is bounded. It is
    /// absolute: a peer that drips one byte a second does not extend it.
    fn deadline(&self) -> Option<Duration> {
        None
    }
}
