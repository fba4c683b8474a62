//! `day30 demo`: all four lessons in one go, in eighty columns.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[cfg(unix)]
use crate::common::terminal::on_a_terminal;
use crate::common::{Day30, Output};
use unicode_width::UnicodeWidthStr;

/// The lessons, and how many rows each has in the table at the end.
const LESSONS: [(&str, usize); 4] = [("nonblock", 2), ("auth", 1), ("hmac", 2), ("socket-server", 2)];

fn demo(more: &[&str]) -> Day30 {
    Day30::new(["demo"]).args(more)
}

/// That it is fine in every way: nothing went wrong, every line fits, and no line could command a terminal.
#[track_caller]
fn assert_fine(output: Output) -> String {
    let output = output.expect_code(0);
    assert_eq!(output.stderr, "");
    let shown = output.out().to_owned();
    for line in shown.lines() {
        assert!(line.width() <= 80, "{} columns: {line}", line.width());
        assert!(!line.chars().any(char::is_control), "{line:?}");
    }
    assert!(!shown.contains('✗'), "{shown}");
    shown
}

/// The table's rows of one lesson; a row that had to be wrapped counts once.
fn rows(shown: &str, lesson: &str) -> usize {
    shown.lines().filter(|line| line.starts_with(&format!("│ {lesson} ")) && line.ends_with(" ✓ │")).count()
}

#[test]
fn all_four_lessons_are_played_and_every_promise_is_kept() {
    let shown = assert_fine(demo(&[]).run());
    for (number, (lesson, count)) in LESSONS.iter().enumerate() {
        let title = format!("\nLesson {}: {lesson}\n", number + 1);
        assert_eq!(shown.matches(&title).count(), 1, "{title} in:\n{shown}");
        assert_eq!(rows(&shown, lesson), *count, "{lesson} in:\n{shown}");
    }
    let titles: Vec<_> = LESSONS.iter().map(|(lesson, _)| shown.find(&format!(": {lesson}\n"))).collect();
    assert!(titles.is_sorted(), "{titles:?}");
    assert_eq!(shown.matches('✓').count(), 7);
    // A promise of each lesson, as its own words have it.
    for seen in [
        "CLENT11 ×2",
        "ok 1, refused 1",
        r"b'(\x0c\xe2H\xe8H\xbc\xd4\xe5\xa3\x1a\x03h)\xd1\x85'",
        "A: HELLO, B: 中",
        "2, still connected 0",
    ] {
        assert!(shown.contains(seen), "{seen} in:\n{shown}");
    }
}

#[test]
fn each_lesson_can_be_played_alone() {
    for (lesson, count) in LESSONS {
        let shown = assert_fine(demo(&["--lesson", lesson]).run());
        assert_eq!(shown.matches("\nLesson ").count(), 1, "{shown}");
        assert!(shown.contains(&format!(": {lesson}\n")), "{shown}");
        assert_eq!((rows(&shown, lesson), shown.matches('✓').count()), (count, count), "{shown}");
    }
}

#[test]
fn the_commands_that_it_proposes_can_be_typed_here() {
    let folder = std::path::Path::new(env!("CARGO_BIN_EXE_day30")).parent().unwrap();
    assert_proposes(demo(&[]).env("PATH", folder), "day30");
    // Somewhere else on the PATH, or nowhere.
    assert_proposes(demo(&[]).env("PATH", "/usr/bin"), "cargo run --");
}

/// That each lesson ends with two commands of day30, which is `typed` so.
#[track_caller]
fn assert_proposes(demo: Day30, typed: &str) {
    let shown = assert_fine(demo.run());
    let mut proposed = 0;
    for line in shown.lines() {
        let line = line.trim_start_matches("try:").trim_start();
        let Some(command) = line.strip_prefix(&format!("{typed} ")) else { continue };
        // What stands behind it, a few spaces apart, is no part of it.
        let command = command.split("   ").next().unwrap();
        let words: Vec<_> = command.split_whitespace().chain(["--help"]).collect();
        let help = Day30::new(&words).run().expect_code(0);
        assert!(help.out().contains(&format!("Usage: day30 {} ", words[0])), "{command}: {}", help.out());
        proposed += 1;
    }
    assert_eq!(proposed, 2 * LESSONS.len());
}

#[test]
fn it_speaks_chinese_too() {
    let asked = [
        demo(&["--lang", "zh"]),
        // What is asked for wins over the system's language, and without it the system's is taken.
        demo(&["--lang", "zh"]).env("LC_ALL", "en_US.UTF-8"),
        demo(&[]).env("LC_ALL", "zh_CN.UTF-8").env("LANG", "zh_CN.UTF-8"),
    ];
    for demo in asked {
        let shown = assert_fine(demo.run());
        for (number, (lesson, count)) in LESSONS.iter().enumerate() {
            assert!(shown.contains(&format!("\n第 {} 课：{lesson}\n", number + 1)), "{shown}");
            assert_eq!(rows(&shown, lesson), *count, "{lesson} in:\n{shown}");
        }
        assert!(!shown.contains("Lesson ") && !shown.contains("expected"), "{shown}");
    }
}

/// Every call waits, so that each step can be followed; nothing of what is shown gets lost or wrong by it.
#[test]
fn slow_motion_shows_the_same() {
    for lang in ["en", "zh"] {
        let shown = assert_fine(demo(&["--slow", "20ms", "--lang", lang]).run());
        for (lesson, count) in LESSONS {
            assert_eq!(rows(&shown, lesson), count, "{lesson} in:\n{shown}");
        }
    }
}

#[test]
fn without_a_terminal_there_is_colour_only_where_it_is_asked_for() {
    let auth = ["--lesson", "auth"];
    let escapes = |demo: Day30| demo.args(auth).run().expect_code(0).out().matches('\u{1b}').count();
    assert_eq!(escapes(demo(&[])), 0);
    assert_eq!(escapes(demo(&["--color", "never"])), 0);
    assert_eq!(escapes(demo(&[]).env("NO_COLOR", "1")), 0);
    assert!(escapes(demo(&["--color", "always"])) > 10);
    // Without its colours it is the same, and fits as well.
    let colored = demo(&["--color", "always"]).args(auth).run().expect_code(0);
    let plain = anstream::adapter::strip_str(colored.out()).to_string();
    assert_eq!(rows(&plain, "auth"), 1, "{plain}");
    assert!(plain.lines().all(|line| line.width() <= 80 && !line.contains('\u{1b}')), "{plain}");
}

#[cfg(unix)]
#[test]
fn on_a_terminal_there_is_colour_unless_somebody_is_against_it() {
    if !crate::common::have("python3") {
        return;
    }
    let demo = || on_a_terminal("stdout").args(["demo", "--lesson", "auth"]);
    let escapes = |demo: Day30| demo.run().expect_code(0).out().matches('\u{1b}').count();
    assert!(escapes(demo()) > 10);
    assert_eq!(escapes(demo().env("NO_COLOR", "1")), 0);
    assert_eq!(escapes(demo().env("TERM", "dumb")), 0);
    assert_eq!(escapes(demo().args(["--color", "never"])), 0);
    // What is typed wins over the environment.
    assert!(escapes(demo().env("NO_COLOR", "1").args(["--color", "always"])) > 10);
}

/// Three pauses between four lessons, each ended by Enter; the table comes behind the last.
#[cfg(unix)]
#[test]
fn a_person_at_a_terminal_presses_enter_between_two_lessons() {
    if !crate::common::have("python3") {
        return;
    }
    let pauses = |demo: Day30| {
        let output = demo.stdin("\n\n\n").run().expect_code(0);
        assert!(output.out().contains("│ socket-server ┆"), "{}", output.out());
        output.out().matches("press Enter").count()
    };
    assert_eq!(pauses(on_a_terminal("all").arg("demo")), 3);
    assert_eq!(pauses(on_a_terminal("all").args(["demo", "--no-pause"])), 0);
    assert_eq!(pauses(on_a_terminal("all").arg("demo").env("CI", "true")), 0);
    // Whoever has only its output on a terminal cannot press anything.
    assert_eq!(pauses(on_a_terminal("stdout").arg("demo")), 0);
}

/// The lanes take what the terminal has, up to 120 columns.
#[cfg(unix)]
#[test]
fn the_lanes_are_as_wide_as_the_terminal() {
    if !crate::common::have("python3") {
        return;
    }
    for (columns, lane) in [("80", 18), ("120", 31), ("200", 31)] {
        let demo = on_a_terminal("stdout").env("TERMINAL_COLUMNS", columns);
        let output = demo.args(["demo", "--lesson", "nonblock", "--color", "never"]).run().expect_code(0);
        let heads = output.out().lines().find(|line| line.starts_with("seconds")).unwrap().to_owned();
        assert_eq!(heads.find("client A").unwrap() - heads.find("server").unwrap(), lane, "{heads}");
        // What waiting costs stands in one line, however wide the terminal is.
        let is_whole = |line: &str| line.contains("EAGAIN: ") && line.contains(" in ");
        assert!(output.out().lines().any(is_whole), "{}", output.out());
    }
}

#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    let output = demo(&[]).read_one_line().run().expect_code(0);
    assert_eq!((output.out(), &output.stderr[..]), ("\n", ""));
}

#[test]
fn a_lesson_or_a_time_that_is_none_is_a_usage_error() {
    for wrong in [["--lesson", "5"], ["--slow", "0s"], ["--slow", "fast"], ["--lang", "de"], ["--color", "red"]] {
        demo(&wrong).run().expect_code(2);
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it() {
    let running = demo(&["--slow", "20ms"]).start();
    running.stdout.wait_for("Lesson 1: nonblock", &running.stderr);
    let output = running.interrupt().expect_code(130);
    assert_eq!(output.stderr, "");
}

#[cfg(target_os = "linux")]
#[test]
fn a_stdout_that_cannot_be_written_is_reported() {
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", "exec \"$@\" > /dev/full", "sh", env!("CARGO_BIN_EXE_day30"), "demo"]);
    Day30::of(shell).run().expect_code(3).expect_stderr("cannot write to stdout");
}
