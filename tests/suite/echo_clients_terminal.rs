//! What the clients of lessons 1 and 4 show on a terminal: Python makes a pseudo-terminal for them.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::peer::Peer;
use crate::common::process::eventually;
use crate::common::terminal::on_a_terminal;
use crate::common::{Running, have, read_exactly, read_to_end};
use std::io::Write;
use std::net::TcpStream;

/// A client on a terminal that said `hello`, and the server's end of its connection.
fn client_on(terminal: &str, peer: &Peer, more: &[&str]) -> (Running, TcpStream) {
    let client = on_a_terminal(terminal).args(["socket-client", "--port", &peer.port()]).args(more);
    let client = client.stdin("hello\n").start();
    let mut server = peer.accept();
    assert_eq!(read_exactly(&mut server, 5), b"hello");
    (client, server)
}

/// Closes once the client has said that it will say no more: before that, it would have something to complain of.
fn end(mut server: TcpStream) {
    assert_eq!(read_to_end(&mut server), b"");
}

/// `ESC ]52` would write to the clipboard, `ESC [2J` wipe the screen.
#[test]
fn on_a_terminal_a_reply_cannot_command_it() {
    if !have("python3") {
        return;
    }
    let peer = Peer::listening();
    let (client, mut server) = client_on("stdout", &peer, &["--quiet"]);
    server.write_all("\u{1b}]52;c;aGk=\u{7}\u{1b}[2J\r\u{9b}31m\u{202e}abc\t你好 ß\\x".as_bytes()).unwrap();
    server.write_all(b"\xff").unwrap();
    end(server);
    let shown = "\\x1b]52;c;aGk=\\x07\\x1b[2J\\x0d\\u{9b}31m\\u{202e}abc\t你好 ß\\x\\xff\n";
    assert_eq!(client.wait().expect_code(1).out(), shown);
}

/// The reply that comes in one piece; the one that drips in must look just like it.
#[test]
fn on_a_terminal_a_reply_is_shown_as_text() {
    if !have("python3") {
        return;
    }
    let peer = Peer::listening();
    let (client, mut server) = client_on("stdout", &peer, &["--quiet"]);
    server.write_all("中文".as_bytes()).unwrap();
    end(server);
    assert_eq!(client.wait().expect_code(1).out(), "中文\n");
}

/// Sends each byte only after the client told of the one before it.
fn drip(reply: &str, server: &mut TcpStream, client: &Running) {
    for (count, byte) in reply.bytes().enumerate() {
        server.write_all(&[byte]).unwrap();
        let told = || client.stderr.text() + &client.stdout.text();
        eventually("each byte comes alone", || told().matches("recv → 1 byte ").count() == count + 1);
    }
}

#[test]
fn on_a_terminal_a_letter_that_comes_in_pieces_is_shown_whole() {
    if !have("python3") {
        return;
    }
    let peer = Peer::listening();
    let (client, mut server) = client_on("stdout", &peer, &[]);
    drip("中文", &mut server, &client);
    end(server);
    assert_eq!(client.wait().expect_code(1).out(), "中文\n");
}

#[test]
fn on_a_terminal_a_reply_that_comes_in_pieces_is_one_line_beside_the_narration() {
    if !have("python3") {
        return;
    }
    let peer = Peer::listening();
    let (client, mut server) = client_on("both", &peer, &["--color", "never"]);
    drip("HELLO", &mut server, &client);
    end(server);
    let output = client.wait().expect_code(0);
    assert_eq!(output.out().lines().filter(|line| *line == "HELLO").count(), 1, "{}", output.out());
}
