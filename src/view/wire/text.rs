//! What lessons 1 and 4 say: text, whose characters may be torn apart between two reads, and its uppercase as the reply.

use super::field::Field;
use crate::lang::Lang;
use crate::protocol::{Protocol, Turn, Upper};
use crate::say;
use crate::view::escape::{escape, preview};
use std::collections::VecDeque;

/// How much of the uppercase may be awaited. Beyond it, replies are not compared any more.
const MOST_AWAITED: usize = 64 * 1024;
/// How many columns a text may take.
const COLUMNS: usize = 40;

/// One direction of text: how far its last character is.
#[derive(Debug, Default)]
pub(super) struct Text {
    held: Vec<u8>,
    /// Bytes came that are no UTF-8: nothing is text any more.
    broken: bool,
}

impl Text {
    /// The meaning of the next bytes. `text` describes those that are whole characters.
    pub(super) fn fields(&mut self, bytes: &[u8], lang: Lang, text: impl FnOnce(&str) -> String) -> Vec<Field> {
        let mut fields = Vec::new();
        let rest = self.finish_character(bytes, lang, &mut fields);
        if rest.is_empty() {
            return fields;
        }
        let (valid, error_len) = match std::str::from_utf8(rest) {
            _ if self.broken => (0, Some(1)),
            Ok(_) => (rest.len(), None),
            Err(error) => (error.valid_up_to(), error.error_len()),
        };
        let (whole, tail) = rest.split_at_checked(valid).unwrap_or((rest, &[]));
        if let Some(whole) = std::str::from_utf8(whole).ok().filter(|whole| !whole.is_empty()) {
            fields.push(Field::new(whole.len(), text(whole)));
        }
        if tail.is_empty() {
        } else if error_len.is_some() {
            self.broken = true;
            fields.push(Field::new(tail.len(), not_utf8(lang)));
        } else {
            self.held = tail.to_vec();
            let (have, need) = (tail.len(), length_of(tail));
            let meaning = say!(
                lang,
                "the beginning of a character: {have} of its {need} bytes, the rest comes later",
                "一个字符的开头：{need} 个字节里的 {have} 个，其余稍后到"
            );
            fields.push(Field::new(have, meaning));
        }
        fields
    }

    /// The rest of a character that was torn apart; gives the bytes behind it.
    fn finish_character<'b>(&mut self, bytes: &'b [u8], lang: Lang, fields: &mut Vec<Field>) -> &'b [u8] {
        if self.held.is_empty() {
            return bytes;
        }
        let (before, need) = (self.held.len(), length_of(&self.held));
        let (part, rest) = bytes.split_at_checked(need.saturating_sub(before)).unwrap_or((bytes, &[]));
        self.held.extend_from_slice(part);
        match std::str::from_utf8(&self.held) {
            Ok(letter) => {
                let letter = escape(letter.as_bytes());
                let meaning = say!(
                    lang,
                    "the rest of a character: {letter}; {before} of its {need} bytes came before",
                    "一个字符的剩余部分：{letter}，{need} 个字节里有 {before} 个先到"
                );
                fields.push(Field::new(part.len(), meaning));
                self.held.clear();
            }
            Err(error) if error.error_len().is_none() => {
                let have = self.held.len();
                let meaning = say!(
                    lang,
                    "more of a character: {have} of its {need} bytes are here now",
                    "一个字符的后续：{need} 个字节已到 {have} 个"
                );
                fields.push(Field::new(part.len(), meaning));
            }
            Err(_) => {
                self.broken = true;
                self.held.clear();
                fields.push(Field::new(bytes.len(), not_utf8(lang)));
                return &[];
            }
        }
        rest
    }
}

fn not_utf8(lang: Lang) -> &'static str {
    lang.pick("not valid UTF-8, here or before", "不是合法的 UTF-8（此处或之前）")
}

/// How many bytes the character has that begins here (RFC 3629, section 3).
fn length_of(bytes: &[u8]) -> usize {
    match bytes.first() {
        Some(0xf0..) => 4,
        Some(0xe0..) => 3,
        _ => 2,
    }
}

/// Some text, and how much of it there is.
pub(super) fn describe(text: &str, lang: Lang) -> String {
    let (shown, bytes, characters) = (preview(text.as_bytes(), COLUMNS), text.len(), text.chars().count());
    let [byte, character] = [(bytes, "byte"), (characters, "character")].map(|(count, word)| plural(count, word));
    say!(lang, "text {shown}: {byte}, {character}", "文本 {shown}：{bytes} 字节，{characters} 个字符")
}

fn plural(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

/// What the server has to reply: the uppercase of what it was sent.
#[derive(Debug, Default)]
pub(super) struct Replies {
    upper: Upper,
    awaited: VecDeque<u8>,
    /// Bytes of replies that were seen before what they reply to: nothing is known of them.
    ahead: usize,
    /// The replies went another way once, or there is too much to compare.
    is_off: bool,
}

/// What a reply is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The uppercase of what was sent.
    Upper,
    /// Something else: at this byte of it.
    Other { at: usize, expected: u8, found: u8 },
    /// It is not known what it should be.
    Unknown,
}

impl Replies {
    /// The server was sent this.
    pub(super) fn sent(&mut self, bytes: &[u8]) {
        let (mut upper, mut facts) = (Vec::new(), Vec::new());
        if !self.is_off {
            // A server ends the connection where it would say so.
            let _ = self.upper.received(bytes, &mut Turn { send: &mut upper, facts: &mut facts });
        }
        let late = self.ahead.min(upper.len());
        self.ahead -= late;
        self.awaited.extend(upper.into_iter().skip(late));
        self.is_off |= self.awaited.len() > MOST_AWAITED;
        if self.is_off {
            self.awaited = VecDeque::new();
        }
    }

    /// The server replied this.
    pub(super) fn verdict(&mut self, bytes: &[u8]) -> Verdict {
        if self.is_off {
            return Verdict::Unknown;
        }
        for (at, found) in bytes.iter().enumerate() {
            match self.awaited.pop_front() {
                Some(expected) if expected == *found => {}
                Some(expected) => {
                    self.is_off = true;
                    return Verdict::Other { at, expected, found: *found };
                }
                None => {
                    self.ahead += bytes.len() - at;
                    return Verdict::Unknown;
                }
            }
        }
        Verdict::Upper
    }
}

impl Verdict {
    /// What is said of it behind the text.
    pub(super) fn describe(self, lang: Lang) -> String {
        match self {
            Self::Upper => lang.pick(", the uppercase of what was sent", "，正是所发内容的大写").into(),
            Self::Other { at, expected, found } => {
                let nth = at + 1;
                say!(
                    lang,
                    ", NOT the uppercase: byte {nth} of this read is {found:#04x}, expected {expected:#04x}",
                    "，不是大写：这次收到的第 {nth} 个字节是 {found:#04x}，应为 {expected:#04x}"
                )
            }
            Self::Unknown => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fields(text: &mut Text, bytes: &[u8]) -> Vec<(usize, String)> {
        let fields = text.fields(bytes, Lang::En, |text| describe(text, Lang::En));
        fields.into_iter().map(|field| (field.bytes, field.meaning)).collect()
    }

    #[test]
    fn a_character_may_be_torn_into_three() {
        let mut text = Text::default();
        let later = "the beginning of a character: 1 of its 3 bytes, the rest comes later";
        assert_eq!(fields(&mut text, b"a\xe4"), [(1, "text \"a\": 1 byte, 1 character".into()), (1, later.into())]);
        assert_eq!(fields(&mut text, b"\xb8")[0].1, "more of a character: 2 of its 3 bytes are here now");
        let last = fields(&mut text, b"\xadb");
        assert_eq!(last[0], (1, "the rest of a character: 中; 2 of its 3 bytes came before".into()));
        assert_eq!(last[1], (1, "text \"b\": 1 byte, 1 character".into()));
    }

    #[test]
    fn bytes_that_are_no_text_are_said_to_be_none_from_there_on() {
        for [first, second] in [[&b"ab\xffcd"[..], b"ef"], [b"\xe4", b"abc"]] {
            let mut text = Text::default();
            let all = [fields(&mut text, first), fields(&mut text, second)].concat();
            assert!(all.last().unwrap().1.starts_with("not valid UTF-8"), "{all:?}");
        }
    }

    #[test]
    fn a_reply_is_compared_with_what_was_sent_and_never_wrongly_accused() {
        let mut replies = Replies::default();
        replies.sent("straße".as_bytes());
        assert_eq!([replies.verdict(b"STRAS"), replies.verdict(b"SE")], [Verdict::Upper, Verdict::Upper]);
        assert_eq!(replies.verdict(b"A"), Verdict::Unknown, "its request may not be told yet");
        replies.sent(b"abc");
        assert_eq!(replies.verdict(b"BC"), Verdict::Upper);
        replies.sent(b"xyz");
        assert_eq!(replies.verdict(b"Xyz"), Verdict::Other { at: 1, expected: b'Y', found: b'y' });
        assert_eq!(replies.verdict(b"?"), Verdict::Unknown, "said once");
        let mut flooded = Replies::default();
        flooded.sent(&vec![b'x'; MOST_AWAITED + 1]);
        assert_eq!((flooded.verdict(b"?"), flooded.awaited.len()), (Verdict::Unknown, 0));
    }

    proptest! {
        #[test]
        fn every_byte_is_in_one_field(parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..9), 0..9)) {
            let mut text = Text::default();
            for part in parts {
                let all = fields(&mut text, &part);
                prop_assert_eq!(all.iter().map(|(bytes, _)| bytes).sum::<usize>(), part.len());
                prop_assert!(all.iter().all(|(bytes, meaning)| *bytes > 0 && !meaning.contains(char::is_control)));
                prop_assert!(text.held.len() < 4);
            }
        }
    }
}
