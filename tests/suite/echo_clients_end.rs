//! How the clients of lessons 1 and 4 end before everything is said: Ctrl-C, a reader that goes away, a full queue.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::peer::Peer;
use crate::common::process::eventually;
use crate::common::{Day30, Output, Running, read_exactly, upper_server};
use rustix::process::Signal;
use std::cell::Cell;
use std::fs;
use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::time::Duration;

const CLIENTS: [&str; 2] = ["socket-client", "nonblock-client"];

/// A client that said `hello`, whose stdin stays open, and the server's end of its connection.
fn client_of(peer: &Peer, client: &str) -> (Running, TcpStream) {
    let message: &[&str] = if client == "nonblock-client" { &["--message", "hello", "--every", "60s"] } else { &[] };
    let client = Day30::new([client, "--port", &peer.port()]).args(message).stdin("hello\n").keep_stdin_open();
    let client = client.start();
    let mut server = peer.accept();
    assert_eq!(read_exactly(&mut server, 5), b"hello");
    (client, server)
}

/// Ctrl-C: 130, and no word of an error.
#[track_caller]
fn interrupt(client: Running) -> Output {
    let output = client.interrupt().expect_code(130);
    assert!(!output.stderr.contains("error"), "{}", output.stderr);
    output
}

#[test]
fn ctrl_c_while_nobody_types_ends_the_client() {
    let server = upper_server("poll", &[]);
    let client = Day30::new(["socket-client", "--port", &server.port()]).keep_stdin_open().start();
    client.wait_for_stderr("connect 127.0.0.1:");
    assert_eq!(interrupt(client).out(), "");
    server.wait_for_stderr("ended: eof");
    server.assert_serves();
}

#[test]
fn ctrl_c_while_a_reply_is_awaited_ends_the_client() {
    for name in CLIENTS {
        let peer = Peer::listening();
        let (client, _server) = client_of(&peer, name);
        assert_eq!(interrupt(client).out(), "");
    }
}

#[test]
fn ctrl_c_in_the_middle_of_a_reply_shows_what_came() {
    for name in CLIENTS {
        let peer = Peer::listening();
        let (client, mut server) = client_of(&peer, name);
        server.write_all(b"HEL").unwrap();
        client.wait_for_stderr("recv → 3 bytes");
        assert_eq!(interrupt(client).stdout, b"HEL\n");
    }
}

#[test]
fn ctrl_c_between_two_messages_ends_the_client() {
    for name in CLIENTS {
        let peer = Peer::listening();
        let (client, mut server) = client_of(&peer, name);
        server.write_all(b"HELLO").unwrap();
        client.stdout.wait_for("HELLO\n", &client.stderr);
        assert_eq!(interrupt(client).out(), "HELLO\n");
    }
}

#[test]
fn sigterm_ends_the_client_too() {
    let peer = Peer::listening();
    let (client, _server) = client_of(&peer, "nonblock-client");
    client.signal(Signal::TERM);
    client.wait().expect_code(130);
}

/// A client that said `hello`, and whose thread that sends is stuck: nobody takes the rest of what it has to say.
fn stuck_client(peer: &Peer, more: &[&str]) -> (Running, TcpStream) {
    let stdin = [&b"hello\n"[..], &vec![b'x'; 64 << 20]].concat();
    let client = Day30::new(["socket-client", "--port", &peer.port()]).args(more).stdin(stdin).start();
    let mut server = peer.accept();
    assert_eq!(read_exactly(&mut server, 5), b"hello");
    let (before, looks) = (Cell::new(0), Cell::new(0));
    eventually("no more can be sent", || {
        let now = client.stderr.text().matches(" send ").count();
        looks.set(if now > 0 && now == before.replace(now) { looks.get() + 1 } else { 0 });
        looks.get() > 40
    });
    (client, server)
}

#[test]
fn ctrl_c_while_the_server_does_not_read_ends_the_client() {
    let peer = Peer::listening();
    let (client, _server) = stuck_client(&peer, &[]);
    assert_eq!(interrupt(client).out(), "");
}

#[test]
fn a_server_that_does_not_read_is_waited_for_no_longer_than_the_timeout() {
    let peer = Peer::listening();
    let (client, _server) = stuck_client(&peer, &["--timeout", "2s"]);
    assert_eq!(client.wait().expect_code(1).expect_stderr(": no reply within 2 s").out(), "");
}

#[test]
fn a_reply_is_shown_while_the_server_does_not_read() {
    let peer = Peer::listening();
    let (client, mut server) = stuck_client(&peer, &[]);
    server.write_all(b"HELLO").unwrap();
    client.stdout.wait_for("HELLO\n", &client.stderr);
}

/// A listener whose queue of connections is full, so that the next one is not answered: it, and those in the queue.
#[cfg(target_os = "linux")]
fn full_queue() -> (socket2::Socket, Vec<TcpStream>, String) {
    let listener = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    listener.bind(&"127.0.0.1:0".parse::<SocketAddr>().unwrap().into()).unwrap();
    listener.listen(0).unwrap();
    let address = listener.local_addr().unwrap().as_socket().unwrap();
    let connect = || TcpStream::connect_timeout(&address, Duration::from_millis(300)).ok();
    let queued = std::iter::from_fn(connect).take(100).collect::<Vec<_>>();
    assert!((1..100).contains(&queued.len()), "{}", queued.len());
    (listener, queued, address.port().to_string())
}

#[cfg(target_os = "linux")]
#[test]
fn a_server_whose_queue_is_full_is_not_waited_for_for_ever() {
    let (_listener, _queued, port) = full_queue();
    let clients = CLIENTS.map(|name| Day30::new([name, "--port", &port]).keep_stdin_open().start());
    for client in clients {
        let error = format!("error: cannot connect to 127.0.0.1:{port}: no answer within 3 s");
        assert_eq!(client.wait().expect_code(1).expect_stderr(&error).out(), "");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_while_connecting_ends_the_client() {
    let (_listener, _queued, port) = full_queue();
    for name in CLIENTS {
        let client = Day30::new([name, "--port", &port]).keep_stdin_open().start();
        // The signals that a process catches are a mask in hexadecimal; bit 1 is SIGINT.
        let catches_ctrl_c = || {
            let status = fs::read_to_string(format!("/proc/{}/status", client.pid())).unwrap();
            let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
            u64::from_str_radix(mask.trim(), 16).unwrap() & 2 != 0
        };
        eventually("Ctrl-C is caught", catches_ctrl_c);
        assert_eq!(interrupt(client).out(), "");
    }
}

/// `day30 … | head -1`: whoever reads has what they wanted.
#[test]
fn a_reader_that_goes_away_ends_the_client_quietly() {
    let server = upper_server("poll", &[]);
    for more in [&["socket-client"][..], &["nonblock-client", "--message", "line", "--every", "1ms"]] {
        let client = Day30::new(more).args(["--quiet", "--port", &server.port()]).stdin("line\n".repeat(100_000));
        let output = client.keep_stdin_open().read_one_line().run().expect_code(0);
        assert_eq!((output.out(), &output.stderr[..]), ("LINE\n", ""));
    }
    server.assert_serves();
}

/// A full disk is no reader that goes away: the replies are lost, and that must be told.
#[cfg(target_os = "linux")]
#[test]
fn a_stdout_that_cannot_be_written_is_reported() {
    let server = upper_server("poll", &[]);
    let mut shell = Command::new("sh");
    shell.args(["-c", "exec \"$@\" > /dev/full", "sh", env!("CARGO_BIN_EXE_day30")]);
    let client = Day30::of(shell).args(["socket-client", "--quiet", "--port", &server.port()]);
    client.stdin("one\n").run().expect_code(3).expect_stderr("cannot write to stdout");
}
