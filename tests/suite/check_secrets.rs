//! The secret that a judge hands to the program, and tells nobody else.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::auth::SECRET;
use crate::common::judged::{check, ours, program, report, reported};
use crate::common::record::RecordFile;
use crate::common::{Day30, have};

#[test]
fn the_secret_is_told_to_the_program_and_to_nobody_else() {
    if !have("python3") {
        return;
    }
    let (file, reports) = (RecordFile::new(), [RecordFile::new(), RecordFile::new(), RecordFile::new()]);
    let [json, junit, tap] = &reports;
    let server = program("flawed/auth_server.py");
    // It prints the secret, and the secret is typed in its command.
    let forms = [format!("json={}", json.arg()), format!("junit={}", junit.arg()), format!("tap={}", tap.arg())];
    let mut options = vec!["--record", file.arg(), "--only", "auth/ok,auth/keeps-the-secret"];
    options.extend(forms.iter().flat_map(|form| ["--report", form.as_str()]));
    let output =
        check("auth-server", &options, &["python3", &server, "{port}", SECRET]).env("FLAW", "secret-told").run();
    let output = output.expect_code(1);
    assert!(output.out().contains("the secret is *****"), "{}", output.out());
    assert!(output.out().contains("day30 check auth-server --only auth/keeps-the-secret"), "{}", output.out());
    assert!(output.out().contains("{port} {secret}"), "{}", output.out());
    let files: Vec<_> = reports.iter().map(RecordFile::text).chain([file.text()]).collect();
    for text in [&output.out().to_owned(), &output.stderr].into_iter().chain(&files) {
        assert!(!text.is_empty() || std::ptr::eq(text, &output.stderr), "a report is empty");
        assert!(!text.contains(SECRET) && !text.contains("6c75776569"), "{text}");
    }
}

#[test]
fn a_secret_may_come_from_a_file_or_the_environment() {
    let command = [ours(), "auth-server", "--quiet", "--port", "{port}"];
    let judge = |options: &[&str]| Day30::new(["check", "auth-server", "--only", "auth/ok"]).args(options);
    judge(&["--"]).args(command).env("DAY30_SECRET", "from the environment").run().expect_code(0);
    // The line end of a file is no part of the secret, and the file may be named.
    let file = RecordFile::new();
    std::fs::write(file.path(), "from a file\n").unwrap();
    let with_file = ["--secret-file", file.arg(), "--"];
    judge(&with_file).args(command).run().expect_code(0);
    let script =
        "import os, sys; sys.exit(sys.argv[1] != 'from a file' or os.environ['DAY30_SECRET'] != 'from a file')";
    if have("python3") {
        let output = judge(&with_file).args(["python3", "-c", script, "{secret}"]).run().expect_code(1);
        assert!(output.out().contains("the program ended (exit code 0)"), "{}", output.out());
        assert!(output.out().contains(&format!("--secret-file {}", file.arg())), "{}", output.out());
    }
}

/// A client that sends the secret instead of what proves that it has it: not even the record keeps it.
#[test]
fn a_secret_that_goes_over_the_wire_is_not_told() {
    if !have("python3") {
        return;
    }
    let client = "import os, socket, sys, time\n\
                  sk = socket.create_connection(('127.0.0.1', int(sys.argv[1])))\n\
                  sk.recv(32)\n\
                  sk.sendall(b'my secret is ' + os.environ['DAY30_SECRET'].encode() + b', and it is long enough')\n\
                  sk.recv(1)\n";
    let file = RecordFile::new();
    let options = ["--record", file.arg(), "--only", "auth-client/connects,auth-client/length,auth-client/digest"];
    let output = reported("auth-client", &options, &["python3", "-c", client, "{port}"]).run().expect_code(1);
    assert!(report(&output).to_string().contains("6d792073656372657420697320 2a2a2a2a2a".replace(' ', "").as_str()));
    assert!(file.text().contains("6973202a2a2a2a2a2c20".replace(' ', "").as_str()), "{}", file.text());
    for text in [output.out(), &output.stderr, &file.text()] {
        assert!(!text.contains(SECRET) && !text.contains("6c75776569"), "{text}");
    }
}

/// The difference between what should have come and what came is shown, but not the secret in it; nor one that has two lines.
#[test]
fn a_secret_in_place_of_the_answer_is_hidden() {
    if !have("python3") {
        return;
    }
    for length in ["", "32, 0, 0, 0"] {
        let client = format!(
            "import os, socket, sys\n\
             sk = socket.create_connection(('127.0.0.1', int(sys.argv[1])))\n\
             sk.recv(32, socket.MSG_WAITALL)\n\
             sk.sendall(bytes([{length}]) + os.environ['DAY30_SECRET'].encode().ljust(32))\n\
             sk.recv(1)\n"
        );
        let file = RecordFile::new();
        let options = ["--only", "auth-client/length,auth-client/digest", "--report", &format!("json={}", file.arg())];
        let output = check("auth-client", &options, &["python3", "-c", &client, "{port}"]).run().expect_code(1);
        for text in [output.out(), &file.text()] {
            assert!(!text.contains("luwe") && !text.contains("6c757765") && !text.contains("6c 75 77"), "{text}");
        }
    }
    let with_newline = ["check", "auth-server", "--secret", "lu\nwei", "--", "x", "{port}"];
    Day30::new(with_newline).run().expect_code(2).expect_stderr("must be one line");
}

#[test]
fn a_program_that_cannot_be_started_does_not_tell_the_secret() {
    let options = ["--only", "auth-client/connects"];
    let output = check("auth-client", &options, &["/there/is/no/{secret}", "{port}"]).run().expect_code(3);
    assert!(output.stderr.contains("cannot start /there/is/no/*****"), "{}", output.stderr);
    assert!(!output.stderr.contains(SECRET) && !output.out().contains(SECRET), "{}", output.stderr);
}
