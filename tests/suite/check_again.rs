//! The line that plays one check again: it can be pasted, whatever stands in it, and never holds the secret.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::auth::SECRET;
use crate::common::judged::{SHORT_SILENCE, check, ours, program};
use crate::common::record::RecordFile;
use crate::common::{Day30, have, python};
use std::path::Path;
use std::process::Command;

/// What stands under "rerun only this check".
fn line(text: &str) -> String {
    let mut lines = text.lines().skip_while(|line| !line.contains("rerun only this check"));
    lines.nth(1).unwrap_or_else(|| panic!("no line to rerun in:\n{text}")).trim().to_owned()
}

/// Pastes a line into a shell that has day30 on its PATH.
fn pasted(line: &str) -> Day30 {
    let folder = Path::new(env!("CARGO_BIN_EXE_day30")).parent().unwrap().display();
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("PATH=\"{folder}:$PATH\"; {line}")]);
    Day30::of(shell)
}

/// What came of the one check, without its times.
fn verdict(text: &str) -> (bool, bool) {
    (text.contains("✗ "), text.contains("likely cause  secret-told"))
}

#[test]
fn the_line_gives_the_same_verdict_when_it_is_pasted() {
    if !have("python3") {
        return;
    }
    // A name that a shell would take apart.
    let folder = std::env::temp_dir().join(format!("day30 it's {} $x", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let cases = [
        ("auth-server", "secret-told", "auth_server.py", &["{port}", "{secret}"][..], "auth/keeps-the-secret"),
        ("auth-client", "digest-swapped", "auth_client.py", &["{port}", "{secret}"], "auth-client/digest"),
        ("nonblock-server", "not-upper", "echo_server.py", &["{port}"], "echo/one-message"),
        ("hmac", "plain-hash", "hmac_digest.py", &["{key}", "{msg}"], "hmac/notes"),
    ];
    for (target, flaw, file, args, id) in cases {
        let copy = folder.join(file);
        std::fs::copy(program(&format!("flawed/{file}")), &copy).unwrap();
        let command = [&["python3", copy.to_str().unwrap()], args].concat();
        let first = check(target, &["--only", id], &command).env("FLAW", flaw).run().expect_code(1);
        let line = line(first.out());
        assert!(line.starts_with(&format!("day30 check {target} ")) && !line.contains(SECRET), "{line}");
        let again = pasted(&line).env("FLAW", flaw).env("DAY30_SECRET", SECRET).run().expect_code(1);
        assert_eq!(verdict(again.out()), verdict(first.out()), "{}", again.out());
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn the_line_names_a_secret_file_and_says_where_a_typed_secret_comes_from() {
    if !have("python3") {
        return;
    }
    let (file, server) = (RecordFile::new(), program("flawed/auth_server.py"));
    std::fs::write(file.path(), format!("{SECRET}\n")).unwrap();
    let options = ["check", "auth-server", "--seed", "30", "--only", "auth/keeps-the-secret"];
    let command = ["--", "python3", &server, "{port}", "{secret}"];
    let first = Day30::new(options).args(["--secret-file", file.arg()]).args(command);
    let first = first.env("FLAW", "secret-told").run().expect_code(1);
    assert!(line(first.out()).contains(&format!("--secret-file {}", file.arg())), "{}", first.out());
    let again = pasted(&line(first.out())).env("FLAW", "secret-told").run().expect_code(1);
    assert_eq!(verdict(again.out()), verdict(first.out()));
    let typed = Day30::new(options).args(["--secret", SECRET]).args(command);
    let typed = typed.env("FLAW", "secret-told").run().expect_code(1);
    assert!(typed.out().contains("(takes the secret from DAY30_SECRET, or asks for it)"), "{}", typed.out());
    // Where nobody can be asked, it is an error, and no judgement with another secret.
    pasted(&line(typed.out())).run().expect_code(2).expect_stderr("needs the secret");
}

/// At a keyboard the secret is asked for, and not shown while it is typed.
#[test]
fn at_a_keyboard_the_secret_is_asked_for() {
    if !have("python3") {
        return;
    }
    let ask = "
import os, pty, sys, termios, time
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
shown, typed = b'', False
while True:
    try:
        piece = os.read(terminal, 65536)
    except OSError:
        break
    if not piece:
        break
    shown += piece
    if not typed and b'secret (not shown): ' in shown:
        # A person is slower than the terminal, which hides what is typed a moment after the prompt.
        while termios.tcgetattr(terminal)[3] & termios.ECHO:
            time.sleep(0.001)
        os.write(terminal, sys.argv[1].encode() + b'\\n')
        typed = True
os.write(1, shown)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
";
    let mut python = python();
    python.args(["-c", ask, SECRET, env!("CARGO_BIN_EXE_day30"), "check", "auth-server", "--only", "auth/ok", "--"]);
    python.args(["python3", &program("flawed/auth_server.py"), "{port}", "{secret}"]);
    let output = Day30::of(python).run().expect_code(0);
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(shown.contains("✓") && shown.contains("auth/ok"), "{shown}");
    assert!(!shown.contains(SECRET), "{shown}");
}

/// Day30's own tests ask for less of servers that never sleep. Whoever is not told of that is judged by the contract.
#[test]
fn how_long_a_silent_client_must_be_kept_is_what_the_contract_says() {
    let server = [ours(), "nonblock-server", "--quiet", "--io", "poll", "--idle-timeout", "3s", "--port", "{port}"];
    let judging = || check("nonblock-server", &["--only", "keeps-silent-client"], &server);
    let output = judging().run().expect_code(1);
    let told = output.out().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("a client may be silent for 10 s"), "{told}");
    let (name, time) = SHORT_SILENCE;
    judging().env(name, time).run().expect_code(0);
    // What is no time, and nothing, is the contract's.
    for time in ["", "0s", "soon"] {
        judging().env(name, time).run().expect_code(1);
    }
    let contract = Day30::new(["check", "nonblock-server", "--contract"]).run().expect_code(0);
    assert!(contract.out().contains("10 s"), "{}", contract.out());
}
