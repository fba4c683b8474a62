//! `day30 check --matrix`: every server against every client.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::judged::{ours, program};
use crate::common::{Day30, Output, have};
use std::time::Duration;

fn matrix(players: &[&str], more: &[&str]) -> Output {
    Day30::new(["check", "--matrix"]).args(players).args(more).patience(Duration::from_secs(300)).run()
}

/// The letters behind a server's name.
fn letters<'t>(text: &'t str, server: &str) -> Vec<&'t str> {
    let row = text.lines().find(|line| line.split_whitespace().next() == Some(server) && line.starts_with(server));
    row.unwrap_or_else(|| panic!("no row {server} in:\n{text}")).split_whitespace().skip(1).collect()
}

#[test]
fn servers_and_clients_of_several_languages_understand_each_other() {
    if !have("python3") || !have("node") {
        return;
    }
    let day30 = ours();
    let players = [
        format!("poll='{day30}' nonblock-server --io poll --port {{port}}"),
        format!("asyncio=python3 '{}' {{port}}", program("reference/echo_asyncio.py")),
        format!("node=node '{}' {{port}}", program("reference/echo.js")),
        format!("every-second='{day30}' nonblock-client --port {{port}}"),
        format!("typing=python3 '{}' {{port}}", program("reference/typing_client.py")),
        format!("js={} '{}' {{port}}", "node", program("reference/echo_client.js")),
    ];
    let output = matrix(&players.each_ref().map(String::as_str), &[]).expect_code(0);
    for server in ["poll", "asyncio", "node"] {
        assert_eq!(letters(output.out(), server), ["O", "O", "O"], "{}", output.out());
    }
    assert!(output.out().contains("1 every-second\n") && output.out().contains("  O they understood each other\n"));
}

#[test]
fn each_failure_has_a_letter_of_its_own() {
    if !have("python3") {
        return;
    }
    let server = program("flawed/echo_server.py");
    let flawed = |flaw: &str| format!("{flaw}=env FLAW={flaw} python3 '{server}' {{port}}");
    let (client, flawed_client) =
        (format!("client='{}' nonblock-client --port {{port}}", ours()), program("flawed/echo_client.py"));
    let unprinted = format!("unprinted=env FLAW=prints-otherwise python3 '{flawed_client}' {{port}}");
    let nobody = "nobody=sleep 600 {port}";
    let players = [flawed("not-upper"), flawed("waits-for-end"), flawed("segfault"), client, unprinted, nobody.into()];
    let output =
        matrix(&players.each_ref().map(String::as_str), &["--lang", "zh", "--start-timeout", "4s"]).expect_code(1);
    assert_eq!(letters(output.out(), "not-upper"), ["W", "W", "C"], "{}", output.out());
    assert_eq!(letters(output.out(), "waits-for-end"), ["S", "S", "C"], "{}", output.out());
    assert_eq!(letters(output.out(), "segfault"), ["D", "D", "C"], "{}", output.out());
    assert!(output.out().contains("  C 客户端没有连接\n"), "{}", output.out());
}

/// Two programs with the same port written in speak to each other, and nobody can listen in between.
#[test]
fn a_port_that_both_have_written_in_is_no_verdict_about_them() {
    if !have("python3") {
        return;
    }
    let port = day30::net::ports::free_port().unwrap();
    let told = day30::net::ports::free_port().unwrap();
    let (server, client) = (program("flawed/echo_server.py"), program("flawed/echo_client.py"));
    let players = [
        format!("fixed@{port}=python3 '{server}' {port}"),
        format!("told=python3 '{server}' {{port}}"),
        format!("alike@{port}=python3 '{client}' {port}"),
        format!("other@{told}=python3 '{client}' {told}"),
    ];
    let output = matrix(&players.each_ref().map(String::as_str), &[]).expect_code(3);
    assert_eq!(letters(output.out(), "fixed"), ["?", "O"], "{}", output.out());
    assert_eq!(letters(output.out(), "told"), ["O", "O"], "{}", output.out());
}

/// Lesson 2's server ends the connection first, and as the notes wrote it, it does not set `SO_REUSEADDR`.
#[test]
fn a_written_in_port_is_free_again_for_the_next_pair() {
    if !have("python3") {
        return;
    }
    let port = day30::net::ports::free_port().unwrap();
    let script = "import hashlib, os, socket, struct\n\
                  sk = socket.socket()\n\
                  sk.bind((\"127.0.0.1\", PORT))\n\
                  sk.listen()\n\
                  conn = sk.accept()[0]\n\
                  challenge = os.urandom(32)\n\
                  conn.sendall(challenge)\n\
                  size, = struct.unpack(\"<i\", conn.recv(4, socket.MSG_WAITALL))\n\
                  wanted = hashlib.md5(b\"luwei\" + challenge).hexdigest().encode()\n\
                  print(\"ok\" if conn.recv(size, socket.MSG_WAITALL) == wanted else \"no\", flush=True)\n";
    let script = script.replace("PORT", &port.to_string());
    let client = |name| format!("{name}='{}' auth-client --seen off --port {{port}} --secret {{secret}}", ours());
    let players = [format!("server@{port}=python3 -c '{script}'"), client("one"), client("two"), client("three")];
    let output = matrix(&players.each_ref().map(String::as_str), &["--secret", "luwei"]).expect_code(0);
    assert_eq!(letters(output.out(), "server"), ["O", "O", "O"], "{}", output.out());
}

#[test]
fn lesson_2_is_known_by_who_speaks_first() {
    let day30 = ours();
    let players = [
        format!("server='{day30}' auth-server --port {{port}}"),
        format!("knows='{day30}' auth-client --seen off --port {{port}} --secret {{secret}}"),
        format!("guesses='{day30}' auth-client --seen off --port {{port}} --secret guess"),
    ];
    let output = matrix(&players.each_ref().map(String::as_str), &["--secret", "luwei"]).expect_code(1);
    assert_eq!(letters(output.out(), "server"), ["O", "R"], "{}", output.out());
}

#[test]
fn it_takes_a_server_and_a_client() {
    let client = format!("client='{}' nonblock-client --port {{port}}", ours());
    let output = matrix(&[&client], &[]).expect_code(3);
    assert!(output.out().contains("needs a server and a client\n  servers: \n  clients: client\n"), "{}", output.out());
}
