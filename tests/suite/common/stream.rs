//! What a test's end of a connection says and hears.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

/// Everything until the server's end, which must be a clean one.
#[track_caller]
pub fn read_to_end(stream: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).expect("no clean end");
    bytes
}

/// Exactly `count` bytes.
#[track_caller]
pub fn read_exactly(stream: &mut TcpStream, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    stream.read_exact(&mut bytes).unwrap_or_else(|error| panic!("{count} bytes did not come: {error}"));
    bytes
}

/// Says something on an open connection, and hears exactly this reply.
#[track_caller]
pub fn assert_answers(stream: &mut TcpStream, say: &str, reply: &str) {
    stream.write_all(say.as_bytes()).unwrap();
    assert_eq!(String::from_utf8_lossy(&read_exactly(stream, reply.len())), reply);
}

/// Sends a FIN, and sees the server's clean end with nothing before it.
#[track_caller]
pub fn leave(mut stream: TcpStream) {
    stream.shutdown(Shutdown::Write).unwrap();
    assert_eq!(read_to_end(&mut stream), b"");
}

/// A text in which a lost, a doubled or a swapped piece shows: numbers in hexadecimal, in lower case.
pub fn numbered(bytes: usize) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes + 9);
    // Digit by digit: some texts have millions of numbers.
    for number in (0_u32..).step_by(7) {
        if text.len() >= bytes {
            break;
        }
        let places = 0..=number.checked_ilog(16).unwrap_or(0);
        text.extend(places.rev().map(|place| b"0123456789abcdef"[(number >> (4 * place) & 15) as usize]));
        text.push(b' ');
    }
    text.truncate(bytes);
    text
}

/// Closes with a reset (RST) instead of a FIN.
pub fn reset(stream: TcpStream) {
    socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
    drop(stream);
}
