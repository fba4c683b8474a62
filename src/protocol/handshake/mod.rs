//! The handshake of lesson 2, and four that try to repair it: what attacks of `day30 break` are played against.
//!
//! In all of them a challenge is 32 random bytes, and a proof is the 4-byte little-endian length of its lower-case hex digits, then the
//! digits: 32 of MD5, 64 of SHA-256. `S` is the secret, `Ns` the server's challenge, `Nc` the client's, `‖` joins bytes.
//!
//! ```text
//! prefix    server → client   Ns                     client → server   proof: MD5(S ‖ Ns)                      36 bytes
//! hmac      server → client   Ns                     client → server   proof: HMAC-SHA256(S, Ns)               68
//!
//! mutual    both, at once     Ns, Nc                 each answers what comes:
//!           client → server   proof: HMAC-SHA256(S, Ns ‖ Nc)           server → client   HMAC-SHA256(S, Nc ‖ Ns)
//!
//! ordered   server → client   Ns                     client → server   proof: HMAC-SHA256(S, Ns), then Nc     100
//!                                                    server → client   proof: HMAC-SHA256(S, Nc), if the client's is right
//!
//! bound     server → client   Ns                     client → server   Nc, then proof: HMAC-SHA256(S, T("client"))
//!                                                    server → client   proof: HMAC-SHA256(S, T("server")), if the client's is right
//! ```
//!
//! `T(role)` is `F("day30 bound 1") ‖ F(role) ‖ F(name) ‖ F(Ns) ‖ F(Nc)`, where `name` is the server's, and `F(x)` is the length of `x`
//! (4 bytes, little-endian) and then `x`: no two lists of fields give the same bytes.
//!
//! After a handshake the client may send lines, each ended by a newline. In `bound` a line is `text`, a space and 64 hex digits:
//! HMAC-SHA256(K, `F("client") ‖ F(counter) ‖ F(text)`), with the counter (8 bytes, little-endian) from 0 on and the session key
//! K = HMAC-SHA256(S, T("session")). In the others a line is its text. The notes' server takes none: it closes once it has decided.

mod client;
mod pieces;
mod proof;
mod server;

pub use client::HandshakeClient;
pub use proof::{Nonces, Role, Session, field, pack};
pub use server::HandshakeServer;

/// One of the five handshakes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handshake {
    /// The notes': MD5 of secret and challenge. Only the client proves something.
    Prefix,
    /// The same with HMAC-SHA256.
    Hmac,
    /// Both sides ask, and both answer at once.
    Mutual,
    /// Both sides ask, and the client proves itself first: as Python's `multiprocessing` and Erlang's distribution do.
    Ordered,
    /// A proof says for whom it is: role, server's name and both challenges are in it, and a session key comes out of it.
    Bound,
}

impl Handshake {
    /// All of them, from the weakest to the strongest.
    pub const ALL: [Self; 5] = [Self::Prefix, Self::Hmac, Self::Mutual, Self::Ordered, Self::Bound];

    /// The handshake's name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Prefix => "prefix",
            Self::Hmac => "hmac",
            Self::Mutual => "mutual",
            Self::Ordered => "ordered",
            Self::Bound => "bound",
        }
    }

    /// How many hex digits a proof has.
    #[must_use]
    pub fn hex_len(self) -> usize {
        if self == Self::Prefix { 32 } else { 64 }
    }

    /// How many bytes a proof has on the wire: its length, and its digits.
    #[must_use]
    pub fn proof_len(self) -> usize {
        super::LENGTH_BYTES + self.hex_len()
    }

    /// Whether the server proves something too.
    #[must_use]
    pub fn is_mutual(self) -> bool {
        !matches!(self, Self::Prefix | Self::Hmac)
    }
}

#[cfg(test)]
mod tests;
