//! Many clients at once, honest and otherwise: every honest byte comes back, and nothing of them stays behind.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::process::{allow_descriptors, cpu_ticks, descriptors, eventually, sockets, status};
use crate::common::{Day30, Serving, on_every_model, read_exactly, read_to_end, reset, upper_server};
use std::collections::BTreeMap;
use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::thread;
use std::time::Duration;

/// Half of 500 clients are silent, three are bad, the rest are honest and share the work of four threads.
const SILENT: usize = 250;
const HONEST: usize = 247;
const THREADS: usize = 4;
/// So many storms, the first half of which is warming up.
const STORMS: u64 = 8;
/// How often each honest client says something.
const TALKS: u64 = 4;

/// Text that is another one for each seed: four scripts, and letters that grow in upper case (`ß` → `SS`, `ΐ` → three).
fn text(mut seed: u64) -> String {
    const LETTERS: [char; 16] = ['a', 'z', 'é', 'ß', 'ΐ', 'σ', 'ж', 'ﬀ', '中', '文', '日', '😀', '𐐨', ' ', '\n', '1'];
    let mut next = move || {
        // xorshift64
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed
    };
    (0..200 + next() % 800).map(|_| LETTERS[(next() % 16) as usize]).collect()
}

/// Each client says something of its own, cut somewhere, before the first of them reads its answer; again and again.
fn talk(clients: &mut [TcpStream], seed: u64) {
    for round in 1..=TALKS {
        let texts: Vec<_> =
            (1..).take(clients.len()).map(|number| text(seed * 1_000_003 + number * 101 + round)).collect();
        for (client, text) in clients.iter_mut().zip(&texts) {
            let (head, tail) = text.as_bytes().split_at(text.len() / 3);
            client.write_all(head).unwrap();
            client.write_all(tail).unwrap();
        }
        for (client, text) in clients.iter_mut().zip(&texts) {
            let upper = text.to_uppercase();
            assert!(read_exactly(client, upper.len()) == upper.as_bytes(), "a wrong answer to {text:?}");
        }
    }
}

/// All 500 at once; returns when each of them has left.
fn storm(server: &Serving, seed: u64) {
    let silent: Vec<_> = (0..SILENT).map(|_| server.connect()).collect();
    let stubborn = stubborn(server);
    let mut half = server.connect();
    half.write_all(&"中".as_bytes()[..2]).unwrap();
    let mut hasty = server.connect();
    hasty.write_all(b"abc").unwrap();
    assert_eq!(read_exactly(&mut hasty, 3), b"ABC");

    let honest: Vec<_> = (0..HONEST).map(|_| server.connect()).collect();
    eventually("all 500 are inside", || sockets(server.running.pid()) > 500);
    thread::scope(|scope| {
        let mut honest = honest;
        let share = HONEST.div_ceil(THREADS);
        for number in 0..THREADS as u64 {
            let mut clients: Vec<_> = honest.drain(..share.min(honest.len())).collect();
            scope.spawn(move || {
                talk(&mut clients, seed * 10 + number + 1);
                for client in &mut clients {
                    client.shutdown(Shutdown::Write).unwrap();
                    assert_eq!(read_to_end(client), b"");
                }
            });
        }
        reset(hasty);
    });
    half.shutdown(Shutdown::Write).unwrap();
    assert_eq!(read_to_end(&mut half), b"");
    drop((silent, stubborn));
}

/// A client that sends until nothing more fits anywhere, and never reads.
fn stubborn(server: &Serving) -> TcpStream {
    let mut client = server.connect();
    client.set_write_timeout(Some(Duration::from_millis(300))).unwrap();
    while client.write(&[b'x'; 65_536]).is_ok() {}
    client
}

/// The last line of the summary as numbers: how many ended in which way.
fn endings(stderr: &str) -> BTreeMap<&str, u64> {
    let line = stderr.lines().find_map(|line| line.strip_prefix("ended   ")).unwrap();
    line.split(", ").map(|ending| ending.split_once(' ').unwrap()).map(|(slug, n)| (slug, n.parse().unwrap())).collect()
}

fn a_storm_of_clients_is_served_and_leaves_nothing_behind(io: &str) {
    allow_descriptors(8192);
    let args = ["nonblock-server", "--port", "0", "--io", io, "--max-clients", "600", "--idle-timeout", "off"];
    // Else glibc gives threads a heap of their own, or not, as it happens.
    let server = Day30::new(args).env("MALLOC_ARENA_MAX", "1").serve();
    let pid = server.running.pid();
    let (sockets_before, threads_before) = (sockets(pid), status(pid, "Threads"));
    let (mut held, mut memory) = (Vec::new(), Vec::new());
    for round in 1..=STORMS {
        storm(&server, round);
        eventually("all connections are closed", || sockets(pid) == sockets_before);
        eventually("all threads have ended", || status(pid, "Threads") == threads_before);
        held.push(descriptors(pid));
        memory.push(status(pid, "VmRSS"));
    }
    // An allocator keeps some of what it once had; what it goes on taking is a leak.
    let (warm, now) = (memory[..memory.len() / 2].iter().max().unwrap(), memory[memory.len() - 1]);
    assert!(now < warm + warm / 10 + 1024, "KiB after each storm: {memory:?}");
    assert!(held.iter().all(|count| *count == held[0]), "descriptors after each storm: {held:?}");
    server.assert_serves();

    let mut last: Vec<_> = (0..100).map(|_| server.connect()).collect();
    talk(&mut last, 99);
    server.running.signal(rustix::process::Signal::INT);
    last.iter_mut().for_each(|client| assert_eq!(read_to_end(client), b""));
    drop(last);
    let output = server.running.wait().expect_code(0).expect_stderr("\nclients 4 101 in ");
    let mut endings = endings(&output.stderr);
    // In each storm, the hasty one and the one that does not read; on a slow machine the server's patience ends first.
    let resets = endings.remove("reset").unwrap() + endings.remove("write-stall").unwrap_or(0);
    assert_eq!(resets, 2 * STORMS);
    let eof = STORMS * (SILENT + HONEST) as u64 + 1;
    assert_eq!(endings, BTreeMap::from([("eof", eof), ("stopped", 100), ("utf8-truncated", STORMS)]));
}

on_every_model!(a_storm_of_clients_is_served_and_leaves_nothing_behind);

/// A thousand silent clients are a list to keep, and nothing to do: under 1 % of a core.
#[test]
fn a_thousand_idle_clients_cost_poll_nothing() {
    allow_descriptors(8192);
    let server = upper_server("poll", &["--max-clients", "1100"]);
    let pid = server.running.pid();
    let before = sockets(pid);
    let mut clients: Vec<_> = (0..1000).map(|_| server.connect()).collect();
    eventually("all are inside", || sockets(pid) == before + 1000);
    server.assert_serves();
    server.wait_for_event(1001, "close"); // all that there is to tell is told
    let ticks = cpu_ticks(pid);
    thread::sleep(Duration::from_secs(5)); // the idleness itself
    let ticks = cpu_ticks(pid) - ticks;
    assert!(ticks < 5, "{ticks} ticks of 500");
    talk(&mut clients[..10], 7);
    drop(clients);
    server.stop().expect_stderr("\nclients 1 001 in ");
}
