//! Programs that are judged, and what the judge said of them.

use super::{Day30, Output};
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

/// The file of a program that is judged.
pub fn program(path: &str) -> String {
    format!("{}/tests/judged/{path}", env!("CARGO_MANIFEST_DIR"))
}

/// The program that is tested, as one that is judged.
pub fn ours() -> &'static str {
    env!("CARGO_BIN_EXE_day30")
}

/// A judgement of this program, with a secret where one is needed. The seed is always the same.
pub fn check(target: &str, options: &[&str], command: &[&str]) -> Day30 {
    let secret: &[&str] = if target.starts_with("auth") { &["--secret", super::auth::SECRET] } else { &[] };
    Day30::new(["check", target, "--seed", "30"]).args(secret).args(options).arg("--").args(command)
}

/// The same, with its report on stdout.
pub fn reported(target: &str, options: &[&str], command: &[&str]) -> Day30 {
    check(target, &[options, &["--report", "json"]].concat(), command)
}

/// The report that stands on stdout.
#[track_caller]
pub fn report(output: &Output) -> Value {
    serde_json::from_str(output.out())
        .unwrap_or_else(|error| panic!("{error}; stdout:\n{}\nstderr:\n{}", output.out(), output.stderr))
}

/// One check in a report.
#[track_caller]
pub fn judged<'r>(report: &'r Value, id: &str) -> &'r Value {
    let checks = report["checks"].as_array().unwrap();
    checks.iter().find(|check| check["id"] == id).unwrap_or_else(|| panic!("{id} is not in the report"))
}

/// The ids of all checks with this verdict.
pub fn with_verdict<'r>(report: &'r Value, verdict: &str) -> Vec<&'r str> {
    let checks = report["checks"].as_array().unwrap().iter();
    checks.filter(|check| check["verdict"] == verdict).map(|check| check["id"].as_str().unwrap()).collect()
}

/// The steps of one kind in a check of a report.
pub fn steps<'r>(check: &'r Value, kind: &str) -> Vec<&'r Value> {
    check["steps"].as_array().unwrap().iter().filter(|step| step["kind"] == kind).collect()
}

/// A program in C from the reference folder, compiled once for all tests. Needs cc.
pub fn compiled(name: &'static str) -> String {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("judged-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        for name in ["echo", "auth_server", "auth_client", "hmac"] {
            let mut cc = Command::new("cc");
            cc.args(["-O1", "-Wall", "-Werror", "-o"]).arg(folder.join(name));
            let status = cc.arg(program(&format!("reference/{name}.c"))).args(["-lpthread", "-lm"]).status();
            assert!(status.unwrap().success(), "{name}.c does not compile");
        }
        folder
    });
    folder.join(name).to_str().unwrap().to_owned()
}
