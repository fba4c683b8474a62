//! Where the bytes that were received end in the middle of a character (RFC 3629).

use super::finding::Place;
use crate::view::escape::unfinished;

/// What a decoder writes for bytes that are no character (U+FFFD).
const REPLACEMENT: &[u8] = "\u{fffd}".as_bytes();

/// The text that one connection has received, as far as its last character.
#[derive(Debug, Default)]
pub(super) struct Letters {
    /// The bytes of a character that is not whole.
    held: Vec<u8>,
    /// Where they were received.
    place: Place,
    /// It is no text, or a part of it is not known.
    is_unknown: bool,
    had_replacement: bool,
}

impl Letters {
    /// More bytes; `all` if none of them is missing in the trace.
    pub(super) fn received(&mut self, data: &[u8], all: bool, place: &Place) {
        self.is_unknown |= !all;
        self.had_replacement |= has_replacement(data);
        self.held.extend_from_slice(data);
        let rest = unfinished(&self.held);
        self.is_unknown |= rest.is_none();
        self.held.drain(..self.held.len() - rest.unwrap_or(0));
        self.place = place.clone();
    }

    /// The other side sends no more.
    pub(super) fn ends(&mut self) {
        self.held.clear();
    }

    /// Whether this answer has a replacement character, while one that was received is not whole.
    pub(super) fn is_replaced_in(&self, answer: &[u8]) -> bool {
        !self.held.is_empty() && !self.is_unknown && !self.had_replacement && has_replacement(answer)
    }

    /// How many bytes of a character are there without the others, and where they came.
    pub(super) fn cut(&mut self) -> Option<(usize, Place)> {
        let held = std::mem::take(&mut self.held);
        (!held.is_empty() && !self.is_unknown).then(|| (held.len(), self.place.clone()))
    }
}

fn has_replacement(bytes: &[u8]) -> bool {
    bytes.windows(REPLACEMENT.len()).any(|window| window == REPLACEMENT)
}
