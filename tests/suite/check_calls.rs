//! `day30 check --see`: where the cause would be a guess, the calls of the program decide.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use crate::common::flaws::{Flaw, each_is_proved};
use crate::common::judged::{check, judged, program, report, reported};
use crate::common::watched::{Script, page};
use crate::common::{Output, have};
use serde_json::Value;

/// The causes that calls prove, each with a program that has it and the check that fails for it. Not here: `dies-of-pipe`, where a
/// reset may come first. Those whose programs use up a processor, and those who go on when the end has come, are proved with their
/// calls written down, beside the table itself (`src/check/calls/tests.rs`): `spins-after-leaving`, `end-not-noticed`,
/// `polls-in-a-loop`, `listen-missing`.
const SERVERS: &[Flaw] = &[
    ("address-in-use", "echo/listens", "address-in-use"),
    ("no-reuse-addr", "echo/restart", "no-reuse-addr"),
    ("never-listens", "echo/listens", "never-listens"),
    ("accepted-socket-blocks", "echo/two-clients", "accepted-socket-blocks"),
    ("one-at-a-time", "echo/two-clients", "one-at-a-time"),
    ("send-blocks-all", "echo/slow-reader", "send-blocks-all"),
    ("accept-blocks", "echo/one-message", "accept-blocks"),
    ("closes-at-once", "echo/one-message", "closes-at-once"),
    ("one-message", "echo/many-messages", "one-message"),
    ("greets", "echo/speaks-second", "greets"),
    ("short-send", "echo/late-reader", "short-send"),
    ("never-closes", "echo/closes", "never-closes"),
    ("would-block-uncaught", "echo/late-reader", "would-block-uncaught"),
    ("dies-of-reset", "echo/reset", "dies-of-reset"),
    ("decode-per-recv", "echo/split-letter", "decode-per-recv"),
    ("sends-again", "echo/late-reader", "sends-again"),
];
const THREADS: &[Flaw] = &[
    ("never-accepts", "echo/one-message", "never-accepts"),
    ("thread-not-started", "echo/one-message", "never-receives"),
];
const SECRETS: &[Flaw] = &[("silent-client-blocks", "auth/silent-client", "silent-client-blocks")];
const CLIENTS: &[Flaw] = &[
    ("receives-first", "client/speaks", "receives-first"),
    ("goes-elsewhere", "client/connects", "connects-elsewhere"),
    ("connects-elsewhere", "client/connects", "connects-elsewhere"),
];
const TYPING_CLIENTS: &[Flaw] = &[("waits-for-nothing", "client/empty-line", "waits-for-nothing")];

#[test]
fn the_calls_of_a_server_prove_the_cause() {
    let echo = program("flawed/echo_server.py");
    each_is_proved("nonblock-server", &["python3", &echo, "{port}"], SERVERS);
    each_is_proved("auth-server", &["python3", &program("flawed/auth_server.py"), "{port}", "{secret}"], SECRETS);
    each_is_proved("socket-server", &["python3", &program("flawed/echo_threads.py"), "{port}"], THREADS);
}

#[test]
fn the_calls_of_a_client_prove_the_cause() {
    let client = program("flawed/echo_client.py");
    each_is_proved("nonblock-client", &["python3", &client, "{port}"], CLIENTS);
    each_is_proved("socket-client", &["python3", &client, "{port}", "type"], TYPING_CLIENTS);
}

/// The failure of this check, without `--see` and with it.
#[track_caller]
fn failures(target: &str, id: &str, words: &[&str]) -> [Value; 2] {
    [&[][..], &["--see"]].map(|see| {
        let output = reported(target, &[&["--only", id], see].concat(), words).run().expect_code(1);
        if !see.is_empty() {
            page(&output);
        }
        judged(&report(&output), id)["failure"].clone()
    })
}

/// Each of them is guessed from outside, and it is not so.
#[test]
fn a_guess_that_the_calls_contradict_is_not_shown() {
    if !have("python3") {
        return;
    }
    // It keeps 400 bytes of each line, and sends all of them.
    let cuts = Script::new(
        "import socket, sys\nsk = socket.create_connection(('127.0.0.1', int(sys.argv[1])))\n\
         for line in sys.stdin:\n    line = line.rstrip('\\n').encode()[:400]\n    sk.sendall(line)\n    \
         due, got = len(line.decode('utf-8', 'ignore').upper().encode()), b''\n    while len(got) < due:\n        \
         piece = sk.recv(due - len(got))\n        if not piece:\n            sys.exit(1)\n        got += piece\n    \
         print(got.decode('utf-8', 'replace'), flush=True)\nsk.close()\n",
    );
    // It closes, and goes on all the same.
    let goes_on = Script::new(
        "import socket, sys, time\nsk = socket.create_connection(('127.0.0.1', int(sys.argv[1])))\n\
         sk.sendall(b'clent11')\nprint(sk.recv(7).decode(), flush=True)\nsk.recv(7)\nsk.close()\ntime.sleep(600)\n",
    );
    let all = [
        ("socket-client", "client/long-line", &cuts, "short-send"),
        ("nonblock-client", "client/server-closes", &goes_on, "end-not-noticed"),
    ];
    for (target, id, script, guess) in all {
        let [plain, seen] = failures(target, id, &["python3", script.arg(), "{port}"]);
        assert_eq!((&plain["cause"]["id"], &plain["cause"]["is_guess"]), (&guess.into(), &true.into()), "{plain}");
        assert_eq!(seen.get("cause"), None, "{seen}");
        assert_eq!(plain["fault"], seen["fault"]);
    }
}

/// The failure's own words name the line, in both languages.
#[test]
fn the_failure_names_the_line_and_what_was_seen_there() {
    if !have("python3") {
        return;
    }
    let words = ["python3", &program("flawed/echo_server.py"), "{port}"];
    let line = std::fs::read_to_string(program("flawed/echo_server.py")).unwrap();
    let line = 1 + line.lines().position(|line| line.contains("for conn in list(conns):")).unwrap();
    let told = |lang: &str| {
        let options = ["--lang", lang, "--only", "echo/two-clients", "--see"];
        let output: Output =
            check("nonblock-server", &options, &words).env("FLAW", "accepted-socket-blocks").run().expect_code(1);
        page(&output);
        // Lines are broken between words, and in Chinese between any two characters.
        output.out().split_whitespace().collect::<String>()
    };
    let line = line + 1;
    let english = told("en");
    let at = format!("`recv(65536)`inecho_server.py:{line}sleptforclientA,whileclientB");
    assert!(english.contains(&at), "{at}\n{english}");
    assert!(english.contains("accepted-socket-blocks(yourprogram'scallsshowit)"), "{english}");
    let chinese = told("zh");
    assert!(
        chinese.contains(&format!("`recv(65536)`（echo_server.py:{line}）在休眠，等的是客户端A；而客户端B")),
        "{chinese}"
    );
}
