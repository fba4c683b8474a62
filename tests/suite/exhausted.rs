//! A host that is out of descriptors or of memory: that costs those who come then, and nobody else.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::process::{cpu_ticks, eventually, sleeps, sockets, status};
use crate::common::{Day30, Serving, assert_answers, have, on_every_model, read_exactly, read_to_end, upper_server};
use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

/// Sends `text` on an open connection; the answer must be its upper case.
#[track_caller]
fn assert_upper(client: &mut TcpStream, text: &str) {
    assert_answers(client, text, &text.to_uppercase());
}

/// Changes a limit of the server while it runs. Its hard limit stays, so that this can be undone.
fn limit(server: &Serving, resource: Resource, current: u64) {
    let pid = Pid::from_raw(i32::try_from(server.running.pid()).unwrap());
    prlimit(pid, resource, Rlimit { current: Some(current), ..getrlimit(resource) }).unwrap();
}

/// The first numbers that are no descriptors; a thread that sleeps in accept has the first of them already.
fn free_descriptors(pid: u32) -> Vec<u64> {
    (0..100).filter(|number| !std::fs::exists(format!("/proc/{pid}/fd/{number}")).unwrap()).collect()
}

/// 64 descriptors, of which 16 are no clients': 48 clients may be inside, and whoever comes then is closed at once.
fn the_descriptors_bound_the_clients(io: &str) {
    if !have("prlimit") {
        return;
    }
    let mut command = Command::new("prlimit");
    command.args(["--nofile=64:64", env!("CARGO_BIN_EXE_day30"), "nonblock-server", "--port", "0", "--io", io]);
    let server = Day30::of(command).serve();
    let pid = server.running.pid();
    let asked = if io == "threads" { "256" } else { "1024" };
    server.wait_for_stderr(&format!("at most 48 clients instead of {asked}: "));
    let empty = sockets(pid);

    let mut inside: Vec<_> = (0..48).map(|_| server.connect()).collect();
    inside.iter_mut().enumerate().for_each(|(number, client)| assert_upper(client, &format!("first {number}")));
    for _ in 48..80 {
        assert_eq!(read_to_end(&mut server.connect()), b"");
    }
    let (before, full) = (cpu_ticks(pid), sockets(pid));
    assert_eq!(full, empty + 48);
    thread::sleep(Duration::from_secs(1)); // a full house is nothing to do
    assert!(io == "spin" || cpu_ticks(pid) - before < 10, "a full house costs {} ticks", cpu_ticks(pid) - before);

    inside.iter_mut().enumerate().for_each(|(number, client)| assert_upper(client, &format!("second {number}")));
    drop(inside.pop());
    eventually("a place is free", || sockets(pid) == full - 1);
    server.assert_serves();
    drop(inside);
    eventually("all have left", || sockets(pid) == empty);
    let output = server.stop().expect_stderr("\nclients 49 in ").expect_endings("eof 49, rejected 32");
    assert_eq!(output.stderr.matches("ended: rejected").count(), 32);
}

/// `EMFILE` on accept: the newcomer waits in the queue while the others are served, nobody spins, and as soon as a
/// descriptor is free it is let in.
fn without_a_free_descriptor_newcomers_wait_and_nobody_else(io: &str) {
    let server = upper_server(io, &[]);
    let pid = server.running.pid();
    let (mut first, before) = (server.connect(), getrlimit(Resource::Nofile).current.unwrap());
    assert_upper(&mut first, "first");
    // One more has room.
    limit(&server, Resource::Nofile, free_descriptors(pid)[1]);
    let mut second = server.connect();
    assert_upper(&mut second, "second");

    let (began, ticks) = (Instant::now(), cpu_ticks(pid));
    let mut newcomer = server.connect();
    newcomer.write_all("geduldig".as_bytes()).unwrap();
    server.wait_for_stderr("→ EMFILE: ");
    thread::sleep(Duration::from_secs(2)); // the pauses between two tries grow meanwhile, to one second
    assert_upper(&mut first, "still ß");
    assert_upper(&mut second, "also 中");
    let (tries, ticks) = (server.running.stderr.text().matches("→ EMFILE: ").count() as u64, cpu_ticks(pid) - ticks);
    let seconds = began.elapsed().as_secs();
    assert!(tries <= 8 + seconds, "{tries} tries in {seconds} s");
    assert!(io == "spin" || ticks < 10 + 2 * seconds, "{ticks} ticks in {seconds} s");

    drop(second);
    assert_eq!(read_exactly(&mut newcomer, 8), b"GEDULDIG");
    limit(&server, Resource::Nofile, before);
    server.assert_serves();
    assert_upper(&mut first, "first again");
    drop((first, newcomer));
    server.wait_for_stderr("ended: eof");
    eventually("all have left", || server.running.stderr.text().matches("ended: eof").count() == 4);
    server.stop().expect_stderr("\nclients 4 in ").expect_endings("eof 4");
}

/// Ctrl-C needs no descriptor of its own.
fn a_server_without_a_free_descriptor_can_be_stopped(io: &str) {
    let server = upper_server(io, &[]);
    let mut inside = server.connect();
    assert_upper(&mut inside, "inside");
    assert_upper(&mut inside, "still inside");
    // One is left, and accept holds it for whoever comes.
    limit(&server, Resource::Nofile, free_descriptors(server.running.pid())[0] + 1);
    server.stop().expect_endings("stopped 1");
}

/// No room for another thread's stack: that client is closed, and whoever is inside notices nothing.
#[test]
fn no_room_for_a_stack_costs_that_client_only() {
    let server = upper_server("threads", &[]);
    let mut inside = server.connect();
    assert_upper(&mut inside, "inside");
    limit_address_space(&server, 0);
    for _ in 0..5 {
        assert_eq!(read_to_end(&mut server.connect()), b"");
    }
    assert_upper(&mut inside, "still inside");
    unlimit_address_space(&server);
    server.assert_serves();
    assert_upper(&mut inside, "inside again");
    let output = server.stop().expect_endings("eof 1, stopped 1, no-thread 5");
    assert_eq!(output.stderr.matches("ended: no-thread (").count(), 5);
}

/// What becomes of the clients while the server may have only this many bytes more than it has: whoever is inside already
/// notices nothing, and afterwards everybody is served.
fn with_little_memory(io: &str, headroom: u64, more: &[&str], meanwhile: impl FnOnce(&Serving)) {
    // What is told of each client takes memory too.
    let server = upper_server(io, &[&["--quiet"], more].concat());
    let mut inside = server.connect();
    assert_upper(&mut inside, "inside");
    limit_address_space(&server, headroom);
    meanwhile(&server);
    assert_upper(&mut inside, "still inside");
    unlimit_address_space(&server);
    server.assert_serves();
    assert_upper(&mut inside, "inside again");
    server.stop();
}

fn limit_address_space(server: &Serving, headroom: u64) {
    // A thread that has only begun still asks for memory of its own, and cannot do without.
    eventually("the thread of Ctrl-C is there", || sleeps(server.running.pid(), "ctrl-c"));
    let has = status(server.running.pid(), "VmSize") * 1024;
    limit(server, Resource::As, has + headroom);
}

fn unlimit_address_space(server: &Serving) {
    let ours = getrlimit(Resource::As).current.unwrap_or(u64::MAX);
    limit(server, Resource::As, ours);
}

/// Room for a stack and not for what the thread then asks for: that client may be served or not, and nobody else cares.
#[test]
fn no_room_for_a_buffer_costs_that_client_only() {
    with_little_memory("threads", 300_000, &[], |server| {
        let mut second = server.connect();
        let _ = second.write_all(b"x");
        let _ = second.read(&mut [0]);
    });
}

/// A reply that there is no memory for costs the client that asked for it.
#[test]
fn no_room_for_a_reply_costs_that_client_only() {
    for io in ["spin", "poll"] {
        with_little_memory(io, 0, &["--buffer", "1048576"], |server| {
            let mut greedy = server.connect();
            // Two bytes each, and six in upper case.
            let _ = greedy.write_all("\u{390}".repeat(500_000).as_bytes());
            // Its answer, or its end.
            let _ = greedy.read(&mut [0]);
        });
    }
}

/// Many clients in a small address space: some may find no place, but nobody ends the server.
fn no_room_in_the_list_of_clients_costs_the_newcomers_only(io: &str) {
    with_little_memory(io, 0, &[], |server| {
        let mut others: Vec<_> = (0..480).map(|_| server.connect()).collect();
        for other in &mut others {
            let _ = other.write_all(b"x");
            let _ = other.read(&mut [0]);
        }
    });
}

#[test]
fn no_room_in_the_list_of_clients_of_poll() {
    no_room_in_the_list_of_clients_costs_the_newcomers_only("poll");
}

#[test]
fn no_room_in_the_list_of_clients_of_spin() {
    no_room_in_the_list_of_clients_costs_the_newcomers_only("spin");
}

on_every_model!(
    the_descriptors_bound_the_clients,
    without_a_free_descriptor_newcomers_wait_and_nobody_else,
    a_server_without_a_free_descriptor_can_be_stopped,
);
