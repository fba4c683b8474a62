//! Lesson 2: how a secret and a challenge become a digest.

use super::{Challenge, Secret};
use crate::protocol::Mismatch;
use hmac::digest::CtOutput;
use hmac::{KeyInit, Mac};
use md5::{Digest as _, Md5};
use sha2::Sha256;

/// How the digest of a secret and a challenge is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// The notes' scheme: MD5 of the secret's bytes and then the challenge's. Fit for a lesson, not for a door.
    Md5,
    /// HMAC-MD5 under the secret: what lesson 3 is for.
    HmacMd5,
    /// HMAC-SHA256 under the secret: what to use today.
    HmacSha256,
}

impl Scheme {
    /// The scheme's name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::HmacMd5 => "hmac-md5",
            Self::HmacSha256 => "hmac-sha256",
        }
    }

    /// How many hex digits an answer has: the only legal length on the wire.
    #[must_use]
    pub fn hex_len(self) -> usize {
        match self {
            Self::Md5 | Self::HmacMd5 => 32,
            Self::HmacSha256 => 64,
        }
    }

    /// The answer to `challenge`: lower-case hex digits.
    #[must_use]
    pub fn answer(self, secret: &Secret, challenge: &Challenge) -> String {
        self.digits_of(secret, challenge.as_bytes())
    }

    /// The digits of whatever a program has made of a challenge.
    pub(crate) fn digits_of(self, secret: &Secret, message: &[u8]) -> String {
        let secret = secret.expose();
        match self {
            Self::Md5 => md5_hex(&[secret, message]),
            Self::HmacMd5 => hmac_hex::<hmac::Hmac<Md5>>(secret, message),
            Self::HmacSha256 => hmac_hex::<hmac::Hmac<Sha256>>(secret, message),
        }
    }

    /// Whether `answer` is the right one: compared in a time that does not tell how much of it is right.
    #[must_use]
    pub fn verify(self, secret: &Secret, challenge: &Challenge, answer: &[u8]) -> bool {
        let Ok(digest) = base16ct::lower::decode_vec(answer) else { return false };
        let (secret, challenge) = (secret.expose(), challenge.as_bytes());
        match self {
            Self::Md5 => {
                let Ok(given) = <[u8; 16]>::try_from(digest) else { return false };
                let right = Md5::new_with_prefix(secret).chain_update(challenge).finalize();
                CtOutput::<Md5>::new(right) == CtOutput::new(given.into())
            }
            Self::HmacMd5 => hmac_verify::<hmac::Hmac<Md5>>(secret, challenge, &digest),
            Self::HmacSha256 => hmac_verify::<hmac::Hmac<Sha256>>(secret, challenge, &digest),
        }
    }

    /// What a client seems to have computed instead, for the server's own screen. The whole list is gone through each
    /// time, so that a refusal takes as long whatever was wrong.
    #[must_use]
    pub fn explain(self, secret: &Secret, challenge: &Challenge, answer: &[u8]) -> Mismatch {
        let (key, asked) = (secret.expose(), challenge.as_bytes());
        let with_newline = Secret::new([key, b"\n"].concat());
        let candidates = [
            (Mismatch::PlainMd5, md5_hex(&[key, asked])),
            (Mismatch::HmacMd5, hmac_hex::<hmac::Hmac<Md5>>(key, asked)),
            // The challenge taken for the key.
            (
                if self == Self::Md5 { Mismatch::HmacMd5 } else { Mismatch::Swapped },
                hmac_hex::<hmac::Hmac<Md5>>(asked, key),
            ),
            (Mismatch::Swapped, md5_hex(&[asked, key])),
            (Mismatch::SecretWithNewline, self.answer(&with_newline, challenge)),
            (Mismatch::HexChallenge, md5_hex(&[key, challenge.to_hex().as_bytes()])),
            (Mismatch::HalfMissing, md5_hex(&[asked])),
            (Mismatch::HalfMissing, md5_hex(&[key])),
            (Mismatch::UpperCase, self.answer(secret, challenge).to_uppercase()),
        ];
        let is_hex = answer.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let fallback = match answer {
            _ if answer.starts_with(asked) => Mismatch::Echo,
            _ if is_hex => Mismatch::Unknown,
            _ => Mismatch::NotHex,
        };
        let found = candidates.iter().filter(|(_, digits)| digits.as_bytes() == answer).map(|(mismatch, _)| *mismatch);
        found.fold(fallback, |_, mismatch| mismatch)
    }
}

// ANCHOR: md5
fn md5_hex(parts: &[&[u8]]) -> String {
    let mut hash = Md5::new();
    parts.iter().for_each(|part| hash.update(part));
    base16ct::lower::encode_string(&hash.finalize())
}
// ANCHOR_END: md5

fn hmac<M: Mac + KeyInit>(key: &[u8], message: &[u8]) -> Option<M> {
    // HMAC takes a key of any length, so this is never `None`; the signature is shared with ciphers that do not.
    let mut mac = <M as KeyInit>::new_from_slice(key).ok()?;
    mac.update(message);
    Some(mac)
}

fn hmac_hex<M: Mac + KeyInit>(key: &[u8], message: &[u8]) -> String {
    hmac::<M>(key, message).map(|mac| base16ct::lower::encode_string(&mac.finalize().into_bytes())).unwrap_or_default()
}

fn hmac_verify<M: Mac + KeyInit>(key: &[u8], message: &[u8], digest: &[u8]) -> bool {
    hmac::<M>(key, message).is_some_and(|mac| mac.verify_slice(digest).is_ok())
}
