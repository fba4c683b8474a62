//! `day30 check` on the command line: what is listed, chosen, said, and with which exit code.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::judged::{check, judged, ours, program, report, reported, with_verdict};
use crate::common::{Day30, have};
use unicode_width::UnicodeWidthStr;

const TARGETS: [&str; 7] =
    ["nonblock-server", "nonblock-client", "auth-server", "auth-client", "hmac", "socket-server", "socket-client"];

/// Our own program as one that passes, and that needs nothing but itself.
const HMAC: [&str; 4] = ["hmac", "--quiet", "--key={key}", "--msg={msg}"];

fn hmac() -> Vec<&'static str> {
    [&[ours()], &HMAC[..]].concat()
}

fn listed(target: &str) -> Vec<String> {
    let output = Day30::new(["check", "--list", target]).run().expect_code(0);
    let rows = output.out().lines().filter(|line| line.contains(" MUST ") || line.contains(" SHOULD "));
    rows.map(|line| line.split_whitespace().next().unwrap().to_owned()).collect()
}

#[test]
fn every_check_is_listed_with_its_id() {
    let least = [20, 8, 16, 10, 10, 20, 8];
    for (target, least) in TARGETS.into_iter().zip(least) {
        let ids = listed(target);
        assert!(ids.len() >= least, "{target} has {} checks", ids.len());
        let mut once = ids.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), ids.len(), "{ids:?}");
        let is_slug = |id: &&String| {
            id.split('/').count() == 2
                && id
                    .chars()
                    .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || "-/".contains(letter))
        };
        assert!(ids.iter().all(|id| is_slug(&id)), "{ids:?}");
    }
    let all = Day30::new(["check", "--list"]).run().expect_code(0);
    for id in TARGETS.iter().flat_map(|target| listed(target)) {
        assert_eq!(all.out().split_whitespace().filter(|word| *word == id).count(), 1, "{id} in the list of all");
    }
    assert!(all.out().lines().all(|line| line.width() <= 80), "{}", all.out());
}

/// `check_references.rs` builds upon it.
#[test]
fn a_server_that_sleeps_has_all_the_checks_of_one_that_may_spin() {
    let sleeps = listed("socket-server");
    let missing: Vec<_> = listed("nonblock-server").into_iter().filter(|id| !sleeps.contains(id)).collect();
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn the_list_and_the_contracts_speak_chinese_too() {
    let list = Day30::new(["check", "--list", "hmac", "--lang", "zh"]).run().expect_code(0);
    assert!(list.out().contains("hmac：13 项检查") && list.out().contains("允许空密钥"), "{}", list.out());
    for target in TARGETS {
        let [en, zh] = ["en", "zh"].map(|lang| {
            let page = Day30::new(["check", target, "--contract", "--lang", lang]).run().expect_code(0);
            assert!(page.out().contains(&format!("day30 check {target}")), "{}", page.out());
            page.out().to_owned()
        });
        assert!(en.starts_with("# What a") && zh.starts_with("# 对 "), "{target}");
    }
}

#[test]
fn only_what_was_asked_for_is_played_in_its_own_order() {
    let chosen = |options: &[&str]| {
        let output = reported("hmac", options, &hmac()).run().expect_code(0);
        with_verdict(&report(&output), "passed").into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(chosen(&["--only", "hmac/long-key,hmac/notes"]), ["hmac/notes", "hmac/long-key"]);
    // The family may be left out.
    assert_eq!(chosen(&["--only", "long-key,notes"]), ["hmac/notes", "hmac/long-key"]);
    assert_eq!(chosen(&["--only", "hmac/notes", "--only", "hmac/empty-key"]), ["hmac/notes", "hmac/empty-key"]);
    let all_but_one = chosen(&["--skip", "hmac/by-chance"]);
    assert_eq!(all_but_one.len(), listed("hmac").len() - 1);
    assert!(!all_but_one.contains(&"hmac/by-chance".into()));
}

#[test]
fn what_makes_no_sense_is_a_usage_error() {
    let mistakes: &[(&[&str], &str)] = &[
        (&["nonblock-server"], "missing: -- COMMAND"),
        (&["nonblock-servers", "--", "x"], "nonblock-server"),
        (&[], "<TARGET>"),
        (&["hmac", "--port", "9000", "--", "x"], "a program for hmac has no port"),
        (&["hmac", "--only", "long-kye", "--", "x"], "there is no check \"long-kye\" for hmac"),
        (&["hmac", "--only", "long-ke", "--", "x"], "did you mean hmac/long-key?"),
        (&["hmac", "--skip", "echo/listens", "--", "x"], "there is no check \"echo/listens\" for hmac"),
        (&["hmac", "--only", "hmac/notes", "--skip", "hmac/notes", "--", "x"], "leave no check to run"),
        (&["hmac", "--report", "yaml", "--", "x"], "write json, junit or tap"),
        (&["hmac", "--report", "tap", "--report", "json", "--", "x"], "only one report can go to stdout"),
        (&["hmac", "--hint", "4", "--", "x"], "--hint"),
        (&["hmac", "--repeat", "0", "--", "x"], "--repeat"),
        (&["socket-server", "--port", "0", "--", "x"], "--port"),
        (&["socket-server", "--addr", "localhost"], "is not the address of a server"),
        (&["socket-server", "--addr", "127.0.0.1:0"], "is not the address of a server"),
        (&["socket-client", "--addr", "127.0.0.1:9000"], "--addr is for servers"),
        (&["socket-server", "--addr", "127.0.0.1:9000", "--", "x"], "cannot be used with"),
        (&["auth-server", "--secret", "x", "--addr", "127.0.0.1:9000"], "day30 has to start it itself"),
        (&["auth-server", "--", "x", "{port}"], "check auth-server needs the secret"),
        (&["nonblock-server", "--watch", "--", "true", "{port}"], "nothing to watch"),
        (&["--matrix", "x"], "the name and the = are missing"),
        (&["--matrix", "x=y"], "the command has no {port}"),
        (&["--matrix", "x=y {port}", "x=z {port}"], "two programs are named \"x\""),
        (&["--report", "json", "--matrix", "x=y {port}"], "cannot be used with '--matrix"),
        (&["--only", "echo/listens", "--matrix", "x=y {port}"], "cannot be used with '--matrix"),
        (&["--repeat", "3", "--matrix", "x=y {port}"], "cannot be used with '--matrix"),
    ];
    for (args, why) in mistakes {
        let output = Day30::new(["check"]).args(*args).run().expect_code(2).expect_stderr(why);
        assert_eq!(output.out(), "", "{args:?}");
    }
}

#[test]
fn a_program_that_cannot_be_started_is_no_verdict() {
    let output = check("hmac", &[], &["./no-such-program"]).run().expect_code(3);
    assert!(output.stderr.contains("cannot start ./no-such-program: "), "{}", output.stderr);
    let server = Day30::new(["check", "socket-server", "--addr", "127.0.0.1:1", "--start-timeout", "200ms"])
        .run()
        .expect_code(3);
    assert!(server.stderr.contains("nobody listens on 127.0.0.1:1"), "{}", server.stderr);
}

#[test]
fn a_file_that_cannot_be_written_is_named_before_anything_is_judged() {
    for option in [["--report", "json=no-such-folder/x.json"], ["--record", "no-such-folder/x.jsonl"]] {
        let output = check("hmac", &option, &["sh", "-c", "echo started >&2; exit 9"]).run().expect_code(3);
        assert!(output.stderr.contains("no-such-folder/x.json"), "{}", output.stderr);
        assert!(!output.stderr.contains("started") && output.out().is_empty(), "{}", output.stderr);
    }
}

#[test]
fn one_check_that_passes_is_explained_and_several_are_when_that_is_asked() {
    let one = check("hmac", &["--only", "hmac/notes"], &hmac()).run().expect_code(0);
    assert!(one.out().contains("✓ hmac/notes") && one.out().contains("The same 16 bytes as in the notes."));
    let several = check("hmac", &[], &hmac()).run().expect_code(0);
    assert!(!several.out().contains("The same 16 bytes"), "{}", several.out());
    let explained = check("hmac", &["--explain"], &hmac()).run().expect_code(0);
    assert_eq!(explained.out().matches("✓").count(), listed("hmac").len());
    assert!(explained.out().contains("An empty message is still a message."), "{}", explained.out());
}

/// The same seed gives the same chances, another seed others, and no seed one that is told.
#[test]
#[cfg(unix)]
fn chance_comes_from_the_seed() {
    // A program that is wrong, and whose key and message stand in the story.
    let words = |seed: &str| {
        let command = ["check", "hmac", "--seed", seed, "--only", "hmac/by-chance", "--", "echo", "{key}", "{msg}"];
        let output = Day30::new(command).run().expect_code(1);
        output.out().lines().find(|line| line.contains("starts echo")).unwrap().to_owned()
    };
    let story = |line: String| line.split("starts").nth(1).unwrap().to_owned();
    assert_eq!(story(words("1")), story(words("1")));
    assert_ne!(story(words("1")), story(words("2")));
    let once = Day30::new(["check", "hmac", "--only", "hmac/by-chance", "--", "echo", "{key}"]).run().expect_code(1);
    let told = once.out().rsplit("seed ").next().unwrap().trim().to_owned();
    let again = once.out().lines().find(|line| line.contains("--only hmac/by-chance")).unwrap().trim();
    assert_eq!(again, format!("day30 check hmac --only hmac/by-chance --seed {told} -- echo {{key}}"));
    // What is told can be typed again.
    let words: Vec<_> = shlex::split(again).unwrap();
    Day30::new(&words[1..]).run().expect_code(1);
}

#[test]
fn hints_come_one_after_another() {
    let hints = |count: &str| {
        let output = check("hmac", &["--only", "hmac/notes", "--hint", count], &["echo", "no digest"]).run();
        output.expect_code(1).out().to_owned()
    };
    for (count, all) in [("0", 0), ("1", 1), ("2", 2), ("3", 3)] {
        let text = hints(count);
        let shown = text.lines().filter(|line| line.starts_with("  hint ")).count();
        assert_eq!(shown, all, "{text}");
        assert_eq!(text.contains(&format!(": --hint {}\n", all + 1)), all < 3, "{text}");
    }
}

/// The first failure is shown in full, the others are counted, and those that depend on it are not blamed for it.
#[test]
#[cfg(unix)]
fn a_failure_is_told_step_by_step() {
    if !have("python3") {
        return;
    }
    let server = program("flawed/echo_server.py");
    let output = check("nonblock-server", &[], &["python3", &server, "{port}"]).env("FLAW", "decode-per-recv").run();
    let text = output.expect_code(1).out().to_owned();
    for part in [
        "✗ echo/split-letter",
        "  · 4 checks skipped: they depend on echo/split-letter\n",
        "what was done\n     1  ",
        " A connects to 127.0.0.1:",
        " A sends 3 bytes 61 e4 b8 \"a\\xe4\\xb8\"",
        "│ UnicodeDecodeError: 'utf-8' codec can't decode bytes in\n",
        // The second part may reach it while it dies: then it answers with RST, and else with FIN.
        " A hears that the program ",
        "    expected   41 e4 b8 ad                          \"A中\"",
        "    got        nothing",
        "likely cause  decode-per-recv",
        "Each `recv` is decoded on its own",
        "why it matters",
        "--only echo/split-letter --seed 30 -- python3 ",
        "  failed: echo/split-letter, echo/bad-bytes, echo/half-a-letter\n",
        "5 skipped",
        "each check had a process of its own",
        "nonblock-server: failed   ",
    ] {
        assert!(text.contains(part), "{part:?} is not in:\n{text}");
    }
    // Where this line is broken depends on how long the path is.
    let unbroken = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(unbroken.contains(" s starts python3 "), "{text}");
    assert_eq!(text.matches("what was done").count(), 1, "{text}");
    let too_wide =
        |line: &&str| line.width() > 80 && !line.contains("day30 check") && !line.contains("testing your program");
    assert_eq!(text.lines().find(too_wide), None);
}

#[test]
#[cfg(unix)]
fn a_failure_is_told_in_chinese() {
    if !have("python3") {
        return;
    }
    let server = program("flawed/echo_server.py");
    let options = ["--only", "echo/split-letter", "--lang", "zh"];
    let chinese = check("nonblock-server", &options, &["python3", &server, "{port}"]);
    let chinese = chinese.env("FLAW", "decode-per-recv").run().expect_code(1);
    for part in [
        "做了什么",
        "A 发送 3 字节 61 e4 b8",
        "可能的原因",
        "每次 `recv` 的结果都单独解码",
        "为什么重要",
        "nonblock-server：未通过",
    ] {
        assert!(chinese.out().contains(part), "{part:?} is not in:\n{}", chinese.out());
    }
}

/// A SHOULD warns, and counts only if that is asked for.
#[test]
#[cfg(unix)]
fn a_should_counts_with_strict() {
    if !have("python3") {
        return;
    }
    let command = ["python3", &program("flawed/hmac_digest.py"), "{key}", "{msg}"];
    let judge = |options: &[&str]| check("hmac", options, &command).env("FLAW", "exits-with-1").run();
    let lenient = judge(&[]).expect_code(0);
    assert!(lenient.out().contains("! hmac/exit-code") && lenient.out().contains("could be better: hmac/exit-code"));
    assert!(
        lenient.out().contains("hmac: passed   12 of 13 passed, 1 recommended (SHOULD) failed"),
        "{}",
        lenient.out()
    );
    let strict = judge(&["--strict"]).expect_code(1);
    assert!(strict.out().contains("hmac: failed"), "{}", strict.out());
}

#[test]
fn rounds_are_counted_for_each_check() {
    let output = check("hmac", &["--repeat", "3", "--only", "hmac/notes,hmac/by-chance"], &hmac()).run().expect_code(0);
    let row = |id: &str| output.out().lines().find(|line| line.contains(id)).unwrap().to_owned();
    assert!(row("hmac/notes").contains("3 of 3") && row("hmac/by-chance").contains("3 of 3"), "{}", output.out());
    let report = report(&reported("hmac", &["--repeat", "2", "--only", "hmac/notes"], &hmac()).run().expect_code(0));
    let rounds: Vec<_> = report["checks"].as_array().unwrap().iter().map(|check| check["round"].as_u64()).collect();
    assert_eq!(rounds, [Some(1), Some(2)]);
}

#[test]
fn colours_are_for_a_terminal_and_a_closed_pipe_is_no_error() {
    let plain = check("hmac", &[], &hmac()).run().expect_code(0);
    assert!(!plain.out().contains('\u{1b}') && plain.stderr.is_empty(), "{}", plain.stderr);
    let coloured = check("hmac", &["--color", "always"], &hmac()).run().expect_code(0);
    assert!(coloured.out().contains("\u{1b}["));
    let closed = check("hmac", &[], &hmac()).read_one_line().run().expect_code(0);
    assert_eq!((closed.out().lines().count(), &closed.stderr[..]), (1, ""));
}

#[test]
fn a_report_on_stdout_stands_there_alone() {
    let output = reported("hmac", &["--only", "hmac/notes"], &hmac()).run().expect_code(0);
    assert_eq!(judged(&report(&output), "hmac/notes")["verdict"], "passed");
    assert!(output.stderr.contains("✓ hmac/notes"), "{}", output.stderr);
}
