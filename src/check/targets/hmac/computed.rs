//! Digests of a wrong kind, or of something else: computed, to be looked for in what a program printed.

use super::right::right;
use crate::both;
use crate::check::verdict::cause::Cause;
use crate::check::verdict::mistakes::{latin_1, utf_16};
use crate::crypto::{Digest, Hmac, Secret, Steps};
use crate::lang::Text;
use crate::view::bytes_literal;
use md5::{Digest as _, Md5};

/// The block of MD5.
const BLOCK: usize = 64;
/// The pads of the inner and the outer hash.
const PADS: [u8; 2] = [0x36, 0x5c];

/// What a mistake comes to.
pub(super) struct Computed {
    pub(super) cause: Cause,
    pub(super) digest: Vec<u8>,
    /// What was computed, where the cause alone does not say it.
    pub(super) what: Option<Text>,
}

/// All of them, but for those that come to the right digest.
pub(super) fn all(key: &str, message: &str) -> Vec<Computed> {
    let is_right = right(key, message);
    let known = [of_other_texts(key, message), hashed_once_more(key, message, &is_right), of_parts(key, message)];
    let by_hand = [by_hand(key, message), in_other_encodings(key, message), with_other_hashes(key, message)];
    let all = known.into_iter().chain(by_hand).flatten().map(|(cause, digest)| Computed { cause, digest, what: None });
    let what = both!("it printed the inner hash, md5(ipad + message)", "它打印的是内层哈希 md5(ipad + 消息)");
    let inner = Computed { cause: Cause::NotTheDigest, digest: inner(key, message), what: Some(what) };
    all.chain([inner]).filter(|computed| computed.digest != is_right).collect()
}

type Known = Vec<(Cause, Vec<u8>)>;

fn of_other_texts(key: &str, message: &str) -> Known {
    let with_line_end = |text: &str| format!("{text}\n");
    vec![
        (Cause::WrittenIn, right("asd", "sad")),
        (Cause::WrittenIn, right("asd", message)),
        (Cause::WrittenIn, right(key, "sad")),
        (Cause::KeyAndMessageSwapped, right(message, key)),
        (Cause::LineEndHashed, right(key, &with_line_end(message))),
        (Cause::LineEndHashed, right(&with_line_end(key), message)),
        (Cause::LineEndHashed, right(&with_line_end(key), &with_line_end(message))),
        (Cause::LineEndHashed, right(key, message.trim())),
        (Cause::LineEndHashed, right(key.trim(), message.trim())),
        (Cause::StrOfBytes, right(&literal(key), &literal(message))),
        (Cause::StrOfBytes, right(&literal(key), message)),
        (Cause::StrOfBytes, right(key, &literal(message))),
    ]
}

/// The message goes in twice, or its hash instead of it; the key goes in once more; the digest is hashed again.
fn hashed_once_more(key: &str, message: &str, digest: &[u8]) -> Known {
    let hash = md5(&[message.as_bytes()]);
    let again = |message: &[u8]| of_bytes(key.as_bytes(), message);
    let all = [
        again(message.repeat(2).as_bytes()),
        again(&hash),
        again(&digits(&hash)),
        again(digest),
        again(&digits(digest)),
        again(format!("{key}{message}").as_bytes()),
        again(format!("{message}{key}").as_bytes()),
        md5(&[digest]),
        md5(&[&digits(digest)]),
    ];
    all.into_iter().map(|digest| (Cause::HashedTwice, digest)).collect()
}

/// Without the key, without the message, or as a plain hash.
fn of_parts(key: &str, message: &str) -> Known {
    let (key_bytes, message_bytes) = (key.as_bytes(), message.as_bytes());
    vec![
        (Cause::DigestOfHalf, right(key, "")),
        (Cause::DigestOfHalf, right("", message)),
        (Cause::PlainHash, md5(&[key_bytes, message_bytes])),
        (Cause::PlainHash, md5(&[message_bytes, key_bytes])),
        (Cause::PlainHash, md5(&[message_bytes])),
        (Cause::PlainHash, md5(&[key_bytes])),
        (Cause::PlainHash, md5(&[key_bytes, message_bytes, key_bytes])),
    ]
}

/// RFC 2104 written out, with a slip.
fn by_hand(key: &str, message: &str) -> Known {
    let padded = padded(key);
    let filled = |with: u8, len: usize| {
        let mut filled = key.as_bytes().to_vec();
        filled.resize(key.len().max(len), with);
        filled
    };
    vec![
        (Cause::LongKeyCut, right(key.get(..BLOCK).unwrap_or(key), message)),
        (Cause::LongKeyCut, hmac_of(&filled(0, BLOCK), message, PADS, bytes)),
        (Cause::WrongPads, hmac_of(&padded, message, [0x5c, 0x36], bytes)),
        (Cause::WrongPads, hmac_of(&padded, message, [0x36, 0x36], bytes)),
        (Cause::WrongPads, hmac_of(key.as_bytes(), message, PADS, bytes)),
        (Cause::WrongPads, hmac_of(&filled(b' ', BLOCK), message, PADS, bytes)),
        (Cause::WrongPads, hmac_of(&filled(b'0', BLOCK), message, PADS, bytes)),
        (Cause::WrongPads, hmac_of(&filled(0, 16), message, PADS, bytes)),
        (Cause::WrongPads, md5(&[key.as_bytes(), &md5(&[key.as_bytes(), message.as_bytes()])])),
        (Cause::WrongPads, md5(&[key.as_bytes(), &digits(&md5(&[key.as_bytes(), message.as_bytes()]))])),
        (Cause::InnerAsHex, hmac_of(&padded, message, PADS, digits)),
    ]
}

fn in_other_encodings(key: &str, message: &str) -> Known {
    let with_bom = |text: &str| [b"\xff\xfe".to_vec(), utf_16(text, u16::to_le_bytes)].concat();
    let all = [
        of_bytes(&latin_1(key), &latin_1(message)),
        of_bytes(&utf_16(key, u16::to_le_bytes), &utf_16(message, u16::to_le_bytes)),
        of_bytes(&utf_16(key, u16::to_be_bytes), &utf_16(message, u16::to_be_bytes)),
        of_bytes(&with_bom(key), &with_bom(message)),
        of_bytes(&low_bytes(key), &low_bytes(message)),
        right(&twice(key), &twice(message)),
        right(&ascii(key), &ascii(message)),
        of_bytes(&gbk(key), &gbk(message)),
    ];
    all.into_iter().map(|digest| (Cause::OtherEncoding, digest)).collect()
}

fn with_other_hashes(key: &str, message: &str) -> Known {
    let others = [Digest::Sha1, Digest::Sha224, Digest::Sha256, Digest::Sha384, Digest::Sha512];
    others.map(|digest| (Cause::OtherDigest, hmac(digest, key.as_bytes(), message.as_bytes()))).into()
}

/// What stands in an output as a row of hex digits, and is the key, the message, or a step on the way to the digest.
pub(super) fn in_hex(output: &str, key: &str, message: &str) -> Option<Text> {
    let padded = padded(key);
    let pad = |with: u8| -> Vec<u8> { padded.iter().map(|byte| byte ^ with).collect() };
    let rows = [
        (message.as_bytes().to_vec(), both!("the message", "消息")),
        (key.as_bytes().to_vec(), both!("the key", "密钥")),
        (pad(PADS[0]), both!("the key XOR 0x36", "密钥与 0x36 异或的结果")),
        (pad(PADS[1]), both!("the key XOR 0x5c", "密钥与 0x5c 异或的结果")),
        (padded, both!("the padded key", "补齐后的密钥")),
    ];
    let lower = output.to_ascii_lowercase();
    let words: Vec<&str> = lower.split(|letter: char| !letter.is_ascii_alphanumeric()).collect();
    let stands = |row: &[u8]| words.contains(&base16ct::lower::encode_string(row).as_str());
    rows.into_iter().find(|(row, _)| !row.is_empty() && stands(row)).map(|(_, what)| what)
}

fn padded(key: &str) -> Vec<u8> {
    // Reading from memory cannot fail.
    Steps::take(Digest::Md5, &Secret::new(key.into()), &[][..]).map(|steps| steps.padded_key).unwrap_or_default()
}

fn inner(key: &str, message: &str) -> Vec<u8> {
    let pad: Vec<u8> = padded(key).iter().map(|byte| byte ^ PADS[0]).collect();
    md5(&[&pad, message.as_bytes()])
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

/// HMAC written out: the padded key, with these two numbers as pads, and the inner hash in this form.
fn hmac_of(padded: &[u8], message: &str, [inner, outer]: [u8; 2], form: fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
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

/// UTF-8 that is taken for Latin-1, and encoded once more.
fn twice(text: &str) -> String {
    text.bytes().map(char::from).collect()
}

/// What Node makes of a text in "latin1": the low byte of each unit of UTF-16.
fn low_bytes(text: &str) -> Vec<u8> {
    text.encode_utf16().map(|unit| unit.to_le_bytes()[0]).collect()
}

/// What is left where all that is not ASCII is dropped.
fn ascii(text: &str) -> String {
    text.chars().filter(char::is_ascii).collect()
}

/// The words of the checks in GBK, with `?` for all that is not ASCII elsewhere.
fn gbk(text: &str) -> Vec<u8> {
    match text {
        "密钥" => b"\xc3\xdc\xd4\xbf".to_vec(),
        "消息" => b"\xcf\xfb\xcf\xa2".to_vec(),
        _ => text.chars().map(|letter| if letter.is_ascii() { letter as u8 } else { b'?' }).collect(),
    }
}
