//! Lessons 1 and 4: whatever arrives is sent back in upper case.
//!
//! There is no framing: TCP carries bytes, and a `recv` may end in the middle of a letter. The notes decode each piece on
//! its own and die there; this protocol holds the one to three bytes until the letter is whole.

use super::{Ending, Fact, Next, Protocol, Turn};
use std::str;

/// The longest beginning of a letter that can be incomplete (RFC 3629: a letter has at most four bytes).
const MAX_HELD: usize = 3;

/// Upper-cases a stream of UTF-8, with the full Unicode mapping (`ß` becomes `SS`), however it is cut into pieces.
///
/// A reply is at most three times as long as what it answers (U+0390: two bytes become six).
#[derive(Clone, Debug, Default)]
pub struct Upper {
    /// The beginning of a letter whose rest has not come yet. Never more than [`MAX_HELD`] bytes.
    held: Vec<u8>,
    /// How many bytes were answered, to say where a wrong one is.
    answered: u64,
}

impl Upper {
    /// Feeds byte by byte into the held letter until it is whole (`Ok`: the bytes that are left) or hopeless (`Err`).
    fn complete_held<'b>(&mut self, mut bytes: &'b [u8], turn: &mut Turn<'_>) -> Result<&'b [u8], Fact> {
        while !self.held.is_empty()
            && let Some((&byte, rest)) = bytes.split_first()
        {
            self.held.push(byte);
            match str::from_utf8(&self.held) {
                Ok(text) => {
                    append_upper(text, turn.send);
                    turn.facts.extend(text.chars().map(|letter| Fact::LetterWhole { letter }));
                    self.answered += self.held.len() as u64;
                    // Not `clear`: a silent client holds no memory.
                    self.held = Vec::new();
                }
                Err(error) if error.error_len().is_some() => return Err(self.not_utf8(&self.held)),
                Err(_) => {}
            }
            bytes = rest;
        }
        Ok(bytes)
    }

    fn not_utf8(&self, from_wrong_byte: &[u8]) -> Fact {
        Fact::NotUtf8 { offset: self.answered, byte: from_wrong_byte.first().copied().unwrap_or_default() }
    }

    /// Answers the letters that are whole; holds the beginning of one that is not.
    fn answer(&mut self, bytes: &[u8], turn: &mut Turn<'_>) -> Result<(), Fact> {
        let rest = self.complete_held(bytes, turn)?;
        if rest.is_ascii() {
            // Most of what is typed: no letter of it can be cut, and one pass both copies and upper-cases it.
            turn.send.extend(rest.iter().map(u8::to_ascii_uppercase));
            self.answered += rest.len() as u64;
            return Ok(());
        }
        // ANCHOR: answer
        let (whole, error_len) = match str::from_utf8(rest) {
            Ok(text) => (text, None),
            Err(error) => {
                let valid = rest.get(..error.valid_up_to()).unwrap_or_default();
                (str::from_utf8(valid).unwrap_or_default(), error.error_len())
            }
        };
        append_upper(whole, turn.send);
        self.answered += whole.len() as u64;
        let tail = rest.get(whole.len()..).unwrap_or_default();
        if error_len.is_some() {
            return Err(self.not_utf8(tail));
        }
        if !tail.is_empty() {
            debug_assert!(tail.len() <= MAX_HELD);
            self.held.extend_from_slice(tail);
            turn.facts.push(Fact::LetterHeld { bytes: tail.len() });
        }
        // ANCHOR_END: answer
        Ok(())
    }
}

impl Protocol for Upper {
    const ENDS_BY_ITSELF: bool = false;

    fn connected(&mut self, _: &mut Turn<'_>) -> Next {
        Next::GoOn
    }

    fn received(&mut self, bytes: &[u8], turn: &mut Turn<'_>) -> Next {
        match self.answer(bytes, turn) {
            Ok(()) => Next::GoOn,
            Err(fact) => {
                turn.facts.push(fact);
                Next::End(Ending::BadUtf8)
            }
        }
    }

    fn peer_ended(&mut self, turn: &mut Turn<'_>) -> Ending {
        if self.held.is_empty() {
            return Ending::Eof;
        }
        turn.facts.push(Fact::LetterCut { bytes: self.held.len() });
        Ending::Utf8Truncated
    }

    fn deadline_passed(&mut self, _: &mut Turn<'_>) -> Ending {
        Ending::IdleKick
    }

    /// A client that has sent nothing loses nothing.
    fn may_be_evicted(&self) -> bool {
        self.answered == 0 && self.held.is_empty()
    }

    fn evicted(&mut self, turn: &mut Turn<'_>) -> Ending {
        turn.facts.push(Fact::EvictedSilent);
        Ending::Evicted
    }
}

fn append_upper(text: &str, send: &mut Vec<u8>) {
    let mut utf8 = [0; 4];
    for letter in text.chars().flat_map(char::to_uppercase) {
        send.extend_from_slice(letter.encode_utf8(&mut utf8).as_bytes());
    }
}

/// How many bytes `text` has in upper case, as [`Upper`] would answer it; `None` for bytes that are no UTF-8.
#[must_use]
pub fn upper_case_len(text: &[u8]) -> Option<usize> {
    let text = str::from_utf8(text).ok()?;
    Some(text.chars().flat_map(char::to_uppercase).map(char::len_utf8).sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Feeds the pieces and gives the reply with what came after.
    fn run<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<u8>, Next, Vec<Fact>) {
        let (mut send, mut facts, mut upper) = (Vec::new(), Vec::new(), Upper::default());
        let mut turn = Turn { send: &mut send, facts: &mut facts };
        for piece in pieces.into_iter().filter(|piece| !piece.is_empty()) {
            if let end @ Next::End(_) = upper.received(piece, &mut turn) {
                return (send, end, facts);
            }
            assert!(upper.held.len() <= MAX_HELD);
        }
        let end = upper.peer_ended(&mut turn);
        (send, Next::End(end), facts)
    }

    #[test]
    fn sharp_s_becomes_two_letters() {
        assert_eq!(run(["stra\u{df}e".as_bytes()]).0, b"STRASSE");
    }

    #[test]
    fn a_reply_may_be_three_times_as_long() {
        let (reply, _, _) = run(["\u{390}".as_bytes()]);
        assert_eq!(reply.len(), 6);
        assert_eq!(upper_case_len("\u{390}".as_bytes()), Some(6));
    }

    #[test]
    fn a_letter_cut_in_two_is_held_and_then_answered() {
        let (reply, end, facts) = run([&b"\xe4\xb8"[..], &b"\xad"[..]]);
        assert_eq!(reply, "中".as_bytes());
        assert_eq!(end, Next::End(Ending::Eof));
        assert_eq!(facts, [Fact::LetterHeld { bytes: 2 }, Fact::LetterWhole { letter: '中' }]);
    }

    #[test]
    fn what_came_before_a_wrong_byte_is_answered() {
        for wrong in [
            &b"\xff"[..],
            b"\xc0\x80",         // overlong
            b"\xe0\x80\x80",     // overlong
            b"\xf0\x80\x80\x80", // overlong
            b"\xed\xa0\x80",     // a surrogate
            b"\xf4\x90\x80\x80", // beyond U+10FFFF
            b"\x80",             // a continuation with nothing before it
            b"\xe4\xb8a",        // a letter that breaks off
        ] {
            let (reply, end, facts) = run([b"abc", wrong]);
            assert_eq!(reply, b"ABC", "{wrong:x?}");
            assert_eq!(end, Next::End(Ending::BadUtf8), "{wrong:x?}");
            assert_eq!(facts.last(), Some(&Fact::NotUtf8 { offset: 3, byte: wrong[0] }), "{wrong:x?}");

            let bytewise: Vec<_> = [b"abc", wrong].concat();
            let (reply, end, _) = run(bytewise.chunks(1));
            assert_eq!((&reply[..], end), (&b"ABC"[..], Next::End(Ending::BadUtf8)), "{wrong:x?} byte by byte");
        }
    }

    #[test]
    fn an_end_inside_a_letter_is_told() {
        let (reply, end, facts) = run([&b"a\xe4\xb8"[..]]);
        assert_eq!(reply, b"A");
        assert_eq!(end, Next::End(Ending::Utf8Truncated));
        assert_eq!(facts.last(), Some(&Fact::LetterCut { bytes: 2 }));
    }

    /// Chinese, Greek, emoji (also joined ones), `ß`, ligatures and letters that grow or shrink in upper case.
    fn text() -> impl Strategy<Value = String> {
        let letters: Vec<char> = "abcXYZ 中文字Ωωςάΐßŉﬁıİǰ😀👩\u{200d}🔬\n\0".chars().collect();
        let letter = prop_oneof![prop::sample::select(letters), any::<char>()];
        prop::collection::vec(letter, 0..64).prop_map(String::from_iter)
    }

    proptest! {
        #[test]
        fn cutting_never_changes_the_reply(text in text(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8)) {
            let bytes = text.as_bytes();
            let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let (reply, end, _) = run(cuts.windows(2).map(|w| &bytes[w[0]..w[1]]));
            prop_assert_eq!(String::from_utf8(reply).unwrap(), text.to_uppercase());
            prop_assert_eq!(end, Next::End(Ending::Eof));
            prop_assert_eq!(upper_case_len(bytes), Some(text.to_uppercase().len()));
        }

        #[test]
        fn any_bytes_give_the_same_reply_in_one_piece_and_byte_by_byte(bytes in prop::collection::vec(any::<u8>(), 1..64)) {
            let (whole, whole_end, _) = run([&bytes[..]]);
            let (bytewise, bytewise_end, _) = run(bytes.chunks(1));
            prop_assert_eq!(whole, bytewise);
            prop_assert_eq!(whole_end, bytewise_end);
        }
    }
}
