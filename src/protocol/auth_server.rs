//! Lesson 2, the server's side: send a challenge, read a length and a digest, decide.
//!
//! ```text
//! server → client   32 random bytes
//! client → server   20 00 00 00                        the length, little-endian: 32, the only legal one
//! client → server   62 65 38 39 64 34 …                that many lower-case hex digits
//! server            prints ok, or why not; says nothing; closes
//! ```

use super::{Ending, Fact, LENGTH_BYTES, LengthGuess, Next, Protocol, Turn};
use crate::crypto::{Challenge, Scheme, Secret};
use byteorder::{ByteOrder, LittleEndian};
use std::sync::Arc;
use std::time::Duration;

/// One client's proof, as the server sees it. Single use: the challenge is for one connection and one answer.
#[derive(Debug)]
pub struct AuthServer {
    scheme: Scheme,
    secret: Arc<Secret>,
    challenge: Challenge,
    deadline: Duration,
    /// The client's message so far. It never grows beyond the only legal length, whatever the client announces.
    message: Vec<u8>,
    proved: bool,
}

impl AuthServer {
    /// A server's side that asks `challenge` and waits for the answer for at most `deadline`, all in all.
    #[must_use]
    pub fn new(scheme: Scheme, secret: Arc<Secret>, challenge: Challenge, deadline: Duration) -> Self {
        Self { scheme, secret, challenge, deadline, message: Vec::new(), proved: false }
    }

    fn message_len(&self) -> usize {
        LENGTH_BYTES + self.scheme.hex_len()
    }

    /// Takes bytes up to `want` in all; gives the bytes that are left, or `None` while more are needed.
    // ANCHOR: read
    fn fill<'b>(&mut self, bytes: &'b [u8], want: usize) -> Option<&'b [u8]> {
        let missing = want.saturating_sub(self.message.len());
        let (taken, rest) = bytes.split_at_checked(missing).unwrap_or((bytes, &[]));
        self.message.extend_from_slice(taken);
        (self.message.len() >= want).then_some(rest)
    }
    // ANCHOR_END: read

    /// The length is checked before one byte of the digest is read, and nothing is ever allocated by it.
    // ANCHOR: judge
    fn check_length(&self) -> Fact {
        let expected = self.scheme.hex_len() as i32;
        let first = self.message.first_chunk::<LENGTH_BYTES>().copied().unwrap_or_default();
        let length = LittleEndian::read_i32(&first);
        if length == expected {
            return Fact::LengthRead { length };
        }
        Fact::BadLength { length, expected, guess: guess(first, length, expected) }
    }

    fn verdict(&self) -> (Fact, Ending) {
        let answer = self.message.get(LENGTH_BYTES..).unwrap_or_default();
        if self.scheme.verify(&self.secret, &self.challenge, answer) {
            return (Fact::Proved, Ending::Ok);
        }
        let mismatch = self.scheme.explain(&self.secret, &self.challenge, answer);
        (Fact::Refused { mismatch }, Ending::Refused)
    }
    // ANCHOR_END: judge
}

impl Protocol for AuthServer {
    const ENDS_BY_ITSELF: bool = true;

    fn connected(&mut self, turn: &mut Turn<'_>) -> Next {
        turn.send.extend_from_slice(self.challenge.as_bytes());
        turn.facts.push(Fact::Challenged { challenge: self.challenge });
        Next::GoOn
    }

    fn received(&mut self, bytes: &[u8], turn: &mut Turn<'_>) -> Next {
        let mut rest = bytes;
        if self.message.len() < LENGTH_BYTES {
            let Some(after_length) = self.fill(rest, LENGTH_BYTES) else { return Next::GoOn };
            let fact = self.check_length();
            let is_legal = matches!(fact, Fact::LengthRead { .. });
            turn.facts.push(fact);
            if !is_legal {
                return Next::End(Ending::BadLength);
            }
            rest = after_length;
        }
        // What follows the digest is nobody's: it is not looked at.
        if self.fill(rest, self.message_len()).is_none() {
            return Next::GoOn;
        }
        let (fact, ending) = self.verdict();
        self.proved = ending == Ending::Ok;
        turn.facts.push(fact);
        Next::End(ending)
    }

    fn peer_ended(&mut self, turn: &mut Turn<'_>) -> Ending {
        if self.message.is_empty() {
            return Ending::Eof; //  a port probe, or somebody who changed his mind
        }
        turn.facts.push(Fact::EndedEarly { got: self.message.len(), expected: self.message_len() });
        Ending::EofEarly
    }

    fn deadline_passed(&mut self, turn: &mut Turn<'_>) -> Ending {
        turn.facts.push(Fact::TooSlow { got: self.message.len(), expected: self.message_len() });
        Ending::HandshakeTimeout
    }

    fn may_be_evicted(&self) -> bool {
        !self.proved
    }

    fn evicted(&mut self, turn: &mut Turn<'_>) -> Ending {
        turn.facts.push(Fact::Evicted { got: self.message.len(), expected: self.message_len() });
        Ending::Evicted
    }

    fn deadline(&self) -> Option<Duration> {
        Some(self.deadline)
    }
}

pub(super) fn guess(bytes: [u8; LENGTH_BYTES], length: i32, expected: i32) -> LengthGuess {
    match &bytes {
        _ if length == expected.swap_bytes() => LengthGuess::BigEndian,
        b"GET " | b"POST" | b"HEAD" | b"PUT " | b"OPTI" | b"CONN" => LengthGuess::Http,
        [0x16, 0x03, _, _] => LengthGuess::Tls,
        b"SSH-" => LengthGuess::Ssh,
        _ if bytes.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) => LengthGuess::NoLength,
        _ if length < 0 => LengthGuess::Negative,
        _ if length == 16 => LengthGuess::RawDigest,
        _ if length == 32 || length == 64 => LengthGuess::OtherScheme,
        _ => LengthGuess::Unknown,
    }
}
