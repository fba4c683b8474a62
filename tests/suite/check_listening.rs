//! Servers that nobody can connect to, and commands that do not tell a program where to listen: what the judge says of them, and
//! that it does not wait for what cannot come any more.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::have;
use crate::common::judged::{decided, judged, report, reported};
use std::thread;

/// Judges a server in Python; gives the cause of what failed, and whether it is a guess.
#[track_caller]
fn cause_of(check: &str, script: &str, arguments: &[&str]) -> (String, bool) {
    let command = [&["python3", "-c", script], arguments].concat();
    // A judge that waited for the end of this patience would run out of time, and name nothing.
    let options = ["--start-timeout", "100s", "--only", check];
    let output = decided(reported("nonblock-server", &options, &command)).expect_code(1);
    let report = report(&output);
    let cause = &judged(&report, check)["failure"]["cause"];
    (cause["id"].as_str().unwrap_or_default().to_owned(), cause["is_guess"] == true)
}

/// Most of their time the judgements wait.
fn side_by_side<T: Sync>(all: &[T], judge: impl Fn(&T) + Sync) {
    thread::scope(|scope| all.iter().for_each(|one| _ = scope.spawn(|| judge(one))));
}

#[test]
fn a_server_that_listens_nowhere_is_told_by_its_sockets() {
    if !have("python3") {
        return;
    }
    let servers = [
        ("s = socket.socket(type=socket.SOCK_DGRAM); s.bind(('127.0.0.1', port)); s.recv(9)", "udp-socket"),
        ("s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM); s.bind(('::', port)); s.recv(9)", "udp-socket"),
        ("s = socket.socket(); s.bind(('127.0.0.1', port)); time.sleep(600)", "listen-missing"),
        ("s = socket.socket(); s.bind(('', port)); select.select([s], [], [s])", "listen-missing"),
        ("s = socket.socket(); s.bind(('127.0.0.1', port)); s.accept()", "listen-missing"),
        ("s = socket.create_server(('127.0.0.1', 0)); s.accept()", "other-port"),
        ("s = socket.socket(); s.listen(); s.accept()", "other-port"),
        ("s = socket.create_server(('127.0.0.3', port)); s.accept()", "other-address"),
    ];
    side_by_side(&servers, |(server, cause)| {
        let script = format!("import select, socket, sys, time\nport = int(sys.argv[1])\n{server}\ntime.sleep(600)\n");
        assert_eq!(cause_of("echo/listens", &script, &["{port}"]), ((*cause).into(), false), "{server}");
    });
}

/// `accept` returned another socket, which is the client's.
#[test]
fn a_server_that_talks_on_the_listening_socket_is_told() {
    if !have("python3") {
        return;
    }
    let calls = ["conn.sendall(sk.recv(1024).upper())", "sk.sendall(conn.recv(1024).upper())"];
    side_by_side(&calls, |call| {
        let script = format!(
            "import socket, sys\nsk = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n\
             while True:\n    conn, addr = sk.accept()\n    {call}\n"
        );
        assert_eq!(cause_of("echo/one-message", &script, &["{port}"]), ("not-connected".into(), false), "{call}");
    });
}

/// It has let a client in, and asks a socket that never waits before that has said anything.
#[test]
fn a_server_that_dies_before_its_client_speaks_does_not_listen() {
    if !have("python3") {
        return;
    }
    let script = "import socket, sys\nsk = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n\
                  while True:\n    conn, addr = sk.accept()\n    conn.setblocking(False)\n    \
                  conn.sendall(conn.recv(1024).upper())\n";
    assert_eq!(cause_of("echo/listens", script, &["{port}"]), ("would-block-uncaught".into(), false));
}

/// Something else may be opened before the listener, with a nap in between.
#[test]
fn a_server_that_opens_something_else_first_is_waited_for() {
    if !have("python3") {
        return;
    }
    let server = "import socket, sys, time\n\
                  other = socket.create_server(('127.0.0.1', 0))\n\
                  sk = socket.socket(); sk.bind(('127.0.0.1', int(sys.argv[1])))\n\
                  time.sleep(1)\n\
                  sk.listen()\n\
                  while True: sk.accept()\n";
    let output =
        decided(reported("nonblock-server", &["--only", "echo/listens"], &["python3", "-c", server, "{port}"]));
    output.expect_code(0);
}

#[test]
fn a_command_without_a_place_for_the_port_is_the_cause() {
    if !have("python3") {
        return;
    }
    let servers = [
        ("s = socket.create_server(('127.0.0.1', 0)); s.accept()", "port-not-passed", false),
        ("s = socket.create_server(('127.0.0.1', int(sys.argv[1])))", "port-not-passed", false),
        ("argparse.ArgumentParser().add_argument('p'); sys.exit('usage: server PORT')", "port-not-passed", false),
        ("s = socket.create_server(('127.0.0.1', int(input('port? '))))", "asks-for-input", false),
        // Nothing shows that it would listen if it were told where.
        ("time.sleep(600)", "port-not-passed", true),
    ];
    side_by_side(&servers, |(server, cause, is_guess)| {
        let script = format!("import argparse, socket, sys, time\n{server}\n");
        let command = ["python3", "-c", &script];
        let options = ["--start-timeout", if *is_guess { "1s" } else { "100s" }, "--only", "echo/listens"];
        let output = decided(reported("nonblock-server", &options, &command)).expect_code(1);
        let report = report(&output);
        let named = &judged(&report, "echo/listens")["failure"]["cause"];
        assert_eq!((&named["id"], &named["is_guess"]), (&(*cause).into(), &(*is_guess).into()), "{server}: {named}");
    });
}

/// A client that leaves ends a server only where a client has left.
#[test]
fn a_server_ends_with_its_client_or_at_its_own_end() {
    if !have("python3") {
        return;
    }
    let servers = [
        ("sk.accept()", "ends-before-reply"),
        ("conn = sk.accept()[0]; conn.recv(1024)", "ends-before-reply"),
        (
            "def serve(conn):\n\
             \x20   while data := conn.recv(1024): conn.sendall(data.upper())\n\
             \x20   os._exit(0)\n\
             while True: threading.Thread(target=serve, args=(sk.accept()[0],)).start()",
            "ends-with-client",
        ),
    ];
    side_by_side(&servers, |(server, cause)| {
        let script = format!(
            "import os, socket, sys, threading\nsk = socket.create_server(('127.0.0.1', int(sys.argv[1])), backlog=9)\n{server}\n"
        );
        let check = if *cause == "ends-before-reply" { "echo/one-message" } else { "echo/silent-client" };
        assert_eq!(cause_of(check, &script, &["{port}"]), ((*cause).into(), false), "{server}");
    });
}
