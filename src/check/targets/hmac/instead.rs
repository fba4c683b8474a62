//! What a program printed instead of the digest: the mistakes that students make are computed, and looked for.

use super::right::{right, shows};
use crate::check::verdict::cause::Cause;
use crate::check::verdict::mistakes::{contains, latin_1, utf_16, without_zeros};
use crate::crypto::{Digest, Hmac, Secret, Steps};
use crate::view::bytes_literal;
use md5::{Digest as _, Md5};

/// How many hex digits of a digest must be there to be taken for its beginning.
const BEGINNING: usize = 8;
/// How Python and Node show what is no digest.
const OBJECTS: &[&str] =
    &["<bound method", "<built-in method", " object at 0x", "[Function", "[object Object]", "Hmac {"];
/// The block of MD5.
const BLOCK: usize = 64;

/// What was computed, if it is one of the known mistakes.
pub(super) fn cause_of(stdout: &[u8], key: &str, message: &str) -> Option<Cause> {
    let (output, digest) = (&*String::from_utf8_lossy(stdout), right(key, message));
    if contains(stdout, &digest) {
        return Some(Cause::RawDigest);
    }
    let mistakes = mistakes(key, message);
    let found = mistakes.into_iter().find(|(_, digest)| !digest.is_empty() && shows(output, digest));
    if let Some((cause, _)) = found {
        return Some(cause);
    }
    if OBJECTS.iter().any(|object| output.contains(object)) {
        return Some(Cause::ObjectPrinted);
    }
    let hex = base16ct::lower::encode_string(&digest);
    if shows_without_zeros(output, &hex) {
        return Some(Cause::ZerosLost);
    }
    let beginning = hex.get(..BEGINNING).unwrap_or_default();
    output.to_ascii_lowercase().contains(beginning).then_some(Cause::DigestCut)
}

/// Whether these hex digits stand there but for zeros.
fn shows_without_zeros(output: &str, hex: &str) -> bool {
    let lost = without_zeros(hex.as_bytes());
    let mut words = output.split(|letter: char| !letter.is_ascii_alphanumeric());
    words.any(|word| {
        let word = word.strip_prefix("0x").unwrap_or(word);
        word != hex && lost.iter().any(|lost| lost == word.as_bytes())
    })
}

/// Digests of a wrong kind, or of something else.
fn mistakes(key: &str, message: &str) -> Vec<(Cause, Vec<u8>)> {
    let with_line_end = |text: &str| format!("{text}\n");
    // Reading from memory cannot fail.
    let steps = Steps::take(Digest::Md5, &Secret::new(key.into()), message.as_bytes());
    let padded = steps.map(|steps| steps.padded_key).unwrap_or_default();
    let mut too_long = key.as_bytes().to_vec();
    too_long.resize(key.len().max(BLOCK), 0);
    let utf_16 = |text: &str| utf_16(text, u16::to_le_bytes);
    let mut mistakes = vec![
        (Cause::WrittenIn, right("asd", "sad")),
        (Cause::KeyAndMessageSwapped, right(message, key)),
        (Cause::LineEndHashed, right(key, &with_line_end(message))),
        (Cause::LineEndHashed, right(&with_line_end(key), message)),
        (Cause::LineEndHashed, right(key, message.trim())),
        (Cause::PlainHash, md5(&[key.as_bytes(), message.as_bytes()])),
        (Cause::PlainHash, md5(&[message.as_bytes(), key.as_bytes()])),
        (Cause::PlainHash, md5(&[message.as_bytes()])),
        (Cause::LongKeyCut, right(key.get(..BLOCK).unwrap_or(key), message)),
        (Cause::LongKeyCut, by_hand(&too_long, message, [0x36, 0x5c], bytes)),
        (Cause::WrongPads, by_hand(&padded, message, [0x5c, 0x36], bytes)),
        (Cause::WrongPads, by_hand(&padded, message, [0x36, 0x36], bytes)),
        (Cause::InnerAsHex, by_hand(&padded, message, [0x36, 0x5c], digits)),
        (Cause::StrOfBytes, right(&literal(key), &literal(message))),
        (Cause::StrOfBytes, right(&literal(key), message)),
        (Cause::StrOfBytes, right(key, &literal(message))),
        (Cause::OtherEncoding, of_bytes(&latin_1(key), &latin_1(message))),
        (Cause::OtherEncoding, of_bytes(&utf_16(key), &utf_16(message))),
    ];
    for digest in [Digest::Sha1, Digest::Sha224, Digest::Sha256, Digest::Sha384, Digest::Sha512] {
        mistakes.push((Cause::OtherDigest, hmac(digest, key.as_bytes(), message.as_bytes())));
    }
    let is_right = right(key, message);
    mistakes.retain(|(_, digest)| *digest != is_right);
    mistakes
}

fn hmac(digest: Digest, key: &[u8], message: &[u8]) -> Vec<u8> {
    // Reading from memory cannot fail.
    Hmac::compute(digest, &Secret::new(key.to_vec()), message).map(|hmac| hmac.bytes).unwrap_or_default()
}

fn of_bytes(key: &[u8], message: &[u8]) -> Vec<u8> {
    hmac(Digest::Md5, key, message)
}

fn md5(parts: &[&[u8]]) -> Vec<u8> {
    Md5::digest(parts.concat()).to_vec()
}

/// HMAC written out: the padded key, with these two numbers as pads (0x36 and 0x5c are right), and the inner hash in this form.
fn by_hand(padded: &[u8], message: &str, [inner, outer]: [u8; 2], form: fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let pad = |with: u8| -> Vec<u8> { padded.iter().map(|byte| byte ^ with).collect() };
    md5(&[&pad(outer), &form(&md5(&[&pad(inner), message.as_bytes()]))])
}

fn bytes(hash: &[u8]) -> Vec<u8> {
    hash.to_vec()
}

fn digits(hash: &[u8]) -> Vec<u8> {
    base16ct::lower::encode_string(hash).into_bytes()
}

fn literal(text: &str) -> String {
    bytes_literal(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mistake_is_known_by_what_it_prints() {
        let long = "k".repeat(80);
        for (key, message) in [("asd ", "sad"), ("key", "message\t"), (long.as_str(), "m"), ("schlüssel", "é")] {
            for (cause, digest) in mistakes(key, message) {
                let printed = format!("digest: {}", base16ct::upper::encode_string(&digest));
                // Two mistakes may come to the same; the first one is named.
                assert!(cause_of(printed.as_bytes(), key, message).is_some(), "{cause:?} for {key:?}");
            }
            assert_eq!(cause_of(b"nothing of that kind", key, message), None);
        }
        assert_eq!(cause_of(b"280ce248e848bcd4", "asd", "sad"), Some(Cause::DigestCut));
        assert_eq!(
            cause_of(base16ct::lower::encode_string(&right("b", "a")).as_bytes(), "a", "b"),
            Some(Cause::KeyAndMessageSwapped)
        );
    }
}
