//! What lesson 2 says: a challenge, then a length and a digest.

use super::field::Field;
use crate::crypto::Challenge;
use crate::lang::Lang;
use crate::protocol::LENGTH_BYTES;
use crate::say;

/// The two lengths that there are: of a hex digest of MD5, and of SHA-256.
const LEGAL: [i32; 2] = [32, 64];

/// How far a handshake is.
#[derive(Debug, Default)]
pub(super) struct Handshake {
    /// How many bytes of the challenge have come.
    challenge: usize,
    /// The bytes of the length.
    length: Vec<u8>,
    /// How many bytes of the digest have come.
    digest: usize,
}

impl Handshake {
    /// What the server's bytes mean.
    pub(super) fn by_server(&mut self, bytes: &[u8], lang: Lang) -> Vec<Field> {
        let mut fields = Vec::new();
        let (part, rest) = cut(bytes, Challenge::LEN - self.challenge);
        if !part.is_empty() {
            let of = Part { before: self.challenge, now: part.len(), of: Challenge::LEN };
            let meaning = of.describe(lang.pick("challenge", "挑战值"), lang);
            let random = if of.now == of.of { lang.pick(", random", "，随机") } else { "" };
            fields.push(Field::new(part.len(), meaning + random));
            self.challenge += part.len();
        }
        surplus(rest, lang, &mut fields);
        fields
    }

    /// What the client's bytes mean.
    pub(super) fn by_client(&mut self, bytes: &[u8], lang: Lang) -> Vec<Field> {
        let mut fields = Vec::new();
        let (part, rest) = cut(bytes, LENGTH_BYTES - self.length.len());
        if !part.is_empty() {
            let of = Part { before: self.length.len(), now: part.len(), of: LENGTH_BYTES };
            self.length.extend_from_slice(part);
            fields.push(Field::new(part.len(), of.describe(lang.pick("length", "长度"), lang) + &self.value(lang)));
        }
        let Some(length) = self.legal_length() else {
            if !rest.is_empty() {
                fields.push(Field::new(
                    rest.len(),
                    lang.pick("after a wrong length: not a digest", "长度不对，之后的不是摘要"),
                ));
            }
            return fields;
        };
        let (part, rest) = cut(rest, length - self.digest);
        if !part.is_empty() {
            let of = Part { before: self.digest, now: part.len(), of: length };
            let is_hex = part.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
            let digits = if is_hex {
                lang.pick(", lowercase hex digits", "，小写十六进制字符")
            } else {
                lang.pick(", NOT all lowercase hex digits", "，不全是小写十六进制字符")
            };
            fields.push(Field::new(part.len(), of.describe(lang.pick("digest", "摘要"), lang) + digits));
            self.digest += part.len();
        }
        surplus(rest, lang, &mut fields);
        fields
    }

    /// The length, once it is whole.
    fn length(&self) -> Option<i32> {
        <[u8; LENGTH_BYTES]>::try_from(self.length.as_slice()).ok().map(i32::from_le_bytes)
    }

    fn legal_length(&self) -> Option<usize> {
        self.length().filter(|length| LEGAL.contains(length)).and_then(|length| usize::try_from(length).ok())
    }

    fn value(&self, lang: Lang) -> String {
        match self.length() {
            None => String::new(),
            Some(length) if LEGAL.contains(&length) => {
                say!(lang, ", little-endian: {length}", "，小端序：{length}")
            }
            Some(length) => say!(
                lang,
                ", little-endian: {length}, but only 32 is allowed (64 for SHA-256)",
                "，小端序：{length}，只允许 32（SHA-256 为 64）"
            ),
        }
    }
}

/// A part of something that has so many bytes.
#[derive(Clone, Copy)]
struct Part {
    before: usize,
    now: usize,
    of: usize,
}

impl Part {
    fn describe(self, name: &str, lang: Lang) -> String {
        let Self { before, now, of } = self;
        let (first, last) = (before + 1, before + now);
        match now {
            _ if now == of => say!(lang, "{name}: {of} bytes", "{name}：{of} 字节"),
            1 => say!(lang, "{name}: byte {last} of {of}", "{name}：{of} 字节中的第 {last} 个"),
            _ => say!(lang, "{name}: bytes {first} to {last} of {of}", "{name}：{of} 字节中的第 {first} 到 {last} 个"),
        }
    }
}

fn cut(bytes: &[u8], most: usize) -> (&[u8], &[u8]) {
    bytes.split_at_checked(most).unwrap_or((bytes, &[]))
}

fn surplus(rest: &[u8], lang: Lang, fields: &mut Vec<Field>) {
    if !rest.is_empty() {
        fields.push(Field::new(
            rest.len(),
            lang.pick("surplus: the protocol allows nothing more here", "多余：此处不应再有数据"),
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn told(fields: Vec<Field>) -> Vec<(usize, String)> {
        fields.into_iter().map(|field| (field.bytes, field.meaning)).collect()
    }

    fn packed(length: i32, digits: &[u8]) -> Vec<u8> {
        [&length.to_le_bytes(), digits].concat()
    }

    #[test]
    fn a_handshake_in_one_piece_each() {
        let mut handshake = Handshake::default();
        let fields = told(handshake.by_server(&[7; 33], Lang::En));
        assert_eq!(fields[0], (32, "challenge: 32 bytes, random".into()));
        assert_eq!(fields[1], (1, "surplus: the protocol allows nothing more here".into()));
        let fields = told(handshake.by_client(&packed(32, &[b'a'; 32]), Lang::En));
        assert_eq!(fields[0], (4, "length: 4 bytes, little-endian: 32".into()));
        assert_eq!(fields[1], (32, "digest: 32 bytes, lowercase hex digits".into()));
        assert_eq!(told(handshake.by_client(b"x", Lang::Zh)), [(1, "多余：此处不应再有数据".into())]);
    }

    #[test]
    fn a_field_may_come_in_parts() {
        let mut handshake = Handshake::default();
        assert_eq!(told(handshake.by_server(&[7; 20], Lang::En))[0].1, "challenge: bytes 1 to 20 of 32");
        assert_eq!(told(handshake.by_server(&[7; 12], Lang::Zh))[0].1, "挑战值：32 字节中的第 21 到 32 个");
        let message = packed(64, b"0123456789ABCDEF");
        assert_eq!(told(handshake.by_client(&message[..1], Lang::En)), [(1, "length: byte 1 of 4".into())]);
        let fields = told(handshake.by_client(&message[1..], Lang::En));
        assert_eq!(fields[0], (3, "length: bytes 2 to 4 of 4, little-endian: 64".into()));
        assert_eq!(fields[1], (16, "digest: bytes 1 to 16 of 64, NOT all lowercase hex digits".into()));
    }

    #[test]
    fn a_wrong_length_is_said_to_be_one() {
        for length in [-1, 0, 16, i32::MAX, 32 << 24] {
            let fields = told(Handshake::default().by_client(&packed(length, b"abc"), Lang::En));
            let expected = format!("length: 4 bytes, little-endian: {length}, but only 32 is allowed (64 for SHA-256)");
            assert_eq!(fields, [(4, expected), (3, "after a wrong length: not a digest".into())]);
        }
    }

    proptest! {
        #[test]
        fn every_byte_is_in_one_field(parts in prop::collection::vec((any::<bool>(), 1_usize..40), 0..9), byte: u8) {
            let mut handshake = Handshake::default();
            for (up, bytes) in parts {
                let part = vec![byte; bytes];
                let fields =
                    if up { handshake.by_client(&part, Lang::En) } else { handshake.by_server(&part, Lang::En) };
                prop_assert_eq!(fields.iter().map(|field| field.bytes).sum::<usize>(), bytes);
            }
        }
    }
}
