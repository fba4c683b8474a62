//! `day30 watch` changes nothing that the program can see, and nothing outlives it.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::print_stderr)]

use crate::common::process::eventually;
use crate::common::record::RecordFile;
use crate::common::watched::{Script, recorded_in_c, watch};
use crate::common::{Day30, have};
use rustix::process::Signal;
use std::io::{Read, Write};
use std::net::TcpStream;
#[cfg(target_arch = "x86_64")]
#[test]
fn the_exit_code_is_the_programs() {
    for (script, code) in [("exit 0", 0), ("exit 7", 7), ("kill -TERM $$", 143), ("kill -KILL $$", 137)] {
        watch(&[], &["sh", "-c", script]).run().expect_code(code);
    }
}

#[test]
fn input_and_output_are_the_programs() {
    let output = watch(&["--quiet"], &["sh", "-c", "cat; echo two >&2"]).stdin("one\0ß\n").run().expect_code(0);
    assert_eq!(output.stdout, "one\0ß\n".as_bytes());
    assert_eq!(output.stderr, "two\n");
}

#[test]
fn a_command_that_does_not_exist_is_named() {
    let output = watch(&[], &["no-such-command-30"]).run().expect_code(3);
    assert!(output.stderr.contains("cannot start no-such-command-30: there is no command"), "{}", output.stderr);
    watch(&[], &["python"]).env("PATH", "/nowhere").run().expect_code(3).expect_stderr("try python3");
    watch(&[], &["/"]).run().expect_code(3).expect_stderr("it is a folder");
    Day30::new(["watch"]).run().expect_code(2);
}

#[test]
fn what_is_watched_already_is_refused_with_a_sentence_and_another_way() {
    let own = env!("CARGO_BIN_EXE_day30");
    for (lang, sentence) in [("en", "another one traces it already"), ("zh", "已经被别的程序跟踪")] {
        let inner = [own, "watch", "--lang", lang, "--", "sh", "-c", "echo ran"];
        let output = watch(&[], &inner).run().expect_code(3);
        assert!(output.stderr.contains(sentence), "{}", output.stderr);
        assert!(output.stderr.contains("day30 tap --to 127.0.0.1:9000 --port 9001"), "{}", output.stderr);
        assert_eq!(output.out(), "");
    }
}

#[test]
fn the_first_ctrl_c_is_the_programs_and_the_second_ends_all() {
    let trap = "trap 'echo caught' INT; echo ready; while :; do sleep 0.05; done";
    let watched = watch(&[], &["sh", "-c", trap]).start();
    watched.stdout.wait_for("ready", &watched.stderr);
    watched.signal(Signal::INT);
    watched.stdout.wait_for("caught", &watched.stderr);
    watched.wait_for_stderr("press it again");
    watched.signal(Signal::INT);
    watched.wait().expect_code(130);
}

/// The processes that have this word in their command.
fn running(mark: &str) -> Vec<i32> {
    let files = std::fs::read_dir("/proc").unwrap().flatten();
    let has_mark = |pid: &i32| {
        let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        line.split(|byte| *byte == 0).any(|word| word == mark.as_bytes())
    };
    files.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).filter(has_mark).collect()
}

#[test]
fn nothing_outlives_a_day30_that_is_killed() {
    let mark = format!("6{}.5", std::process::id());
    let start = format!("sleep {mark} & setsid sleep {mark} & exec sleep {mark}");
    let watched = watch(&[], &["sh", "-c", &start]).start();
    eventually("the program and what it started are there", || running(&mark).len() >= 3);
    watched.signal(Signal::KILL);
    eventually("all of it has ended", || running(&mark).is_empty());
}

/// The folder of one that was killed goes with the next one.
#[test]
fn no_folder_stays_behind() {
    let temp = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("folders-{}", std::process::id()));
    std::fs::create_dir_all(&temp).unwrap();
    let folders = || std::fs::read_dir(&temp).unwrap().count();
    for round in 0..3 {
        let mark = format!("8{}.{round}", std::process::id());
        let watched = watch(&[], &["sleep", &mark]).env("TMPDIR", &temp).start();
        eventually("it has begun", || running(&mark).len() >= 2);
        watched.signal(Signal::KILL);
        watched.wait();
        assert_eq!(folders(), 1, "round {round}");
    }
    watch(&[], &["true"]).env("TMPDIR", &temp).run().expect_code(0);
    assert_eq!(folders(), 0);
    std::fs::remove_dir_all(&temp).unwrap();
}

/// Also before the program itself has begun.
#[test]
fn nothing_stands_still_when_day30_is_killed_at_any_moment() {
    for round in 0..20_u64 {
        let mark = format!("7{}.{round}", std::process::id());
        let watched = watch(&[], &["sleep", &mark]).start();
        std::thread::sleep(std::time::Duration::from_micros(700 * round));
        watched.signal(Signal::KILL);
        drop(watched);
        eventually("all of it has ended", || running(&mark).is_empty());
    }
}

/// In the middle of a call too: the server's loop makes one after another, and stands still at each of them.
#[test]
fn nothing_stands_still_when_day30_is_killed_in_the_middle_of_a_loop() {
    if !have("python3") {
        return;
    }
    for _ in 0..3 {
        let script = Script::new(include_str!("../../lessons/python/nonblock_server.py"));
        let server = watch(&["--quiet"], &["python3", script.arg(), "0"]).serve();
        crate::common::assert_answers(&mut server.connect(), "abc", "ABC");
        server.running.signal(Signal::KILL);
        eventually("all of it has ended", || running(script.arg()).is_empty());
    }
}

#[test]
fn children_inherit_the_listening_socket_and_each_has_its_number() {
    if !have("python3") {
        return;
    }
    let script = Script::new(
        "import os, socket\nsk = socket.socket()\nsk.bind(('127.0.0.1', 0))\nsk.listen()\n\
         print('listening on 127.0.0.1:%d' % sk.getsockname()[1], flush=True)\n\
         for _ in range(50):\n    if os.fork() == 0:\n        conn, _ = sk.accept()\n        sk.close()\n\
         \x20       conn.sendall(conn.recv(99).upper())\n        conn.close()\n        os._exit(0)\n\
         sk.close()\nfor _ in range(50):\n    os.wait()\n",
    );
    let file = RecordFile::new();
    let server = watch(&["--quiet", "--record", file.arg()], &["python3", script.arg()]).serve();
    for number in 0..50 {
        let mut client = TcpStream::connect(server.address).unwrap();
        client.write_all(format!("client {number}").as_bytes()).unwrap();
        let mut reply = String::new();
        client.read_to_string(&mut reply).unwrap();
        assert_eq!(reply, format!("CLIENT {number}"));
    }
    server.running.wait().expect_code(0);
    let record = file.read();
    let mut processes: Vec<_> = record.with("call", "recv").iter().map(|event| event["process"].as_u64()).collect();
    processes.sort_unstable();
    processes.dedup();
    assert_eq!(processes.len(), 50);
    assert_eq!(record.with("seen", "fork").len(), 50);
    for number in 1..=50 {
        assert_eq!(record.story(number).len(), 3, "{:?}", record.story(number));
    }
    // The listening socket is closed once, with the last descriptor of it.
    let closed = record.with("call", "close").iter().filter(|event| event["conn"].is_null()).count();
    assert_eq!(closed, 1);
}

#[test]
fn a_sitecustomize_of_the_programs_own_still_runs() {
    if !have("python3") {
        return;
    }
    let folder = format!("{}/own-{}", env!("CARGO_TARGET_TMPDIR"), std::process::id());
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(format!("{folder}/sitecustomize.py"), "print('own')\n").unwrap();
    let code =
        "import sitecustomize, sys; print(sitecustomize.__file__); print(any('day30-lines' in p for p in sys.path))";
    let output = watch(&[], &["python3", "-c", code]).env("PYTHONPATH", &folder).run().expect_code(0);
    assert_eq!(output.out(), format!("own\n{folder}/sitecustomize.py\nFalse\n"));
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Bytes that a call does not take from the program's memory are counted.
#[test]
fn bytes_are_told_whichever_call_moves_them() {
    if !have("cc") {
        return;
    }
    let record = recorded_in_c("moves");
    let moved = |call: &str| -> Vec<_> {
        record.with("call", call).iter().map(|event| (event["ok"].as_u64().unwrap(), event["data"].clone())).collect()
    };
    let unseen = serde_json::Value::Null;
    let text = serde_json::Value::from("6f6e652074776f207468726565");
    assert_eq!(moved("send"), [(13, text.clone()), (10, unseen.clone()), (7, unseen.clone())]);
    let received = moved("recv");
    assert_eq!((received[0].clone(), received[1].0, received[2].clone()), ((13, text), 10, (7, unseen)));
}

/// `exit(5)` of 32 bits: an ELF header, one segment, and `mov $1, %eax; mov $5, %ebx; int $0x80`.
#[cfg(target_arch = "x86_64")]
#[test]
fn a_32_bit_program_runs_and_is_said_to_be_unseen() {
    let code = [0xb8, 1, 0, 0, 0, 0xbb, 5, 0, 0, 0, 0xcd, 0x80];
    let (place, head, entry) = (0x0804_8000_u32, 52_u32, 84_u32);
    let mut elf = b"\x7fELF\x01\x01\x01".to_vec();
    elf.resize(16, 0);
    elf.extend([2, 0, 3, 0]);
    // Version, entry, where the segments are; no sections, no flags; sizes.
    [1, place + entry, head, 0, 0].iter().for_each(|word: &u32| elf.extend(word.to_le_bytes()));
    [52, 32, 1, 0, 0, 0].iter().for_each(|half: &u16| elf.extend(half.to_le_bytes()));
    let whole = entry + code.len() as u32;
    [1, 0, place, place, whole, whole, 5, 4096].iter().for_each(|word: &u32| elf.extend(word.to_le_bytes()));
    elf.extend(code);
    let program = Script::program(&elf);
    let bare = std::process::Command::new(program.arg()).status();
    if bare.ok().and_then(|status| status.code()) != Some(5) {
        eprintln!("LEFT OUT: this kernel runs no 32-bit programs");
        return;
    }
    let output = watch(&[], &[program.arg()]).run().expect_code(5);
    output.expect_stderr("it is a 32-bit program: its calls cannot be seen");
    watch(&["--summary", "--lang", "zh"], &[program.arg()]).run().expect_code(5).expect_stderr("它是 32 位程序");
}
