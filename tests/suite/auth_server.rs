//! Lesson 2's server and the messages that come to it: right ones in pieces, wrong ones, and such as are no message.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::auth::{
    SECRET, auth_server, ended, hmac_md5_hex, md5_hex, packed, refused, right_answer, told, verdict_on,
};
use crate::common::process::eventually;
use crate::common::{Serving, on_every_model, read_to_end, reset};
use day30::protocol::{Ending, Fact, LengthGuess, Mismatch};
use std::io::Write;
use std::net::Shutdown;

on_every_model!(
    a_right_answer_gets_ok_in_a_line_of_its_own_and_no_word_on_the_wire,
    a_right_answer_byte_by_byte_is_right,
    a_right_answer_cut_anywhere_is_right,
    who_leaves_early_is_told_apart_and_harms_nobody,
    a_length_that_is_not_the_legal_one_is_refused_before_anything_else_is_read,
    a_visitor_who_speaks_another_protocol_is_recognized,
    a_wrong_digest_is_refused_and_explained_on_the_servers_screen,
    an_answer_to_an_old_challenge_is_refused,
    an_answer_to_another_connections_challenge_is_refused,
    an_answer_sent_twice_counts_once,
    what_is_sent_behind_the_proof_reaches_nobody,
    a_refusal_looks_the_same_from_outside_whatever_was_wrong,
);

fn a_right_answer_gets_ok_in_a_line_of_its_own_and_no_word_on_the_wire(io: &str) {
    let output = verdict_on(io, &[], right_answer).expect_code(0);
    let (first, rest) = output.out().split_once('\n').unwrap();
    assert!(first.starts_with("listening on 127.0.0.1:"), "{first}");
    assert_eq!(rest, "ok\n");
    let output = output
        .expect_stderr("recv → 36 bytes")
        .expect_stderr(&told(&Fact::LengthRead { length: 32 }))
        .expect_stderr(&told(&Fact::Proved))
        .expect_stderr(&ended(Ending::Ok))
        .expect_endings("ok 1");
    assert!(!output.stderr.contains("did not prove itself"), "{}", output.stderr);
}

/// Waits until the server has received `count` bytes in one piece from its client with this number.
#[track_caller]
fn wait_until_received(server: &Serving, client: usize, count: usize) {
    let unit = if count == 1 { "byte" } else { "bytes" };
    server.wait_for_event(client as u64, &format!("recv → {count} {unit} "));
}

fn a_right_answer_byte_by_byte_is_right(io: &str) {
    let server = auth_server(io, &["--handshake-timeout", "60s"]);
    let (mut stream, challenge) = server.asked();
    let answer = right_answer(&challenge);
    for (index, byte) in answer.iter().enumerate() {
        stream.write_all(&[*byte]).unwrap();
        eventually("each byte comes alone", || {
            server.running.stderr.text().matches("recv → 1 byte ").count() == index + 1
        });
    }
    assert_eq!(read_to_end(&mut stream), b"");
    eventually("the server says ok", || server.oks() == 1);
    server.assert_proves();
}

fn a_right_answer_cut_anywhere_is_right(io: &str) {
    let server = auth_server(io, &[]);
    for cut in 1..36 {
        let (mut stream, challenge) = server.asked();
        let answer = right_answer(&challenge);
        stream.write_all(&answer[..cut]).unwrap();
        wait_until_received(&server, cut, cut);
        server.assert_lets_in(stream, &answer[cut..]);
        wait_until_received(&server, cut, 36 - cut);
    }
    assert_eq!(server.oks(), 35);
}

fn who_leaves_early_is_told_apart_and_harms_nobody(io: &str) {
    let server = auth_server(io, &["--handshake-timeout", "60s"]);
    let (witness, asked_witness) = server.asked();
    for bytes in [&b"\x20"[..], b"\x20\0\0", b"\x20\0\0\0", b"\x20\0\0\0be89d4cfca4d5a727cc2f8dca04cec8"] {
        let (mut stream, _) = server.asked();
        let peer = stream.local_addr().unwrap();
        stream.write_all(bytes).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        assert_eq!(read_to_end(&mut stream), b"");
        server.wait_for_stderr(&told(&Fact::EndedEarly { got: bytes.len(), expected: 36 }));
        server.wait_for_refusal(peer, Ending::EofEarly);
    }
    // A port probe ends before its first byte. One that leaves the challenge unread makes the kernel send a reset.
    let (mut probe, _) = server.asked();
    probe.shutdown(Shutdown::Write).unwrap();
    assert_eq!(read_to_end(&mut probe), b"");
    server.wait_for_refusal(probe.local_addr().unwrap(), Ending::Eof);
    drop(server.connect());
    let (stream, _) = server.asked();
    let peer = stream.local_addr().unwrap();
    reset(stream);
    server.wait_for_refusal(peer, Ending::Reset);
    server.assert_proves();
    server.assert_lets_in(witness, &right_answer(&asked_witness));
    assert_eq!(server.oks(), 2);
}

/// That a server refuses this message for exactly this reason, and comes to it without waiting for more.
#[track_caller]
fn assert_refuses(io: &str, message: impl FnOnce(&[u8]) -> Vec<u8>, why: &Fact) {
    let ending = if matches!(why, Fact::BadLength { .. }) { Ending::BadLength } else { Ending::Refused };
    let output = verdict_on(io, &[], message).expect_code(1);
    assert_eq!(output.out().lines().count(), 1, "more than the first line on stdout: {}", output.out());
    output
        .expect_stderr(&told(why))
        .expect_stderr(&ended(ending))
        .expect_stderr(&refused("", ending))
        .expect_endings(&format!("{} 1", ending.slug()));
}

fn a_length_that_is_not_the_legal_one_is_refused_before_anything_else_is_read(io: &str) {
    let bad = |length, guess| Fact::BadLength { length, expected: 32, guess };
    for (length, guess) in [
        (0, LengthGuess::Unknown),
        (-1, LengthGuess::Negative),
        (i32::MIN, LengthGuess::Negative),
        (i32::MAX, LengthGuess::Unknown),
        (0x4000_0000, LengthGuess::Unknown),
        (32_i32.swap_bytes(), LengthGuess::BigEndian),
        (16, LengthGuess::RawDigest),
        (64, LengthGuess::OtherScheme),
    ] {
        assert_refuses(io, |_| length.to_le_bytes().to_vec(), &bad(length, guess));
    }
    // The right digits behind it help nobody: one fewer, one more, or all of them without a length.
    let cut = |challenge: &[u8]| packed(&right_answer(challenge)[4..35]);
    assert_refuses(io, cut, &bad(31, LengthGuess::Unknown));
    let longer = |challenge: &[u8]| packed([&right_answer(challenge)[4..], b"\n"].concat());
    assert_refuses(io, longer, &bad(33, LengthGuess::Unknown));
    let mut first = [0; 4];
    let unpacked = |challenge: &[u8]| {
        let digits = right_answer(challenge)[4..].to_vec();
        first.copy_from_slice(&digits[..4]);
        digits
    };
    let output = verdict_on(io, &[], unpacked).expect_code(1);
    output.expect_stderr(&told(&bad(i32::from_le_bytes(first), LengthGuess::NoLength)));
}

fn a_visitor_who_speaks_another_protocol_is_recognized(io: &str) {
    let says = |bytes: &'static [u8], length: i32, guess: LengthGuess| {
        assert_refuses(io, |_| bytes.to_vec(), &Fact::BadLength { length, expected: 32, guess });
    };
    says(b"GET ", 542_393_671, LengthGuess::Http);
    says(b"GET / HTTP/1.0\r\n\r\n", 542_393_671, LengthGuess::Http);
    says(b"\x16\x03\x01\x02", 33_620_758, LengthGuess::Tls);
    says(b"SSH-2.0-OpenSSH_9.2\r\n", 759_714_643, LengthGuess::Ssh);
}

fn a_wrong_digest_is_refused_and_explained_on_the_servers_screen(io: &str) {
    let key = SECRET.as_bytes();
    let is = |digits: &dyn Fn(&[u8]) -> Vec<u8>, mismatch: Mismatch| {
        assert_refuses(io, |challenge| packed(digits(challenge)), &Fact::Refused { mismatch });
    };
    for index in [0, 16, 31] {
        let one_digit_wrong = |challenge: &[u8]| {
            let mut digits = right_answer(challenge)[4..].to_vec();
            digits[index] = if digits[index] == b'0' { b'1' } else { b'0' };
            digits
        };
        is(&one_digit_wrong, Mismatch::Unknown);
    }
    is(&|_| vec![0xff; 32], Mismatch::NotHex);
    is(&<[u8]>::to_vec, Mismatch::Echo);
    is(&|challenge| hmac_md5_hex(key, challenge).into(), Mismatch::HmacMd5);
    is(&|challenge| md5_hex(&[challenge, key]).into(), Mismatch::Swapped);
    is(&|challenge| md5_hex(&[key, b"\n", challenge]).into(), Mismatch::SecretWithNewline);
    is(&|challenge| md5_hex(&[key, challenge]).to_uppercase().into(), Mismatch::UpperCase);
}

fn an_answer_to_an_old_challenge_is_refused(io: &str) {
    let server = auth_server(io, &[]);
    let (stream, old) = server.asked();
    server.assert_lets_in(stream, &right_answer(&old));
    let (mut stream, new) = server.asked();
    assert_ne!(old, new);
    let peer = stream.local_addr().unwrap();
    stream.write_all(&right_answer(&old)).unwrap();
    assert_eq!(read_to_end(&mut stream), b"");
    server.wait_for_refusal(peer, Ending::Refused);
    assert_eq!(server.oks(), 1);
    server.assert_proves();
}

fn an_answer_to_another_connections_challenge_is_refused(io: &str) {
    let server = auth_server(io, &[]);
    let (one, asked_one) = server.asked();
    let (mut other, asked_other) = server.asked();
    assert_ne!(asked_one, asked_other);
    let peer = other.local_addr().unwrap();
    other.write_all(&right_answer(&asked_one)).unwrap();
    assert_eq!(read_to_end(&mut other), b"");
    server.wait_for_refusal(peer, Ending::Refused);
    assert_eq!(server.oks(), 0);
    // The one whose challenge it was is none the worse for it.
    server.assert_lets_in(one, &right_answer(&asked_one));
}

fn an_answer_sent_twice_counts_once(io: &str) {
    let twice = |challenge: &[u8]| right_answer(challenge).repeat(2);
    let output = verdict_on(io, &[], twice).expect_code(0).expect_endings("ok 1");
    assert_eq!(output.out().lines().filter(|line| *line == "ok").count(), 1);

    let server = auth_server(io, &[]);
    let (mut stream, challenge) = server.asked();
    let mut again = stream.try_clone().unwrap();
    server.assert_lets_in(stream.try_clone().unwrap(), &right_answer(&challenge));
    // The server has said its end, and still reads what comes, to throw it away.
    again.write_all(&right_answer(&challenge)).unwrap();
    assert_eq!(read_to_end(&mut stream), b"");
    drop((stream, again));
    server.assert_proves();
    assert_eq!(server.oks(), 2);
}

/// Data that comes with the proof, or after a wrong one, is thrown away: it is neither answered nor printed.
fn what_is_sent_behind_the_proof_reaches_nobody(io: &str) {
    let and_more = |challenge: &[u8]| [&right_answer(challenge)[..], &b"let me in\nok\n".repeat(10_000)].concat();
    let output = verdict_on(io, &[], and_more).expect_code(0);
    assert_eq!(output.out().split_once('\n').unwrap().1, "ok\n");

    let before = |challenge: &[u8]| [b"ok\n", &right_answer(challenge)[..]].concat();
    let output = verdict_on(io, &[], before).expect_code(1);
    assert_eq!(output.out().lines().count(), 1, "{}", output.out());
}

/// Nothing comes back, and then the end: whether it was the length, the first digit or the last one does not show.
fn a_refusal_looks_the_same_from_outside_whatever_was_wrong(io: &str) {
    let server = auth_server(io, &[]);
    let key = SECRET.as_bytes();
    let connections: Vec<_> = (0..5).map(|_| server.asked()).collect();
    for (index, (mut stream, challenge)) in connections.into_iter().enumerate() {
        let message = match index {
            0 => vec![0; 4],
            1 => packed([0xff; 32]),
            2 => packed(md5_hex(&[&challenge, key])),
            3 => packed(md5_hex(&[key, &challenge]).to_uppercase()),
            _ => right_answer(&challenge),
        };
        stream.write_all(&message).unwrap();
        assert_eq!(read_to_end(&mut stream), b"", "message {index}");
    }
    eventually("one of the five is let in", || server.oks() == 1);
}
