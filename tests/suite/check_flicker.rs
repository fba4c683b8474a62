//! The judge is judged: six times the same program, six times the same verdict, with another seed each time.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::judged::{not_passed, ours, side_by_side};

/// That every check passes, each time. Three judges take two rounds each, beside each other.
#[track_caller]
fn six_times(target: &str, options: &[&str], command: &[&str]) {
    side_by_side(&["1", "2", "3"], |seed| {
        let options = [&["--repeat", "2", "--seed", seed], options].concat();
        assert_eq!(not_passed(target, &options, command, &[]), Vec::<String>::new(), "{target}, seed {seed}");
    });
}

#[test]
fn an_echo_server() {
    six_times("socket-server", &[], &[ours(), "socket-server", "--quiet", "--port", "{port}"]);
}

/// Without the two checks that do nothing but wait for a deadline.
#[test]
fn lesson_2() {
    let server = [ours(), "auth-server", "--quiet", "--port", "{port}"];
    six_times("auth-server", &["--skip", "auth/deadline"], &server);
    let client = [ours(), "auth-client", "--seen", "off", "--port", "{port}"];
    six_times("auth-client", &["--skip", "auth-client/silent-server"], &client);
}

#[test]
fn clients_and_lesson_3() {
    six_times("socket-client", &[], &[ours(), "socket-client", "--quiet", "--port", "{port}"]);
    six_times("hmac", &[], &[ours(), "hmac", "--quiet", "--key={key}", "--msg={msg}"]);
}
