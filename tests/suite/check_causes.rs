//! What `day30 check` says about a likely cause: for the program's own side, in its own language, with hints of its own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::have;
use crate::common::judged::{check, program};

/// The first half of the notes' digest: what is printed when it is cut.
const CUT: &str = "280ce248e848bcd4";

/// The words of a failure of `hmac/notes`, whatever the rows are.
fn failure(options: &[&str], command: &[&str]) -> String {
    let output = check("hmac", &[&["--only", "hmac/notes"], options].concat(), command).run().expect_code(1);
    output.out().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_known_cause_brings_its_own_hints() {
    let of_cause = ["How many digits does your program print?", "Look for a slice", "The loop runs over all 16 bytes"];
    for (count, shown) in [("0", 0), ("1", 1), ("2", 2), ("3", 3)] {
        let text = failure(&["--hint", count], &["echo", CUT]);
        assert!(text.contains("likely cause digest-cut Only part of the digest is printed"), "{text}");
        for (place, hint) in of_cause.iter().enumerate() {
            assert_eq!(text.contains(hint), place < shown, "--hint {count}: {hint}\n{text}");
        }
    }
    // Where no cause is known, the hints are the check's: they are not those of any cause.
    let unknown = failure(&["--hint", "3"], &["echo", "no digest"]);
    assert!(unknown.contains("hint 3") && !unknown.contains("likely cause"), "{unknown}");
    assert!(of_cause.iter().all(|hint| !unknown.contains(hint)), "{unknown}");
    let chinese = failure(&["--hint", "3", "--lang", "zh"], &["echo", CUT]);
    assert!(chinese.contains("提示 1 你的程序打印了多少个字符？") && chinese.contains("提示 3"), "{chinese}");
}

#[test]
fn a_cause_is_shown_in_the_language_of_the_program() {
    let unknown = failure(&[], &["echo", CUT]);
    assert!(!unknown.contains(" In "), "{unknown}");
    if have("python3") {
        let script = format!("print('{CUT}')");
        let python = failure(&[], &["python3", "-c", &script]);
        assert!(python.contains(" In Python: `h.hexdigest()`, without a slice"), "{python}");
        let chinese = failure(&["--lang", "zh"], &["python3", "-c", &script]);
        assert!(chinese.contains(" Python 写法：用 `h.hexdigest()`，不要切片"), "{chinese}");
    }
    // The file's name tells it, whatever runs the file.
    let file = failure(&[], &["echo", CUT, "digest.c"]);
    assert!(file.contains(" In C: `for (int i = 0; i < 16; i++)"), "{file}");
    // A cause without a line for this language says nothing more.
    let none = failure(&[], &["echo", CUT, "Digest.java"]);
    assert!(none.contains("likely cause digest-cut") && !none.contains(" In "), "{none}");
}

/// One slug, three programs: each gets the words for what it does.
#[test]
fn a_cause_speaks_of_the_side_that_is_tested() {
    if !have("python3") {
        return;
    }
    let sides: [(&str, &str, &str, [&str; 2]); 3] = [
        ("auth/ok", "auth_server.py", "Your program expects the digest as raw bytes", ["{port}", "{secret}"]),
        ("auth-client/length", "auth_client.py", "Your program sends the digest as raw bytes", ["{port}", "{secret}"]),
        ("hmac/notes", "hmac_digest.py", "Your program writes the digest as raw bytes", ["{key}", "{msg}"]),
    ];
    for (id, file, title, [first, second]) in sides {
        let program = program(&format!("flawed/{file}"));
        let target = match id.split_once('/') {
            Some(("auth", _)) => "auth-server",
            Some((target, _)) => target,
            None => id,
        };
        let output = check(target, &["--only", id], &["python3", &program, first, second])
            .env("FLAW", "raw-digest")
            .run()
            .expect_code(1);
        let text = output.out();
        assert!(text.contains("likely cause  raw-digest") && text.contains(title), "{id}:\n{text}");
    }
}
