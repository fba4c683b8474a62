//! The mistakes that people make in lesson 2, and that the server recognizes: it says what was sent instead of the right
//! digest, and what the four bytes look like that are no length. On its own screen; on the wire it says nothing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::auth::{hmac_md5_hex, hmac_sha256_hex, md5_hex, packed};
use day30::crypto::{Challenge, Scheme, Secret};
use day30::lang::Lang;
use day30::protocol::{AuthServer, Ending, Fact, LengthGuess, Mismatch, Next, Protocol, Turn};
use day30::view::describe_fact;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

const KEY: &[u8] = b"luwei";
/// The key as an editor saves it.
const LINE: &[u8] = b"luwei\n";

fn challenge() -> Challenge {
    Challenge::new(std::array::from_fn(|index| 0xf0 ^ index as u8))
}

/// How a server of this scheme ends that receives `wire`, and the last thing that it learned.
fn verdict(scheme: Scheme, wire: &[u8]) -> (Next, Fact) {
    let (mut send, mut facts) = (Vec::new(), Vec::new());
    let mut turn = Turn { send: &mut send, facts: &mut facts };
    let secret = Arc::new(Secret::new(KEY.to_vec()));
    let mut server = AuthServer::new(scheme, secret, challenge(), Duration::from_secs(5));
    assert_eq!(server.connected(&mut turn), Next::GoOn);
    let next = server.received(wire, &mut turn);
    assert_eq!(send, challenge().as_bytes(), "nothing but the challenge is said");
    (next, facts.pop().unwrap())
}

#[track_caller]
fn assert_mismatch(scheme: Scheme, digits: impl AsRef<[u8]>, mismatch: Mismatch) {
    let shown = String::from_utf8_lossy(digits.as_ref()).into_owned();
    let expected = (Next::End(Ending::Refused), Fact::Refused { mismatch });
    assert_eq!(verdict(scheme, &packed(digits)), expected, "{scheme:?} on {shown:?}");
}

#[track_caller]
fn assert_guess(scheme: Scheme, bytes: &[u8; 4], guess: LengthGuess) {
    let (length, expected) = (i32::from_le_bytes(*bytes), scheme.hex_len() as i32);
    let refused = (Next::End(Ending::BadLength), Fact::BadLength { length, expected, guess });
    assert_eq!(verdict(scheme, bytes), refused, "{scheme:?} on {bytes:x?}");
}

#[test]
fn what_was_computed_instead_of_md5_is_recognized() {
    let asked = challenge();
    let asked_hex = asked.to_hex();
    let asked = &asked.as_bytes()[..];
    for (digits, mismatch) in [
        (hmac_md5_hex(KEY, asked), Mismatch::HmacMd5),
        (md5_hex(&[asked, KEY]), Mismatch::Swapped),
        (md5_hex(&[LINE, asked]), Mismatch::SecretWithNewline),
        (md5_hex(&[KEY, asked_hex.as_bytes()]), Mismatch::HexChallenge),
        (md5_hex(&[asked]), Mismatch::HalfMissing),
        (md5_hex(&[KEY]), Mismatch::HalfMissing),
        (md5_hex(&[KEY, asked]).to_uppercase(), Mismatch::UpperCase),
        (md5_hex(&[b"guess", asked]), Mismatch::Unknown),
        (asked_hex[..32].to_owned(), Mismatch::Unknown),
        ("-".repeat(32), Mismatch::NotHex),
        (md5_hex(&[b"guess", asked]).to_uppercase(), Mismatch::NotHex),
    ] {
        assert_mismatch(Scheme::Md5, digits, mismatch);
    }
    assert_mismatch(Scheme::Md5, asked, Mismatch::Echo);
    assert_mismatch(Scheme::Md5, [0xff; 32], Mismatch::NotHex);
    assert_mismatch(Scheme::Md5, [0; 32], Mismatch::NotHex);
}

#[test]
fn what_was_computed_instead_of_an_hmac_is_recognized() {
    let asked = challenge();
    let asked = &asked.as_bytes()[..];
    for (digits, mismatch) in [
        (md5_hex(&[KEY, asked]), Mismatch::PlainMd5),
        (md5_hex(&[asked, KEY]), Mismatch::Swapped),
        (hmac_md5_hex(LINE, asked), Mismatch::SecretWithNewline),
        (hmac_md5_hex(KEY, asked).to_uppercase(), Mismatch::UpperCase),
        (hmac_md5_hex(b"guess", asked), Mismatch::Unknown),
        (md5_hex(&[asked]), Mismatch::HalfMissing),
    ] {
        assert_mismatch(Scheme::HmacMd5, digits, mismatch);
    }
    assert_mismatch(Scheme::HmacMd5, asked, Mismatch::Echo);
    for (digits, mismatch) in [
        (hmac_sha256_hex(LINE, asked), Mismatch::SecretWithNewline),
        (hmac_sha256_hex(KEY, asked).to_uppercase(), Mismatch::UpperCase),
        (hmac_sha256_hex(b"guess", asked), Mismatch::Unknown),
        (challenge().to_hex(), Mismatch::Unknown),
    ] {
        assert_mismatch(Scheme::HmacSha256, digits, mismatch);
    }
    // The challenge, and half a digest behind it.
    assert_mismatch(Scheme::HmacSha256, [asked, &[b'0'; 32]].concat(), Mismatch::Echo);
    assert_mismatch(Scheme::HmacSha256, [asked, asked].concat(), Mismatch::Echo);
}

/// Only the lower case is right: the notes compare text, and `A` is not `a`. One letter in upper case is enough.
#[test]
fn one_upper_case_letter_makes_a_right_digest_wrong() {
    let right = md5_hex(&[KEY, challenge().as_bytes()]);
    let letters: Vec<_> = right.char_indices().filter(|(_, letter)| letter.is_ascii_lowercase()).collect();
    assert!(letters.len() > 3, "{right} has few letters");
    for (index, _) in letters {
        let mut digits = right.clone();
        digits[index..=index].make_ascii_uppercase();
        assert_mismatch(Scheme::Md5, digits, Mismatch::NotHex);
    }
}

#[test]
fn what_stands_in_the_lengths_place_is_guessed() {
    for scheme in [Scheme::Md5, Scheme::HmacMd5] {
        for (bytes, guess) in [
            (&[0, 0, 0, 32], LengthGuess::BigEndian),
            (&[16, 0, 0, 0], LengthGuess::RawDigest),
            (&[64, 0, 0, 0], LengthGuess::OtherScheme),
        ] {
            assert_guess(scheme, bytes, guess);
        }
    }
    assert_guess(Scheme::HmacSha256, &[0, 0, 0, 64], LengthGuess::BigEndian);
    assert_guess(Scheme::HmacSha256, &[32, 0, 0, 0], LengthGuess::OtherScheme);
    assert_guess(Scheme::HmacSha256, &[0, 0, 0, 32], LengthGuess::Unknown);
}

#[test]
fn visitors_who_speak_another_protocol_are_recognized_by_their_first_four_bytes() {
    for scheme in [Scheme::Md5, Scheme::HmacMd5, Scheme::HmacSha256] {
        for request in [b"GET ", b"POST", b"HEAD", b"PUT ", b"OPTI", b"CONN"] {
            assert_guess(scheme, request, LengthGuess::Http);
        }
        for version in 0..=4 {
            assert_guess(scheme, &[0x16, 3, version, 2], LengthGuess::Tls);
        }
        assert_guess(scheme, b"SSH-", LengthGuess::Ssh);
        for digits in [b"be89", b"0000", b"ffff", b"1234"] {
            assert_guess(scheme, digits, LengthGuess::NoLength);
        }
        for negative in [-1_i32, i32::MIN, -32, -64] {
            assert_guess(scheme, &negative.to_le_bytes(), LengthGuess::Negative);
        }
        for unknown in [0_i32, 1, 31, 33, 63, 65, 1024, 0x4000_0001, i32::MAX] {
            assert_guess(scheme, &unknown.to_le_bytes(), LengthGuess::Unknown);
        }
    }
}

/// An explanation that says the same of two mistakes, or nothing, explains nothing; and it must not tell the secret.
#[test]
fn each_mistake_has_its_own_words_in_both_languages() {
    use Mismatch as M;
    let mismatches = [
        M::PlainMd5,
        M::HmacMd5,
        M::Swapped,
        M::SecretWithNewline,
        M::HexChallenge,
        M::HalfMissing,
        M::UpperCase,
        M::Echo,
        M::NotHex,
        M::Unknown,
    ];
    use LengthGuess as G;
    let guesses =
        [G::BigEndian, G::RawDigest, G::OtherScheme, G::NoLength, G::Http, G::Tls, G::Ssh, G::Negative, G::Unknown];
    let refused = mismatches.map(|mismatch| Fact::Refused { mismatch });
    let bad = guesses.map(|guess| Fact::BadLength { length: 7, expected: 32, guess });
    let facts: Vec<_> = refused.into_iter().chain(bad).collect();
    let said = [Lang::En, Lang::Zh].map(|lang| facts.iter().map(move |fact| describe_fact(fact, lang)));
    let different: HashSet<String> = said.into_iter().flatten().collect();
    assert_eq!(different.len(), 2 * facts.len(), "{different:#?}");
    assert!(!different.iter().any(|words| words.contains("luwei")), "{different:#?}");
}
