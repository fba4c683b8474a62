//! A record made under load is complete: no byte, no line, no number is missing, and time never steps back in it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::record::{Record, RecordFile};
use crate::common::{Day30, Serving, leave, on_every_model, read_exactly, upper_server};
use std::io::Write;
use std::thread;

const CLIENTS: usize = 50;
const MESSAGES: usize = 40;

/// Message `number` of a client: each is different, and of another length.
fn message(client: usize, number: usize) -> String {
    format!("client {client} says message {number}, {} ", "ab".repeat(number * 7 % 50))
}

/// Fifty clients at once, each with its messages: every client's address, and what it sent.
fn load(server: &Serving) -> Vec<(String, Vec<u8>)> {
    thread::scope(|scope| {
        let talk = |client| {
            let mut stream = server.connect();
            let mut sent = Vec::new();
            for number in 0..MESSAGES {
                let text = message(client, number);
                stream.write_all(text.as_bytes()).unwrap();
                assert_eq!(read_exactly(&mut stream, text.len()), text.to_uppercase().as_bytes());
                sent.extend_from_slice(text.as_bytes());
            }
            // Who is not gone yet when the server stops has another ending.
            let address = stream.local_addr().unwrap().to_string();
            leave(stream);
            (address, sent)
        };
        let clients: Vec<_> = (0..CLIENTS).map(|client| scope.spawn(move || talk(client))).collect();
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    })
}

/// The record of a server under load, and what its clients sent.
fn loaded(io: &str) -> (Record, Vec<(String, Vec<u8>)>) {
    let record = RecordFile::new();
    let server = upper_server(io, &["--quiet", "--record", record.arg()]);
    let sent = load(&server);
    server.assert_serves();
    #[cfg(unix)]
    server.stop();
    (record.read(), sent)
}

fn every_byte_of_fifty_clients_is_in_the_record(io: &str) {
    let (record, sent) = loaded(io);
    assert_eq!(sent.len(), CLIENTS);
    for (client, bytes) in sent {
        assert!(record.bytes("recv", &client) == bytes, "received from {client}");
        assert!(record.bytes("send", &client) == bytes.to_ascii_uppercase(), "sent to {client}");
    }
    // And the honest one, who came after them.
    assert_eq!(record.with("ended", "eof").len(), CLIENTS + 1);
    assert_eq!(record.with("call", "close").len(), CLIENTS + 1);
}

/// The first event that is earlier than the one before it.
fn step_back(record: &Record) -> Option<String> {
    let time = |event: &serde_json::Value| event["us"].as_u64().unwrap();
    let pairs = record.events.windows(2);
    pairs.into_iter().find(|pair| time(&pair[1]) < time(&pair[0])).map(|pair| format!("{}\n{}", pair[0], pair[1]))
}

#[test]
fn time_never_steps_back_in_a_spinning_servers_record() {
    assert_eq!(step_back(&loaded("spin").0), None);
}

#[test]
fn time_never_steps_back_in_a_polling_servers_record() {
    assert_eq!(step_back(&loaded("poll").0), None);
}

#[test]
fn time_never_steps_back_in_a_threaded_servers_record() {
    assert_eq!(step_back(&loaded("threads").0), None);
}

/// A client's two threads, one of which sends and the other receives, tell one record.
#[test]
fn time_never_steps_back_in_a_clients_record() {
    let record = RecordFile::new();
    let server = upper_server("poll", &[]);
    let client = ["socket-client", "--quiet", "--port", &server.port(), "--record", record.arg()];
    Day30::new(client).stdin("a line\n".repeat(100_000)).run().expect_code(0);
    assert_eq!(step_back(&record.read()), None);
}

on_every_model!(every_byte_of_fifty_clients_is_in_the_record);
