//! The lists of `hmac_vectors.json` that are about protocols: lesson 2 first, then its relatives, and the attack on its
//! kind of digest. The entry that fails is named.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use base64ct::{Base64, Encoding};
use day30::crypto::{Challenge, Digest, Hmac, Scheme, Secret};
use day30::protocol::{AuthClient, AuthServer, Ending, Fact, LengthGuess, Mismatch, Next, Protocol, Turn};
use md5::{Digest as _, Md5};
use serde_json::Value;
use sha1::Sha1;
use sha2::Sha256;
use std::sync::Arc;
use std::time::Duration;

const DEADLINE: Duration = Duration::from_secs(5);

/// One of the file's lists, which must be as long as is known here.
#[track_caller]
fn list(name: &str, count: usize) -> Vec<Value> {
    let file: Value = serde_json::from_str(include_str!("../hmac_vectors.json")).unwrap();
    let list = file[name].as_array().unwrap().clone();
    assert_eq!(list.len(), count, "the list {name}");
    list
}

fn text<'e>(entry: &'e Value, field: &str) -> &'e str {
    entry[field].as_str().unwrap_or_else(|| panic!("{field} of {entry}"))
}

fn bytes(entry: &Value, field: &str) -> Vec<u8> {
    base16ct::lower::decode_vec(text(entry, field)).unwrap_or_else(|_| panic!("{field} of {entry}"))
}

fn secret(entry: &Value) -> Secret {
    Secret::new(bytes(entry, "secret"))
}

fn challenge(entry: &Value) -> Challenge {
    Challenge::new(bytes(entry, "challenge").try_into().unwrap())
}

fn hmac(digest: Digest, key: &[u8], message: &[u8]) -> Vec<u8> {
    Hmac::compute(digest, &Secret::new(key.to_vec()), message).unwrap().bytes
}

/// What a client sends that is asked this challenge.
fn wire(scheme: Scheme, entry: &Value) -> Vec<u8> {
    let (secret, mut send, mut facts) = (secret(entry), Vec::new(), Vec::new());
    let mut client = AuthClient::new(scheme, &secret, DEADLINE, &[]);
    let mut turn = Turn { send: &mut send, facts: &mut facts };
    assert_eq!(client.connected(&mut turn), Next::GoOn, "{entry}");
    assert_eq!(client.received(challenge(entry).as_bytes(), &mut turn), Next::GoOn, "{entry}");
    assert_eq!(client.answered(), Some(challenge(entry)), "{entry}");
    send
}

/// How a server ends that asked this entry's challenge and received `wire`, and the last thing that it learned.
fn verdict(scheme: Scheme, entry: &Value, wire: &[u8]) -> (Next, Option<Fact>) {
    let (mut send, mut facts) = (Vec::new(), Vec::new());
    let mut server = AuthServer::new(scheme, Arc::new(secret(entry)), challenge(entry), DEADLINE);
    let mut turn = Turn { send: &mut send, facts: &mut facts };
    assert_eq!(server.connected(&mut turn), Next::GoOn, "{entry}");
    let next = server.received(wire, &mut turn);
    assert_eq!(send, challenge(entry).as_bytes(), "a server says its challenge and nothing else: {entry}");
    (next, facts.pop())
}

#[test]
fn the_three_schemes_give_the_published_answers_on_the_wire() {
    for entry in list("md5_secret_prefix", 3) {
        let schemes = [(Scheme::Md5, "digest"), (Scheme::HmacMd5, "hmac_md5"), (Scheme::HmacSha256, "hmac_sha256")];
        for (scheme, field) in schemes {
            let (secret, challenge, right) = (secret(&entry), challenge(&entry), text(&entry, field));
            assert_eq!(scheme.answer(&secret, &challenge), right, "{scheme:?} of {entry}");
            assert!(scheme.verify(&secret, &challenge, right.as_bytes()), "{scheme:?} of {entry}");
            assert_eq!(right.len(), scheme.hex_len(), "{scheme:?} of {entry}");
            let length = i32::try_from(right.len()).unwrap().to_le_bytes();
            let on_the_wire = wire(scheme, &entry);
            assert_eq!(on_the_wire, [&length, right.as_bytes()].concat(), "{scheme:?} of {entry}");
            let proved = (Next::End(Ending::Ok), Some(Fact::Proved));
            assert_eq!(verdict(scheme, &entry, &on_the_wire), proved, "{scheme:?} of {entry}");
        }
        assert_eq!(wire(Scheme::Md5, &entry), bytes(&entry, "wire_response"), "{entry}");
    }
}

/// What the server must make of each message that is to be refused.
fn refusal(id: &str) -> (Ending, Fact) {
    let refused = |mismatch| (Ending::Refused, Fact::Refused { mismatch });
    let bad = |length, guess| (Ending::BadLength, Fact::BadLength { length, expected: 32, guess });
    match id {
        "first-digit" | "mid-digit" | "last-digit" => refused(Mismatch::Unknown),
        "uppercase" => refused(Mismatch::UpperCase),
        "hmac-instead" => refused(Mismatch::HmacMd5),
        "suffix-instead" => refused(Mismatch::Swapped),
        "challenge-echo" => refused(Mismatch::Echo),
        "raw16" => bad(16, LengthGuess::RawDigest),
        "empty" => bad(0, LengthGuess::Unknown),
        "one-digit" => bad(1, LengthGuess::Unknown),
        "31-digits" => bad(31, LengthGuess::Unknown),
        "33" | "newline" | "nul" | "space" => bad(33, LengthGuess::Unknown),
        "big-endian-len" => bad(536_870_912, LengthGuess::BigEndian),
        "negative" => bad(-1, LengthGuess::Negative),
        "int-min" => bad(i32::MIN, LengthGuess::Negative),
        "int-max" => bad(i32::MAX, LengthGuess::Unknown),
        _ => panic!("{id}: nobody said what the server must make of it"),
    }
}

#[test]
fn every_message_of_the_reject_list_is_refused_and_explained() {
    for entry in list("reject", 19) {
        let (ending, fact) = refusal(text(&entry, "id"));
        let wire = bytes(&entry, "wire");
        assert_eq!(verdict(Scheme::Md5, &entry, &wire), (Next::End(ending), Some(fact)), "{entry}");
    }
}

/// Under the other two schemes the list is refused just as well, but for the HMAC, which one of them wants.
#[test]
fn the_reject_list_is_refused_under_the_other_schemes_too() {
    for entry in list("reject", 19) {
        for scheme in [Scheme::HmacMd5, Scheme::HmacSha256] {
            let (next, _) = verdict(scheme, &entry, &bytes(&entry, "wire"));
            let is_right = scheme == Scheme::HmacMd5 && entry["id"] == "hmac-instead";
            match next {
                Next::End(Ending::Ok) => assert!(is_right, "{scheme:?} lets in: {entry}"),
                Next::End(Ending::Refused | Ending::BadLength) => assert!(!is_right, "{scheme:?} refuses: {entry}"),
                _ => panic!("{scheme:?} comes to no verdict: {entry}"),
            }
        }
    }
}

/// POP3's APOP hashes the challenge and then the secret. day30 does not speak it; that order is the one that its server
/// explains as swapped, and the digest under it must be the published one.
#[test]
fn the_digest_of_apop_is_the_swapped_order() {
    for entry in list("md5_secret_suffix", 1) {
        let (secret, challenge) = (bytes(&entry, "secret"), bytes(&entry, "challenge"));
        assert_eq!(Md5::digest([&challenge[..], &secret].concat()).to_vec(), bytes(&entry, "digest"), "{entry}");
        assert_ne!(Md5::digest([secret, challenge].concat()).to_vec(), bytes(&entry, "digest"), "{entry}");
    }
}

/// CRAM-MD5 is not spoken either; what it computes is the HMAC-MD5 of the challenge, as our scheme `hmac-md5` does.
#[test]
fn the_code_of_cram_md5_is_an_hmac_of_the_challenge() {
    for entry in list("cram_md5", 1) {
        let mac = hmac(Digest::Md5, &bytes(&entry, "secret"), &bytes(&entry, "challenge"));
        assert_eq!(mac, bytes(&entry, "mac"), "{entry}");
        let reply = format!("{} {}", text(&entry, "user"), base16ct::lower::encode_string(&mac));
        assert_eq!(Base64::encode_string(reply.as_bytes()), text(&entry, "reply_base64"), "{entry}");
    }
}

type Hash = fn(&[u8]) -> Vec<u8>;

/// SCRAM (RFC 5802, section 3) is what HMACs are put together to when the server must prove itself too. day30 does not
/// speak it; its 4096 HMACs in a row are a test of ours.
#[test]
fn the_proofs_of_scram_come_out_of_our_hmac() {
    for entry in list("scram", 2) {
        let (digest, hash): (_, Hash) = match text(&entry, "alg") {
            "sha1" => (Digest::Sha1, |bytes| Sha1::digest(bytes).to_vec()),
            "sha256" => (Digest::Sha256, |bytes| Sha256::digest(bytes).to_vec()),
            other => panic!("{other}"),
        };
        let server_first = text(&entry, "server_first");
        let part = |name: &str| server_first.split(',').find_map(|part| part.strip_prefix(name)).unwrap();
        let (salt, rounds) = (Base64::decode_vec(part("s=")).unwrap(), part("i=").parse().unwrap());
        let salted = salted_password(digest, text(&entry, "password").as_bytes(), &salt, rounds);

        let said = ["client_first_bare", "server_first", "client_final_without_proof"].map(|said| text(&entry, said));
        let said = said.join(",");
        let client_key = hmac(digest, &salted, b"Client Key");
        let signature = hmac(digest, &hash(&client_key), said.as_bytes());
        let proof = Base64::encode_string(&xor(&client_key, &signature));
        assert_eq!(proof, text(&entry, "client_proof_b64"), "{entry}");
        let server_signature = hmac(digest, &hmac(digest, &salted, b"Server Key"), said.as_bytes());
        assert_eq!(Base64::encode_string(&server_signature), text(&entry, "server_signature_b64"), "{entry}");
    }
}

/// `Hi` of RFC 5802, section 2.2: the first block of PBKDF2.
fn salted_password(digest: Digest, password: &[u8], salt: &[u8], rounds: u32) -> Vec<u8> {
    let mut last = hmac(digest, password, &[salt, &[0, 0, 0, 1]].concat());
    let mut sum = last.clone();
    for _ in 1..rounds {
        last = hmac(digest, password, &last);
        sum = xor(&sum, &last);
    }
    sum
}

fn xor(one: &[u8], other: &[u8]) -> Vec<u8> {
    one.iter().zip(other).map(|(one, other)| one ^ other).collect()
}

/// Whoever has the digest of secret and message can hash on, without the secret: MD5's padding in the middle, more behind
/// it. Against a plain digest the forgery is right; against an HMAC it is not. (The forged digests were made without the
/// secret; here it is known, to see that they hold.)
#[test]
fn a_forgery_by_length_extension_is_right_for_plain_md5_and_wrong_for_an_hmac() {
    for entry in list("length_extension", 3) {
        let [secret, message, append, forged] = ["secret", "msg", "append", "forged_msg"].map(|f| bytes(&entry, f));
        let hashed = [&secret[..], &message].concat();
        assert_eq!(Md5::digest(&hashed).to_vec(), bytes(&entry, "digest"), "{entry}");

        // RFC 1321, section 3.1 and 3.2: a 1 bit, zeros to 56 bytes of a block, the length in bits.
        let zeros = (64 + 55 - hashed.len() % 64) % 64;
        let bits = (hashed.len() as u64 * 8).to_le_bytes();
        assert_eq!(forged, [&message[..], &[0x80], &vec![0; zeros], &bits, &append].concat(), "{entry}");

        let forged_digest = bytes(&entry, "forged_digest");
        assert_eq!(Md5::digest([&secret[..], &forged].concat()).to_vec(), forged_digest, "{entry}");
        assert_eq!(hmac(Digest::Md5, &secret, &forged), bytes(&entry, "hmac_md5_of_forged_msg"), "{entry}");
        let key = Secret::new(secret);
        assert!(!Hmac::verify(Digest::Md5, &key, forged.as_slice(), &forged_digest).unwrap(), "{entry}");
        never_answered(&key, &forged);
    }
}

/// Such a message is of use only where somebody answers challenges of any length: our client answers 32 bytes.
fn never_answered(secret: &Secret, forged: &[u8]) {
    let (mut send, mut facts) = (Vec::new(), Vec::new());
    let mut client = AuthClient::new(Scheme::Md5, secret, DEADLINE, &[]);
    let next = client.received(forged, &mut Turn { send: &mut send, facts: &mut facts });
    assert_eq!((next, send), (Next::End(Ending::Unexpected), Vec::new()));
}
