//! Lesson 2, the client's side: read the challenge, answer it once.

use super::{Ending, Fact, Next, Protocol, Turn};
use crate::crypto::{Challenge, Scheme, Secret};
use byteorder::{ByteOrder, LittleEndian};
use std::time::Duration;

/// How much of a surplus is kept to be shown.
const MAX_SHOWN: usize = 256;

/// One proof, as the client gives it. It answers exactly one challenge of exactly 32 bytes: a client that answered
/// whatever it is asked would compute whatever an attacker needs.
#[derive(Debug)]
pub struct AuthClient<'a> {
    scheme: Scheme,
    secret: &'a Secret,
    deadline: Duration,
    /// Challenges of earlier runs: an honest server never repeats one.
    answered_before: &'a [Challenge],
    received: Vec<u8>,
    answered: Option<Challenge>,
    /// What came after the challenge. The protocol promises nothing there.
    surplus: Vec<u8>,
}

impl<'a> AuthClient<'a> {
    /// A client's side that knows `secret`, gives up after `deadline`, and answered `answered_before` in earlier runs.
    #[must_use]
    pub fn new(scheme: Scheme, secret: &'a Secret, deadline: Duration, answered_before: &'a [Challenge]) -> Self {
        let (received, surplus) = (Vec::new(), Vec::new());
        Self { scheme, secret, deadline, answered_before, received, answered: None, surplus }
    }

    /// The challenge that was answered, if one was.
    #[must_use]
    pub fn answered(&self) -> Option<Challenge> {
        self.answered
    }

    fn answer(&mut self, challenge: Challenge, turn: &mut Turn<'_>) {
        turn.facts.push(Fact::ChallengeReceived { challenge });
        let (constant, seen_before) = (challenge.is_constant(), self.answered_before.contains(&challenge));
        if constant || seen_before {
            turn.facts.push(Fact::ChallengeSuspicious { constant, seen_before });
        }
        // ANCHOR: prove
        let digest = self.scheme.answer(self.secret, &challenge);
        let length = self.scheme.hex_len() as i32;
        let mut packed = [0; super::LENGTH_BYTES];
        LittleEndian::write_i32(&mut packed, length);
        turn.send.extend_from_slice(&packed);
        turn.send.extend_from_slice(digest.as_bytes());
        // ANCHOR_END: prove
        turn.facts.push(Fact::Answered { length });
        self.answered = Some(challenge);
    }

    fn unexpected(&mut self, turn: &mut Turn<'_>) -> Ending {
        let bytes = std::mem::take(&mut self.surplus);
        turn.facts.push(Fact::Surplus { answered: self.answered.is_some(), bytes });
        Ending::Unexpected
    }

    /// A friendly server may say `ok`; the notes' says nothing. Anything else is no part of the protocol.
    fn surplus_is_fine(&self) -> bool {
        self.surplus.trim_ascii().eq_ignore_ascii_case(b"ok") || self.surplus.is_empty()
    }
}

impl Protocol for AuthClient<'_> {
    const ENDS_BY_ITSELF: bool = true;

    fn connected(&mut self, _: &mut Turn<'_>) -> Next {
        Next::GoOn
    }

    fn received(&mut self, bytes: &[u8], turn: &mut Turn<'_>) -> Next {
        let missing = Challenge::LEN - self.received.len();
        let (taken, rest) = bytes.split_at_checked(missing).unwrap_or((bytes, &[]));
        self.received.extend_from_slice(taken);
        let room = MAX_SHOWN.saturating_sub(self.surplus.len());
        self.surplus.extend(rest.iter().take(room));
        // More than 32 bytes at once is no challenge, and is not answered as if it were one.
        if !rest.is_empty() && self.answered.is_none() {
            return Next::End(self.unexpected(turn));
        }
        if self.surplus.len() >= Challenge::LEN {
            return Next::End(self.unexpected(turn));
        }
        if self.answered.is_none()
            && let Ok(challenge) = <[u8; Challenge::LEN]>::try_from(self.received.as_slice())
        {
            self.answer(Challenge::new(challenge), turn);
        }
        Next::GoOn
    }

    fn peer_ended(&mut self, turn: &mut Turn<'_>) -> Ending {
        if self.answered.is_none() {
            turn.facts.push(Fact::EndedEarly { got: self.received.len(), expected: Challenge::LEN });
            return Ending::EofEarly;
        }
        if self.surplus_is_fine() { Ending::Answered } else { self.unexpected(turn) }
    }

    fn deadline_passed(&mut self, turn: &mut Turn<'_>) -> Ending {
        if self.answered.is_none() {
            turn.facts.push(Fact::TooSlow { got: self.received.len(), expected: Challenge::LEN });
            return Ending::HandshakeTimeout;
        }
        // The notes' server may well keep the connection: it has its answer.
        if self.surplus_is_fine() { Ending::Answered } else { self.unexpected(turn) }
    }

    fn deadline(&self) -> Option<Duration> {
        Some(self.deadline)
    }
}
