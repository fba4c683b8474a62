//! Clients that connect and show nothing: they cannot keep those out who have something to say.
//!
//! On Linux the whole of 127.0.0.0/8 is the machine's, so that a crowd and an honest client have an address each.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::auth::{auth_server, packed, right_answer, told};
use crate::common::process::allow_descriptors;
use crate::common::{PATIENCE, Serving, assert_answers, on_every_model, read_exactly, read_to_end, upper_server};
use day30::protocol::{Ending, Fact};
use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

on_every_model!(
    the_oldest_handshake_makes_room,
    an_address_with_too_many_handshakes_pays_for_itself,
    there_is_a_limit_for_handshakes_alone,
    whoever_was_refused_and_stays_makes_room,
    whoever_has_to_wait_makes_room,
    the_oldest_silent_client_makes_room_and_talkers_stay,
    an_honest_client_gets_in_beside_ten_thousand_half_open_ones,
);

const CROWD: [u8; 4] = [127, 0, 0, 2];
const HONEST: [u8; 4] = [127, 0, 0, 3];
/// How many connect at the same time.
const ATTACKERS: usize = 4;

fn asked_from(ip: [u8; 4], server: &Serving) -> (TcpStream, Vec<u8>) {
    let mut stream = server.connect_from(ip);
    let challenge = read_exactly(&mut stream, 32);
    (stream, challenge)
}

fn the_oldest_handshake_makes_room(io: &str) {
    let server = auth_server(io, &["--max-clients", "2", "--handshake-timeout", "1h"]);
    let (mut oldest, _) = server.asked();
    oldest.write_all(&packed("")[..3]).unwrap();
    server.wait_for_event(1, "recv → 3 bytes");
    let (second, asked_second) = server.asked();
    let (third, asked_third) = server.asked();
    let peer = oldest.local_addr().unwrap();
    assert_eq!(read_to_end(&mut oldest), b"");
    server.wait_for_stderr(&told(&Fact::Evicted { got: 3, expected: 36 }));
    server.wait_for_refusal(peer, Ending::Evicted);
    server.assert_lets_in(second, &right_answer(&asked_second));
    server.assert_lets_in(third, &right_answer(&asked_third));
    let output = server.stop().expect_stderr("\nfull    1 clients that had not authenticated were closed");
    output.expect_endings("ok 2, evicted 1");
}

/// Three quarters of four places: the fourth one of the crowd costs the crowd's first, and another address finds a place.
fn an_address_with_too_many_handshakes_pays_for_itself(io: &str) {
    let server = auth_server(io, &["--max-clients", "4", "--handshake-timeout", "1h", "--lang", "zh"]);
    let (honest, challenge) = asked_from(HONEST, &server);
    let mut crowd: Vec<_> = (0..4).map(|_| asked_from(CROWD, &server).0).collect();
    assert_eq!(read_to_end(&mut crowd.remove(0)), b"");
    server.assert_lets_in(honest, &right_answer(&challenge));
    drop(crowd);
    server.stop().expect_stderr("关闭了 1 个未通过验证的客户端").expect_stderr("eof 3, ok 1, evicted 1\n");
}

fn there_is_a_limit_for_handshakes_alone(io: &str) {
    let server = auth_server(io, &["--max-unauthenticated", "1", "--handshake-timeout", "1h"]);
    let (mut first, _) = server.asked();
    let (second, challenge) = server.asked();
    assert_eq!(read_to_end(&mut first), b"");
    server.assert_lets_in(second, &right_answer(&challenge));
}

/// It was told why, and only waits for the server to forget it.
fn whoever_was_refused_and_stays_makes_room(io: &str) {
    let server = auth_server(io, &["--max-clients", "2", "--handshake-timeout", "1h"]);
    let refused: Vec<_> = (0..2)
        .map(|_| {
            let (mut stream, _) = server.asked();
            stream.write_all(&packed("0".repeat(32))).unwrap();
            assert_eq!(read_to_end(&mut stream), b"");
            stream
        })
        .collect();
    server.assert_proves();
    drop(refused);
    server.stop().expect_endings("ok 1, refused 2");
}

/// An address that guesses waits for its next challenge; nobody waits for its waiting.
fn whoever_has_to_wait_makes_room(io: &str) {
    let server = auth_server(io, &["--max-clients", "4", "--handshake-timeout", "1h"]);
    for _ in 0..10 {
        let (mut stream, _) = asked_from(CROWD, &server);
        stream.write_all(&packed("0".repeat(32))).unwrap();
        assert_eq!(read_to_end(&mut stream), b"");
    }
    let mut crowd: Vec<_> = (0..20).map(|_| server.connect_from(CROWD)).collect();
    server.assert_proves();
    for stream in crowd.iter_mut().take(16) {
        // On a slow machine its wait was over, and its challenge had come.
        assert!([0, 32].contains(&read_to_end(stream).len()));
    }
}

fn the_oldest_silent_client_makes_room_and_talkers_stay(io: &str) {
    let server = upper_server(io, &["--max-clients", "3"]);
    let mut talker = server.connect();
    assert_answers(&mut talker, "i am in", "I AM IN");
    let mut silent: Vec<_> = (0..2).map(|_| server.connect()).collect();
    let mut newcomer = server.connect();
    assert_answers(&mut newcomer, "me too", "ME TOO");
    assert_eq!(read_to_end(&mut silent.remove(0)), b"");
    server.wait_for_stderr(&told(&Fact::EvictedSilent));
    // Half a character is more than nothing.
    silent[0].write_all(&"ß".as_bytes()[..1]).unwrap();
    server.wait_for_event(3, "recv → 1 byte");
    assert_eq!(read_to_end(&mut server.connect()), b"");
    server.wait_for_event(5, "ended: rejected");
    silent[0].write_all(&"ß".as_bytes()[1..]).unwrap();
    assert_eq!(read_exactly(&mut silent[0], 2), b"SS");
    assert_answers(&mut talker, "still in", "STILL IN");
    drop((talker, newcomer, silent));
    server.stop().expect_stderr("\nfull    1 clients that had sent nothing were closed");
}

/// Connects again and again without a word, and keeps the last `held` of the connections.
fn keep_connecting(address: SocketAddr, held: usize, made: &AtomicUsize, stop: &AtomicBool) {
    let mut crowd = std::collections::VecDeque::new();
    while !stop.load(Ordering::Relaxed) {
        let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
        socket.bind(&SocketAddr::from((CROWD, 0)).into()).unwrap();
        // A server whose queue is full lets it wait.
        if socket.connect_timeout(&address.into(), Duration::from_secs(5)).is_ok() {
            // No address is kept for a minute after this one has gone.
            socket.set_linger(Some(Duration::ZERO)).unwrap();
            made.fetch_add(1, Ordering::Relaxed);
            crowd.push_back(socket);
        }
        if crowd.len() > held {
            crowd.pop_front();
        }
    }
}

/// The crowd keeps coming while the honest clients prove themselves, one after another, each at its first try.
fn an_honest_client_gets_in_beside_ten_thousand_half_open_ones(io: &str) {
    // Three crowds at once would be more than many a system lets one process have.
    static ONE_CROWD: Mutex<()> = Mutex::new(());
    let _alone = ONE_CROWD.lock().unwrap_or_else(PoisonError::into_inner);
    let server = auth_server(io, &["--handshake-timeout", "1h", "--quiet"]);
    // The other tests need some as well.
    let crowd = 10_000.min(allow_descriptors(20_000) as usize / 2);
    let (made, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    thread::scope(|scope| {
        for _ in 0..ATTACKERS {
            scope.spawn(|| keep_connecting(server.address, crowd / ATTACKERS, &made, &stop));
        }
        // On a machine that has much else to do, it is enough that they are more than there are places.
        let began = Instant::now();
        while made.load(Ordering::Relaxed) < if began.elapsed() < PATIENCE / 6 { crowd } else { 1500 } {
            assert!(began.elapsed() < PATIENCE, "only {} came", made.load(Ordering::Relaxed));
            thread::sleep(Duration::from_millis(5));
        }
        let made = made.load(Ordering::Relaxed);
        let mut times = Vec::new();
        for _ in 0..20 {
            let began = Instant::now();
            let (stream, challenge) = asked_from(HONEST, &server);
            server.assert_lets_in(stream, &right_answer(&challenge));
            times.push(began.elapsed());
        }
        stop.store(true, Ordering::Relaxed);
        times.sort();
        // Ample, as the machine may be busy: those who were kept out were so for as long as the crowd stayed.
        assert!(times[10] < PATIENCE / 6, "beside {made} half-open clients of {io}: {times:?}");
    });
}
