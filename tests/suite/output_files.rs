//! Files that day30 writes: it replaces what it wrote itself, and nothing else without `--force`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::{Day30, Output};
use std::fs;
use std::path::{Path, PathBuf};

/// A folder of a test's own, gone when it is over.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("day30-output-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn names(&self) -> Vec<String> {
        let names = fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Every option that names a file to write, in a command that soon ends by itself; and its exit code.
const OPTIONS: [(&str, &str, i32); 9] = [
    // Nobody listens on port 1.
    ("nonblock-client --port 1", "--record", 1),
    ("auth-client --port 1 --secret x", "--record", 1),
    (RACE, "--svg", 0),
    (RACE, "--json", 0),
    (RACE, "--csv", 0),
    (CHECK, "--record", 1),
    (CHECK, "--report json=", 1),
    (CHECK, "--report junit=", 1),
    (CHECK, "--report tap=", 1),
];
const RACE: &str = "race --io poll --clients 1 --seconds 0.05 --rounds 1 --workload churn";
const CHECK: &str = "check hmac --only hmac/notes";

fn run(command: &str, option: &str, path: &Path, more: &[&str]) -> Output {
    let path = path.to_str().unwrap();
    let (option, value) = match option.split_once(' ') {
        Some((option, form)) => (option, format!("{form}{path}")),
        None => (option, path.to_owned()),
    };
    let program: &[&str] = if command == CHECK { &["--", "echo", "no digest"] } else { &[] };
    Day30::new(command.split(' ')).args([option, &value]).args(more).args(program).run()
}

#[test]
fn a_file_of_somebody_elses_is_replaced_with_force_only() {
    for (number, (command, option, code)) in OPTIONS.into_iter().enumerate() {
        let folder = Folder::new(&format!("foreign-{number}"));
        let file = folder.path("keep.py");
        fs::write(&file, "print('mine')\n").unwrap();
        for (lang, why) in [("en", "day30 did not write it"), ("zh", "不是 day30 写的")] {
            let output = run(command, option, &file, &["--lang", lang]).expect_code(3).expect_stderr(why);
            assert!(output.stderr.contains("--force") && output.stderr.contains("keep.py"), "{}", output.stderr);
            assert_eq!(output.out(), "", "{command} {option} began all the same");
            assert_eq!(fs::read_to_string(&file).unwrap(), "print('mine')\n");
        }
        run(command, option, &file, &["--force"]).expect_code(code);
        assert!(!fs::read_to_string(&file).unwrap().contains("mine"), "{command} {option}");
        // By now it is one of ours.
        run(command, option, &file, &[]).expect_code(code);
        assert_eq!(folder.names(), ["keep.py"], "{command} {option} left a temporary file");
    }
}

#[test]
fn an_output_of_another_kind_and_a_text_about_one_are_not_replaced() {
    let folder = Folder::new("kinds");
    let (json, csv) = (folder.path("race.json"), folder.path("race.csv"));
    run(RACE, "--json", &json, &["--csv", csv.to_str().unwrap()]).expect_code(0);
    let kept = fs::read_to_string(&json).unwrap();
    let about = folder.path("notes.txt");
    let texts = [
        "see {\"format\":\"day30-trace\"}\n",
        "\n{\"format\":\"day30-trace\"}\n",
        "{\"format\": \"other\", \"of\": \"day30-race\"}\n",
        "TAP version 13\n1..1\nok 1 - mine\n",
        "<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
        "<?xml version=\"1.0\"?><testsuites/>",
        "round,server\r\n",
    ];
    for (command, option, _) in OPTIONS {
        if option != "--json" {
            run(command, option, &json, &[]).expect_code(3).expect_stderr("day30 did not write it");
        }
        for text in texts {
            fs::write(&about, text).unwrap();
            run(command, option, &about, &[]).expect_code(3).expect_stderr("day30 did not write it");
            assert_eq!(fs::read_to_string(&about).unwrap(), text);
        }
    }
    assert_eq!(fs::read_to_string(&json).unwrap(), kept);
}

#[test]
fn an_empty_file_is_nobodys() {
    let folder = Folder::new("empty");
    let file = folder.path("empty.csv");
    fs::write(&file, "").unwrap();
    run(RACE, "--csv", &file, &[]).expect_code(0);
    assert!(fs::read_to_string(&file).unwrap().starts_with("round,"));
}

#[test]
fn two_outputs_need_two_files() {
    let folder = Folder::new("twice");
    let file = folder.path("both");
    // The same file under another name.
    let other = folder.0.join(".").join("both");
    run(RACE, "--svg", &file, &["--json", other.to_str().unwrap()]).expect_code(2).expect_stderr("two outputs go to");
    run(CHECK, "--record", &file, &["--report", &format!("tap={}", file.display())]).expect_code(2);
    assert_eq!(folder.names(), [""; 0]);
}

/// A run may be killed at any time: its record is in its place from the beginning, and the one before is not lost earlier.
#[test]
fn a_record_is_in_its_place_while_the_server_runs() {
    let folder = Folder::new("place");
    let file = folder.path("server.jsonl");
    for io in ["poll", "threads"] {
        let server = Day30::new(["socket-server", "--port", "0", "--io", io, "--record"]).arg(&file).serve();
        let text = fs::read_to_string(&file).unwrap();
        let header = text.lines().next().unwrap();
        assert!(header.contains("\"day30-trace\"") && header.contains(&format!("\"{io}\"")), "{header}");
        drop(server);
    }
    assert_eq!(folder.names(), ["server.jsonl"]);
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::process::Command;

    #[test]
    fn a_link_is_never_followed() {
        for (number, (command, option, code)) in OPTIONS.into_iter().enumerate() {
            let folder = Folder::new(&format!("link-{number}"));
            let (link, target) = (folder.path("link"), folder.path("target"));
            symlink("target", &link).unwrap();
            run(command, option, &link, &[]).expect_code(3).expect_stderr("it is a symbolic link");
            assert_eq!(folder.names(), ["link"], "a file was made behind a link that led nowhere");
            fs::write(&target, "mine").unwrap();
            run(command, option, &link, &[]).expect_code(3).expect_stderr("it is a symbolic link");
            run(command, option, &link, &["--force"]).expect_code(code);
            assert_eq!(fs::read_to_string(&target).unwrap(), "mine");
            assert!(!fs::symlink_metadata(&link).unwrap().is_symlink());
        }
    }

    #[test]
    fn a_file_that_is_read_only_is_kept_and_other_permissions_stay() {
        let folder = Folder::new("mode");
        let file = folder.path("race.csv");
        run(RACE, "--csv", &file, &[]).expect_code(0);
        fs::set_permissions(&file, PermissionsExt::from_mode(0o640)).unwrap();
        run(RACE, "--csv", &file, &[]).expect_code(0);
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
        fs::set_permissions(&file, PermissionsExt::from_mode(0o444)).unwrap();
        run(RACE, "--csv", &file, &[]).expect_code(3).expect_stderr("read-only");
    }

    #[test]
    fn a_directory_and_a_socket_are_refused_with_force_too() {
        let folder = Folder::new("others");
        let socket = folder.path("socket");
        let _socket = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        for (command, option, _) in OPTIONS {
            run(command, option, &folder.0, &["--force"]).expect_code(3).expect_stderr("it is a directory");
            run(command, option, &socket, &["--force"]).expect_code(3).expect_stderr("it is not a regular file");
        }
    }

    #[test]
    fn what_keeps_no_file_is_written_to() {
        run(RACE, "--csv", Path::new("/dev/null"), &["--json", "/dev/null"]).expect_code(0);
        let output = run(RACE, "--csv", Path::new("/dev/stdout"), &[]).expect_code(0);
        assert!(output.out().starts_with("round,server,workload"), "{}", output.out());
        assert!(output.out().contains("churn:"), "the table is missing: {}", output.out());
    }

    /// The shell has opened the file, and what it holds already stays.
    #[test]
    fn stdout_is_added_to_where_it_is_a_file() {
        let folder = Folder::new("stdout");
        let file = folder.path("all.txt");
        fs::write(&file, "before\n").unwrap();
        let mut shell = Command::new("sh");
        let script = format!("exec {} {RACE} --csv /dev/stdout >> \"$1\"", env!("CARGO_BIN_EXE_day30"));
        shell.args(["-c", &script, "sh"]).arg(&file);
        Day30::of(shell).run().expect_code(0);
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.starts_with("before\nround,server") && text.contains("churn:"), "{text}");
    }
}
