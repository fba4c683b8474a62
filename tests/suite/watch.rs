//! `day30 watch`: the socket calls of somebody else's program, as its client saw them, with the program's own lines.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use crate::common::process::eventually;
use crate::common::record::{Record, RecordFile};
use crate::common::watched::{Script, python_server, watch};
use crate::common::{Day30, assert_answers, have, leave};
use rustix::process::Signal;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The line of each event's file that `event` names, as it stands there.
fn source_line(event: &Value) -> String {
    let text = fs::read_to_string(event["file"].as_str().unwrap()).unwrap();
    let line = usize::try_from(event["line"].as_u64().unwrap()).unwrap();
    text.lines().nth(line - 1).unwrap().trim().to_owned()
}

/// That this call, wherever it was told, stands on a line that holds `code`.
#[track_caller]
fn assert_stands_at(record: &Record, call: &str, code: &str) {
    let told: Vec<_> = record.events.iter().filter(|event| event["call"] == call).collect();
    assert!(!told.is_empty(), "{call}");
    told.iter().for_each(|event| assert!(source_line(event).contains(code), "{event}: {}", source_line(event)));
}

#[test]
fn the_mended_server_of_lesson_1_is_seen_call_by_call_at_its_own_lines() {
    if !have("python3") {
        return;
    }
    let file = RecordFile::new();
    let server = python_server("lessons/python/nonblock_server.py", &["--record", file.arg()]);
    let mut client = server.connect();
    let peer = client.local_addr().unwrap().to_string();
    assert_answers(&mut client, "straße", "STRASSE");
    leave(client);
    server.wait_for_event(1, "close  nonblock_server.py:");
    server.wait_for_stderr("EAGAIN: accept ×");
    let output = server.running.interrupt().expect_code(0);
    assert!(output.stderr.contains("#1       recv → 7 bytes \"straße\"  nonblock_server.py:30\n"), "{}", output.stderr);
    let record = file.read();
    assert_eq!((&record.header["command"], &record.header["role"]), (&"watch".into(), &"watch".into()));
    assert_eq!(record.bytes("recv", &peer), "straße".as_bytes());
    assert_eq!(record.bytes("send", &peer), b"STRASSE");
    let story = ["set_nonblocking", "recv straße", "send STRASSE", "recv ", "shutdown", "recv ", "close"];
    assert_eq!(record.story(1), story);
    for (call, code) in [
        ("bind", "sk.bind(("),
        ("listen", "sk.listen()"),
        ("accept", "sk.accept()"),
        ("send", "self.conn.send(self.unsent)"),
        ("shutdown", "self.conn.shutdown("),
    ] {
        assert_stands_at(&record, call, code);
    }
    assert!(record.events.iter().all(|event| event["actor"] == "server" && event["process"].is_u64()));
    // It spins: that is counted, and not told one by one.
    assert!(record.would_blocks() > 10, "{}", record.would_blocks());
    assert!(fs::metadata(file.path()).unwrap().len() < 100_000);
    let seen = Day30::new(["see", file.arg()]).run().expect_code(0);
    assert!(seen.out().starts_with("record of day30 watch -- python3 "), "{}", seen.out());
}

#[test]
fn each_thread_of_lesson_4_has_its_number_and_its_line_in_the_handler() {
    if !have("python3") {
        return;
    }
    let file = RecordFile::new();
    let server = python_server("lessons/python/socket_server.py", &["--quiet", "--record", file.arg()]);
    let mut clients: Vec<_> = (0..3).map(|_| server.connect()).collect();
    for (client, (text, reply)) in clients.iter_mut().zip([("one", "ONE"), ("two", "TWO"), ("ß", "SS")]) {
        assert_answers(client, text, reply);
    }
    let peers: Vec<_> = clients.iter().map(|client| client.local_addr().unwrap().to_string()).collect();
    clients.into_iter().for_each(leave);
    let output = server.running.interrupt().expect_code(0);
    assert_eq!(output.stderr, "");
    let record = file.read();
    for (peer, (text, reply)) in peers.iter().zip([("one", "ONE"), ("two", "TWO"), ("ß", "SS")]) {
        assert_eq!(record.bytes("recv", peer), text.as_bytes());
        assert_eq!(record.bytes("send", peer), reply.as_bytes());
    }
    assert_stands_at(&record, "recv", "data = self.request.recv(1024)");
    assert_stands_at(&record, "send", "self.request.sendall(text.upper()");
    let threads: BTreeSet<_> = record.with("call", "recv").iter().map(|event| event["thread"].as_u64()).collect();
    assert_eq!(threads.len(), 3);
    let slept = record.with("call", "recv").iter().filter(|event| event["took_us"].is_u64()).count();
    assert!(slept >= 6, "{slept}");
}

#[test]
fn the_notes_servers_are_watched_too() {
    if !have("python3") {
        return;
    }
    // Their port is written in: another one for each test.
    for (notes, recv) in [("1_nonblock_server.py", "a=c.recv(1024)"), ("4_socket_server.py", "self.request.recv(1024)")]
    {
        let text = fs::read_to_string(Path::new("tests/notes").join(notes)).unwrap();
        let script = Script::new(&text.replace("9000", "int(__import__('sys').argv[1])"));
        let file = RecordFile::new();
        let watched = watch(&["--record", file.arg()], &["python3", script.arg(), "{port}"]).start();
        let client = watched.wait_for_stderr("{port} is ");
        let port: u16 = client.trim().rsplit(' ').next().unwrap().parse().unwrap();
        watched.wait_for_stderr("listen  ");
        let mut client = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
        let peer = client.local_addr().unwrap().to_string();
        assert_answers(&mut client, "clent11", "CLENT11");
        watched.wait_for_stderr("send → 7 bytes \"CLENT11\"");
        eventually("the record has it", || file.text().contains("\"call\":\"send\""));
        // The threads of lesson 4 would go on for ever.
        watched.signal(Signal::INT);
        watched.wait_for_stderr("press it again");
        watched.interrupt().expect_code(130);
        let record = file.read();
        assert_eq!(record.bytes("recv", &peer), b"clent11");
        assert_eq!(record.bytes("send", &peer), b"CLENT11");
        assert_stands_at(&record, "recv", recv);
    }
}

#[test]
fn a_client_has_the_clients_lane() {
    if !have("python3") {
        return;
    }
    let server = crate::common::upper_server("poll", &[]);
    let file = RecordFile::new();
    let script = Script::new(
        "import socket, sys\ns = socket.create_connection(('127.0.0.1', int(sys.argv[1])))\ns.sendall(b'abc')\n\
         print(s.recv(9))\ns.close()\n",
    );
    let words = ["python3", script.arg(), &server.port()];
    let output = watch(&["--record", file.arg()], &words).run().expect_code(0);
    assert_eq!(output.out(), "b'ABC'\n");
    let record = file.read();
    assert!(record.events.iter().all(|event| event["actor"] == "client"), "{:?}", record.events);
    let calls: Vec<_> = record.events.iter().filter(|event| event["call"].is_string()).collect();
    let names: Vec<_> = calls.iter().map(|event| event["call"].as_str().unwrap()).collect();
    assert_eq!(names, ["connect", "send", "recv", "close"]);
    assert_eq!(calls[1]["line"], 3);
    assert_eq!(calls[0]["conn"]["peer"], format!("127.0.0.1:{}", server.port()));
    assert_eq!(record.with("seen", "exit")[0]["code"], 0);
    assert!(record.with("seen", "source")[0]["text"].as_str().unwrap().contains("create_connection"));
}

#[test]
fn a_page_is_written_when_it_ends() {
    if !have("python3") {
        return;
    }
    let server = python_server("lessons/python/nonblock_server.py", &["--see"]);
    assert_answers(&mut server.connect(), "abc", "ABC");
    let output = server.running.interrupt().expect_code(0);
    let page = output.stderr.split("file://").nth(1).unwrap().lines().next().unwrap();
    let text = fs::read_to_string(page).unwrap();
    fs::remove_file(page).unwrap();
    assert!(text.starts_with("<!doctype html>"), "{}", &text[..100]);
    // The program's own file is in it, once, and each call has its line there.
    assert_eq!(text.matches("sk.bind(('127.0.0.1', port))").count(), 1);
    assert!(text.contains(r#""name":"nonblock_server.py""#));
}
