//! day30 is killed in the middle of a judgement: nothing of what it started goes on.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::have;
use crate::common::judged::{check, ours, program};
use crate::common::process::{eventually, sleeps};

/// How many processes have this word in their command.
fn running(mark: &str) -> usize {
    let files = std::fs::read_dir("/proc").unwrap().flatten();
    let lines = files.filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
    lines.filter(|line| line.split(|byte| *byte == 0).any(|word| word == mark.as_bytes())).count()
}

#[test]
fn a_judge_that_is_killed_leaves_no_program_behind() {
    if !have("python3") {
        return;
    }
    let server = program("flawed/echo_server.py");
    // In its group, in a session of its own, and the program itself.
    let start = |mark: &str| format!("sleep {mark} & setsid sleep {mark} & exec python3 '{server}' \"$1\" {mark}");
    for (number, target) in ["nonblock-server", "auth-server"].into_iter().enumerate() {
        let mark = format!("5{}.{number}", std::process::id());
        let judging = check(target, &["--start-timeout", "60s"], &["sh", "-c", &start(&mark), "sh", "{port}"])
            .env("FLAW", "never-listens")
            .start();
        eventually("the program and what it started are there", || running(&mark) >= 3);
        // The guard is told of a program before its output is read, and after it was started: in between, nobody could end it.
        eventually("its output is read", || sleeps(judging.pid(), "program's outpu"));
        judging.signal(rustix::process::Signal::KILL);
        eventually("all of it has ended", || running(&mark) == 0);
        drop(judging);
    }
}

/// What day30 was told to judge has ended: another program with its number is nobody's to end.
#[test]
fn the_guard_ends_with_day30_and_ends_nobody_else() {
    use std::io::Write;
    use std::process::{Command, Stdio};
    let sleep = || Command::new("sleep").arg("600").spawn().unwrap();
    let (mut left, mut ended) = (sleep(), sleep());
    let mut guard = Command::new(ours()).arg("__guard").stdin(Stdio::piped()).spawn().unwrap();
    let told = format!("+{}\n+{}\n-{}\nnonsense\n+\n", left.id(), ended.id(), ended.id());
    guard.stdin.take().unwrap().write_all(told.as_bytes()).unwrap();
    assert!(guard.wait().unwrap().success());
    // Neither leads a group of its own.
    assert!(left.try_wait().unwrap().is_none() && ended.try_wait().unwrap().is_none());
    left.kill().unwrap();
    ended.kill().unwrap();
    let _ = (left.wait(), ended.wait());
}
