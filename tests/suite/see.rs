//! `day30 see`: what `--record` wrote, narrated again.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use crate::common::record::RecordFile;
use crate::common::{Day30, Output, assert_answers, leave, upper_server};

/// What a server narrated, and its record.
fn recorded(io: &str) -> (String, RecordFile) {
    let file = RecordFile::new();
    let server = upper_server(io, &["--record", file.arg()]);
    for text in ["hello", "中文"] {
        let mut client = server.connect();
        assert_answers(&mut client, text, &text.to_uppercase());
        leave(client);
    }
    (server.stop().stderr, file)
}

fn see(file: &RecordFile, more: &[&str]) -> Output {
    Day30::new(["see", file.arg()]).args(more).run()
}

#[test]
fn a_record_is_narrated_as_it_was_live() {
    for io in ["spin", "poll", "threads"] {
        let (live, file) = recorded(io);
        let output = see(&file, &[]).expect_code(0);
        let (title, again) = output.out().split_once('\n').unwrap();
        assert_eq!(title, format!("record of day30 nonblock-server, 127.0.0.1:0, I/O model {io}"));
        // Beside the events, a server tells what Ctrl-C does, and its summary.
        let missing: Vec<_> = again.lines().filter(|line| !live.contains(line)).collect();
        assert_eq!(missing, Vec::<&str>::new(), "{live}");
        let told = |text: &str| text.lines().filter(|line| line.contains("  #1 ")).count();
        assert_eq!(told(again), told(&live));
        assert!(again.contains("recv → 5 bytes \"hello\""), "{again}");
        assert_eq!(output.stderr, "");
    }
}

#[test]
fn a_part_can_be_asked_for() {
    let (_, file) = recorded("poll");
    let of_second = see(&file, &["--conn", "2"]).expect_code(0);
    assert!(of_second.out().lines().skip(1).all(|line| line.contains(" #2 ")), "{}", of_second.out());
    assert!(of_second.out().contains("\"中文\""), "{}", of_second.out());
    let all = see(&file, &[]).expect_code(0).out().to_owned();
    let some = see(&file, &["--from", "2", "--to", "4"]).expect_code(0);
    assert_eq!(some.out().lines().count(), 1 + 3);
    assert!(some.out().lines().all(|line| all.contains(line)), "{}", some.out());
    see(&file, &["--conn", "99"]).expect_code(1).expect_stderr("error: no event in this record matches\n");
}

#[test]
fn it_speaks_chinese_too() {
    let (_, file) = recorded("threads");
    let output = see(&file, &["--lang", "zh"]).expect_code(0);
    assert!(
        output.out().starts_with("day30 nonblock-server 的记录，127.0.0.1:0，I/O 模型 threads\n"),
        "{}",
        output.out()
    );
    assert!(output.out().contains("recv → 5 字节 \"hello\""), "{}", output.out());
}

/// Whoever was killed has left half a line, and what it recorded before is worth seeing.
#[test]
fn what_is_readable_is_shown_and_the_rest_is_named() {
    let (_, file) = recorded("poll");
    let whole = file.text();
    let count = whole.lines().count();
    std::fs::write(file.path(), &whole[..whole.len() - 10]).unwrap();
    let output = see(&file, &[]).expect_code(1);
    assert!(output.out().contains("\"hello\""), "{}", output.out());
    let error = format!("error: cannot read {}: the record ends in the middle of line {count}; ", file.arg());
    assert!(output.stderr.starts_with(&error), "{}", output.stderr);
    for view in ["ladder", "html", "pcap", "perfetto"] {
        let drawn = see(&file, &["--as", view]).expect_code(1);
        assert!(drawn.stderr.starts_with(&error) && drawn.stdout.len() > 1000, "{view}: {}", drawn.stderr);
    }
    let asked = Day30::new(["quiz", file.arg()]).stdin("1\nq\n").run().expect_code(1);
    assert!(
        asked.out().contains("1 of 1 right") && asked.stderr.starts_with(&error),
        "{}{}",
        asked.out(),
        asked.stderr
    );

    let lines: Vec<_> = whole.lines().enumerate().filter(|(at, _)| *at != 3).map(|(_, line)| line).collect();
    std::fs::write(file.path(), lines.join("\n")).unwrap();
    see(&file, &[]).expect_code(1).expect_stderr(": line 4: number 4 follows 2: events are missing\n");

    std::fs::write(file.path(), "print('hello')\n").unwrap();
    see(&file, &[]).expect_code(1).expect_stderr(": it is not a record of day30: its first line is no header\n");
    std::fs::remove_file(file.path()).unwrap();
    see(&file, &[]).expect_code(3).expect_stderr(": no such file or directory\n");
}

/// Whoever wrote the file may have been a stranger: nothing in it can command the terminal.
#[test]
fn a_record_cannot_command_the_terminal() {
    let file = RecordFile::new();
    let header = "{\"format\":\"day30-trace\",\"version\":1,\"day30\":\"\\u001b[2J\",\"command\":\"a\\u001b[2Jb\",\"role\":\"server\",\
                  \"address\":\"\\u009b2J\",\"io\":\"\\u001b]0;x\\u0007\",\"started_unix_us\":0,\"payload_cap\":1}";
    let event = "{\"n\":1,\"us\":0,\"actor\":\"server\",\"check\":\"\\u001b[31mred\"}";
    std::fs::write(file.path(), format!("{header}\n{event}\n")).unwrap();
    let output = see(&file, &["--color", "never"]).expect_code(0);
    assert!(output.out().contains(r"check \x1b[31mred"), "{}", output.out());
    assert!(!output.out().contains(['\u{1b}', '\u{9b}', '\u{7}']), "{}", output.out());
}

#[test]
fn it_reads_stdin_and_ends_with_its_reader() {
    let (_, file) = recorded("spin");
    let piped = Day30::new(["see", "-"]).stdin(file.text()).run().expect_code(0);
    assert_eq!(piped.out(), see(&file, &[]).expect_code(0).out());
    Day30::new(["see", file.arg()]).read_one_line().run().expect_code(0);
}

/// The demo's four lessons in one record: what both ends did stands in lanes, as it did live.
#[test]
fn a_demo_is_narrated_in_lanes() {
    let file = RecordFile::new();
    let live = Day30::new(["demo", "--record", file.arg()]).run().expect_code(0);
    let output = see(&file, &[]).expect_code(0);
    let text = output.out();
    assert!(text.starts_with("record of day30 demo\n"), "{text}");
    for lesson in ["nonblock", "auth", "hmac", "socket-server"] {
        assert!(text.contains(&format!("\nLesson: {lesson}\n")), "{lesson} is not in:\n{text}");
    }
    // Only the clock may differ: lessons begin a moment before their first event.
    let told = |text: &str| {
        let lines = text.lines().filter(|line| line.trim_start().starts_with("0.") && line.contains("recv → "));
        lines.map(|line| line[9..].to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(told(text), told(live.out()));
    assert!(told(text).len() > 5, "{text}");
    let record = file.read();
    assert_eq!(record.header["role"], "demo");
}

/// A thread that sleeps in `recv` until its client speaks: the record knows for how long.
#[test]
fn how_long_a_call_waited_is_told_when_it_is_asked_for() {
    let file = RecordFile::new();
    for io in ["threads", "poll"] {
        let server = upper_server(io, &["--record", file.arg()]);
        let mut client = server.connect();
        assert_answers(&mut client, "first", "FIRST");
        // What is waited for here is the time itself.
        std::thread::sleep(std::time::Duration::from_millis(300));
        assert_answers(&mut client, "second", "SECOND");
        leave(client);
        server.stop();
        let call = if io == "poll" { "poll → 1 ready" } else { "recv → 6 bytes \"second\"" };
        let told = see(&file, &["--waits"]).expect_code(0);
        let waited = |line: &str| line.split_once(" (waited ")?.1.strip_suffix(" s)")?.parse::<f64>().ok();
        let longest = told.out().lines().filter(|line| line.contains(call)).filter_map(waited).fold(0.0, f64::max);
        assert!(longest >= 0.2, "{}", told.out());
        assert!(!see(&file, &[]).expect_code(0).out().contains("waited"));
    }
}
