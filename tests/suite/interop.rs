//! The lessons' programs in Python, mended, with ours: each may be either end.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::{Day30, Serving, have, on_every_model, upper_server};
use std::fs;

/// One of the programs in `lessons/python`.
fn python(program: &str, arguments: &[&str]) -> Day30 {
    let mut python = crate::common::python();
    python.arg(format!("{}/lessons/python/{program}", env!("CARGO_MANIFEST_DIR"))).args(arguments);
    Day30::of(python)
}

/// Ctrl-C ends it with 0, as its README says.
#[track_caller]
fn stop(server: Serving) {
    let output = server.running.interrupt().expect_code(0);
    assert!(!output.stderr.contains("Traceback"), "{}", output.stderr);
}

#[test]
fn the_python_servers_of_lessons_1_and_4_answer_our_clients() {
    if !have("python3") {
        return;
    }
    for program in ["nonblock_server.py", "socket_server.py"] {
        let server = python(program, &["0"]).serve();
        let client = |name: &str| Day30::new([name, "--port", &server.port()]);
        let output = client("socket-client").stdin("one\nstraße 你好\n\nlast").run().expect_code(0);
        assert_eq!(output.out(), "ONE\nSTRASSE 你好\nLAST\n", "{program}");
        let output = client("nonblock-client").args(["--count", "3", "--every", "10ms"]).run().expect_code(0);
        assert_eq!(output.out(), "CLENT11\n".repeat(3), "{program}");
        stop(server);
    }
}

/// Two thousand lines, in pieces as they come: their decoder holds letters that were cut, and so does ours.
#[test]
fn the_python_servers_answer_a_long_text_letter_for_letter() {
    if !have("python3") {
        return;
    }
    let text = "Die Straße, 你好, Ωμέγα, 😀\n".repeat(2_000);
    for program in ["nonblock_server.py", "socket_server.py"] {
        let server = python(program, &["0"]).serve();
        let client = Day30::new(["socket-client", "--quiet", "--port", &server.port()]);
        let output = client.stdin(text.clone()).run().expect_code(0);
        assert!(output.stdout == text.to_uppercase().as_bytes(), "{program}: {} bytes", output.stdout.len());
        stop(server);
    }
}

fn our_server_answers_the_python_client_of_lesson_1(io: &str) {
    if !have("python3") {
        return;
    }
    let servers = [upper_server(io, &[]), Day30::new(["socket-server", "--port", "0", "--io", io]).serve()];
    for server in servers {
        let output = python("nonblock_client.py", &[&server.port(), "3", "0.01"]).run().expect_code(0);
        assert_eq!((output.out(), &output.stderr[..]), (&*"CLENT11\n".repeat(3), ""));
        server.stop().expect_endings("eof 1");
    }
}

#[test]
fn the_python_server_of_lesson_2_lets_our_client_in_who_knows_the_secret() {
    if !have("python3") {
        return;
    }
    let prove = |secret: &str| {
        let server = python("auth_server.py", &["0", "luwei"]).serve();
        let client = ["auth-client", "--secret", secret, "--port", &server.port()];
        // The server says nothing back: that it was answered is all that our client can know.
        Day30::new(client).run().expect_code(0).expect_stderr("\nanswered. The server ");
        server.running.wait()
    };
    let output = prove("luwei").expect_code(0);
    assert!(output.out().ends_with("\nok\n"), "{}", output.out());
    let output = prove("guess").expect_code(1).expect_stderr("the digest is wrong");
    assert_eq!(output.out().lines().count(), 1, "{}", output.out());
}

fn our_server_lets_the_python_client_in_that_knows_the_secret(io: &str) {
    if !have("python3") {
        return;
    }
    let prove = |arguments: &[&str], environment: &str| {
        let server = ["auth-server", "--port", "0", "--once", "--io", io, "--secret", "lu wéi"];
        let server = Day30::new(server).serve();
        let (port, mut all) = (server.port(), vec![]);
        all.push(&port[..]);
        all.extend(arguments);
        let client = python("auth_client.py", &all).env("DAY30_SECRET", environment).run().expect_code(0);
        assert_eq!(client.out(), "answered; the server closed\n");
        server.running.wait()
    };
    for (arguments, environment) in [(&["lu wéi"][..], ""), (&[], "lu wéi")] {
        let output = prove(arguments, environment).expect_code(0).expect_endings("ok 1");
        assert!(output.out().ends_with("\nok\n"), "{}", output.out());
    }
    let output = prove(&["guess"], "").expect_code(1).expect_endings("refused 1");
    assert!(!output.out().contains("ok"), "{}", output.out());
}

#[test]
fn both_compute_the_same_hmac_and_print_it_alike() {
    if !have("python3") {
        return;
    }
    let long = "k".repeat(65);
    let pairs =
        [("asd", "sad"), ("密钥", "消息"), ("", ""), ("it's", "\"quoted\""), (&long, "a longer key than a block")];
    for (key, message) in pairs {
        let theirs = python("hmac_digest.py", &[key, message]).run().expect_code(0);
        let ours = Day30::new(["hmac", "--quiet", "--key", key, "--msg", message]).run().expect_code(0);
        assert_eq!((ours.out(), &theirs.stderr[..]), (theirs.out(), ""), "{key} {message}");
    }
}

/// The rows of the table in `lessons/python/README.md`: a program, how it is run, and against what.
fn readme() -> Vec<[String; 3]> {
    let text = fs::read_to_string(format!("{}/lessons/python/README.md", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let rows = text.lines().filter(|line| line.starts_with("| ") && line.contains("| `python3 "));
    let cell = |cells: &[&str], index: usize| cells[index].trim().trim_matches('`').to_owned();
    let rows = rows.map(|row| row.split('|').collect::<Vec<_>>());
    rows.map(|cells| [cell(&cells, 2), cell(&cells, 4), cell(&cells, 5)]).collect()
}

/// What a reader types, in the folder of the programs, with another port in the place of 9000.
fn typed(command: &str, port: &str) -> Day30 {
    let words: Vec<_> = command.split_whitespace().map(|word| if word == "9000" { port } else { word }).collect();
    match words[0] {
        "python3" => python(words[1], &words[2..]),
        "day30" => Day30::new(&words[1..]),
        other => panic!("{other} is neither python3 nor day30"),
    }
}

#[test]
fn the_commands_of_the_readme_work_as_they_stand() {
    if !have("python3") {
        return;
    }
    let mut played = 0;
    for [program, theirs, ours] in readme() {
        let (first, second) = if program.ends_with("_server.py") { (&theirs, &ours) } else { (&ours, &theirs) };
        if program == "hmac_digest.py" {
            continue;
        }
        let server = typed(first, "0").serve();
        let client = typed(second, &server.port()).stdin("hello\n").start();
        if program.starts_with("nonblock") {
            client.stdout.wait_for("CLENT11\n", &client.stderr);
            client.interrupt().expect_code(130);
        } else {
            client.wait().expect_code(0);
        }
        if program.starts_with("auth") {
            server.running.stdout.wait_for("ok\n", &server.running.stderr);
        } else {
            stop(server);
        }
        played += 1;
    }
    assert_eq!(played, 5);
}

#[test]
fn the_command_of_the_readme_for_lesson_3_works_as_it_stands() {
    if !have("python3") {
        return;
    }
    let rows = readme();
    let [_, theirs, ours] = rows.iter().find(|row| row[0] == "hmac_digest.py").unwrap();
    let [theirs, ours] = [theirs, ours].map(|command| typed(command, "").run().expect_code(0));
    assert_eq!(theirs.out(), ours.out());
}

on_every_model!(
    our_server_answers_the_python_client_of_lesson_1,
    our_server_lets_the_python_client_in_that_knows_the_secret,
);
