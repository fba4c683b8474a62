//! The challenge of lesson 2: 32 bytes from the operating system, new for each connection, and none at all where the
//! system has none to give.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::auth::auth_server;
use crate::common::on_every_model;
use day30::random::challenge;
use std::collections::HashSet;

on_every_model!(every_connection_has_a_challenge_of_its_own, without_random_bytes_there_is_no_challenge);

#[test]
fn no_two_of_many_challenges_are_the_same() {
    let many = 200_000;
    let different: HashSet<_> = (0..many).map(|_| *challenge().unwrap().as_bytes()).collect();
    assert_eq!(different.len(), many);
    // 8 bytes of 200 000 are alike once in a billion runs; so no half of a challenge is a counter or a constant.
    for half in 0..4 {
        let different: HashSet<_> = different.iter().map(|bytes| bytes[8 * half..8 * half + 8].to_vec()).collect();
        assert_eq!(different.len(), many, "bytes {} to {}", 8 * half, 8 * half + 7);
    }
}

/// Chi-square with 255 degrees of freedom: 255 on average, with a standard deviation of 22.6. Eight of those away from
/// it, on either side, is no chance.
#[test]
fn the_bytes_of_many_challenges_are_spread_evenly_at_every_place() {
    let many = 100_000_u32;
    let mut counts = [[0_u32; 256]; 32];
    for _ in 0..many {
        for (place, byte) in challenge().unwrap().as_bytes().iter().enumerate() {
            counts[place][usize::from(*byte)] += 1;
        }
    }
    let expected = f64::from(many) / 256.0;
    for (place, counts) in counts.iter().enumerate() {
        let chi: f64 = counts.iter().map(|count| (f64::from(*count) - expected).powi(2) / expected).sum();
        assert!((75.0..436.0).contains(&chi), "at place {place}: {chi}");
    }
}

fn every_connection_has_a_challenge_of_its_own(io: &str) {
    let server = auth_server(io, &[]);
    let first: Vec<_> = (0..50).map(|_| server.asked()).collect();
    let again: Vec<_> = (0..50).map(|_| server.asked()).collect();
    let mut different: HashSet<_> = first.iter().chain(&again).map(|(_, challenge)| challenge.clone()).collect();
    // A server that starts anew does not start over.
    let other = auth_server(io, &[]);
    different.extend((0..20).map(|_| other.asked().1));
    assert_eq!(different.len(), 120);
}

#[cfg(not(target_os = "linux"))]
fn without_random_bytes_there_is_no_challenge(_: &str) {
    eprintln!("LEFT OUT: only on Linux can the random source be made to fail");
}

/// `strace` makes `getrandom(2)` fail for the challenges, and for nothing before them.
#[cfg(target_os = "linux")]
fn without_random_bytes_there_is_no_challenge(io: &str) {
    use crate::common::{Day30, have, read_to_end};
    if !have("strace") {
        return;
    }
    let calls_before = calls_before_the_first_challenge(io);
    let inject = format!("inject=getrandom:error=EIO:when={}+", calls_before + 1);
    let mut strace = std::process::Command::new("strace");
    // With -D the server is our child, and not strace's.
    strace.args(["-D", "-f", "-qq", "-o", "/dev/null", "-e", "trace=getrandom", "-e", &inject]);
    strace.args([env!("CARGO_BIN_EXE_day30"), "auth-server", "--secret", "luwei", "--port", "0", "--io", io]);
    let server = Day30::of(strace).serve();
    for _ in 0..3 {
        let mut stream = server.connect();
        let peer = stream.local_addr().unwrap();
        assert_eq!(read_to_end(&mut stream), b"", "no challenge is better than a weak one");
        server.wait_for_refusal(peer, day30::protocol::Ending::NoRandomness);
    }
    server.stop().expect_endings("no-randomness 3");
}

/// How many calls of `getrandom(2)` the thread that makes challenges has made for other things before the first one.
#[cfg(target_os = "linux")]
fn calls_before_the_first_challenge(io: &str) -> usize {
    use crate::common::{Day30, process::eventually};
    let log = std::env::temp_dir().join(format!("day30-getrandom-{}-{io}", std::process::id()));
    let mut strace = std::process::Command::new("strace");
    strace.args(["-D", "-f", "-qq", "-e", "trace=getrandom", "-o"]).arg(&log);
    strace.args([env!("CARGO_BIN_EXE_day30"), "auth-server", "--secret", "luwei", "--port", "0", "--io", io]);
    let server = Day30::of(strace).serve();
    let challenge = server.asked();
    // A challenge is the only thing that takes 32 bytes.
    let read = || std::fs::read_to_string(&log).unwrap_or_default();
    let is_challenge = |line: &str| line.contains(", 32, 0) = 32");
    eventually("the challenge is in strace's log", || read().lines().any(is_challenge));
    let lines = read();
    std::fs::remove_file(&log).unwrap();
    drop(challenge);
    let line = lines.lines().find(|line| is_challenge(line)).unwrap();
    let thread = line.split(' ').next().unwrap();
    lines.lines().take_while(|line| !is_challenge(line)).filter(|line| line.split(' ').next() == Some(thread)).count()
}
