//! What waiting costs: next to nothing for a server that sleeps, and a core for the one that asks everybody all the time.
//!
//! CPU time is what the system counts, so a busy machine makes no difference; the pauses are the idleness itself.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::process::{cpu_ticks, eventually};
use crate::common::{Day30, Serving, read_exactly, reset, upper_server};
use rustix::process::Signal;
use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::thread;
use std::time::Duration;

/// The servers that sleep, each lesson's among them.
fn sleeping_servers() -> Vec<Serving> {
    let auth = |io| vec!["auth-server", "--secret", "luwei", "--handshake-timeout", "60s", "--io", io];
    let servers = [
        vec!["nonblock-server", "--io", "poll"],
        vec!["nonblock-server", "--io", "threads"],
        vec!["socket-server"],
        auth("poll"),
        auth("threads"),
    ];
    servers.into_iter().map(|args| Day30::new(args).args(["--port", "0"]).serve()).collect()
}

/// Watches the servers for three seconds, in which nobody says anything: less than 2 % of a core for each.
#[track_caller]
fn assert_they_sleep(servers: &[Serving], what: &str) {
    let ticks = || servers.iter().map(|server| cpu_ticks(server.running.pid())).collect::<Vec<_>>();
    let before = ticks();
    thread::sleep(Duration::from_secs(3));
    let used: Vec<_> = ticks().iter().zip(before).map(|(now, before)| now - before).collect();
    // 300 ticks in three seconds are a core.
    assert!(used.iter().all(|ticks| *ticks < 6), "{what}: {used:?} ticks in three seconds");
}

#[test]
fn servers_that_sleep_cost_nothing_while_nobody_is_there() {
    let servers = sleeping_servers();
    servers.iter().for_each(|server| _ = server.wait_for_stderr("press Ctrl-C to stop"));
    assert_they_sleep(&servers, "nobody has come");

    for server in &servers {
        for number in 0..20 {
            let mut client = server.connect();
            match number % 4 {
                0 => {}             // a port probe
                1 => reset(client), // and one in a hurry
                2 => client.shutdown(Shutdown::Write).unwrap(),
                _ => client.write_all(b"abc").unwrap(),
            }
        }
        let ended = || server.running.stderr.text().matches(" ended: ").count();
        eventually("all have left", || ended() == 20);
    }
    assert_they_sleep(&servers, "all have left");
    for server in servers {
        let pushy = server.running.stderr.text();
        assert!(!pushy.contains("never sleeps"), "{pushy}");
        server.stop();
    }
}

#[test]
fn servers_that_sleep_cost_nothing_while_nobody_speaks() {
    let servers = sleeping_servers();
    let mut clients: Vec<TcpStream> = Vec::new();
    for server in &servers {
        clients.extend((0..20).map(|_| server.connect()));
        let mut half = server.connect();
        half.write_all(&[0xe4]).unwrap();
        server.wait_for_stderr("recv → 1 byte ");
        clients.push(half);
    }
    assert_they_sleep(&servers, "silent clients");
    // Two of them wait for a handshake that does not end, when they are to stop.
    for server in &servers {
        server.running.signal(Signal::INT);
        server.wait_for_stderr("stopping");
    }
    thread::sleep(Duration::from_secs(2)); // what could be let go is gone
    assert_they_sleep(&servers, "draining");
    drop(clients);
    servers.into_iter().for_each(|server| _ = server.running.wait().expect_code(0));
}

/// A client that reads none of its replies is waited for, and waiting is asleep.
#[test]
fn servers_that_sleep_cost_nothing_while_a_client_does_not_read() {
    let servers = [upper_server("poll", &[]), upper_server("threads", &[])];
    let clients = servers.each_ref().map(|server| {
        let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        socket.connect(&server.address.into()).unwrap();
        let mut client = TcpStream::from(socket);
        client.set_write_timeout(Some(Duration::from_secs(1))).unwrap();
        while client.write(&[b'x'; 65_536]).is_ok() {}
        client
    });
    assert_they_sleep(&servers, "a client that does not read");
    drop(clients);
    for server in servers {
        server.assert_serves();
        server.stop();
    }
}

/// The model that never sleeps says so before, while, and after it burns a core.
#[test]
fn a_server_that_never_sleeps_says_what_it_burns() {
    let server = upper_server("spin", &[]);
    server.wait_for_stderr("never sleeps: it ");
    server.wait_for_stderr("--io poll");
    let mut client = server.connect();
    client.write_all(b"abc").unwrap();
    assert_eq!(read_exactly(&mut client, 3), b"ABC");
    let burning = server.wait_for_stderr(" % of a core");
    assert!(["EAGAIN", "accept", "×"].iter().all(|part| burning.contains(part)), "{burning}");
    let output = server.stop().expect_fitting(&["never sleeps", "--io poll", "press Ctrl-C"]);
    let cpu = output.stderr.lines().find(|line| line.starts_with("CPU ")).unwrap();
    let seconds: f64 = cpu.split_whitespace().nth(1).unwrap().parse().unwrap();
    assert!(seconds > 0.01, "{cpu}");
    let calls = output.stderr.lines().find(|line| line.starts_with("calls ")).unwrap();
    assert!(calls.contains(" would block: EAGAIN (99.") || calls.contains(" would block: EAGAIN (100.0 %)"), "{calls}");
}
