//! A judgement ends in time, whatever the program does; and what it had no time for has not passed.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::have;
use crate::common::judged::{report, reported, with_verdict};
use std::thread;
use std::time::Duration;

/// Servers that sleep in different places; right but for that.
const SLEEPERS: [(&str, &str); 4] = [
    ("before it listens", "time.sleep(1.5)\nserve()"),
    ("before each reply", "before_reply = lambda: time.sleep(0.4)\nserve()"),
    ("before it accepts", "before_accept = lambda: time.sleep(0.7)\nserve()"),
    (
        "when it is to end",
        "signal.signal(signal.SIGINT, lambda *_: None)\nbefore_reply = lambda: time.sleep(0.2)\nserve()",
    ),
];

const SERVER: &str = "import signal, socket, sys, threading, time\n\
    before_reply = before_accept = lambda: None\n\
    def talk(conn):\n\
    \x20   with conn:\n\
    \x20       try:\n\
    \x20           while data := conn.recv(65536):\n\
    \x20               before_reply()\n\
    \x20               conn.sendall(data.upper())\n\
    \x20       except OSError: pass\n\
    def serve():\n\
    \x20   sk = socket.create_server(('127.0.0.1', int(sys.argv[1])), backlog=100)\n\
    \x20   while True:\n\
    \x20       before_accept()\n\
    \x20       threading.Thread(target=talk, args=(sk.accept()[0],), daemon=True).start()\n";

#[test]
fn what_there_is_no_time_for_is_skipped_and_not_passed() {
    if !have("python3") {
        return;
    }
    thread::scope(|scope| {
        for (place, sleeper) in SLEEPERS {
            scope.spawn(move || {
                let script = format!("{SERVER}{sleeper}\n");
                let options = ["--time-limit", "6s"];
                let output = reported("socket-server", &options, &["python3", "-c", &script, "{port}"])
                    .patience(Duration::from_secs(60))
                    .run();
                let report = report(&output);
                let checks = report["checks"].as_array().unwrap();
                let is_cut = |check: &&serde_json::Value| check.to_string().contains("out of time");
                // Or it was told, before everything that is slow for that.
                let is_told = with_verdict(&report, "failed") == ["echo/answers-at-once"];
                assert!(is_told || checks.iter().any(|check| is_cut(&check)), "{place}: {}", output.stderr);
                assert!(checks.iter().filter(is_cut).all(|check| check["verdict"] != "passed"), "{place}");
                assert!(with_verdict(&report, "passed").len() < checks.len() / 2, "{place}: {}", output.stderr);
                let code = if with_verdict(&report, "failed").is_empty() { 3 } else { 1 };
                output.expect_code(code);
            });
        }
    });
}

/// Each round has a time of its own.
#[test]
fn a_round_has_the_time_of_the_limit() {
    let sleeps = ["sh", "-c", "sleep 0.6; echo 280ce248e848bcd4e5a31a036829d185"];
    let options = ["--only", "hmac/notes,hmac/same-again", "--repeat", "2", "--time-limit", "1s"];
    let output = reported("hmac", &options, &sleeps).run();
    let report = report(&output);
    let checks = report["checks"].as_array().unwrap();
    assert_eq!(checks.len(), 4, "{report}");
    let began = |check: &&serde_json::Value| check["id"] == "hmac/notes" && check["verdict"] != "not-run";
    assert_eq!(checks.iter().filter(began).count(), 2, "the second round begins anew: {report}");
}
