//! How the upper-casing servers bear peers that leave, break off, stall, flood, or say nothing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::{
    PATIENCE, assert_answers, leave, numbered, on_every_model, paced_server, process, read_to_end, reset, upper_server,
};
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

on_every_model!(
    a_port_probe_is_an_end_like_any_other,
    a_reset_after_the_reply_ends_that_client_and_no_other,
    a_reset_with_the_reply_unread_ends_that_client_and_no_other,
    a_client_that_never_reads_is_closed_and_was_told_no_wrong_byte,
    who_does_not_read_is_closed_before_who_may_be_silent_longer,
    the_last_reply_survives_a_close_with_unread_input,
    a_client_that_goes_on_sending_after_its_end_is_closed_in_the_end,
    a_silent_client_is_closed_and_a_speaking_one_is_not,
    one_byte_now_and_then_is_activity,
    one_client_too_many_is_turned_away_and_those_inside_stay,
);

/// Sends until the other side takes nothing more for a while; gives how many bytes were taken.
fn flood(stream: &mut TcpStream, bytes: &[u8]) -> usize {
    stream.set_write_timeout(Some(Duration::from_millis(300))).unwrap();
    let mut taken = 0;
    while taken < bytes.len() {
        match stream.write(&bytes[taken..]) {
            Ok(count) => taken += count,
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => return taken,
            Err(error) => panic!("{error}"),
        }
    }
    panic!("the server took everything");
}

fn a_port_probe_is_an_end_like_any_other(io: &str) {
    let server = upper_server(io, &[]);
    for client in 1..=20 {
        drop(server.connect());
        server.wait_for_event(client, "ended: eof");
        server.wait_for_event(client, "close");
    }
    server.assert_serves();
    server.stop_after("eof 21");
}

fn a_reset_after_the_reply_ends_that_client_and_no_other(io: &str) {
    let server = upper_server(io, &[]);
    let mut bystander = server.connect();
    assert_answers(&mut bystander, "before", "BEFORE");
    for client in 2..7 {
        let mut stream = server.connect();
        assert_answers(&mut stream, "abc", "ABC");
        reset(stream);
        server.wait_for_event(client, "recv → ECONNRESET: ");
        server.wait_for_event(client, "ended: reset");
    }
    assert_answers(&mut bystander, "after", "AFTER");
    server.assert_serves();
    leave(bystander);
    server.stop_after("eof 2, reset 5");
}

/// The server is in the middle of sending when the reset comes; its `send` fails, and no signal ends it.
fn a_reset_with_the_reply_unread_ends_that_client_and_no_other(io: &str) {
    let server = upper_server(io, &[]);
    let mut bystander = server.connect();
    assert_answers(&mut bystander, "before", "BEFORE");
    let much = vec![b'a'; 64 << 20];
    for client in 2..4 {
        let mut stream = server.connect();
        flood(&mut stream, &much);
        reset(stream);
        server.wait_for_event(client, "ended: reset");
        let narration = server.running.stderr.text();
        let broken = format!("  #{client:<7} send → ");
        let failed = |line: &str| line.contains("→ ECONNRESET: ") || line.contains("→ EPIPE: ");
        assert!(narration.lines().any(|line| line.contains(&broken) && failed(line)), "{narration}");
    }
    assert_answers(&mut bystander, "after", "AFTER");
    server.assert_serves();
    leave(bystander);
    server.stop_after("eof 2, reset 2");
}

/// It is not read from while its replies are unread (so it cannot send on, and the server holds little), and closed when
/// nothing moved for too long: with an error, since there is something that it was not told.
fn a_client_that_never_reads_is_closed_and_was_told_no_wrong_byte(io: &str) {
    let server = paced_server(io, &["--idle-timeout", "off"]);
    let mut bystander = server.connect();
    assert_answers(&mut bystander, "before", "BEFORE");
    #[cfg(target_os = "linux")]
    let memory = process::status(server.running.pid(), "VmRSS");

    let (mut stream, say) = (server.connect(), numbered(1_000_003).repeat(64));
    let taken = flood(&mut stream, &say);
    assert_answers(&mut bystander, "while the other one stalls", "WHILE THE OTHER ONE STALLS");
    server.assert_serves();
    #[cfg(target_os = "linux")]
    assert!(process::status(server.running.pid(), "VmRSS") < memory + 4096, "the server holds what is not read");

    server.wait_for_event(2, "ended: write-stall");
    server.wait_for_event(2, "close");
    let (mut reply, mut buffer) = (Vec::new(), vec![0; 65536]);
    let end = loop {
        match stream.read(&mut buffer) {
            Ok(0) => break None,
            Ok(count) => reply.extend_from_slice(&buffer[..count]),
            Err(error) => break Some(error.kind()),
        }
    };
    assert_eq!(end, Some(ErrorKind::ConnectionReset), "a clean end after {} of {taken} bytes", reply.len());
    assert!(!reply.is_empty() && reply.len() < taken);
    assert!(reply == say[..reply.len()].to_ascii_uppercase(), "the reply is no prefix");

    assert_answers(&mut bystander, "after", "AFTER");
    server.assert_serves();
    leave(bystander);
    server.stop_after("eof 3, write-stall 1");
}

/// By the order of two deadlines: a client may be silent for 15 s here, and not read for 10 s. Both begin when all is sent.
fn who_does_not_read_is_closed_before_who_may_be_silent_longer(io: &str) {
    let server = paced_server(io, &["--idle-timeout", "15s"]);
    let mut silent = server.connect();
    assert_answers(&mut silent, "the last thing", "THE LAST THING");
    let mut stalled = server.connect();
    flood(&mut stalled, &numbered(1_000_003).repeat(64));
    assert_answers(&mut silent, "and one more", "AND ONE MORE");
    server.wait_for_event(2, "ended: write-stall");
    assert!(!server.running.stderr.text().contains("ended: idle-kick"), "the silent client had to go first");
    assert_eq!(read_to_end(&mut silent), b"");
    server.wait_for_event(1, "ended: idle-kick");
}

/// A server that closes while input is unread makes the kernel reset the connection, which takes away what the client
/// has not read yet. So it says its end, and throws away what still comes.
fn the_last_reply_survives_a_close_with_unread_input(io: &str) {
    let server = upper_server(io, &[]);
    for client in 1..=5 {
        let mut stream = server.connect();
        let much = [b"last words\xff", numbered(1 << 20).as_slice()].concat();
        stream.write_all(&much).unwrap();
        server.wait_for_event(client, "shutdown");
        stream.write_all(b"and more, after the server said its end").unwrap();
        assert_eq!(read_to_end(&mut stream), b"LAST WORDS");
        drop(stream);
        server.wait_for_event(client, "recv → 0 bytes: end of stream (EOF)");
        server.wait_for_event(client, "close");
    }
    server.assert_serves();
    server.stop_after("eof 1, bad-utf8 5");
}

fn a_client_that_goes_on_sending_after_its_end_is_closed_in_the_end(io: &str) {
    let server = paced_server(io, &["--quiet"]);
    let mut bystander = server.connect();
    let mut stream = server.connect();
    stream.write_all(b"abc\xff").unwrap();
    assert_eq!(read_to_end(&mut stream), b"ABC");
    let noise = vec![b'x'; 65536];
    let began = Instant::now();
    let error = loop {
        assert!(began.elapsed() < PATIENCE, "it is still read from");
        if let Err(error) = stream.write_all(&noise) {
            break error.kind();
        }
        assert_answers(&mut bystander, "meanwhile", "MEANWHILE");
    };
    assert!(matches!(error, ErrorKind::ConnectionReset | ErrorKind::BrokenPipe), "{error}");
    assert_answers(&mut bystander, "after", "AFTER");
    server.assert_serves();
}

fn a_silent_client_is_closed_and_a_speaking_one_is_not(io: &str) {
    let server = paced_server(io, &["--idle-timeout", "1500ms"]);
    let (mut speaking, mut silent, mut paused) = (server.connect(), server.connect(), server.connect());
    assert_answers(&mut paused, "one thing", "ONE THING");
    paused.write_all(b"\xe4\xb8").unwrap(); // and half a letter
    let silence = thread::spawn(move || {
        let said = read_to_end(&mut silent);
        (said, read_to_end(&mut paused))
    });
    while !silence.is_finished() {
        assert_answers(&mut speaking, "and so on", "AND SO ON");
        thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(silence.join().unwrap(), (vec![], vec![]));
    for client in [2, 3] {
        server.wait_for_event(client, "ended: idle-kick");
        server.wait_for_event(client, "close");
    }
    assert_answers(&mut speaking, "still here", "STILL HERE");
    leave(speaking);
    server.assert_serves();
    server.stop_after("eof 2, idle-kick 2");
}

/// Slower than any person types, but never silent for as long as is allowed.
fn one_byte_now_and_then_is_activity(io: &str) {
    let server = paced_server(io, &["--idle-timeout", "2s"]);
    let mut stream = server.connect();
    for _ in 0..4 {
        thread::sleep(Duration::from_millis(700));
        assert_answers(&mut stream, "a", "A");
    }
    leave(stream);
    server.assert_serves();
    server.stop_after("eof 2");
}

fn one_client_too_many_is_turned_away_and_those_inside_stay(io: &str) {
    let server = upper_server(io, &["--max-clients", "3"]);
    let mut inside: Vec<_> = (0..3).map(|_| server.connect()).collect();
    inside.iter_mut().for_each(|stream| assert_answers(stream, "i am in", "I AM IN"));
    for client in 4..=6 {
        assert_eq!(read_to_end(&mut server.connect()), b"");
        server.wait_for_event(client, "ended: rejected");
        inside.iter_mut().for_each(|stream| assert_answers(stream, "still in", "STILL IN"));
    }
    leave(inside.pop().unwrap());
    // The place is free a moment after the goodbye; who asks too early is turned away like the others.
    process::eventually("the place is free again", || {
        let mut stream = server.connect();
        let mut reply = [0; 6];
        stream.write_all(b"honest").is_ok() && stream.read_exact(&mut reply).is_ok() && reply == *b"HONEST"
    });
    inside.iter_mut().for_each(|stream| assert_answers(stream, "to the end", "TO THE END"));
}
