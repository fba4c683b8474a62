//! Lesson 3 and its streams: a message of any size, a reader that goes away, and Python as the judge of how bytes look.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::{Day30, have, python};
use day30::view::bytes_literal;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::io::Write;
use std::process::{Command, Stdio};

fn day30(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_day30"));
    command.arg("hmac").args(args).env("LC_ALL", "C.UTF-8");
    command
}

/// 300 MiB through stdin. Python's `hmac.new(b'asd', bytes(300 << 20), 'sha1').hexdigest()` gives the digest.
#[cfg(target_os = "linux")]
#[test]
fn a_message_of_any_size_takes_constant_memory() {
    let mut child = day30(&["--key", "asd", "--file", "-", "--digest", "sha1", "--format", "hex"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let megabyte = vec![0; 1 << 20];
    for _ in 0..300 {
        stdin.write_all(&megabyte).unwrap();
    }
    // All but what is in the pipe was read, and the program waits for more.
    let most = crate::common::process::status(child.id(), "VmHWM");
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "e2d6e13f604b51e08b9d1e3bf496be0b0bd5b35a\n");
    assert!(most < 32 << 10, "{most} KiB");
}

/// `day30 hmac … | true`: the reader wanted nothing, which is no error.
#[test]
fn a_reader_that_has_gone_is_a_quiet_end() {
    for more in [&[][..], &["--explain"], &["--format", "raw"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = day30(&["--quiet", "--key", "asd", "--msg", "sad"]);
        let output = command.args(more).stdout(writer).stderr(Stdio::piped()).output().unwrap();
        assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""), "{more:?}");
    }
}

/// The same for the remark on stderr: the digest still comes.
#[test]
fn a_closed_stderr_takes_nothing_from_the_digest() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = day30(&["--key", "asd", "--msg", "sad", "--format", "hex"]).stderr(writer).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "280ce248e848bcd4e5a31a036829d185\n");
}

/// A full disk is another thing than a reader that has gone: the digest is lost, and somebody wanted it.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = day30(&["--quiet", "--key", "asd", "--msg", "sad"]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.starts_with("error: cannot write to stdout: "), "{said}");
}

/// Bytes that look like trouble: every single one, every pair with a quote or a backslash, and random ones, in which
/// quotes are frequent enough that all of Python's choices between them come up.
fn troublesome() -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = (0..=255).map(|byte| vec![byte]).collect();
    all.push(Vec::new());
    for byte in 0..=255 {
        all.extend([b"'", b"\"", b"\\"].map(|quote| [&quote[..], &[byte]].concat()));
        all.extend([b"'", b"\"", b"\\"].map(|quote| [&[byte], &quote[..]].concat()));
    }
    let byte = prop_oneof![any::<u8>(), prop::sample::select(b"'\"\\\r\n\t\0\x7f\x80 ~".to_vec())];
    let bytes = prop::collection::vec(byte, 0..40);
    let mut runner = TestRunner::deterministic();
    all.extend((0..5000).map(|_| bytes.new_tree(&mut runner).unwrap().current()));
    all
}

#[test]
fn bytes_look_as_python_prints_them() {
    if !have("python3") {
        return;
    }
    let mut python = python();
    python.args(["-c", "import sys\nfor line in sys.stdin: print(bytes.fromhex(line.strip()))"]);
    let all = troublesome();
    let lines: String = all.iter().map(|bytes| crate::common::auth::hex(bytes) + "\n").collect();
    let output = Day30::of(python).stdin(lines).run().expect_code(0);
    let printed: Vec<_> = output.out().lines().collect();
    assert_eq!(printed.len(), all.len());
    for (bytes, printed) in all.iter().zip(printed) {
        assert_eq!(bytes_literal(bytes), printed, "{bytes:x?}");
    }
}

/// And a digest as the program itself prints it, for keys at random.
#[test]
fn a_digest_is_the_one_that_python_prints() {
    if !have("python3") {
        return;
    }
    for (number, digest) in ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"].into_iter().enumerate() {
        for key in [b"asd".repeat(number), b"k".repeat(127 + number)] {
            let key = String::from_utf8(key).unwrap();
            let mut python = python();
            let program = "import hmac,sys\nh=hmac.new(sys.argv[1].encode(),b'sad',sys.argv[2])\n\
                           print(h.digest(),h.hexdigest(),f'length {h.digest_size}',sep='\\n')";
            python.args(["-c", program, &key, digest]);
            let expected = Day30::of(python).run().expect_code(0);
            let output = Day30::new(["hmac", "--key", &key, "--msg", "sad", "--digest", digest]).run().expect_code(0);
            assert_eq!(output.out(), expected.out(), "{digest}, a key of {} bytes", key.len());
        }
    }
}
