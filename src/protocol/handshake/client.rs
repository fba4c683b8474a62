//! The client's side of the five handshakes, and the lines that it sends afterwards.

use super::Handshake;
use super::pieces::{Inbox, Lacking};
use super::proof::{Nonces, Role, Session, pack};
use crate::crypto::{Challenge, Secret};
use crate::protocol::{Ending, Fact, Next, Protocol, Turn};
use std::time::Duration;

/// How much of a surplus is kept to be shown.
const MAX_SHOWN: usize = 256;

/// One handshake, as the client gives it: it answers one challenge, and where the handshake is mutual it goes on only with a server
/// that has proved itself.
#[derive(Debug)]
pub struct HandshakeClient<'a> {
    handshake: Handshake,
    secret: &'a Secret,
    name: &'a str,
    nonce: Challenge,
    deadline: Duration,
    lines: Vec<Vec<u8>>,
    /// The server's challenge, once it has come.
    server: Option<Challenge>,
    inbox: Inbox,
}

impl<'a> HandshakeClient<'a> {
    /// A client that wants the server `name`, asks it `nonce` (where the handshake is mutual), and gives up after `deadline`.
    #[must_use]
    pub fn new(handshake: Handshake, secret: &'a Secret, name: &'a str, nonce: Challenge, deadline: Duration) -> Self {
        Self { handshake, secret, name, nonce, deadline, lines: Vec::new(), server: None, inbox: Inbox::default() }
    }

    /// The same client, which sends these lines after the handshake. None of them holds a newline.
    #[must_use]
    pub fn saying(self, lines: Vec<Vec<u8>>) -> Self {
        Self { lines, ..self }
    }

    /// The server's challenge that was answered, if one was.
    #[must_use]
    pub fn answered(&self) -> Option<Challenge> {
        self.server
    }

    fn nonces(&self, server: Challenge) -> Nonces<'_> {
        Nonces { server, client: self.nonce, name: self.name }
    }

    fn answer(&mut self, server: Challenge, turn: &mut Turn<'_>) {
        turn.facts.push(Fact::ChallengeReceived { challenge: server });
        if server.is_constant() {
            turn.facts.push(Fact::ChallengeSuspicious { constant: true, seen_before: false });
        }
        let proof = pack(self.handshake.proof(self.secret, Role::Client, &self.nonces(server)).as_bytes());
        let nonce = self.nonce.as_bytes();
        match self.handshake {
            Handshake::Prefix | Handshake::Hmac | Handshake::Mutual => turn.send.extend_from_slice(&proof),
            Handshake::Ordered => turn.send.extend(proof.iter().chain(nonce)),
            Handshake::Bound => turn.send.extend(nonce.iter().chain(&proof)),
        }
        if matches!(self.handshake, Handshake::Ordered | Handshake::Bound) {
            turn.facts.push(Fact::Challenged { challenge: self.nonce });
        }
        turn.facts.push(Fact::Answered { length: self.handshake.hex_len() as i32 });
        self.server = Some(server);
    }

    /// Judges the server's proof.
    fn judge(&mut self, server: Challenge, turn: &mut Turn<'_>) -> Next {
        let digits = match self.inbox.proof(self.handshake) {
            Ok(digits) => digits,
            Err(Lacking::Bytes) => return Next::GoOn,
            Err(Lacking::Length(_) | Lacking::Newline) => return self.unexpected(turn),
        };
        if !self.handshake.is_right(self.secret, Role::Server, &self.nonces(server), &digits) {
            turn.facts.push(Fact::ServerRefused);
            return Next::End(Ending::Refused);
        }
        turn.facts.push(Fact::ServerProved);
        self.say(server, turn);
        Next::End(Ending::Ok)
    }

    fn say(&mut self, server: Challenge, turn: &mut Turn<'_>) {
        let mut session = (self.handshake == Handshake::Bound).then(|| Session::new(self.secret, &self.nonces(server)));
        for line in &self.lines {
            match &mut session {
                Some(session) => turn.send.extend_from_slice(&session.seal(line)),
                None => turn.send.extend_from_slice(line),
            }
            turn.send.push(b'\n');
        }
    }

    fn unexpected(&mut self, turn: &mut Turn<'_>) -> Next {
        let mut bytes = self.inbox.take_rest();
        bytes.truncate(MAX_SHOWN);
        turn.facts.push(Fact::Surplus { answered: self.server.is_some(), bytes });
        Next::End(Ending::Unexpected)
    }
}

impl Protocol for HandshakeClient<'_> {
    const ENDS_BY_ITSELF: bool = true;

    fn connected(&mut self, turn: &mut Turn<'_>) -> Next {
        if self.handshake == Handshake::Mutual {
            turn.send.extend_from_slice(self.nonce.as_bytes());
            turn.facts.push(Fact::Challenged { challenge: self.nonce });
        }
        Next::GoOn
    }

    fn received(&mut self, bytes: &[u8], turn: &mut Turn<'_>) -> Next {
        self.inbox.add(bytes);
        let server = match self.server {
            Some(server) => server,
            None => {
                let Ok(server) = self.inbox.challenge() else { return Next::GoOn };
                self.answer(server, turn);
                server
            }
        };
        if self.handshake.is_mutual() {
            return self.judge(server, turn);
        }
        if self.inbox.len() > 0 {
            return self.unexpected(turn);
        }
        // The server says nothing: whoever has something to say goes on as if it had said ok.
        if self.lines.is_empty() {
            return Next::GoOn;
        }
        self.say(server, turn);
        Next::End(Ending::Answered)
    }

    fn peer_ended(&mut self, turn: &mut Turn<'_>) -> Ending {
        if self.server.is_some() && !self.handshake.is_mutual() {
            return Ending::Answered;
        }
        let expected = if self.server.is_some() { self.handshake.proof_len() } else { Challenge::LEN };
        turn.facts.push(Fact::EndedEarly { got: self.inbox.len(), expected });
        Ending::EofEarly
    }

    fn deadline_passed(&mut self, turn: &mut Turn<'_>) -> Ending {
        // A server of the notes may leave the connection open after its verdict.
        if self.server.is_some() && !self.handshake.is_mutual() {
            return Ending::Answered;
        }
        let expected = if self.server.is_some() { self.handshake.proof_len() } else { Challenge::LEN };
        turn.facts.push(Fact::TooSlow { got: self.inbox.len(), expected });
        Ending::HandshakeTimeout
    }

    fn deadline(&self) -> Option<Duration> {
        Some(self.deadline)
    }
}
