//! The judge is judged: right programs, in five languages, must pass every check. `socket-server` has the checks of
//! `nonblock-server` and two more: a server that sleeps is judged by these alone.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::judged::{
    SHORT_SILENCE, compiled, not_passed, not_passed_of, ours, program, reported, side_by_side,
};
use crate::common::{have, pace};

/// That every check of each of these passes, SHOULD or MUST, and that none is left open.
#[track_caller]
fn all_pass(programs: &[(&str, &[&str])]) {
    side_by_side(programs, |(target, command)| passes_with(&[], target, command));
}

/// The same of one.
#[track_caller]
fn passes(target: &str, command: &[&str]) {
    passes_with(&[], target, command);
}

/// The same with these options.
#[track_caller]
fn passes_with(options: &[&str], target: &str, command: &[&str]) {
    passes_but_for(&[], options, target, command);
}

/// The same, but for these checks, which are known not to.
#[track_caller]
fn passes_but_for(known: &[&str], options: &[&str], target: &str, command: &[&str]) {
    assert_eq!(not_passed(target, options, command, known), known, "{command:?}");
}

/// The same of a server that never sleeps.
#[track_caller]
fn passes_and_never_sleeps(target: &str, command: &[&str]) {
    let (name, time) = SHORT_SILENCE;
    let judging = |only: &[&str]| reported(target, only, command).env(name, time);
    assert_eq!(not_passed_of(&judging, command, &[]), Vec::<String>::new(), "{command:?}");
}

/// What a server of lesson 2 that serves one client, and ends, does not pass.
const FOR_MANY: &[&str] = &["auth/next-client", "auth/own-challenge", "auth/silent-client", "auth/two-at-once"];

#[test]
fn our_servers_on_every_model() {
    let on = |server, io| [ours(), server, "--quiet", "--io", io, "--port", "{port}"];
    passes_and_never_sleeps("nonblock-server", &on("nonblock-server", "spin"));
    passes("nonblock-server", &on("nonblock-server", "poll"));
    side_by_side(&["spin", "poll", "threads"], |io| {
        passes("auth-server", &[&on("auth-server", io), pace(io)].concat());
    });
    side_by_side(&["poll", "threads"], |io| {
        passes("socket-server", &[ours(), "socket-server", "--io", io, "--addr", "{addr}"]);
    });
}

/// Its loop is the same one, and takes its time: so the 10 s of the contract cost no core.
#[test]
fn a_loop_that_goes_round_for_ten_seconds_keeps_a_silent_client() {
    let only = ["--only", "echo/keeps-silent-client"];
    let server = [ours(), "nonblock-server", "--quiet", "--io", "spin", "--slow", "2ms", "--port", "{port}"];
    passes_with(&only, "nonblock-server", &server);
}

/// The contract wants 10 s of patience with a silent client, and a judgement may keep one silent for longer.
#[test]
fn a_server_that_closes_silent_clients_after_eleven_seconds() {
    let server = [ours(), "nonblock-server", "--quiet", "--io", "poll", "--idle-timeout", "11s", "--port", "{port}"];
    passes("nonblock-server", &server);
}

#[test]
fn our_clients_and_our_hmac() {
    all_pass(&[
        ("nonblock-client", &[ours(), "nonblock-client", "--port", "{port}"]),
        ("socket-client", &[ours(), "socket-client", "--quiet", "--port", "{port}"]),
        ("auth-client", &[ours(), "auth-client", "--seen", "off", "--port", "{port}", "--secret", "{secret}"]),
        ("hmac", &[ours(), "hmac", "--key={key}", "--msg={msg}"]),
    ]);
}

#[test]
fn a_scheme_of_lesson_3_for_lesson_2() {
    for scheme in ["hmac-md5", "hmac-sha256"] {
        let scheme = ["--scheme", scheme];
        let server = [ours(), "auth-server", "--quiet", "--port", "{port}"];
        passes_with(&scheme, "auth-server", &[&server[..], &scheme].concat());
        let client = [ours(), "auth-client", "--seen", "off", "--port", "{port}"];
        passes_with(&scheme, "auth-client", &[&client[..], &scheme].concat());
    }
}

#[test]
fn servers_in_python() {
    if !have("python3") {
        return;
    }
    let echo = ["echo_threads", "echo_selectors", "echo_asyncio"].map(|name| program(&format!("reference/{name}.py")));
    side_by_side(&echo, |server| passes("socket-server", &["python3", server, "{port}"]));
    let auth = ["auth_threads", "auth_asyncio", "auth_sequential"].map(|name| program(&format!("reference/{name}.py")));
    side_by_side(&auth, |server| passes("auth-server", &["python3", server, "{port}", "{secret}"]));
    let one_client = program("reference/auth_one_client.py");
    passes_but_for(FOR_MANY, &[], "auth-server", &["python3", &one_client, "{port}", "{secret}"]);
}

/// The lessons' own programs. Lesson 2's server serves one client, as the notes' does, and says so.
#[test]
fn the_lessons_programs_in_python() {
    if !have("python3") {
        return;
    }
    let lesson = |name: &str| format!("{}/lessons/python/{name}.py", env!("CARGO_MANIFEST_DIR"));
    passes_and_never_sleeps("nonblock-server", &["python3", &lesson("nonblock_server"), "{port}"]);
    all_pass(&[
        ("socket-server", &["python3", &lesson("socket_server"), "{port}"]),
        ("nonblock-client", &["python3", &lesson("nonblock_client"), "{port}", "0", "0.2"]),
        ("auth-client", &["python3", &lesson("auth_client"), "{port}", "{secret}"]),
        ("hmac", &["python3", &lesson("hmac_digest"), "{key}", "{msg}"]),
    ]);
    passes_but_for(FOR_MANY, &[], "auth-server", &["python3", &lesson("auth_server"), "{port}"]);
}

#[test]
fn without_a_fault_switched_on_the_flawed_programs_are_right() {
    if !have("python3") {
        return;
    }
    let flawed = |name: &str| program(&format!("flawed/{name}.py"));
    all_pass(&[
        ("socket-server", &["python3", &flawed("echo_server"), "{port}"]),
        ("socket-server", &["python3", &flawed("echo_threads"), "{port}"]),
        ("auth-server", &["python3", &flawed("auth_server"), "{port}", "{secret}"]),
        ("auth-client", &["python3", &flawed("auth_client"), "{port}", "{secret}"]),
        ("nonblock-client", &["python3", &flawed("echo_client"), "{port}"]),
        ("socket-client", &["python3", &flawed("echo_client"), "{port}", "type"]),
        ("hmac", &["python3", &flawed("hmac_digest"), "{key}", "{msg}"]),
    ]);
}

#[test]
fn a_client_in_python_that_reads_what_is_typed() {
    if have("python3") {
        passes("socket-client", &["python3", &program("reference/typing_client.py"), "{port}"]);
    }
}

#[test]
fn programs_in_node() {
    if !have("node") {
        return;
    }
    let node = |name: &str| program(&format!("reference/{name}.js"));
    all_pass(&[
        ("socket-server", &["node", &node("echo"), "{port}"]),
        ("auth-server", &["node", &node("auth_server"), "{port}", "{secret}"]),
        ("auth-client", &["node", &node("auth_client"), "{port}", "{secret}"]),
        ("nonblock-client", &["node", &node("echo_client"), "{port}"]),
        ("hmac", &["node", &node("hmac"), "{key}", "{msg}"]),
    ]);
}

#[test]
fn programs_in_c() {
    if !have("cc") {
        return;
    }
    all_pass(&[
        ("socket-server", &[&compiled("echo"), "{port}"]),
        ("auth-server", &[&compiled("auth_server"), "{port}", "{secret}"]),
        ("auth-client", &[&compiled("auth_client"), "{port}", "{secret}"]),
        ("hmac", &[&compiled("hmac"), "{key}", "{msg}"]),
    ]);
}
