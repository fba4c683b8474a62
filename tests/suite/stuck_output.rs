//! Output that goes into a pipe which nobody reads: it must not keep anything from ending at Ctrl-C.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::auth::right_answer;
use crate::common::peer::Peer;
use crate::common::process::eventually;
use crate::common::{Day30, on_every_model, read_exactly, read_to_end};
use rustix::process::Signal;
use std::cell::Cell;
use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

/// More lines of narration than a pipe holds, and than the program queues for it.
const ROUND_TRIPS: usize = 5000;

on_every_model!(a_server_whose_stderr_nobody_reads_ends_at_ctrl_c, a_handshake_server_ends_too);

fn a_server_whose_stderr_nobody_reads_ends_at_ctrl_c(io: &str) {
    for server in ["nonblock-server", "socket-server"] {
        let server = Day30::new([server, "--port", "0", "--io", io]).never_read_stderr().serve();
        let mut client = server.connect();
        for _ in 0..ROUND_TRIPS {
            client.write_all(b"x").unwrap();
            assert_eq!(read_exactly(&mut client, 1), b"X");
        }
        server.running.signal(Signal::INT);
        server.running.wait().expect_code(0);
    }
}

/// Somebody is still there, and has to be waited for.
fn a_handshake_server_ends_too(io: &str) {
    let args = ["auth-server", "--secret", "luwei", "--port", "0", "--io", io, "--handshake-timeout", "1s"];
    let server = Day30::new(args).never_read_stderr().serve();
    for _ in 0..400 {
        // What it prints nobody sees, once its stderr is full.
        let (mut client, challenge) = server.asked();
        client.write_all(&right_answer(&challenge)).unwrap();
        assert_eq!(read_to_end(&mut client), b"");
    }
    let _silent = server.asked();
    server.running.signal(Signal::TERM);
    server.running.wait().expect_code(0);
}

/// A client that hears more than its stdout takes.
fn client_with_a_stuck_stdout(command: &[&str]) -> (crate::common::Running, TcpStream) {
    let peer = Peer::listening();
    let client = Day30::new(command).args(["--port", &peer.port(), "--timeout", "1h"]).stdin("hello\n");
    let client = client.keep_stdin_open().never_read_stdout().start();
    let mut server = peer.accept();
    read_exactly(&mut server, 5);
    server.set_write_timeout(Some(Duration::from_millis(500))).unwrap();
    // Until the client takes no more, because nobody takes it from the client.
    while server.write(&b"a line of sixty-four bytes, which nobody is ever going to read\n".repeat(1000)).is_ok() {}
    (client, server)
}

#[test]
fn a_client_whose_stdout_nobody_reads_ends_at_ctrl_c() {
    for command in [&["socket-client"][..], &["nonblock-client", "--message", "hello", "--count", "2"]] {
        let (client, _server) = client_with_a_stuck_stdout(command);
        client.interrupt().expect_code(130);
    }
}

/// What waits for stdout is bounded, so that the server's data is not piled up here.
#[cfg(target_os = "linux")]
#[test]
fn a_client_whose_stdout_nobody_reads_piles_nothing_up() {
    let (client, _server) = client_with_a_stuck_stdout(&["socket-client", "--quiet"]);
    let memory = crate::common::process::status(client.pid(), "VmHWM");
    assert!(memory < 32 << 10, "{memory} KiB");
}

#[test]
fn a_client_whose_stderr_nobody_reads_ends_at_ctrl_c() {
    let server = crate::common::upper_server("poll", &["--quiet"]);
    // Not so fast that its narration is left out.
    let client = ["nonblock-client", "--every", "1ms", "--port", &server.port()];
    let client = Day30::new(client).never_read_stderr().start();
    let (before, looks) = (Cell::new(0), Cell::new(0));
    eventually("nothing more comes, because its stderr is full", || {
        let now = client.stdout.text().len();
        let is_still = now > 0 && before.replace(now) == now;
        looks.set(if is_still { looks.get() + 1 } else { 0 });
        looks.get() > 40
    });
    client.interrupt().expect_code(130);
}

/// The first line of a server is in the pipe's way already; its port is in the narration.
#[cfg(target_os = "linux")]
#[test]
fn a_server_whose_stdout_nobody_reads_ends_at_ctrl_c() {
    for io in ["spin", "poll", "threads"] {
        let (_reader, mut writer) = std::io::pipe().unwrap();
        rustix::io::ioctl_fionbio(&writer, true).unwrap();
        while writer.write(&[b'x'; 4096]).is_ok() {}
        rustix::io::ioctl_fionbio(&writer, false).unwrap();
        let server = ["auth-server", "--secret", "luwei", "--port", "0", "--io", io];
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_day30"));
        let child = command.args(server).env("LC_ALL", "C.UTF-8").stdout(writer).stderr(std::process::Stdio::piped());
        let mut child = child.spawn().unwrap();
        let mut stderr = crate::common::tail::Tail::of(child.stderr.take().unwrap());
        let line = stderr.wait_for("  listen", &stderr);
        assert!(line.contains("server"), "{line}");
        let pid = rustix::process::Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
        rustix::process::kill_process(pid, Signal::INT).unwrap();
        let status = child.wait().unwrap();
        let stderr = String::from_utf8_lossy(&stderr.finish()).into_owned();
        assert_eq!(status.code(), Some(0), "{stderr}");
    }
}
