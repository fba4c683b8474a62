//! The program under judgement as a process: one or many, at which port, within which bounds, and nothing of it left.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::judged::{check, judged, ours, program, report, reported, with_verdict};
use crate::common::process::eventually;
use crate::common::record::RecordFile;
use crate::common::{Day30, have, upper_server};
use serde_json::Value;

/// A server in Python whose port is not in its command, but in its program.
fn with_port_written_in(path: &str, port: u16) -> Vec<String> {
    let run = format!("import sys; exec(open(sys.argv[1]).read().replace('9000', '{port}'))");
    ["python3", "-c", &run, path].map(str::to_owned).to_vec()
}

/// One that the system gives to no client meanwhile.
fn free_port() -> u16 {
    day30::net::ports::free_port().unwrap()
}

/// Processes whose command line has this word in it.
#[cfg(target_os = "linux")]
fn with_mark(mark: &str) -> Vec<i32> {
    let files = std::fs::read_dir("/proc").unwrap().flatten();
    let lines = files.filter_map(|entry| Some((entry.file_name(), std::fs::read(entry.path().join("cmdline")).ok()?)));
    let marked = lines.filter(|(_, line)| line.split(|byte| *byte == 0).any(|word| word == mark.as_bytes()));
    marked.filter_map(|(pid, _)| pid.to_str()?.parse().ok()).collect()
}

/// How many there are.
#[cfg(target_os = "linux")]
fn running(mark: &str) -> usize {
    with_mark(mark).len()
}

#[test]
fn a_port_that_is_written_in_gets_one_process_for_many_checks() {
    if !have("python3") {
        return;
    }
    // It has no SO_REUSEADDR either: the judge must keep its port out of TIME_WAIT.
    let port = free_port();
    let notes = format!("{}/tests/notes/1_nonblock_server.py", env!("CARGO_MANIFEST_DIR"));
    let command = with_port_written_in(&notes, port);
    let command: Vec<_> = command.iter().map(String::as_str).collect();
    // What cannot be asked of it is left open, and is no pass by itself.
    let restart = ["--port", &port.to_string(), "--only", "echo/restart"];
    let output = reported("nonblock-server", &restart, &command).run().expect_code(3);
    assert!(output.stderr.contains("undecided"), "{}", output.stderr);
    let options = ["--port", &port.to_string(), "--skip", "echo/restart"];
    let report = report(&reported("nonblock-server", &options, &command).run().expect_code(1));
    assert!(report["one_process"].as_str().unwrap().contains("is written in"), "{}", report["one_process"]);
    // It fails several checks, dies of some of them, and is there again for the next.
    assert!(with_verdict(&report, "failed").len() >= 3, "{report}");
    assert!(with_verdict(&report, "passed").len() >= 10, "{report}");
    assert_eq!(with_verdict(&report, "unknown"), Vec::<&str>::new());
    let text = report.to_string();
    assert!(text.contains("the program runs since an earlier check"), "{text}");
}

#[test]
fn a_program_that_is_slow_to_start_is_not_started_for_each_check() {
    if !have("python3") {
        return;
    }
    let server = program("reference/echo_threads.py");
    let starts = RecordFile::new();
    let judge = |script: &str| {
        let script = format!("{script}; echo >>'{}'; exec python3 '{server}' \"$1\"", starts.arg());
        let options = ["--only", "echo/listens,echo/one-message,echo/two-clients,echo/half-close"];
        let output = reported("socket-server", &options, &["sh", "-c", &script, "sh", "{port}"]).run().expect_code(0);
        let report = report(&output);
        assert_eq!(with_verdict(&report, "passed").len(), 4);
        report["one_process"].as_str().map(str::to_owned)
    };
    assert!(judge("sleep 3").is_some_and(|why| why.contains("s to start")));
    assert_eq!(starts.text().lines().count(), 2);
    std::fs::remove_file(starts.path()).unwrap();
    // The first start alone may be slow: a program is compiled then, or read from the disk.
    assert_eq!(judge(&format!("[ -s '{}' ] || sleep 3", starts.arg())), None);
    assert_eq!(starts.text().lines().count(), 4);
}

/// A client has one conversation and ends, however long it takes to start.
#[test]
fn each_check_of_a_client_gets_a_process_of_its_own() {
    if !have("python3") {
        return;
    }
    let client = program("flawed/echo_client.py");
    let script = format!("sleep 0.8; exec python3 '{client}' \"$1\"");
    let options = ["--only", "client/connects,client/speaks,client/prints-reply,client/nobody-listens"];
    let output = reported("nonblock-client", &options, &["sh", "-c", &script, "sh", "{port}"]).run().expect_code(0);
    let report = report(&output);
    assert!(report["one_process"].is_null(), "{}", report["one_process"]);
    assert_eq!(with_verdict(&report, "passed").len(), 4);
}

/// What an earlier check finds out about a program's output is found out for a check alone, too.
#[test]
fn one_check_alone_knows_of_output_that_is_held_back() {
    if !have("python3") {
        return;
    }
    let server = ["python3", &program("flawed/auth_server.py"), "{port}", "{secret}"];
    let only = ["--only", "auth/one-piece"];
    let output = reported("auth-server", &only, &server).env("FLAW", "stdout-not-flushed").run().expect_code(0);
    let report = report(&output);
    assert_eq!(report["checks"].as_array().unwrap().len(), 1, "{report}");
    let client = ["python3", &program("flawed/echo_client.py"), "{port}"];
    let only = ["--only", "client/late-reply"];
    check("nonblock-client", &only, &client).env("FLAW", "stdout-not-flushed").run().expect_code(0);
}

#[test]
fn a_port_that_another_program_has_is_no_verdict() {
    let other = upper_server("poll", &["--quiet"]);
    let output =
        check("socket-server", &["--port", &other.port()], &[ours(), "socket-server", "--port", &other.port()]);
    let output = output.run().expect_code(3);
    assert!(output.stderr.contains(&format!("another program listens on port {}", other.port())), "{}", output.stderr);
    other.assert_serves();
}

/// A trial connection, made only to look, would be the only one that such a server ever accepts.
#[test]
fn a_server_for_one_client_is_not_used_up_by_a_look() {
    if !have("python3") {
        return;
    }
    let script = "import socket, sys\n\
                  sk = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n\
                  conn = sk.accept()[0]\n\
                  while data := conn.recv(1024): conn.sendall(data.upper())\n";
    let only = ["--only", "echo/listens,echo/one-message,echo/many-messages,echo/closes"];
    check("nonblock-server", &only, &["python3", "-c", script, "{port}"]).run().expect_code(0);
    // One process for many checks has ended, a moment after the check before.
    let port = free_port().to_string();
    let options = [&["--port", &port], &only[..]].concat();
    check("nonblock-server", &options, &["python3", "-c", script, &port]).run().expect_code(0);
}

#[test]
#[cfg(target_os = "linux")]
fn ctrl_c_leaves_no_process_behind() {
    if !have("python3") {
        return;
    }
    // A number of seconds that only this test sleeps, in a process that the program starts.
    let mark = format!("9{}.25", std::process::id());
    let server = program("flawed/echo_server.py");
    let script = format!("sleep {mark} & exec python3 '{server}' \"$1\"");
    let file = RecordFile::new();
    let options = ["--report", &format!("json={}", file.arg())];
    let judging =
        check("nonblock-server", &options, &["sh", "-c", &script, "sh", "{port}"]).env("FLAW", "never-closes").start();
    // In the middle of a check that takes seconds.
    judging.stdout.wait_for("echo/half-close", &judging.stderr);
    eventually("what the program started is there", || running(&mark) > 0);
    judging.signal(rustix::process::Signal::INT);
    let output = judging.wait().expect_code(130);
    assert!(output.out().contains("interrupted by Ctrl-C"), "{}", output.out());
    // Nothing has failed so far, and that is not the whole.
    let report: Value = serde_json::from_str(&file.text()).unwrap();
    assert_eq!((&report["decision"], &report["cut_short"]), (&"undecided".into(), &"ended by Ctrl-C".into()));
    eventually("all of it has ended", || running(&mark) == 0);
}

#[test]
#[cfg(target_os = "linux")]
fn nothing_is_left_of_any_program_afterwards() {
    if !have("python3") {
        return;
    }
    let mark = format!("8{}.25", std::process::id());
    let server = program("flawed/echo_server.py");
    let script = format!("sleep {mark} & exec python3 '{server}' \"$1\"");
    let options = ["--only", "echo/listens,echo/one-message,echo/ctrl-c"];
    for flaw in ["", "deaf-to-ctrl-c", "segfault", "ends-at-once"] {
        check("nonblock-server", &options, &["sh", "-c", &script, "sh", "{port}"]).env("FLAW", flaw).run();
        eventually("all of it has ended", || running(&mark) == 0);
    }
}

/// Daemons and jobs in the background: whoever goes elsewhere is found there.
#[test]
#[cfg(target_os = "linux")]
fn nothing_is_left_of_programs_that_leave_their_group() {
    if !have("python3") {
        return;
    }
    let mark = format!("7{}.25", std::process::id());
    let server = program("reference/echo_threads.py");
    let start = format!(
        "import os, signal, subprocess, sys; signal.signal(signal.SIGINT, signal.SIG_IGN)\n\
                         subprocess.Popen(['sleep', '{mark}'], start_new_session=True)\n\
                         os.execvp('python3', ['python3', '{server}', sys.argv[1]])\n"
    );
    let jobs = format!("setsid python3 '{server}' \"$1\" {mark} & wait");
    let daemon = format!(
        "import os, sys\nif os.fork() == 0:\n os.setsid()\n os.fork() and os._exit(0)\n os.execvp('sleep', ['sleep', '{mark}'])\n{start}"
    );
    let commands: [&[&str]; 3] = [
        &["python3", "-c", &start, "{port}"],
        &["sh", "-c", &jobs, "sh", "{port}"],
        &["python3", "-c", &daemon, "{port}"],
    ];
    for command in commands {
        check("nonblock-server", &["--only", "echo/listens,echo/one-message"], command).run().expect_code(0);
        assert_eq!(running(&mark), 0, "{command:?}");
    }
    let players = [
        format!("server=python3 -c \"{start}\" {{port}}"),
        format!("client='{}' nonblock-client --port {{port}}", ours()),
    ];
    Day30::new(["check", "--matrix"]).args(players).run().expect_code(0);
    assert_eq!(running(&mark), 0, "in a matrix");
}

/// A shell may start something, and then become the judge.
#[test]
#[cfg(target_os = "linux")]
fn what_was_there_before_is_not_ours_to_end() {
    use std::process::{Command, Stdio};
    let mark = format!("6{}.25", std::process::id());
    let script =
        format!("sleep {mark} & exec '{}' check hmac --only notes -- echo 280ce248e848bcd4e5a31a036829d185", ours());
    let judged = Command::new("sh").args(["-c", &script]).stdout(Stdio::null()).status().unwrap();
    assert!(judged.success() && running(&mark) == 1);
    for pid in with_mark(&mark) {
        rustix::process::kill_process(rustix::process::Pid::from_raw(pid).unwrap(), rustix::process::Signal::KILL)
            .unwrap();
    }
}

/// Between two calls, many a language loses a Ctrl-C, or keeps it for later: it comes while the program sleeps.
#[test]
#[cfg(target_os = "linux")]
fn ctrl_c_comes_while_the_program_sleeps() {
    if !have("python3") {
        return;
    }
    let script = "import socket, sys, threading, time\n\
                  def serve(conn):\n\
                  \x20   while data := conn.recv(1024):\n\
                  \x20       conn.sendall(data.upper())\n\
                  sk = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n\
                  while True:\n\
                  \x20   conn = sk.accept()[0]\n\
                  \x20   threading.Thread(target=serve, args=(conn,), daemon=True).start()\n\
                  \x20   until = time.monotonic() + 0.3\n\
                  \x20   while time.monotonic() < until:\n\
                  \x20       try:\n\
                  \x20           while time.monotonic() < until: pass\n\
                  \x20       except KeyboardInterrupt:\n\
                  \x20           pass\n";
    let options = ["--only", "echo/ctrl-c", "--strict"];
    check("nonblock-server", &options, &["python3", "-c", script, "{port}"]).run().expect_code(0);
}

#[test]
#[cfg(target_os = "linux")]
fn a_program_that_takes_too_much_memory_is_ended_for_that() {
    if !have("python3") {
        return;
    }
    let command = ["python3", &program("flawed/echo_server.py"), "{port}"];
    let options = ["--memory", "100", "--only", "echo/listens", "--start-timeout", "60s"];
    let output = reported("nonblock-server", &options, &command).env("FLAW", "takes-memory").run().expect_code(1);
    let report = report(&output);
    let failure = &judged(&report, "echo/listens")["failure"];
    assert_eq!(failure["fault"], "died");
    assert!(failure["sentence"].as_str().unwrap().contains("too much memory"), "{failure}");
}

/// A program that sends without end, and one that reads nothing, end no check late and take no memory of the judge's.
#[test]
#[cfg(target_os = "linux")]
fn a_program_that_sends_without_end_or_reads_nothing_is_judged_all_the_same() {
    if !have("python3") {
        return;
    }
    let only = "echo/speaks-second,echo/half-close,echo/bad-bytes,echo/ctrl-c";
    let command = ["python3", &program("flawed/echo_server.py"), "{port}"];
    let judging = reported("nonblock-server", &["--only", only], &command).env("FLAW", "floods").start();
    judging.stderr.wait_for("echo/half-close", &judging.stderr);
    let memory = crate::common::process::status(judging.pid(), "VmHWM");
    assert!(memory < 200_000, "{memory} KiB");
    let output = judging.wait().expect_code(1);
    assert!(with_verdict(&report(&output), "failed").contains(&"echo/speaks-second"), "{}", output.stderr);
    // Its stdin is a pipe that soon is full.
    let deaf = "import socket, sys, time\n\
                sk = socket.create_connection(('127.0.0.1', int(sys.argv[1])))\n\
                time.sleep(600)\n";
    let options = ["--only", "client/long-line"];
    let output = reported("socket-client", &options, &["python3", "-c", deaf, "{port}"]).run().expect_code(1);
    assert_eq!(judged(&report(&output), "client/long-line")["failure"]["fault"], "silent");
}
