//! Programs of one line, started, heard, and ended.

use super::*;
use std::sync::Mutex;

fn start(script: &str, on_terminal: bool) -> (Running, Arc<Mutex<Vec<u8>>>) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&heard);
    let hear: Hear = Arc::new(move |_, bytes| keep.lock().unwrap().extend_from_slice(bytes));
    let words = ["sh", "-c", script].map(str::to_owned).to_vec();
    (Launch { words, on_terminal, ..Launch::default() }.start(&hear).unwrap(), heard)
}

#[test]
fn everything_that_is_printed_is_heard_and_the_status_is_told() {
    for on_terminal in [false, true] {
        let (mut program, heard) = start("printf 'one\\ntwo'; exit 3", on_terminal);
        assert_eq!(program.wait(Duration::from_secs(60)).and_then(|status| status.code()), Some(3));
        assert!(program.wait_for_last_words(Duration::from_secs(60)));
        assert_eq!(heard.lock().unwrap().as_slice(), b"one\ntwo");
    }
}

#[test]
fn it_can_tell_a_terminal_from_a_pipe() {
    for (on_terminal, code) in [(false, 1), (true, 0)] {
        let (mut program, _) = start("test -t 1", on_terminal);
        assert_eq!(program.wait(Duration::from_secs(60)).and_then(|status| status.code()), Some(code));
    }
}

#[test]
#[cfg(target_os = "linux")]
fn what_has_left_its_group_is_a_member_and_is_ended_too() {
    use rustix::process::{Pid, getpgid};
    let (mut program, _) = start("setsid sleep 4712 & wait", false);
    let group = program.pid();
    let has_left = |pid: &i32| getpgid(Pid::from_raw(*pid)).is_ok_and(|its| its.as_raw_pid() != group);
    let began = Instant::now();
    let members = loop {
        let members = program.members();
        if members.iter().any(has_left) {
            break members;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{members:?}");
        thread::sleep(LOOK_EVERY);
    };
    program.kill();
    let is_there = |pid: &i32| std::fs::read_to_string(format!("/proc/{pid}/cmdline")).is_ok_and(|it| !it.is_empty());
    while members.iter().any(is_there) {
        assert!(began.elapsed() < Duration::from_secs(60), "{members:?}");
        thread::sleep(LOOK_EVERY);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn what_it_leaves_behind_is_ended_with_it() {
    let (mut program, _) = start("sleep 4711 & exit 0", false);
    let group = program.child.id();
    assert!(program.wait(Duration::from_secs(60)).is_some());
    let began = Instant::now();
    while !members(group).is_empty() {
        assert!(began.elapsed() < Duration::from_secs(60), "{:?}", members(group));
        thread::sleep(LOOK_EVERY);
    }
}
