//! What is said between lesson 2's server and client: a challenge, and the answer to it.

use crate::check::stage::judge::Judge;
use crate::check::stage::wire::{Conn, REPLY};
use crate::check::verdict::Outcome;
use crate::crypto::Challenge;
use crate::protocol::LENGTH_BYTES;
use rand::RngExt;

/// A challenge as an honest server makes it, but by the seed's chance.
pub(super) fn challenge(judge: &mut Judge<'_>) -> Challenge {
    Challenge::new(judge.rng.random())
}

/// The answer to a challenge, or as much of it as came.
pub(super) fn answer_to(judge: &mut Judge<'_>, challenge: &Challenge) -> Outcome<(Conn, Vec<u8>)> {
    let mut conn = judge.accept()?;
    conn.send(challenge.as_bytes())?;
    let answer = conn.read_at_most(LENGTH_BYTES + judge.order.scheme.hex_len(), REPLY)?;
    Ok((conn, answer))
}

/// What must come: the length, and the digits.
pub(super) fn right_answer(judge: &Judge<'_>, challenge: &Challenge) -> Vec<u8> {
    let digits = judge.order.scheme.answer(&judge.order.secret, challenge);
    [(digits.len() as i32).to_le_bytes().to_vec(), digits.into_bytes()].concat()
}
