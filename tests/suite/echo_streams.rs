//! Much data, through the upper-casing servers and back: every byte comes, in order, and the server's memory stays what it was.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::{Serving, leave, numbered, on_every_model, process, read_exactly, read_to_end, upper_server};
use socket2::{Domain, Socket, Type};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread::{self, JoinHandle};

on_every_model!(
    a_client_that_only_stopped_sending_gets_its_whole_reply,
    small_buffers_lose_nothing,
    many_writes_of_one_byte_are_all_answered,
    a_large_stream_comes_back_whole_and_is_held_nowhere,
    clients_that_send_much_at_the_same_time_get_each_their_own,
);

/// Sends from a thread of its own, then a FIN: whoever only sends, and reads later, could wait for ever.
fn send_beside(stream: &TcpStream, bytes: Vec<u8>, times: usize) -> JoinHandle<()> {
    let mut sender = stream.try_clone().unwrap();
    thread::spawn(move || {
        for _ in 0..times {
            sender.write_all(&bytes).unwrap();
        }
        sender.shutdown(Shutdown::Write).unwrap();
    })
}

#[track_caller]
fn assert_same(came: &[u8], expected: &[u8]) {
    let same = came.iter().zip(expected).take_while(|(came, expected)| came == expected).count();
    assert_eq!((same, came.len()), (expected.len(), expected.len()), "the first so many bytes are right, of so many");
}

fn a_client_that_only_stopped_sending_gets_its_whole_reply(io: &str) {
    let server = upper_server(io, &[]);
    assert_eq!(server.exchange(b"abc"), b"ABC");

    let (mut stream, say) = (server.connect(), numbered(8 << 20));
    let sending = send_beside(&stream, say.clone(), 1);
    let reply = read_to_end(&mut stream);
    sending.join().unwrap();
    assert_same(&reply, &say.to_ascii_uppercase());
    server.stop_after("eof 2");
}

/// A connection that can hold next to nothing: the server can send a little, then has to wait, again and again.
#[track_caller]
fn narrow_connection(server: &Serving) -> TcpStream {
    let socket = Socket::new(Domain::for_address(server.address), Type::STREAM, None).unwrap();
    // Before connecting, because the first segment tells the peer how much may come.
    socket.set_recv_buffer_size(4096).unwrap();
    socket.set_send_buffer_size(4096).unwrap();
    socket.connect(&server.address.into()).unwrap();
    let stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(crate::common::PATIENCE)).unwrap();
    stream.set_write_timeout(Some(crate::common::PATIENCE)).unwrap();
    stream
}

fn small_buffers_lose_nothing(io: &str) {
    let server = upper_server(io, &[]);
    let (mut stream, say) = (narrow_connection(&server), numbered(8 << 20));
    let sending = send_beside(&stream, say.clone(), 1);
    if io != "threads" {
        // Only now is it read from: what a call that never waits could not send was kept.
        server.wait_for_event(1, "send → would block (");
    }
    server.assert_serves();
    let (mut reply, mut buffer) = (Vec::new(), [0; 1000]);
    while let count @ 1.. = stream.read(&mut buffer).unwrap() {
        reply.extend_from_slice(&buffer[..count]);
    }
    sending.join().unwrap();
    assert_same(&reply, &say.to_ascii_uppercase());
    server.stop_after("eof 2");
}

fn many_writes_of_one_byte_are_all_answered(io: &str) {
    const BYTES: usize = 50_000;
    // The buffer makes each byte a message of its own, also where the kernel joined some on the way.
    let server = upper_server(io, &["--buffer", "1"]);
    let (mut stream, say) = (server.connect(), numbered(BYTES));
    let (mut sender, sent) = (stream.try_clone().unwrap(), say.clone());
    let sending = thread::spawn(move || sent.chunks(1).for_each(|byte| sender.write_all(byte).unwrap()));
    assert_same(&read_exactly(&mut stream, BYTES), &say.to_ascii_uppercase());
    sending.join().unwrap();
    leave(stream);
    server.assert_serves();
    server.stop_after("eof 2");
}

/// 256 MiB (64 under the model that never sleeps). Only the first few may still raise the memory that the server holds.
fn a_large_stream_comes_back_whole_and_is_held_nowhere(io: &str) {
    const WARM_UP: usize = 8 << 20;
    let server = upper_server(io, &["--quiet"]);
    // With a letter of two bytes in it, and of a length that no buffer's size divides.
    let block = [numbered(1_000_003).as_slice(), "é".as_bytes()].concat();
    let upper = [numbered(1_000_003).to_ascii_uppercase().as_slice(), "É".as_bytes()].concat();
    let times = if io == "spin" { 64 } else { 256 };
    let mut stream = server.connect();
    let sending = send_beside(&stream, block, times);

    let (mut came, mut level) = (0, None);
    let mut buffer = vec![0; 65536];
    while let count @ 1.. = stream.read(&mut buffer).unwrap() {
        let mut rest = &buffer[..count];
        while !rest.is_empty() {
            let at = came % upper.len();
            let same = rest.len().min(upper.len() - at);
            assert!(rest[..same] == upper[at..at + same], "a wrong byte between {came} and {}", came + same);
            came += same;
            rest = &rest[same..];
        }
        if cfg!(target_os = "linux") && came > WARM_UP {
            let memory = process::status(server.running.pid(), "VmRSS");
            let level = *level.get_or_insert(memory);
            assert!(memory < level + 2048, "{memory} KiB after {came} bytes, {level} KiB after the first");
        }
    }
    sending.join().unwrap();
    assert_eq!(came, times * upper.len());
    server.assert_serves();
}

/// Who floods the narration cannot hide what befalls the others: their ends are counted, and told.
#[test]
fn an_end_beside_a_flood_is_told() {
    const MISTAKEN: usize = 100;
    let server = upper_server("poll", &["--buffer", "1"]);
    let mut stream = server.connect();
    let flood = send_beside(&stream, numbered(100_000), 1);
    let reading = thread::spawn(move || read_to_end(&mut stream));
    (0..MISTAKEN).for_each(|_| assert_eq!(server.exchange(b"a\xff"), b"A"));
    flood.join().unwrap();
    assert_eq!(reading.join().unwrap().len(), 100_000);
    server.wait_for_event(1, "ended: eof");
    let told = server.running.stderr.text().matches(" ended: bad-utf8 (").count();
    assert_eq!(told, MISTAKEN);
    server.stop_after(&format!("eof 1, bad-utf8 {MISTAKEN}"));
}

fn clients_that_send_much_at_the_same_time_get_each_their_own(io: &str) {
    let server = upper_server(io, &[]);
    let clients: Vec<_> = ["a", "ß", "中", "😀", "\u{390}", "z"]
        .map(|letter| {
            let (mut stream, say) = (server.connect(), letter.repeat(100_000));
            let sending = send_beside(&stream, say.clone().into_bytes(), 1);
            thread::spawn(move || {
                assert_same(&read_to_end(&mut stream), say.to_uppercase().as_bytes());
                sending.join().unwrap();
            })
        })
        .into();
    clients.into_iter().for_each(|client| client.join().unwrap());
    server.assert_serves();
    server.stop_after("eof 7");
}
