//! `day30 see server.jsonl client.jsonl`: what both sides recorded, as one.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use crate::common::auth::auth_server;
use crate::common::record::RecordFile;
use crate::common::tapped::tap;
use crate::common::{Day30, Output, on_every_model, upper_server};
use serde_json::Value;
use std::path::Path;

on_every_model!(both_sides_of_a_pair_are_one_trace, both_sides_of_lesson_2_are_one_trace);

/// The records of a server and of so many clients, one client after another.
fn recorded(io: &str, clients: usize) -> (RecordFile, Vec<RecordFile>) {
    let server_file = RecordFile::new();
    let server = upper_server(io, &["--record", server_file.arg()]);
    let client = |_| {
        let file = RecordFile::new();
        let args = ["nonblock-client", "--count", "1", "--port", &server.port(), "--record", file.arg()];
        Day30::new(args).run().expect_code(0);
        file
    };
    let files = (0..clients).map(client).collect();
    server.stop();
    (server_file, files)
}

fn see(files: &[&RecordFile], more: &[&str]) -> Output {
    Day30::new(["see"]).args(files.iter().map(|file| file.arg())).args(more).run()
}

/// Where in the narration this stands for the first time.
#[track_caller]
fn line_of(text: &str, part: &str) -> usize {
    text.lines().position(|line| line.contains(part)).unwrap_or_else(|| panic!("{part:?} is not in:\n{text}"))
}

#[track_caller]
fn assert_in_order(text: &str, parts: &[&str]) {
    let places: Vec<_> = parts.iter().map(|part| line_of(text, part)).collect();
    assert!(places.is_sorted(), "{parts:?} stand in lines {places:?} of:\n{text}");
}

/// What causes what. Whether a client sends before or after it is accepted is decided by nothing but the clocks.
#[track_caller]
fn assert_causes_come_first(text: &str) {
    assert_in_order(text, &[" bind ", " connect 127", " accept → 127", " #1 recv → 7 bytes \"clent11\""]);
    let sends = ["send → 7 bytes \"clent11\"", "#1 recv → 7 bytes \"clent11\"", "#1 send → 7 bytes \"CLENT11\""];
    assert_in_order(
        text,
        &[&[" connect 127"], &sends[..], &["  recv → 7 bytes \"CLENT11\"", "  recv → 0 bytes"]].concat(),
    );
    assert_in_order(text, &["  shutdown", "#1 recv → 0 bytes", "#1 ended: eof", "  recv → 0 bytes"]);
}

fn both_sides_of_a_pair_are_one_trace(io: &str) {
    let (server, clients) = recorded(io, 1);
    let output = see(&[&server, &clients[0]], &[]).expect_code(0);
    let text = output.out();
    let head = format!("records of day30 nonblock-server + nonblock-client, 127.0.0.1:0, I/O model {io}\n");
    assert!(text.starts_with(&head), "{text}");
    assert_eq!(text.lines().nth(1).unwrap().split_whitespace().collect::<Vec<_>>(), ["seconds", "server", "client"]);
    // The client's lane is beside the server's.
    let of_client = |line: &str| line[9..].starts_with(&" ".repeat(18));
    let (theirs, ours): (Vec<_>, Vec<_>) = text.lines().skip(2).partition(|line| of_client(line));
    assert!(theirs.iter().all(|line| !line.contains('#')) && ours.len() >= 8 && theirs.len() >= 6, "{text}");
    assert_causes_come_first(text);
    assert_eq!(output.stderr, "", "both clocks are the same machine's");
    // In which order the files are given does not matter.
    assert_eq!(see(&[&clients[0], &server], &[]).expect_code(0).out(), text);
    let zh = see(&[&server, &clients[0]], &["--lang", "zh"]).expect_code(0);
    assert!(zh.out().starts_with("day30 nonblock-server + nonblock-client 的记录"), "{}", zh.out());
    assert!(zh.out().contains("客户端\n"), "{}", zh.out());
}

fn both_sides_of_lesson_2_are_one_trace(io: &str) {
    let files = [RecordFile::new(), RecordFile::new()];
    let server = auth_server(io, &["--record", files[0].arg()]);
    let client =
        ["auth-client", "--secret", "luwei", "--port", &server.port(), "--seen", "off", "--record", files[1].arg()];
    Day30::new(client).run().expect_code(0);
    server.stop();
    let output = see(&[&files[0], &files[1]], &[]).expect_code(0);
    let parts = [
        " connect 127",
        " accept → 127",
        " #1 challenge ",
        " #1 send → 32 bytes",
        "  recv → 32 bytes",
        " answer: the length 32",
        "  send → 36 bytes",
        " #1 recv → 36 bytes",
        " #1 length 32: correct",
        " #1 ended: ok",
    ];
    // An answer may come in two parts; what is said of it comes behind it all the same.
    let parts: Vec<_> = parts.into_iter().filter(|part| output.out().contains(part)).collect();
    assert!(parts.len() >= 8, "{parts:?} of\n{}", output.out());
    assert_in_order(output.out(), &parts);
}

#[test]
fn each_of_several_clients_has_its_letter() {
    let (server, clients) = recorded("threads", 3);
    let files: Vec<_> = [&server].into_iter().chain(&clients).collect();
    let output = see(&files, &[]).expect_code(0);
    let heads: Vec<_> = output.out().lines().nth(1).unwrap().split_whitespace().collect();
    assert_eq!(heads, ["seconds", "server", "client", "A", "C", "client", "B"]);
    assert_in_order(output.out(), &[" #1 ended", " #2 recv → 7", " C: connect", " #3 ended"]);
    let one = see(&files, &["--conn", "3"]).expect_code(1);
    assert!(one.stderr.contains("connection 3 of") && one.stderr.contains("has no part in it"), "{}", one.stderr);
    let one = see(&[&server, &clients[2]], &["--conn", "3"]).expect_code(0);
    assert!(one.out().contains(" #3 recv → 7") && !one.out().contains("#1 "), "{}", one.out());
}

/// Rewrites the first line of a record.
fn edit_header(file: &RecordFile, edit: impl FnOnce(&mut Value)) {
    let text = file.text();
    let (header, events) = text.split_once('\n').unwrap();
    let mut header = serde_json::from_str(header).unwrap();
    edit(&mut header);
    std::fs::write(file.path(), format!("{header}\n{events}")).unwrap();
}

#[test]
fn a_client_whose_clock_is_wrong_is_put_right() {
    for hours in [-3_i64, 2] {
        let (server, clients) = recorded("poll", 1);
        edit_header(&clients[0], |header| {
            let started = header["started_unix_us"].as_i64().unwrap();
            header["started_unix_us"] = (started + hours * 3_600_000_000).into();
        });
        let output = see(&[&server, &clients[0]], &[]).expect_code(0);
        assert_causes_come_first(output.out());
        let moved = format!("the clock of {} was moved by {}", clients[0].arg(), if hours > 0 { "-7" } else { "+10" });
        assert!(output.stderr.starts_with(&moved), "{}", output.stderr);
        let zh = see(&[&server, &clients[0]], &["--lang", "zh"]).expect_code(0);
        zh.expect_stderr(" 的时钟已调整 ");
    }
}

const THROUGH_A_TAP: [&str; 8] = [
    " send → 7 bytes \"clent11\"",
    " recv from client #1 → 7 bytes \"clent11\"",
    " send to server #1 → 7 bytes \"clent11\"",
    " #1 recv → 7 bytes \"clent11\"",
    " #1 send → 7 bytes \"CLENT11\"",
    " recv from server #1 → 7 bytes \"CLENT11\"",
    " send to client #1 → 7 bytes \"CLENT11\"",
    "  recv → 7 bytes \"CLENT11\"",
];

/// Each byte goes through four sockets, whatever the clocks say.
#[test]
fn a_tap_stands_between_the_server_and_its_client() {
    let files: Vec<_> = (0..4).map(|_| RecordFile::new()).collect();
    let [server_file, tap_file, client_file, other] = files.as_slice() else { unreachable!() };
    let server = upper_server("poll", &["--record", server_file.arg()]);
    let tapped = tap(&server.port(), &["--record", tap_file.arg()]);
    let port = tapped.port();
    Day30::new(["nonblock-client", "--count", "1", "--port", &port, "--record", client_file.arg()])
        .run()
        .expect_code(0);
    tapped.stop();
    tap(&server.port(), &["--record", other.arg()]).stop();
    server.stop();
    let all = [client_file, tap_file, server_file];
    let plain = see(&all, &[]).expect_code(0);
    assert_eq!(
        plain.out().lines().nth(1).unwrap().split_whitespace().collect::<Vec<_>>(),
        ["seconds", "client", "tap", "server"]
    );
    for hours in [-3_i64, 2] {
        edit_header(tap_file, |header| {
            let started = header["started_unix_us"].as_i64().unwrap();
            header["started_unix_us"] = (started + hours * 3_600_000_000).into();
        });
        let output = see(&all, &[]).expect_code(0);
        assert_in_order(output.out(), &THROUGH_A_TAP);
        output.expect_stderr(&format!("the clock of {} was moved by", tap_file.arg()));
    }
    assert!(see(&all, &["--lang", "zh"]).expect_code(0).out().contains("send 发往服务器 #1 → 7 字节"));
    // Without the client's record, and in every view.
    assert!(see(&[server_file, tap_file], &[]).expect_code(0).out().contains(" #1 recv → 7"));
    for view in ["ladder", "html", "pcap", "perfetto"] {
        assert!(!see(&all, &["--as", view]).expect_code(0).stdout.is_empty(), "{view}");
    }
    // A tap's client is named as the client that it is, and not by a number of ours.
    let timeline = see(&all, &["--as", "perfetto"]).expect_code(0);
    assert!(timeline.out().contains("\"client #1\"") && !timeline.out().contains("00001\""), "{}", timeline.out());
    let refused = |files: &[&RecordFile], more: &[&str], why: &str| {
        let output = see(files, more).expect_code(1);
        assert!(output.stderr.contains(why), "{}", output.stderr);
    };
    refused(&all, &["--conn", "1"], "beside a tap every conversation has two");
    refused(&[server_file, tap_file, other], &[], "are both records of taps");
    refused(&[server_file, other, client_file], &[], "have no connection in common");
    refused(&[tap_file, client_file], &[], "none of these records is a server's");
}

#[test]
fn records_that_do_not_belong_together_are_refused() {
    let ((server, clients), (other, others)) = (recorded("poll", 1), recorded("threads", 1));
    let refused = |files: &[&RecordFile], why: &str| {
        for (lang, begin) in [("en", "error: "), ("zh", "错误：")] {
            let output = see(files, &["--lang", lang]).expect_code(1);
            assert!(
                output.stderr.starts_with(begin) && (lang == "zh" || output.stderr.contains(why)),
                "{}",
                output.stderr
            );
            assert_eq!(output.out(), "");
        }
    };
    refused(&[&server, &others[0]], "have no connection in common");
    refused(&[&server, &other], "are both records of servers");
    refused(&[&clients[0], &others[0]], "none of these records is a server's");
    refused(&[&server, &server, &clients[0]], "is given twice");
    let copy = RecordFile::new();
    std::fs::copy(clients[0].path(), copy.path()).unwrap();
    refused(&[&server, &clients[0], &copy], "are the same record");
    edit_header(&copy, |header| header["role"] = "demo".into());
    refused(&[&server, &copy], "is the record of a demo");
    let missing = Day30::new(["see", server.arg(), "/no/such/file"]).run().expect_code(3);
    assert!(missing.stderr.contains("/no/such/file") && !Path::new("/no/such/file").exists());
}

/// One file may come from elsewhere.
#[test]
fn one_of_them_may_be_stdin() {
    let (server, clients) = recorded("spin", 1);
    let piped = Day30::new(["see", "-", clients[0].arg()]).stdin(server.text()).run().expect_code(0);
    assert_eq!(piped.out(), see(&[&server, &clients[0]], &[]).expect_code(0).out());
    Day30::new(["see", "-", "-"]).stdin(server.text()).run().expect_code(1).expect_stderr("- is given twice");
}
