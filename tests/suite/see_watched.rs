//! `day30 see server.jsonl client.jsonl` where one side, or both, is a program of somebody else's that was watched.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use crate::common::record::RecordFile;
use crate::common::tapped::tap;
use crate::common::watched::{Script, python_server, watch};
use crate::common::{Day30, Output, have, upper_server};
use std::fs;

/// The records of lesson 1's pair: each side is our own program, or Python's and watched.
fn recorded(server_is_watched: bool, client_is_watched: bool) -> [RecordFile; 2] {
    let files = [RecordFile::new(), RecordFile::new()];
    let options = ["--quiet", "--record", files[0].arg()];
    let server = match server_is_watched {
        true => python_server("lessons/python/nonblock_server.py", &options),
        false => upper_server("poll", &options[1..]),
    };
    let (client, port) = (concat!(env!("CARGO_MANIFEST_DIR"), "/lessons/python/nonblock_client.py"), server.port());
    let options = ["--quiet", "--record", files[1].arg()];
    match client_is_watched {
        true => watch(&options, &["python3", client, &port, "1", "0"]),
        false => Day30::new(["nonblock-client", "--count", "1", "--port", &port]).args(options),
    }
    .run()
    .expect_code(0);
    server.stop();
    files
}

fn see(files: &[&RecordFile], more: &[&str]) -> Output {
    Day30::new(["see"]).args(files.iter().map(|file| file.arg())).args(more).run()
}

#[track_caller]
fn assert_in_order(text: &str, parts: &[&str]) {
    let place = |part: &&str| text.find(part).unwrap_or_else(|| panic!("{part:?} is not in:\n{text}"));
    let places: Vec<_> = parts.iter().map(place).collect();
    assert!(places.is_sorted(), "{parts:?} stand at {places:?} of:\n{text}");
}

#[test]
fn a_watched_program_and_its_other_side_are_one_trace() {
    if !have("python3") {
        return;
    }
    for (server_is_watched, client_is_watched) in [(true, true), (true, false), (false, true)] {
        let [server, client] = recorded(server_is_watched, client_is_watched);
        let output = see(&[&client, &server], &[]).expect_code(0);
        let text = output.out();
        let head = match (server_is_watched, client_is_watched) {
            (true, true) => "records of day30 watch: python3 ",
            (true, false) => "records of day30 watch + nonblock-client: python3 ",
            _ => "records of day30 nonblock-server + watch, 127.0.0.1:0, I/O model poll\n",
        };
        assert!(text.starts_with(head), "{text}");
        assert_in_order(text, &[" bind ", " connect ", " accept → 127", " #1 recv → 7 bytes \"clent11\""]);
        let sends = ["  send → 7 bytes \"clent11\"", "#1 recv → 7 bytes \"clent11\"", "#1 send → 7 bytes \"CLENT11\""];
        assert_in_order(text, &[&sends[..], &["  recv → 7 bytes \"CLENT11\""]].concat());
        // A program's calls stand at its own lines.
        let calls = |name: &str| text.lines().filter(|line| line.contains(name)).count();
        assert_eq!(calls("  nonblock_server.py:") > 0, server_is_watched, "{text}");
        assert_eq!(calls("  nonblock_client.py:") > 0, client_is_watched, "{text}");
        assert_eq!(output.stderr, "");
        for view in ["ladder", "html", "pcap", "perfetto"] {
            let drawn = Day30::new(["see", server.arg(), client.arg(), "--as", view]).run().expect_code(0);
            assert!(!drawn.stdout.is_empty(), "{view}");
        }
        assert!(see(&[&server, &client], &["--conn", "1"]).expect_code(0).out().contains("#1 recv → 7"));
    }
}

#[test]
fn what_cannot_be_one_trace_is_refused_with_the_reason() {
    if !have("python3") {
        return;
    }
    let (server, files) = (upper_server("poll", &[]), [RecordFile::new(), RecordFile::new()]);
    let tap = tap(&server.port(), &["--record", files[0].arg()]);
    let client = ["nonblock-client", "--count", "1", "--port", &tap.port(), "--record", files[1].arg()];
    Day30::new(client).run().expect_code(0);
    tap.stop();
    server.stop();
    let refused = see(&[&files[0], &files[1]], &[]).expect_code(1);
    assert!(refused.stderr.contains("none of these records is a server's"), "{}", refused.stderr);

    // A program that talks to itself.
    let script = Script::new(
        "import socket\nserver = socket.create_server(('127.0.0.1', 0))\n\
         client = socket.create_connection(server.getsockname())\nconn, _ = server.accept()\n\
         client.sendall(b'x')\nprint(conn.recv(8))\n",
    );
    let both = RecordFile::new();
    watch(&["--quiet", "--record", both.arg()], &["python3", script.arg()]).run().expect_code(0);
    let refused = see(&[&both, &files[1]], &[]).expect_code(1);
    assert!(refused.stderr.contains("both accepts and makes connections"), "{}", refused.stderr);
}

#[test]
fn records_that_are_cut_off_are_merged_as_far_as_they_can_be_read() {
    let [server, client] = recorded(false, false);
    let whole = see(&[&server, &client], &[]).expect_code(0);
    for (cut, other) in [(&client, &server), (&server, &client)] {
        let text = cut.text();
        // In the middle of how its connection ends.
        let last = text[..text.find("\"call\":\"close\"").unwrap()].rfind('\n').unwrap();
        let shorter = RecordFile::new();
        fs::write(shorter.path(), &text[..last + 20]).unwrap();
        let output = see(&[other, &shorter], &[]).expect_code(1);
        assert_in_order(output.out(), &["#1 recv → 7 bytes \"clent11\"", "  recv → 7 bytes \"CLENT11\""]);
        assert!(output.out().lines().count() < whole.out().lines().count(), "{}", output.out());
        let line = text[..last + 20].lines().count();
        let why = format!("cannot read {}: the record ends in the middle of line {line}", shorter.arg());
        assert!(output.stderr.contains(&why), "{}", output.stderr);
        let ladder = see(&[other, &shorter], &["--as", "ladder"]).expect_code(1);
        assert!(ladder.out().contains("</svg>") && ladder.stderr.contains(&why), "{}", ladder.stderr);
    }
    // Of one that is cut off before its connection, nothing can be said.
    let shorter = RecordFile::new();
    fs::write(shorter.path(), client.text().lines().next().unwrap().to_owned() + "\n{\"n\":1,").unwrap();
    see(&[&server, &shorter], &[]).expect_code(1).expect_stderr("the record ends in the middle of line 2");
    let none = see(&[&server, &client], &["--conn", "7"]).expect_code(1);
    assert!(none.stderr.contains("has no connection 7"), "{}", none.stderr);
}
