//! `day30 class`: a class's programs in one go. The students' names are placeholders.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::judged::program;
use crate::common::{Day30, Output, have};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A class's folder, new for each test.
pub(crate) struct Class(PathBuf);

impl Class {
    pub(crate) fn new(name: &str) -> Self {
        Self::within(Path::new(env!("CARGO_TARGET_TMPDIR")), name)
    }

    pub(crate) fn within(folder: &Path, name: &str) -> Self {
        let folder = folder.join(format!("class-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn shown(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn put(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// A program of `tests/judged` with this fault; with none, it is right.
    pub(crate) fn put_flawed(&self, name: &str, file: &str, flaw: &str) {
        let text = fs::read_to_string(program(file)).unwrap();
        self.put(name, &format!("import os\nos.environ['FLAW'] = {flaw:?}\n{text}"));
    }

    /// Judges what the pattern finds; results are kept in the folder, and everything is written as JSON.
    pub(crate) fn judge(&self, target: &str, pattern: &str, options: &[&str], command: &[&str]) -> Day30 {
        let kept = [("--cache", self.shown(".kept")), ("--json", self.shown("class.json"))];
        let day30 = Day30::new(["class", target, &self.shown(pattern), "--time-limit", "280s", "--seed", "30"]);
        let day30 = kept.iter().fold(day30, |day30, (option, path)| day30.arg(option).arg(path));
        day30.args(options).arg("--").args(command).patience(Duration::from_secs(300))
    }

    pub(crate) fn report(&self) -> Value {
        serde_json::from_str(&self.read("class.json")).unwrap()
    }
}

impl Drop for Class {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const HMAC: [&str; 4] = ["python3", "{file}", "{key}", "{msg}"];

pub(crate) fn student<'r>(report: &'r Value, name: &str) -> &'r Value {
    let all = report["students"].as_array().unwrap();
    all.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("no {name} in {report:#}"))
}

/// The rows of the table, as far as their names begin so.
fn rows(output: &Output) -> Vec<String> {
    let rows = output.out().lines().filter(|line| line.starts_with("  student-"));
    rows.map(|row| row.split_whitespace().next().unwrap().to_owned()).collect()
}

#[test]
fn what_most_of_them_share_comes_first_and_a_bad_program_spoils_its_own_row() {
    if !have("python3") {
        return;
    }
    let class = Class::new("rows");
    class.put_flawed("student-01/server.py", "flawed/echo_server.py", "");
    class.put_flawed("student-02/server.py", "flawed/echo_server.py", "decode-per-recv");
    class.put_flawed("student-03/server.py", "flawed/echo_server.py", "not-upper");
    class.put("student-04/server.py", "import time\ntime.sleep(600)\n");
    class.put("student-05/server.py", "while True: print('flood' * 1000)\n");
    fs::create_dir_all(class.path("student-06")).unwrap();
    class.put_flawed("student-07/server.py", "flawed/echo_server.py", "not-upper");
    let options =
        ["--only", "listens,one-message,split-letter", "--start-timeout", "4s", "--csv", &class.shown("class.csv")];
    let output = class.judge("nonblock-server", "*/server.py", &options, &["python3", "{file}", "{port}"]).run();
    let output = output.expect_code(1).expect_stderr("programs that other people wrote");
    let report = class.report();
    let verdicts = |name: &str| -> Vec<String> {
        let checks = student(&report, name)["checks"].as_array().unwrap().iter();
        checks.map(|check| check["verdict"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(verdicts("student-01"), ["passed", "passed", "passed"]);
    assert_eq!(verdicts("student-02"), ["passed", "passed", "failed"]);
    for name in ["student-03", "student-07"] {
        assert_eq!(verdicts(name)[..2], ["passed", "failed"], "{report:#}");
    }
    assert_eq!(verdicts("student-04")[0], "failed", "{report:#}");
    // What floods a busy machine may leave no time to tell.
    assert!(["failed", "unknown"].contains(&verdicts("student-05")[0].as_str()), "{report:#}");
    assert_eq!(student(&report, "student-06")["trouble"], "there is no such file");
    let shared = &report["shared"];
    assert!(shared.as_array().unwrap().iter().all(|one| one["students"].as_array().unwrap().len() <= 2), "{shared:#}");
    let of_upper = shared.as_array().unwrap().iter().find(|one| one["cause"] == "not-upper").unwrap();
    assert_eq!(of_upper["students"], serde_json::json!(["student-03", "student-07"]));
    // Those who share stand together, before those who stand alone; who is missing, and who passed, come last.
    let rows = rows(&output);
    let place = |name: &str| rows.iter().position(|row| row == name).unwrap();
    assert_eq!(place("student-03") + 1, place("student-07"), "{}", output.out());
    assert!(place("student-07") < place("student-02") && place("student-02") < place("student-06"), "{}", output.out());
    // Who could not be told stands between these two.
    let missing = if verdicts("student-05")[0] == "failed" { 5 } else { 4 };
    assert_eq!((rows[missing].as_str(), rows[6].as_str()), ("student-06", "student-01"), "{}", output.out());
    assert!(output.out().lines().all(|line| line.chars().count() <= 80), "{}", output.out());
    let csv = class.read("class.csv");
    assert!(csv.starts_with("\u{feff}student,file,decision,") && csv.lines().count() == 8, "{csv}");
    assert!(csv.lines().nth(6).unwrap().contains(",not-judged,"), "{csv}");
}

#[test]
fn only_what_has_changed_is_judged_again() {
    if !have("python3") {
        return;
    }
    let class = Class::new("kept");
    for name in ["student-01", "student-02"] {
        class.put_flawed(&format!("{name}/digest.py"), "flawed/hmac_digest.py", "");
    }
    let run = |options: &[&str], code| {
        class.judge("hmac", "*/digest.py", &[&["--only", "notes"], options].concat(), &HMAC).run().expect_code(code);
        let report = class.report();
        ["student-01", "student-02"].map(|name| student(&report, name)["kept"].as_bool().unwrap())
    };
    assert_eq!(run(&[], 0), [false, false]);
    assert_eq!(run(&[], 0), [true, true]);
    class.put_flawed("student-02/digest.py", "flawed/hmac_digest.py", "plain-hash");
    assert_eq!(run(&[], 1), [true, false]);
    assert_eq!(run(&[], 1), [true, true]);
    // What a program imports, another seed, another command: each of them may change what comes out.
    class.put("student-01/helper.py", "");
    assert_eq!(run(&[], 1), [false, true]);
    assert_eq!(run(&["--strict"], 1), [false, false]);
    assert_eq!(run(&["--fresh"], 1), [false, false]);
    fs::write(
        class.path(".kept").join(fs::read_dir(class.path(".kept")).unwrap().next().unwrap().unwrap().file_name()),
        "{",
    )
    .unwrap();
    run(&[], 1);
}

/// Names and output that mean something to a browser, a spreadsheet, Markdown, a shell, a terminal.
#[test]
fn nothing_that_a_student_chose_is_more_than_text() {
    if !have("python3") {
        return;
    }
    let class = Class::new("names");
    let names = [
        "<img src=x onerror=alert(1)>",
        "=1+cmd|'C'!A0",
        "[x](javascript:y) *b*",
        "-c",
        "$(touch x) `y`",
        "\u{1b}[2J\u{202e}",
        "{port}",
    ];
    let evil = "print('</script><script>alert(1)</script>\\x1b]0;x\\x07 ```\\n~~~ =1+1')\n";
    names.iter().for_each(|name| class.put(&format!("{name}.py"), evil));
    let (html, csv, feedback) = (class.shown("class.html"), class.shown("class.csv"), class.shown("feedback"));
    let options = ["--only", "notes", "--html", &html, "--csv", &csv, "--feedback", &feedback, "--junit", &feedback];
    let output = class.judge("hmac", "*.py", &options, &HMAC).run().expect_code(1);
    assert!(!output.out().contains('\u{1b}') && !output.out().contains('\u{202e}'), "{}", output.out());
    let report = class.report();
    for name in names.iter().filter(|name| **name != "{port}") {
        assert_eq!(student(&report, name)["checks"][0]["verdict"], "failed", "{report:#}");
    }
    assert!(student(&report, "{port}")["trouble"].as_str().unwrap().contains("braces"));
    let html = class.read("class.html");
    // The page's own two scripts, and no other element.
    assert_eq!((html.matches("<script").count(), html.matches("</script").count()), (2, 2));
    assert!(!html.contains("<img") && !html.contains("http:") && !html.contains("https:"));
    let csv = class.read("class.csv");
    assert!(csv.contains("\r\n'=1+cmd|'C'!A0,") && csv.lines().count() == 8, "{csv}");
    assert!(csv.lines().all(|line| !line.trim_start_matches('"').starts_with(['=', '-', '+', '@'])), "{csv}");
    let pages: Vec<_> = fs::read_dir(class.path("feedback")).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(pages.len(), 2 * names.len(), "{pages:?}");
    for page in pages.iter().filter(|page| page.extension().is_some_and(|ending| ending == "md")) {
        let text = fs::read_to_string(page).unwrap();
        // Each sign that would begin something stands behind a backslash.
        let heading = text.lines().nth(1).unwrap().replace("\\<", "").replace("\\]", "").replace("\\*", "");
        assert!(!heading.contains(['<', ']', '*', '\u{202e}']) && !text.contains('\u{1b}'), "{text}");
    }
}

#[test]
fn each_student_gets_feedback_in_their_language() {
    if !have("python3") {
        return;
    }
    let class = Class::new("feedback");
    for (name, flaw) in [("student-01", "plain-hash"), ("student-02", "plain-hash"), ("student-03", "")] {
        class.put_flawed(&format!("{name}/digest.py"), "flawed/hmac_digest.py", flaw);
    }
    let folder = class.shown("out");
    fs::create_dir_all(class.path("student-04")).unwrap();
    let options = ["--only", "notes,other-words", "--feedback", &folder, "--feedback-lang", "zh=student-02"];
    let output = class.judge("hmac", "*/digest.py", &options, &HMAC).run().expect_code(1);
    assert!(output.out().contains("   2  step 1 of 6: the notes' digest\n"), "{}", output.out());
    let again = "day30 check hmac --time-limit 280s --only hmac/notes --seed 30 -- python3 digest.py {key} {msg}\n";
    let watch = "```console\nday30 check hmac --time-limit 280s --watch -- python3 digest.py {key} {msg}\n```";
    let english = class.read("out/student-01.md");
    assert!(english.contains("\n## Fix this first\n") && english.contains("likely cause  plain-hash"), "{english}");
    assert!(english.contains(&format!("```console\n{again}```")), "{english}");
    // The step of the exercise path that this check belongs to, and how to go on from there.
    assert!(
        english.contains("\nYou are at **step 1 of 6: the notes' digest**. Print the HMAC of the message sad"),
        "{english}"
    );
    assert!(english.contains(watch), "{english}");
    let report = class.report();
    assert_eq!(student(&report, "student-01")["step"], json!({ "number": 1, "of": 6, "name": "the notes' digest" }));
    let chinese = class.read("out/student-02.md");
    assert!(chinese.contains("\n你现在写到**第 1 步，共 6 步：笔记里的摘要**。以 asd 为密钥"), "{chinese}");
    assert!(chinese.contains("\n## 先改这一项\n") && chinese.contains(again), "{chinese}");
    let passed = class.read("out/student-03.md");
    assert!(passed.contains("\n## Next step\n") && !passed.contains("Fix this first"), "{passed}");
    // Of the whole path only two checks were played: that is not its end.
    assert!(!passed.contains("All 6 steps") && passed.contains(watch), "{passed}");
    let missing = class.read("out/student-04.md");
    assert!(
        missing.contains("**step 1 of 6: the notes' digest**") && missing.contains("day30 start hmac\n"),
        "{missing}"
    );
    // A file that somebody else has put there stays.
    class.put("out/student-03.md", "mine");
    class.judge("hmac", "*/digest.py", &options, &HMAC).run().expect_code(3).expect_stderr("day30 did not write it");
    assert_eq!(class.read("out/student-03.md"), "mine");
}

#[test]
fn every_server_meets_every_client() {
    if !have("python3") {
        return;
    }
    let class = Class::new("pairs");
    class.put_flawed("student-01/server.py", "flawed/echo_server.py", "");
    class.put_flawed("student-02/server.py", "flawed/echo_server.py", "not-upper");
    class.put_flawed("student-01/client.py", "reference/typing_client.py", "");
    fs::create_dir_all(class.path("student-03")).unwrap();
    let (html, clients) = (class.shown("pairs.html"), class.shown("*/client.py"));
    let output = Day30::new(["class", "socket-server", &class.shown("*/server.py"), "--matrix", &clients])
        .args(["--html", &html, "--json", &class.shown("class.json"), "--start-timeout", "20s"])
        .args(["--", "python3", "{file}", "{port}"])
        .patience(Duration::from_secs(300))
        .run()
        .expect_code(1);
    let report = class.report();
    let result = |server: &str, client: &str| {
        let pairs = report["pairs"].as_array().unwrap();
        pairs.iter().find(|pair| pair["server"] == server && pair["client"] == client).unwrap()["result"].clone()
    };
    assert_eq!(result("student-01", "student-01"), "ok", "{}", output.out());
    assert_eq!(result("student-02", "student-01"), "wrong", "{}", output.out());
    assert_eq!(result("student-01", "student-02"), "no-client");
    assert_eq!(result("student-03", "student-01"), "no-server");
    assert!(output.out().contains("O they understood each other"), "{}", output.out());
    assert!(class.read("pairs.html").contains("\"pairs\":true"));
}

#[test]
fn what_makes_no_sense_is_told_before_anything_runs() {
    let file = program("reference/hmac.js");
    for lang in ["en", "zh"] {
        let run = |args: &[&str]| Day30::new(["class", "hmac"]).args(args).env("DAY30_LANG", lang).run().expect_code(2);
        run(&[]).expect_stderr("--help");
        run(&[&file, "--", "node", "x.js"]).expect_stderr("{file}");
        // What PowerShell makes of `node {file}`.
        run(&[&file, "--", "node", "-encodedCommand", "ZgBpAGwAZQA="]).expect_stderr("__file__");
        run(&["/no-such-folder/*.py", "--", "python3", "{file}"]).expect_stderr("no-such-folder");
        run(&[&file, "--only", "nothing", "--", "node", "{file}"]).expect_stderr("check --list hmac");
    }
}
