//! The clients of lessons 1 and 4 with an honest server: what is typed, what is shown, where they connect to.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::{Day30, Output, upper_server};
use std::net::{TcpListener, ToSocketAddrs};

/// What `socket-client` makes of this stdin, with a server that sleeps until it is needed.
fn typed(stdin: impl Into<Vec<u8>>) -> Output {
    let server = upper_server("poll", &[]);
    Day30::new(["socket-client", "--port", &server.port()]).stdin(stdin).run()
}

#[test]
fn each_line_comes_back_as_one_line() {
    let output = typed("one\nstraße\n你好\n").expect_code(0).expect_stderr("\nsent 16 bytes, received 16\n");
    assert_eq!(output.out(), "ONE\nSTRASSE\n你好\n");
}

/// The notes' client would wait for ever: nothing is sent, so nothing comes back.
#[test]
fn an_empty_line_sends_nothing_and_is_not_waited_for() {
    let output = typed("\n").expect_code(0).expect_stderr("\nsent 0 bytes, received 0\n");
    assert_eq!(output.out(), "");
    assert!(!output.stderr.contains(" send "), "{}", output.stderr);
    assert_eq!(typed("\r\n\none\n\n\ntwo\n\n").expect_code(0).out(), "ONE\nTWO\n");
}

#[test]
fn a_last_line_without_its_end_is_sent_too() {
    assert_eq!(typed("one\nlast").expect_code(0).out(), "ONE\nLAST\n");
}

#[test]
fn a_line_end_of_windows_is_no_part_of_the_line() {
    let output = typed("one\r\ntw\ro\r\n").expect_code(0).expect_stderr("\nsent 7 bytes, received 7\n");
    assert_eq!(output.out(), "ONE\nTW\rO\n");
}

#[test]
fn a_nul_byte_is_a_letter_like_any_other() {
    assert_eq!(typed(b"a\0b\n\0\n").expect_code(0).out(), "A\0B\n\0\n");
}

#[test]
fn a_line_of_ten_mebibytes_comes_back_as_one_line() {
    let mut line = "x".repeat(10 << 20);
    line.push('\n');
    let shown = typed(line.clone()).expect_code(0).stdout;
    assert!(shown == line.to_uppercase().into_bytes(), "{} bytes instead of {}", shown.len(), line.len());
}

/// Letters that grow (U+0390: from 2 bytes to 6) and shrink (U+0131: from 2 bytes to 1) in upper case.
#[test]
fn replies_of_another_length_than_what_was_sent_are_cut_into_the_right_lines() {
    let output = typed("\u{390}\u{390}\nıı\nŉ\nend\n").expect_code(0);
    let shown = "\u{399}\u{308}\u{301}\u{399}\u{308}\u{301}\nII\nʼN\nEND\n";
    assert_eq!(output.out(), shown);
}

#[test]
fn the_client_reads_while_it_writes() {
    let line = "Die Straße, 你好, Ωμέγα, 😀, and plain words to fill the line up. ".repeat(12) + "\n";
    let text = line.repeat(20_000_000 / line.len() + 1);
    let server = upper_server("poll", &[]);
    let client = Day30::new(["socket-client", "--quiet", "--port", &server.port()]);
    let output = client.stdin(text.clone()).run().expect_code(0);
    let shown = text.to_uppercase();
    assert!(output.stdout == shown.as_bytes(), "{} bytes instead of {}", output.stdout.len(), shown.len());
    assert_eq!(output.stderr, "");
    server.assert_serves();
}

#[test]
fn the_client_of_lesson_1_says_the_same_thing_again_and_again() {
    let server = upper_server("spin", &[]);
    let client = |more: &[&str]| {
        let always = ["nonblock-client", "--every", "10ms", "--port", &server.port()];
        Day30::new(always).args(more).run().expect_code(0)
    };
    let output = client(&["--count", "3"]).expect_stderr("\nsent 21 bytes, received 21\n");
    assert_eq!(output.out(), "CLENT11\nCLENT11\nCLENT11\n");
    let output = client(&["--count", "2", "--message", "straße 你好", "--quiet"]);
    assert_eq!((output.out(), &output.stderr[..]), ("STRASSE 你好\nSTRASSE 你好\n", ""));
}

#[test]
fn what_was_sent_and_what_came_back_is_narrated() {
    let output = typed("one\n").expect_code(0);
    for event in [
        "connect 127.0.0.1:",
        "send → 3 bytes \"one\"",
        "recv → 3 bytes \"ONE\"",
        "shutdown\n",
        "recv → 0 bytes: end of stream (EOF)\n",
        "close\n",
    ] {
        assert_eq!(output.stderr.matches(&format!("  client   {event}")).count(), 1, "{event}: {}", output.stderr);
    }
}

/// A port that is taken and not listened on: nobody else gets it, and whoever connects is refused.
fn refusing() -> (socket2::Socket, String) {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.bind(&"127.0.0.1:0".parse::<std::net::SocketAddr>().unwrap().into()).unwrap();
    let port = socket.local_addr().unwrap().as_socket().unwrap().port().to_string();
    (socket, port)
}

#[test]
fn where_nobody_listens_the_client_says_so_and_what_to_start() {
    let (_taken, port) = refusing();
    for (client, server) in [("nonblock-client", "nonblock-server"), ("socket-client", "socket-server")] {
        let output = Day30::new([client, "--port", &port]).keep_stdin_open().run().expect_code(1);
        let error = format!(
            "error: cannot connect to 127.0.0.1:{port}: connection refused: no program listens there\n  \
             start the server first, in another terminal: day30 {server} --port {port}\n"
        );
        assert!(output.stderr.ends_with(&error), "{}", output.stderr);
        assert_eq!(output.out(), "");
    }
}

/// `localhost` may be `::1` and `127.0.0.1`; whichever of them the server has, the client finds it.
#[test]
fn every_address_of_a_name_is_tried() {
    let mut found = 0;
    for address in ("localhost", 0).to_socket_addrs().unwrap() {
        let listener = TcpListener::bind(address).map(|listener| listener.local_addr().unwrap());
        let Ok(free) = listener else { continue };
        let server = Day30::new(["nonblock-server", "--io", "poll", "--addr", &free.to_string()]).serve();
        let port = server.port();
        let client = Day30::new(["socket-client", "--addr", &format!("localhost:{port}")]).stdin("found\n").run();
        assert_eq!(client.expect_code(0).out(), "FOUND\n", "{address}");
        found += 1;
    }
    assert!(found > 0, "localhost has no address");
}

#[test]
fn an_address_without_a_sense_is_a_usage_error() {
    for client in ["nonblock-client", "socket-client"] {
        for port in ["0", "65536", "-1", "abc", "", "9000x"] {
            Day30::new([client, &format!("--port={port}")]).run().expect_code(2);
            let error = if port == "0" { "error: a client cannot connect to port 0" } else { "error: --addr " };
            let address = format!("--addr=127.0.0.1:{port}");
            Day30::new([client, &address]).run().expect_code(2).expect_stderr(error);
        }
        for address in ["127.0.0.1", "", ":9000", "::1:9000", "[::1]"] {
            let address = format!("--addr={address}");
            Day30::new([client, &address])
                .run()
                .expect_code(2)
                .expect_stderr("\n  write for example: --addr 127.0.0.1:9000");
        }
        Day30::new([client, "--port"]).run().expect_code(2);
        Day30::new([client, "--port", "9000", "--addr", "127.0.0.1:9000"]).run().expect_code(2);
        Day30::new([client, "--timeout", "0s"]).run().expect_code(2);
    }
}

#[test]
fn a_message_without_a_sense_is_a_usage_error() {
    for wrong in ["--message=", "--count=0", "--count=-1", "--every=1", "--every=often", "--timeout=0ms"] {
        Day30::new(["nonblock-client", wrong]).run().expect_code(2);
    }
    Day30::new(["nonblock-client", "--message", ""]).run().expect_code(2).expect_stderr("--message is empty");
}
