//! What the judge finds in the notes' own six programs: the README tells of it.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::have;
use crate::common::judged::{SHORT_SILENCE, judged, report, reported, with_verdict};
use serde_json::Value;

/// Judges one of the notes' programs, unchanged but for the port. Its port is told in the command here, so that each check has
/// a process of its own; `check_process.rs` has one that is written in. Two of them spin, and are not let spin for 10 s.
fn found(target: &str, program: &str) -> Value {
    let path = format!("{}/tests/notes/{program}", env!("CARGO_MANIFEST_DIR"));
    let run = "import sys; exec(open(sys.argv[1]).read().replace('9000', sys.argv[2]))";
    let (name, time) = SHORT_SILENCE;
    report(&reported(target, &[], &["python3", "-c", run, &path, "{port}"]).env(name, time).run().expect_code(1))
}

/// What failed, and the cause that was named.
fn failed(report: &Value) -> Vec<(&str, &str)> {
    let cause = |id| judged(report, id)["failure"]["cause"]["id"].as_str().unwrap_or_default();
    with_verdict(report, "failed").into_iter().map(|id| (id, cause(id))).collect()
}

#[test]
fn lesson_1_server() {
    if !have("python3") {
        return;
    }
    let expected = [
        ("echo/two-clients", "accepted-socket-blocks"),
        ("echo/closes", "never-closes"),
        ("echo/split-letter", "decode-per-recv"),
        ("echo/restart", "no-reuse-addr"),
    ];
    assert_eq!(failed(&found("nonblock-server", "1_nonblock_server.py")), expected);
}

/// One fault hid others, as lesson 1 says: a socket that blocks loses no reply.
#[test]
fn lesson_1_server_with_its_first_fault_corrected() {
    if !have("python3") {
        return;
    }
    let path = format!("{}/tests/notes/1_nonblock_server.py", env!("CARGO_MANIFEST_DIR"));
    let run = "import sys; exec(open(sys.argv[1]).read().replace('9000', sys.argv[2])\
               .replace('l.append(conn)', 'conn.setblocking(False); l.append(conn)'))";
    let checks = ["echo/two-clients", "echo/queued-at-shutdown", "echo/late-reader", "echo/reset"];
    let options = ["--only", &checks.join(",")];
    let report = report(&reported("nonblock-server", &options, &["python3", "-c", run, &path, "{port}"]).run());
    assert_eq!(with_verdict(&report, "failed"), ["echo/queued-at-shutdown", "echo/late-reader", "echo/reset"]);
}

#[test]
fn lesson_1_client() {
    if !have("python3") {
        return;
    }
    let expected = [("client/prints-at-once", "stdout-not-flushed"), ("client/split-reply", "recv-is-no-message")];
    assert_eq!(failed(&found("nonblock-client", "1_nonblock_client.py")), expected);
}

#[test]
fn lesson_2_server() {
    if !have("python3") {
        return;
    }
    let expected = [
        ("auth/split-answer", "message-not-whole"),
        ("auth/next-client", "one-accept"),
        ("auth/challenge-echoed", "dies-of-bytes"),
        ("auth/raw-digest", "dies-of-bytes"),
        ("auth/no-text", "dies-of-bytes"),
        ("auth/length-bomb", "length-trusted"),
        ("auth/negative-length", "length-trusted"),
        ("auth/big-endian-length", "length-trusted"),
        ("auth/leaves-early", "message-not-whole"),
        ("auth/reset", "dies-of-reset"),
        ("auth/deadline", "no-time-limit"),
    ];
    assert_eq!(failed(&found("auth-server", "2_auth_server.py")), expected);
}

#[test]
fn lesson_2_client() {
    if !have("python3") {
        return;
    }
    let expected = [
        ("auth-client/split-challenge", "challenge-not-whole"),
        ("auth-client/short-challenge", "challenge-not-whole"),
        ("auth-client/exit-code", ""),
        ("auth-client/silent-server", "no-time-limit"),
    ];
    assert_eq!(failed(&found("auth-client", "2_auth_client.py")), expected);
}

#[test]
fn lesson_3() {
    if !have("python3") {
        return;
    }
    let path = format!("{}/tests/notes/3_hmac.py", env!("CARGO_MANIFEST_DIR"));
    let report = report(&reported("hmac", &[], &["python3", &path]).run().expect_code(1));
    assert_eq!(failed(&report), [("hmac/notes", "digest-not-named")]);
}

#[test]
fn lesson_4_server() {
    if !have("python3") {
        return;
    }
    let expected = [
        ("echo/closes", "spins-after-leaving"),
        ("echo/split-letter", "decode-per-recv"),
        ("echo/answers-before-bad-bytes", "dies-of-bytes"),
        ("echo/ctrl-c", "deaf-to-ctrl-c"),
        ("echo/restart", "no-reuse-addr"),
    ];
    assert_eq!(failed(&found("socket-server", "4_socket_server.py")), expected);
}
