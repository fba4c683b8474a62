//! A record that cannot be written, and one whose run ends early.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::peer::Peer;
use crate::common::process::eventually;
use crate::common::record::{Record, RecordFile};
use crate::common::{Day30, Serving, have, on_every_model, read_exactly, upper_server};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Every program that takes `--record`, and what it cannot do without.
fn every_program(port: &str) -> [Vec<&str>; 6] {
    [
        vec!["nonblock-server", "--port", "0"],
        vec!["auth-server", "--port", "0", "--secret", "luwei"],
        vec!["socket-server", "--port", "0"],
        vec!["nonblock-client", "--port", port],
        vec!["auth-client", "--port", port, "--secret", "luwei"],
        vec!["socket-client", "--port", port],
    ]
}

#[test]
fn a_record_that_cannot_be_created_is_told_before_anything_begins() {
    let peer = Peer::listening();
    let folder = std::env::temp_dir();
    let places = [("/nowhere/at/all.jsonl", ": no such file or directory"), (folder.to_str().unwrap(), "directory")];
    for program in every_program(&peer.port()) {
        for (path, why) in places {
            let output = Day30::new(&program).args(["--record", path]).run().expect_code(3).expect_stderr(why);
            let begin = format!("error: cannot write the record to {path}: ");
            assert!(output.stderr.starts_with(&begin), "{}", output.stderr);
            assert_eq!(output.out(), "", "{program:?} began all the same");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    let peer = Peer::listening();
    for program in every_program(&peer.port()) {
        let output = Day30::new(&program).args(["--record", "/dev/full"]).run().expect_code(3);
        let error = "error: cannot write the record to /dev/full: no space left on device\n";
        assert_eq!(output.stderr, error);
    }
}

/// A server whose record goes into a named pipe, and the pipe's other end.
fn recording_into_a_pipe(more: &[&str]) -> (Serving, BufReader<File>, RecordFile) {
    let pipe = RecordFile::new();
    assert!(Command::new("mkfifo").arg(pipe.path()).status().unwrap().success());
    let arguments = ["nonblock-server", "--port", "0", "--record", pipe.arg()];
    let running = Day30::new(arguments).args(more).start();
    // To open a pipe waits until somebody opens its other end.
    let reader = BufReader::new(File::open(pipe.path()).unwrap());
    let line = running.stdout.wait_for("listening on ", &running.stderr);
    let address = line.trim().rsplit(' ').next().unwrap().parse().unwrap();
    (Serving { address, running }, reader, pipe)
}

/// The disk gets full, or whoever reads the pipe goes away: who is served does not notice, and the end tells.
fn a_record_that_breaks_off_stops_nobody_and_is_told_at_the_end(io: &str) {
    if !have("mkfifo") {
        return;
    }
    let (server, mut reader, pipe) = recording_into_a_pipe(&["--io", io]);
    let mut header = String::new();
    reader.read_line(&mut header).unwrap();
    assert!(header.starts_with("{\"format\":\"day30-trace\""), "{header}");
    drop(reader);
    for _ in 0..50 {
        server.assert_serves();
    }
    let output = server.running.interrupt().expect_code(3);
    let error = format!("error: cannot write the record to {}: the other side has closed the connection\n", pipe.arg());
    assert!(output.stderr.ends_with(&error), "{}", output.stderr);
}

/// A slow disk slows the server down; it loses no line.
fn a_record_waits_for_a_slow_reader(io: &str) {
    if !have("mkfifo") {
        return;
    }
    let (server, mut reader, _pipe) = recording_into_a_pipe(&["--quiet", "--once", "--io", io]);
    // Far more than a pipe and a queue can hold: the conversation comes to a halt until somebody reads.
    let (replies, messages) = (AtomicUsize::new(0), 3000);
    let mut text = String::new();
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut client = server.connect();
            for _ in 0..messages {
                client.write_all(&[b'x'; 200]).unwrap();
                assert_eq!(read_exactly(&mut client, 200), [b'X'; 200]);
                replies.fetch_add(1, Ordering::Relaxed);
            }
        });
        let (before, looks) = (AtomicUsize::new(0), AtomicUsize::new(0));
        eventually("the server waits for the reader of its record", || {
            let now = replies.load(Ordering::Relaxed);
            let is_still = now > 0 && before.swap(now, Ordering::Relaxed) == now;
            looks.store(if is_still { looks.load(Ordering::Relaxed) + 1 } else { 0 }, Ordering::Relaxed);
            looks.load(Ordering::Relaxed) > 40
        });
        assert!(replies.load(Ordering::Relaxed) < messages, "the record was not waited for");
        reader.read_to_string(&mut text).unwrap();
    });
    server.running.wait().expect_code(0);
    let record = Record::parse(&text);
    assert_eq!(replies.into_inner(), messages);
    let peer = record.with("ended", "eof")[0]["conn"]["peer"].as_str().unwrap().to_owned();
    assert!(record.bytes("recv", &peer) == vec![b'x'; 200 * messages]);
    assert!(record.bytes("send", &peer) == vec![b'X'; 200 * messages]);
}

/// A pipe that nobody reads holds the server up, as a record is complete; Ctrl-C ends that, and what is missing is told.
fn a_record_that_nobody_reads_does_not_keep_a_server_from_ending(io: &str) {
    if !have("mkfifo") {
        return;
    }
    let (server, _reader, pipe) = recording_into_a_pipe(&["--io", io]);
    let mut client = server.connect();
    client.set_read_timeout(Some(std::time::Duration::from_secs(1))).unwrap();
    while client.write_all(&[b'x'; 200]).is_ok() && client.read_exact(&mut [0; 200]).is_ok() {}
    let output = server.running.interrupt().expect_code(3);
    let error = format!("error: cannot write the record to {}: ", pipe.arg());
    assert!(output.stderr.lines().last().unwrap().starts_with(&error), "{}", output.stderr);
}

/// To open a named pipe waits for its reader: that can be interrupted too.
#[test]
fn a_record_that_cannot_be_opened_yet_does_not_keep_a_client_from_ending() {
    if !have("mkfifo") {
        return;
    }
    let pipe = RecordFile::new();
    assert!(Command::new("mkfifo").arg(pipe.path()).status().unwrap().success());
    let client = Day30::new(["socket-client", "--port", "1", "--record", pipe.arg()]).start();
    eventually("it listens to Ctrl-C", || crate::common::process::sleeps(client.pid(), "ctrl-c"));
    client.interrupt().expect_code(130);
}

#[test]
fn ctrl_c_leaves_a_whole_record_of_a_client() {
    let record = RecordFile::new();
    let server = upper_server("poll", &[]);
    let client = ["socket-client", "--port", &server.port(), "--record", record.arg()];
    let client = Day30::new(client).stdin("line\n".repeat(2000)).keep_stdin_open().start();
    eventually("every line came back", || client.stdout.text().lines().count() == 2000);
    client.interrupt().expect_code(130);
    let record = record.read();
    let peer = record.header["address"].as_str().unwrap();
    assert!(record.bytes("send", peer) == b"line".repeat(2000));
    assert!(record.bytes("recv", peer) == b"LINE".repeat(2000));
}

#[test]
fn a_reader_that_goes_away_leaves_a_whole_record_of_a_client() {
    let record = RecordFile::new();
    let server = upper_server("poll", &[]);
    let client = ["socket-client", "--quiet", "--port", &server.port(), "--record", record.arg()];
    let client = Day30::new(client).stdin("line\n".repeat(100_000)).keep_stdin_open().read_one_line();
    client.run().expect_code(0);
    let record = record.read();
    let peer = record.header["address"].as_str().unwrap();
    assert!(record.bytes("recv", peer).starts_with(b"LINE"));
    assert_eq!(record.with("call", "close").len(), 1);
}

on_every_model!(
    a_record_that_breaks_off_stops_nobody_and_is_told_at_the_end,
    a_record_waits_for_a_slow_reader,
    a_record_that_nobody_reads_does_not_keep_a_server_from_ending,
);
