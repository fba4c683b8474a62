//! The judge is judged: ten times the same program, ten times the same verdict, with another seed each time.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::judged::{not_passed, ours, side_by_side};

/// That every check passes, each time. Five judges take two rounds each, beside each other.
#[track_caller]
fn ten_times(target: &str, options: &[&str], command: &[&str]) {
    side_by_side(&["1", "2", "3", "4", "5"], |seed| {
        let options = [&["--repeat", "2", "--seed", seed], options].concat();
        assert_eq!(not_passed(target, &options, command, &[]), Vec::<String>::new(), "{target}, seed {seed}");
    });
}

#[test]
fn an_echo_server() {
    ten_times("socket-server", &[], &[ours(), "socket-server", "--quiet", "--port", "{port}"]);
}

/// Without the two checks that do nothing but wait for a deadline.
#[test]
fn lesson_2() {
    let server = [ours(), "auth-server", "--quiet", "--port", "{port}"];
    ten_times("auth-server", &["--skip", "auth/deadline"], &server);
    let client = [ours(), "auth-client", "--seen", "off", "--port", "{port}"];
    ten_times("auth-client", &["--skip", "auth-client/silent-server"], &client);
}

#[test]
fn clients_and_lesson_3() {
    ten_times("socket-client", &[], &[ours(), "socket-client", "--quiet", "--port", "{port}"]);
    ten_times("hmac", &[], &[ours(), "hmac", "--quiet", "--key={key}", "--msg={msg}"]);
}
