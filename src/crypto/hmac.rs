//! Lesson 3: HMAC (RFC 2104), computed by the `hmac` crate and written out step by step.
//!
//! `H(K ⊕ opad ‖ H(K ⊕ ipad ‖ message))`: the key goes in twice, in front of the message and in front of the first hash, so
//! that the weakness of lesson 2 (a hash of secret and message can be continued by anybody) is gone.

use super::Secret;
use hmac::{KeyInit, Mac};
use md5::{Digest as _, Md5};
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};
use std::io::{self, BufRead};

/// The hash under the HMAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digest {
    /// RFC 1321, the notes' one. Broken as a hash; HMAC-MD5 is not, and yet nothing new should use it.
    Md5,
    /// RFC 3174.
    Sha1,
    /// RFC 6234, as are the next three.
    Sha224,
    /// What to take today.
    Sha256,
    /// SHA-512, cut, with another start.
    Sha384,
    /// The widest one.
    Sha512,
}

/// Runs one expression with `$hash` standing for the hash's type: the crates tell the hashes apart by type, a person by
/// name.
macro_rules! with_hash {
    ($digest:expr, $hash:ident => $run:expr) => {
        match $digest {
            Digest::Md5 => {
                type $hash = Md5;
                $run
            }
            Digest::Sha1 => {
                type $hash = Sha1;
                $run
            }
            Digest::Sha224 => {
                type $hash = Sha224;
                $run
            }
            Digest::Sha256 => {
                type $hash = Sha256;
                $run
            }
            Digest::Sha384 => {
                type $hash = Sha384;
                $run
            }
            Digest::Sha512 => {
                type $hash = Sha512;
                $run
            }
        }
    };
}

impl Digest {
    /// The name that Python's `hashlib` has for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha224 => "sha224",
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
        }
    }

    /// The hash's block, in bytes: what a key is padded to.
    #[must_use]
    pub fn block_len(self) -> usize {
        match self {
            Self::Md5 | Self::Sha1 | Self::Sha224 | Self::Sha256 => 64,
            Self::Sha384 | Self::Sha512 => 128,
        }
    }

    fn hash(self, parts: &[&[u8]]) -> Vec<u8> {
        with_hash!(self, Hash => {
            let mut hash = Hash::new();
            parts.iter().for_each(|part| hash.update(part));
            hash.finalize().to_vec()
        })
    }
}

/// A message's HMAC: as many bytes as the hash gives.
#[derive(Clone, Debug)]
pub struct Hmac {
    /// The code's bytes: 16 for MD5.
    pub bytes: Vec<u8>,
    /// How many bytes the message had.
    pub message_len: u64,
}

impl Hmac {
    /// Reads `message` to its end, in constant memory.
    ///
    /// # Errors
    ///
    /// What reading the message gave.
    // ANCHOR: compute
    pub fn compute(digest: Digest, key: &Secret, message: impl BufRead) -> io::Result<Self> {
        with_hash!(digest, Hash => {
            let (mac, message_len) = absorb::<hmac::Hmac<Hash>>(key, message)?;
            Ok(Self { bytes: mac.finalize().into_bytes().to_vec(), message_len })
        })
    }
    // ANCHOR_END: compute

    /// Whether `expected` is the message's HMAC, whole: compared in a time that does not tell how much of it is right.
    ///
    /// # Errors
    ///
    /// What reading the message gave.
    pub fn verify(digest: Digest, key: &Secret, message: impl BufRead, expected: &[u8]) -> io::Result<bool> {
        with_hash!(digest, Hash => {
            let (mac, _) = absorb::<hmac::Hmac<Hash>>(key, message)?;
            Ok(mac.verify_slice(expected).is_ok())
        })
    }
}

/// Hands `message` to `take`, piece by piece, to its end; gives its length.
fn read_pieces(mut message: impl BufRead, mut take: impl FnMut(&[u8])) -> io::Result<u64> {
    let mut message_len = 0;
    loop {
        let count = match message.fill_buf() {
            Ok([]) => return Ok(message_len),
            Ok(piece) => {
                take(piece);
                piece.len()
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        message.consume(count);
        message_len += count as u64;
    }
}

fn absorb<M: Mac + KeyInit>(key: &Secret, message: impl BufRead) -> io::Result<(M, u64)> {
    let mut mac = <M as KeyInit>::new_from_slice(key.expose()).map_err(io::Error::other)?;
    let message_len = read_pieces(message, |piece| mac.update(piece))?;
    Ok((mac, message_len))
}

/// The steps of RFC 2104, section 2, each with what it gives: what the crate does inside, in the open.
#[derive(Clone, Debug)]
pub struct Steps {
    /// The key, hashed first if it is longer than the block, then filled with zero bytes to the block.
    pub padded_key: Vec<u8>,
    /// Whether the key was longer than the block.
    pub key_was_hashed: bool,
    /// The padded key XOR 0x36 in each byte.
    pub inner_pad: Vec<u8>,
    /// The padded key XOR 0x5c in each byte.
    pub outer_pad: Vec<u8>,
    /// The hash of inner pad and message.
    pub inner_hash: Vec<u8>,
    /// The hash of outer pad and inner hash: the HMAC.
    pub outer_hash: Vec<u8>,
}

impl Steps {
    /// Takes the steps by hand. Reads `message` to its end, in constant memory.
    ///
    /// # Errors
    ///
    /// What reading the message gave.
    pub fn take(digest: Digest, key: &Secret, message: impl BufRead) -> io::Result<Self> {
        // ANCHOR: steps
        let block = digest.block_len();
        let key_was_hashed = key.expose().len() > block;
        let mut padded_key = if key_was_hashed { digest.hash(&[key.expose()]) } else { key.expose().to_vec() };
        padded_key.resize(block, 0);

        let inner_pad: Vec<u8> = padded_key.iter().map(|byte| byte ^ 0x36).collect();
        let outer_pad: Vec<u8> = padded_key.iter().map(|byte| byte ^ 0x5c).collect();

        let inner_hash = with_hash!(digest, Hash => hash_stream::<Hash>(&inner_pad, message)?);
        let outer_hash = digest.hash(&[&outer_pad, &inner_hash]);
        // ANCHOR_END: steps
        Ok(Self { padded_key, key_was_hashed, inner_pad, outer_pad, inner_hash, outer_hash })
    }
}

fn hash_stream<H: md5::Digest>(first: &[u8], message: impl BufRead) -> io::Result<Vec<u8>> {
    let mut hash = H::new_with_prefix(first);
    read_pieces(message, |piece| hash.update(piece))?;
    Ok(hash.finalize().to_vec())
}
