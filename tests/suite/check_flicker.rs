//! The judge is judged: ten times the same program, ten times the same verdict, with another seed each time.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::judged::{ours, report, reported, side_by_side, with_verdict};

/// That nothing but a pass comes out. Five judges take two rounds each, beside each other.
#[track_caller]
fn ten_times(target: &str, options: &[&str], command: &[&str]) {
    side_by_side(&["1", "2", "3", "4", "5"], |seed| {
        let options = [&["--repeat", "2", "--seed", seed], options].concat();
        let output = reported(target, &options, command).run();
        let report = report(&output);
        let checks = report["checks"].as_array().unwrap().len();
        let unknown = if cfg!(target_os = "linux") { 0 } else { with_verdict(&report, "unknown").len() };
        assert_eq!(with_verdict(&report, "passed").len() + unknown, checks, "{target}\n{}", output.stderr);
        assert!(checks >= 2 * 8 && checks.is_multiple_of(2), "{checks}");
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
