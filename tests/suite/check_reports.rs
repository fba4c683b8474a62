//! The judge's reports, as other programs read them.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::judged::{check, decided, judged, ours, program, report, reported};
use crate::common::record::RecordFile;
use crate::common::{Day30, have, python};
use serde_json::Value;
use std::process::Command;

/// A judgement with a pass, a failure, a SHOULD that failed, and some that were not run.
fn mixed(report: &str) -> Day30 {
    let command = ["python3", &program("flawed/auth_server.py"), "{port}", "{secret}"];
    let only = "auth/challenge,auth/ok,auth/next-client,auth/silent-client,auth/wrong-secret,auth/wrong-digit";
    check("auth-server", &["--only", only, "--report", report], &command)
}

#[test]
fn json_tells_everything() {
    if !have("python3") {
        return;
    }
    let output = mixed("json").env("FLAW", "lets-everybody-in").run().expect_code(1);
    let report = report(&output);
    let head =
        ["format", "version", "lang", "target", "seed", "rounds", "strict", "decision"].map(|name| &report[name]);
    let expected: [Value; 8] = [
        "day30-check".into(),
        1.into(),
        "en".into(),
        "auth-server".into(),
        30.into(),
        1.into(),
        false.into(),
        "failed".into(),
    ];
    assert_eq!(head.map(Clone::clone), expected);
    assert_eq!(report["counts"], serde_json::json!({ "passed": 4, "failed": 1, "not-run": 1, "unknown": 0 }));
    for check in report["checks"].as_array().unwrap() {
        assert!(check["id"].is_string() && check["title"].is_string() && check["seconds"].is_f64(), "{check}");
        assert!(["MUST", "SHOULD"].contains(&check["level"].as_str().unwrap()), "{check}");
        // A pass needs no story.
        assert_eq!(check.get("steps").is_some(), check["verdict"] == "failed", "{check}");
        assert_eq!(check.get("failure").is_some(), check["verdict"] == "failed", "{check}");
    }
    let wrong = judged(&report, "auth/wrong-secret");
    assert_eq!(wrong["failure"]["cause"]["id"], "lets-everybody-in");
    assert_eq!(wrong["failure"]["fault"], "printed");
    let again = wrong["again"].as_str().unwrap();
    assert!(again.starts_with("day30 check auth-server ") && again.contains(" --only auth/wrong-secret "), "{again}");
    let kinds: Vec<_> = wrong["steps"].as_array().unwrap().iter().map(|step| step["kind"].as_str().unwrap()).collect();
    for kind in ["did", "sent", "received", "printed"] {
        assert!(kinds.contains(&kind), "{kinds:?}");
    }
    let digit = judged(&report, "auth/wrong-digit");
    assert_eq!((&digit["verdict"], &digit["because"]), (&"not-run".into(), &"auth/wrong-secret".into()));
}

#[test]
fn bytes_that_differ_stand_in_the_report() {
    if !have("python3") {
        return;
    }
    let command = ["python3", &program("flawed/echo_server.py"), "{port}"];
    let output = decided(reported("nonblock-server", &["--only", "echo/sharp-s"], &command).env("FLAW", "one-for-one"));
    let report = report(&output.expect_code(0));
    let difference = &judged(&report, "echo/sharp-s")["failure"]["difference"];
    let expected = serde_json::json!({
        "at": 4, "from": 0, "expected_len": 7, "got_len": 7,
        "expected": "53545241535345", "got": "53545241c39f45",
    });
    assert_eq!(*difference, expected);
}

/// A reader that takes it apart as Python's library does, and as CI servers do.
#[test]
fn junit_is_whole_and_counts_rightly() {
    if !have("python3") {
        return;
    }
    let file = RecordFile::new();
    let output = mixed(&format!("junit={}", file.arg())).env("FLAW", "lets-everybody-in").run().expect_code(1);
    assert!(output.out().contains("✗ auth/wrong-secret"), "{}", output.out());
    let look = "import sys, json, xml.etree.ElementTree as tree\n\
                root = tree.parse(sys.argv[1]).getroot()\n\
                assert root.tag == 'testsuites' and len(root) == 1 and root[0].tag == 'testsuite', root\n\
                suite = root[0]\n\
                tags = [child.tag for child in suite]\n\
                cases = suite.findall('testcase')\n\
                assert tags == ['properties'] + ['testcase'] * len(cases) + ['system-out', 'system-err'], tags\n\
                def has(what): return [case.get('name') for case in cases if case.find(what) is not None]\n\
                assert all(len(case) < 2 and float(case.get('time')) >= 0 for case in cases)\n\
                failure = suite.find('testcase/failure')\n\
                print(json.dumps([dict(suite.attrib), [case.get('classname') for case in cases], has('failure'), \
                has('skipped'), has('error'), failure.attrib, failure.text]))\n";
    let mut python = python();
    python.args(["-c", look, file.arg()]);
    let read: Value = serde_json::from_str(Day30::of(python).run().expect_code(0).out()).unwrap();
    let suite = &read[0];
    let counts = ["name", "tests", "failures", "errors", "skipped"].map(|name| suite[name].as_str().unwrap());
    assert_eq!(counts, ["auth-server", "6", "1", "0", "1"]);
    assert_eq!(suite["timestamp"].as_str().unwrap().len(), "2026-11-25T00:00:00".len());
    assert!(read[1].as_array().unwrap().iter().all(|class| class == "day30.auth-server"), "{read}");
    assert_eq!(read[2], serde_json::json!(["auth/wrong-secret"]));
    assert_eq!(read[3], serde_json::json!(["auth/wrong-digit"]));
    assert_eq!(read[4], serde_json::json!([]));
    assert_eq!(read[5]["type"], "lets-everybody-in");
    assert!(read[6].as_str().unwrap().contains("what was done"), "{read}");
}

#[test]
fn what_xml_forbids_does_not_break_a_report() {
    if !have("python3") {
        return;
    }
    let script = "printf '\\033[2J<]]>&\"\\001\\377\\n\\357\\277\\277\\n'; exit 1";
    let options = ["--only", "echo/listens", "--report", "junit"];
    let output = check("nonblock-server", &options, &["sh", "-c", script]).run().expect_code(1);
    let file = RecordFile::new();
    std::fs::write(file.path(), &output.stdout).unwrap();
    let mut python = python();
    python.args(["-c", "import sys, xml.etree.ElementTree as tree; tree.parse(sys.argv[1])", file.arg()]);
    Day30::of(python).run().expect_code(0);
}

#[test]
fn prove_accepts_tap() {
    if !have("python3") || !have("prove") {
        return;
    }
    let prove = |flaw: &str| {
        let file = RecordFile::new();
        mixed(&format!("tap={}", file.arg())).env("FLAW", flaw).run();
        let mut prove = Command::new("prove");
        prove.args(["--exec", "cat", file.arg()]);
        (Day30::of(prove).run(), file.text())
    };
    let (right, text) = prove("");
    assert!(text.starts_with("TAP version 13\n1..6\n"), "{text}");
    assert!(right.expect_code(0).out().contains("Result: PASS"), "{text}");
    let (wrong, text) = prove("lets-everybody-in");
    assert!(text.contains("\nnot ok 5 - auth/wrong-secret "), "{text}");
    assert!(text.contains("# SKIP skipped: depends on auth/wrong-secret"), "{text}");
    assert!(text.contains("\n  cause: \"lets-everybody-in\"\n"), "{text}");
    assert!(wrong.expect_code(1).out().contains("Failed test:  5"), "{text}");
    // A SHOULD that failed is no failure.
    let (should, text) = prove("one-accept");
    assert!(text.contains("\nnot ok 3 - auth/next-client ") && text.contains("# TODO a SHOULD"), "{text}");
    should.expect_code(0);
}

#[test]
fn a_must_that_could_not_be_judged_does_not_look_like_a_pass() {
    let server = crate::common::upper_server("poll", &["--quiet"]);
    let address = server.address.to_string();
    let report = |form: &str| {
        let options = ["check", "nonblock-server", "--only", "echo/gives-back", "--addr", &address, "--report", form];
        Day30::new(options).run().expect_code(3).out().to_owned()
    };
    assert!(report("tap").contains("\nnot ok 1 - echo/gives-back "), "{}", report("tap"));
    assert!(report("junit").contains("errors=\"1\"") && report("junit").contains("<error type=\"unknown\""));
    let json: Value = serde_json::from_str(&report("json")).unwrap();
    assert_eq!((&json["decision"], &json["checks"][0]["verdict"]), (&"undecided".into(), &"not-run".into()));
}

#[test]
fn several_reports_at_once_go_to_files_of_their_own() {
    let files = [RecordFile::new(), RecordFile::new()];
    let [tap, junit] = &files;
    let (tap_form, junit_form) = (format!("tap={}", tap.arg()), format!("junit={}", junit.arg()));
    let options = ["--only", "hmac/notes", "--report", &tap_form, "--report", "json", "--report", &junit_form];
    let output =
        check("hmac", &options, &[ours(), "hmac", "--quiet", "--key={key}", "--msg={msg}"]).run().expect_code(0);
    assert_eq!(report(&output)["decision"], "passed");
    assert!(tap.text().contains("ok 1 - hmac/notes") && junit.text().contains("tests=\"1\" failures=\"0\""));
}

/// A program that is gone when it is to be started for the third time: what was found until then is shown all the same.
#[test]
fn a_judgement_that_breaks_off_says_so_and_shows_what_it_has() {
    use std::os::unix::fs::PermissionsExt;
    if !have("python3") {
        return;
    }
    let (client, second) = (RecordFile::new(), RecordFile::new());
    let connect =
        "import socket, sys, time; sk = socket.create_connection(('127.0.0.1', int(sys.argv[1]))); sk.recv(1)";
    let script = format!(
        "#!/bin/sh\ntest -e {second} && rm \"$0\"\ntouch {second}\nexec python3 -c \"{connect}\" \"$1\"\n",
        second = second.arg()
    );
    std::fs::write(client.path(), script).unwrap();
    std::fs::set_permissions(client.path(), PermissionsExt::from_mode(0o755)).unwrap();
    let reports = [RecordFile::new(), RecordFile::new(), RecordFile::new()];
    let [json, junit, tap] = &reports;
    let forms = [format!("json={}", json.arg()), format!("junit={}", junit.arg()), format!("tap={}", tap.arg())];
    let mut options = vec!["--only", "client/connects,client/speaks,client/nobody-listens"];
    options.extend(forms.iter().flat_map(|form| ["--report", form.as_str()]));
    let output = check("nonblock-client", &options, &[client.arg(), "{port}"]).run().expect_code(3);
    assert!(
        output.out().contains("sends nothing for 5 s") && output.out().contains("what was done"),
        "{}",
        output.out()
    );
    assert!(output.stderr.contains("cannot start "), "{}", output.stderr);
    let report: Value = serde_json::from_str(&json.text()).unwrap();
    assert_eq!(
        (&report["decision"], judged(&report, "client/speaks")["verdict"].as_str()),
        (&"failed".into(), Some("failed"))
    );
    assert!(report["cut_short"].as_str().unwrap().starts_with("cannot start "), "{report}");
    assert!(
        junit.text().contains("tests=\"3\" failures=\"1\" errors=\"1\"") && junit.text().contains("type=\"cut-short\"")
    );
    assert!(tap.text().contains("\nBail out! cannot start "), "{}", tap.text());
}
