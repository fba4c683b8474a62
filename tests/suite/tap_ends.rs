//! A tap hands on how each side ends, and how slow it is.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use crate::common::peer::Peer;
use crate::common::process::{eventually, status};
use crate::common::record::RecordFile;
use crate::common::tapped::tap;
use crate::common::{Serving, numbered, read_exactly, read_to_end, reset};
use rustix::process::Signal;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

/// A server, a tap before it, and both ends of a connection through it.
fn tapped(more: &[&str]) -> (Serving, TcpStream, TcpStream) {
    let server = Peer::listening();
    let tap = tap(&server.port(), more);
    let client = tap.connect();
    let server = server.accept();
    (tap, client, server)
}

#[test]
fn each_side_may_shut_down_sending_first() {
    for client_first in [true, false] {
        let (tap, mut client, mut server) = tapped(&[]);
        let (first, second) = if client_first { (&mut client, &mut server) } else { (&mut server, &mut client) };
        first.write_all(b"that is all").unwrap();
        first.shutdown(Shutdown::Write).unwrap();
        assert_eq!(read_to_end(second), b"that is all");
        second.write_all(b"and this").unwrap();
        assert_eq!(read_exactly(first, 8), b"and this");
        second.write_all(b", too").unwrap();
        second.shutdown(Shutdown::Write).unwrap();
        assert_eq!(read_to_end(first), b", too");
        tap.stop().expect_stderr("\nended       closed 1\n");
    }
}

#[test]
fn a_reset_by_one_side_is_a_reset_for_the_other() {
    for (by_client, end) in [(true, "reset-by-client 1"), (false, "reset-by-server 1")] {
        let file = RecordFile::new();
        let (tap, mut client, mut server) = tapped(&["--record", file.arg()]);
        client.write_all(b"hello").unwrap();
        assert_eq!(read_exactly(&mut server, 5), b"hello");
        let (one, mut other) = if by_client { (client, server) } else { (server, client) };
        reset(one);
        assert_eq!(other.read(&mut [0; 1]).unwrap_err().kind(), ErrorKind::ConnectionReset);
        tap.stop().expect_stderr(&format!("\nended       {end}\n"));
        let record = file.read();
        assert_eq!((record.with("ended", "reset").len(), record.with("ended", "reset-sent").len()), (1, 1));
        // A reset is not passed on as an end of stream before it.
        assert_eq!(record.with("call", "shutdown").len(), 0);
    }
}

/// Bytes are on their way, and both directions wait: what is not delivered is counted.
#[test]
fn what_a_side_that_is_gone_does_not_get_is_told() {
    let file = RecordFile::new();
    let (tap, mut client, server) = tapped(&["--delay", "1h", "--on", "to-server", "--record", file.arg()]);
    client.write_all(b"never").unwrap();
    tap.wait_for_stderr("→ 5 bytes \"never\"");
    reset(server);
    assert_eq!(client.read(&mut [0; 1]).unwrap_err().kind(), ErrorKind::ConnectionReset);
    tap.wait_for_stderr("5 bytes were not delivered: the connection had ended");
    tap.stop().expect_stderr("\nto server   5 bytes received, 0 forwarded, 5 NOT delivered\n");
    let record = file.read();
    let told = record.with("fact", "undelivered");
    assert_eq!((&told[0]["bytes"], &told[0]["on_purpose"]), (&5.into(), &false.into()));
}

/// A client that has closed is not a server's fault, and a server that goes on sending hears of it.
#[test]
fn a_side_that_closed_resets_whoever_goes_on_sending() {
    let (tap, client, mut server) = tapped(&[]);
    drop(client);
    assert_eq!(server.read(&mut [0; 1]).unwrap(), 0);
    eventually("a send fails", || (&server).write_all(&[0; 1000]).is_err());
    eventually("it is counted", || !tap.running.stderr.text().is_empty());
    tap.wait_for_stderr("bytes were not delivered: the connection had ended");
    tap.stop().expect_stderr("\nended       reset-by-client 1\n");
}

/// Whoever does not read makes the other side wait, and misses nothing later.
#[test]
fn a_slow_reader_slows_the_writer_and_loses_nothing() {
    for to_client in [true, false] {
        let (tap, client, server) = tapped(&["--quiet"]);
        let (mut writer, mut reader) = if to_client { (server, client) } else { (client, server) };
        let text = numbered(256 * 1024 * 1024 / 4);
        writer.set_write_timeout(Some(Duration::from_secs(1))).unwrap();
        let mut sent = 0;
        // Until nothing is taken for a second.
        while let Ok(count) = writer.write(&text[sent..]) {
            sent += count;
            assert!(sent < text.len(), "64 MiB went in, and nobody read them");
        }
        #[cfg(target_os = "linux")]
        assert!(status(tap.running.pid(), "VmRSS") < 32 * 1024, "it holds what nobody reads");
        writer.shutdown(Shutdown::Write).unwrap();
        assert!(read_to_end(&mut reader) == text[..sent], "{sent} bytes");
        reader.shutdown(Shutdown::Write).unwrap();
        assert_eq!(read_to_end(&mut writer), b"");
        tap.stop();
    }
}

/// A client in trouble is nobody else's.
#[test]
fn one_connection_stands_still_and_another_passes() {
    let server = Peer::listening();
    let tap = tap(&server.port(), &[]);
    let mut stuck = tap.connect();
    let _unread = server.accept();
    stuck.set_write_timeout(Some(Duration::from_millis(300))).unwrap();
    while stuck.write(&[b'x'; 65_536]).is_ok() {}
    let mut other = tap.connect();
    let mut its_server = server.accept();
    other.write_all(b"hello").unwrap();
    assert_eq!(read_exactly(&mut its_server, 5), b"hello");
    reset(its_server);
    assert_eq!(other.read(&mut [0; 1]).unwrap_err().kind(), ErrorKind::ConnectionReset);
    tap.assert_interrupted_twice();
}

/// What a tap has received is delivered when it is stopped, and the answer too.
#[test]
fn a_stop_delivers_what_has_come() {
    let (tap, mut client, mut server) = tapped(&["--delay", "1h"]);
    client.write_all(b"late").unwrap();
    tap.wait_for_stderr("→ 4 bytes \"late\"");
    tap.running.signal(Signal::INT);
    assert_eq!(read_to_end(&mut server), b"late");
    server.write_all(b"answer").unwrap();
    server.shutdown(Shutdown::Write).unwrap();
    assert_eq!(read_to_end(&mut client), b"answer");
    let output = tap.running.wait().expect_code(0);
    assert!(output.stderr.ends_with("\nended       stopped 1\n"), "{}", output.stderr);
}

/// A server that does not end by itself does not keep a tap from ending.
#[test]
fn a_stop_ends_idle_connections() {
    let (tap, mut client, mut server) = tapped(&[]);
    tap.running.signal(Signal::INT);
    assert_eq!(read_to_end(&mut server), b"");
    assert_eq!(read_to_end(&mut client), b"");
    tap.running.wait().expect_code(0).expect_stderr("\nended       stopped 1\n");
}

impl Serving {
    /// The first Ctrl-C waits for what cannot be delivered, for a while; a second one, which a student presses at some time, does not.
    fn assert_interrupted_twice(mut self) {
        self.running.signal(Signal::INT);
        while !self.running.has_ended() {
            self.running.signal(Signal::INT);
            std::thread::sleep(Duration::from_millis(20));
        }
        self.running.wait().expect_code(130);
    }
}
