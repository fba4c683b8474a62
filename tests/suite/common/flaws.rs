//! Programs with one fault each, switched on by `FLAW`: the judge must catch it, and name the cause.

use super::have;
use super::judged::{decided, judged, report, reported, side_by_side};
#[cfg(target_os = "linux")]
use super::watched::page;

/// The value of `FLAW`, the check that must catch it, and the cause (`""` where there is nothing to name).
pub type Flaw = (&'static str, &'static str, &'static str);

/// Causes that nothing seen from outside could tell from their rivals: they are offered as a guess. All others must be more than that.
const GUESSED: &[&str] = &[
    "one-accept",
    "connects-elsewhere",
    "other-secret",
    "never-listens",
    "short-send",
    "never-sends",
    "waits-for-nothing",
    "end-not-noticed",
];

/// Judges a program with each of its faults.
#[track_caller]
pub fn each_is_caught(target: &str, command: &[&str], flaws: &[Flaw]) {
    if have("python3") {
        side_by_side(flaws, |flaw| is_caught(target, command, *flaw));
    }
}

/// How often a replay may miss what the calls show: on a busy machine it can end before that.
#[cfg(target_os = "linux")]
const REPLAYS: usize = 4;

/// Judges a program with each of its faults, and watches it: the same cause is named, each time, and its calls prove it.
#[cfg(target_os = "linux")]
#[track_caller]
pub fn each_is_proved(target: &str, command: &[&str], flaws: &[Flaw]) {
    if have("python3") {
        side_by_side(flaws, |(flaw, check, cause)| {
            let short: &[&str] = if *cause == "never-listens" { &["--start-timeout", "3s"] } else { &[] };
            let is_proved = (0..REPLAYS).any(|_| {
                let options = [&["--only", check, "--see"], short].concat();
                let output = reported(target, &options, command).env("FLAW", flaw).run();
                page(&output);
                let report = report(&output);
                let failure = &judged(&report, check)["failure"];
                let named = &failure["cause"];
                // It could not be told whether it failed.
                if failure.is_null() {
                    return false;
                }
                assert!(named["id"] == *cause, "{target}: FLAW={flaw}: {check}: {failure:#}\n{}", output.stderr);
                named["is_guess"] == false && named["is_proved_by_calls"] == true
            });
            assert!(is_proved, "{target}: FLAW={flaw}: {check}: the calls do not prove {cause}");
        });
    }
}

fn is_caught(target: &str, command: &[&str], (flaw, check, cause): Flaw) {
    // Only one that never listens is not waited for; on a busy machine, another one may take its time to come up.
    let short: &[&str] = if check.ends_with("/listens") { &["--start-timeout", "3s"] } else { &[] };
    let output = decided(reported(target, &[&["--only", check], short].concat(), command).env("FLAW", flaw));
    let report = report(&output);
    let check = judged(&report, check);
    let named = check["failure"]["cause"]["id"].as_str().unwrap_or_default();
    let (id, verdict) = (&check["id"], &check["verdict"]);
    let is_guess = check["failure"]["cause"]["is_guess"] == true;
    let is_caught = verdict == "failed" && named == cause && (!is_guess || GUESSED.contains(&cause));
    let named = format!("{named:?}{}", if is_guess { " (a guess)" } else { "" });
    assert!(is_caught, "{target}: FLAW={flaw}: {id} {verdict} for {named}, not {cause:?}\n{}", output.stderr);
}
