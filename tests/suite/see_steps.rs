//! `day30 see --step` and `day30 quiz`: a record, one step after another.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use crate::common::record::RecordFile;
use crate::common::{Day30, assert_answers, leave, upper_server};
#[cfg(unix)]
use crate::common::{have, terminal::on_a_terminal};

fn demo(lesson: &str) -> RecordFile {
    let record = RecordFile::new();
    Day30::new(["demo", "--lesson", lesson, "--record", record.arg()]).run().expect_code(0);
    record
}

#[cfg(unix)]
#[test]
fn steps_go_on_and_back_and_show_the_machine() {
    if !have("python3") {
        return;
    }
    let record = demo("nonblock");
    let walk = |typed: &str, more: &[&str]| {
        let walk = on_a_terminal("all").args(["see", record.arg(), "--step", "--color", "never"]).args(more);
        walk.stdin(typed).run().expect_code(0).out().to_owned()
    };
    let shown = walk("\n\nb\n/clent11\n\nq\n", &[]);
    let numbers: Vec<_> = shown.lines().filter_map(|line| line.split_once("step ")?.1.split_once(" of ")).collect();
    let numbers: Vec<u32> = numbers.iter().map(|(number, _)| number.parse().unwrap()).collect();
    assert_eq!(numbers[..4], [1, 2, 3, 2], "{shown}");
    assert_eq!(numbers[5], numbers[4] + 1, "{shown}");
    for part in [
        "client A #1  send → 7 bytes \"clent11\"",
        "The kernel has copied everything into the send buffer",
        "nonblock_client.py:",
        "client.rs:",
        "open, non-blocking; buffer 7: \"clent11\"",
        "calls returned EAGAIN",
        "accept queue: empty",
    ] {
        assert!(shown.contains(part), "{part} is not in:\n{shown}");
    }
    let shown = walk("/clent11\n99999\n\nq\n", &["--lang", "zh"]);
    assert!(shown.contains("缓冲区 7：\"clent11\"") && shown.contains("这是最后一步"), "{shown}");
}

#[test]
fn steps_need_a_terminal_and_say_so() {
    let record = demo("auth");
    let output = Day30::new(["see", record.arg(), "--step"]).run().expect_code(2);
    output.expect_stderr("try: the same without --step, or --as html -o day.html");
}

/// Whoever always answers what happened is always right.
#[test]
fn a_quiz_asks_what_comes_next_and_counts() {
    let record = demo("socket-server");
    let quiz = |typed: &str, more: &[&str]| Day30::new(["quiz", record.arg()]).args(more).stdin(typed).run();
    let first = quiz("1\nnonsense\n9\n1\n1\n1\n", &["--questions", "4"]).expect_code(0);
    let text = first.out();
    assert_eq!(text.matches("What will it return?").count(), 4, "{text}");
    assert_eq!(text.matches("or q to quit").count(), 2, "{text}");
    let right = text.matches("✓ right").count();
    assert_eq!(text.matches("✗ wrong").count(), 4 - right, "{text}");
    assert!(text.ends_with(&format!("\n{right} of 4 right\n")), "{text}");

    // The same questions again, each answered as the first run was told.
    let ones: Vec<_> = text.split("> ").skip(1).filter(|told| told.contains('✓') || told.contains('✗')).collect();
    let typed: String = ones.iter().map(|told| if told.contains("✓ right") { "1\n" } else { "2\n" }).collect();
    let again = quiz(&typed, &["--questions", "4"]).expect_code(0);
    assert!(again.out().matches("✓ right").count() >= right, "{}", again.out());
    let chinese = quiz("1\nq\n", &["--lang", "zh"]).expect_code(0);
    assert!(chinese.out().contains("会返回什么？") && chinese.out().contains("题，共 1 题"), "{}", chinese.out());
}

#[test]
fn a_record_without_a_question_is_none() {
    let record = RecordFile::new();
    let server = upper_server("poll", &["--record", record.arg()]);
    let mut client = server.connect();
    assert_answers(&mut client, "hello", "HELLO");
    leave(client);
    server.stop();
    // Nothing is foreseen of `bind` and `listen`.
    let output = Day30::new(["quiz", record.arg(), "--to", "2"]).stdin("1\n").run().expect_code(1);
    output.expect_stderr("no question was answered");
}
