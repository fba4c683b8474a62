//! What is said between lesson 2's server and client: a challenge, and the answer to it.

use crate::check::stage::judge::Judge;
use crate::check::stage::wire::{Conn, REPLY};
use crate::check::verdict::Outcome;
use crate::crypto::Challenge;
use crate::protocol::LENGTH_BYTES;
use rand::RngExt;

/// A challenge as an honest server makes it, but by the seed's chance, and without the bytes that programs trip over which take it
/// for a text: there is a check for these. No text it is all the same.
pub(super) fn challenge(judge: &mut Judge<'_>) -> Challenge {
    loop {
        let mut bytes: [u8; Challenge::LEN] = judge.rng.random();
        for byte in &mut bytes {
            while is_special(*byte) {
                *byte = judge.rng.random();
            }
        }
        if std::str::from_utf8(&bytes).is_err() {
            return Challenge::new(bytes);
        }
    }
}

/// Whether a byte ends a text somewhere, or is blank, in ASCII or Latin-1.
fn is_special(byte: u8) -> bool {
    matches!(byte, 0..=b' ' | 0x7f | b'%' | 0x85 | 0xa0)
}

/// A challenge to which the right answer has digits like this.
pub(super) fn challenge_with(judge: &mut Judge<'_>, is_wanted: fn(&[u8]) -> bool) -> Challenge {
    loop {
        let challenge = challenge(judge);
        if is_wanted(judge.order.scheme.answer(judge.secret(), &challenge).as_bytes()) {
            return challenge;
        }
    }
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
    let digits = judge.order.scheme.answer(judge.secret(), challenge);
    [(digits.len() as i32).to_le_bytes().to_vec(), digits.into_bytes()].concat()
}
