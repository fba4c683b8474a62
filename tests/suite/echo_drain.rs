//! What Ctrl-C does to an upper-casing server: nobody new, an answer to everything that was said, an end that is no
//! reset, and a summary that counts.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::{
    Serving, assert_answers, numbered, on_every_model, process, read_exactly, read_to_end, upper_server,
};
use rustix::process::Signal;
use std::io::{ErrorKind, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

on_every_model!(
    idle_clients_get_an_end_and_are_counted,
    what_a_client_had_sent_is_answered_first,
    a_reply_under_way_is_sent_to_its_end,
    a_client_that_speaks_after_the_end_still_hears_the_reply,
    a_held_letter_is_no_reason_to_stay,
    a_client_that_had_ended_is_answered_too,
);

/// Stops the process like a debugger, so that everything that happens until `go_on` has happened before it looks.
fn freeze(server: &Serving) {
    server.running.signal(Signal::STOP);
    #[cfg(target_os = "linux")]
    process::eventually("every thread stands still", || {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", server.running.pid())).unwrap();
        tasks
            .map(|task| std::fs::read_to_string(task.unwrap().path().join("status")).unwrap())
            .all(|status| status.contains("State:\tT"))
    });
}

/// Ctrl-C comes first, then the process goes on.
fn interrupt_and_go_on(server: &Serving) {
    server.running.signal(Signal::INT);
    server.running.signal(Signal::CONT);
}

/// Sends until the other side takes nothing more for a while; gives how many bytes were taken.
fn flood(stream: &mut TcpStream, bytes: &[u8]) -> usize {
    stream.set_write_timeout(Some(Duration::from_millis(300))).unwrap();
    let mut taken = 0;
    while taken < bytes.len() {
        match stream.write(&bytes[taken..]) {
            Ok(count) => taken += count,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return taken,
            Err(error) => panic!("{error}"),
        }
    }
    panic!("the server took everything");
}

fn idle_clients_get_an_end_and_are_counted(io: &str) {
    let server = upper_server(io, &[]);
    let mut clients: Vec<_> = (0..5).map(|_| server.connect()).collect();
    clients.iter_mut().for_each(|stream| assert_answers(stream, "hello", "HELLO"));
    server.assert_serves();
    server.running.signal(Signal::INT);
    // All of them, before one of them goes.
    clients.iter_mut().for_each(|stream| assert_eq!(read_to_end(stream), b""));
    drop(clients);
    let output = server.running.wait().expect_code(0).expect_endings("eof 1, stopped 5");
    output.expect_stderr("\nclients 6 in ").expect_stderr("; received 34 bytes, sent 34\n");
}

/// They lie in the kernel, and the server has not looked yet.
fn what_a_client_had_sent_is_answered_first(io: &str) {
    let server = upper_server(io, &["--buffer", "1024"]);
    let (mut one, mut other, mut idle) = (server.connect(), server.connect(), server.connect());
    for stream in [&mut one, &mut other, &mut idle] {
        assert_answers(stream, "hello", "HELLO");
    }
    let much = numbered(10_000);
    freeze(&server);
    one.write_all("said before, 中文".as_bytes()).unwrap();
    other.write_all(&much).unwrap();
    interrupt_and_go_on(&server);
    assert_eq!(String::from_utf8_lossy(&read_to_end(&mut one)), "SAID BEFORE, 中文");
    assert!(read_to_end(&mut other) == much.to_ascii_uppercase());
    assert_eq!(read_to_end(&mut idle), b"");
    drop((one, other, idle));
    server.running.wait().expect_code(0).expect_endings("stopped 3");
}

/// The server stands in the middle of sending, because nobody read so far: what it had received by then is answered.
fn a_reply_under_way_is_sent_to_its_end(io: &str) {
    let server = upper_server(io, &[]);
    let (mut stream, say) = (server.connect(), numbered(1_000_003).repeat(64));
    flood(&mut stream, &say);
    server.running.signal(Signal::INT);
    server.wait_for_stderr("stopping: ");
    let reply = read_to_end(&mut stream);
    drop(stream);
    let output = server.running.wait().expect_code(0).expect_endings("stopped 1");
    let before = output.stderr.split("stopping: ").next().unwrap();
    let count = |line: &str| line.split_once("recv → ")?.1.split_once(" byte")?.0.parse::<usize>().ok();
    let received: usize = before.lines().filter_map(count).sum();
    assert!(received > 65536 && reply.len() >= received, "{} of at least {received} bytes came back", reply.len());
    assert!(reply == say[..reply.len()].to_ascii_uppercase());
}

/// A server that had closed by then would reset the connection, and take back the reply that is not read yet.
fn a_client_that_speaks_after_the_end_still_hears_the_reply(io: &str) {
    let server = upper_server(io, &[]);
    let mut stream = server.connect();
    assert_answers(&mut stream, "hello", "HELLO");
    freeze(&server);
    stream.write_all(b"last words").unwrap();
    interrupt_and_go_on(&server);
    server.wait_for_event(1, "shutdown");
    for _ in 0..20 {
        stream.write_all(b"and more, after the server said its end").expect("the server has closed");
    }
    assert_eq!(read_to_end(&mut stream), b"LAST WORDS");
    drop(stream);
    server.running.wait().expect_code(0).expect_endings("stopped 1");
}

fn a_held_letter_is_no_reason_to_stay(io: &str) {
    let server = upper_server(io, &[]);
    let mut stream = server.connect();
    stream.write_all(b"a\xe4\xb8").unwrap();
    server.wait_for_event(1, "a character is incomplete: 2");
    assert_eq!(read_exactly(&mut stream, 1), b"A");
    server.running.signal(Signal::INT);
    assert_eq!(read_to_end(&mut stream), b"");
    drop(stream);
    server.running.wait().expect_code(0).expect_endings("stopped 1");
}

/// Its bytes and its end both lie in the kernel when Ctrl-C comes.
fn a_client_that_had_ended_is_answered_too(io: &str) {
    let server = upper_server(io, &[]);
    let mut stream = server.connect();
    assert_answers(&mut stream, "hello", "HELLO");
    freeze(&server);
    stream.write_all(b"goodbye").unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    interrupt_and_go_on(&server);
    assert_eq!(read_to_end(&mut stream), b"GOODBYE");
    drop(stream);
    server.running.wait().expect_code(0).expect_stderr("; received 12 bytes, sent 12\n");
}
