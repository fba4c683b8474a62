//! A tap that misbehaves by name: each fault does what it says, and nothing else.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use crate::common::peer::Peer;
use crate::common::record::{Record, RecordFile};
use crate::common::tapped::tap;
use crate::common::{numbered, read_exactly, read_to_end, upper_server};
use std::io::{ErrorKind, Read, Write};
use std::net::Shutdown;

/// What a server and a tap record while a client sends this text through the tap, and gets it back in upper case.
fn recorded(text: &str, faults: &[&str]) -> (Record, Record, String) {
    let (of_server, of_tap) = (RecordFile::new(), RecordFile::new());
    let server = upper_server("poll", &["--record", of_server.arg()]);
    let tap = tap(&server.port(), &[faults, &["--record", of_tap.arg()]].concat());
    assert_eq!(tap.exchange(text.as_bytes()), text.to_uppercase().as_bytes());
    let port = server.port();
    tap.stop().expect_stderr("\nended       closed 1\n");
    server.stop();
    (of_server.read(), of_tap.read(), port)
}

#[test]
fn slices_arrive_as_separate_reads() {
    let (of_server, of_tap, port) = recorded("twenty bytes of text", &["--slice", "1"]);
    for to_server in [true, false] {
        let sends = of_tap.moved("send", 1, &port, to_server);
        assert_eq!(sends.len(), 20);
        assert!(sends.iter().all(|send| send.bytes.len() == 1));
        assert!(sends.windows(2).all(|pair| pair[1].us - pair[0].us >= 20_000), "they are paced");
    }
    // How many of them a busy machine reads together is not ours to say.
    let reads: Vec<_> =
        of_server.with("call", "recv").into_iter().filter(|event| event["ok"].as_u64() > Some(0)).collect();
    assert!(reads.len() > 5, "{} reads", reads.len());
}

#[test]
fn a_seed_repeats_the_slices() {
    let text = String::from_utf8(numbered(300)).unwrap();
    let slices = |seed: &str| {
        let (_, of_tap, port) = recorded(&text, &["--slice", "40", "--on", "to-server", "--seed", seed]);
        let sends = of_tap.sent_to_server(1, &port);
        assert!(sends.iter().all(|send| (1..=40).contains(&send.bytes.len())));
        sends.iter().map(|send| send.bytes.len()).collect::<Vec<_>>()
    };
    assert_eq!(slices("30"), slices("30"));
    assert_ne!(slices("30"), slices("31"));
}

/// Without a seed, the one that was chosen is shown, and typing it gives the same again.
#[test]
fn a_seed_that_was_chosen_is_shown() {
    let server = upper_server("poll", &[]);
    let shown = tap(&server.port(), &["--slice", "9"]).wait_for_stderr("to repeat: --seed ");
    let seed = shown.split("--seed ").nth(1).unwrap().trim_end_matches(")\n");
    assert!(seed.parse::<u64>().is_ok(), "{shown}");
    let silent = tap(&server.port(), &["--slice", "1"]).stop();
    assert!(!silent.stderr.contains("seed"), "nothing is left to chance: {}", silent.stderr);
}

#[test]
fn nothing_is_lost_by_slices_delay_jitter_and_bandwidth() {
    let text = String::from_utf8(numbered(20_000)).unwrap();
    let faults = ["--slice", "4096", "--delay", "30ms", "--jitter", "10ms", "--bandwidth", "50000", "--seed", "7"];
    let (_, of_tap, port) = recorded(&text, &faults);
    let sent: Vec<_> = of_tap.sent_to_server(1, &port).into_iter().flat_map(|send| send.bytes).collect();
    assert_eq!(sent, text.as_bytes());
}

#[test]
fn a_delay_delays_and_a_bandwidth_slows() {
    let (_, of_tap, port) = recorded("hello", &["--delay", "150ms", "--on", "to-server"]);
    let [came, went] = ["recv", "send"].map(|call| of_tap.moved(call, 1, &port, call == "send")[0].us);
    assert!(went - came >= 149_000, "{came} {went}");
    let text = "x".repeat(2000);
    let (_, of_tap, port) = recorded(&text, &["--bandwidth", "10000", "--on", "to-server"]);
    let came = of_tap.moved("recv", 1, &port, false)[0].us;
    let went = of_tap.sent_to_server(1, &port);
    assert!(went.last().unwrap().us - came >= 199_000, "2000 bytes take 0.2 s");
    assert!(went.iter().all(|send| send.bytes.len() <= 500), "bit by bit");
}

#[test]
fn a_reset_comes_to_both_sides_after_so_many_bytes() {
    let server = Peer::listening();
    let tap = tap(&server.port(), &["--reset-after", "5", "--on", "to-client"]);
    let mut client = tap.connect();
    let mut server = server.accept();
    client.write_all(b"as much as it likes").unwrap();
    assert_eq!(read_exactly(&mut server, 19), b"as much as it likes");
    server.write_all(b"no more than five").unwrap();
    assert_eq!(read_exactly(&mut client, 5), b"no mo");
    for side in [&mut client, &mut server] {
        assert_eq!(side.read(&mut [0; 1]).unwrap_err().kind(), ErrorKind::ConnectionReset);
    }
    let output = tap.stop().expect_stderr("on purpose (--reset-after): RST to both sides");
    assert!(output.stderr.ends_with("\nended       reset-by-tap 1\n"), "{}", output.stderr);
    assert!(output.stderr.contains("17 bytes received, 5 forwarded, 12 NOT delivered"), "{}", output.stderr);
}

#[test]
fn what_is_dropped_never_arrives_and_the_fin_neither() {
    let server = Peer::listening();
    let tap = tap(&server.port(), &["--drop-after", "3", "--on", "to-server"]);
    let mut client = tap.connect();
    let mut server = server.accept();
    client.write_all(b"abcdef").unwrap();
    assert_eq!(read_exactly(&mut server, 3), b"abc");
    client.shutdown(Shutdown::Write).unwrap();
    tap.wait_for_stderr("3 bytes for this side were discarded on purpose");
    server.set_nonblocking(true).unwrap();
    assert_eq!(server.read(&mut [0; 1]).unwrap_err().kind(), ErrorKind::WouldBlock, "it hears nothing");
    server.set_nonblocking(false).unwrap();
    server.write_all(b"the other way").unwrap();
    server.shutdown(Shutdown::Write).unwrap();
    assert_eq!(read_to_end(&mut client), b"the other way");
    tap.stop().expect_stderr("\nto server   6 bytes received, 3 forwarded, 3 discarded on purpose\n");
}

#[test]
fn a_half_close_ends_one_direction_only() {
    let server = Peer::listening();
    let tap = tap(&server.port(), &["--half-close", "4", "--on", "to-server"]);
    let mut client = tap.connect();
    let mut server = server.accept();
    client.write_all(b"abcdef").unwrap();
    assert_eq!(read_to_end(&mut server), b"abcd");
    server.write_all(b"I heard four").unwrap();
    assert_eq!(read_exactly(&mut client, 12), b"I heard four");
    client.write_all(b"more").unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    drop(server);
    assert_eq!(read_to_end(&mut client), b"");
    tap.stop().expect_stderr("\nto server   10 bytes received, 4 forwarded, 6 discarded on purpose\n");
}
