//! Programs with one fault each, switched on by `FLAW`: the judge must catch it, and name the cause.

use super::have;
use super::judged::{judged, report, reported};
use std::sync::Mutex;
use std::thread;

/// The value of `FLAW`, the check that must catch it, and the cause (`""` where there is nothing to name).
pub type Flaw = (&'static str, &'static str, &'static str);

/// How many judgements are made at once: most of their time is spent waiting for what does not come.
const AT_ONCE: usize = 4;

/// Judges a program with each of its faults in turn.
#[track_caller]
pub fn each_is_caught(target: &str, command: &[&str], flaws: &[Flaw]) {
    if !have("python3") {
        return;
    }
    let (next, wrong) = (Mutex::new(flaws.iter()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let Some(flaw) = next.lock().unwrap().next() else { return };
                    if let Err(why) = is_caught(target, command, *flaw) {
                        wrong.lock().unwrap().push(why);
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{target}: {}", wrong.join("\n"));
}

fn is_caught(target: &str, command: &[&str], (flaw, check, cause): Flaw) -> Result<(), String> {
    let short = ["--only", check, "--start-timeout", "3s"];
    let output = reported(target, &short, command).env("FLAW", flaw).run();
    let report = report(&output);
    let check = judged(&report, check);
    let named = check["failure"]["cause"]["id"].as_str().unwrap_or_default();
    if check["verdict"] == "failed" && named == cause {
        return Ok(());
    }
    Err(format!("FLAW={flaw}: {} {} for {named:?}, not {cause:?}\n{}", check["id"], check["verdict"], output.stderr))
}
