//! `day30 tap`: what passes between a client and a server passes unchanged, and is told.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use crate::common::auth::{SECRET, auth_server, closed_port};
use crate::common::peer::Peer;
use crate::common::process::eventually;
use crate::common::record::RecordFile;
use crate::common::tapped::tap;
use crate::common::{Day30, assert_answers, have, leave, numbered, read_exactly, read_to_end, upper_server};
use std::io::{Read, Write};
use std::net::Shutdown;
use unicode_width::UnicodeWidthStr;

/// Calls and hexdumps fit a terminal. Sentences are wrapped there.
#[track_caller]
fn assert_fits(told: &str) {
    let is_call = |line: &&str| line.starts_with("    0.") && !line.contains("  :");
    let long = told.lines().filter(|line| is_call(line) || line.starts_with(" #") || line.ends_with('|'));
    let long: Vec<_> = long.filter(|line| line.width() > 80).collect();
    assert_eq!(long, Vec::<&str>::new());
}

#[test]
fn text_passes_and_is_explained() {
    let (server, file) = (upper_server("poll", &[]), RecordFile::new());
    let tap = tap(&server.port(), &["--as", "echo", "--record", file.arg()]);
    let mut client = tap.connect();
    let port = client.local_addr().unwrap().port();
    assert_answers(&mut client, "straße", "STRASSE");
    leave(client);
    tap.wait_for_stderr(&format!(":{} ended: eof (end of stream)", server.port()));
    let output = tap.stop();
    for line in [
        " #1 client → server: 7 bytes",
        " text \"straße\": 7 bytes, 6 characters",
        " 00000000  73 74 72 61 c3 9f 65                              |stra..e|",
        " text \"STRASSE\": 7 bytes, 7 characters, the uppercase of what was sent",
        "connections 1 in ",
        "to server   7 bytes received, 7 forwarded\n",
        "to client   7 bytes received, 7 forwarded\n",
        "ended       closed 1\n",
    ] {
        assert!(output.stderr.contains(&format!("\n{line}")), "{line:?} is not in:\n{}", output.stderr);
    }
    assert_fits(&output.stderr);

    let seen = Day30::new(["see", file.arg()]).run().expect_code(0);
    let missing: Vec<_> = seen.out().lines().skip(1).filter(|line| !output.stderr.contains(line)).collect();
    assert_eq!(missing, Vec::<&str>::new(), "{}", output.stderr);
    assert!(seen.out().contains(&format!("#1       recv from :{port} → 7 bytes \"straße\"")), "{}", seen.out());
}

#[test]
fn one_client_has_one_number_and_two_sockets_in_the_record() {
    let (server, file) = (upper_server("poll", &[]), RecordFile::new());
    let tap = tap(&server.port(), &["--quiet", "--record", file.arg()]);
    let mut client = tap.connect();
    let port = client.local_addr().unwrap().port();
    assert_answers(&mut client, "straße", "STRASSE");
    leave(client);
    tap.stop();
    let record = file.read();
    assert_eq!((&record.header["role"], &record.header["command"]), (&"tap".into(), &"tap".into()));
    assert!(record.events.iter().all(|event| event["actor"] == "tap"));
    // One number for a client, and each socket's own addresses.
    let story = [
        "recv straße",
        "send straße",
        "recv STRASSE",
        "send STRASSE",
        "recv ",
        "shutdown",
        "recv ",
        "shutdown",
        "close",
        "ended eof",
        "close",
        "ended eof",
    ];
    let calls: Vec<_> = record.story(1).into_iter().filter(|word| word != "connect").collect();
    assert_eq!(calls, story);
    assert_eq!(record.bytes("recv", &format!("127.0.0.1:{port}")), "straße".as_bytes());
    assert_eq!(record.bytes("recv", &server.address.to_string()), b"STRASSE");
}

#[test]
fn a_character_that_is_split_over_two_reads_is_explained() {
    let server = upper_server("threads", &[]);
    let tap = tap(&server.port(), &["--as", "echo"]);
    let mut client = tap.connect();
    client.write_all(b"a\xe4").unwrap();
    assert_eq!(read_exactly(&mut client, 1), b"A");
    client.write_all(b"\xb8\xad").unwrap();
    assert_eq!(read_exactly(&mut client, 3), "中".as_bytes());
    leave(client);
    let output = tap.stop();
    let begin = output.stderr.find("the beginning of a character: 1 of its 3 bytes").unwrap();
    let end = output.stderr.find("the rest of a character: 中; 1 of its 3 bytes came before").unwrap();
    assert!(begin < end);
}

#[test]
fn a_handshake_passes_and_each_field_is_explained() {
    let server = auth_server("threads", &["--once"]);
    let tap = tap(&server.port(), &["--as", "auth"]);
    Day30::new(["auth-client", "--secret", SECRET, "--seen", "off", "--port", &tap.port()]).run().expect_code(0);
    assert_eq!(server.running.wait().expect_code(0).out().lines().last(), Some("ok"));
    let output = tap.stop();
    for meaning in
        ["challenge: 32 bytes, random", "length: 4 bytes, little-endian: 32", "digest: 32 bytes, lowercase hex digits"]
    {
        assert!(output.stderr.contains(&format!("\n {meaning}\n 000000")), "{meaning} is not in:\n{}", output.stderr);
    }
    assert!(!output.stderr.contains(SECRET));
}

#[test]
fn python_programs_pass_too() {
    if !have("python3") {
        return;
    }
    let python = |program: &str, args: &[&str]| {
        let mut python = crate::common::python();
        python.arg(format!("{}/lessons/python/{program}", env!("CARGO_MANIFEST_DIR"))).args(args);
        Day30::of(python)
    };
    let server = python("nonblock_server.py", &["0"]).serve();
    let tap = tap(&server.port(), &["--as", "echo", "--slice", "3", "--seed", "1"]);
    let output = python("nonblock_client.py", &[&tap.port(), "2", "0.01"]).run().expect_code(0);
    assert_eq!(output.out().lines().filter(|line| line.contains("CLENT11")).count(), 2, "{}", output.out());
    tap.stop().expect_stderr("\nended       closed 1\n");
}

#[test]
fn a_lot_passes_in_both_directions_at_once() {
    let server = upper_server("poll", &[]);
    let tap = tap(&server.port(), &["--as", "echo", "--quiet"]);
    let text = numbered(4_000_000);
    let mut client = tap.connect();
    let mut writer = client.try_clone().unwrap();
    let sent = text.clone();
    let writing = std::thread::spawn(move || {
        writer.write_all(&sent).unwrap();
        writer.shutdown(Shutdown::Write).unwrap();
    });
    assert!(read_to_end(&mut client) == text.to_ascii_uppercase());
    writing.join().unwrap();
    let output = tap.stop();
    assert_eq!((output.out().lines().count(), output.stderr.as_str()), (1, ""), "quiet is quiet");
}

/// Neither the terminal nor the width of a line can be touched by what is said.
#[test]
fn what_passes_is_escaped() {
    let server = upper_server("poll", &[]);
    for says in ["bytes", "echo", "auth"] {
        let tap = tap(&server.port(), &["--as", says, "--color", "never"]);
        assert_eq!(tap.exchange("\u{1b}[2J\u{202e}\u{9b}x".as_bytes()), "\u{1b}[2J\u{202e}\u{9b}X".as_bytes());
        let output = tap.stop();
        assert!(!output.stderr.contains(['\u{1b}', '\u{202e}', '\u{9b}']), "{}", output.stderr);
        assert!(output.stderr.contains("  1b 5b 32 4a"), "{}", output.stderr);
    }
}

#[test]
fn a_server_that_refuses_is_told_with_advice() {
    let (held, port) = closed_port();
    let (address, file) = (format!("127.0.0.1:{port}"), RecordFile::new());
    let tap = tap(&port, &["--record", file.arg()]);
    let mut client = tap.connect();
    let error = client.read(&mut [0; 1]).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    tap.wait_for_stderr(&format!("cannot connect to {address}: connection refused"));
    tap.wait_for_stderr(&format!("start your server first, in another terminal, on port {port}"));
    // Once it is there, the next client is served.
    let held = cfg!(target_os = "linux").then_some(held);
    let server = Day30::new(["nonblock-server", "--io", "poll", "--port", &port]).serve();
    tap.assert_serves();
    tap.stop().expect_stderr("\nended       closed 1, refused 1\n");
    drop((server, held));
    assert_eq!(file.read().with("ended", "failed").len(), 1);
}

#[test]
fn one_connection_too_many_is_turned_away_and_the_others_go_on() {
    let server = upper_server("poll", &[]);
    let tap = tap(&server.port(), &["--max-connections", "1"]);
    let mut first = tap.connect();
    assert_answers(&mut first, "one", "ONE");
    let mut second = tap.connect();
    assert_eq!(second.read(&mut [0; 1]).unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);
    tap.wait_for_stderr("ended: rejected (");
    assert_answers(&mut first, "two", "TWO");
    leave(first);
    eventually("there is room again", || tap.exchange_or_reset(b"three") == Some(b"THREE".to_vec()));
    let output = tap.stop();
    assert!(output.stderr.contains("ended       closed 2, rejected "), "{}", output.stderr);
}

#[test]
fn it_never_taps_itself() {
    let free = Peer::listening().port();
    let to = format!("localhost:{free}");
    for (lang, error) in [("en", "each connection would come back to it"), ("zh", "每个连接都会绕回来")] {
        let args = ["tap", "--lang", lang, "--port", &free, "--to", &to];
        Day30::new(args).run().expect_code(2).expect_stderr(error);
    }
    Day30::new(["tap", "--to", "9000"]).run().expect_code(2).expect_stderr("--to 127.0.0.1:9000");
    Day30::new(["tap", "127.0.0.1:9000"]).run().expect_code(2).expect_stderr("write: --to 127.0.0.1:9000\n");
}

#[test]
fn it_speaks_chinese() {
    let server = upper_server("poll", &[]);
    let tap = tap(&server.port(), &["--as", "echo", "--lang", "zh", "--half-close", "6", "--on", "to-server"]);
    assert_eq!(tap.exchange("中文abc".as_bytes()), "中文".as_bytes());
    let output = tap.stop();
    for line in [
        " #1 客户端 → 服务器：9 字节",
        " 文本 \"中文abc\"：9 字节，5 个字符",
        " 文本 \"中文\"：6 字节，2 个字符，正是所发内容的大写",
        "到服务器  收到 9 字节，转发 6 字节，按要求丢弃 3 字节",
        "结束      closed 1",
    ] {
        assert!(output.stderr.contains(&format!("\n{line}\n")), "{line} is not in:\n{}", output.stderr);
    }
    assert!(output.stderr.contains("按要求（--half-close）"), "{}", output.stderr);
    assert!(output.stderr.contains("recv 来自 :"), "{}", output.stderr);
    assert_fits(&output.stderr);
}
