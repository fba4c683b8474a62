//! A class as JSON: one object, version 1.
//!
//! A program that reads it must ignore names that it does not know. Texts are in the language of the run; names, ids and slugs are
//! English and stable.
//!
//! | name | what it holds |
//! |---|---|
//! | `format`, `version`, `day30` | `"day30-class"`, `1`, and the program's own version |
//! | `lang`, `target`, `command`, `seed` | as in the report of `check` |
//! | `decision` | `"passed"`, `"failed"` or `"undecided"` |
//! | `own_network`, `user`, `limits` | what kept the programs apart: whether each had a network of its own, as whom they ran (`null` for whoever ran day30), what was limited |
//! | `shared` | what students have in common, the most common first: `cause` or `check` (an id), `title`, `students` (names) |
//! | `students` | an array, in the order in which the files were found |
//!
//! A student has `name`, `file`, and either `trouble` (why the program could not be judged) or `decision`, `summary`, `seconds`, `kept`
//! (whether it was judged in an earlier run), `cut_short` (if it was), `step`
//! (where it stands on the exercise path, if that is known: its `number`, of how many (`of`), and its `name`; `number` is `null` at the end), and
//! `checks`: each with `id`, `level`, `verdict`, where it was not
//! judged `reason`, and where it failed `fault`, `sentence`, `cause`, `is_guess`, `told` (the whole, as the judge tells it) and `again`.

use super::outcome::Checked;
use super::roll::{Entry, Roll, What};
use crate::lang::Lang;
use serde_json::{Value, json};

/// The version of the format.
pub(super) const VERSION: u32 = 1;

/// The whole class, as indented text.
#[must_use]
pub fn json(roll: &Roll, lang: Lang) -> String {
    let shared = roll.shared.iter().map(|shared| {
        let [title, _] = shared.what.texts(roll.target);
        let students: Vec<_> =
            shared.students.iter().filter_map(|place| Some(&roll.entries.get(*place)?.student.name)).collect();
        let kind = if matches!(shared.what, What::Cause(_)) { "cause" } else { "check" };
        json!({ kind: shared.what.id(), "title": title.of(lang), "students": students })
    });
    let limits = roll.facts.lines();
    let limits = limits.iter().map(|(about, line)| json!(format!("{}: {}", about.of(lang), line.of(lang))));
    let value = json!({
        "format": "day30-class",
        "version": VERSION,
        "day30": env!("CARGO_PKG_VERSION"),
        "lang": lang.pick("en", "zh"),
        "target": roll.target.name(),
        "command": roll.command,
        "seed": roll.seed,
        "decision": roll.decision().name(),
        "own_network": roll.facts.allowed.own_network,
        "user": roll.facts.user,
        "limits": limits.collect::<Vec<_>>(),
        "shared": shared.collect::<Vec<_>>(),
        "students": roll.entries.iter().map(|entry| student(entry, roll, lang)).collect::<Vec<_>>(),
    });
    format!("{value:#}\n")
}

fn student(entry: &Entry, roll: &Roll, lang: Lang) -> Value {
    let (name, file) = (&entry.student.name, entry.student.path.to_string_lossy());
    match &entry.result {
        Err(why) => json!({ "name": name, "file": file, "trouble": why.of(lang) }),
        Ok(outcome) => {
            let mut value = json!({
                "name": name,
                "file": file,
                "decision": outcome.decision.name(),
                "summary": outcome.summary.of(lang),
                "seconds": (outcome.seconds * 1000.0).round() / 1000.0,
                "kept": entry.is_kept,
                "checks": outcome.checks.iter().map(|one| check(one, lang)).collect::<Vec<_>>(),
            });
            put(&mut value, "cut_short", outcome.cut_short.as_ref().map(|why| json!(why.of(lang))));
            let step = roll.standing(entry).map(|standing| {
                let name = standing.step(roll.target).map(|step| step.name(lang));
                json!({ "number": standing.number(), "of": roll.target.path().len(), "name": name })
            });
            put(&mut value, "step", step);
            value
        }
    }
}

fn check(check: &Checked, lang: Lang) -> Value {
    let level = if check.is_must { "MUST" } else { "SHOULD" };
    let mut value = json!({ "id": check.id, "level": level, "verdict": check.sign.name() });
    put(&mut value, "reason", check.reason.as_ref().map(|reason| json!(reason.of(lang))));
    if let Some(failure) = &check.failure {
        put(&mut value, "fault", Some(json!(failure.fault)));
        put(&mut value, "sentence", Some(json!(failure.sentence.of(lang))));
        put(&mut value, "cause", failure.cause.as_ref().map(|(id, _)| json!(id)));
        put(&mut value, "is_guess", failure.cause.as_ref().map(|(_, is_guess)| json!(is_guess)));
        put(&mut value, "told", Some(json!(failure.told.of(lang))));
        put(&mut value, "again", Some(json!(failure.again)));
    }
    value
}

fn put(value: &mut Value, name: &str, what: Option<Value>) {
    if let (Some(object), Some(what)) = (value.as_object_mut(), what) {
        object.insert(name.into(), what);
    }
}
