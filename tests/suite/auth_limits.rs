//! Lesson 2's server and those who take their time, or take more than their share: the deadline of a handshake, memory,
//! places, and Ctrl-C in the middle of it.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::auth::{ended, paced_auth_server, right_answer, told};
use crate::common::process::{eventually, status};
use crate::common::{Serving, on_every_model, read_to_end};
use day30::protocol::{Ending, Fact};
use rustix::process::Signal;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

on_every_model!(
    who_says_nothing_holds_nobody_up_and_may_speak_at_last,
    who_says_nothing_is_closed_at_the_deadline,
    a_drip_does_not_extend_the_deadline,
    who_proved_itself_and_stays_gives_its_place_back,
    places_and_threads_of_the_silent_come_back,
    an_announced_gigabyte_is_not_allocated,
    whoever_proved_itself_keeps_its_place_and_one_client_too_many_is_closed,
    ctrl_c_lets_a_handshake_under_way_finish,
    ctrl_c_does_not_wait_for_the_silent_beyond_their_deadline,
    ctrl_c_waits_for_nobody_for_ever,
    a_second_ctrl_c_ends_at_once,
);

/// The end of a connection that the server closed, after which nothing more came.
#[track_caller]
fn assert_closed(mut stream: TcpStream) {
    assert_eq!(read_to_end(&mut stream), b"");
}

/// The time is ample: if the server waited for the silent one, the other two would wait as long.
fn who_says_nothing_holds_nobody_up_and_may_speak_at_last(io: &str) {
    let server = paced_auth_server(io, &["--handshake-timeout", "1h"]);
    let (silent, challenge) = server.asked();
    server.assert_proves();
    server.assert_proves();
    server.assert_lets_in(silent, &right_answer(&challenge));
    server.stop().expect_endings("ok 3");
}

fn who_says_nothing_is_closed_at_the_deadline(io: &str) {
    let server = paced_auth_server(io, &["--handshake-timeout", "500ms"]);
    let (silent, _) = server.asked();
    let peer = silent.local_addr().unwrap();
    assert_closed(silent);
    server.wait_for_stderr(&told(&Fact::TooSlow { got: 0, expected: 36 }));
    server.wait_for_refusal(peer, Ending::HandshakeTimeout);
    let output = server.stop().expect_endings("handshake-timeout 1");
    assert_eq!(output.out().lines().count(), 1, "{}", output.out());
}

/// One byte in 200 ms: the whole answer would take over seven seconds, each pause far less than the deadline.
fn a_drip_does_not_extend_the_deadline(io: &str) {
    let server = paced_auth_server(io, &["--handshake-timeout", "2s"]);
    let (mut stream, challenge) = server.asked();
    for byte in right_answer(&challenge) {
        thread::sleep(Duration::from_millis(200));
        if server.running.stderr.text().contains("ended: ") {
            break;
        }
        stream.write_all(&[byte]).unwrap();
    }
    assert_closed(stream);
    server.wait_for_stderr(&ended(Ending::HandshakeTimeout));
    let said = server.running.stderr.text();
    let too_slow = |got| said.contains(&told(&Fact::TooSlow { got, expected: 36 }));
    assert!((1..36).any(too_slow), "{said}");
    assert_eq!(server.oks(), 0);
    server.assert_proves();
}

/// The server has said its end, and the client does not say its own: the only place is free again all the same.
fn who_proved_itself_and_stays_gives_its_place_back(io: &str) {
    let server = paced_auth_server(io, &["--max-clients", "1"]);
    let (mut stays, challenge) = server.asked();
    server.assert_lets_in(stays.try_clone().unwrap(), &right_answer(&challenge));
    eventually("there is a place again", || proves(&server));
    assert_eq!(stays.read(&mut [0]).unwrap_or(0), 0);
}

/// Whether a client finds a place, which shows in its challenge; if so, it must be let in.
fn proves(server: &Serving) -> bool {
    let (mut stream, mut challenge) = (server.connect(), [0; 32]);
    let before = server.oks();
    if stream.read_exact(&mut challenge).is_err() {
        return false;
    }
    stream.write_all(&right_answer(&challenge)).unwrap();
    assert_closed(stream);
    eventually("the server says ok", || server.oks() == before + 1);
    true
}

fn places_and_threads_of_the_silent_come_back(io: &str) {
    let server = paced_auth_server(io, &["--handshake-timeout", "1s"]);
    server.assert_proves();
    let level = Level::of(&server);
    let silent: Vec<_> = (0..20).map(|_| server.asked().0).collect();
    silent.into_iter().for_each(assert_closed);
    level.assert_again(&server);
    server.assert_proves();
    server.stop().expect_endings("ok 2, handshake-timeout 20");
}

/// What a process has open.
struct Level {
    descriptors: usize,
    threads: u64,
}

impl Level {
    /// The level with nobody there: once the last one's thread has ended.
    #[cfg(target_os = "linux")]
    fn of(server: &Serving) -> Self {
        let pid = server.running.pid();
        let read = || (crate::common::process::descriptors(pid), status(pid, "Threads"));
        server.wait_for_stderr("#1       close");
        let (descriptors, threads) = read();
        Self { descriptors, threads }
    }

    #[cfg(target_os = "linux")]
    fn assert_again(&self, server: &Serving) {
        let pid = server.running.pid();
        eventually("descriptors are as before", || crate::common::process::descriptors(pid) <= self.descriptors);
        eventually("threads are as before", || status(pid, "Threads") <= self.threads);
    }

    #[cfg(not(target_os = "linux"))]
    fn of(_: &Serving) -> Self {
        Self { descriptors: 0, threads: 0 }
    }

    #[cfg(not(target_os = "linux"))]
    fn assert_again(&self, _: &Serving) {
        assert_eq!((self.descriptors, self.threads), (0, 0));
    }
}

/// Eight clients at once announce two gigabytes each, and begin to send them.
fn an_announced_gigabyte_is_not_allocated(io: &str) {
    let server = paced_auth_server(io, &[]);
    let clients: Vec<_> = (0..8).map(|_| server.asked().0).collect();
    let before = memory(&server);
    for mut stream in clients {
        stream.write_all(&i32::MAX.to_le_bytes()).unwrap();
        stream.write_all(&vec![b'a'; 1 << 20]).unwrap();
        assert_closed(stream);
    }
    let after = memory(&server);
    assert!(after.0 - before.0 < 8 << 10, "{} KiB more were used", after.0 - before.0);
    // Threads reserve addresses for what they may need, which are no memory yet; two gigabytes would be more.
    assert!(after.1 - before.1 < 1 << 20, "{} KiB more were reserved", after.1 - before.1);
    server.assert_proves();
    server.stop().expect_endings("ok 1, bad-length 8");
}

/// The most memory that a process has had so far, and the most addresses, in KiB. Zero where the system does not tell.
fn memory(server: &Serving) -> (u64, u64) {
    if cfg!(target_os = "linux") {
        let pid = server.running.pid();
        (status(pid, "VmHWM"), status(pid, "VmPeak"))
    } else {
        (0, 0)
    }
}

fn whoever_proved_itself_keeps_its_place_and_one_client_too_many_is_closed(io: &str) {
    let server = paced_auth_server(io, &["--max-clients", "2"]);
    let stay: Vec<_> = (0..2)
        .map(|_| {
            let (stream, challenge) = server.asked();
            server.assert_lets_in(stream.try_clone().unwrap(), &right_answer(&challenge));
            stream
        })
        .collect();
    let mut outside = server.connect();
    assert_eq!(outside.read(&mut [0]).unwrap(), 0);
    server.wait_for_refusal(outside.local_addr().unwrap(), Ending::Rejected);
    drop(stay);
    eventually("there is a place again", || proves(&server));
}

/// Ctrl-C, or SIGTERM, which has been noticed.
fn interrupt(server: &Serving, signal: Signal) {
    server.running.signal(signal);
    server.wait_for_stderr("stopping: ");
}

fn ctrl_c_lets_a_handshake_under_way_finish(io: &str) {
    let server = paced_auth_server(io, &["--handshake-timeout", "60s"]);
    let (mut half, asked_half) = server.asked();
    let (mut new, asked_new) = server.asked();
    let answer = right_answer(&asked_half);
    half.write_all(&answer[..17]).unwrap();
    server.wait_for_stderr("recv → 17 bytes");
    interrupt(&server, Signal::INT);
    eventually("nobody else is let in", || {
        TcpStream::connect(server.address).is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused)
    });
    half.write_all(&answer[17..]).unwrap();
    new.write_all(&right_answer(&asked_new)).unwrap();
    assert_closed(half);
    assert_closed(new);
    let output = server.running.wait().expect_code(0);
    assert_eq!(output.out().lines().skip(1).collect::<Vec<_>>(), ["ok", "ok"]);
    // Who looked whether the door was closed may have slipped in, and is counted too.
    output.expect_stderr("ok 2");
}

fn ctrl_c_does_not_wait_for_the_silent_beyond_their_deadline(io: &str) {
    let server = paced_auth_server(io, &["--handshake-timeout", "1s"]);
    let (silent, _) = server.asked();
    interrupt(&server, Signal::TERM);
    assert_closed(silent);
    server.running.wait().expect_code(0).expect_endings("handshake-timeout 1");
}

/// However long a handshake may take, a stopping server has ten seconds.
fn ctrl_c_waits_for_nobody_for_ever(io: &str) {
    let server = paced_auth_server(io, &["--handshake-timeout", "1h"]);
    let (mut silent, _) = server.asked();
    interrupt(&server, Signal::INT);
    let pieces = silent.read(&mut [0; 8]);
    assert_eq!(pieces.unwrap_or(0), 0);
    server.running.wait().expect_code(0).expect_stderr("still connected at the end: 1\n");
}

fn a_second_ctrl_c_ends_at_once(io: &str) {
    let server = paced_auth_server(io, &["--handshake-timeout", "1h"]);
    let (_silent, _) = server.asked();
    interrupt(&server, Signal::INT);
    server.running.signal(Signal::INT);
    server.running.wait().expect_code(130);
}
