//! The server's side of the five handshakes, and of the lines after them.

use super::Handshake;
use super::pieces::{Inbox, Lacking, Piece};
use super::proof::{Nonces, Role, Session, pack};
use crate::crypto::{Challenge, Scheme, Secret};
use crate::protocol::auth_server::guess;
use crate::protocol::{Ending, Fact, LENGTH_BYTES, Mismatch, Next, Protocol, Turn};
use byteorder::{ByteOrder, LittleEndian};
use std::sync::Arc;
use std::time::Duration;

/// One client's handshake, and the lines that it sends afterwards, as the server sees them.
#[derive(Debug)]
pub struct HandshakeServer {
    handshake: Handshake,
    secret: Arc<Secret>,
    name: Arc<str>,
    nonce: Challenge,
    deadline: Duration,
    takes_lines: bool,
    awaits: &'static [Piece],
    /// All zeros as long as it has not come.
    client: Challenge,
    inbox: Inbox,
    begun: bool,
    proved: bool,
    session: Option<Session>,
}

/// What comes after one step.
enum Step {
    Again,
    Wait,
    End(Ending),
}

impl HandshakeServer {
    /// The server `name`, which asks `nonce` and gives the client `deadline` for its proof, all in all.
    #[must_use]
    pub fn new(
        handshake: Handshake,
        secret: Arc<Secret>,
        name: Arc<str>,
        nonce: Challenge,
        deadline: Duration,
    ) -> Self {
        let awaits: &[Piece] = match handshake {
            Handshake::Prefix | Handshake::Hmac => &[Piece::Proof],
            Handshake::Ordered => &[Piece::Proof, Piece::Challenge],
            Handshake::Mutual | Handshake::Bound => &[Piece::Challenge, Piece::Proof],
        };
        let client = Challenge::new([0; Challenge::LEN]);
        let (inbox, takes_lines) = (Inbox::default(), handshake.is_mutual());
        Self {
            handshake,
            secret,
            name,
            nonce,
            deadline,
            takes_lines,
            awaits,
            client,
            inbox,
            begun: false,
            proved: false,
            session: None,
        }
    }

    /// The same server, which takes lines after the handshake also where the notes' closes.
    #[must_use]
    pub fn taking_lines(self) -> Self {
        Self { takes_lines: true, ..self }
    }

    fn nonces(&self) -> Nonces<'_> {
        Nonces { server: self.nonce, client: self.client, name: &self.name }
    }

    fn prove(&self, turn: &mut Turn<'_>) {
        let digits = self.handshake.proof(&self.secret, Role::Server, &self.nonces());
        turn.send.extend_from_slice(&pack(digits.as_bytes()));
        turn.facts.push(Fact::Answered { length: self.handshake.hex_len() as i32 });
    }

    fn step(&mut self, turn: &mut Turn<'_>) -> Step {
        let Some((piece, later)) = self.awaits.split_first() else { return self.line(turn) };
        let taken = match piece {
            Piece::Challenge => self.inbox.challenge().map(|challenge| self.asked(challenge, turn)),
            Piece::Proof => self.inbox.proof(self.handshake).map(|digits| self.judge(&digits, turn)),
        };
        match taken {
            Err(lacking) => return self.lacks(&lacking, turn),
            Ok(Some(ending)) => return Step::End(ending),
            Ok(None) => {}
        }
        self.awaits = later;
        if !later.is_empty() {
            return Step::Again;
        }
        if matches!(self.handshake, Handshake::Ordered | Handshake::Bound) {
            self.prove(turn);
        }
        if !self.takes_lines {
            return Step::End(Ending::Ok);
        }
        self.session = (self.handshake == Handshake::Bound).then(|| Session::new(&self.secret, &self.nonces()));
        Step::Again
    }

    /// The client asks too.
    fn asked(&mut self, challenge: Challenge, turn: &mut Turn<'_>) -> Option<Ending> {
        turn.facts.push(Fact::ChallengeReceived { challenge });
        self.client = challenge;
        // It has shown nothing yet, and is answered all the same: this is what a reflection lives on.
        if self.handshake == Handshake::Mutual {
            self.prove(turn);
        }
        None
    }

    fn judge(&mut self, digits: &[u8], turn: &mut Turn<'_>) -> Option<Ending> {
        turn.facts.push(Fact::LengthRead { length: self.handshake.hex_len() as i32 });
        self.proved = self.handshake.is_right(&self.secret, Role::Client, &self.nonces(), digits);
        if self.proved {
            turn.facts.push(Fact::Proved);
            return None;
        }
        let mismatch = match self.handshake {
            Handshake::Prefix => Scheme::Md5.explain(&self.secret, &self.nonce, digits),
            Handshake::Hmac => Scheme::HmacSha256.explain(&self.secret, &self.nonce, digits),
            Handshake::Bound if self.handshake.is_right(&self.secret, Role::Server, &self.nonces(), digits) => {
                Mismatch::OtherRole
            }
            Handshake::Bound => Mismatch::Elsewhere,
            Handshake::Mutual | Handshake::Ordered => Mismatch::Unknown,
        };
        turn.facts.push(Fact::Refused { mismatch });
        Some(Ending::Refused)
    }

    fn lacks(&self, lacking: &Lacking, turn: &mut Turn<'_>) -> Step {
        match lacking {
            Lacking::Bytes => Step::Wait,
            Lacking::Length(bytes) => {
                let (length, expected) = (LittleEndian::read_i32(bytes), self.handshake.hex_len() as i32);
                turn.facts.push(Fact::BadLength { length, expected, guess: guess(*bytes, length, expected) });
                Step::End(Ending::BadLength)
            }
            Lacking::Newline => Step::End(Ending::Unexpected),
        }
    }

    fn line(&mut self, turn: &mut Turn<'_>) -> Step {
        let line = match self.inbox.line() {
            Ok(line) => line,
            Err(lacking) => return self.lacks(&lacking, turn),
        };
        let text = match &mut self.session {
            Some(session) => session.open(&line).map(<[u8]>::to_vec),
            None => Some(line),
        };
        match text {
            Some(text) => {
                turn.facts.push(Fact::LineTaken { text });
                Step::Again
            }
            None => {
                turn.facts.push(Fact::LineRefused);
                Step::End(Ending::BadMac)
            }
        }
    }

    /// How many bytes of the piece that is awaited have come, and how many it has.
    fn progress(&self) -> (usize, usize) {
        let expected = match self.awaits.first() {
            Some(Piece::Challenge) => Challenge::LEN,
            Some(Piece::Proof) => LENGTH_BYTES + self.handshake.hex_len(),
            None => 0,
        };
        (self.inbox.len(), expected)
    }
}

impl Protocol for HandshakeServer {
    const ENDS_BY_ITSELF: bool = true;

    fn connected(&mut self, turn: &mut Turn<'_>) -> Next {
        turn.send.extend_from_slice(self.nonce.as_bytes());
        turn.facts.push(Fact::Challenged { challenge: self.nonce });
        Next::GoOn
    }

    fn received(&mut self, bytes: &[u8], turn: &mut Turn<'_>) -> Next {
        self.begun = true;
        self.inbox.add(bytes);
        loop {
            match self.step(turn) {
                Step::Again => {}
                Step::Wait => return Next::GoOn,
                Step::End(ending) => return Next::End(ending),
            }
        }
    }

    fn peer_ended(&mut self, turn: &mut Turn<'_>) -> Ending {
        let (got, expected) = self.progress();
        if self.awaits.is_empty() {
            return Ending::Ok;
        }
        if !self.begun {
            return Ending::Eof;
        }
        turn.facts.push(Fact::EndedEarly { got, expected });
        Ending::EofEarly
    }

    fn deadline_passed(&mut self, turn: &mut Turn<'_>) -> Ending {
        let (got, expected) = self.progress();
        turn.facts.push(Fact::TooSlow { got, expected });
        Ending::HandshakeTimeout
    }

    fn may_be_evicted(&self) -> bool {
        !self.proved
    }

    fn evicted(&mut self, turn: &mut Turn<'_>) -> Ending {
        let (got, expected) = self.progress();
        turn.facts.push(Fact::Evicted { got, expected });
        Ending::Evicted
    }

    /// Lines may take their time.
    fn deadline(&self) -> Option<Duration> {
        (!self.awaits.is_empty()).then_some(self.deadline)
    }
}
