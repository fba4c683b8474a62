//! Guessing the secret of lesson 2: it gets slow for the one who guesses, and for nobody else.
//!
//! A guesser needs an address of its own: on Linux the whole of 127.0.0.0/8 is the machine's.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::auth::{auth_server, packed, right_answer};
use crate::common::process::eventually;
use crate::common::{Serving, on_every_model, read_exactly, read_to_end};
use std::io::{ErrorKind, Write};
use std::net::TcpStream;

on_every_model!(
    mistakes_are_free_at_first,
    a_guesser_waits_for_its_next_challenge_and_nobody_else_does,
    a_person_behind_the_guessers_address_is_let_in_all_the_same,
    a_crowd_of_guessers_is_refused_to_the_last_one_and_an_honest_client_is_served,
    leaving_early_is_no_guess,
    what_is_said_while_waiting_is_heard_when_the_wait_is_over,
);

const GUESSER: [u8; 4] = [127, 0, 0, 2];
const HONEST: [u8; 4] = [127, 0, 0, 3];

/// A wrong answer, to its end: 32 digits that are no digest of anything.
fn guess(server: &Serving) {
    let mut stream = server.connect_from(GUESSER);
    read_exactly(&mut stream, 32);
    stream.write_all(&packed("0".repeat(32))).unwrap();
    assert_eq!(read_to_end(&mut stream), b"");
}

fn assert_lets_in_from(ip: [u8; 4], server: &Serving) {
    let mut stream = server.connect_from(ip);
    let challenge = read_exactly(&mut stream, 32);
    server.assert_lets_in(stream, &right_answer(&challenge));
}

/// Whether nothing has come over this connection yet.
fn is_silent(stream: &TcpStream) -> bool {
    stream.set_nonblocking(true).unwrap();
    let peeked = stream.peek(&mut [0]);
    stream.set_nonblocking(false).unwrap();
    match peeked {
        Ok(count) => {
            assert_eq!(count, 1, "the server closed before its challenge");
            false
        }
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::WouldBlock);
            true
        }
    }
}

/// A client that is not made to wait has its challenge before the next one is even let in: each is asked as it comes, so
/// the order in which the server tells of it is fixed.
fn mistakes_are_free_at_first(io: &str) {
    let server = auth_server(io, &[]);
    (0..5).for_each(|_| guess(&server));
    let (guesser, honest) = (server.connect_from(GUESSER), server.connect_from(HONEST));
    let told = |what: &str| server.running.stderr.text().find(what);
    let [asked, came] = ["#6       challenge ".to_owned(), format!("accept → {}\n", honest.local_addr().unwrap())];
    eventually("both were told", || told(&asked).is_some() && told(&came).is_some());
    assert!(told(&asked) < told(&came), "{}", server.running.stderr.text());
    drop((guesser, honest));
}

/// Who came first would be asked first, if it were not made to wait. A machine that stands still for longer than the wait
/// lets it pass unseen, so it is looked at more than once.
fn a_guesser_waits_for_its_next_challenge_and_nobody_else_does(io: &str) {
    let server = auth_server(io, &["--handshake-timeout", "60s"]);
    (0..9).for_each(|_| guess(&server));
    let overtaken = (0..50).any(|_| {
        let mut guesser = server.connect_from(GUESSER);
        let mut honest = server.connect_from(HONEST);
        let challenge = read_exactly(&mut honest, 32);
        let guesser_waits = is_silent(&guesser);
        server.assert_lets_in(honest, &right_answer(&challenge));
        // The wait ends, and then the guesser is asked like everybody else.
        assert_eq!(read_exactly(&mut guesser, 32).len(), 32);
        guesser_waits
    });
    assert!(overtaken, "the guesser was never made to wait");
}

fn a_person_behind_the_guessers_address_is_let_in_all_the_same(io: &str) {
    let server = auth_server(io, &[]);
    (0..9).for_each(|_| guess(&server));
    assert_lets_in_from(GUESSER, &server);
    assert_lets_in_from(HONEST, &server);
}

fn a_crowd_of_guessers_is_refused_to_the_last_one_and_an_honest_client_is_served(io: &str) {
    let server = auth_server(io, &["--handshake-timeout", "60s"]);
    for _ in 0..2 {
        let mut crowd: Vec<_> = (0..100).map(|_| server.connect_from(GUESSER)).collect();
        assert_lets_in_from(HONEST, &server);
        for (number, stream) in crowd.iter_mut().enumerate() {
            read_exactly(stream, 32);
            stream.write_all(&packed(format!("{number:032x}"))).unwrap();
        }
        crowd.iter_mut().for_each(|stream| assert_eq!(read_to_end(stream), b""));
    }
    assert_lets_in_from(HONEST, &server);
    assert_lets_in_from(GUESSER, &server);
    assert_eq!(server.oks(), 4);
    server.stop().expect_endings("ok 4, refused 200");
}

/// A connection that broke, or a probe, says nothing of a wrong secret.
fn leaving_early_is_no_guess(io: &str) {
    let server = auth_server(io, &[]);
    for _ in 0..9 {
        let mut stream = server.connect_from(GUESSER);
        read_exactly(&mut stream, 32);
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        assert_eq!(read_to_end(&mut stream), b"");
    }
    let (guesser, honest) = (server.connect_from(GUESSER), server.connect_from(HONEST));
    let told = |what: &str| server.running.stderr.text().find(what);
    let [asked, came] = ["#10      challenge ".to_owned(), format!("accept → {}\n", honest.local_addr().unwrap())];
    eventually("both were told", || told(&asked).is_some() && told(&came).is_some());
    assert!(told(&asked) < told(&came), "{}", server.running.stderr.text());
    drop((guesser, honest));
}

/// Bytes that came during the wait are there already when it ends, and nothing tells of them a second time.
fn what_is_said_while_waiting_is_heard_when_the_wait_is_over(io: &str) {
    let server = auth_server(io, &["--handshake-timeout", "60s"]);
    (0..9).for_each(|_| guess(&server));
    let mut hasty = server.connect_from(GUESSER);
    hasty.write_all(b"GET / HTTP/1.0\r\n\r\n").unwrap();
    assert_eq!(read_exactly(&mut hasty, 32).len(), 32);
    assert_eq!(read_to_end(&mut hasty), b"");
    drop(hasty);
    server.stop().expect_stderr("ended   refused 9, bad-length 1\n");
}

/// Waiting costs a guesser nothing if it waits on every place that there is: then everybody else notices.
#[test]
fn a_guesser_with_many_connections_leaves_room_for_others() {
    for io in ["spin", "poll", "threads"] {
        let server = auth_server(io, &["--max-clients", "20"]);
        (0..9).for_each(|_| guess(&server));
        let crowd: Vec<_> = (0..40).map(|_| server.connect_from(GUESSER)).collect();
        assert_lets_in_from(HONEST, &server);
        drop(crowd);
    }
}
