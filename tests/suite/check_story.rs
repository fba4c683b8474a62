//! What is told of a check: the steps, what the program printed in between, and the record.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::have;
use crate::common::judged::{check, decided, judged, ours, program, report, reported, steps};
use crate::common::record::RecordFile;
use serde_json::Value;

/// A program in a loop prints without end: what it says is bounded, and does not hold the judge up.
#[test]
fn a_flood_of_output_is_counted_and_not_kept() {
    let options = ["--only", "echo/listens", "--start-timeout", "500ms"];
    let output = check("nonblock-server", &options, &["yes", "I am a very busy server"]).run().expect_code(1);
    assert!(output.out().len() < 10_000, "{} bytes", output.out().len());
    assert!(output.out().contains("│ I am a very busy server") && output.out().contains(" more lines"));
}

/// Whatever a program prints is shown, and commands no terminal.
#[test]
fn what_a_program_prints_is_escaped() {
    let script = "printf 'a\\033[2Jb\\377\\n\\342\\200\\256cba\\n'; sleep 600";
    let options = ["--only", "echo/listens", "--start-timeout", "300ms"];
    let output = check("nonblock-server", &options, &["sh", "-c", script]).run().expect_code(1);
    assert!(!output.out().contains('\u{1b}') && !output.out().contains('\u{202e}'), "{}", output.out());
    assert!(output.out().contains(r"│ a\x1b[2Jb"), "{}", output.out());
}

#[test]
fn a_record_keeps_every_call_of_the_judge() {
    let file = RecordFile::new();
    let command = [ours(), "nonblock-server", "--quiet", "--port", "{port}"];
    let options = ["--record", file.arg(), "--only", "echo/one-message,echo/reset"];
    check("nonblock-server", &options, &command).run().expect_code(0);
    let record = file.read();
    assert_eq!((&record.header["command"], &record.header["role"]), (&"check".into(), &"client".into()));
    let checks: Vec<_> = record.events.iter().filter_map(|event| event["check"].as_str()).collect();
    assert_eq!(checks, ["echo/one-message", "echo/reset"]);
    assert_eq!(record.events[0]["check"], "echo/one-message");
    let hello = &record.with("call", "send")[0];
    assert_eq!((&hello["data"], &hello["actor"]), (&"68656c6c6f".into(), &"client A".into()));
    assert_eq!(record.bytes("recv", hello["conn"]["peer"].as_str().unwrap()), b"HELLO");
    // Each connection has a number of its own.
    let connects = record.with("call", "connect").len() as u64;
    let ids: Vec<_> = record.events.iter().filter_map(|event| event["conn"]["id"].as_u64()).collect();
    assert_eq!(ids.iter().max(), Some(&connects));
}

/// The steps tell what was done, and what the program printed, in the order in which it happened.
#[test]
fn what_the_program_prints_stands_among_the_steps() {
    if !have("python3") {
        return;
    }
    // It takes its time: of what stands in two pipes at once nobody knows which came first.
    let script = "import socket, sys, time\n\
                  sk = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n\
                  print('ready', flush=True)\n\
                  conn = sk.accept()[0]\n\
                  time.sleep(0.5)\n\
                  print('somebody came', file=sys.stderr, flush=True)\n\
                  time.sleep(0.5)\n\
                  print('heard', conn.recv(1024), flush=True)\n\
                  raise SystemExit(4)\n";
    let options = ["--only", "echo/one-message"];
    let output = decided(reported("nonblock-server", &options, &["python3", "-c", script, "{port}"])).expect_code(1);
    let report = report(&output);
    let check = judged(&report, "echo/one-message");
    assert_eq!(check["failure"]["fault"], "ended");
    assert!(check["failure"]["sentence"].as_str().unwrap().contains("then the program ended (exit code 4)"));
    let lines: Vec<_> = steps(check, "printed").iter().map(|step| (&step["stream"], &step["line"])).collect();
    let [out, err]: [Value; 2] = ["stdout".into(), "stderr".into()];
    let expected: [(&Value, &Value); 3] =
        [(&out, &"ready".into()), (&err, &"somebody came".into()), (&out, &"heard b'hello'".into())];
    assert_eq!(lines, expected);
    let order: Vec<_> = check["steps"].as_array().unwrap().iter().map(|step| step["us"].as_u64().unwrap()).collect();
    assert!(order.is_sorted(), "{order:?}");
    let place = |what: &str| check["steps"].as_array().unwrap().iter().position(|step| step.to_string().contains(what));
    assert!(place("\"line\":\"somebody") > place("connects to"), "{check}");
}

/// What the judge does to find the cause of a failure pushes nothing of the failure itself out of the story.
#[test]
fn a_search_for_the_cause_is_told_by_its_end() {
    if !have("python3") {
        return;
    }
    let command = ["python3", &program("flawed/auth_server.py"), "{port}", "{secret}"];
    let output = check("auth-server", &["--only", "auth/ok"], &command).env("FLAW", "a-hash-of-its-own").run();
    let output = output.expect_code(1);
    let (failure, search) = output.out().split_once("from here on day30 looks for the cause").unwrap();
    assert!(failure.contains("A sends 36 bytes") && !failure.contains(" more …"), "{failure}");
    let (search, _) = search.split_once("what was seen").unwrap();
    assert_eq!((search.matches(" more …").count(), search.matches(" s ").count()), (1, 6), "{search}");
}
