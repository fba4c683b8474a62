//! The command line itself: what is found without being told, and what a mistake is answered with.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::{COMMANDS, Day30, Output};
use snapbox::{IntoData, assert_data_eq, str};
use std::ffi::OsStr;
use std::process::Command;
use unicode_width::UnicodeWidthStr;

const SHELLS: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];

fn day30<S: AsRef<OsStr>>(args: &[S]) -> Output {
    Day30::new(args).run()
}

/// A run that went well, and that had nothing to remark.
#[track_caller]
fn silent<S: AsRef<OsStr>>(args: &[S]) -> String {
    let output = day30(args).expect_code(0);
    assert_eq!(output.stderr, "");
    output.out().to_owned()
}

/// The words of a line of help that can be typed as they stand: what is behind `#`, `|` and `>` is no argument.
fn typed(line: &str) -> Vec<String> {
    let words = line.split("day30 ").nth(1).unwrap();
    let end = words.find(['#', '|', '>']).unwrap_or(words.len());
    shlex::split(&words[..end]).unwrap()
}

#[test]
fn alone_it_gets_a_student_started_in_a_dozen_lines() {
    let help = silent::<&str>(&[]);
    assert!(help.lines().count() <= 12, "{help}");
    for command in COMMANDS.iter().filter(|command| !["completions", "man"].contains(command)) {
        assert!(help.contains(command), "{command} is not in:\n{help}");
    }
    let examples: Vec<_> = help.lines().filter(|line| line.starts_with("  day30 ")).collect();
    assert!(examples.len() >= 2, "{help}");
    for example in examples {
        let (command, _what) = example.trim().split_once("   ").unwrap();
        // A race of its own length would take the most of a minute.
        let short = if command == "day30 race" { " --seconds 0.05 --rounds 1 --clients 1" } else { "" };
        day30(&typed(&format!("{command}{short}"))).expect_code(0);
    }
}

#[test]
fn help_names_every_command_and_the_exit_codes() {
    let help = silent(&["--help"]);
    for command in COMMANDS {
        assert!(help.contains(&format!("\n  {command} ")), "{command} is not in:\n{help}");
    }
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    // A text that is too long for its line goes on below it.
    let listed = listed.filter(|line| !line.starts_with("   "));
    assert_eq!(listed.count(), COMMANDS.len(), "a command that no test knows: {help}");
    assert!(help.contains("\nExit codes:\n  0  success\n"), "{help}");
    assert_eq!(silent(&["-h"]), help);
}

#[test]
fn the_help_of_every_command_has_examples_and_exit_codes() {
    for command in COMMANDS {
        let help = silent(&[command, "--help"]);
        assert!(help.contains(&format!("\nUsage: day30 {command}")), "{help}");
        let codes: Vec<_> = help.lines().skip_while(|line| *line != "Exit codes:").skip(1).collect();
        let numbers: Vec<_> = codes.iter().map(|line| line.split_whitespace().next().unwrap()).collect();
        assert_eq!(numbers, ["0", "1", "2", "3", "130"], "{help}");
        let examples = help.lines().skip_while(|line| *line != "Examples:").skip(1);
        let examples = examples.take_while(|line| !line.is_empty());
        let examples: Vec<_> = examples.filter(|line| line.contains("day30 ")).collect();
        assert!(!examples.is_empty(), "{help}");
        for example in examples {
            assert_eq!(typed(example)[0], command, "{example}");
            // An example is no example if it is a mistake: with --help in it, every word of it is still parsed.
            let mut words = typed(example);
            let place = words.iter().position(|word| word == "--").unwrap_or(words.len());
            words.insert(place, "--help".into());
            assert_eq!(silent(&words), help, "{example}");
        }
    }
}

/// A longer one is broken, and can then not be copied as it stands.
#[test]
fn every_example_fits_into_eighty_columns() {
    for command in COMMANDS {
        let help = silent(&[command, "--help"]);
        let examples = help.lines().skip_while(|line| *line != "Examples:").skip(1).take_while(|line| !line.is_empty());
        for example in examples {
            assert!(example.contains("day30 ") && example.width() <= 80, "{example}");
        }
    }
}

#[test]
fn the_examples_that_end_by_themselves_work_as_they_stand() {
    for command in ["hmac", "demo", "completions", "man"] {
        let help = silent(&[command, "--help"]);
        for example in help.lines().filter(|line| line.starts_with(&format!("  day30 {command}"))) {
            // Files of the reader's own are not here.
            if !example.contains("-file ") && !example.contains("--slow") {
                // Some write a file where they are.
                let mut command = Command::new(env!("CARGO_BIN_EXE_day30"));
                command.args(typed(example)).current_dir(env!("CARGO_TARGET_TMPDIR"));
                Day30::of(command).run().expect_code(0);
            }
        }
    }
}

#[test]
fn lesson_3_shows_what_the_notes_show() {
    let output = day30(&["hmac", "--key", "asd", "--msg", "sad"]).expect_code(0);
    assert_data_eq!(
        output.out(),
        str![[r#"
b'(\x0c\xe2H\xe8H\xbc\xd4\xe5\xa3\x1a\x03h)\xd1\x85'
280ce248e848bcd4e5a31a036829d185
length 16

"#]]
        .raw()
    );
    assert_data_eq!(
        output.stderr,
        str![[r#"
md5, as in the notes; since Python 3.8 it must be named: hmac.new(b'asd', b'sad', digestmod='md5')

"#]]
    );
}

#[test]
fn the_version_is_the_packages() {
    let version = format!("day30 {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(silent(&["-V"]), version);
    let long = silent(&["--version"]);
    assert!(long.starts_with(&version), "{long}");
    let labels: Vec<_> = long.lines().skip(1).map(|line| line.split("  ").next().unwrap()).collect();
    assert_eq!(labels, ["system", "target", "commit", "Unicode"], "{long}");
    let unicode = char::UNICODE_VERSION;
    assert!(long.ends_with(&format!("  {}.{}.{}\n", unicode.0, unicode.1, unicode.2)), "{long}");
    assert!(long.contains(std::env::consts::ARCH), "{long}");
    assert!(silent(&["--version", "--lang", "zh"]).contains("系统"));
}

#[test]
fn there_are_completions_for_every_shell() {
    for shell in SHELLS {
        let script = silent(&["completions", shell]);
        for command in COMMANDS {
            assert!(script.contains(command), "{command} is not in the script for {shell}");
        }
        assert!(script.contains("max-clients") && script.contains("handshake-timeout"), "{shell}");
    }
    let help = silent(&["completions", "--help"]);
    assert!(
        help.contains("[possible values: bash, elvish, fish, powershell, zsh]"),
        "a shell that no test knows: {help}"
    );
}

/// A script that a shell cannot read is worse than none.
#[cfg(unix)]
#[test]
fn the_script_for_bash_can_be_read_by_bash() {
    if !crate::common::have("bash") {
        return;
    }
    let script = silent(&["completions", "bash"]);
    let mut bash = std::process::Command::new("bash");
    bash.args(["--norc", "-euc", "source /dev/stdin; complete -p day30"]);
    let output = Day30::of(bash).stdin(script).run().expect_code(0);
    assert!(output.out().ends_with(" day30\n"), "{}", output.out());
    assert_eq!(output.stderr, "");
}

#[test]
fn there_is_a_manual_page_for_every_command() {
    let page = silent(&["man"]);
    assert!(page.contains(".TH day30 1"), "{page}");
    for command in COMMANDS {
        let name = format!("day30\\-{}", command.replace('-', "\\-"));
        assert!(page.contains(&name), "{name} is not in:\n{page}");
        let page = silent(&["man", command]);
        assert!(page.contains(&format!(".TH day30-{command} 1")), "{page}");
        assert!(page.contains("Exit codes:") && page.contains("Examples:"), "{page}");
    }
}

#[test]
fn a_command_that_there_is_not_is_a_usage_error() {
    for unknown in [&["serve"][..], &["nonblock"], &["help"], &["man", "serve"], &["completions", "tcsh"], &["", "x"]] {
        let output = day30(unknown).expect_code(2);
        assert!(output.stderr.starts_with("error: "), "{}", output.stderr);
        assert_eq!(output.out(), "");
    }
    day30(&["man", "serve"]).expect_stderr("--help");
    // A slip of the finger is recognised.
    day30(&["nonblock-serve"]).expect_code(2).expect_stderr("'nonblock-server'");
}

#[test]
fn a_value_that_makes_no_sense_is_a_usage_error() {
    let server = ["--port=65536", "--port=-1", "--port=http", "--addr=localhost", "--addr=:9000", "--addr=::1:9000"];
    let limits = ["--buffer=0", "--buffer=1048577", "--max-clients=0", "--max-clients=many", "--idle-timeout=60"];
    let others = ["--idle-timeout=0s", "--idle-timeout=never", "--slow=0s", "--slow=1", "--io=epoll", "--color=blue"];
    for value in [&server[..], &limits, &others].concat() {
        for command in ["nonblock-server", "socket-server", "auth-server"] {
            let secret: &[&str] = if command == "auth-server" { &["--secret", "x"] } else { &[] };
            let output = Day30::new([command, value]).args(secret).run().expect_code(2);
            assert!(output.stderr.starts_with("error: "), "{}", output.stderr);
            assert_eq!(output.out(), "", "{command} {value} began all the same");
        }
    }
    for wrong in ["--handshake-timeout=0s", "--handshake-timeout=off", "--scheme=md4", "--secret="] {
        day30(&["auth-server", "--port=0", wrong]).expect_code(2);
        day30(&["auth-client", wrong]).expect_code(2);
    }
    for wrong in
        [&["--key=a"][..], &["--msg=a"], &["--key=a", "--msg=b", "--digest=crc32"], &["--key=a", "--key-file=b"]]
    {
        day30(&[&["hmac"], wrong].concat()).expect_code(2);
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    for args in [&["man"][..], &["completions", "zsh"], &["--help"], &["hmac", "--help"], &[]] {
        let output = Day30::new(args).read_one_line().run().expect_code(0);
        assert_eq!(output.stderr, "", "{args:?}");
        assert_eq!(output.out().lines().count(), 1);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_stdout_that_cannot_be_written_is_reported() {
    for args in [&["man"][..], &["completions", "zsh"], &[], &["hmac", "--key", "asd", "--msg", "sad"]] {
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", "exec \"$@\" > /dev/full", "sh", env!("CARGO_BIN_EXE_day30")]).args(args);
        let output = Day30::of(shell).run().expect_code(3);
        assert!(output.stderr.ends_with("error: cannot write to stdout: no space left on device\n"));
    }
}
