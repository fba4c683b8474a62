//! Every published digest in `hmac_vectors.json`, against what day30 computes; the entry that fails is named.
//!
//! The file's other lists, those of protocols, are gone through in `vectors_protocols.rs`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use day30::crypto::{Challenge, Digest, Hmac, Scheme, Secret, Steps};
use md5::{Digest as _, Md5};
use proptest::prelude::*;
use serde_json::Value;
use std::io::{self, BufReader, Read};

fn file() -> Value {
    serde_json::from_str(include_str!("../hmac_vectors.json")).unwrap()
}

/// One of the file's lists, which must be as long as is known here.
#[track_caller]
fn list(name: &str, count: usize) -> Vec<Value> {
    let list = file()[name].as_array().unwrap().clone();
    assert_eq!(list.len(), count, "the list {name}");
    list
}

fn text<'e>(entry: &'e Value, field: &str) -> &'e str {
    entry[field].as_str().unwrap_or_else(|| panic!("{field} of {entry}"))
}

fn bytes(entry: &Value, field: &str) -> Vec<u8> {
    base16ct::lower::decode_vec(text(entry, field)).unwrap_or_else(|_| panic!("{field} of {entry}"))
}

fn secret(entry: &Value, field: &str) -> Secret {
    Secret::new(bytes(entry, field))
}

fn digest(entry: &Value) -> Digest {
    let all = [Digest::Md5, Digest::Sha1, Digest::Sha224, Digest::Sha256, Digest::Sha384, Digest::Sha512];
    *all.iter().find(|digest| digest.name() == entry["alg"]).unwrap_or_else(|| panic!("the digest of {entry}"))
}

/// A list that were added to the file would be read by no test, if it were not missed here.
#[test]
fn no_list_of_the_file_is_left_out() {
    let file = file();
    let lists: Vec<_> = file.as_object().unwrap().iter().filter(|(_, value)| value.is_array()).collect();
    let mut names: Vec<_> = lists.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    let here = ["hmac", "hmac_truncated", "key_equivalence", "md5"];
    let among_the_protocols =
        ["cram_md5", "length_extension", "md5_secret_prefix", "md5_secret_suffix", "reject", "scram"];
    let mut known = [&here[..], &among_the_protocols].concat();
    known.sort_unstable();
    assert_eq!(names, known);
    let entries: usize = lists.iter().map(|(_, list)| list.as_array().unwrap().len()).sum();
    assert_eq!((entries, &file["verified"]["entries"]), (229, &Value::from(229)));
}

/// The hash itself comes from a crate; day30's own ways to it are the scheme of lesson 2 (a message cut into a secret and
/// a challenge of 32 bytes) and a key that is longer than the block.
#[test]
fn md5_of_every_message_is_the_published_one() {
    for entry in list("md5", 7) {
        let (message, right) = (bytes(&entry, "msg"), text(&entry, "digest"));
        assert_eq!(base16ct::lower::encode_string(&Md5::digest(&message)), right, "{entry}");
        if let Some((prefix, challenge)) = message.split_last_chunk::<32>() {
            let answer = Scheme::Md5.answer(&Secret::new(prefix.to_vec()), &Challenge::new(*challenge));
            assert_eq!(answer, right, "as a secret and a challenge: {entry}");
        }
        let steps = Steps::take(Digest::Md5, &Secret::new(message.clone()), io::empty()).unwrap();
        assert_eq!(steps.key_was_hashed, message.len() > 64, "{entry}");
        if steps.key_was_hashed {
            assert_eq!(steps.padded_key[..16], bytes(&entry, "digest"), "as a long key: {entry}");
            assert_eq!(steps.padded_key[16..], [0; 48], "as a long key: {entry}");
        }
    }
}

#[test]
fn every_hmac_is_the_published_one_by_the_crate_and_step_by_step() {
    for entry in list("hmac", 183) {
        let (digest, key, message, right) =
            (digest(&entry), secret(&entry, "key"), bytes(&entry, "msg"), bytes(&entry, "mac"));
        let hmac = Hmac::compute(digest, &key, message.as_slice()).unwrap();
        assert_eq!((hmac.bytes, hmac.message_len), (right.clone(), message.len() as u64), "{entry}");
        let steps = Steps::take(digest, &key, message.as_slice()).unwrap();
        assert_eq!(steps.outer_hash, right, "step by step: {entry}");
        assert_eq!(steps.key_was_hashed, key.expose().len() > digest.block_len(), "{entry}");
        assert_eq!(steps.padded_key.len(), digest.block_len(), "{entry}");
        for (padded, (inner, outer)) in steps.padded_key.iter().zip(steps.inner_pad.iter().zip(&steps.outer_pad)) {
            assert_eq!((padded ^ inner, padded ^ outer), (0x36, 0x5c), "{entry}");
        }
        assert!(Hmac::verify(digest, &key, message.as_slice(), &right).unwrap(), "{entry}");
    }
}

/// A code is right as a whole or not at all: neither with a bit changed anywhere, nor cut, nor with a byte behind it.
#[test]
fn no_published_hmac_verifies_with_a_bit_or_a_byte_changed() {
    for entry in list("hmac", 183) {
        let (digest, key, message, right) =
            (digest(&entry), secret(&entry, "key"), bytes(&entry, "msg"), bytes(&entry, "mac"));
        let verify = |code: &[u8]| Hmac::verify(digest, &key, message.as_slice(), code).unwrap();
        for index in 0..right.len() {
            let mut wrong = right.clone();
            wrong[index] ^= 1 << (index % 8);
            assert!(!verify(&wrong), "byte {index} changed: {entry}");
            assert!(!verify(&right[..index]), "cut to {index} bytes: {entry}");
        }
        assert!(!verify(&[&right[..], &[0]].concat()), "one byte longer: {entry}");
        assert!(!Hmac::verify(digest, &key, [&message[..], b"."].concat().as_slice(), &right).unwrap(), "{entry}");
    }
}

/// RFC 2104 allows a code to be cut. Ours are whole; the published beginnings are still their beginnings.
#[test]
fn a_truncated_hmac_is_the_beginning_of_the_whole_one_and_does_not_verify() {
    for entry in list("hmac_truncated", 6) {
        let (digest, key, message, leftmost) =
            (digest(&entry), secret(&entry, "key"), bytes(&entry, "msg"), bytes(&entry, "mac_leftmost"));
        assert_eq!(Value::from(leftmost.len() * 8), entry["bits"], "{entry}");
        let whole = Hmac::compute(digest, &key, message.as_slice()).unwrap().bytes;
        assert_eq!(whole[..leftmost.len()], leftmost, "{entry}");
        assert_eq!(Steps::take(digest, &key, message.as_slice()).unwrap().outer_hash, whole, "{entry}");
        assert!(!Hmac::verify(digest, &key, message.as_slice(), &leftmost).unwrap(), "{entry}");
    }
}

#[test]
fn keys_that_are_padded_or_hashed_to_the_same_block_give_the_same_code() {
    for entry in list("key_equivalence", 4) {
        let (one, other) = (secret(&entry, "key1"), secret(&entry, "key2"));
        assert_ne!(one, other, "{entry}");
        if entry["alg"] == "md5(secret||msg)" {
            no_boundary(&entry, &one, &other);
            continue;
        }
        let message = bytes(&entry, "msg");
        for key in [one, other] {
            let (digest, message) = (digest(&entry), message.as_slice());
            assert_eq!(Hmac::compute(digest, &key, message).unwrap().bytes, bytes(&entry, "mac"), "{entry}");
            assert_eq!(Steps::take(digest, &key, message).unwrap().outer_hash, bytes(&entry, "mac"), "{entry}");
        }
    }
}

/// A hash of secret and message does not know where the one ends and the other begins. Lesson 2 is safe from this one
/// thing because its message always has 32 bytes; an HMAC is, whatever the lengths.
fn no_boundary(entry: &Value, one: &Secret, other: &Secret) {
    let (first, second) = (bytes(entry, "msg1"), bytes(entry, "msg2"));
    for (key, message) in [(one, &first), (other, &second)] {
        assert_eq!(Md5::digest([key.expose(), message].concat()).to_vec(), bytes(entry, "digest"), "{entry}");
    }
    let of = |key, message: &[u8]| Hmac::compute(Digest::Md5, key, message).unwrap().bytes;
    assert_ne!(of(one, &first), of(other, &second), "{entry}");
}

/// Gives its bytes in pieces of the given lengths, with a signal's interruption before each.
struct InPieces<'b> {
    bytes: &'b [u8],
    lengths: std::vec::IntoIter<usize>,
    interrupt: bool,
}

impl Read for InPieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.interrupt = !self.interrupt;
        if self.interrupt {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let wanted = self.lengths.next().unwrap_or(usize::MAX).min(buffer.len());
        (&mut self.bytes).take(wanted as u64).read(buffer)
    }
}

proptest! {
    #[test]
    fn a_message_in_any_pieces_has_the_same_hmac(
        key in prop::collection::vec(any::<u8>(), 0..200),
        message in prop::collection::vec(any::<u8>(), 0..2000),
        lengths in prop::collection::vec(1..300_usize, 0..12),
    ) {
        let key = Secret::new(key);
        for digest in [Digest::Md5, Digest::Sha1, Digest::Sha224, Digest::Sha256, Digest::Sha384, Digest::Sha512] {
            let pieces = || InPieces { bytes: &message, lengths: lengths.clone().into_iter(), interrupt: false };
            let pieces = || BufReader::with_capacity(100, pieces());
            let whole = Hmac::compute(digest, &key, message.as_slice()).unwrap();
            let cut = Hmac::compute(digest, &key, pieces()).unwrap();
            prop_assert_eq!(&cut.bytes, &whole.bytes);
            prop_assert_eq!(cut.message_len, message.len() as u64);
            prop_assert_eq!(&Steps::take(digest, &key, pieces()).unwrap().outer_hash, &whole.bytes);
            prop_assert!(Hmac::verify(digest, &key, pieces(), &whole.bytes).unwrap());
        }
    }
}
