//! The clients of lessons 1 and 4 with a server that is slow, silent, wrong, or gone.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::peer::Peer;
use crate::common::process::eventually;
use crate::common::{Day30, Running, read_exactly, read_to_end, reset, upper_server};
use std::io::Write;
use std::net::TcpStream;

const CLOSED: &str = ": the server closed the connection: it stopped, ";
const CLOSED_TOO_EARLY: &str = ": the server closed the connection before it replied\n";

const WRONG: &str = ": the reply is not the uppercase of what was sent\n";

/// A client that said `stdin`, and the server's end of its connection, where all of it has arrived.
fn client_of(peer: &Peer, stdin: &str, more: &[&str]) -> (Running, TcpStream) {
    let client = Day30::new(["socket-client", "--port", &peer.port()]).args(more).stdin(stdin).start();
    let mut server = peer.accept();
    let said = stdin.replace('\n', "");
    assert_eq!(read_exactly(&mut server, said.len()), said.as_bytes());
    (client, server)
}

#[test]
fn a_silent_server_is_waited_for_no_longer_than_the_timeout() {
    for client in [&["socket-client"][..], &["nonblock-client", "--message", "hello"]] {
        let peer = Peer::listening();
        let client = Day30::new(client).args(["--timeout", "500ms", "--port", &peer.port()]).stdin("hello\n").start();
        let mut server = peer.accept();
        assert_eq!(read_exactly(&mut server, 5), b"hello");
        let error = format!("error: 127.0.0.1:{}: no reply within 0.5 s", peer.port());
        assert_eq!(client.wait().expect_code(1).expect_stderr(&error).out(), "");
    }
}

/// Each byte is sent only after the one before it was received: no two of them can be read as one.
#[test]
fn a_reply_that_drips_in_with_its_letters_cut_is_one_line() {
    let peer = Peer::listening();
    let (client, mut server) = client_of(&peer, "中ß文\nend\n", &[]);
    for (count, byte) in "中SS文END".bytes().enumerate() {
        server.write_all(&[byte]).unwrap();
        eventually("the client receives each byte alone", || {
            client.stderr.text().matches("recv → 1 byte ").count() == count + 1
        });
    }
    assert_eq!(read_to_end(&mut server), b"");
    drop(server);
    assert_eq!(client.wait().expect_code(0).out(), "中SS文\nEND\n");
}

#[test]
fn two_replies_that_come_as_one_are_two_lines() {
    let peer = Peer::listening();
    let (client, mut server) = client_of(&peer, "one\ntwo\n", &[]);
    server.write_all(b"ONETWO").unwrap();
    assert_eq!(read_to_end(&mut server), b"");
    drop(server);
    assert_eq!(client.wait().expect_code(0).out(), "ONE\nTWO\n");
}

#[test]
fn a_reply_that_is_no_upper_case_is_shown_as_it_came() {
    for (reply, shown) in [("hello!", "hello!\n"), ("h", "h\n"), ("J'ai dit non", "J'ai dit non\n")] {
        let peer = Peer::listening();
        let (client, mut server) = client_of(&peer, "hello\n", &[]);
        server.write_all(reply.as_bytes()).unwrap();
        // The client ends by itself: it does not know that the server is about to say nothing more.
        let output = client.wait().expect_code(1).expect_stderr(WRONG);
        assert_eq!(output.out(), shown);
    }
}

/// Lesson 1's client would otherwise say the same for ever, to a server that never says it right.
#[test]
fn the_client_of_lesson_1_ends_at_the_first_wrong_reply() {
    let peer = Peer::listening();
    let client = Day30::new(["nonblock-client", "--every", "10ms", "--quiet", "--port", &peer.port()]).start();
    let mut server = peer.accept();
    assert_eq!(read_exactly(&mut server, 7), b"clent11");
    server.write_all(b"clent11").unwrap();
    assert_eq!(client.wait().expect_code(1).expect_stderr(WRONG).out(), "clent11\n");
}

/// Python 3.11 knows Unicode 14, where this character has no uppercase yet: that is no fault of the server.
#[test]
fn an_older_unicode_is_not_called_wrong() {
    let peer = Peer::listening();
    let (client, mut server) = client_of(&peer, "a\u{19b}b\n", &[]);
    server.write_all("A\u{19b}B".as_bytes()).unwrap();
    assert_eq!(client.wait().expect_code(0).out(), "A\u{19b}B\n");
}

#[test]
fn no_byte_of_a_longer_reply_is_lost() {
    let peer = Peer::listening();
    let (client, mut server) = client_of(&peer, "hello\n", &[]);
    server.write_all(b"HELLO AND WELCOME").unwrap();
    assert_eq!(read_to_end(&mut server), b"");
    drop(server);
    let output = client.wait().expect_code(1).expect_stderr(WRONG);
    assert_eq!(output.out().replace('\n', ""), "HELLO AND WELCOME");
    assert!(output.out().ends_with('\n'));
}

#[test]
fn a_reply_that_stops_short_is_shown_and_the_rest_not_waited_for_too_long() {
    let peer = Peer::listening();
    let (client, mut server) = client_of(&peer, "hello\n", &["--timeout", "500ms"]);
    server.write_all(b"HEL").unwrap();
    assert_eq!(client.wait().expect_code(1).expect_stderr("within 0.5 s").out(), "HEL\n");
}

#[test]
fn a_reset_in_the_middle_of_a_reply_shows_what_came_and_fails() {
    for client in [&["socket-client"][..], &["nonblock-client", "--message", "hello"]] {
        let peer = Peer::listening();
        let client = Day30::new(client).args(["--port", &peer.port()]).stdin("hello\n").keep_stdin_open().start();
        let mut server = peer.accept();
        assert_eq!(read_exactly(&mut server, 5), b"hello");
        server.write_all(b"HEL").unwrap();
        client.wait_for_stderr("recv → 3 bytes \"HEL\"");
        reset(server);
        let output = client
            .wait()
            .expect_code(1)
            .expect_stderr(": the connection broke: the other side reset the connection (RST)");
        assert_eq!(output.out(), "HEL\n");
    }
}

#[test]
fn a_server_that_closes_in_the_middle_of_a_reply_is_told_of() {
    let peer = Peer::listening();
    let (client, mut server) = client_of(&peer, "hello\n", &[]);
    server.write_all(b"HEL").unwrap();
    drop(server);
    assert_eq!(client.wait().expect_code(1).expect_stderr(CLOSED_TOO_EARLY).out(), "HEL\n");
}

/// Nobody types anything more; the client ends all the same, and does not wait for its stdin.
#[test]
fn a_server_that_closes_while_nobody_types_is_told_of() {
    let peer = Peer::listening();
    let client = Day30::new(["socket-client", "--port", &peer.port()]).stdin("hello\n").keep_stdin_open().start();
    let mut server = peer.accept();
    assert_eq!(read_exactly(&mut server, 5), b"hello");
    server.write_all(b"HELLO").unwrap();
    drop(server);
    assert_eq!(client.wait().expect_code(1).expect_stderr(CLOSED).out(), "HELLO\n");
}

#[test]
fn a_server_that_closes_between_two_messages_is_told_of() {
    let peer = Peer::listening();
    let client = Day30::new(["nonblock-client", "--every", "60s", "--port", &peer.port()]).start();
    let mut server = peer.accept();
    assert_eq!(read_exactly(&mut server, 7), b"clent11");
    server.write_all(b"CLENT11").unwrap();
    client.stdout.wait_for("CLENT11\n", &client.stderr);
    drop(server);
    assert_eq!(client.wait().expect_code(1).expect_stderr(CLOSED).out(), "CLENT11\n");
}

/// The first send after the server's close is taken, the next ones are not: a report, and no panic.
#[test]
fn writing_to_a_server_that_is_gone_is_told_of() {
    for is_reset in [false, true] {
        let peer = Peer::listening();
        let long = "a line\n".repeat(1 << 20);
        let client = Day30::new(["socket-client", "--quiet", "--port", &peer.port()]).stdin(long).start();
        let mut server = peer.accept();
        assert_eq!(read_exactly(&mut server, 6), b"a line");
        // Closing with bytes unread is a reset as well.
        if is_reset {
            reset(server);
        } else {
            drop(server);
        }
        let output = client.wait().expect_code(1);
        assert!(output.stderr.starts_with("error: 127.0.0.1:"), "{}", output.stderr);
        assert_eq!(output.stderr.lines().count(), 1, "{}", output.stderr);
    }
}

#[test]
fn bytes_that_are_no_utf8_are_sent_as_they_are() {
    let peer = Peer::listening();
    let client = Day30::new(["socket-client", "--port", &peer.port()]).stdin(b"a\xff\0b\n\xe4\xb8".to_vec()).start();
    let mut server = peer.accept();
    assert_eq!(read_to_end(&mut server), b"a\xff\0b\xe4\xb8");
    server.write_all(b"\x80\xff").unwrap();
    drop(server);
    assert_eq!(client.wait().expect_code(1).expect_stderr(WRONG).stdout, b"\x80\xff\n");
}

/// A line-based server, say: it ends its replies itself.
#[test]
fn a_reply_that_brings_its_own_line_end_gets_no_second_one() {
    let peer = Peer::listening();
    let (client, mut server) = client_of(&peer, "hello\n", &[]);
    server.write_all(b"and welcome\n").unwrap();
    assert_eq!(read_to_end(&mut server), b"");
    drop(server);
    assert_eq!(client.wait().expect_code(1).expect_stderr(WRONG).out(), "and welcome\n");
}

/// An honest server answers what came before them, and closes: what was said after them is never answered.
#[test]
fn a_server_that_closes_because_of_wrong_bytes_is_told_of() {
    for stdin in [&b"abc\xff\n"[..], b"abc\xff\nnever answered\n"] {
        for _ in 0..10 {
            let server = upper_server("poll", &[]);
            let client = Day30::new(["socket-client", "--port", &server.port()]).stdin(stdin).run();
            assert_eq!(client.expect_code(1).expect_stderr(": the server closed the connection").out(), "ABC\n");
        }
    }
}

/// What is not for a terminal is passed on byte for byte: a program behind the pipe wants the bytes.
#[test]
fn in_a_pipe_a_reply_is_passed_on_byte_for_byte() {
    let peer = Peer::listening();
    let (client, mut server) = client_of(&peer, "hello\n", &[]);
    let wild = b"\x1b]52;c;aGk=\x07\x1b[2J\xff\r\t\x9b\xe2\x80\xae\\";
    server.write_all(wild).unwrap();
    assert_eq!(read_to_end(&mut server), b"");
    drop(server);
    let output = client.wait().expect_code(1).expect_stderr(WRONG);
    assert_eq!(output.stdout, [&wild[..], b"\n"].concat());
    // The narration of it is for a person, and harmless everywhere.
    let is_harmless = |letter: char| letter == '\n' || !(letter.is_control() || letter == '\u{202e}');
    assert!(
        output.stderr.contains("recv → 24 bytes ") && output.stderr.chars().all(is_harmless),
        "{:?}",
        output.stderr
    );
}

/// A server may have gone as soon as it was there: nobody is left to be told anything.
#[test]
fn a_server_that_resets_at_once_is_told_of() {
    for client in ["socket-client", "nonblock-client"] {
        let peer = Peer::listening();
        let client = Day30::new([client, "--port", &peer.port()]).stdin("hello\n").keep_stdin_open().start();
        reset(peer.accept());
        let output = client.wait().expect_code(1);
        assert!(output.stderr.contains("error: "), "{}", output.stderr);
        assert_eq!(output.out(), "");
    }
}

/// Sends the same byte again and again until the client has gone; gives how many it took.
fn flood(mut server: TcpStream, piece: &[u8]) -> usize {
    let most = 200 << 20;
    (0..most / piece.len()).take_while(|_| server.write_all(piece).is_ok()).count() * piece.len()
}

const TOO_LONG: &str = ": the reply goes on without a newline: it was cut after ";

#[test]
fn a_reply_without_an_end_is_cut_after_a_mebibyte() {
    // Without --count, the client of lesson 1 ends at the first wrong byte.
    let lesson_1 = ["nonblock-client", "--quiet", "--message", "hello", "--count", "2"];
    for client in [&["socket-client", "--quiet"][..], &lesson_1] {
        let peer = Peer::listening();
        let client = Day30::new(client).args(["--port", &peer.port()]).stdin("hello\n").keep_stdin_open().start();
        let mut server = peer.accept();
        assert_eq!(read_exactly(&mut server, 5), b"hello");
        let taken = flood(server, &[b'x'; 65_536]);
        assert!(taken < 100 << 20, "{taken} bytes were taken");
        let output = client.wait().expect_code(1).expect_stderr(&format!("{TOO_LONG}1048576 bytes"));
        assert_eq!(output.stdout.len(), (1 << 20) + 1);
    }
}

#[test]
fn a_limit_that_is_asked_for_cuts_every_reply() {
    let peer = Peer::listening();
    let (client, mut server) = client_of(&peer, "hello\n", &["--max-reply", "4", "--lang", "zh"]);
    server.write_all(b"HELLO").unwrap();
    assert_eq!(client.wait().expect_code(1).expect_stderr("回复一直没有换行：收到 4 字节后不再接收").out(), "HELL\n");
}

/// The answer to what was sent has the length of what was sent, and lines are no reply without an end.
#[test]
fn a_long_answer_and_many_lines_are_no_reply_without_an_end() {
    let server = upper_server("poll", &["--quiet"]);
    let long = "x".repeat(3 << 19);
    let client = Day30::new(["socket-client", "--quiet", "--port", &server.port()]).stdin(long.clone());
    assert!(client.run().expect_code(0).out() == long.to_uppercase() + "\n");

    let peer = Peer::listening();
    let (client, mut server) = client_of(&peer, "hello\n", &["--quiet"]);
    let lines = "a line that is no answer\n".repeat(60_000);
    server.write_all(lines.as_bytes()).unwrap();
    assert_eq!(read_to_end(&mut server), b"");
    drop(server);
    assert!(client.wait().expect_code(1).expect_stderr(WRONG).out() == lines);
}

/// Lesson 2's client wants 32 bytes, and takes little more.
#[test]
fn a_server_that_chatters_without_an_end_is_left_by_the_auth_client() {
    for greeting in [&b""[..], &[7; 32]] {
        let peer = Peer::listening();
        let client = ["auth-client", "--quiet", "--secret", "luwei", "--seen", "off", "--port", &peer.port()];
        let client = Day30::new(client).start();
        let mut server = peer.accept();
        server.write_all(greeting).unwrap();
        if !greeting.is_empty() {
            read_exactly(&mut server, 36);
        }
        let taken = flood(server, &[b'x'; 65_536]);
        assert!(taken < 100 << 20, "{taken} bytes were taken");
        client.wait().expect_code(1).expect_stderr("unexpected");
    }
}
