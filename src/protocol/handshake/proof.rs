//! What each handshake computes.

use super::Handshake;
use crate::crypto::{Challenge, Secret};
use crate::protocol::LENGTH_BYTES;
use byteorder::{ByteOrder, LittleEndian};
use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest as _, Md5};
use sha2::Sha256;

/// What the proofs of `bound` begin with: no other protocol makes the same bytes.
const LABEL: &[u8] = b"day30 bound 1";

/// Who proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The side that connected.
    Client,
    /// The side that listens.
    Server,
}

impl Role {
    fn label(self) -> &'static [u8] {
        match self {
            Self::Client => b"client",
            Self::Server => b"server",
        }
    }
}

/// Both challenges of a connection, and the name of the server that it is for. Those that a handshake does not use are not looked at.
#[derive(Clone, Copy, Debug)]
pub struct Nonces<'a> {
    /// The server's challenge.
    pub server: Challenge,
    /// The client's challenge.
    pub client: Challenge,
    /// The server's name, as the side that computes knows it.
    pub name: &'a str,
}

impl Nonces<'_> {
    fn transcript(&self, role: &[u8]) -> Vec<u8> {
        let (server, client) = (self.server.as_bytes(), self.client.as_bytes());
        [LABEL, role, self.name.as_bytes(), server, client].iter().flat_map(|part| field(part)).collect()
    }
}

impl Handshake {
    /// The digits with which a side proves that it knows the secret, and whether they are compared in a time that tells nothing is
    /// the business of [`is_right`](Self::is_right).
    #[must_use]
    pub fn proof(self, secret: &Secret, role: Role, nonces: &Nonces<'_>) -> String {
        let (asked, own) = match role {
            Role::Client => (nonces.server.as_bytes(), nonces.client.as_bytes()),
            Role::Server => (nonces.client.as_bytes(), nonces.server.as_bytes()),
        };
        let digest = match self {
            Self::Prefix => Md5::new_with_prefix(secret.expose()).chain_update(asked).finalize().to_vec(),
            Self::Hmac | Self::Ordered => mac(secret.expose(), &[asked]),
            Self::Mutual => mac(secret.expose(), &[asked, own]),
            Self::Bound => mac(secret.expose(), &[&nonces.transcript(role.label())]),
        };
        base16ct::lower::encode_string(&digest)
    }

    /// Whether these are the digits of that side: compared in a time that does not tell how many of them are right.
    #[must_use]
    pub fn is_right(self, secret: &Secret, role: Role, nonces: &Nonces<'_>, digits: &[u8]) -> bool {
        same(self.proof(secret, role, nonces).as_bytes(), digits)
    }
}

/// The key of one connection in `bound`, and how many lines it was used for.
#[derive(Debug)]
pub struct Session {
    key: Secret,
    counter: u64,
}

impl Session {
    /// The session that a handshake has led to.
    #[must_use]
    pub fn new(secret: &Secret, nonces: &Nonces<'_>) -> Self {
        Self { key: Secret::new(mac(secret.expose(), &[&nonces.transcript(b"session")])), counter: 0 }
    }

    /// The client's next line, with its MAC and without its newline.
    #[must_use]
    pub fn seal(&mut self, text: &[u8]) -> Vec<u8> {
        let digits = self.digits(text);
        self.counter += 1;
        [text, b" ", digits.as_bytes()].concat()
    }

    /// The text of a line that the client sent; `None` if its MAC is not the one of its text at its place.
    #[must_use]
    pub fn open<'l>(&mut self, line: &'l [u8]) -> Option<&'l [u8]> {
        let (text, digits) = line.split_at_checked(line.len().checked_sub(64 + 1)?)?;
        if !same(self.digits(text).as_bytes(), digits.strip_prefix(b" ")?) {
            return None;
        }
        self.counter += 1;
        Some(text)
    }

    fn digits(&self, text: &[u8]) -> String {
        let parts = [b"client".as_slice(), &self.counter.to_le_bytes(), text];
        let bytes: Vec<u8> = parts.iter().flat_map(|part| field(part)).collect();
        base16ct::lower::encode_string(&mac(self.key.expose(), &[&bytes]))
    }
}

/// A field with its length, so that no byte of it can be taken for one of the next.
#[must_use]
pub fn field(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    [&length.to_le_bytes(), bytes].concat()
}

/// A proof as it goes over the wire.
#[must_use]
pub fn pack(digits: &[u8]) -> Vec<u8> {
    let mut length = [0; LENGTH_BYTES];
    LittleEndian::write_i32(&mut length, i32::try_from(digits.len()).unwrap_or(i32::MAX));
    [&length, digits].concat()
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    // HMAC takes a key of any length, so this never fails.
    let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(key) else { return Vec::new() };
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().to_vec()
}

/// Whether both are the same, found out in a time that depends on their lengths alone.
fn same(one: &[u8], other: &[u8]) -> bool {
    let differing = one.iter().zip(other).fold(0, |differing, (one, other)| differing | (one ^ other));
    one.len() == other.len() && std::hint::black_box(differing) == 0
}
