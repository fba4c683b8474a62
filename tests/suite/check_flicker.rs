//! The judge is judged: thirty times the same program, thirty times the same verdict, with other chances each time.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::judged::{ours, report, reported, with_verdict};
use std::time::Duration;

/// Thirty rounds take minutes on a machine that is busy with other tests.
const LONG: Duration = Duration::from_secs(900);

/// That nothing but a pass comes out.
#[track_caller]
fn thirty_times(target: &str, options: &[&str], command: &[&str]) {
    let output = reported(target, &[&["--repeat", "30"], options].concat(), command).patience(LONG).run();
    let report = report(&output);
    let checks = report["checks"].as_array().unwrap().len();
    let unknown = if cfg!(target_os = "linux") { 0 } else { with_verdict(&report, "unknown").len() };
    assert_eq!(with_verdict(&report, "passed").len() + unknown, checks, "{target}\n{}", output.stderr);
    assert!(checks >= 30 * 8 && checks.is_multiple_of(30), "{checks}");
}

#[test]
fn an_echo_server() {
    thirty_times("socket-server", &[], &[ours(), "socket-server", "--quiet", "--port", "{port}"]);
}

/// Without the two checks that do nothing but wait for a deadline.
#[test]
fn lesson_2() {
    let server = [ours(), "auth-server", "--quiet", "--port", "{port}"];
    thirty_times("auth-server", &["--skip", "auth/deadline"], &server);
    let client = [ours(), "auth-client", "--seen", "off", "--port", "{port}"];
    thirty_times("auth-client", &["--skip", "auth-client/silent-server"], &client);
}

#[test]
fn clients_and_lesson_3() {
    thirty_times("socket-client", &[], &[ours(), "socket-client", "--quiet", "--port", "{port}"]);
    thirty_times("hmac", &[], &[ours(), "hmac", "--quiet", "--key={key}", "--msg={msg}"]);
}
