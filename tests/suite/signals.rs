//! Ctrl-C and its like: what a server still does for its clients, and when it ends.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::auth::{auth_server, right_answer};
use crate::common::process::eventually;
use crate::common::{Day30, Serving, on_every_model, paced_server, read_exactly, read_to_end, upper_server};
use rustix::process::Signal;
use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

/// A server that closed first still has the connection in `TIME_WAIT`, and its successor gets the port all the same.
fn a_restarted_server_has_its_port_again(io: &str) {
    let first = upper_server(io, &[]);
    let (address, port) = (first.address, first.port());
    let mut client = first.connect();
    client.write_all(b"abc").unwrap();
    assert_eq!(read_exactly(&mut client, 3), b"ABC");
    first.running.signal(Signal::INT);
    assert_eq!(read_to_end(&mut client), b"");
    drop(client);
    first.running.wait().expect_code(0).expect_endings("stopped 1");

    // Without the option that the server sets, the port is taken: the fault is there.
    let plain = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    assert_eq!(plain.bind(&address.into()).unwrap_err().kind(), std::io::ErrorKind::AddrInUse);

    let second = Day30::new(["nonblock-server", "--port", &port, "--io", io]).serve();
    assert_eq!(second.address, address);
    second.assert_serves();
    second.stop();
}

/// SIGINT and SIGTERM alike: the open client is let go with a clean end, and it was no failure.
fn a_signal_lets_the_clients_go_and_ends_with_zero(io: &str) {
    for signal in [Signal::INT, Signal::TERM] {
        let server = upper_server(io, &[]);
        let (mut talker, mut silent) = (server.connect(), server.connect());
        talker.write_all("ß".as_bytes()).unwrap();
        assert_eq!(read_exactly(&mut talker, 2), b"SS");
        silent.write_all(b"x").unwrap();
        assert_eq!(read_exactly(&mut silent, 1), b"X");
        server.running.signal(signal);
        assert_eq!(read_to_end(&mut talker), b"");
        assert_eq!(read_to_end(&mut silent), b"");
        drop((talker, silent));
        let output = server.running.wait().expect_code(0);
        assert_eq!(output.out().lines().count(), 1, "{}", output.out());
        let output = output.expect_stderr("stopping: ");
        output.expect_stderr("\nclients 2 in ").expect_endings("stopped 2");
    }
}

/// With nobody there, there is nothing to drain.
fn a_signal_ends_a_server_without_clients(io: &str) {
    let servers: [&[&str]; 3] = [&["nonblock-server"], &["auth-server", "--secret", "luwei"], &["socket-server"]];
    for server in servers {
        for signal in [Signal::INT, Signal::TERM] {
            let server = Day30::new(server).args(["--port", "0", "--io", io]).serve();
            server.running.signal(signal);
            server.running.wait().expect_code(0).expect_stderr("\nclients 0 in ").expect_endings("-");
        }
    }
}

/// A handshake ends by itself within its deadline, so that one that has begun may still be finished.
fn a_handshake_that_has_begun_may_still_end(io: &str) {
    let server = slow_auth_server(io);
    let mut client = server.connect();
    let challenge = read_exactly(&mut client, 32);
    server.running.signal(Signal::TERM);
    server.wait_for_stderr("stopping");
    client.write_all(&right_answer(&challenge)).unwrap();
    assert_eq!(read_to_end(&mut client), b"");
    drop(client);
    let output = server.running.wait().expect_code(0);
    assert_eq!(output.out().lines().last(), Some("ok"));
    output.expect_endings("ok 1");
}

/// A server whose handshakes may take longer than its draining does.
fn slow_auth_server(io: &str) -> Serving {
    auth_server(io, &["--handshake-timeout", "60s"])
}

/// How many sent bytes the other end's kernel does not have yet.
#[cfg(target_os = "linux")]
fn unacknowledged(stream: &TcpStream) -> u32 {
    let port = format!(":{:04X}", stream.local_addr().unwrap().port());
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let row = table.lines().find(|row| row.split_whitespace().nth(1).is_some_and(|local| local.ends_with(&port)));
    let queues = row.unwrap().split_whitespace().nth(4).unwrap();
    u32::from_str_radix(queues.split(':').next().unwrap(), 16).unwrap()
}

/// Everything that had arrived before Ctrl-C is answered, also what the server had not looked at yet.
#[cfg(target_os = "linux")]
fn what_had_arrived_is_answered_before_the_end(io: &str) {
    let server = upper_server(io, &["--buffer", "1024"]);
    let mut client = server.connect();
    client.write_all(b"abc").unwrap();
    assert_eq!(read_exactly(&mut client, 3), b"ABC");
    // Held still, the server can see neither the bytes nor the signal before both are there.
    server.running.signal(Signal::STOP);
    let text = "ß中x".repeat(5_000);
    client.write_all(text.as_bytes()).unwrap();
    eventually("everything has arrived", || unacknowledged(&client) == 0);
    server.running.signal(Signal::INT);
    server.running.signal(Signal::CONT);
    assert_eq!(read_to_end(&mut client), text.to_uppercase().as_bytes());
    drop(client);
    server.running.wait().expect_code(0).expect_endings("stopped 1");
}

/// Replies that are on their way when the server stops arrive, even if the client says something more meanwhile: a close
/// with bytes unread would make the kernel throw them away.
#[cfg(target_os = "linux")]
fn replies_on_their_way_survive_what_a_client_says_too_late(io: &str) {
    let server = upper_server(io, &[]);
    let mut client = client_with_a_small_buffer(&server);
    let text = "ß中x".repeat(30_000);
    client.write_all(text.as_bytes()).unwrap();
    let upper = text.to_uppercase();
    let mut reply = read_exactly(&mut client, 1);
    eventually("everything is received", || unacknowledged(&client) == 0);
    server.running.signal(Signal::INT);
    server.wait_for_event(1, "ended: stopped");
    client.write_all(b"too late").unwrap();
    reply.extend(read_to_end(&mut client));
    assert!(reply == upper.as_bytes(), "{} of {} bytes came", reply.len(), upper.len());
    server.running.wait().expect_code(0).expect_endings("stopped 1");
}

/// The second signal does not wait for anybody, and says so; whoever comes while the server drains is refused.
fn the_second_signal_ends_at_once_with_130(io: &str) {
    for signals in [[Signal::INT, Signal::INT], [Signal::TERM, Signal::INT], [Signal::INT, Signal::TERM]] {
        let server = slow_auth_server(io);
        let mut client = server.connect();
        read_exactly(&mut client, 32);
        server.running.signal(signals[0]);
        server.wait_for_stderr("press Ctrl-C again to exit at once");
        eventually("the door is closed", || TcpStream::connect(server.address).is_err());
        server.running.signal(signals[1]);
        let output = server.running.wait().expect_code(130).expect_fitting(&["stopping: ", "press Ctrl-C again"]);
        assert!(!output.stderr.contains("\nclients "), "it still waited for the end:\n{}", output.stderr);
    }
}

/// Its `accept` never sleeps, so that there is none for Ctrl-C to wake.
#[test]
fn a_spinning_server_is_never_asleep_in_accept() {
    for _ in 0..3 {
        let stderr = upper_server("spin", &[]).stop().stderr;
        assert!(!stderr.contains("accept did not return"), "{stderr}");
    }
}

/// A client that takes too long is cut off when the time for stopping is over; the server ends with 0 all the same.
fn draining_does_not_wait_for_ever(io: &str) {
    let server = slow_auth_server(io);
    let mut client = server.connect();
    read_exactly(&mut client, 32);
    server.running.signal(Signal::INT);
    let output = server.running.wait().expect_code(0);
    assert!(output.stderr.ends_with("; still connected at the end: 1\n"), "{}", output.stderr);
}

/// A client for which few replies fit in its own kernel's buffer: the others wait in the server's.
fn client_with_a_small_buffer(server: &Serving) -> TcpStream {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    socket.connect(&server.address.into()).unwrap();
    let client = TcpStream::from(socket);
    client.set_read_timeout(Some(crate::common::PATIENCE)).unwrap();
    client
}

/// The same for a client that sends and sends, and reads none of its replies.
fn draining_does_not_wait_for_a_client_that_does_not_read(io: &str) {
    let server = paced_server(io, &[]);
    let mut client = client_with_a_small_buffer(&server);
    client.set_write_timeout(Some(Duration::from_millis(300))).unwrap();
    while client.write(&[b'x'; 65_536]).is_ok() {}
    server.running.signal(Signal::INT);
    server.running.wait().expect_code(0).expect_stderr("\nclients 1 in ");
}

on_every_model!(
    a_restarted_server_has_its_port_again,
    a_signal_lets_the_clients_go_and_ends_with_zero,
    a_signal_ends_a_server_without_clients,
    a_handshake_that_has_begun_may_still_end,
    the_second_signal_ends_at_once_with_130,
    draining_does_not_wait_for_ever,
    draining_does_not_wait_for_a_client_that_does_not_read,
);

#[cfg(target_os = "linux")]
mod by_the_kernels_queues {
    use super::*;
    on_every_model!(what_had_arrived_is_answered_before_the_end);

    #[test]
    fn replies_on_their_way_survive_with_spin() {
        replies_on_their_way_survive_what_a_client_says_too_late("spin");
    }

    #[test]
    fn replies_on_their_way_survive_with_poll() {
        replies_on_their_way_survive_what_a_client_says_too_late("poll");
    }

    #[test]
    fn replies_on_their_way_survive_with_threads() {
        replies_on_their_way_survive_what_a_client_says_too_late("threads");
    }
}
