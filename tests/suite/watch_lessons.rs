//! `day30 watch` of the notes' programs and of the corrected ones: their calls are those that the other side's record has.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use crate::common::auth::{SECRET, auth_server};
use crate::common::judged::check;
use crate::common::record::{Record, RecordFile};
use crate::common::watched::{Script, page, watch};
use crate::common::{Day30, Running, have, python, upper_server};
use rustix::process::Signal;
use serde_json::Value;
use std::fs;

/// A program of the notes, with its port taken from the command.
fn notes(name: &str) -> Script {
    let text = fs::read_to_string(format!("{}/tests/notes/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    Script::new(&text.replace("9000", "int(__import__('sys').argv[1])"))
}

fn corrected(name: &str) -> String {
    format!("{}/lessons/python/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// That a client and a server tell of their one connection what moved over it, each from its side.
#[track_caller]
fn assert_same(client: &Record, server: &Record) {
    let link = &client.with("call", "connect")[0]["conn"];
    let (local, peer) = (link["local"].as_str().unwrap(), link["peer"].as_str().unwrap());
    for (to, from) in [("send", "recv"), ("recv", "send")] {
        let seen = client.bytes(to, peer);
        assert!(!seen.is_empty(), "{to}: {:?}", client.events);
        assert_eq!(seen, server.bytes(from, local), "{to} and {from}");
    }
}

/// Ends a program that would go on for ever: the first Ctrl-C is its own.
fn end(watched: Running) {
    watched.signal(Signal::INT);
    watched.wait();
}

#[test]
fn the_clients_of_lesson_1() {
    if !have("python3") {
        return;
    }
    let script = notes("1_nonblock_client.py");
    let corrected = corrected("nonblock_client.py");
    for (words, ends) in [(vec!["python3", script.arg()], false), (vec!["python3", &corrected], true)] {
        let (seen, told) = (RecordFile::new(), RecordFile::new());
        let server = upper_server("poll", &["--record", told.arg()]);
        let port = server.port();
        let more: &[&str] = if ends { &[&port, "1", "0"] } else { &[&port] };
        let client = watch(&["--quiet", "--record", seen.arg()], &[&words, more].concat()).start();
        client.stdout.wait_for("CLENT11\n", &client.stderr);
        if ends {
            drop(client.wait().expect_code(0));
        } else {
            end(client);
        }
        server.wait_for_stderr("ended: eof");
        server.stop();
        assert_same(&seen.read(), &told.read());
    }
}

#[test]
fn the_clients_of_lesson_2() {
    if !have("python3") {
        return;
    }
    let script = notes("2_auth_client.py");
    let corrected = corrected("auth_client.py");
    for (words, secret) in [(vec!["python3", script.arg()], vec![]), (vec!["python3", &corrected], vec![SECRET])] {
        let (seen, told) = (RecordFile::new(), RecordFile::new());
        let server = auth_server("threads", &["--once", "--record", told.arg()]);
        let port = server.port();
        let words = [&words[..], &[&port], &secret].concat();
        watch(&["--quiet", "--record", seen.arg()], &words).run().expect_code(0);
        server.running.wait().expect_code(0);
        assert_same(&seen.read(), &told.read());
    }
}

#[test]
fn the_servers_of_lesson_2() {
    if !have("python3") {
        return;
    }
    let script = notes("2_auth_server.py");
    let corrected = corrected("auth_server.py");
    for words in [vec!["python3", script.arg(), "{port}"], vec!["python3", &corrected, "{port}", SECRET]] {
        let (seen, told) = (RecordFile::new(), RecordFile::new());
        let server = watch(&["--record", seen.arg()], &words).start();
        let line = server.wait_for_stderr("{port} is ");
        let port = line.trim().rsplit(' ').next().unwrap().to_owned();
        server.wait_for_stderr("listen  ");
        Day30::new(["auth-client", "--secret", SECRET, "--port", &port, "--record", told.arg()]).run().expect_code(0);
        assert_eq!(server.wait().expect_code(0).out().lines().last(), Some("ok"));
        assert_same(&told.read(), &seen.read());
    }
}

/// Lesson 3 has no socket: nothing is told of it, and nothing changes.
#[test]
fn the_programs_of_lesson_3() {
    if !have("python3") {
        return;
    }
    for path in [format!("{}/tests/notes/3_hmac.py", env!("CARGO_MANIFEST_DIR")), corrected("hmac_digest.py")] {
        let mut bare = python();
        bare.arg(&path);
        let bare = Day30::of(bare).run();
        let seen = RecordFile::new();
        let watched = watch(&["--quiet", "--record", seen.arg()], &["python3", &path]).run();
        assert_eq!((watched.code, &watched.stdout, &watched.stderr), (bare.code, &bare.stdout, &bare.stderr));
        assert!(seen.read().events.iter().all(|event| event["call"].is_null()));
    }
}

/// Client A is silent, and the notes' server of lesson 1 sleeps in its `recv`: the page opens there, at that line.
#[test]
fn the_player_shows_the_notes_server_stuck_in_recv() {
    if !have("python3") {
        return;
    }
    let script = notes("1_nonblock_server.py");
    let only = ["--only", "echo/silent-client", "--see"];
    let output = check("nonblock-server", &only, &["python3", script.arg(), "{port}"]).run().expect_code(1);
    let (text, step) = page(&output);
    let (_, rest) = text.split_once("<script type=\"application/json\" id=\"data\">").unwrap();
    let data: Value = serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap();
    let actors = data["actors"].as_array().unwrap();
    let is_server = |step: &Value| actors[usize::try_from(step[2].as_u64().unwrap()).unwrap()][1] == true;
    let steps = data["steps"].as_array().unwrap();
    let last = steps[..step.unwrap()].iter().rfind(|step| is_server(step)).unwrap();
    assert_eq!((&last[4], &last[5]), (&"sleep".into(), &"recv".into()), "{last}");
    let line = usize::try_from(last[10][0][1].as_u64().unwrap()).unwrap();
    let shown = data["sources"][usize::try_from(last[10][0][0].as_u64().unwrap()).unwrap()]["text"].as_str().unwrap();
    assert_eq!(shown.lines().nth(line - 1).unwrap().trim(), "a=c.recv(1024).decode('utf-8')");
    // The judge's clients stand beside it, each under its letter.
    assert!(actors.len() >= 3, "{actors:?}");
}
