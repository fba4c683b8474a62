//! How a Python program's own lines are learned: the same ones by each version's own means.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stderr)]

use crate::common::have;
use crate::common::record::RecordFile;
use crate::common::watched::{Script, watch};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::{env, fs};

/// It calls the methods of a socket by name, from variables that held something else before, in threads and in a child.
const SENDS: &str = "\
import os, socket, threading
server = socket.socket()
server.bind(('127.0.0.1', 0))
server.listen()
a = socket.create_connection(server.getsockname())
b, _ = server.accept()
def log(data):
    pass
def loop():
    for say in (log, a.sendall, log, a.send):
        say(b'loop')
def relay(say, data):
    say(data)
class Out:
    def __init__(self):
        self.write = log
    def tell(self, data):
        self.write(data)
loop()
for say in (log, log, a.sendall):
    relay(say, b'relay')
out = Out()
out.tell(b'attribute')
out.tell(b'attribute')
out.write = a.sendall
out.tell(b'attribute')
thread = threading.Thread(target=lambda: a.sendall(b'thread'))
thread.start()
thread.join()
getattr(a, 'se' + 'nd')(b'named late')
if os.fork() == 0:
    a.sendall(b'child')
    os._exit(0)
os.wait()
a.shutdown(socket.SHUT_WR)
while b.recv(100):
    pass
";

/// What it sends, and what stands on the line that sends it.
const SENT: [(&str, &str, usize); 6] = [
    ("loop", "say(b'loop')", 2),
    ("relay", "say(data)", 1),
    ("attribute", "self.write(data)", 1),
    ("thread", "a.sendall(b'thread')", 1),
    ("named late", "(b'named late')", 1),
    ("child", "a.sendall(b'child')", 1),
];

/// Watches the program with this Python, and says for each line how often it was told to send what.
#[track_caller]
fn each_line_is_its_own(python: &str, path: &str) {
    let (script, file) = (Script::new(SENDS), RecordFile::new());
    let options = ["--quiet", "--record", file.arg()];
    watch(&options, &[python, script.arg()]).env("PYTHONPATH", path).run().expect_code(0);
    let mut told: BTreeMap<(String, String), usize> = BTreeMap::new();
    for event in file.read().with("call", "send") {
        let line = event["line"].as_u64().and_then(|line| SENDS.lines().nth(line as usize - 1));
        let data = event["data"].as_str().unwrap();
        let bytes = (0..data.len()).step_by(2).map(|at| u8::from_str_radix(&data[at..at + 2], 16).unwrap()).collect();
        let line = line.unwrap_or("no line").trim().to_owned();
        *told.entry((String::from_utf8(bytes).unwrap(), line)).or_default() += 1;
    }
    for (data, code, count) in SENT {
        let of_data: Vec<_> = told.iter().filter(|((sent, _), _)| sent == data).collect();
        let is_its = of_data.len() == 1 && of_data[0].0.1.contains(code) && *of_data[0].1 == count;
        assert!(is_its, "{python}: {data:?} is not sent {count} times at {code}, but: {of_data:?}");
    }
}

#[test]
fn a_line_is_the_calls_own_however_it_is_called() {
    if have("python3") {
        each_line_is_its_own("python3", "");
    }
}

/// From 3.12 on, there is a second means; a program that has taken it gets the one of all versions.
#[test]
fn a_line_is_told_where_the_newer_means_is_taken() {
    if !have("python3") {
        return;
    }
    let folder = format!("{}/taken-{}", env!("CARGO_TARGET_TMPDIR"), std::process::id());
    fs::create_dir_all(&folder).unwrap();
    let taken = "import sys\nif hasattr(sys, 'monitoring'):\n    sys.monitoring.use_tool_id(4, 'own')\n";
    fs::write(format!("{folder}/sitecustomize.py"), taken).unwrap();
    each_line_is_its_own("python3", &folder);
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_python_that_tells_no_lines_is_said_to_do_so() {
    if !have("python3") {
        return;
    }
    let code = "import socket; socket.socket().bind(('127.0.0.1', 0))";
    for (option, is_said) in [("-I", true), ("-S", true), ("-u", false)] {
        let output = watch(&[], &["python3", option, "-c", code]).run().expect_code(0);
        let said = format!("with {option}, Python does not tell its lines");
        assert_eq!(output.stderr.contains(&said), is_said, "{}", output.stderr);
        assert_eq!(output.stderr.contains("<string>:1"), !is_said, "{}", output.stderr);
    }
}

/// Where others are installed (by pyenv, or by the system under their number), each of them.
#[test]
fn a_line_is_told_by_each_version_that_is_here() {
    let home = env::var("PYENV_ROOT").or_else(|_| env::var("HOME").map(|home| format!("{home}/.pyenv")));
    let versions =
        home.and_then(|home| fs::read_dir(format!("{home}/versions")).map_err(|_| env::VarError::NotPresent));
    let by_pyenv = versions.into_iter().flatten().flatten().map(|version| version.path().join("bin/python3"));
    let by_number = (7..30).map(|minor| PathBuf::from(format!("/usr/bin/python3.{minor}")));
    // The lines of a forked child are told from 3.7 on.
    let is_too_old = |path: &PathBuf| path.to_string_lossy().contains("/3.6.");
    let all: Vec<_> = by_pyenv.chain(by_number).filter(|path| path.is_file() && !is_too_old(path)).collect();
    if all.is_empty() {
        eprintln!("LEFT OUT: no other Python is here");
    }
    all.iter().for_each(|python| each_line_is_its_own(python.to_str().unwrap(), ""));
}
