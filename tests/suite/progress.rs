//! What `day30` alone says of the programs that were judged before.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::judged::{check, ours};
use crate::common::{Day30, Output, have};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};

/// A state folder of its own: the builder of the tests keeps nothing by itself.
struct State(PathBuf);

impl State {
    fn new(name: &str) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("progress-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn of(&self, day30: Day30) -> Day30 {
        day30.env("XDG_STATE_HOME", &self.0).env("LOCALAPPDATA", &self.0).env("DAY30_PROGRESS", "")
    }

    fn file(&self, target: &str) -> PathBuf {
        self.0.join("day30/progress").join(format!("{target}.json"))
    }

    fn write(&self, target: &str, bytes: impl AsRef<[u8]>) {
        fs::create_dir_all(self.0.join("day30/progress")).unwrap();
        fs::write(self.file(target), bytes).unwrap();
    }

    /// `day30` alone.
    fn day30(&self, more: &[&str]) -> Output {
        self.of(Day30::new(more)).run().expect_code(0)
    }
}

impl Drop for State {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A judgement of day30's own lesson 3.
fn judged(options: &[&str]) -> Day30 {
    check("hmac", options, &[ours(), "hmac", "--quiet", "--key={key}", "--msg={msg}"])
}

/// A program that does nothing.
#[cfg(unix)]
fn nothing(target: &str, options: &[&str], words: &[&str]) -> Day30 {
    check(target, options, &[&["true"][..], words].concat())
}

/// Every check of a target.
fn ids(target: &str) -> Vec<String> {
    let list = Day30::new(["check", "--list", target]).run().expect_code(0);
    let rows = list.out().lines().filter(|line| line.contains(" MUST ") || line.contains(" SHOULD "));
    rows.map(|row| row.split_whitespace().next().unwrap().to_owned()).collect()
}

fn kept(target: &str, passed: &[String], next: &str) -> String {
    json!({"format": "day30-progress", "version": 1, "target": target, "passed": passed, "open": [], "next": next,
        "folder": null})
    .to_string()
}

const BEGINS: &str = "day30: learn what a socket does.";

#[test]
fn what_passed_is_shown_with_the_one_thing_to_type_next() {
    let state = State::new("shown");
    assert!(state.day30(&[]).out().starts_with(BEGINS));
    state.of(judged(&["--only", "notes,other-words,same-again"])).run().expect_code(0);
    let screen = state.day30(&[]);
    assert!(
        screen.out().contains("3  hmac             ██░░░░░░░░  3 of 13    step 2: other words\n"),
        "{}",
        screen.out()
    );
    assert!(screen.out().lines().count() <= 12, "{}", screen.out());
    let end = format!("next:\n  day30 check hmac --watch -- {} hmac --quiet --key={{key}} --msg={{msg}}\n", ours());
    assert!(screen.out().ends_with(&end), "{}", screen.out());
    // A check counts as it came out last: a part adds to what is known, and the rest stays.
    let rest = ["--skip", "notes,other-words,same-again"];
    state.of(judged(&rest)).run().expect_code(0);
    let screen = state.day30(&[]);
    assert!(screen.out().contains("██████████  13 of 13   done\n"), "{}", screen.out());
    assert!(screen.out().ends_with("next:\n  day30 start nonblock-server\n"), "{}", screen.out());
    let chinese = state.day30(&["--lang", "zh"]);
    assert!(chinese.out().contains("13 / 13    完成\n") && chinese.out().contains("还没开始"), "{}", chinese.out());
    assert_eq!(screen.stderr, "");
}

#[cfg(unix)]
#[test]
fn what_fails_now_no_longer_counts_and_a_secret_is_not_kept() {
    let state = State::new("fails");
    state.of(judged(&["--only", "notes,other-words"])).run().expect_code(0);
    state.of(nothing("hmac", &["--only", "notes,other-words"], &["{key}", "{msg}"])).run().expect_code(1);
    assert!(state.day30(&[]).out().contains("0 of 13    step 1: the notes' digest"), "{}", state.day30(&[]).out());
    let typed =
        ["check", "auth-server", "--secret", "S3CRETWORD", "--only", "auth/listens", "--", "true", "S3CRETWORD"];
    state.of(Day30::new(typed)).run().expect_code(1);
    let file = fs::read_to_string(state.file("auth-server")).unwrap();
    assert!(!file.contains("S3CRETWORD") && file.contains("-- true {secret}"), "{file}");
    // What was judged last comes first.
    assert!(
        state.day30(&[]).out().contains("\n  day30 check auth-server -- true {secret}\n"),
        "{}",
        state.day30(&[]).out()
    );
}

#[test]
fn nothing_is_kept_where_it_is_off() {
    let state = State::new("off");
    state.of(judged(&["--only", "notes", "--progress", "off"])).run().expect_code(0);
    state.of(judged(&["--only", "notes"])).env("DAY30_PROGRESS", "off").run().expect_code(0);
    assert_eq!(fs::read_dir(&state.0).unwrap().count(), 0);
    state.of(judged(&["--only", "notes"])).run().expect_code(0);
    assert!(state.file("hmac").exists());
    // Nor is it looked at.
    let screen = state.of(Day30::new::<&str>([])).env("DAY30_PROGRESS", "off").run().expect_code(0);
    assert!(screen.out().starts_with(BEGINS), "{}", screen.out());
}

#[test]
fn a_damaged_file_is_dropped_with_a_notice() {
    let state = State::new("damaged");
    let hostile = kept("hmac", &[], "day30 check hmac \u{1b}[2J");
    let deep = "[".repeat(60_000);
    let long = kept("hmac", &["x".repeat(100_000)], "day30 check hmac");
    let other = kept("auth-server", &[], "day30 check auth-server");
    let cases: [&[u8]; 7] =
        [b"", b"\xff\x00", b"{}", hostile.as_bytes(), deep.as_bytes(), long.as_bytes(), other.as_bytes()];
    for bytes in cases {
        state.write("hmac", bytes);
        let output = state.day30(&[]).expect_stderr("hmac.json was damaged and has been dropped");
        assert!(output.out().starts_with(BEGINS) && !output.stderr.contains('\u{1b}'), "{}", output.out());
        assert!(!state.file("hmac").exists());
    }
    // A judgement begins anew.
    state.write("hmac", "{");
    state.of(judged(&["--only", "notes"])).run().expect_code(0).expect_stderr("was damaged and has been dropped");
    assert!(state.day30(&[]).out().contains("1 of 13"));
    // Checks that this day30 does not know are no checks.
    state.write("hmac", kept("hmac", &["hmac/notes".into(), "hmac/of-a-later-day30".into()], "day30 check hmac"));
    assert!(state.day30(&[]).out().contains("1 of 13"));
}

/// The verdict is what was asked for; that it is remembered comes second.
#[test]
fn where_it_cannot_be_kept_the_verdict_is_the_same() {
    let state = State::new("not-kept");
    fs::write(state.0.join("day30"), "a file where the folder should be").unwrap();
    let output = state.of(judged(&["--only", "notes"])).run().expect_code(0).expect_stderr("could not be kept in ");
    assert!(output.out().contains("hmac: passed"), "{}", output.out());
    assert!(output.stderr.contains("--progress off"), "{}", output.stderr);
    let folder = State::new("not-a-file");
    fs::create_dir_all(folder.file("hmac")).unwrap();
    let output = folder.day30(&[]).expect_stderr("cannot be read: it is not a regular file");
    assert!(output.out().starts_with(BEGINS), "{}", output.out());
}

#[test]
fn whoever_has_passed_everything_is_sent_on() {
    let state = State::new("all");
    let targets =
        ["nonblock-server", "nonblock-client", "auth-server", "auth-client", "hmac", "socket-server", "socket-client"];
    for target in targets {
        let next = format!("day30 check {target} --watch -- python3 my.py {{port}}");
        state.write(target, kept(target, &ids(target), &next));
    }
    let screen = state.day30(&[]);
    assert_eq!(screen.out().matches("██████████").count(), 7, "{}", screen.out());
    let lines: Vec<_> = screen.out().lines().filter_map(|line| line.strip_prefix("  day30 ")).collect();
    let expected = [
        "race --against 'mine=python3 my.py {port}'",
        "watch -- python3 my.py 9000",
        "break",
        "check nonblock-server --strict --repeat 5 -- python3 my.py {port}",
    ];
    assert_eq!(lines, expected, "{}", screen.out());
}

/// A file is never half of one: what is being written has another name until it is whole.
#[test]
fn nothing_else_is_left_in_the_folder() {
    let state = State::new("whole");
    state.of(judged(&["--only", "notes"])).run().expect_code(0);
    let names: Vec<_> =
        fs::read_dir(state.file("hmac").parent().unwrap()).unwrap().map(|one| one.unwrap().file_name()).collect();
    assert_eq!(names, ["hmac.json"]);
    assert!(Path::new(&state.0).join("day30").is_dir());
}

/// It may be anybody's program that is attacked.
#[cfg(unix)]
#[test]
fn an_attack_is_no_progress() {
    let state = State::new("attack");
    state.of(Day30::new(["break", "repeat", "--", "true", "{port}"])).run().expect_code(3);
    assert!(!state.file("auth-server").exists(), "it was kept");
}

/// What a lesson has the student judge of the notes is not the student's own work; a changed copy is.
#[cfg(unix)]
#[test]
fn a_program_of_the_notes_is_no_progress() {
    if !have("python3") {
        return;
    }
    let state = State::new("notes");
    let notes = state.0.join("notes");
    Day30::new(["start", "notes", notes.to_str().unwrap()]).run().expect_code(0);
    let path = notes.join("3_hmac.py");
    let judged = || {
        let words = ["python3", path.to_str().unwrap(), "{key}", "{msg}"];
        state.of(Day30::new(["check", "hmac", "--"]).args(words)).run().expect_code(1);
        state.file("hmac").exists()
    };
    assert!(!judged(), "it was kept");
    fs::write(&path, fs::read_to_string(&path).unwrap() + "# mine\n").unwrap();
    assert!(judged(), "it was not kept");
}
