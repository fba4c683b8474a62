//! What the kernel may answer and rarely does, put into the servers' system calls from outside.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::record::RecordFile;
use crate::common::{Day30, Serving, assert_answers, have, on_every_model, read_exactly, read_to_end};
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

const UPPER: [&str; 3] = ["nonblock-server", "--port", "0"];
const AUTH: [&str; 5] = ["auth-server", "--secret", "luwei", "--port", "0"];

/// The program under strace, which counts each thread's calls by itself. `-D` leaves the program our own child, so that
/// signals reach it and the exit code is its own.
fn strace<'a>(options: &[&str], args: impl IntoIterator<Item = &'a str>) -> Day30 {
    let mut command = Command::new("strace");
    command.args(["-D", "-f", "-qq"]).args(options).arg(env!("CARGO_BIN_EXE_day30")).args(args);
    Day30::of(command)
}

/// A server one of whose system calls is given another outcome: `sendto:error=EAGAIN:when=1`.
fn server_with(fault: &str, args: &[&str], io: &str) -> Serving {
    under(fault, args, io).serve()
}

fn under(fault: &str, args: &[&str], io: &str) -> Day30 {
    let trace = format!("trace={}", fault.split(':').next().unwrap());
    let options = ["-o", "/dev/null", "-e", &trace, "-e", &format!("inject={fault}")];
    strace(&options, args.iter().copied().chain(["--io", io]))
}

/// How often the main thread made this call in a run that served one client: what a second client needs comes next.
fn calls_for_one_client(call: &str, args: &[&str], io: &str) -> usize {
    let log = log_file(call, args, io);
    let options = ["-o", log.to_str().unwrap(), "-e", &format!("trace={call}")];
    let server = strace(&options, args.iter().copied().chain(["--io", io])).serve();
    let pid = server.running.pid().to_string();
    let mut client = server.connect();
    client.write_all(&[0; 4]).unwrap(); // four letters to one server, a wrong length to the other
    server.wait_for_event(1, "recv");
    drop(client);
    server.wait_for_event(1, "close");
    server.stop();
    let text = fs::read_to_string(&log).unwrap();
    fs::remove_file(log).unwrap();
    let of_main = text.lines().filter(|line| line.split_whitespace().next() == Some(&pid));
    let count = of_main.filter(|line| line.contains(&format!(" {call}("))).count();
    assert!(count > 0, "no {call}:\n{text}");
    count
}

fn log_file(call: &str, args: &[&str], io: &str) -> PathBuf {
    std::env::temp_dir().join(format!("day30-tests-{}-{call}-{}-{io}", std::process::id(), args[0]))
}

/// Sends `text` on an open connection; the answer must be its upper case.
#[track_caller]
fn assert_upper(client: &mut TcpStream, text: &str) {
    assert_answers(client, text, &text.to_uppercase());
}

/// `EAGAIN` on the first send: the reply waits, and nothing of it is lost.
fn a_reply_that_finds_no_room_is_sent_later(io: &str) {
    if !have("strace") {
        return;
    }
    let server = server_with("sendto:error=EAGAIN:when=1", &UPPER, io);
    let mut client = server.connect();
    client.write_all("ß1".as_bytes()).unwrap();
    server.wait_for_stderr("send → would block (EAGAIN)");
    // Of room that was there all along no kernel tells; the next bytes wake the server in any case.
    client.write_all("中2".as_bytes()).unwrap();
    assert_eq!(read_exactly(&mut client, 7), "SS1中2".as_bytes());
    assert_upper(&mut client, "last");
    server.stop();
}

/// `send` took one byte (or so it said): the rest follows, from the second on.
fn a_send_that_takes_one_byte_is_continued_behind_it(io: &str) {
    if !have("strace") {
        return;
    }
    let server = server_with("sendto:retval=1:when=1", &UPPER, io);
    let mut client = server.connect();
    client.write_all(b"abcdef").unwrap();
    server.wait_for_stderr("send → 1 byte \"A\"");
    // The kernel was not asked that time, so the first byte is nowhere.
    assert_eq!(read_exactly(&mut client, 5), b"BCDEF");
    server.wait_for_stderr("send → 5 bytes \"BCDEF\"");
    assert_upper(&mut client, "last");
    server.stop();
}

/// `EINTR` on every other call: it is made again, and nobody notices.
fn interrupted_calls_are_made_again(io: &str) {
    if !have("strace") {
        return;
    }
    let faults = ["recvfrom", "sendto", "accept4", "epoll_wait"];
    for call in faults.into_iter().filter(|call| *call != "epoll_wait" || io == "poll") {
        let record = RecordFile::new();
        let fault = format!("{call}:error=EINTR:when=1+2");
        let server = under(&fault, &UPPER, io).args(["--record", record.arg()]).serve();
        let mut client = server.connect();
        for text in ["one", "ß", "中文"] {
            assert_upper(&mut client, text);
        }
        server.assert_serves();
        drop(client);
        server.wait_for_event(1, "close");
        server.stop().expect_endings("eof 2");
        // Where the standard library makes the call again by itself, there is nothing to tell.
        assert!(call == "accept4" || !record.read().with("errno", "EINTR").is_empty(), "{call} was not interrupted");
    }
}

/// The client was gone before it was let in: that is nobody else's fault, so the next one is let in at once.
fn a_client_that_is_gone_before_it_is_let_in_is_passed_over(io: &str) {
    if !have("strace") {
        return;
    }
    for errno in ["ECONNABORTED", "EPROTO", "ENETDOWN", "EHOSTUNREACH", "EPERM"] {
        let server = server_with(&format!("accept4:error={errno}:when=1"), &UPPER, io);
        let mut client = server.connect();
        assert_upper(&mut client, "first");
        server.wait_for_stderr(&format!("→ {errno}: "));
        server.assert_serves();
        assert_upper(&mut client, "last");
        drop(client);
        server.wait_for_event(1, "close");
        server.stop().expect_stderr("\nclients 2 in ").expect_endings("eof 2");
    }
}

/// The host is out of something: accepting pauses, and resumes; those inside notice nothing.
fn a_host_that_cannot_accept_is_asked_again_after_a_pause(io: &str) {
    if !have("strace") {
        return;
    }
    for errno in ["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"] {
        let began = Instant::now();
        let server = server_with(&format!("accept4:error={errno}:when=1+2"), &UPPER, io);
        let mut client = server.connect();
        assert_upper(&mut client, "first");
        for _ in 0..3 {
            server.assert_serves();
        }
        assert_upper(&mut client, "last");
        drop(client);
        server.wait_for_event(1, "close");
        let output = server.stop().expect_stderr("\nclients 4 in ").expect_endings("eof 4");
        // Four times it was let in, and each time the pauses had begun to grow from 10 ms to a second: no more than 8 of them.
        let (tries, seconds) =
            (output.stderr.matches(&format!("→ {errno}: ")).count() as u64, began.elapsed().as_secs());
        assert!((1..=4 * 8 + seconds).contains(&tries), "{tries} tries in {seconds} s");
    }
}

/// `ENOBUFS` and its like on a send: that client is closed, and nobody else.
fn a_send_that_fails_costs_that_client_only(io: &str) {
    if !have("strace") {
        return;
    }
    for errno in ["ENOBUFS", "ENOMEM", "EHOSTUNREACH", "EPIPE"] {
        let server = server_with(&format!("sendto:error={errno}:when=3"), &UPPER, io);
        let (mut victim, mut other) = (server.connect(), server.connect());
        assert_upper(&mut victim, "one");
        assert_upper(&mut victim, "two");
        victim.write_all(b"three").unwrap();
        assert_eq!(read_to_end(&mut victim), b"");
        assert_upper(&mut other, "one ß");
        assert_upper(&mut other, "two 中");
        server.assert_serves();
        drop(other);
        server.wait_for_event(2, "close");
        let failed = if errno == "EPIPE" { "reset" } else { "failed" };
        server.wait_for_event(1, &format!("ended: {failed} ("));
        let output = server.stop().expect_stderr(&format!("→ {errno}: "));
        let ended = if errno == "EPIPE" { "eof 2, reset 1" } else { "eof 2, failed 1" };
        output.expect_endings(ended);
    }
}

/// The same for a receive: a peer that the network lost, or memory that is not there.
fn a_receive_that_fails_costs_that_client_only(io: &str) {
    if !have("strace") {
        return;
    }
    // Each thread's calls are counted by themselves, and the fourth is one that an honest exchange does not reach.
    let when = if io == "threads" { 4 } else { 1 };
    for errno in ["ETIMEDOUT", "EHOSTUNREACH", "ENOMEM"] {
        let server = server_with(&format!("recvfrom:error={errno}:when={when}"), &UPPER, io);
        let mut victim = server.connect();
        for _ in 1..when {
            assert_upper(&mut victim, "again");
        }
        victim.write_all(b"once more").unwrap();
        // What nobody reads any more makes the kernel reset the connection.
        assert_eq!(victim.read(&mut [0]).unwrap_or(0), 0);
        server.wait_for_event(1, "ended: failed (");
        server.assert_serves();
        server.stop().expect_stderr(&format!("→ {errno}: ")).expect_endings("eof 1, failed 1");
    }
}

/// The poller has no room for another client.
#[test]
fn a_client_that_cannot_be_watched_is_closed_alone() {
    if !have("strace") {
        return;
    }
    let second = calls_for_one_client("epoll_ctl", &UPPER, "poll") + 1;
    let server = server_with(&format!("epoll_ctl:error=ENOSPC:when={second}"), &UPPER, "poll");
    let mut first = server.connect();
    assert_upper(&mut first, "first");
    assert_eq!(read_to_end(&mut server.connect()), b"");
    server.wait_for_event(2, "ended: failed (");
    assert_upper(&mut first, "still here");
    server.assert_serves();
    drop(first);
    server.wait_for_event(1, "close");
    server.stop().expect_endings("eof 2, failed 1");
}

/// The system has no thread for a client: it is told so, and nobody else notices.
#[test]
fn a_client_without_a_thread_is_closed_alone() {
    if !have("strace") {
        return;
    }
    let second = calls_for_one_client("clone3", &UPPER, "threads") + 1;
    let server = server_with(&format!("clone3:error=EAGAIN:when={second}"), &UPPER, "threads");
    let mut first = server.connect();
    assert_upper(&mut first, "first");
    assert_eq!(read_to_end(&mut server.connect()), b"");
    server.wait_for_event(2, "ended: no-thread (");
    assert_upper(&mut first, "still here");
    server.assert_serves();
    drop(first);
    server.wait_for_event(1, "close");
    server.stop().expect_stderr("\nclients 3 in ").expect_endings("eof 2, no-thread 1");
}

/// No random bytes: that client gets no challenge at all, never a weak one.
fn a_client_without_a_challenge_is_closed_alone(io: &str) {
    if !have("strace") {
        return;
    }
    let second = calls_for_one_client("getrandom", &AUTH, io) + 1;
    let server = server_with(&format!("getrandom:error=EIO:when={second}"), &AUTH, io);
    let port = server.port();
    let prove =
        || Day30::new(["auth-client", "--secret", "luwei", "--seen", "off", "--port", &port]).run().expect_code(0);
    prove();
    assert_eq!(read_to_end(&mut server.connect()), b"");
    server.wait_for_event(2, "ended: no-randomness (");
    prove();
    let challenge = read_exactly(&mut server.connect(), 32);
    assert_ne!(challenge, [0; 32]);
    server.wait_for_event(4, "close");
    let output = server.stop().expect_endings("eof 1, ok 2, no-randomness 1");
    assert_eq!(output.out().matches("ok\n").count(), 2);
    assert_eq!(output.stderr.matches(": 32 random bytes, ").count(), 3);
}

/// What the system does not give at the start ends it at the start, with a name for what was tried.
#[test]
fn what_is_missing_at_the_start_is_named() {
    if !have("strace") {
        return;
    }
    let faults = [
        ("socket:error=EMFILE:when=1", "error: cannot listen on 127.0.0.1:0: Too many open files"),
        ("bind:error=EACCES:when=1", "error: cannot listen on 127.0.0.1:0: only the administrator may use ports"),
        ("clone3:error=EAGAIN:when=1", "error: cannot catch Ctrl-C: "),
        (
            "clone3:error=EAGAIN:when=2",
            "error: cannot start the thread that writes to the terminal: Resource temporarily unavailable",
        ),
    ];
    for (fault, expected) in faults {
        let output = under(fault, &UPPER, "poll").run().expect_code(3).expect_stderr(expected);
        assert_eq!(output.out(), "");
    }
}

/// The same for what the model itself needs, after the first line.
#[test]
fn a_poller_that_is_missing_at_the_start_is_named() {
    if !have("strace") {
        return;
    }
    for fault in ["epoll_create1:error=EMFILE:when=1", "epoll_ctl:error=ENOSPC:when=2"] {
        let output = under(fault, &UPPER, "poll").run().expect_code(3);
        output.expect_stderr("error: cannot ").expect_stderr(" 127.0.0.1:");
    }
}

on_every_model!(
    a_reply_that_finds_no_room_is_sent_later,
    a_send_that_takes_one_byte_is_continued_behind_it,
    interrupted_calls_are_made_again,
    a_client_that_is_gone_before_it_is_let_in_is_passed_over,
    a_host_that_cannot_accept_is_asked_again_after_a_pause,
    a_send_that_fails_costs_that_client_only,
    a_receive_that_fails_costs_that_client_only,
    a_client_without_a_challenge_is_closed_alone,
);
