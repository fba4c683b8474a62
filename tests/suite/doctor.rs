//! `day30 doctor`: what it finds, what it says to do, and its exit code.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::{Day30, Output};
use std::net::TcpListener;

/// The port of a listener that is gone again: nobody else has it for the moment.
fn free_port() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string()
}

/// The lines that tell what was found, without those that tell what to do.
fn findings(output: &Output) -> Vec<String> {
    let lines = output.out().lines().take_while(|line| !line.is_empty());
    lines.filter(|line| !line.starts_with("   ")).map(str::to_owned).collect()
}

#[test]
fn ten_lines_and_a_verdict_in_both_languages() {
    for (lang, works) in [("en", "Every lesson works on this machine."), ("zh", "这台电脑可以完成每一课。")]
    {
        let output = Day30::new(["doctor", "--port", &free_port()]).env("DAY30_LANG", lang).run().expect_code(0);
        assert_eq!(findings(&output).len(), 10, "{}", output.out());
        assert!(output.out().lines().last().unwrap().starts_with(works), "{}", output.out());
        assert_eq!(output.stderr, "");
        assert!(!output.out().contains('\u{e000}'), "{}", output.out());
    }
}

#[test]
fn a_port_that_somebody_has_fails_and_the_way_out_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let output = Day30::new(["doctor", "--port", &port]).run().expect_code(1);
    let first = &findings(&output)[0];
    assert!(first.starts_with("  FAIL") && first.contains(&port), "{first}");
    assert!(output.out().contains("→ ") && output.out().contains("--port "), "{}", output.out());
    assert!(output.out().lines().last().unwrap().contains("FAIL"), "{}", output.out());
}

#[test]
fn what_a_lesson_does_not_need_is_no_failure() {
    let doctor = Day30::new(["doctor", "--port", &free_port()]);
    let output = doctor.env("PATH", "").env("LC_ALL", "zh_CN.GB18030").env("DAY30_LANG", "en").run().expect_code(0);
    for (name, fix) in [("python3", "python"), ("locale", "LC_ALL="), ("terminal", "day30 doctor")] {
        let lines: Vec<_> = output.out().lines().collect();
        let at = lines.iter().position(|line| line.contains(&format!("  {name}  "))).unwrap();
        assert!(lines[at].starts_with("  note"), "{}", lines[at]);
        assert!(lines[at + 1].contains(fix), "{}", lines[at + 1]);
    }
}

#[test]
#[cfg(unix)]
fn few_descriptors_are_told_with_the_number_of_clients() {
    let script = format!("ulimit -n 40; exec {} doctor --port {}", env!("CARGO_BIN_EXE_day30"), free_port());
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", &script]);
    let output = Day30::of(shell).run().expect_code(0);
    assert!(output.out().contains("only enough for 24 clients at once"), "{}", output.out());
    assert!(output.out().contains("ulimit -n "), "{}", output.out());
}
