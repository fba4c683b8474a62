//! Logins in a record: what whoever has the record can attack at home, without one connection.
//!
//! Any record of day30 will do that has both directions of a handshake: of a server, of a client, of a tap between them, of a program
//! that was watched, of a demo or of a judge. What a login was made with is not in it; it is told by its form, and by what fits.

use super::lab::BANK;
use crate::both;
use crate::crypto::{Challenge, Scheme, Secret};
use crate::lang::Text;
use crate::protocol::{Fact, Handshake, LENGTH_BYTES, Nonces, Role};
use crate::trace::{Actor, Call, Event, What};
use std::collections::HashMap;
use std::net::SocketAddr;

/// No handshake is longer; what comes after it is not needed.
const MOST_BYTES: usize = 256;
/// Of any more logins than this, none is kept.
const MOST: usize = 64;
/// The names of servers that are tried for `bound`: what `auth-server` and `auth-client` use, and the laboratory's.
const NAMES: [&str; 2] = ["day30", BANK];

/// How an answer was computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The client's answer to the server's challenge alone.
    Scheme(Scheme),
    /// Over both challenges.
    Mutual,
    /// Over the role, a server's name, and both challenges.
    Bound(&'static str),
}

impl Way {
    /// As a formula, with the handshakes that compute it.
    #[must_use]
    pub fn describe(self) -> Text {
        match self {
            Self::Scheme(Scheme::Md5) => both!("MD5(secret + challenge), prefix", "MD5(密钥 + 挑战值)，prefix"),
            Self::Scheme(Scheme::HmacMd5) => both!("HMAC-MD5(secret, challenge)", "HMAC-MD5(密钥, 挑战值)"),
            Self::Scheme(Scheme::HmacSha256) => {
                both!("HMAC-SHA256(secret, challenge), hmac or ordered", "HMAC-SHA256(密钥, 挑战值)，hmac 或 ordered")
            }
            Self::Mutual => {
                both!("HMAC-SHA256(secret, both challenges), mutual", "HMAC-SHA256(密钥, 双方的挑战值)，mutual")
            }
            Self::Bound(name) => both!("bound, for the server \"{name}\"", "bound，服务器名为 “{name}”"),
        }
    }
}

/// What one side asked and the other answered.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Reading {
    server: [u8; Challenge::LEN],
    client: Option<[u8; Challenge::LEN]>,
    digits: Vec<u8>,
}

impl Reading {
    /// Both sides' bytes as a login; `None` if they are none.
    fn of(by_server: &[u8], by_client: &[u8]) -> Option<Self> {
        let server = *by_server.first_chunk()?;
        if proof(by_server).is_some() {
            return None;
        }
        if let Some(digits) = proof(by_client) {
            return Some(Self { server, client: None, digits: digits.to_vec() });
        }
        let (client, rest) = by_client.split_first_chunk()?;
        let digits = proof(rest).filter(|digits| digits.len() == Scheme::HmacSha256.hex_len())?;
        Some(Self { server, client: Some(*client), digits: digits.to_vec() })
    }

    /// How it can have been computed, as its form tells.
    fn ways(&self) -> Vec<Way> {
        match (self.client, self.digits.len()) {
            (Some(_), _) => [Way::Mutual].into_iter().chain(NAMES.map(Way::Bound)).collect(),
            (None, 32) => vec![Way::Scheme(Scheme::Md5), Way::Scheme(Scheme::HmacMd5)],
            (None, _) => vec![Way::Scheme(Scheme::HmacSha256)],
        }
    }

    fn digits_by(&self, way: Way, secret: &Secret) -> String {
        let (server, client) = (Challenge::new(self.server), Challenge::new(self.client.unwrap_or_default()));
        let by = |handshake: Handshake, name| handshake.proof(secret, Role::Client, &Nonces { server, client, name });
        match way {
            Way::Scheme(scheme) => scheme.answer(secret, &server),
            Way::Mutual => by(Handshake::Mutual, ""),
            Way::Bound(name) => by(Handshake::Bound, name),
        }
    }
}

/// The digits of a proof that stands at the beginning.
fn proof(bytes: &[u8]) -> Option<&[u8]> {
    let (length, rest) = bytes.split_first_chunk::<LENGTH_BYTES>()?;
    let count = usize::try_from(i32::from_le_bytes(*length)).ok().filter(|count| [32, 64].contains(count))?;
    rest.get(..count).filter(|digits| digits.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')))
}

/// One login.
#[derive(Clone, Debug)]
pub struct Login {
    /// One, or two where it is not known which side was the server: the wrong one fits no secret, or the same.
    readings: Vec<Reading>,
    /// Whether the server took it, where it told.
    pub accepted: Option<bool>,
}

impl Login {
    /// The server's challenge, in hex digits.
    #[must_use]
    pub fn challenge(&self) -> String {
        self.readings.first().map(|reading| Challenge::new(reading.server).to_hex()).unwrap_or_default()
    }

    /// The client's answer, in hex digits.
    #[must_use]
    pub fn answer(&self) -> String {
        let digits = self.readings.first().map(|reading| reading.digits.as_slice()).unwrap_or_default();
        String::from_utf8_lossy(digits).into_owned()
    }

    /// How this secret gives the recorded answer, if it does: a guess that costs no connection, and that nobody notices.
    #[must_use]
    pub fn fits(&self, secret: &Secret) -> Option<Way> {
        let fits = |reading: &Reading| {
            reading.ways().into_iter().find(|way| reading.digits_by(*way, secret).as_bytes() == reading.digits)
        };
        self.readings.iter().find_map(fits)
    }

    /// Whether it may be a `bound` login, whose server may have any name.
    #[must_use]
    pub fn may_be_bound(&self) -> bool {
        self.readings.iter().any(|reading| reading.client.is_some())
    }
}

/// What was said over one connection, as one side saw it.
#[derive(Debug)]
struct Talk {
    since: u64,
    sent: Vec<u8>,
    received: Vec<u8>,
    accepted: Option<bool>,
}

/// Collects the logins of a record: a fold over its events.
#[derive(Debug, Default)]
pub struct Logins {
    open: HashMap<(Actor, SocketAddr, SocketAddr), Talk>,
    found: Vec<Login>,
}

impl Logins {
    /// The next event of the record.
    pub fn take_in(&mut self, event: &Event) {
        let Some(link) = event.link else { return };
        let key = (event.actor, link.local, link.peer);
        let talk = || Talk { since: event.number, sent: Vec::new(), received: Vec::new(), accepted: None };
        match &event.what {
            What::Call { call: call @ (Call::Send | Call::Recv), data: Some(bytes), .. } => {
                let talk = self.open.entry(key).or_insert_with(talk);
                let said = if *call == Call::Send { &mut talk.sent } else { &mut talk.received };
                said.extend(bytes.iter().take(MOST_BYTES.saturating_sub(said.len())));
            }
            What::Fact(fact @ (Fact::Proved | Fact::Refused { .. })) if event.actor == Actor::Server => {
                self.open.entry(key).or_insert_with(talk).accepted = Some(*fact == Fact::Proved);
            }
            What::Call { call: Call::Close, .. } => {
                if let Some(talk) = self.open.remove(&key) {
                    self.over(event.actor, &talk);
                }
            }
            _ => {}
        }
    }

    /// All logins, when there are no more events: also those whose connections were never closed.
    #[must_use]
    pub fn end(mut self) -> Vec<Login> {
        let mut rest: Vec<_> = self.open.drain().map(|((actor, ..), talk)| (actor, talk)).collect();
        rest.sort_by_key(|(_, talk)| talk.since);
        rest.iter().for_each(|(actor, talk)| self.over(*actor, talk));
        self.found
    }

    fn over(&mut self, actor: Actor, talk: &Talk) {
        let (as_server, as_client) = (Reading::of(&talk.sent, &talk.received), Reading::of(&talk.received, &talk.sent));
        let mut readings: Vec<_> = match actor {
            Actor::Server => as_server.into_iter().collect(),
            Actor::Client | Actor::ClientNo(_) => as_client.into_iter().collect(),
            // It has sockets of both kinds.
            Actor::Tap | Actor::Attacker => as_server.into_iter().chain(as_client).collect(),
        };
        readings.sort();
        if readings.is_empty() {
            return;
        }
        // A record may have both ends of a connection, and a tap has it twice.
        let is_it = |login: &&mut Login| login.readings.iter().any(|reading| readings.contains(reading));
        if let Some(known) = self.found.iter_mut().find(is_it) {
            known.accepted = known.accepted.or(talk.accepted);
        } else if self.found.len() < MOST {
            self.found.push(Login { readings, accepted: talk.accepted });
        }
    }
}

#[cfg(test)]
mod tests;
