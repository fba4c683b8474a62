//! What programs make of bytes and letters by mistake, whatever they are for.

use crate::crypto::{Scheme, Secret};
use crate::view::bytes_literal;
use md5::{Digest as _, Md5};

/// Whether these bytes stand in the others.
pub(crate) fn contains(whole: &[u8], part: &[u8]) -> bool {
    !part.is_empty() && whole.windows(part.len()).any(|window| window == part)
}

/// Whether this begins as Python shows bytes, in upper case or not.
pub(crate) fn is_str_of_bytes(got: &[u8]) -> bool {
    matches!(got, [b'b' | b'B', b'\'' | b'"', ..])
}

/// What becomes of bytes that are no text and are taken for one.
pub(crate) fn as_texts(bytes: &[u8]) -> [String; 4] {
    let lossy = String::from_utf8_lossy(bytes).into_owned();
    let ignored = bytes.utf8_chunks().map(|chunk| chunk.valid()).collect();
    let latin_1 = bytes.iter().copied().map(char::from).collect();
    [lossy, ignored, latin_1, bytes_literal(bytes)]
}

/// What becomes of hex digits that lose zeros: those at the beginning of the number, and those of each byte.
pub(crate) fn without_zeros(hex: &[u8]) -> [Vec<u8>; 2] {
    let of_number = hex.iter().skip_while(|digit| **digit == b'0').copied().collect();
    let of_bytes = hex.chunks(2).flat_map(|byte| byte.strip_prefix(b"0").unwrap_or(byte)).copied().collect();
    [of_number, of_bytes]
}

/// What becomes of hex digits that are written as a signed number, as Java's `BigInteger` does: a minus sign where the first bit
/// is set, and no zeros at the beginning.
pub(crate) fn signed(hex: &[u8]) -> Vec<u8> {
    let mut bytes = base16ct::mixed::decode_vec(hex).unwrap_or_default();
    let is_negative = bytes.first().is_some_and(|first| *first > i8::MAX as u8);
    if is_negative {
        // Two's complement: all bits the other way round, and one more.
        bytes.iter_mut().for_each(|byte| *byte = !*byte);
        for byte in bytes.iter_mut().rev() {
            *byte = byte.wrapping_add(1);
            if *byte != 0 {
                break;
            }
        }
    }
    let digits = base16ct::lower::encode_string(&bytes);
    let [of_number, _] = without_zeros(digits.as_bytes());
    if is_negative { [b"-".to_vec(), of_number].concat() } else { of_number }
}

/// The digests of a message that is hashed once too often: the message goes in twice, or both parts do; the digest is hashed again,
/// as bytes or as digits.
pub(crate) fn hashed_twice(scheme: Scheme, secret: &Secret, message: &[u8]) -> [String; 6] {
    let once = scheme.digits_of(secret, message);
    let raw = base16ct::lower::decode_vec(&once).unwrap_or_default();
    let again = |bytes: &[u8]| base16ct::lower::encode_string(&Md5::digest(bytes));
    [
        scheme.digits_of(secret, &message.repeat(2)),
        scheme.digits_of(secret, &[message, secret.expose(), message].concat()),
        again(&raw),
        again(once.as_bytes()),
        // The secret is hashed first.
        scheme.digits_of(&Secret::new(Md5::digest(secret.expose()).to_vec()), message),
        scheme.digits_of(&Secret::new(again(secret.expose()).into_bytes()), message),
    ]
}

/// A text in Latin-1, with `?` for the letters that are not in it.
pub(crate) fn latin_1(text: &str) -> Vec<u8> {
    text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap_or(b'?')).collect()
}

/// A text in UTF-16, its bytes in this order, without a mark for that.
pub(crate) fn utf_16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(order).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_are_lost_in_two_ways() {
        assert_eq!(without_zeros(b"000c1020"), [b"c1020".to_vec(), b"0c1020".to_vec()]);
        assert_eq!(without_zeros(b"1203"), [b"1203".to_vec(), b"123".to_vec()]);
    }

    #[test]
    fn a_signed_number_has_a_sign() {
        assert_eq!(signed(b"0c1020"), b"c1020");
        assert_eq!(signed(b"7fff"), b"7fff");
        assert_eq!(signed(b"ffff"), b"-1");
        assert_eq!(signed(b"8000"), b"-8000");
        assert_eq!(signed(b"ff00"), b"-100");
    }

    #[test]
    fn letters_have_other_bytes_in_other_encodings() {
        assert_eq!(latin_1("é中"), b"\xe9?");
        assert_eq!(utf_16("é", u16::to_le_bytes), b"\xe9\x00");
        assert_eq!(utf_16("é", u16::to_be_bytes), b"\x00\xe9");
    }
}
