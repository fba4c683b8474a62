//! `--record`: the trace as a file, in the format that `src/trace/journal.rs` documents.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::peer::Peer;
use crate::common::process::eventually;
use crate::common::record::{Record, RecordFile, unhex};
use crate::common::{Day30, on_every_model, read_exactly, reset, upper_server};
use serde_json::{Value, json};
use std::io::Write;
use std::time::{SystemTime, UNIX_EPOCH};

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros() as u64
}

/// Every field of the header, and the clock's between the two times.
#[track_caller]
fn assert_header(mut header: Value, [command, role, address, io]: [&str; 4], before: u64) {
    let started = header.as_object_mut().unwrap().remove("started_unix_us").unwrap().as_u64().unwrap();
    assert!((before..=now()).contains(&started), "{started}");
    let expected = json!({
        "format": "day30-trace", "version": 2, "day30": env!("CARGO_PKG_VERSION"), "command": command, "role": role,
        "address": address, "io": io, "payload_cap": 16384,
    });
    assert_eq!(header, expected);
}

fn a_server_heads_its_record_with_what_was_run(io: &str) {
    for server in ["nonblock-server", "auth-server", "socket-server"] {
        let (record, before) = (RecordFile::new(), now());
        let secret: &[&str] = if server == "auth-server" { &["--secret", "luwei"] } else { &[] };
        let options = [server, "--addr", "localhost:0", "--io", io, "--once", "--record", record.arg()];
        let serving = Day30::new(options).args(secret).serve();
        drop(serving.connect());
        serving.running.wait();
        assert_header(record.read().header, [server, "server", "localhost:0", io], before);
    }
}

#[test]
fn a_client_heads_its_record_with_what_was_run() {
    let peer = Peer::listening();
    let address = format!("127.0.0.1:{}", peer.port());
    for client in ["nonblock-client", "auth-client", "socket-client"] {
        let (record, before) = (RecordFile::new(), now());
        let secret: &[&str] = if client == "auth-client" { &["--secret", "luwei"] } else { &[] };
        let running = Day30::new([client, "--port", &peer.port(), "--record", record.arg()]).args(secret).start();
        drop(peer.accept());
        running.wait();
        assert_header(record.read().header, [client, "client", &address, "blocking"], before);
    }
}

/// The same story on every model, with each payload as it went over the wire.
fn a_server_records_each_connection_from_accept_to_close(io: &str) {
    let record = RecordFile::new();
    let server = upper_server(io, &["--record", record.arg(), "--once"]);
    let mut client = server.connect();
    for said in ["straße", "\u{1b}[2J"] {
        client.write_all(said.as_bytes()).unwrap();
        assert_eq!(read_exactly(&mut client, said.to_uppercase().len()), said.to_uppercase().as_bytes());
    }
    client.write_all("中".as_bytes().split_last().unwrap().1).unwrap();
    server.wait_for_stderr("a character is incomplete");
    client.write_all(&[0xad, 0xff]).unwrap();
    assert_eq!(read_exactly(&mut client, 3), "中".as_bytes());
    let address = client.local_addr().unwrap().to_string();
    drop(client);
    server.running.wait().expect_code(0);

    let record = record.read();
    let story = "recv straße, send STRASSE, recv \u{1b}[2J, send \u{1b}[2J, recv \u{fffd}, letter-held, \
        recv \u{fffd}\u{fffd}, letter-whole, not-utf8, ended bad-utf8, send 中, shutdown, recv , close";
    assert_eq!(record.story(1).join(", "), story);
    for event in record.events.iter().filter(|event| !event["conn"].is_null()) {
        assert_eq!(event["conn"], json!({"id": 1, "local": server.address.to_string(), "peer": address}));
    }
    assert!(record.events.iter().all(|event| event["actor"] == "server"));
    assert_eq!(record.with("call", "bind")[0]["ok"], server.address.to_string());
    assert_eq!(record.with("call", "listen")[0]["ok"], 0);
    let accepted: Vec<_> = record.with("call", "accept").into_iter().filter(|event| !event["ok"].is_null()).collect();
    assert_eq!((accepted.len(), &accepted[0]["ok"]), (1, &json!(address)));
    assert_facts_and_sizes(&record);
}

/// What the protocol learned, and that a call's number is its payload's.
fn assert_facts_and_sizes(record: &Record) {
    let fact = |name| record.with("fact", name)[0].clone();
    assert_eq!((&fact("letter-held")["bytes"], &fact("letter-whole")["letter"]), (&json!(2), &json!("中")));
    assert_eq!((&fact("not-utf8")["offset"], &fact("not-utf8")["byte"]), (&json!(14), &json!(255)));
    for event in record.events.iter().filter(|event| event["data"].is_string()) {
        assert_eq!(event["ok"], unhex(event["data"].as_str().unwrap()).len(), "{event}");
    }
}

#[test]
fn a_client_records_its_side_of_the_same_connection() {
    let (of_server, of_client) = (RecordFile::new(), RecordFile::new());
    let server = upper_server("poll", &["--record", of_server.arg(), "--once"]);
    let client = ["socket-client", "--port", &server.port(), "--record", of_client.arg()];
    let shown = Day30::new(client).stdin("one\nstraße\n\n").run().expect_code(0);
    assert_eq!(shown.out(), "ONE\nSTRASSE\n");
    server.running.wait().expect_code(0);

    let (server, client) = (of_server.read(), of_client.read());
    assert!(client.events.iter().all(|event| event["actor"] == "client"));
    assert_eq!(client.events[0]["call"], "connect");
    let address = &client.header["address"];
    assert_eq!(&client.events[0]["ok"], address);
    let [ours, theirs] = [&client, &server].map(|record| record.with("call", "shutdown").first().map(|e| &e["conn"]));
    let ours = ours.unwrap();
    // The server had nothing left to say when the client ended: it closes without a shutdown of its own.
    assert_eq!((theirs, &ours["peer"], &ours["id"]), (None, address, &json!(1)));
    let [local, peer] = ["local", "peer"].map(|end| ours[end].as_str().unwrap());
    assert_eq!(client.bytes("send", peer), "onestraße".as_bytes());
    assert_eq!(server.bytes("recv", local), "onestraße".as_bytes());
    assert_eq!(client.bytes("recv", peer), b"ONESTRASSE");
    assert_eq!(server.bytes("send", local), b"ONESTRASSE");
}

#[test]
fn a_payload_is_kept_up_to_the_cap() {
    let record = RecordFile::new();
    let server = upper_server("poll", &[]);
    let client = ["socket-client", "--quiet", "--port", &server.port(), "--record", record.arg()];
    let line: String = (0..40_000).map(|number| char::from(b'a' + (number % 26) as u8)).collect();
    Day30::new(client).stdin(line.clone()).run().expect_code(0);
    let record = record.read();
    let sent = record.with("call", "send");
    assert_eq!((sent.len(), &sent[0]["ok"]), (1, &json!(40_000)));
    assert_eq!(unhex(sent[0]["data"].as_str().unwrap()), &line.as_bytes()[..16_384]);
}

/// A million repeats would teach nothing: they are counted, and not one of them is lost in the count.
fn repeats_of_would_block_are_counted(io: &str) {
    let record = RecordFile::new();
    let server = upper_server(io, &["--record", record.arg(), "--once"]);
    let mut client = server.connect();
    for _ in 0..20 {
        client.write_all(b"hello").unwrap();
        assert_eq!(read_exactly(&mut client, 5), b"HELLO");
    }
    drop(client);
    let output = server.running.wait().expect_code(0);
    let record = record.read();
    let summary = output.stderr.lines().find(|line| line.starts_with("calls ")).unwrap();
    let count = summary.split_once(", of which ").unwrap().1.split(" would").next().unwrap();
    let count: u64 = count.replace(' ', "").parse().unwrap();
    assert_eq!(record.would_blocks(), count, "{}", output.stderr);
    // The first of its kind is told, for the listener and for the one connection.
    assert!(record.with("error", "WouldBlock").len() <= 2);
    if io == "threads" {
        assert_eq!(count, 0);
    }
}

/// While it spins with nobody there, the record grows by a line a second, and shows what the waste was.
#[test]
fn a_spinning_server_tells_its_repeats_while_it_runs() {
    let record = RecordFile::new();
    let server = upper_server("spin", &["--quiet", "--record", record.arg()]);
    eventually("the repeats are told", || record.text().contains("\"folded\":[[\"accept\","));
    let line = record.text().lines().find(|line| line.contains("folded")).unwrap().to_owned();
    let folded: Value = serde_json::from_str(&line).unwrap();
    assert!(folded["folded"][0][1].as_u64().unwrap() > 1000, "{line}");
    assert!(folded["span_us"].as_u64().unwrap() >= 1_000_000, "{line}");
    #[cfg(target_os = "linux")]
    assert!((1..=folded["span_us"].as_u64().unwrap() * 2).contains(&folded["cpu_us"].as_u64().unwrap()), "{line}");
    server.assert_serves();
}

fn a_failed_call_has_the_name_of_its_error(io: &str) {
    let record = RecordFile::new();
    let server = upper_server(io, &["--record", record.arg(), "--once"]);
    let mut client = server.connect();
    if io == "spin" {
        // It asks before there is anything.
        server.wait_for_stderr("recv → would block");
    }
    client.write_all(b"hello").unwrap();
    assert_eq!(read_exactly(&mut client, 5), b"HELLO");
    reset(client);
    server.running.wait().expect_code(0);
    let record = record.read();
    let broken = if cfg!(windows) { "recv WSAECONNRESET" } else { "recv ECONNRESET" };
    assert_eq!(record.story(1), ["recv hello", "send HELLO", broken, "ended reset", "close"]);
    assert_eq!(record.with("error", "ConnectionReset").len(), 1);
    let blocked = if cfg!(windows) { "WSAEWOULDBLOCK" } else { "EAGAIN" };
    assert!(record.with("error", "WouldBlock").iter().all(|event| event["errno"] == blocked));
    assert!(io != "spin" || !record.with("errno", blocked).is_empty());
}

#[test]
fn a_client_that_is_refused_has_recorded_why() {
    let record = RecordFile::new();
    // Taken, and not listened on.
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.bind(&"127.0.0.1:0".parse::<std::net::SocketAddr>().unwrap().into()).unwrap();
    let port = socket.local_addr().unwrap().as_socket().unwrap().port().to_string();
    Day30::new(["socket-client", "--port", &port, "--record", record.arg()]).run().expect_code(1);
    let record = record.read();
    assert_eq!((record.events.len(), &record.events[0]["call"]), (1, &json!("connect")));
    assert_eq!(record.events[0]["error"], "ConnectionRefused");
    assert_eq!(record.events[0]["errno"], if cfg!(windows) { "WSAECONNREFUSED" } else { "ECONNREFUSED" });
}

#[test]
fn a_quiet_run_records_as_much() {
    let record = RecordFile::new();
    let server = upper_server("poll", &["--record", record.arg(), "--once", "--quiet"]);
    server.assert_serves();
    let output = server.running.wait().expect_code(0);
    assert_eq!(output.stderr, "");
    assert_eq!(record.read().story(1), ["recv honest ß", "send HONEST SS", "recv ", "ended eof", "close"]);
}

#[test]
fn an_older_record_is_overwritten() {
    let record = RecordFile::new();
    for _ in 0..2 {
        let server = upper_server("poll", &["--record", record.arg(), "--once"]);
        server.assert_serves();
        server.running.wait().expect_code(0);
        assert_eq!(record.read().with("ended", "eof").len(), 1);
    }
}

on_every_model!(
    a_server_heads_its_record_with_what_was_run,
    a_server_records_each_connection_from_accept_to_close,
    repeats_of_would_block_are_counted,
    a_failed_call_has_the_name_of_its_error,
);
