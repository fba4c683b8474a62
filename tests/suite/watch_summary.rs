//! `day30 watch --summary`: what stands out in programs that have a fault, and not in the same programs without it.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use crate::common::have;
use crate::common::process::eventually;
use crate::common::record::RecordFile;
use crate::common::watched::watch;
use rustix::process::Signal;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

fn program(name: &str) -> String {
    format!("{}/tests/watched/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// The server in Python and in C; those that there are tools for.
fn servers() -> Vec<Vec<String>> {
    static C: OnceLock<PathBuf> = OnceLock::new();
    let mut all = Vec::new();
    if have("python3") {
        all.push(vec!["python3".to_owned(), program("server.py")]);
    }
    if have("cc") {
        let binary = C.get_or_init(|| {
            let binary =
                PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("watched-server-{}", std::process::id()));
            let mut cc = Command::new("cc");
            cc.args(["-O1", "-Wall", "-Werror", "-o"]).arg(&binary).arg(program("server.c")).arg("-lpthread");
            assert!(cc.status().unwrap().success());
            binary
        });
        all.push(vec![binary.to_str().unwrap().to_owned()]);
    }
    all
}

/// What is said of a run with this fault, in which `play` is the clients' part.
#[track_caller]
fn summary(command: &[String], flaw: &str, play: &dyn Fn(SocketAddr, &RecordFile)) -> String {
    let file = RecordFile::new();
    let mut words: Vec<_> = command.iter().map(String::as_str).collect();
    words.push("{port}");
    let server = watch(&["--quiet", "--summary", "--record", file.arg()], &words).env("FLAW", flaw).serve();
    play(server.address, &file);
    // A program that has ended already is not there any more.
    server.running.signal(Signal::INT);
    let output = server.running.wait();
    output.stderr.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// That each of these servers has the finding with its fault, and not without.
#[track_caller]
fn each_is_told(commands: &[Vec<String>], flaw: &str, part: &str, play: &dyn Fn(SocketAddr, &RecordFile)) {
    for command in commands {
        let (told, without) = (summary(command, flaw, play), summary(command, "none", play));
        assert!(told.contains(part), "{flaw} of {command:?}: {part:?} is missing:\n{told}");
        assert!(!without.contains(part), "{command:?} without {flaw}: {part:?}:\n{without}");
    }
}

/// A client that says this, and reads so many bytes.
fn asks(address: SocketAddr, text: &[u8], count: usize) -> TcpStream {
    let mut client = TcpStream::connect(address).unwrap();
    client.write_all(text).unwrap();
    client.read_exact(&mut vec![0; count]).unwrap();
    client
}

/// Closes this side, and waits until the other one has closed too, or has shown that it does not.
fn leaves(client: &mut TcpStream) {
    let _ = client.shutdown(std::net::Shutdown::Write);
    client.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    let _ = client.read_to_end(&mut Vec::new());
}

/// Nothing comes for a while.
fn assert_silent(mut client: &TcpStream) -> bool {
    client.set_read_timeout(Some(Duration::from_millis(150))).unwrap();
    client.read(&mut [0; 9]).is_err_and(|error| matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut))
}

#[test]
fn one_client_keeps_another_waiting() {
    each_is_told(&servers(), "one-by-one", "meanwhile another client waited to be accepted", &|address, _| {
        let _first = asks(address, b"one", 3);
        let mut second = TcpStream::connect(address).unwrap();
        second.write_all(b"two").unwrap();
        assert_silent(&second);
    });
}

#[test]
fn loops_that_never_sleep() {
    let busy = |_: SocketAddr, file: &RecordFile| {
        let is_told = || file.text().contains("\"folded\"") || file.text().contains("\"looked\"");
        for _ in 0..12 {
            if is_told() {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    };
    each_is_told(&servers(), "spins", "calls a second came back with EAGAIN", &busy);
    each_is_told(&servers(), "looks", "times a second with nothing ready", &busy);
    let connects = |address: SocketAddr, file: &RecordFile| {
        let _client = TcpStream::connect(address).unwrap();
        busy(address, file);
    };
    each_is_told(&servers(), "ready-ignored", "times in a row that a socket is ready", &connects);
}

#[test]
fn how_a_server_begins_and_ends() {
    let nothing = |_: SocketAddr, _: &RecordFile| ();
    each_is_told(&servers(), "open-to-all", "on every network of this machine", &nothing);
    each_is_told(&servers(), "short-queue", "listen(0): hardly anybody", &nothing);
    each_is_told(&servers(), "no-reuse", "the port is bound without SO_REUSEADDR", &nothing);
    each_is_told(&servers(), "other-port", "and the program bound port", &nothing);
    each_is_told(&servers(), "never-accepts", "listen was called, and accept never", &|address, _| {
        let client = TcpStream::connect(address).unwrap();
        assert_silent(&client);
    });
    each_is_told(&servers(), "eagain-ends", "accept had nothing yet (EAGAIN), and the program ended", &|_, file| {
        // It ends by itself; without the fault it would not.
        for _ in 0..10 {
            if file.text().contains("\"exit\"") {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    });
}

#[test]
fn connections_at_their_end() {
    let ends = |address: SocketAddr, _: &RecordFile| {
        leaves(&mut asks(address, b"one", 3));
        leaves(&mut asks(address, b"two", 3));
    };
    each_is_told(&servers(), "after-end", "recv gave 0 (the other side has closed), and was called", &ends);
    each_is_told(&servers(), "not-closed", "and its socket was never closed", &ends);
    each_is_told(&servers(), "unread", "closed with bytes unread", &|address, file| {
        let mut client = TcpStream::connect(address).unwrap();
        client.write_all(&vec![b'x'; 5000]).unwrap();
        eventually("it is read", || file.text().contains("\"recv\""));
        leaves(&mut client);
    });
}

#[test]
fn a_reset_that_ends_the_server() {
    let part = "one client broke its connection (ECONNRESET), and the whole server ended with exit code 1";
    each_is_told(&servers(), "reset-ends", part, &|address, file| {
        let client = asks(address, b"one", 3);
        crate::common::reset(client);
        eventually("it has heard of that", || file.text().contains("ECONNRESET"));
        for _ in 0..20 {
            if file.text().contains("\"exit\"") {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    });
}

#[test]
fn bytes_one_by_one() {
    let long = |address: SocketAddr, _: &RecordFile| {
        leaves(&mut asks(address, b"abcdefghijklmno", 15));
    };
    each_is_told(&servers(), "byte-by-byte", "recv was asked for one byte", &long);
    each_is_told(&servers(), "bytes-out", "send was given one byte", &long);
}

#[test]
fn what_send_did_not_take() {
    each_is_told(&servers(), "rest", "were never sent", &|address, _| leaves(&mut asks(address, b"abc", 3)));
}

#[test]
fn two_clients_in_one_buffer() {
    each_is_told(&servers(), "mixed", "holds bytes of client #1 too", &|address, file| {
        let mut first = TcpStream::connect(address).unwrap();
        first.write_all(b"one1").unwrap();
        eventually("the first is read", || file.text().contains("6f6e6531"));
        leaves(&mut asks(address, b"two2", 4));
        leaves(&mut first);
    });
}

#[test]
fn characters_in_two_pieces() {
    let (cut, rest) = "straße".as_bytes().split_at(5);
    let in_pieces = |address: SocketAddr, file: &RecordFile| {
        let mut client = TcpStream::connect(address).unwrap();
        client.write_all(cut).unwrap();
        eventually("the first piece is read", || file.text().contains("73747261c3"));
        let _ = client.write_all(rest);
        leaves(&mut client);
    };
    if have("python3") {
        let python = [vec!["python3".to_owned(), program("server.py")]];
        each_is_told(&python, "letter-cut", "the bytes end in the middle of a character (1 of its bytes", &in_pieces);
    }
    if have("node") {
        let command = vec!["node".to_owned(), program("letters.js")];
        let part = "has a replacement character (U+FFFD) in its place";
        let told = summary(&command, "1", &in_pieces);
        assert!(told.contains(part), "{told}");
        let without = summary(&command, "", &in_pieces);
        assert!(!without.contains(part), "{without}");
    }
}

#[test]
fn a_signal_ends_a_program_in_c() {
    let Some(c) = servers().into_iter().find(|command| command.len() == 1) else { return };
    each_is_told(&[c], "sigpipe", "SIGPIPE ended it", &|address, file| {
        let mut client = TcpStream::connect(address).unwrap();
        client.write_all(b"abc").unwrap();
        eventually("it is read", || file.text().contains("616263"));
        drop(client);
        for _ in 0..40 {
            if file.text().contains("\"exit\"") || file.text().contains("\"close\"") {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    });
}

/// One without sockets, one that does nothing with its own, and one whose socket is no TCP.
#[test]
fn a_program_without_a_tcp_socket_is_told_to_have_none() {
    if !have("python3") {
        return;
    }
    let bound = |socket: &str| format!("import socket; {socket}.bind(('127.0.0.1', 0))");
    let unused = "import socket; socket.socket()".to_owned();
    let none = "this program bound no TCP socket and connected none";
    for program in ["print()".to_owned(), unused, bound("socket.socket(type=socket.SOCK_DGRAM)")] {
        let told = |options: &[&str]| watch(options, &["python3", "-c", &program]).run().expect_code(0);
        told(&[]).expect_stderr(none);
        told(&["--lang", "zh"]).expect_stderr("没有绑定过、也没有连接过任何 TCP socket");
        let summary = told(&["--quiet", "--summary"]).expect_stderr(none).stderr;
        assert!(!summary.contains("nothing stands out"), "{summary}");
        assert_eq!(told(&["--quiet"]).stderr, "");
    }
    let output = watch(&[], &["python3", "-c", &bound("socket.socket()")]).run().expect_code(0);
    assert!(!output.stderr.contains(none), "{}", output.stderr);
}
