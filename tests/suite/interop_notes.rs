//! The programs of the notes, word for word, with ours: each may be either end. They have no choice but port 9000, so
//! these tests wait for each other, and for the port. Where it was used a minute ago, the notes' servers cannot have it
//! again yet, because they do not ask for `SO_REUSEADDR`.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::process::listeners;
use crate::common::{Day30, Output, Running, have, python};
use std::fs;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// A closed connection keeps its port for one minute (TIME_WAIT); another test may have it before us.
const PATIENCE_FOR_THE_PORT: Duration = Duration::from_secs(180);

/// Who has it may use port 9000.
fn port_9000() -> MutexGuard<'static, ()> {
    static PORT: Mutex<()> = Mutex::new(());
    PORT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A program of the notes.
fn notes(program: &str) -> Day30 {
    let mut python = python();
    python.arg(format!("{}/tests/notes/{program}", env!("CARGO_MANIFEST_DIR")));
    Day30::of(python)
}

/// Whether this process listens on 127.0.0.1:9000: as the kernel has it, because asking by connecting would be a client.
fn listens(pid: u32) -> bool {
    // 9000 is 2328 in hex.
    let listener = listeners().find(|fields| fields[1] == "0100007F:2328");
    let Some(socket) = listener.map(|fields| format!("socket:[{}]", fields[9])) else { return false };
    let Ok(descriptors) = fs::read_dir(format!("/proc/{pid}/fd")) else { return false };
    descriptors.flatten().any(|entry| fs::read_link(entry.path()).is_ok_and(|to| to.as_os_str() == &*socket))
}

fn has_ended(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| stat.contains(") Z "))
}

/// Starts a server until it has its port.
fn listening(server: impl Fn() -> Day30) -> Running {
    let began = Instant::now();
    loop {
        let running = server().start();
        while !has_ended(running.pid()) {
            if listens(running.pid()) {
                return running;
            }
            assert!(began.elapsed() < PATIENCE_FOR_THE_PORT, "it neither listens nor ends");
            thread::sleep(Duration::from_millis(10));
        }
        let output = running.wait();
        let taken =
            ["Address already in use", "connections that are over keep the port", "another program listens on it"];
        let is_taken = taken.map(|why| output.stderr.contains(why));
        assert!(is_taken.contains(&true), "{}", output.stderr);
        assert!(began.elapsed() < PATIENCE_FOR_THE_PORT, "the port never got free");
        thread::sleep(Duration::from_millis(200));
    }
}

/// One of our clients, which needs no address: the notes' is the default.
fn ours(arguments: &[&str], stdin: &str) -> Output {
    Day30::new(arguments).stdin(stdin).run().expect_code(0)
}

/// All of them in one test, and the one last that closes its connection itself, so that its port is not free for a minute.
/// The servers of lessons 1 and 4 never end: they are killed when they are dropped.
#[test]
fn the_notes_servers_are_spoken_with_by_our_clients() {
    if !have("python3") {
        return;
    }
    let _port = port_9000();
    for program in ["1_nonblock_server.py", "4_socket_server.py"] {
        let _server = listening(|| notes(program));
        let shown = ours(&["nonblock-client", "--count", "2", "--every", "10ms"], "");
        assert_eq!(shown.out(), "CLENT11\nCLENT11\n", "{program}");
        assert_eq!(ours(&["socket-client"], "one\nstraße 你好\n\n").out(), "ONE\nSTRASSE 你好\n", "{program}");
    }
    let server = listening(|| notes("2_auth_server.py"));
    ours(&["auth-client", "--secret", "luwei"], "");
    assert_eq!(server.wait().expect_code(0).out(), "ok\n");
}

#[test]
fn our_servers_answer_the_notes_client_of_lesson_1() {
    if !have("python3") {
        return;
    }
    let _port = port_9000();
    for server in ["nonblock-server", "socket-server"] {
        for io in ["spin", "poll", "threads"] {
            let server = listening(|| Day30::new([server, "--io", io]));
            let client = notes("1_nonblock_client.py").start();
            client.stdout.wait_for("CLENT11\n", &client.stderr);
            // It never ends by itself.
            drop(client);
            server.wait_for_stderr("ended: eof");
            server.interrupt().expect_code(0).expect_endings("eof 1");
        }
    }
}

#[test]
fn our_servers_let_the_notes_client_of_lesson_2_in() {
    if !have("python3") {
        return;
    }
    let _port = port_9000();
    for io in ["spin", "poll", "threads"] {
        for (secret, code, ending) in [("luwei", 0, "ok 1"), ("another", 1, "refused 1")] {
            // In slow motion the client closes first, and keeps the port for no minute.
            let server = ["auth-server", "--once", "--slow", "50ms", "--io", io, "--secret", secret];
            let server = listening(|| Day30::new(server));
            assert_eq!(notes("2_auth_client.py").run().expect_code(0).stderr, "");
            let output = server.wait().expect_code(code).expect_endings(ending);
            assert_eq!(output.out().lines().any(|line| line == "ok"), code == 0);
        }
    }
}

/// Their program itself ends with a TypeError since Python 3.8; what it printed before stands in its last line.
#[test]
fn our_hmac_is_the_one_that_the_notes_show() {
    let program = fs::read_to_string(format!("{}/tests/notes/3_hmac.py", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let shown = program.lines().find_map(|line| line.strip_prefix('#')).unwrap();
    let (shown, length) = shown.split_once(" 长度").unwrap();
    let ours = ours(&["hmac", "--key", "asd", "--msg", "sad"], "");
    let lines: Vec<_> = ours.out().lines().collect();
    assert_eq!((lines[0], lines[2]), (shown, &*format!("length {}", length)));
}
