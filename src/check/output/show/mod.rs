//! A judgement on a terminal: a line for each check, the first failure in full, and the sum of it all.

mod bytes;
mod failure;
mod list;
mod next;
mod path;
mod steps;
mod summary;

pub use failure::{Again, cause, failure, rerun};
pub use list::list;
pub use next::after;
pub use path::{Taken, arrived, later, taken, to_build};
pub use summary::{beside, rounds, sum_in_words, summary};

use crate::check::requirement::Level;
use crate::check::texts::Texts;
use crate::check::verdict::{Judged, NotRun, Verdict};
use crate::lang::{Lang, Text};
use crate::say;
use crate::view::palette::{BAD, DIM, GOOD, TITLE, WAIT as WARN};
use crate::view::{break_lines, fit};
use anstyle::Style;

/// The width that everything must be readable in.
const WIDTH: usize = 80;
/// How many columns an id takes in a list.
const ID: usize = 30;

/// How a verdict looks: its sign, and the colour of that.
fn sign(verdict: &Verdict, level: Level) -> (Style, &'static str) {
    match (verdict, level) {
        (Verdict::Passed, _) => (GOOD, "✓"),
        (Verdict::Failed(_), Level::Must) => (BAD, "✗"),
        (Verdict::Failed(_), Level::Should) => (WARN, "!"),
        (Verdict::NotRun(_), _) => (DIM, "·"),
        (Verdict::Unknown(_), _) => (WARN, "?"),
    }
}

/// One check, in one line.
#[must_use]
pub fn line(judged: &Judged, texts: &Texts, lang: Lang) -> String {
    row(judged, 0, texts, lang)
}

/// The same behind `indent` columns more.
fn row(judged: &Judged, indent: usize, texts: &Texts, lang: Lang) -> String {
    let (style, sign) = sign(&judged.verdict, judged.check.level);
    let id = judged.check.id;
    let title = texts.section(id).title;
    let (of_text, text) = match &judged.verdict {
        Verdict::Passed => (Style::new(), title),
        Verdict::Failed(_) => (style, title),
        Verdict::NotRun(NotRun::Presupposed(root)) => {
            (DIM, say!(lang, "skipped: depends on {root}", "跳过：依赖 {root}"))
        }
        Verdict::NotRun(NotRun::Impossible(why)) => (DIM, why.of(lang).to_owned()),
        Verdict::Unknown(why) => (WARN, say!(lang, "could not be tested: {}", "无法测试：{}", why.of(lang))),
    };
    // A reason is worth a second row, a title is not: it stands in the list, and in the failure.
    let room = WIDTH - ID - 5 - indent;
    let rows = match &judged.verdict {
        Verdict::Passed | Verdict::Failed(_) => vec![fit(&text, room)],
        _ => break_lines(&text, room),
    };
    let rows: Vec<_> = rows.iter().map(|row| format!("{of_text}{row}{of_text:#}")).collect();
    let text = rows.join(&format!("\n{:1$}", "", ID + 5 + indent));
    format!("{:indent$}  {style}{sign}{style:#} {id:<ID$} {text}\n", "")
}

/// Checks that were skipped for the same reason, in one line.
#[must_use]
pub fn skipped(count: usize, why: &NotRun, lang: Lang) -> String {
    let why = match why {
        NotRun::Presupposed(root) => {
            say!(lang, "{count} checks skipped: they depend on {root}", "跳过 {count} 项检查：依赖 {root}")
        }
        NotRun::Impossible(why) => say!(lang, "{count} checks: {}", "{count} 项检查：{}", why.of(lang)),
    };
    format!("  {DIM}· {}{DIM:#}\n", break_lines(&why, WIDTH - 4).join("\n    "))
}

/// A text in rows, each behind `indent` columns.
fn paragraph(text: &str, indent: usize) -> String {
    let rows = break_lines(text, WIDTH - indent);
    rows.iter().map(|row| format!("{:indent$}{row}\n", "")).collect()
}

/// A title, and a paragraph under it.
fn titled(title: &Text, text: &str, lang: Lang) -> String {
    format!("\n  {TITLE}{}{TITLE:#}\n{}", title.of(lang), paragraph(text, 4))
}

/// What a check is worth knowing for, once it has passed.
#[must_use]
pub fn explanation(judged: &Judged, texts: &Texts) -> String {
    paragraph(&texts.section(judged.check.id).passed, 6)
}
