//! What passed between an honest client and its server, and what can be tried on it at home.

use super::BANK;
use crate::crypto::{Challenge, Secret};
use crate::protocol::{Handshake, LENGTH_BYTES, Nonces, Role};

/// One login, as anybody on the way sees it.
#[derive(Clone, Debug, Default)]
pub(in crate::attack) struct Recording {
    /// What the client said.
    pub(in crate::attack) by_client: Vec<u8>,
    /// What the server said.
    pub(in crate::attack) by_server: Vec<u8>,
}

impl Recording {
    /// The client's digits, and its challenge where there is one.
    fn parts(&self, handshake: Handshake) -> Option<(&[u8], Challenge)> {
        let (nonce, proof) = (Challenge::LEN, handshake.proof_len());
        let (digits_at, nonce_at) = match handshake {
            Handshake::Prefix | Handshake::Hmac => (0, None),
            Handshake::Ordered => (0, Some(proof)),
            Handshake::Mutual | Handshake::Bound => (nonce, Some(0)),
        };
        let digits = self.by_client.get(digits_at..digits_at + proof)?.get(LENGTH_BYTES..)?;
        let client = match nonce_at {
            Some(at) => Challenge::new(*self.by_client.get(at..)?.first_chunk()?),
            None => Challenge::new([0; Challenge::LEN]),
        };
        Some((digits, client))
    }

    /// The client's digits.
    pub(in crate::attack) fn digits(&self, handshake: Handshake) -> &[u8] {
        self.parts(handshake).map(|(digits, _)| digits).unwrap_or_default()
    }

    /// Whether the client's proof is what this secret gives: a guess that costs the attacker no connection, and nobody notices.
    pub(in crate::attack) fn fits(&self, handshake: Handshake, guess: &Secret) -> bool {
        let Some((digits, client)) = self.parts(handshake) else { return false };
        let Some(server) = self.by_server.first_chunk().copied().map(Challenge::new) else { return false };
        handshake.proof(guess, Role::Client, &Nonces { server, client, name: BANK }).as_bytes() == digits
    }
}
