//! A judgement as TAP, version 13: <https://testanything.org/tap-version-13-specification.html>.
//!
//! A SHOULD that failed is a `TODO`, which no reader counts as a failure (with `--strict` it is one); a check that was not run
//! is a `SKIP`. A MUST that could not be judged is `not ok`: it must never look as if it had passed.

use super::{About, in_round, reason, whole_failure};
use crate::check::texts::Texts;
use crate::check::verdict::cause::Cause;
use crate::check::verdict::judgement::Judgement;
use crate::check::verdict::{Judged, NotRun, Verdict};
use serde_json::json;

/// The whole judgement.
#[must_use]
pub fn tap(judgement: &Judgement, about: &About<'_>) -> String {
    let texts = Texts::of(about.lang);
    let mut text = format!("TAP version 13\n1..{}\n", judgement.judged.len());
    text += &format!("# {}: {}\n", about.order.target.name(), one_line(about.command));
    for (place, judged) in judgement.judged.iter().enumerate() {
        text += &case(place + 1, judged, judgement, about, &texts);
    }
    if let Some(why) = judgement.cut_short() {
        text += &format!("Bail out! {}\n", one_line(why.of(about.lang)));
    }
    text
}

fn case(number: usize, judged: &Judged, judgement: &Judgement, about: &About<'_>, texts: &Texts) -> String {
    let (id, round) = (judged.check.id, in_round(judged, judgement));
    let title = one_line(&texts.section(id).title);
    let why = one_line(&reason(judged, about.lang).unwrap_or_default());
    let counts = judged.is_against(about.strict) || judged.is_open(about.strict);
    let (result, directive) = match &judged.verdict {
        Verdict::Passed => ("ok", String::new()),
        _ if counts => ("not ok", String::new()),
        Verdict::Failed(_) => ("not ok", " # TODO a SHOULD".to_owned()),
        Verdict::NotRun(NotRun::Presupposed(_) | NotRun::Impossible(_)) | Verdict::Unknown(_) => {
            ("ok", format!(" # SKIP {why}"))
        }
    };
    let mut text = format!("{result} {number} - {id} {title}{round}{directive}\n");
    if result == "not ok" {
        text += &diagnostics(judged, &why, about, texts);
    }
    text
}

/// A block of YAML: its texts are quoted as JSON has them, which YAML takes too.
fn diagnostics(judged: &Judged, why: &str, about: &About<'_>, texts: &Texts) -> String {
    let (message, cause) = match &judged.verdict {
        Verdict::Failed(failure) => (failure.sentence.of(about.lang), failure.cause().map(Cause::id)),
        _ => (why, None),
    };
    let mut text = format!("  ---\n  message: {}\n", json!(message));
    text += &format!("  severity: {}\n", if judged.is_open(about.strict) { "unknown" } else { "fail" });
    if let Some(cause) = cause {
        text += &format!("  cause: {}\n", json!(cause));
    }
    text += &format!("  again: {}\n", json!(about.again.command(judged)));
    let whole = whole_failure(judged, about, texts);
    if !whole.is_empty() {
        text += "  report: |\n";
        text.extend(whole.lines().filter(|line| !line.trim().is_empty()).map(|line| format!("    {line}\n")));
    }
    text + "  ...\n"
}

/// `#` begins a directive, and a line ends the case.
fn one_line(text: &str) -> String {
    text.replace('#', "\\#").replace(['\n', '\r'], " ")
}
