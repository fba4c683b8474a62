//! Lesson 2 from the outside: every digest is computed here, and not by the program that is tested.

use super::process::eventually;
use super::{Day30, Output, Serving, pace, read_exactly, read_to_end};
use day30::lang::Lang;
use day30::protocol::{Ending, Fact};
use day30::view::{describe_ending, describe_fact};
use hmac::{KeyInit, Mac};
use md5::{Digest, Md5};
use sha2::Sha256;
use std::io::Write;
use std::net::{SocketAddr, TcpStream};

/// The notes' secret.
pub const SECRET: &str = "luwei";

pub fn hex(bytes: &[u8]) -> String {
    base16ct::lower::encode_string(bytes)
}

pub fn md5_hex(parts: &[&[u8]]) -> String {
    hex(&Md5::digest(parts.concat()))
}

pub fn hmac_md5_hex(key: &[u8], message: &[u8]) -> String {
    hmac_hex::<hmac::Hmac<Md5>>(key, message)
}

pub fn hmac_sha256_hex(key: &[u8], message: &[u8]) -> String {
    hmac_hex::<hmac::Hmac<Sha256>>(key, message)
}

fn hmac_hex<M: Mac + KeyInit>(key: &[u8], message: &[u8]) -> String {
    let mut mac = <M as KeyInit>::new_from_slice(key).unwrap();
    mac.update(message);
    hex(&mac.finalize().into_bytes())
}

/// A client's message: the length of the digits, little-endian, and then the digits.
pub fn packed(digits: impl AsRef<[u8]>) -> Vec<u8> {
    let digits = digits.as_ref();
    [&i32::try_from(digits.len()).unwrap().to_le_bytes(), digits].concat()
}

/// What a client sends that knows the notes' secret.
pub fn right_answer(challenge: &[u8]) -> Vec<u8> {
    packed(md5_hex(&[SECRET.as_bytes(), challenge]))
}

/// What a protocol learned, as the narration's line ends with it.
pub fn told(fact: &Fact) -> String {
    format!("{}\n", describe_fact(fact, Lang::En))
}

/// How a connection ended, as the narration's line ends with it.
pub fn ended(ending: Ending) -> String {
    format!("ended: {} ({})\n", ending.slug(), describe_ending(ending, Lang::En))
}

/// The line that a server has for whoever did not prove itself.
pub fn refused(peer: impl std::fmt::Display, ending: Ending) -> String {
    format!("{peer} did not prove itself: {} ({})\n", describe_ending(ending, Lang::En), ending.slug())
}

/// Lesson 2's server on a free port, with the notes' secret.
#[track_caller]
pub fn auth_server(io: &str, more: &[&str]) -> Serving {
    Day30::new(["auth-server", "--secret", SECRET, "--port", "0", "--io", io]).args(more).serve()
}

/// The same for a test that waits: see [`pace`].
#[track_caller]
pub fn paced_auth_server(io: &str, more: &[&str]) -> Serving {
    auth_server(io, &[pace(io), more].concat())
}

/// Sends what `answer` makes of the challenge to a server that serves one client. The client does not end first: the
/// server must come to its verdict from the bytes alone, say nothing, and close.
#[track_caller]
pub fn verdict_on(io: &str, more: &[&str], answer: impl FnOnce(&[u8]) -> Vec<u8>) -> Output {
    let server = auth_server(io, &[&["--once"], more].concat());
    let (mut stream, challenge) = server.asked();
    stream.write_all(&answer(&challenge)).unwrap();
    assert_eq!(read_to_end(&mut stream), b"", "the server says nothing back");
    drop(stream);
    server.running.wait()
}

impl Serving {
    /// A connection to a lesson 2 server, and the challenge that came over it.
    #[track_caller]
    pub fn asked(&self) -> (TcpStream, Vec<u8>) {
        let mut stream = self.connect();
        let challenge = read_exactly(&mut stream, 32);
        (stream, challenge)
    }

    /// Waits until the server has said how this client failed.
    #[track_caller]
    pub fn wait_for_refusal(&self, peer: SocketAddr, ending: Ending) {
        self.wait_for_stderr(&ended(ending));
        self.wait_for_stderr(&refused(peer, ending));
    }

    /// How many clients the server has said `ok` to, each in a line of its own.
    pub fn oks(&self) -> usize {
        self.running.stdout.text().lines().filter(|line| *line == "ok").count()
    }

    /// That a fresh honest client is let in.
    #[track_caller]
    pub fn assert_proves(&self) {
        let (stream, challenge) = self.asked();
        self.assert_lets_in(stream, &right_answer(&challenge));
    }

    /// That this answer makes the server say `ok`, and close without a word.
    #[track_caller]
    pub fn assert_lets_in(&self, mut stream: TcpStream, answer: &[u8]) {
        let before = self.oks();
        stream.write_all(answer).unwrap();
        assert_eq!(read_to_end(&mut stream), b"", "the server says nothing back");
        eventually("the server says ok once more", || self.oks() == before + 1);
    }
}

/// A port that is taken, and where nobody listens, for as long as the socket lives.
///
/// On Linux a server may still bind it, as both allow that the address is used again: so no other test can come between.
pub fn closed_port() -> (socket2::Socket, String) {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.set_reuse_address(cfg!(target_os = "linux")).unwrap();
    socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    let port = socket.local_addr().unwrap().as_socket().unwrap().port();
    (socket, port.to_string())
}
