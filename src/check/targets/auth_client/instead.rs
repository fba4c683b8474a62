//! What a client answered instead: the mistakes that students make are computed, and compared.

use super::exchange::{answer_to, right_answer};
use crate::both;
use crate::check::stage::judge::Judge;
use crate::check::verdict::cause::Cause;
use crate::check::verdict::mistakes::{as_texts, hashed_twice, is_str_of_bytes, signed, without_zeros};
use crate::check::verdict::{Halt, Outcome, unless_failed};
use crate::crypto::{Challenge, Secret};
use crate::protocol::{LENGTH_BYTES, Mismatch};
use base64ct::{Base64, Encoding};

/// A challenge that stays what it is when it is taken for a text.
const TEXT: [u8; Challenge::LEN] = *b"abcdefghijklmnopqrstuvwxyz012345";
/// The secret in the notes' program.
const NOTES: &[u8] = b"luwei";

/// What an answer that does not begin with the right length begins with.
pub(super) fn cause_of_length(right: &[u8], answer: &[u8]) -> Option<Cause> {
    let length = right.len() - LENGTH_BYTES;
    let number = length as u32;
    let text = length.to_string();
    let is_hex = |bytes: &[u8]| !bytes.is_empty() && bytes.iter().all(u8::is_ascii_hexdigit);
    match answer {
        [] => None,
        _ if has_lost_zeros(right, answer) => Some(Cause::ZerosLost),
        _ if is_signed(right, answer) => Some(Cause::SignedNumber),
        _ if is_base64(right, answer) => Some(Cause::DigestAsBase64),
        _ if is_framed(right, answer) => Some(Cause::OtherFraming),
        _ if is_str_of_bytes(digits_in(answer)) => Some(Cause::StrOfBytes),
        _ if answer.starts_with(&number.to_be_bytes()) => Some(Cause::LengthBigEndian),
        _ if answer.len() == size_of::<u16>() + length
            && [(number as u16).to_le_bytes(), (number as u16).to_be_bytes()]
                .iter()
                .any(|two| answer.starts_with(two)) =>
        {
            Some(Cause::LengthWidth)
        }
        _ if answer.starts_with(&(number / 2).to_le_bytes()) => Some(Cause::RawDigest),
        // Other hashes have more digits: SHA-1, and those of SHA-2.
        _ if [40, 56, 64, 96, 128].iter().any(|digits| *digits != number && announces(answer, *digits)) => {
            Some(Cause::OtherHash)
        }
        // Two digits are the length, or the beginning of a digest without one.
        _ if answer.starts_with(text.as_bytes()) && answer.len() != length => Some(Cause::LengthAsText),
        _ if is_hex(answer) => Some(Cause::LengthMissing),
        _ if answer.len() == length / 2 => Some(Cause::RawDigest),
        _ => None,
    }
}

/// Whether so many hex digits stand there behind their length, or as many of them as were read.
fn announces(answer: &[u8], digits: u32) -> bool {
    answer.starts_with(&digits.to_le_bytes()) && digits_in(answer).iter().all(u8::is_ascii_hexdigit)
}

/// What stands behind the length.
fn digits_in(answer: &[u8]) -> &[u8] {
    answer.get(LENGTH_BYTES..).unwrap_or_default()
}

/// The bytes of the digest in the right answer.
fn raw_digest(right: &[u8]) -> Vec<u8> {
    base16ct::lower::decode_vec(digits_in(right)).unwrap_or_default()
}

/// Whether these are the right digits but for zeros.
fn has_lost_zeros(right: &[u8], answer: &[u8]) -> bool {
    let (right, digits) = (digits_in(right), digits_in(answer));
    digits != right && without_zeros(right).iter().any(|lost| lost == digits)
}

/// Whether these are the right digits as those of a signed number.
fn is_signed(right: &[u8], answer: &[u8]) -> bool {
    let (right, digits) = (digits_in(right), digits_in(answer));
    let signed = signed(right);
    // Of more than was asked for, the beginning was read.
    digits.starts_with(b"-") && !digits.is_empty() && signed.starts_with(digits)
}

/// Whether the digest's bytes, or its hex digits, stand there in base64, with a length before them or without.
fn is_base64(right: &[u8], answer: &[u8]) -> bool {
    [&raw_digest(right), digits_in(right)]
        .into_iter()
        .map(Base64::encode_string)
        .any(|text| answer.ends_with(text.as_bytes()))
}

/// Whether the answer is wrapped in something: JSON, or a length that counts the right one too.
fn is_framed(right: &[u8], answer: &[u8]) -> bool {
    let length = right.len() as u32;
    let lengths =
        [length.to_be_bytes().to_vec(), length.to_le_bytes().to_vec(), (length as u16).to_be_bytes().to_vec()];
    // One length that counts itself is no second one.
    let counts_itself = digits_in(answer).first().is_some_and(u8::is_ascii_hexdigit);
    let is_text = answer.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace());
    is_text && matches!(answer, [b'{' | b'[' | b'"' | b'<', ..])
        || (!counts_itself && lengths.iter().any(|head| answer.starts_with(head)))
}

/// Nothing that is known explains the answer, or there is none: is it right, if the challenge is a text?
pub(super) fn find_what_it_hashes(judge: &mut Judge<'_>, halt: Halt) -> Outcome<Halt> {
    if matches!(&halt, Halt::Failed(failure) if failure.is_cause_seen()) {
        return Ok(halt);
    }
    judge.context.story.looks_for_the_cause();
    judge.next_process();
    let text = Challenge::new(TEXT);
    let Some((_, answer)) = unless_failed(answer_to(judge, &text))? else { return Ok(halt) };
    if answer != right_answer(judge, &text) {
        return Ok(halt);
    }
    let finding = both!(
        "a challenge of 32 letters, which is a text, it answered rightly",
        "挑战值若是 32 个字母，也就是一段文本，它就答对了"
    );
    Ok(halt.found(Cause::ChallengeDecoded, finding))
}

/// What the digest in an answer is, if it is not the right one.
pub(super) fn cause_of(judge: &Judge<'_>, challenge: &Challenge, right: &[u8], answer: &[u8]) -> Option<Cause> {
    if has_lost_zeros(right, answer) {
        return Some(Cause::ZerosLost);
    }
    if is_signed(right, answer) {
        return Some(Cause::SignedNumber);
    }
    if answer.len() < right.len() {
        return None;
    }
    let (digits, raw) = (digits_in(answer), raw_digest(right));
    match judge.order.scheme.explain(judge.secret(), challenge, digits) {
        // The rest of a length that is too long.
        _ if digits.starts_with(&[0; LENGTH_BYTES]) => Some(Cause::LengthWidth),
        _ if digits.starts_with(&raw) => Some(Cause::RawDigest),
        Mismatch::Unknown => cause_of_changed(judge, challenge.as_bytes(), answer).or_else(|| {
            let twice = hashed_twice(judge.order.scheme, judge.secret(), challenge.as_bytes());
            if twice.iter().any(|twice| twice.as_bytes() == digits) {
                return Some(Cause::HashedTwice);
            }
            is_of_the_notes(judge, challenge, digits).then_some(Cause::SecretWrittenIn)
        }),
        mismatch => cause_of_known(mismatch),
    }
}

/// Whether the digest is that of the secret in the notes' program.
fn is_of_the_notes(judge: &Judge<'_>, challenge: &Challenge, digits: &[u8]) -> bool {
    let notes = Secret::new(NOTES.to_vec());
    judge.order.scheme.answer(&notes, challenge).as_bytes() == digits
}

fn cause_of_known(mismatch: Mismatch) -> Option<Cause> {
    Some(match mismatch {
        Mismatch::PlainMd5 => Cause::DigestPlain,
        Mismatch::HmacMd5 => Cause::DigestHmac,
        Mismatch::Swapped => Cause::DigestSwapped,
        Mismatch::SecretWithNewline => Cause::SecretWithNewline,
        Mismatch::HexChallenge => Cause::DigestOfHex,
        Mismatch::HalfMissing => Cause::DigestOfHalf,
        Mismatch::UpperCase => Cause::UpperCaseDigest,
        Mismatch::NotHex | Mismatch::Echo | Mismatch::OtherRole | Mismatch::Elsewhere | Mismatch::Unknown => {
            return None;
        }
    })
}

/// The challenge was taken for a text, and is not what it was.
pub(super) fn cause_of_changed(judge: &Judge<'_>, challenge: &[u8], answer: &[u8]) -> Option<Cause> {
    let digits = digits_in(answer);
    let is_of = |changed: &[u8]| judge.order.scheme.digits_of(judge.secret(), changed).as_bytes() == digits;
    let until_zero = challenge.split(|byte| *byte == 0).next().unwrap_or_default();
    if is_of(until_zero) {
        return Some(Cause::ZeroEndsText);
    }
    if [challenge.trim_ascii(), challenge.trim_ascii_start(), challenge.trim_ascii_end()].iter().any(|text| is_of(text))
    {
        return Some(Cause::StripsText);
    }
    as_texts(challenge).iter().any(|text| is_of(text.as_bytes())).then_some(Cause::ChallengeDecoded)
}
