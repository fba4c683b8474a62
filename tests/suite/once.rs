//! `--once`: one client, then the end; and how many calls that takes.

#![cfg(unix)]
#![allow(clippy::unwrap_used)]

use crate::common::{Output, on_every_model, read_exactly, upper_server};
use std::io::Write;
use std::net::TcpStream;

/// The number of calls in the summary's second line.
fn calls(output: &Output) -> u64 {
    let line = output.stderr.lines().find(|line| line.starts_with("calls ")).unwrap();
    line["calls ".len()..line.find(',').unwrap()].replace(' ', "").parse().unwrap()
}

fn one_client_is_served_and_the_next_is_refused(io: &str) {
    let server = upper_server(io, &["--once"]);
    let mut only = server.connect();
    only.write_all(b"one").unwrap();
    assert_eq!(read_exactly(&mut only, 3), b"ONE");
    let refused = TcpStream::connect(server.address).unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    drop(only);
    let output = server.running.wait().expect_code(0).expect_stderr("ended   eof 1");
    assert!(output.stderr.contains("clients 1 "), "{}", output.stderr);
}

on_every_model!(one_client_is_served_and_the_next_is_refused);

/// A model that sleeps makes a handful of calls for a handful of messages, also when the door is closed already.
fn a_sleeping_model_makes_few_calls(io: &str) {
    // Looking again before sleeping is calls too, on purpose.
    let server = upper_server(io, &["--once", "--busy-poll", "0"]);
    let mut only = server.connect();
    for _ in 0..10 {
        only.write_all(b"hello").unwrap();
        assert_eq!(read_exactly(&mut only, 5), b"HELLO");
    }
    drop(only);
    let output = server.running.wait().expect_code(0);
    assert!(calls(&output) < 100, "{}", output.stderr);
}

#[test]
fn poll_makes_few_calls() {
    a_sleeping_model_makes_few_calls("poll");
}

#[test]
fn threads_make_few_calls() {
    a_sleeping_model_makes_few_calls("threads");
}
