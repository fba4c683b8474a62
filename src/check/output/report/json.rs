//! A judgement as JSON.
//!
//! One object, version 1. A program that reads it must ignore names that it does not know; a change that it could not
//! ignore gets a new version. Texts are in the language of the run; names, ids and slugs are English and stable.
//!
//! | name | what it holds |
//! |---|---|
//! | `format`, `version`, `day30` | `"day30-check"`, `1`, and the program's own version |
//! | `lang` | `"en"` or `"zh"`: the language of the texts |
//! | `target` | `"nonblock-server"` … |
//! | `command` | the program's command (or the address of one that ran already), with `{secret}` in the secret's place |
//! | `seed`, `rounds`, `strict` | as they were given, or chosen |
//! | `one_process` | why one process served many checks: a text; absent where each check had a process of its own |
//! | `cut_short` | why it ended before its end (Ctrl-C, or something that day30 needed): a text; absent where it did not |
//! | `decision` | `"passed"`, `"failed"` or `"undecided"`: exit codes 0, 1 and 3 |
//! | `seconds` | how long it took |
//! | `counts` | how many checks `passed`, `failed`, were `not-run` or `unknown`, all rounds together |
//! | `checks` | an array, in the order in which they were played; all of the first round come first |
//!
//! A check has
//!
//! | name | what it holds |
//! |---|---|
//! | `id`, `title`, `level` | its name, its requirement, and `"MUST"` or `"SHOULD"` |
//! | `after` | the id of the check that it presupposes; absent for the first |
//! | `round`, `seconds` | from 1; how long it took |
//! | `verdict` | `"passed"`, `"failed"`, `"not-run"` or `"unknown"` |
//! | `because` | of one that was not run: the id of the check that did not pass |
//! | `reason` | why it was not run, or is unknown |
//! | `failure` | how it failed: see below |
//! | `steps` | what was done, if it failed or is unknown: see below |
//! | `again` | the command that plays just this check, if it failed or is unknown |
//!
//! A failure has `fault` (a slug for what was observed, as `"silent"`), `sentence` (the same in words), where they are known `cause`
//! (`id`, `title`, `text`, and whether it `is_guess`: nothing contradicts its rivals) and `finding` (what was tried afterwards), and where bytes differ `difference`: `at` (the first byte
//! that differs), `expected_len`, `got_len`, and `expected` and `got`, the bytes around there in hex, from byte `from` on.
//!
//! A step has `us` (microseconds since the check began) and `kind`: `did` (with `text`), `sent` and `received` (with `who`, `len`, and
//! `data`, the first 256 bytes in hex; `sent` has `pieces` too), `printed` (with `stream` and `line`), `omitted` (with `lines`).

use super::{About, reason, verdict_name};
use crate::check::texts::Texts;
use crate::check::verdict::judgement::{Judgement, OneProcess};
use crate::check::verdict::step::{Bytes, Entry, Step, left};
use crate::check::verdict::{Difference, Failure, Judged, NotRun, Verdict};
use crate::lang::Lang;
use serde_json::{Map, Value, json};

/// The version of the format.
pub const VERSION: u32 = 1;

/// The whole judgement, as indented text.
#[must_use]
pub fn json(judgement: &Judgement, about: &About<'_>) -> String {
    let texts = Texts::of(about.lang);
    let count = |name: &str| judgement.judged.iter().filter(|judged| verdict_name(&judged.verdict) == name).count();
    let mut value = json!({
        "format": "day30-check",
        "version": VERSION,
        "day30": env!("CARGO_PKG_VERSION"),
        "lang": about.lang.pick("en", "zh"),
        "target": about.order.target.name(),
        "command": about.command,
        "seed": about.order.seed,
        "rounds": about.order.rounds,
        "strict": about.strict,
        "decision": judgement.decision(about.strict).name(),
        "seconds": rounded(judgement.time.as_secs_f64()),
        "counts": {
            "passed": count("passed"),
            "failed": count("failed"),
            "not-run": count("not-run"),
            "unknown": count("unknown"),
        },
        "checks": judgement.judged.iter().map(|judged| check(judged, about, &texts)).collect::<Vec<_>>(),
    });
    let why = [("one_process", judgement.one_process.map(OneProcess::describe)), ("cut_short", judgement.cut_short())];
    for (name, why) in why {
        if let (Some(why), Some(object)) = (why, value.as_object_mut()) {
            object.insert(name.into(), json!(why.of(about.lang)));
        }
    }
    format!("{value:#}\n")
}

fn check(judged: &Judged, about: &About<'_>, texts: &Texts) -> Value {
    let check = judged.check;
    let mut value = object(json!({
        "id": check.id,
        "title": texts.section(check.id).title,
        "level": check.level.name(),
        "round": judged.round,
        "seconds": rounded(judged.time.as_secs_f64()),
        "verdict": verdict_name(&judged.verdict),
    }));
    let mut put = |name: &str, what: Option<Value>| {
        if let Some(what) = what {
            value.insert(name.into(), what);
        }
    };
    put("after", check.after.map(|after| json!(after)));
    put("reason", reason(judged, about.lang).map(|reason| json!(reason)));
    if let Verdict::NotRun(NotRun::Presupposed(root)) = judged.verdict {
        put("because", Some(json!(root)));
    }
    if let Verdict::Failed(how) = &judged.verdict {
        put("failure", Some(failure(how, texts, about)));
    }
    if matches!(judged.verdict, Verdict::Failed(_) | Verdict::Unknown(_)) {
        put("steps", Some(judged.story.iter().map(|entry| step(entry, about.lang)).collect()));
        put("again", Some(json!(about.again.command(judged))));
    }
    Value::Object(value)
}

fn failure(failure: &Failure, texts: &Texts, about: &About<'_>) -> Value {
    let lang = about.lang;
    let mut value = object(json!({ "fault": failure.fault.name(), "sentence": failure.sentence.of(lang) }));
    if let Some(cause) = failure.cause() {
        let (id, section) = (cause.id(), texts.cause(cause.id(), about.order.target));
        let is_guess = !failure.is_cause_seen();
        let mut cause = object(json!({ "id": id, "title": section.title, "text": section.why, "is_guess": is_guess }));
        if failure.is_proved {
            cause.insert("is_proved_by_calls".into(), json!(true));
        }
        value.insert("cause".into(), Value::Object(cause));
    }
    if let Some(finding) = &failure.finding {
        value.insert("finding".into(), json!(finding.of(lang)));
    }
    if let Some(calls) = &failure.calls {
        value.insert("calls".into(), json!(calls.of(lang)));
    }
    if let Some(Difference { expected, got, from, at, expected_len, got_len }) = &failure.difference {
        let difference = json!({
            "at": at,
            "from": from,
            "expected_len": expected_len,
            "got_len": got_len,
            "expected": hex(expected),
            "got": hex(got),
        });
        value.insert("difference".into(), difference);
    }
    Value::Object(value)
}

fn step(entry: &Entry, lang: Lang) -> Value {
    let moved = |bytes: &Bytes| (bytes.len, hex(&bytes.head));
    let mut value = object(match &entry.step {
        Step::Left(who) => json!({ "kind": "did", "text": left(who).of(lang) }),
        Step::Did(text) | Step::Search(text) => json!({ "kind": "did", "text": text.of(lang) }),
        Step::Sent { who, bytes, pieces } => {
            let (len, data) = moved(bytes);
            json!({ "kind": "sent", "who": who.to_string(), "len": len, "data": data, "pieces": pieces })
        }
        Step::Received { who, bytes } => {
            let (len, data) = moved(bytes);
            json!({ "kind": "received", "who": who.to_string(), "len": len, "data": data })
        }
        Step::Printed { on_stderr, line } => {
            json!({ "kind": "printed", "stream": if *on_stderr { "stderr" } else { "stdout" }, "line": line })
        }
        Step::Omitted(lines) => json!({ "kind": "omitted", "lines": lines }),
    });
    value.insert("us".into(), json!(u64::try_from(entry.at.as_micros()).unwrap_or(u64::MAX)));
    Value::Object(value)
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

fn hex(bytes: &[u8]) -> String {
    base16ct::lower::encode_string(bytes)
}

fn rounded(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}
