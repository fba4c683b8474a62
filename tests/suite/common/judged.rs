//! Programs that are judged, and what the judge said of them.

use super::{Day30, Output, TRIES};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Condvar, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

/// A judgement goes on though the machine is busy: what it cuts short is up to the judge.
const PATIENCE: Duration = Duration::from_secs(300);

/// The file of a program that is judged.
pub fn program(path: &str) -> String {
    format!("{}/tests/judged/{path}", env!("CARGO_MANIFEST_DIR"))
}

/// For a server that never sleeps, which would use up a core for all the 10 s for which the contract wants a silent client to be kept.
pub const SHORT_SILENCE: (&str, &str) = ("DAY30_TEST_SILENCE", "1s");

/// The program that is tested, as one that is judged.
pub fn ours() -> &'static str {
    env!("CARGO_BIN_EXE_day30")
}

/// A judgement of this program, with a secret where one is needed. The seed is always the same, unless it is among the options.
pub fn check(target: &str, options: &[&str], command: &[&str]) -> Day30 {
    let secret: &[&str] = if target.starts_with("auth") { &["--secret", super::auth::SECRET] } else { &[] };
    let seed: &[&str] = if options.contains(&"--seed") { &[] } else { &["--seed", "30"] };
    Day30::new(["check", target]).args(seed).args(secret).args(options).arg("--").args(command).patience(PATIENCE)
}

/// The same, with its report on stdout. Beside other tests a judgement takes longer than it has for a student.
pub fn reported(target: &str, options: &[&str], command: &[&str]) -> Day30 {
    let patient: &[&str] = if options.contains(&"--time-limit") { &[] } else { &["--time-limit", "280s"] };
    check(target, &[options, patient, &["--report", "json"]].concat(), command)
}

/// Judges until everything is decided: on a busy machine a judge cannot tell some of it, and says so.
#[track_caller]
pub fn decided(judging: Day30) -> Output {
    judging.run_while(|output| output.out().contains("\"verdict\": \"unknown\""))
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

/// Judges a program until every check is decided: on a busy machine a judge cannot tell some of them, and says so. Gives the
/// checks that did not pass; those that are `known` not to pass may be left open.
#[track_caller]
pub fn not_passed(target: &str, options: &[&str], command: &[&str], known: &[&str]) -> Vec<String> {
    not_passed_of(&|only| reported(target, &[options, only].concat(), command), command, known)
}

/// The same of a judgement to which the checks are given that are to be played, where those are not all.
#[track_caller]
pub fn not_passed_of(judging: &dyn Fn(&[&str]) -> Day30, command: &[&str], known: &[&str]) -> Vec<String> {
    // Elsewhere than on Linux, some are never told.
    let open_verdicts: &[&str] = if cfg!(target_os = "linux") { &["unknown", "not-run"] } else { &["not-run"] };
    let (mut failed, mut only, mut stderr) = (BTreeSet::new(), String::new(), String::new());
    for _ in 0..TRIES {
        let again: &[&str] = if only.is_empty() { &[] } else { &["--only", &only] };
        let output = judging(again).run();
        let report = report(&output);
        failed.extend(with_verdict(&report, "failed").into_iter().map(str::to_owned));
        let open = open_verdicts.iter().flat_map(|verdict| with_verdict(&report, verdict));
        let (known, open): (BTreeSet<_>, BTreeSet<_>) = open.partition(|id| known.contains(id));
        failed.extend(known.into_iter().map(str::to_owned));
        if open.is_empty() {
            return failed.into_iter().collect();
        }
        (only, stderr) = (open.into_iter().collect::<Vec<_>>().join(","), output.stderr);
    }
    panic!("{command:?}: not decided in {TRIES} tries: {only}; failed: {failed:?}\n{stderr}");
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

/// How many judgements are made at once, in all tests together. Most of their time is spent waiting for what does not come, but
/// each starts many a program.
static FREE: (Mutex<usize>, Condvar) = (Mutex::new(12), Condvar::new());

/// One of these, until it is dropped.
struct Place;

impl Place {
    fn take() -> Self {
        let free = FREE.0.lock().unwrap_or_else(PoisonError::into_inner);
        *FREE.1.wait_while(free, |free| *free == 0).unwrap_or_else(PoisonError::into_inner) -= 1;
        Self
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        *FREE.0.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        FREE.1.notify_one();
    }
}

/// Judges all of these side by side; each that fails says why in a panic of its own.
#[track_caller]
pub fn side_by_side<T: Sync>(all: &[T], judge: impl Fn(&T) + Sync) {
    let failed: usize = thread::scope(|scope| {
        let judge = &judge;
        let one = |it| {
            scope.spawn(move || {
                let _place = Place::take();
                judge(it);
            })
        };
        let judgements: Vec<_> = all.iter().map(one).collect();
        judgements.into_iter().map(|judgement| usize::from(judgement.join().is_err())).sum()
    });
    assert_eq!(failed, 0, "of {} judgements; each has said why above", all.len());
}
