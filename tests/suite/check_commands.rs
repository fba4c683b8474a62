//! Commands that were typed with a small mistake: what to type instead is in the error.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::judged::{check, ours};
use crate::common::{Day30, have};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

/// A folder of its own with these files in it, none of which is executable.
fn folder(name: &str, files: &[&str]) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    files.iter().for_each(|file| std::fs::write(folder.join(file), "print('no')\n").unwrap());
    folder
}

#[test]
fn a_forgotten_pair_of_dashes_is_said_with_the_right_line() {
    let cases: [(&[&str], &str); 3] = [
        (&["nonblock-server", "python3", "s.py", "{port}"], "day30 check nonblock-server -- python3 s.py {port}\n"),
        (&["hmac", "--strict", "my hmac.py", "{key}"], "day30 check hmac --strict -- python3 'my hmac.py' {key}\n"),
        (&["socket-client", "./client", "--port", "{port}"], "day30 check socket-client -- ./client --port {port}\n"),
    ];
    for (words, line) in cases {
        let output = Day30::new(["check"]).args(words).run().expect_code(2);
        assert!(output.stderr.contains("-- is missing") && output.stderr.ends_with(line), "{}", output.stderr);
    }
    // What is typed as a secret is not said again.
    let words = ["auth-server", "--secret", "luwei", "./server", "{port}", "{secret}"];
    let output = Day30::new(["check"]).args(words).run().expect_code(2);
    assert!(output.stderr.ends_with("check auth-server … -- COMMAND\n"), "{}", output.stderr);
    assert!(!output.stderr.contains("luwei"));
}

#[test]
fn a_file_that_cannot_be_started_is_said_with_what_starts_it() {
    let folder = folder("not-started", &["server.py", "client.js", "server", "server.c"]);
    let path = |file: &str| folder.join(file).to_str().unwrap().to_owned();
    let cases = [
        (path("server.py"), format!("-- python3 {} ", path("server.py"))),
        (path("client.js"), format!("-- node {} ", path("client.js"))),
        (path("server"), format!("chmod +x {}", path("server"))),
        (path("server.c"), "compile it first".into()),
        (path(""), "it is a folder".into()),
        (path("sever.py"), "there is no such file".into()),
        ("python3 server.py {port}".into(), "without quotes".into()),
        ("no-such-command-here".into(), "no command and no file of that name".into()),
    ];
    for (name, advice) in cases {
        let output = check("nonblock-server", &[], &[&name, "{port}"]).run().expect_code(3);
        assert!(output.stderr.contains(&advice) && output.stderr.contains("cannot start"), "{name}: {}", output.stderr);
        let output = check("nonblock-server", &["--lang", "zh"], &[&name, "{port}"]).run().expect_code(3);
        assert!(output.stderr.contains("无法启动"), "{name}: {}", output.stderr);
    }
    // A shell would take it for its own.
    let executable = folder.join("server.py");
    std::fs::set_permissions(&executable, PermissionsExt::from_mode(0o755)).unwrap();
    let output = check("nonblock-server", &[], &[executable.to_str().unwrap(), "{port}"]).run().expect_code(3);
    assert!(output.stderr.contains("-- python3 "), "{}", output.stderr);
    std::fs::remove_dir_all(folder).unwrap();
}

/// A program may read its environment instead: it is judged, with a word about it beforehand.
#[test]
fn a_command_without_its_places_is_judged_with_a_notice() {
    let told = |output: &crate::common::Output, place: &str| output.out().contains(&format!("has no {{{place}}}"));
    let hmac = [ours(), "hmac", "--quiet", "--key={key}", "--msg={msg}"];
    let output = check("hmac", &["--only", "hmac/notes"], &hmac).run().expect_code(0);
    assert!(!told(&output, "key") && !told(&output, "msg"), "{}", output.out());
    let from_env = ["sh", "-c", "exec \"$0\" hmac --quiet --key \"$DAY30_KEY\" --msg \"$DAY30_MSG\"", ours()];
    let output = check("hmac", &["--only", "hmac/notes"], &from_env).run().expect_code(0);
    assert!(told(&output, "key") && told(&output, "msg"), "{}", output.out());
    if !have("python3") {
        return;
    }
    let server = "import os, socket\n\
                  sk = socket.create_server(('127.0.0.1', int(os.environ['DAY30_PORT'])))\n\
                  while True: sk.accept()\n";
    let output = check("nonblock-server", &["--only", "echo/listens"], &["python3", "-c", server]).run();
    let output = output.expect_code(0);
    assert!(told(&output, "port") && output.out().contains("DAY30_PORT"), "{}", output.out());
}

/// PowerShell takes `{port}` for a block of script, and hands it on as something else.
#[test]
fn a_place_has_a_second_spelling_for_shells_that_take_braces_for_their_own() {
    let hmac = [ours(), "hmac", "--quiet", "--key=__key__", "--msg=__msg__"];
    let output = check("hmac", &["--only", "hmac/notes"], &hmac).run().expect_code(0);
    assert!(!output.out().contains("has no {"), "{}", output.out());
    let mangled = [ours(), "hmac", "-encodedCommand", "awBlAHkA", "-inputFormat", "xml"];
    for (lang, advice) in [("en", "write __"), ("zh", "请改写成 __")] {
        let output = check("hmac", &["--only", "hmac/notes", "--lang", lang], &mangled).run().expect_code(1);
        assert!(output.out().contains(&format!("{advice}key__")), "{}", output.out());
        for attack in ["wrong-key", "repeat", "fake-server"] {
            let attack = Day30::new(["--lang", lang, "break", attack, "--"]).args(mangled);
            attack.run().expect_code(2).expect_stderr(&format!("{advice}port__"));
        }
    }
}
