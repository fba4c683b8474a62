//! Where the program under judgement listens: told, taken by somebody else, gone, or running already.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::judged::{check, decided, judged, program, report, reported, with_verdict};
use crate::common::{Day30, have, upper_server};
use std::net::TcpListener;

/// The port was free when it was chosen, and somebody else has it now: that is no verdict about the program.
#[test]
#[cfg(target_os = "linux")]
fn a_port_that_another_program_takes_meanwhile_is_changed_for_another() {
    use std::io::{BufRead, BufReader, Write};
    if !have("python3") {
        return;
    }
    let script = "import os, socket, sys\n\
                  port = int(sys.argv[1])\n\
                  told = socket.create_connection(('127.0.0.1', int(sys.argv[2])))\n\
                  told.sendall(b'%d\\n' % port)\n\
                  told.recv(1)\n\
                  sk = socket.create_server(('127.0.0.1', port))\n\
                  while True: sk.accept()\n";
    let thief = TcpListener::bind("127.0.0.1:0").unwrap();
    let thieves_port = thief.local_addr().unwrap().port().to_string();
    let judging =
        check("socket-server", &["--only", "echo/listens"], &["python3", "-c", script, "{port}", &thieves_port])
            .start();
    let mut ports = Vec::new();
    for is_first in [true, false] {
        let mut told = BufReader::new(thief.accept().unwrap().0);
        let mut port = String::new();
        told.read_line(&mut port).unwrap();
        let taken = is_first.then(|| TcpListener::bind(format!("127.0.0.1:{}", port.trim())).unwrap());
        told.get_mut().write_all(b"!").unwrap();
        ports.push((port, taken));
    }
    judging.wait().expect_code(0);
    assert_ne!(ports[0].0, ports[1].0);
}

#[test]
fn a_server_that_runs_already_is_judged_by_its_wire() {
    let server = upper_server("poll", &["--quiet"]);
    let address = server.address.to_string();
    let output = Day30::new(["check", "nonblock-server", "--addr", &address, "--report", "json"]).run().expect_code(0);
    let report = report(&output);
    assert!(with_verdict(&report, "passed").len() >= 25, "{report}");
    assert_eq!(with_verdict(&report, "passed").len(), report["checks"].as_array().unwrap().len());
    // It is not ours to end.
    server.assert_serves();
    // What cannot be seen is not called a pass, if it is asked for.
    let asked = ["check", "nonblock-server", "--addr", &address, "--only", "echo/gives-back"];
    let output = Day30::new(asked).run().expect_code(3);
    assert!(output.out().contains("undecided") && output.out().contains("did not start this program"));
}

/// It was there, and is gone: that is a verdict about the program.
#[test]
fn a_server_that_ran_already_and_ends_has_failed() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let serving = std::thread::spawn(move || drop(listener.accept().unwrap()));
    let only = ["--only", "echo/listens,echo/one-message", "--report", "json"];
    let output = Day30::new(["check", "nonblock-server", "--addr", &address]).args(only).run().expect_code(1);
    serving.join().unwrap();
    let report = report(&output);
    let failure = &judged(&report, "echo/one-message")["failure"];
    assert_eq!(failure["fault"], "not-reached");
    assert!(failure["sentence"].as_str().unwrap().starts_with("it let clients in before"), "{failure}");
}

/// A program that closes its door behind the first client is alive, and others are refused.
#[test]
fn a_listener_that_is_closed_too_early_is_one_accept() {
    if !have("python3") {
        return;
    }
    let script = "import socket, sys\n\
                  with socket.create_server(('127.0.0.1', int(sys.argv[1]))) as sk:\n\
                  \x20   conn = sk.accept()[0]\n\
                  while data := conn.recv(1024):\n\
                  \x20   conn.sendall(data.upper())\n";
    let options = ["--only", "echo/two-clients"];
    let output = decided(reported("nonblock-server", &options, &["python3", "-c", script, "{port}"])).expect_code(1);
    let report = report(&output);
    let failure = &judged(&report, "echo/two-clients")["failure"];
    assert_eq!(
        (&failure["fault"], &failure["cause"]["id"]),
        (&"not-reached".into(), &"one-accept".into()),
        "{failure}"
    );
}

/// Judged as what it is not, a program does not do what it should; that is named, and not some fault of its own.
#[test]
fn a_server_is_no_client_and_a_client_no_server() {
    if !have("python3") {
        return;
    }
    let (server, client) = (program("reference/echo_threads.py"), program("flawed/echo_client.py"));
    for (target, program, check, cause) in [
        ("nonblock-client", server, "client/connects", "is-a-server"),
        ("nonblock-server", client, "echo/listens", "is-a-client"),
    ] {
        let output = decided(reported(target, &["--only", check], &["python3", &program, "{port}"])).expect_code(1);
        let report = report(&output);
        assert_eq!(judged(&report, check)["failure"]["cause"]["id"], cause, "{report}");
    }
}

#[test]
fn where_to_listen_is_told_in_the_command_and_in_the_environment() {
    if !have("python3") {
        return;
    }
    let script = "import os, sys, socket\n\
                  assert os.environ['DAY30_ADDR'] == sys.argv[2] == '127.0.0.1:' + sys.argv[1], sys.argv\n\
                  assert os.environ['DAY30_PORT'] == sys.argv[1] and 'PYTHONUNBUFFERED' not in os.environ\n\
                  sk = socket.create_server(('127.0.0.1', int(os.environ['DAY30_PORT'])))\n\
                  while True: sk.accept()";
    let command = ["python3", "-c", script, "{port}", "{addr}"];
    check("socket-server", &["--only", "echo/listens"], &command).run().expect_code(0);
}

/// The port is kept by the system for a minute: that is no fault of what is being judged.
#[test]
#[cfg(target_os = "linux")]
fn a_port_in_time_wait_has_a_sentence_of_its_own() {
    use std::io::{Read, Write};
    if !have("python3") {
        return;
    }
    // A server that closes first leaves its port so.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut client = std::net::TcpStream::connect(address).unwrap();
    let (mut server, _) = listener.accept().unwrap();
    server.write_all(b"bye").unwrap();
    drop((server, listener));
    client.read_to_end(&mut Vec::new()).unwrap();
    drop(client);
    let script =
        format!("import socket; sk = socket.socket(); sk.bind(('127.0.0.1', {})); sk.listen()", address.port());
    let options = ["--port", &address.port().to_string(), "--only", "echo/listens"];
    let output = check("socket-server", &options, &["python3", "-c", &script]).run().expect_code(3);
    assert!(output.out().contains("is still in"), "{}", output.out());
    assert!(output.out().contains("TIME_WAIT") && output.out().contains("SO_REUSEADDR"), "{}", output.out());
    assert!(output.out().contains("undecided"), "{}", output.out());
}
