//! `day30 break`: attacks over real sockets, and who wins them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::{Day30, Output, have};
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::TcpListener;
use std::thread;
use unicode_width::UnicodeWidthStr;

/// Who wins, attack by attack: against prefix, hmac, mutual, ordered and bound. `relay` and `inject` count by what is said after the
/// handshake, which `bound` lets pass.
pub(crate) const HANDSHAKES: [(&str, [&str; 5]); 12] = [
    ("wrong-key", ["–", "–", "–", "–", "–"]),
    ("replay", ["–", "–", "–", "–", "–"]),
    ("repeat", ["W", "W", "W", "W", "W"]),
    ("fake-server", ["W", "W", "–", "–", "–"]),
    ("reflection", ["–", "–", "W", "–", "–"]),
    ("parallel", ["–", "–", "W", "–", "–"]),
    ("oracle", ["n/a", "n/a", "W", "W", "–"]),
    ("relay", ["W", "W", "W", "W", "–"]),
    ("relay-name", ["W", "W", "W", "W", "–"]),
    ("inject", ["W", "W", "W", "W", "–"]),
    ("dictionary", ["W", "W", "W", "W", "W"]),
    ("table", ["W", "W", "–", "W", "–"]),
];
/// Against the program with the flaw, and against the repaired one.
const FLAWS: [&str; 4] = ["length-extension", "short-compare", "downgrade", "slow"];

fn attack(args: &[&str]) -> Day30 {
    Day30::new(["break"]).args(args)
}

/// That every line fits, and that none could command a terminal.
#[track_caller]
fn assert_readable(output: Output) -> String {
    let output = output.expect_code(0);
    assert_eq!(output.stderr, "");
    for line in output.out().lines() {
        assert!(line.width() <= 80, "{} columns: {line}", line.width());
        assert!(!line.chars().any(char::is_control), "{line:?}");
    }
    output.out().to_owned()
}

#[test]
fn the_matrix_comes_out_of_real_sockets() {
    let output = attack(&["--matrix", "--json"]).run().expect_code(0);
    let rows: Value = serde_json::from_str(output.out()).unwrap();
    let mark = |winner: &str| match winner {
        "attacker" => "W",
        "defender" => "–",
        "not-applicable" => "n/a",
        _ => panic!("{winner}"),
    };
    let mut seen = BTreeMap::new();
    for row in rows.as_array().unwrap() {
        let cells: Vec<_> =
            row["cells"].as_array().unwrap().iter().map(|cell| mark(cell["winner"].as_str().unwrap())).collect();
        seen.insert(row["attack"].as_str().unwrap(), cells);
    }
    let flaws = FLAWS.map(|name| (name, vec!["W", "–"]));
    let expected: BTreeMap<_, _> =
        HANDSHAKES.iter().map(|(name, marks)| (*name, marks.to_vec())).chain(flaws).collect();
    assert_eq!(seen, expected, "{rows:#}");
    // What bound lets pass, and what it refuses.
    let relay = rows.as_array().unwrap().iter().find(|row| row["attack"] == "relay").unwrap();
    let evidence = relay["cells"][4]["evidence"].as_str().unwrap();
    assert!(evidence.contains("handshake passed") && evidence.contains("refused"), "{evidence}");
}

/// Each of them at the same time: they spend their time waiting.
pub(crate) fn side_by_side<T: Sync>(all: &[T], run: impl Fn(&T) + Sync) {
    let run = &run;
    thread::scope(|scope| {
        let threads: Vec<_> = all.iter().map(|one| scope.spawn(move || run(one))).collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
}

#[test]
fn each_attack_is_told_in_eighty_columns_in_both_languages() {
    let mut runs: Vec<(Vec<&str>, &str)> = Vec::new();
    for (lang, wins, fails) in
        [("en", "The attacker wins:", "The attacker fails:"), ("zh", "攻击者赢了：", "攻击者失败：")]
    {
        for (name, marks) in HANDSHAKES.iter().filter(|(name, _)| *name != "repeat") {
            let expected = if marks[3] == "W" { wins } else { fails };
            runs.push((vec![name, "--handshake", "ordered", "--lang", lang], expected));
        }
        for name in FLAWS {
            runs.push((vec![name, "--lang", lang], wins));
            runs.push((vec![name, "--repaired", "--lang", lang], fails));
        }
    }
    side_by_side(&runs, |(args, expected)| {
        let shown = assert_readable(attack(args).run());
        assert!(shown.contains(expected), "{args:?}, {expected}:\n{shown}");
    });
}

/// The bytes alone are hex: what the attacker was told stands there as text too.
#[test]
fn a_false_server_says_what_it_was_told() {
    let told = [("en", "ACCEPTED the line \"pay 5 to bob\""), ("zh", "已接受这一行：\"pay 5 to bob\"")];
    for (lang, line) in told {
        let shown = assert_readable(attack(&["fake-server", "--lang", lang]).run());
        assert!(shown.contains(line), "{shown}");
    }
}

/// Who wins depends on the machine and the moment. That no more is claimed than was measured does not.
#[test]
fn timing_claims_no_more_than_it_has_measured() {
    let runs = [("flawed", vec!["timing", "--json"]), ("mended", vec!["timing", "--json", "--repaired"])];
    side_by_side(&runs, |(victim, args)| {
        let output = attack(args).run().expect_code(0);
        let rows: Value = serde_json::from_str(output.out()).unwrap();
        let (cell, measured) = (&rows[0]["cells"][0], &rows[0]["cells"][0]["measured"]);
        assert_eq!((rows[0]["attack"].as_str(), cell["victim"].as_str()), (Some("timing"), Some(*victim)), "{rows:#}");
        let count = |name: &str| measured[name].as_u64().unwrap();
        let kept = measured["kept"].as_array().unwrap();
        for one in kept {
            let digits = one["digits"].as_str().unwrap();
            assert!((1..6).contains(&digits.len()) && one["odds"].as_f64().unwrap() > 1.0, "{rows:#}");
        }
        assert_eq!(count("looks"), kept.len() as u64 + count("stepped_back"), "{rows:#}");
        assert!(count("looks") <= 30 && count("tries") <= (count("looks") + 1) * 12 * 16, "{rows:#}");
        // What is told is what the server did.
        let accepted = measured["accepted"].as_bool().unwrap();
        assert_eq!(cell["winner"], if accepted { "attacker" } else { "defender" }, "{rows:#}");
        let told = if accepted { "the server accepted the token" } else { "claims nothing" };
        assert!(cell["evidence"].as_str().unwrap().contains(told), "{rows:#}");
    });
    for lang in ["en", "zh"] {
        let shown = assert_readable(attack(&["timing", "--lang", lang]).run());
        let (ahead, back) =
            if lang == "en" { ("is ahead by", "one step back") } else { ("明显更慢：它领先", "退回一位") };
        assert!(shown.contains(ahead) || shown.contains(back), "neither odds nor a step back:\n{shown}");
    }
}

/// The handshake's answer can be continued too, and nobody asks for what comes out: shown byte by byte, in both parts.
#[test]
fn the_length_extension_is_played_on_the_handshake_too() {
    for (args, wins) in [(&["length-extension"][..], true), (&["length-extension", "--repaired"], false)] {
        let shown = assert_readable(attack(args).run());
        let [one, two] = ["Part one", "Part two"].map(|part| shown.find(part).unwrap_or_else(|| panic!("{shown}")));
        let first = &shown[one..two];
        for part in
            ["#2 refused: the digest is wrong", "the old challenge", "the new challenge", "computed without the"]
        {
            assert!(first.contains(part), "{part} in:\n{first}");
        }
        assert!(!first.contains("#2 ACCEPTED"), "{first}");
        // 5 + 32 bytes are 296 bits, and 5 + 17 are 176; those of the last try 8 + 17, so 200.
        assert!(first.contains("28 01 00 00 00 00 00 00") && first.contains("?? ?? ?? ?? ??  "), "{first}");
        let bits = if wins { "b0 00 00 00 00 00 00 00" } else { "c8\n" };
        assert!(shown[two..].contains(bits) && shown[two..].contains("&admin=yes"), "{bits} in:\n{shown}");
        assert_eq!(shown.contains("The attacker wins:"), wins, "{shown}");
    }
}

#[test]
fn a_run_can_be_recorded_and_seen_again() {
    let record = format!("{}/attack-relay.jsonl", env!("CARGO_TARGET_TMPDIR"));
    let _ = std::fs::remove_file(&record);
    attack(&["relay", "--record", &record]).run().expect_code(0);
    let text = std::fs::read_to_string(&record).unwrap();
    assert!(!text.contains("luwei"), "the secret is in the record");
    for part in [r#""actor":"attacker""#, r#""actor":"server""#, r#""actor":"client""#, r#""fact":"forged""#] {
        assert!(text.contains(part), "{part} in:\n{text}");
    }
    let bound: Vec<_> = text.lines().filter(|line| line.contains(r#""call":"bind""#)).collect();
    assert_eq!(bound.len(), 2, "one server, and the attacker:\n{text}");
    assert!(bound.iter().all(|line| line.contains(r#""ok":"127.0.0.1:"#)), "{bound:?}");
    let seen = Day30::new(["see", &record]).run().expect_code(0);
    assert!(seen.out().contains("FORGED"), "{}", seen.out());
    let ladder = Day30::new(["see", &record, "--as", "ladder"]).run().expect_code(0);
    let ladder = ladder.out();
    assert!(ladder.contains("Attack: relay") && !ladder.contains("#1000") && !ladder.contains("Lesson"), "{ladder}");
}

#[test]
fn a_list_of_words_can_be_given() {
    let words = format!("{}/attack-words.txt", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&words, "one\ntwo\n\u{1b}[2J\n").unwrap();
    let shown = assert_readable(attack(&["table", "--words", &words]).run());
    assert!(shown.contains("The attacker fails:"), "{shown}");
    std::fs::write(&words, "one\nluwei\n").unwrap();
    let shown = assert_readable(attack(&["table", "--words", &words]).run());
    assert!(shown.contains("The attacker wins:"), "{shown}");
    attack(&["table", "--words", "/no/such/file.txt"]).run().expect_code(3).expect_stderr("/no/such/file.txt");
}

/// Whatever is typed, no attack reaches a port that day30 did not start: nobody ever connects to this one.
#[test]
fn no_invocation_reaches_a_port_that_day30_did_not_start() {
    let bystander = TcpListener::bind("127.0.0.1:0").unwrap();
    bystander.set_nonblocking(true).unwrap();
    let port = bystander.local_addr().unwrap().port();
    let address = format!("127.0.0.1:{port}");
    let port = port.to_string();
    for option in ["--addr", "--to", "--host", "--target", "--server", "--connect", "--url", "--bind"] {
        attack(&["relay", option, &address]).run().expect_code(2);
    }
    attack(&["relay", "--port", &port]).run().expect_code(2);
    attack(&["relay", &address]).run();
    attack(&[&address]).run().expect_code(2);
    for (name, value) in [("DAY30_ADDR", &address), ("DAY30_PORT", &port), ("HTTP_PROXY", &address)] {
        attack(&["wrong-key"]).env(name, value).run().expect_code(0);
    }
    if have("python3") {
        // A program that is no server: the port that it names is somebody else's.
        attack(&["wrong-key", "--port", &port, "--", "python3", "-c", "import time; time.sleep(3)"]).run();
    }
    let met = bystander.accept();
    assert!(met.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock), "somebody connected");
}

#[test]
fn what_makes_no_sense_is_said() {
    attack(&["rely"]).run().expect_code(2).expect_stderr("day30 break relay");
    attack(&["relay", "--repaired"]).run().expect_code(2).expect_stderr("--handshake bound");
    attack(&["slow", "--handshake", "bound"]).run().expect_code(2).expect_stderr("--repaired");
    attack(&["--json"]).run().expect_code(2);
    let list = attack(&[]).run();
    let list = assert_readable(list);
    for name in HANDSHAKES.iter().map(|(name, _)| *name).chain(FLAWS).chain(["timing"]) {
        assert!(list.contains(name), "{name} in:\n{list}");
    }
}

/// The five handshakes as pairs that a student runs.
#[test]
fn each_handshake_runs_as_a_pair() {
    for handshake in ["prefix", "hmac", "mutual", "ordered", "bound"] {
        let options = ["--secret", "luwei", "--handshake", handshake];
        let server = Day30::new(["auth-server", "--port", "0", "--once"]).args(options).serve();
        let client = Day30::new(["auth-client", "--seen", "off", "--port", &server.port()]).args(options);
        let lines: &[&str] =
            if ["mutual", "ordered", "bound"].contains(&handshake) { &["--line", "pay 5 to bob"] } else { &[] };
        client.args(lines).run().expect_code(0);
        let output = server.running.wait().expect_code(0);
        assert!(output.out().ends_with("ok\n"), "{handshake}: {}", output.out());
        assert_eq!(output.stderr.contains("ACCEPTED the line \"pay 5 to bob\""), !lines.is_empty(), "{handshake}");
    }
    let server = Day30::new(["auth-server", "--secret=a", "--port=0", "--once", "--handshake=bound"]).serve();
    let client = ["auth-client", "--secret=a", "--handshake=bound", "--name=shop", "--port", &server.port()];
    Day30::new(client).run().expect_code(1);
    server.running.wait().expect_code(1).expect_stderr("another server name");
    Day30::new(["auth-client", "--secret=a", "--line=x"]).run().expect_code(2).expect_stderr("--handshake bound");
    Day30::new(["auth-server", "--secret=a", "--scheme=md5", "--handshake=hmac"]).run().expect_code(2);
}

#[test]
fn an_attack_on_a_students_own_program_is_told_as_the_judge_tells() {
    if !have("python3") {
        return;
    }
    let file = |name: &str| format!("{}/lessons/{name}", env!("CARGO_MANIFEST_DIR"));
    let run = |name: &str, program: &str| attack(&[name, "--", "python3", &file(program), "{port}", "{secret}"]).run();
    // The notes' handshake, as the row `prefix` of the matrix has it.
    let servers =
        [("wrong-key", false), ("replay", false), ("reflection", false), ("relay", true), ("dictionary", true)];
    let clients = [("fake-server", true), ("table", true)];
    let of = |program: &'static str| move |(name, wins): &(&'static str, bool)| (*name, program, *wins);
    let runs: Vec<_> = servers
        .iter()
        .map(of("python/auth_server.py"))
        .chain(clients.iter().map(of("python/auth_client.py")))
        .collect();
    side_by_side(&runs, |(name, program, wins)| {
        let output = run(name, program);
        assert_eq!(output.code, Some(i32::from(*wins)), "{name}:\n{}{}", output.out(), output.stderr);
        let told = if *wins { "The attacker wins:" } else { "The attacker fails:" };
        assert!(output.out().contains(told), "{name}:\n{}", output.out());
    });
    // What the judge plays.
    run("repeat", "python/auth_server.py").expect_code(0).expect_stderr("it fails against your program");
    run("repeat", "starters/break/fresh_challenge.py").expect_code(1).expect_stderr("os.urandom(32)");
    run("short-compare", "starters/break/whole_digest.py").expect_code(1).expect_stderr("hmac.compare_digest");
    // Who lets nobody in cannot be attacked: neither this attack wins, nor it fails.
    let silent = ["short-compare", "--", "python3", "-c", "import time; time.sleep(60)", "{port}", "{secret}"];
    let undecided = attack(&silent).run().expect_code(3).expect_stderr("not decided");
    assert!(!undecided.stderr.contains("wins"), "{}", undecided.stderr);
    // The server of `mutual` says ok to its own answer.
    let role = file("starters/break/role.py");
    for (name, wins) in [("reflection", true), ("wrong-key", false)] {
        let args = [name, "--handshake", "mutual", "--", "python3", &role, "{port}", "{secret}"];
        attack(&args).run().expect_code(i32::from(wins));
    }
    attack(&["oracle", "--", "python3", "x.py"]).run().expect_code(2).expect_stderr("replay");
}
