//! `day30 watch` of servers that others wrote, in several languages: every byte that their clients saw is there, and for whom they waited.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::print_stderr)]

use crate::common::judged::compiled;
use crate::common::process::eventually;
use crate::common::record::{Record, RecordFile};
use crate::common::watched::watch;
use crate::common::{PATIENCE, assert_answers, have, leave};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Command;

fn reference(name: &str) -> String {
    format!("{}/tests/judged/reference/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn watched(name: &str) -> String {
    format!("{}/tests/watched/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// Watches a server with these clients, each of which says its own word, and gives what was recorded of it.
#[track_caller]
fn serves(words: &[&str], clients: usize) -> Record {
    let file = RecordFile::new();
    let words = [words, &["{port}"]].concat();
    let server = watch(&["--record", file.arg()], &words).patience(PATIENCE * 2).start();
    let port: u16 = server.wait_for_stderr("{port} is ").trim().rsplit(' ').next().unwrap().parse().unwrap();
    eventually("it listens", || file.text().contains("\"listen\""));
    let mut streams: Vec<_> = (0..clients).map(|_| TcpStream::connect(("127.0.0.1", port)).unwrap()).collect();
    let word = |number: usize| format!("word {number}");
    for (number, stream) in streams.iter_mut().enumerate() {
        assert_answers(stream, &word(number), &word(number).to_uppercase());
    }
    let peers: Vec<_> = streams.iter().map(|stream| stream.local_addr().unwrap().to_string()).collect();
    streams.into_iter().for_each(leave);
    let closes = || file.text().matches("\"close\"").count() >= clients;
    eventually("all of them are closed", closes);
    let text = file.text();
    drop(server);
    let whole = text.rfind('\n').map_or("", |end| &text[..=end]);
    let record = Record::parse(whole);
    for (number, peer) in peers.iter().enumerate() {
        assert_eq!(record.bytes("recv", peer), word(number).as_bytes(), "{words:?}");
        assert_eq!(record.bytes("send", peer), word(number).to_uppercase().as_bytes(), "{words:?}");
    }
    assert_eq!(record.with("call", "accept").iter().filter(|event| event["ok"].is_string()).count(), clients);
    record
}

#[test]
fn servers_in_python() {
    if !have("python3") {
        return;
    }
    serves(&["python3", &reference("echo_threads.py")], 3);
    for name in ["echo_selectors.py", "echo_asyncio.py"] {
        let record = serves(&["python3", &reference(name)], 3);
        let waited = record.with("seen", "waited");
        assert!(waited.iter().any(|event| event["on"].as_array().unwrap().len() >= 3), "{name}: {waited:?}");
        assert!(waited.iter().any(|event| event["ready"][0] == "listening"), "{name}: {waited:?}");
        assert!(waited.iter().any(|event| event["ready"][0]["accepted"].is_u64()), "{name}: {waited:?}");
    }
}

#[test]
fn servers_in_javascript_and_c() {
    if have("node") {
        let record = serves(&["node", &reference("echo.js")], 3);
        assert!(record.with("seen", "waited").iter().any(|event| event["ready"][0]["accepted"].is_u64()));
    }
    if have("cc") {
        serves(&[&compiled("echo")], 3);
    }
}

/// Their tools are not everywhere, and need not be.
#[test]
fn servers_in_java_and_rust() {
    let is_there =
        |tool: &str| Command::new(tool).arg("--version").output().is_ok_and(|output| output.status.success());
    if is_there("java") && is_there("javac") {
        serves(&["java", "-Xshare:auto", "-XX:TieredStopAtLevel=1", &watched("Echo.java")], 2);
    } else {
        eprintln!("LEFT OUT: the server in Java, as there is no java");
    }
    if is_there("rustc") {
        let binary = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("watched-echo-{}", std::process::id()));
        let built = Command::new("rustc").arg(watched("echo.rs")).arg("-o").arg(&binary).status().unwrap();
        assert!(built.success());
        serves(&[binary.to_str().unwrap()], 2);
        std::fs::remove_file(&binary).unwrap();
    } else {
        eprintln!("LEFT OUT: the server in Rust, as there is no rustc");
    }
}

#[test]
fn a_hundred_threads_lose_no_event() {
    if have("python3") {
        let record = serves(&["python3", &reference("echo_threads.py")], 100);
        let mut threads: Vec<_> = record.with("call", "recv").iter().map(|event| event["thread"].as_u64()).collect();
        threads.sort_unstable();
        threads.dedup();
        assert_eq!(threads.len(), 100);
    }
}
