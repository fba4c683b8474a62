//! The judge is judged: programs with one fault each. For each fault, the check that must catch it, and the cause that must be
//! named.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::have;
use crate::common::judged::{compiled, judged, program, report, reported};
use std::sync::Mutex;
use std::thread;

/// The value of `FLAW`, the check that must catch it, and the cause (`""` where there is nothing to name).
type Flaw = (&'static str, &'static str, &'static str);

/// How many judgements are made at once: most of their time is spent waiting for what does not come.
const AT_ONCE: usize = 4;

/// Judges a program with each of its faults in turn.
#[track_caller]
fn each_is_caught(target: &str, command: &[&str], flaws: &[Flaw]) {
    if !have("python3") {
        return;
    }
    let (next, wrong) = (Mutex::new(flaws.iter()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let Some(flaw) = next.lock().unwrap().next() else { return };
                    if let Err(why) = is_caught(target, command, *flaw) {
                        wrong.lock().unwrap().push(why);
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{target}: {}", wrong.join("\n"));
}

fn is_caught(target: &str, command: &[&str], (flaw, check, cause): Flaw) -> Result<(), String> {
    let short = ["--only", check, "--start-timeout", "3s"];
    let output = reported(target, &short, command).env("FLAW", flaw).run();
    let report = report(&output);
    let check = judged(&report, check);
    let named = check["failure"]["cause"]["id"].as_str().unwrap_or_default();
    if check["verdict"] == "failed" && named == cause {
        return Ok(());
    }
    Err(format!("FLAW={flaw}: {} {} for {named:?}, not {cause:?}\n{}", check["id"], check["verdict"], output.stderr))
}

#[test]
fn servers_that_do_not_come_up() {
    let flaws = [
        ("ends-at-once", "echo/listens", "ends-at-once"),
        ("does-not-compile", "echo/listens", "does-not-compile"),
        ("address-in-use", "echo/listens", "address-in-use"),
        #[cfg(target_os = "linux")]
        ("other-port", "echo/listens", "other-port"),
        #[cfg(target_os = "linux")]
        ("other-address", "echo/listens", "other-address"),
        ("never-listens", "echo/listens", "never-listens"),
        ("deaf-to-ctrl-c", "echo/ctrl-c", "deaf-to-ctrl-c"),
        #[cfg(target_os = "linux")]
        ("no-reuse-addr", "echo/restart", "no-reuse-addr"),
    ];
    each_is_caught("nonblock-server", &["python3", &program("flawed/echo_server.py"), "{port}"], &flaws);
}

#[test]
fn servers_that_answer_wrongly() {
    let flaws = [
        ("greets", "echo/speaks-second", "greets"),
        ("waits-for-line", "echo/one-message", "waits-for-line"),
        ("waits-for-end", "echo/one-message", "waits-for-end"),
        ("not-upper", "echo/one-message", "not-upper"),
        ("decorates", "echo/one-message", "decorates"),
        ("segfault", "echo/one-message", "segfault"),
        ("uncaught-error", "echo/one-message", "uncaught-error"),
        ("uncaught-in-a-thread", "echo/one-message", "uncaught-error"),
        ("printed-not-sent", "echo/one-message", "printed-not-sent"),
        ("sizeof-buffer", "echo/one-message", "whole-buffer"),
        ("whole-buffer", "echo/every-byte-counts", "whole-buffer"),
        ("one-message", "echo/many-messages", "one-message"),
        ("strips-text", "echo/every-byte-counts", "strips-text"),
        ("zero-ends-text", "echo/every-byte-counts", "zero-ends-text"),
        ("ascii-only", "echo/other-alphabets", "ascii-only"),
        ("one-for-one", "echo/sharp-s", "one-for-one"),
        ("decode-per-recv", "echo/split-letter", "decode-per-recv"),
        ("decode-loses", "echo/split-letter", "decode-loses"),
        ("shared-decoder", "echo/own-letters", "shared-decoder"),
        ("short-recv", "echo/long-message", "short-recv"),
        ("short-send", "echo/late-reader", "short-send"),
        ("sends-again", "echo/late-reader", "sends-again"),
        ("would-block-uncaught", "echo/late-reader", "would-block-uncaught"),
        ("piles-up", "echo/stops-reading", "piles-up"),
    ];
    each_is_caught("nonblock-server", &["python3", &program("flawed/echo_server.py"), "{port}"], &flaws);
}

#[test]
fn servers_that_neglect_their_clients() {
    let flaws = [
        ("accepted-socket-blocks", "echo/two-clients", "accepted-socket-blocks"),
        ("one-at-a-time", "echo/two-clients", "one-at-a-time"),
        ("one-accept", "echo/two-clients", "one-accept"),
        ("skips-one", "echo/leaving-among-others", "skips-one"),
        ("closes-too-early", "echo/half-close", "closes-too-early"),
        ("never-closes", "echo/closes", "never-closes"),
        #[cfg(target_os = "linux")]
        ("gives-nothing-back", "echo/gives-back", "never-closes"),
        ("send-blocks-all", "echo/slow-reader", "send-blocks-all"),
        ("dies-of-reset", "echo/reset", "dies-of-reset"),
        #[cfg(target_os = "linux")]
        ("keeps-what-was-reset", "echo/reset", "never-closes"),
        ("dies-of-pipe", "echo/leaves-without-reading", "dies-of-pipe"),
        ("dies-of-bytes", "echo/bad-bytes", "dies-of-bytes"),
        ("dies-of-bytes", "echo/half-a-letter", "dies-of-bytes"),
        ("forgets-a-client", "echo/bad-bytes", "never-closes"),
        ("ends-with-client", "echo/silent-client", "ends-with-client"),
        ("still-registered", "echo/half-close", "uncaught-error"),
        ("still-registered", "echo/half-a-letter", "uncaught-error"),
        ("waits-for-its-threads", "echo/ctrl-c", "deaf-to-ctrl-c"),
    ];
    each_is_caught("nonblock-server", &["python3", &program("flawed/echo_server.py"), "{port}"], &flaws);
}

#[test]
#[cfg(target_os = "linux")]
fn servers_that_never_sleep() {
    let flaws = [
        ("spins-after-leaving", "echo/closes", "spins-after-leaving"),
        ("polls-in-a-loop", "echo/sleeps-after-leaving", "spins-after-leaving"),
        ("polls-in-a-loop", "echo/sleeps", "polls-in-a-loop"),
    ];
    each_is_caught("socket-server", &["python3", &program("flawed/echo_server.py"), "{port}"], &flaws);
}

#[test]
fn mistakes_that_only_c_makes() {
    if have("cc") {
        let flaws = [
            ("strlen", "echo/every-byte-counts", "zero-ends-text"),
            ("sigpipe", "echo/leaves-without-reading", "dies-of-pipe"),
        ];
        each_is_caught("nonblock-server", &[&compiled("echo"), "{port}"], &flaws);
    }
}

#[test]
fn servers_of_lesson_2_that_want_another_answer() {
    let flaws = [
        ("challenge-length", "auth/challenge", "challenge-length"),
        ("challenge-as-hex", "auth/challenge", "challenge-as-hex"),
        ("uncaught-before-the-challenge", "auth/challenge", "uncaught-error"),
        ("challenge-repeats", "auth/fresh-challenge", "challenge-repeats"),
        ("fixed-seed", "auth/fresh-challenge", "challenge-repeats"),
        ("challenge-is-text", "auth/fresh-challenge", "challenge-is-text"),
        ("length-big-endian", "auth/ok", "length-big-endian"),
        ("digest-swapped", "auth/ok", "digest-swapped"),
        ("digest-hmac", "auth/ok", "digest-hmac"),
        ("digest-of-hex", "auth/ok", "digest-of-hex"),
        ("digest-of-half", "auth/ok", "digest-of-half"),
        ("length-missing", "auth/ok", "length-missing"),
        ("raw-digest", "auth/ok", "raw-digest"),
        ("upper-case-digest", "auth/ok", "upper-case-digest"),
        ("secret-with-newline", "auth/ok", "secret-with-newline"),
        ("length-as-text", "auth/ok", "length-as-text"),
        ("length-width", "auth/ok", "length-width"),
        ("other-hash", "auth/ok", "other-hash"),
        ("ok-otherwise", "auth/ok", "ok-otherwise"),
        ("ok-to-client", "auth/ok", "ok-otherwise"),
        ("prints-true", "auth/ok", "ok-otherwise"),
        ("compares-types", "auth/ok", "never-ok"),
        ("challenge-decoded", "auth/ok", "challenge-decoded"),
        ("takes-the-port", "auth/ok", "other-secret"),
        ("length-misread", "auth/ok", "length-width"),
        ("uncaught-error", "auth/ok", "uncaught-error"),
        ("stdout-not-flushed", "auth/ok-at-once", "stdout-not-flushed"),
    ];
    each_is_caught("auth-server", &["python3", &program("flawed/auth_server.py"), "{port}", "{secret}"], &flaws);
}

#[test]
fn servers_of_lesson_2_that_trust_or_fall() {
    let flaws = [
        ("message-not-whole", "auth/split-answer", "message-not-whole"),
        ("never-closes", "auth/closes", "never-closes"),
        ("says-ok-to-client", "auth/says-nothing", "decorates"),
        ("one-accept", "auth/next-client", "one-accept"),
        ("silent-client-blocks", "auth/silent-client", "silent-client-blocks"),
        ("lets-everybody-in", "auth/wrong-secret", "lets-everybody-in"),
        ("closes-its-listener", "auth/wrong-secret", "uncaught-error"),
        ("prefix-compared", "auth/wrong-digit", "prefix-compared"),
        ("old-answer-taken", "auth/old-answer", "old-answer-taken"),
        ("length-trusted", "auth/length-bomb", "length-trusted"),
        ("length-trusted", "auth/negative-length", "length-trusted"),
        ("dies-of-bytes", "auth/no-text", "dies-of-bytes"),
        ("message-not-whole", "auth/leaves-early", "message-not-whole"),
        ("secret-told", "auth/keeps-the-secret", "secret-told"),
        ("explains-too-much", "auth/keeps-the-secret", "secret-told"),
        ("no-deadline", "auth/deadline", "no-time-limit"),
        ("limit-per-recv", "auth/deadline", "no-time-limit"),
        #[cfg(target_os = "linux")]
        ("end-not-noticed", "auth/leaves-early", "spins-after-leaving"),
    ];
    each_is_caught("auth-server", &["python3", &program("flawed/auth_server.py"), "{port}", "{secret}"], &flaws);
}

#[test]
fn clients_of_lesson_2() {
    let flaws = [
        ("connects-elsewhere", "auth-client/connects", "connects-elsewhere"),
        ("uncaught-error", "auth-client/length", "uncaught-error"),
        ("length-big-endian", "auth-client/length", "length-big-endian"),
        ("length-missing", "auth-client/length", "length-missing"),
        ("length-as-text", "auth-client/length", "length-as-text"),
        ("length-width", "auth-client/length", "length-width"),
        ("raw-digest", "auth-client/length", "raw-digest"),
        ("other-hash", "auth-client/length", "other-hash"),
        ("length-as-q", "auth-client/digest", "length-width"),
        ("challenge-decoded", "auth-client/digest", "challenge-decoded"),
        ("digest-swapped", "auth-client/digest", "digest-swapped"),
        ("digest-hmac", "auth-client/digest", "digest-hmac"),
        ("digest-of-hex", "auth-client/digest", "digest-of-hex"),
        ("digest-of-half", "auth-client/digest", "digest-of-half"),
        ("upper-case-digest", "auth-client/digest", "upper-case-digest"),
        ("secret-with-newline", "auth-client/digest", "secret-with-newline"),
        ("other-secret", "auth-client/digest", "other-secret"),
        ("says-more", "auth-client/nothing-more", "decorates"),
        ("challenge-not-whole", "auth-client/split-challenge", "challenge-not-whole"),
        ("zero-ends-text", "auth-client/any-bytes", "zero-ends-text"),
        ("strips-text", "auth-client/any-bytes", "strips-text"),
        ("answers-again", "auth-client/one-answer", "answers-again"),
        ("secret-told", "auth-client/keeps-the-secret", "secret-told"),
        ("never-leaves", "auth-client/leaves", "end-not-noticed"),
        ("challenge-not-whole", "auth-client/short-challenge", "challenge-not-whole"),
        ("end-not-noticed", "auth-client/no-challenge", "end-not-noticed"),
        ("exits-with-0", "auth-client/exit-code", ""),
    ];
    each_is_caught("auth-client", &["python3", &program("flawed/auth_client.py"), "{port}", "{secret}"], &flaws);
}

#[test]
fn clients_of_lessons_1_and_4() {
    let client = program("flawed/echo_client.py");
    let flaws = [
        ("connects-elsewhere", "client/connects", "connects-elsewhere"),
        ("floods", "client/speaks", ""),
        ("prints-otherwise", "client/prints-reply", "prints-otherwise"),
        ("uncaught-error", "client/prints-reply", "uncaught-error"),
        ("stdout-not-flushed", "client/prints-at-once", "stdout-not-flushed"),
        ("connects-anew", "client/second-message", "connects-anew"),
        ("recv-is-no-message", "client/split-reply", "recv-is-no-message"),
        ("end-not-noticed", "client/server-closes", "end-not-noticed"),
        ("exits-with-0", "client/exit-code", ""),
        ("tries-for-ever", "client/nobody-listens", ""),
        #[cfg(target_os = "linux")]
        ("polls-in-a-loop", "client/sleeps", "polls-in-a-loop"),
    ];
    each_is_caught("nonblock-client", &["python3", &client, "{port}"], &flaws);
    let flaws = [
        ("decode-per-recv", "client/split-letter", "decode-per-recv"),
        ("waits-for-nothing", "client/empty-line", "waits-for-nothing"),
        ("strips-text", "client/second-message", "strips-text"),
        ("connects-late", "client/connects", "connects-late"),
        ("whole-buffer", "client/second-message", ""),
        ("end-is-a-reply", "client/server-closes", "end-not-noticed"),
        ("ends-with-stdin", "client/end-of-input", "ends-with-stdin"),
        ("recv-is-no-message", "client/long-line", "recv-is-no-message"),
    ];
    each_is_caught("socket-client", &["python3", &client, "{port}", "type"], &flaws);
}

#[test]
fn programs_of_lesson_3() {
    let flaws = [
        ("key-and-message-swapped", "hmac/notes", "key-and-message-swapped"),
        ("plain-hash", "hmac/notes", "plain-hash"),
        ("other-digest", "hmac/notes", "other-digest"),
        ("wrong-pads", "hmac/notes", "wrong-pads"),
        ("line-end-hashed", "hmac/notes", "line-end-hashed"),
        ("digest-cut", "hmac/notes", "digest-cut"),
        ("other-encoding", "hmac/notes", "other-encoding"),
        ("digest-not-named", "hmac/notes", "digest-not-named"),
        ("uncaught-error", "hmac/notes", "uncaught-error"),
        ("written-in", "hmac/other-words", "written-in"),
        ("long-key-cut", "hmac/long-key", "long-key-cut"),
        ("strips", "hmac/every-byte-counts", "line-end-hashed"),
        ("exits-with-1", "hmac/exit-code", ""),
    ];
    each_is_caught("hmac", &["python3", &program("flawed/hmac_digest.py"), "{key}", "{msg}"], &flaws);
}
