//! Lesson 2's client, in front of servers that are slow, broken or hostile.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::auth::{
    SECRET, closed_port, ended, hmac_md5_hex, hmac_sha256_hex, md5_hex, packed, right_answer, told,
};
use crate::common::peer::Peer;
use crate::common::{Day30, Running, read_exactly, read_to_end, reset};
use day30::lang::Lang;
use day30::protocol::{Ending, Fact};
use day30::view::describe_ending;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;
use std::time::Duration;

fn client(port: &str) -> Day30 {
    Day30::new(["auth-client", "--secret", SECRET, "--seen", "off", "--port", port])
}

/// A client that has connected, and its connection in the hands of the test.
#[track_caller]
fn meet(more: &[&str]) -> (Running, TcpStream) {
    let peer = Peer::listening();
    let client = client(&peer.port()).args(more).start();
    let stream = peer.accept();
    (client, stream)
}

/// A challenge that looks random: each byte another one.
fn challenge() -> Vec<u8> {
    (0..32).map(|index| 7 * index + 3).collect()
}

/// Everything that the client says until its end, which may be a reset: it need not read what it did not ask for.
#[track_caller]
fn hear_out(mut stream: TcpStream) -> Vec<u8> {
    let mut said = Vec::new();
    if let Err(error) = stream.read_to_end(&mut said) {
        assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{error}");
    }
    said
}

/// What the client could not make sense of, as far as it is kept.
fn surplus(answered: bool, bytes: &[u8]) -> Fact {
    Fact::Surplus { answered, bytes: bytes.to_vec() }
}

/// The end of the line with which the client fails.
fn failed(ending: Ending) -> String {
    format!(": {} ({})\n", ending.slug(), describe_ending(ending, Lang::En))
}

#[test]
fn a_challenge_is_answered_once_with_a_length_and_lower_case_digits() {
    let (key, asked) = (SECRET.as_bytes(), challenge());
    for (scheme, digits) in [
        ("md5", md5_hex(&[key, &asked])),
        ("hmac-md5", hmac_md5_hex(key, &asked)),
        ("hmac-sha256", hmac_sha256_hex(key, &asked)),
    ] {
        let (client, mut server) = meet(&["--scheme", scheme]);
        server.write_all(&asked).unwrap();
        assert_eq!(read_exactly(&mut server, 4 + digits.len()), packed(digits), "{scheme}");
        server.shutdown(Shutdown::Write).unwrap();
        assert_eq!(hear_out(server), b"", "{scheme}");
        let output = client.wait().expect_code(0).expect_stderr(&ended(Ending::Answered));
        assert_eq!(output.out(), "", "{scheme}");
    }
}

#[test]
fn a_challenge_that_comes_byte_by_byte_is_answered() {
    let (client, mut server) = meet(&["--handshake-timeout", "60s"]);
    for byte in challenge() {
        thread::sleep(Duration::from_millis(20));
        server.write_all(&[byte]).unwrap();
    }
    assert_eq!(read_exactly(&mut server, 36), right_answer(&challenge()));
    drop(server);
    client.wait().expect_code(0).expect_stderr("recv → 1 byte ");
}

#[test]
fn a_challenge_that_breaks_off_is_not_answered() {
    for got in [0, 1, 16, 31] {
        let (client, mut server) = meet(&[]);
        server.write_all(&challenge()[..got]).unwrap();
        server.shutdown(Shutdown::Write).unwrap();
        assert_eq!(hear_out(server), b"", "after {got} bytes");
        let output = client.wait().expect_code(1);
        output.expect_stderr(&told(&Fact::EndedEarly { got, expected: 32 })).expect_stderr(&failed(Ending::EofEarly));
    }
}

#[test]
fn a_silent_server_is_given_up_and_both_possible_reasons_are_named() {
    let (client, server) = meet(&["--handshake-timeout", "300ms"]);
    assert_eq!(hear_out(server), b"");
    client
        .wait()
        .expect_code(1)
        .expect_stderr(&told(&Fact::TooSlow { got: 0, expected: 32 }))
        .expect_stderr(&ended(Ending::HandshakeTimeout))
        .expect_stderr(": the challenge (32 bytes) did not arrive within 0.3 s\n")
        .expect_stderr(", or it is stuck: look at its screen\n");
}

/// The other lesson's server waits for the client to begin, as the client waits for it.
#[test]
fn a_server_of_another_lesson_is_given_up_too() {
    let upper = crate::common::upper_server("poll", &[]);
    let output = client(&upper.port()).args(["--handshake-timeout", "300ms"]).run().expect_code(1);
    output.expect_stderr("Either that server is not an auth-server and waits for the client to speak first");
    upper.assert_serves();
}

/// One byte in 200 ms: the challenge would take over six seconds, each pause far less than the deadline.
#[test]
fn a_dripping_server_does_not_extend_the_deadline() {
    let (client, mut server) = meet(&["--handshake-timeout", "2s"]);
    for byte in challenge() {
        thread::sleep(Duration::from_millis(200));
        if server.write_all(&[byte]).is_err() {
            break;
        }
    }
    assert_eq!(hear_out(server), b"");
    let output = client.wait().expect_code(1).expect_stderr(&ended(Ending::HandshakeTimeout));
    let too_slow = |got| output.stderr.contains(&told(&Fact::TooSlow { got, expected: 32 }));
    assert!((1..32).any(too_slow), "{}", output.stderr);
}

/// Whoever answers messages of any length computes the forger's digest for him: secret, padding, and what he likes.
#[test]
fn more_than_32_bytes_at_once_are_no_challenge_and_are_not_answered() {
    for length in [33, 64, 72, 1024, 5000] {
        let (client, mut server) = meet(&[]);
        server.write_all(&vec![b'x'; length]).unwrap();
        let said = hear_out(server);
        assert_eq!(said, b"", "{length} bytes");
        client
            .wait()
            .expect_code(1)
            .expect_stderr(&told(&surplus(false, &[b'x'; 256][..256.min(length - 32)])))
            .expect_stderr(&failed(Ending::Unexpected));
    }
}

/// What comes later cannot be known before; but it is neither hashed nor taken for part of the challenge.
#[test]
fn more_bytes_behind_an_answered_challenge_are_not_answered() {
    for more in [1, 31, 32, 33, 300] {
        let (client, mut server) = meet(&[]);
        server.write_all(&challenge()).unwrap();
        assert_eq!(read_exactly(&mut server, 36), right_answer(&challenge()));
        server.write_all(&vec![b'y'; more]).unwrap();
        let _ = server.shutdown(Shutdown::Write);
        assert_eq!(hear_out(server), b"", "{more} more bytes");
        client
            .wait()
            .expect_code(1)
            .expect_stderr(&told(&surplus(true, &[b'y'; 256][..256.min(more)])))
            .expect_stderr(&failed(Ending::Unexpected));
    }
}

/// A second challenge on the same connection: each answer is worth something to whoever collects them.
#[test]
fn a_second_challenge_is_not_answered_and_not_waited_behind() {
    let (client, mut server) = meet(&["--handshake-timeout", "1h"]);
    server.write_all(&challenge()).unwrap();
    read_exactly(&mut server, 36);
    let mut second = challenge();
    second.reverse();
    server.write_all(&second).unwrap();
    // The client goes, although the server stays and there is time.
    assert_eq!(hear_out(server), b"");
    let output = client.wait().expect_code(1).expect_stderr(&ended(Ending::Unexpected));
    let answers = output.stderr.matches(&told(&Fact::Answered { length: 32 })).count();
    assert_eq!(answers, 1, "{}", output.stderr);
}

#[test]
fn a_server_that_says_ok_is_friendly_and_any_other_word_is_none() {
    for (word, code) in [("ok", 0), ("OK\r\n", 0), ("\nOk ", 0), ("no", 1), ("okay", 1), ("ok ok", 1), ("\u{1f44d}", 1)]
    {
        let (client, mut server) = meet(&[]);
        server.write_all(&challenge()).unwrap();
        read_exactly(&mut server, 36);
        server.write_all(word.as_bytes()).unwrap();
        server.shutdown(Shutdown::Write).unwrap();
        assert_eq!(hear_out(server), b"", "{word:?}");
        let output = client.wait().expect_code(code);
        let complaint = told(&surplus(true, word.as_bytes()));
        assert_eq!(output.stderr.contains(&complaint), code == 1, "{}", output.stderr);
    }
}

/// Neither what stands in a challenge's place nor what comes behind the answer can command the terminal.
#[test]
fn what_a_server_says_is_escaped() {
    let clipboard = b"\x1b]52;c;aGk=\x07";
    let (client, mut server) = meet(&["--color", "always"]);
    server.write_all(b"\x1b[2J\x9b2J\x07\r and so on: 32 bytes \xff\xfe").unwrap();
    read_exactly(&mut server, 36);
    server.write_all(clipboard).unwrap();
    drop(server);
    let output = client.wait().expect_code(1).expect_stderr(r#""\x1b]52;c;aGk=\x07""#);
    for command in ["\u{1b}]", "\u{1b}[2J", "\u{7}", "\r", "\u{9b}"] {
        assert!(!output.stderr.contains(command), "{command:?} in {:?}", output.stderr);
    }
}

/// A server that lets everybody in looks like an honest one: the client proves itself and learns nothing.
#[test]
fn the_client_says_that_the_server_proved_nothing() {
    let (client, mut server) = meet(&[]);
    server.write_all(&challenge()).unwrap();
    read_exactly(&mut server, 36);
    drop(server);
    let output = client.wait().expect_code(0);
    output
        .expect_stderr("The server does not send a verdict back")
        .expect_stderr("The server itself proved nothing: any server that asks gets an answer.\n");
}

/// The answer is out; a server that keeps the connection open cannot keep the client.
#[test]
fn a_server_that_never_closes_is_left_at_the_deadline() {
    let (client, mut server) = meet(&["--handshake-timeout", "1s"]);
    server.write_all(&challenge()).unwrap();
    assert_eq!(read_exactly(&mut server, 36), right_answer(&challenge()));
    assert_eq!(read_to_end(&mut server), b"");
    client.wait().expect_code(0);
}

#[test]
fn nobody_listening_is_told_with_what_to_type() {
    let (_taken, port) = closed_port();
    let output = client(&port).run().expect_code(1);
    assert_eq!(output.out(), "");
    output
        .expect_stderr(&format!(
            "error: cannot connect to 127.0.0.1:{port}: connection refused: no program listens there\n"
        ))
        .expect_stderr(&format!("day30 auth-server --secret … --port {port}\n"));
}

#[test]
fn a_reset_is_told_wherever_in_the_handshake_it_comes() {
    let broke = ": the connection broke during the handshake: ";
    let (client, server) = meet(&[]);
    client.wait_for_stderr("connect 127.0.0.1:");
    reset(server);
    client.wait().expect_code(1).expect_stderr(broke);

    let (client, mut server) = meet(&[]);
    server.write_all(&challenge()[..31]).unwrap();
    client.wait_for_stderr("recv → 31 bytes");
    reset(server);
    client.wait().expect_code(1).expect_stderr(broke);

    let (client, mut server) = meet(&[]);
    server.write_all(&challenge()).unwrap();
    read_exactly(&mut server, 36);
    reset(server);
    client.wait().expect_code(1).expect_stderr(broke);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_client_that_waits() {
    let (client, server) = meet(&["--handshake-timeout", "1h"]);
    client.wait_for_stderr("connect 127.0.0.1:");
    let output = client.interrupt().expect_code(130);
    assert!(!output.stderr.contains("error"), "{}", output.stderr);
    assert_eq!(hear_out(server), b"");
}
