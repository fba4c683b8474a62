//! What the upper-casing servers answer: text of any script, in any pieces, and bytes that are no text.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::{Serving, assert_answers, leave, on_every_model, read_exactly, read_to_end, upper_server};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::io::Write;
use std::net::Shutdown;
use std::thread;

on_every_model!(
    letters_of_every_script_come_back_in_upper_case,
    a_letter_cut_in_two_is_held_until_it_is_whole,
    a_text_cut_at_any_byte_is_answered_as_if_it_were_whole,
    a_receive_buffer_of_any_size_changes_no_reply,
    a_letter_across_the_end_of_the_receive_buffer_is_answered_whole,
    any_text_in_any_pieces_is_answered_whole,
    letters_held_for_two_clients_are_not_mixed,
    bytes_that_are_no_utf8_end_that_client_and_no_other,
    an_end_inside_a_letter_is_told_and_the_rest_answered,
    a_reply_three_times_as_long_comes_whole,
    an_http_request_is_text_like_any_other,
    a_tls_hello_is_answered_up_to_its_first_byte_that_is_no_text,
    what_a_client_sends_cannot_command_the_terminal,
);

/// Four scripts and letters of one to four bytes, with one that grows and one that shrinks in upper case.
const TEXT: &str = "aß中Ωςдı😀ŉ!";
const UPPER: &str = "ASS中ΩΣДI😀ʼN!";

/// Bytes that can be no part of UTF-8, and those of them that need a second look.
const WRONG: [&[u8]; 16] = [
    b"\xff",
    b"\xfe",
    b"\x80",             // a continuation with nothing before it
    b"\xbf",             // the last such one
    b"\xc0\x80",         // overlong: NUL in two bytes
    b"\xc1\xbf",         // overlong
    b"\xe0\x80\x80",     // overlong
    b"\xe0\x9f\xbf",     // overlong: U+07FF in three bytes
    b"\xf0\x80\x80\x80", // overlong
    b"\xed\xa0\x80",     // a surrogate
    b"\xed\xbf\xbf",     // the last surrogate
    b"\xf4\x90\x80\x80", // beyond U+10FFFF
    b"\xf5\x80\x80\x80", // far beyond
    b"\xc3(",            // a letter of two bytes that breaks off
    b"\xe4\xb8a",        // one of three
    b"\xf0\x9f\x98a",    // one of four
];

/// Sends `before`, waits until the server has received exactly that, sends `after` and a FIN, and gives the whole reply.
fn exchange_in_two(server: &Serving, client: u64, before: &[u8], after: &[u8]) -> Vec<u8> {
    let mut stream = server.connect();
    stream.write_all(before).unwrap();
    let unit = if before.len() == 1 { "byte" } else { "bytes" };
    server.wait_for_event(client, &format!("recv → {} {unit} ", before.len()));
    stream.write_all(after).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    read_to_end(&mut stream)
}

/// The whole Unicode mapping, one letter to several among it, and everything without an upper case unchanged.
fn letters_of_every_script_come_back_in_upper_case(io: &str) {
    let server = upper_server(io, &[]);
    let pairs = [
        ("hello, World 123", "HELLO, WORLD 123"),
        ("ß", "SS"),
        ("stra\u{df}e", "STRASSE"),
        ("中文字，你好。", "中文字，你好。"),
        ("καλημέρα κόσμος", "ΚΑΛΗΜΈΡΑ ΚΌΣΜΟΣ"),
        ("привет", "ПРИВЕТ"),
        ("\u{390}", "\u{399}\u{308}\u{301}"),
        ("ﬁﬄ", "FIFFL"),
        ("ıŉǰ", "I\u{2bc}NJ\u{30c}"),
        ("😀👩\u{200d}🔬 e\u{301}", "😀👩\u{200d}🔬 E\u{301}"),
        ("\0\r\n\t\u{7f}\u{feff}", "\0\r\n\t\u{7f}\u{feff}"),
        ("\u{10ffff}\u{e000}\u{d7ff}", "\u{10ffff}\u{e000}\u{d7ff}"),
        (TEXT, UPPER),
    ];
    let mut kept = server.connect();
    for (say, reply) in pairs {
        assert_eq!(String::from_utf8(server.exchange(say.as_bytes())).unwrap(), reply);
        assert_answers(&mut kept, say, reply);
    }
    leave(kept);
    server.stop_after(&format!("eof {}", pairs.len() + 1));
}

/// One to three bytes of a letter wait for the rest, whatever its length and wherever it is cut.
fn a_letter_cut_in_two_is_held_until_it_is_whole(io: &str) {
    let server = upper_server(io, &[]);
    let mut client = 0;
    for (letter, upper) in [("é", "É"), ("ß", "SS"), ("中", "中"), ("ﬁ", "FI"), ("😀", "😀"), ("𐐨", "𐐀")]
    {
        for cut in 1..letter.len() {
            client += 1;
            let mut stream = server.connect();
            stream.write_all(&letter.as_bytes()[..cut]).unwrap();
            server.wait_for_event(client, &format!("a character is incomplete: {cut} "));
            stream.write_all(&letter.as_bytes()[cut..]).unwrap();
            assert_eq!(read_exactly(&mut stream, upper.len()), upper.as_bytes(), "{letter} cut at {cut}");
            server.wait_for_event(client, &format!("the character is complete now: {letter}"));
            stream.shutdown(Shutdown::Write).unwrap();
            assert_eq!(read_to_end(&mut stream), b"", "{letter} cut at {cut}");
        }
    }
    server.assert_serves();
    server.stop_after(&format!("eof {}", client + 1));
}

fn a_text_cut_at_any_byte_is_answered_as_if_it_were_whole(io: &str) {
    let server = upper_server(io, &[]);
    for cut in 1..TEXT.len() {
        let (before, after) = TEXT.as_bytes().split_at(cut);
        let reply = exchange_in_two(&server, cut as u64, before, after);
        assert_eq!(String::from_utf8_lossy(&reply), UPPER, "cut at {cut}");
    }
    server.stop_after(&format!("eof {}", TEXT.len() - 1));
}

/// The smallest buffers cut every letter in every possible way.
fn a_receive_buffer_of_any_size_changes_no_reply(io: &str) {
    for buffer in ["1", "2", "3", "5", "7"] {
        let server = upper_server(io, &["--buffer", buffer]);
        let reply = server.exchange(TEXT.as_bytes());
        assert_eq!(String::from_utf8_lossy(&reply), UPPER, "with --buffer {buffer}");
        server.wait_for_stderr("a character is incomplete");
        server.stop_after("eof 1");
    }
}

/// 1023 bytes and a Chinese letter: with the notes' 1024 bytes for each `recv`, only the letter's first byte fits.
fn a_letter_across_the_end_of_the_receive_buffer_is_answered_whole(io: &str) {
    let server = upper_server(io, &["--buffer", "1024"]);
    let say = "a".repeat(1023) + "中";
    assert_eq!(String::from_utf8(server.exchange(say.as_bytes())).unwrap(), "A".repeat(1023) + "中");
    server.wait_for_event(1, "recv → 1024 bytes ");
    server.wait_for_event(1, "a character is incomplete: 1 ");
    server.wait_for_event(1, "the character is complete now: 中");
    server.stop_after("eof 1");
}

fn any_text_in_any_pieces_is_answered_whole(io: &str) {
    let server = upper_server(io, &["--buffer", "5"]);
    let text = prop::collection::vec(any::<char>(), 0..48).prop_map(String::from_iter);
    let mut runner = TestRunner::new(Config { cases: 48, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&(text, 1..9_usize), |(text, piece)| {
        let mut stream = server.connect();
        text.as_bytes().chunks(piece).for_each(|piece| stream.write_all(piece).unwrap());
        stream.shutdown(Shutdown::Write).unwrap();
        // Letter by letter: `str::to_uppercase` is the same, as only lower case knows a final form.
        prop_assert_eq!(String::from_utf8(read_to_end(&mut stream)).unwrap(), text.to_uppercase());
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

fn letters_held_for_two_clients_are_not_mixed(io: &str) {
    let server = upper_server(io, &[]);
    let (mut one, mut other) = (server.connect(), server.connect());
    one.write_all(b"\xe4\xb8").unwrap(); // of 中
    server.wait_for_event(1, "a character is incomplete: 2");
    other.write_all(b"\xc3").unwrap(); // of ß
    server.wait_for_event(2, "a character is incomplete: 1");
    one.write_all(b"\xad").unwrap();
    other.write_all(b"\x9f").unwrap();
    assert_eq!(read_exactly(&mut one, 3), "中".as_bytes());
    assert_eq!(read_exactly(&mut other, 2), b"SS");
    [one, other].into_iter().for_each(leave);
    server.stop_after("eof 2");
}

/// What came before them is answered, what came behind them is not; who speaks at the same time notices nothing, not even
/// in the middle of a letter. Once as they come, once byte by byte.
fn bytes_that_are_no_utf8_end_that_client_and_no_other(io: &str) {
    for buffer in ["65536", "1"] {
        let server = upper_server(io, &["--buffer", buffer]);
        let mut bystander = server.connect();
        for (number, wrong) in WRONG.iter().enumerate() {
            bystander.write_all(b"\xe4\xb8").unwrap();
            let client = 2 + 2 * number as u64;
            let reply = server.exchange(&[TEXT.as_bytes(), wrong, b" and more"].concat());
            assert_eq!(String::from_utf8_lossy(&reply), UPPER, "before {wrong:x?}, --buffer {buffer}");
            let place = format!("byte {:#04x} at offset {}", wrong[0], TEXT.len());
            server.wait_for_event(client, &format!("not valid UTF-8: {place}"));
            server.wait_for_event(client, "ended: bad-utf8 (");
            bystander.write_all(b"\xad").unwrap();
            assert_eq!(read_exactly(&mut bystander, 3), "中".as_bytes(), "beside {wrong:x?}");
            server.assert_serves();
        }
        leave(bystander);
        server.stop_after(&format!("eof {}, bad-utf8 {}", WRONG.len() + 1, WRONG.len()));
    }
}

fn an_end_inside_a_letter_is_told_and_the_rest_answered(io: &str) {
    let server = upper_server(io, &[]);
    let tails: [&[u8]; 6] = [b"\xc3", b"\xe4", b"\xe4\xb8", b"\xf0", b"\xf0\x9f", b"\xf0\x9f\x98"];
    for (client, tail) in (1..).zip(tails) {
        assert_eq!(server.exchange(&["straße".as_bytes(), tail].concat()), b"STRASSE", "before {tail:x?}");
        server.wait_for_event(client, &format!("the stream ended in the middle of a character: {} ", tail.len()));
        server.wait_for_event(client, "ended: utf8-truncated (");
    }
    server.assert_serves();
    server.stop_after("eof 1, utf8-truncated 6");
}

/// U+0390 has two bytes, and six in upper case. One buffer's size is odd, so that each of its ends cuts a letter.
fn a_reply_three_times_as_long_comes_whole(io: &str) {
    const LETTERS: usize = 512 * 1024;
    for buffer in ["65536", "4095"] {
        let server = upper_server(io, &["--buffer", buffer]);
        let mut stream = server.connect();
        let mut sender = stream.try_clone().unwrap();
        let sending = thread::spawn(move || {
            sender.write_all("\u{390}".repeat(LETTERS).as_bytes()).unwrap();
            sender.shutdown(Shutdown::Write).unwrap();
        });
        let reply = read_to_end(&mut stream);
        sending.join().unwrap();
        assert_eq!(reply.len(), 6 * LETTERS, "--buffer {buffer}");
        assert!(reply == "\u{399}\u{308}\u{301}".repeat(LETTERS).as_bytes(), "--buffer {buffer}");
        server.assert_serves();
        server.stop_after("eof 2");
    }
}

fn an_http_request_is_text_like_any_other(io: &str) {
    let server = upper_server(io, &[]);
    let reply = server.exchange(b"GET /index.html HTTP/1.0\r\nHost: example.org\r\n\r\n");
    assert_eq!(reply, b"GET /INDEX.HTML HTTP/1.0\r\nHOST: EXAMPLE.ORG\r\n\r\n");
    server.stop_after("eof 1");
}

fn a_tls_hello_is_answered_up_to_its_first_byte_that_is_no_text(io: &str) {
    let server = upper_server(io, &[]);
    let mut hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec();
    hello.extend((0..506).map(|byte: u32| (byte * 89 % 256) as u8));
    assert_eq!(server.exchange(&hello), b"\x16\x03\x01\x02\x00\x01\x00\x01");
    server.wait_for_event(1, "not valid UTF-8: byte 0xfc at offset 8");
    server.assert_serves();
    server.stop_after("eof 1, bad-utf8 1");
}

/// The reply is the client's own bytes; what is shown of them is escaped, in payloads and in facts.
fn what_a_client_sends_cannot_command_the_terminal(io: &str) {
    let server = upper_server(io, &["--buffer", "1"]);
    let say = "\u{1b}]52;c;eA==\u{7}\u{1b}[2J\u{9b}2J\u{202e}";
    assert_eq!(server.exchange(say.as_bytes()), say.to_uppercase().as_bytes());
    server.wait_for_event(1, r#"recv → 1 byte "\x1b""#);
    server.wait_for_event(1, r"the character is complete now: \u{9b}");
    server.wait_for_event(1, r"the character is complete now: \u{202e}");
    server.wait_for_event(1, "ended: eof");
    let narration = server.running.stderr.text();
    assert!(!narration.contains(['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}']), "{narration}");
}
