//! The host that a server runs on: its addresses, and those that cannot be had.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[cfg(target_os = "linux")]
use crate::common::python;
use crate::common::{Day30, have, on_every_model, upper_server};
use std::net::TcpListener;

/// Every lesson's server, with what it cannot do without.
const SERVERS: [&[&str]; 3] = [&["nonblock-server"], &["auth-server", "--secret", "luwei"], &["socket-server"]];

#[test]
fn an_address_in_use_is_named_with_a_way_out() {
    let first = upper_server("poll", &[]);
    for server in SERVERS {
        let output = Day30::new(server).args(["--port", &first.port()]).run().expect_code(3);
        assert_eq!(output.out(), "");
        let output = output.expect_stderr(&format!("error: cannot listen on {}: the port is in use", first.address));
        output.expect_stderr(&format!("  try: day30 {}", server[0])).expect_stderr(" --port 0");
    }
    first.assert_serves();
}

/// A server that does not set `SO_REUSEADDR`, and closes first.
#[cfg(target_os = "linux")]
const CLOSES_FIRST: &str = "\
import socket
sk = socket.socket()
sk.bind(('127.0.0.1', 0))
sk.listen()
client = socket.create_connection(sk.getsockname())
conn, _ = sk.accept()
conn.close()
client.recv(1)
client.close()
print(sk.getsockname()[1])
";

/// Nobody listens there, and who looks for a program that does would find none.
#[cfg(target_os = "linux")]
#[test]
fn a_port_in_time_wait_is_called_so() {
    if !have("python3") {
        return;
    }
    let mut server = python();
    server.args(["-c", CLOSES_FIRST]);
    let port = Day30::of(server).run().expect_code(0).out().trim().to_owned();
    for (lang, told) in [("en", "connections that are over keep the port"), ("zh", "已经结束的连接还占着这个端口")]
    {
        let serve = ["nonblock-server", "--lang", lang, "--port", &port];
        let output = Day30::new(serve).run().expect_code(3).expect_stderr(told).expect_stderr("TIME_WAIT");
        assert!(!output.stderr.contains("listens on it"), "{}", output.stderr);
    }
    let doctor = Day30::new(["doctor", "--port", &port]).run();
    assert!(doctor.out().contains("(TIME_WAIT)"), "{}", doctor.out());
}

#[test]
fn an_address_of_another_machine_is_named() {
    // TEST-NET-1 (RFC 5737): nobody's address.
    let output = Day30::new(["socket-server", "--addr", "192.0.2.1:0"]).run().expect_code(3);
    assert_eq!(output.out(), "");
    let output = output.expect_stderr("error: cannot listen on 192.0.2.1:0: this machine has no such address");
    output.expect_stderr("  try: day30 socket-server --addr 127.0.0.1");
}

#[test]
fn a_name_that_has_no_address_is_named() {
    // Reserved for this very purpose (RFC 6761).
    let output = Day30::new(["nonblock-server", "--addr", "nobody.invalid:0"]).run().expect_code(3);
    assert_eq!(output.out(), "");
    output.expect_stderr("error: cannot listen on nobody.invalid:0: ").expect_stderr("\n  try: day30 nonblock-server ");
}

#[test]
fn an_address_that_is_none_is_a_usage_error() {
    let wrong = ["127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:x", ":9000", "::1:9000", ""];
    for server in SERVERS {
        for address in wrong {
            let output = Day30::new(server).args(["--addr", address]).run().expect_code(2);
            assert_eq!(output.out(), "");
            // The command that takes a secret repeats nothing.
            let shown = if server[0] == "auth-server" { "…" } else { address };
            output.expect_stderr(&format!("error: --addr {shown:?}: ")).expect_stderr("127.0.0.1:9000");
        }
        for port in ["65536", "-1", "x", ""] {
            let output = Day30::new(server).arg(format!("--port={port}")).run().expect_code(2);
            assert_eq!(output.out(), "");
            output.expect_stderr("--port <PORT>").expect_stderr("--port 9000");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_port_of_the_administrator_is_refused_with_a_way_out() {
    let first_free = std::fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start").unwrap();
    if first_free.trim().parse::<u16>().unwrap() <= 81 || !have("setpriv") {
        return;
    }
    let mut args = vec!["nonblock-server", "--addr", "127.0.0.1:81"];
    // Whoever may take the port gives that right away first.
    let is_allowed = TcpListener::bind("127.0.0.1:81").is_ok();
    let program = if is_allowed {
        args.splice(0..0, ["--bounding-set", "-net_bind_service", env!("CARGO_BIN_EXE_day30")]);
        "setpriv"
    } else {
        env!("CARGO_BIN_EXE_day30")
    };
    let output = Day30::of(std::process::Command::new(program)).args(args).run().expect_code(3);
    assert_eq!(output.out(), "");
    let expected = "error: cannot listen on 127.0.0.1:81: only the administrator may use ports below 1024";
    output.expect_stderr(expected).expect_stderr("  try: day30 nonblock-server --port ");
}

/// `0.0.0.0` and `[::]`: they serve, they say who can reach them, and they can be stopped.
#[cfg(unix)]
fn an_open_address_serves_and_warns(io: &str) {
    for (open, near) in [("0.0.0.0:0", "127.0.0.1"), ("[::]:0", "::1")] {
        if TcpListener::bind((near, 0)).is_err() {
            continue; // a machine without IPv6
        }
        let mut server = Day30::new(["nonblock-server", "--quiet", "--addr", open, "--io", io]).serve();
        assert!(server.address.ip().is_unspecified());
        let warning =
            format!("warning: port {} is open to the whole network, not only to this machine\n", server.port());
        server.wait_for_stderr("warning: ");
        server.address.set_ip(near.parse().unwrap());
        server.assert_serves();
        // Also where only results are wanted, and nothing else then.
        assert_eq!(server.stop().stderr, warning);
    }
}

/// A server that only this machine can reach warns of nothing.
#[cfg(unix)]
fn a_loopback_address_is_no_reason_to_warn(io: &str) {
    for address in ["127.0.0.1:0", "[::1]:0", "localhost:0"] {
        if TcpListener::bind(address).is_ok() {
            let server = Day30::new(["nonblock-server", "--quiet", "--addr", address, "--io", io]).serve();
            assert!(server.address.ip().is_loopback());
            server.assert_serves();
            assert_eq!(server.stop().stderr, "");
        }
    }
}

#[cfg(unix)]
on_every_model!(an_open_address_serves_and_warns, a_loopback_address_is_no_reason_to_warn);
