//! The judge is judged: programs of lessons 2 and 3 with one fault each. For each fault, the check that must catch it, and the cause
//! that must be named (`""` where there is nothing to name).

#![cfg(unix)]

use crate::common::flaws::each_is_caught;
use crate::common::have;
use crate::common::judged::{decided, judged, program, report, reported};

#[test]
fn servers_of_lesson_2_with_a_challenge_that_proves_nothing() {
    let flaws = [
        ("challenge-length", "auth/challenge", "challenge-length"),
        ("challenge-as-hex", "auth/challenge", "challenge-as-hex"),
        ("uncaught-before-the-challenge", "auth/challenge", "uncaught-error"),
        ("challenge-repeats", "auth/fresh-challenge", "challenge-repeats"),
        ("fixed-seed", "auth/fresh-challenge", "challenge-repeats"),
        ("challenge-is-text", "auth/randomness", "challenge-is-text"),
        ("challenge-in-json", "auth/challenge", "other-framing"),
        ("challenge-with-length", "auth/challenge", "other-framing"),
        ("half-a-challenge-twice", "auth/randomness", "challenge-predictable"),
        ("counts-challenges", "auth/randomness", "challenge-predictable"),
        ("few-bytes", "auth/randomness", "challenge-predictable"),
        ("seven-bits", "auth/randomness", "challenge-predictable"),
        ("seeded-with-the-time", "auth/two-at-once", "challenge-repeats"),
        ("process-seeded-with-the-time", "auth/fresh-challenge", "challenge-repeats"),
        ("one-challenge-for-a-while", "auth/two-at-once", "challenge-repeats"),
        ("shared-challenge", "auth/own-challenge", "shared-state"),
        ("forgets-the-first", "auth/own-challenge", "shared-state"),
    ];
    each_is_caught("auth-server", &["python3", &program("flawed/auth_server.py"), "{port}", "{secret}"], &flaws);
}

#[test]
fn servers_of_lesson_2_that_want_another_answer() {
    let flaws = [
        ("length-big-endian", "auth/ok", "length-big-endian"),
        ("length-big-endian-until-the-end", "auth/ok", "length-big-endian"),
        ("reads-to-the-end", "auth/ok", "waits-for-end"),
        ("reads-a-line", "auth/ok", "waits-for-line"),
        ("reads-too-much", "auth/ok", "reads-too-much"),
        ("hashed-twice", "auth/ok", "hashed-twice"),
        ("hashed-again", "auth/ok", "hashed-twice"),
        ("signed-number", "auth/any-digest", "signed-number"),
        ("zeros-lost", "auth/any-digest", "zeros-lost"),
        ("digest-swapped", "auth/ok", "digest-swapped"),
        ("digest-hmac", "auth/ok", "digest-hmac"),
        ("digest-of-hex", "auth/ok", "digest-of-hex"),
        ("digest-of-half", "auth/ok", "digest-of-half"),
        ("length-missing", "auth/ok", "length-missing"),
        ("raw-digest", "auth/ok", "raw-digest"),
        ("digest-as-base64", "auth/ok", "digest-as-base64"),
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
        ("str-of-challenge", "auth/ok", "challenge-decoded"),
        ("takes-the-port", "auth/ok", "other-secret"),
        ("length-misread", "auth/ok", "length-width"),
        ("uncaught-error", "auth/ok", "uncaught-error"),
        ("text-and-bytes", "auth/ok", "text-and-bytes"),
        ("stdout-not-flushed", "auth/ok-at-once", "stdout-not-flushed"),
    ];
    each_is_caught("auth-server", &["python3", &program("flawed/auth_server.py"), "{port}", "{secret}"], &flaws);
}

#[test]
fn servers_of_lesson_2_that_let_others_in() {
    let flaws = [
        ("notes-secret", "auth/not-written-in", "secret-written-in"),
        ("any-secret-of-two", "auth/not-written-in", "secret-written-in"),
        ("lets-everybody-in", "auth/wrong-secret", "lets-everybody-in"),
        ("closes-its-listener", "auth/wrong-secret", "uses-closed-socket"),
        ("prefix-compared", "auth/wrong-digit", "prefix-compared"),
        ("prefix-compared", "auth/wrong-length", "prefix-compared"),
        ("old-answer-taken", "auth/old-answer", "old-answer-taken"),
        ("challenge-repeats", "auth/old-answer", "challenge-repeats"),
        ("accepted-answer-taken", "auth/accepted-replay", "old-answer-taken"),
        ("accepts-all-after-one", "auth/accepted-replay", "shared-state"),
        ("second-try", "auth/one-ok", "second-try"),
        ("takes-md5-of-challenge", "auth/only-the-digest", "accepts-other-digest"),
        ("takes-swapped", "auth/only-the-digest", "accepts-other-digest"),
        ("takes-hmac", "auth/only-the-digest", "accepts-other-digest"),
        ("takes-raw", "auth/raw-digest", "accepts-other-digest"),
        ("sorts-digits", "auth/only-the-digest", "compares-loosely"),
        ("adds-up-digits", "auth/only-the-digest", "compares-loosely"),
        ("ignores-case", "auth/only-the-digest", "changes-answer"),
        ("strips-answer", "auth/only-the-digest", "changes-answer"),
        ("reads-a-number", "auth/only-the-digest", "changes-answer"),
        ("in-the-digest", "auth/only-the-digest", "prefix-compared"),
    ];
    each_is_caught("auth-server", &["python3", &program("flawed/auth_server.py"), "{port}", "{secret}"], &flaws);
}

#[test]
fn servers_of_lesson_2_that_trust_or_fall() {
    let flaws = [
        ("shared-hash", "auth/split-answer", "shared-state"),
        ("message-not-whole", "auth/split-answer", "message-not-whole"),
        ("one-second", "auth/split-answer", "time-limit"),
        ("never-closes", "auth/closes", "never-closes"),
        ("says-ok-to-client", "auth/says-nothing", "decorates"),
        ("one-accept", "auth/next-client", "one-accept"),
        ("silent-client-blocks", "auth/silent-client", "silent-client-blocks"),
        ("starts-with", "auth/leaves-early", "prefix-compared"),
        ("length-unchecked", "auth/length-bomb", "length-trusted"),
        ("waits-for-goodbye", "auth/closes", "waits-for-end"),
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

/// What another check is about is no failure of this one: how often a challenge is the same, whether everybody is accepted after one.
#[test]
fn one_fault_is_told_by_one_check() {
    if !have("python3") {
        return;
    }
    let command = ["python3", &program("flawed/auth_server.py"), "{port}", "{secret}"];
    for (flaw, check) in [("length-big-endian", "auth/randomness"), ("accepts-all-after-one", "auth/not-written-in")] {
        let report = report(&reported("auth-server", &["--only", check], &command).env("FLAW", flaw).run());
        assert_eq!(judged(&report, check)["verdict"], "passed", "{flaw}: {report}");
    }
}

#[test]
fn clients_of_lesson_2() {
    let flaws = [
        ("connects-elsewhere", "auth-client/connects", "connects-elsewhere"),
        ("uncaught-error", "auth-client/length", "uncaught-error"),
        ("text-and-bytes", "auth-client/length", "text-and-bytes"),
        ("length-big-endian", "auth-client/length", "length-big-endian"),
        ("length-missing", "auth-client/length", "length-missing"),
        ("length-counts-itself", "auth-client/length", ""),
        ("secret-sent", "auth-client/length", "secret-told"),
        ("sha-1", "auth-client/length", "other-hash"),
        ("length-as-text", "auth-client/length", "length-as-text"),
        ("length-width", "auth-client/length", "length-width"),
        ("raw-digest", "auth-client/length", "raw-digest"),
        ("digest-as-base64", "auth-client/length", "digest-as-base64"),
        ("str-of-bytes", "auth-client/length", "str-of-bytes"),
        ("other-hash", "auth-client/length", "other-hash"),
        ("write-utf", "auth-client/length", "length-width"),
        ("signed-number", "auth-client/length", "signed-number"),
        ("json", "auth-client/length", "other-framing"),
        ("framed", "auth-client/length", "other-framing"),
        ("decodes-strictly", "auth-client/length", "challenge-decoded"),
        ("waits-for-characters", "auth-client/length", "challenge-decoded"),
    ];
    each_is_caught("auth-client", &["python3", &program("flawed/auth_client.py"), "{port}", "{secret}"], &flaws);
}

#[test]
fn clients_of_lesson_2_with_another_digest() {
    let flaws = [
        ("hashed-twice", "auth-client/digest", "hashed-twice"),
        ("hashed-again", "auth-client/digest", "hashed-twice"),
        ("secret-hashed-first", "auth-client/digest", "hashed-twice"),
        ("challenge-as-key", "auth-client/digest", "digest-hmac"),
        ("hashes-all", "auth-client/only-32-bytes", "hashes-too-much"),
        ("written-in", "auth-client/not-written-in", "secret-written-in"),
        ("zeros-lost", "auth-client/digest", "zeros-lost"),
        ("zeros-of-bytes-lost", "auth-client/digest", "zeros-lost"),
        ("replaces-and-trims", "auth-client/digest", "challenge-decoded"),
        ("length-as-q", "auth-client/digest", "length-width"),
        ("challenge-decoded", "auth-client/digest", "challenge-decoded"),
        ("str-of-challenge", "auth-client/digest", "challenge-decoded"),
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
fn programs_of_lesson_3() {
    let flaws = [
        ("key-and-message-swapped", "hmac/notes", "key-and-message-swapped"),
        ("plain-hash", "hmac/notes", "plain-hash"),
        ("other-digest", "hmac/notes", "other-digest"),
        ("wrong-pads", "hmac/notes", "wrong-pads"),
        ("line-end-hashed", "hmac/notes", "line-end-hashed"),
        ("digest-cut", "hmac/notes", "digest-cut"),
        ("other-encoding", "hmac/notes", "other-encoding"),
        ("gbk", "hmac/other-alphabets", "other-encoding"),
        ("str-of-bytes", "hmac/notes", "str-of-bytes"),
        ("str-of-both", "hmac/notes", "str-of-bytes"),
        ("inner-as-hex", "hmac/notes", "inner-as-hex"),
        ("raw-digest", "hmac/notes", "raw-digest"),
        ("digest-not-named", "hmac/notes", "digest-not-named"),
        ("uncaught-error", "hmac/notes", "uncaught-error"),
        ("text-and-bytes", "hmac/notes", "text-and-bytes"),
        ("written-in", "hmac/other-words", "written-in"),
        ("not-called", "hmac/notes", "object-printed"),
        ("prints-nothing", "hmac/notes", "prints-nothing"),
        ("prints-on-stderr", "hmac/notes", "prints-on-stderr"),
        ("asks-for-input", "hmac/notes", "asks-for-input"),
        ("asks-silently", "hmac/notes", "asks-for-input"),
    ];
    each_is_caught("hmac", &["python3", &program("flawed/hmac_digest.py"), "{key}", "{msg}"], &flaws);
}

#[test]
fn programs_of_lesson_3_with_another_digest() {
    let flaws = [
        ("signed-number", "hmac/same-again", "signed-number"),
        ("signed-bytes", "hmac/notes", "signed-number"),
        ("as-a-list", "hmac/notes", "digest-as-numbers"),
        ("as-a-number", "hmac/notes", "digest-as-numbers"),
        ("hex-of-hex", "hmac/notes", "encoded-twice"),
        ("message-in-hex", "hmac/notes", "not-the-digest"),
        ("inner-only", "hmac/notes", "not-the-digest"),
        ("runs-over", "hmac/notes", "more-than-digest"),
        ("reversed", "hmac/notes", "digest-reversed"),
        ("second-half", "hmac/notes", "digest-cut"),
        ("message-twice", "hmac/notes", "hashed-twice"),
        ("hashed-before", "hmac/notes", "hashed-twice"),
        ("hashed-behind", "hmac/notes", "hashed-twice"),
        ("no-message", "hmac/notes", "digest-of-half"),
        ("key-not-padded", "hmac/notes", "wrong-pads"),
        ("no-pads", "hmac/notes", "wrong-pads"),
        ("low-bytes", "hmac/other-alphabets", "other-encoding"),
        ("wrong-arguments", "hmac/notes", "wrong-arguments"),
        ("zeros-lost", "hmac/by-chance", "zeros-lost"),
        ("long-key-whole", "hmac/long-key", "long-key-cut"),
        ("long-key-cut", "hmac/long-key", "long-key-cut"),
        ("strips", "hmac/every-byte-counts", "line-end-hashed"),
        ("exits-with-1", "hmac/exit-code", ""),
    ];
    each_is_caught("hmac", &["python3", &program("flawed/hmac_digest.py"), "{key}", "{msg}"], &flaws);
}

/// What was asked for stands beside what came, and what is long is cut.
#[test]
fn a_wrong_digest_is_shown_with_its_key_and_its_message() {
    if !have("python3") {
        return;
    }
    let asked = [
        ("plain-hash", "hmac/notes", "with the key \"asd\" and the message \"sad\", the digest is 280ce248"),
        ("strips", "hmac/every-byte-counts", "the message \" two  words \""),
        ("long-key-cut", "hmac/long-key", "kk…\" (65 bytes)"),
        ("wrong-arguments", "hmac/notes", "; it printed the digest for the key"),
    ];
    for (flaw, check, part) in asked {
        let command = ["python3", &program("flawed/hmac_digest.py"), "{key}", "{msg}"];
        let report = report(&decided(reported("hmac", &["--only", check], &command).env("FLAW", flaw)));
        let sentence = &judged(&report, check)["failure"]["sentence"];
        assert!(sentence.as_str().is_some_and(|sentence| sentence.contains(part)), "{flaw}: {sentence}");
    }
}
