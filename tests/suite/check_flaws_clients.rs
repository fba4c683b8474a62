//! The judge is judged: echo clients with one fault each. For each fault, the check that must catch it, and the cause that must be
//! named (`""` where there is nothing to name), by something that was seen.

#![cfg(unix)]

use crate::common::flaws::each_is_caught;
use crate::common::have;
use crate::common::judged::{decided, program, report, reported, with_verdict};
use std::time::Duration;

/// Judges a program by these checks; gives those that it passed.
fn passed(target: &str, checks: &str, path: &str) -> Vec<String> {
    let command = ["python3", &program(path), "{port}"];
    let output = decided(reported(target, &["--only", checks], &command).patience(Duration::from_secs(120)));
    with_verdict(&report(&output), "passed").into_iter().map(str::to_owned).collect()
}

#[test]
fn clients_of_lesson_1() {
    let client = program("flawed/echo_client.py");
    let command = ["python3", &client, "{port}"];
    let flaws = [
        ("never-begins", "client/connects", "ends-at-once"),
        ("receives-first", "client/speaks", "receives-first"),
        ("floods", "client/speaks", ""),
        ("no-line-end", "client/prints-reply", "no-line-end"),
        ("no-line-end-and-no-flush", "client/prints-reply", "no-line-end"),
        ("prints-otherwise", "client/prints-reply", "prints-otherwise"),
        ("prints-nothing", "client/prints-reply", "prints-nothing"),
        ("prints-on-stderr", "client/prints-reply", "prints-on-stderr"),
        ("prints-bytes", "client/prints-reply", "str-of-bytes"),
        ("uncaught-error", "client/prints-reply", "uncaught-error"),
        ("text-and-bytes", "client/prints-reply", "text-and-bytes"),
        ("not-connected", "client/connects", "not-connected"),
        ("waits-for-end", "client/prints-reply", "waits-for-end"),
        ("waits-for-line", "client/prints-reply", "waits-for-line"),
        ("waits-for-full-buffer", "client/prints-reply", "waits-for-full-buffer"),
        ("counts-own-letters", "client/prints-reply", "counts-letters"),
        ("cuts-a-letter", "client/prints-reply", "counts-letters"),
        ("counts-own-message", "client/prints-reply", "counts-message"),
        ("sends-ahead", "client/prints-reply", "does-not-wait"),
        ("gives-up-early", "client/late-reply", "does-not-wait"),
        // It was printed twice before the end too.
        ("prints-twice", "client/server-closes", ""),
        ("stdout-not-flushed", "client/prints-at-once", "stdout-not-flushed"),
        ("one-message", "client/second-message", "one-message"),
        ("uses-closed-socket", "client/second-message", "uses-closed-socket"),
        ("connects-anew", "client/second-message", "connects-anew"),
        ("recv-is-no-message", "client/split-reply", "recv-is-no-message"),
        ("prints-own-text", "client/split-reply", "prints-own-text"),
        ("end-not-noticed", "client/server-closes", "end-not-noticed"),
        ("exits-with-0", "client/exit-code", ""),
        ("tries-for-ever", "client/nobody-listens", ""),
        #[cfg(target_os = "linux")]
        ("polls-in-a-loop", "client/sleeps", "polls-in-a-loop"),
    ];
    each_is_caught("nonblock-client", &command, &flaws);
    // It sleeps, and nothing tells for what.
    each_is_caught("nonblock-client", &command, &[("connects-elsewhere", "client/connects", "connects-elsewhere")]);
}

#[test]
fn clients_of_lesson_4() {
    let client = program("flawed/echo_client.py");
    let flaws = [
        ("connects-late", "client/connects", "connects-late"),
        ("asks-for-input", "client/connects", "asks-for-input"),
        ("str-of-bytes", "client/speaks", "str-of-bytes"),
        ("reads-all-input", "client/speaks", "reads-all-input"),
        ("exit", "client/second-message", "magic-word"),
        ("waits-for-end", "client/prints-reply", "waits-for-end"),
        ("no-line-end-and-no-flush", "client/prints-reply", "no-line-end"),
        ("prints-all-it-receives", "client/second-message", "waits-for-end"),
        ("uses-closed-socket", "client/second-message", "uses-closed-socket"),
        ("strips-text", "client/second-message", "strips-text"),
        ("whole-buffer", "client/second-message", ""),
        ("decode-per-recv", "client/split-letter", "decode-per-recv"),
        ("counts-letters", "client/split-letter", "counts-letters"),
        ("counts-message", "client/reply-length", "counts-message"),
        ("latin-1", "client/split-letter", "other-encoding"),
        ("gbk", "client/split-letter", "other-encoding"),
        ("ascii", "client/split-letter", "other-encoding"),
        ("ends-with-empty", "client/empty-line", "ends-with-empty"),
        ("waits-for-nothing", "client/empty-line", "waits-for-nothing"),
        ("end-is-a-reply", "client/server-closes", "end-not-noticed"),
        ("ends-with-stdin", "client/end-of-input", "ends-with-stdin"),
        ("recv-is-no-message", "client/long-line", "recv-is-no-message"),
    ];
    each_is_caught("socket-client", &["python3", &client, "{port}", "type"], &flaws);
}

/// It sends 1000 bytes, and waits for their reply before it sends the next ones.
#[test]
fn a_client_that_sends_a_long_line_in_lock_step_is_right() {
    if !have("python3") {
        return;
    }
    let checks = "client/split-letter,client/reply-length,client/long-line";
    for path in ["reports/lock_step_client.py", "reports/lock_step_lines_client.py"] {
        assert_eq!(passed("socket-client", checks, path).join(","), checks, "{path}");
    }
}

/// Its interpreter alone takes most of the time that a client has to say that nobody listens.
#[test]
fn a_client_that_starts_slowly_has_its_time_from_connect() {
    if !have("python3") {
        return;
    }
    let check = "client/nobody-listens";
    assert_eq!(passed("nonblock-client", check, "reports/slow_start_client.py"), [check]);
}
