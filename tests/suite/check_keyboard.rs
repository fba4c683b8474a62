//! A program that is judged at a keyboard does what it does without one: it has no terminal of its own, and is no job of ours that
//! the terminal could stop.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::have;
use crate::common::judged::check;
use crate::common::terminal::at_a_keyboard;

/// That a shell which does this first is judged alike in both places: its answer is right.
#[track_caller]
fn is_judged_alike(first: &str) {
    if !have("python3") {
        return;
    }
    let program = format!("{first}; echo 280ce248e848bcd4e5a31a036829d185");
    let options = ["--only", "notes", "--seed", "30"];
    check("hmac", &["--only", "notes"], &["sh", "-c", &program]).run().expect_code(0);
    let shown = at_a_keyboard().args(["check", "hmac"]).args(options).args(["--", "sh", "-c", &program]).run();
    assert_eq!(shown.code, Some(0), "{}", shown.out());
}

/// `dash` stops itself with SIGTTIN until it is in the foreground.
#[test]
fn job_control_stops_no_program() {
    is_judged_alike("set -m");
}

/// SIGTTIN.
#[test]
fn asking_the_keyboard_stops_no_program() {
    is_judged_alike("head -c 1 < /dev/tty");
}

/// SIGTTOU, as where a password is not to be shown while it is typed.
#[test]
fn changing_the_terminal_stops_no_program() {
    is_judged_alike("stty -echo < /dev/tty");
}
