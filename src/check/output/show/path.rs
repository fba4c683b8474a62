//! Where a program stands on its path: the steps that it has taken, the one to build, and nothing of what comes after that.

use super::{BAD, DIM, GOOD, TITLE, WARN, explanation, paragraph, row, skipped};
use crate::check::path::Step;
use crate::check::requirement::Target;
use crate::check::texts::Texts;
use crate::check::verdict::{Judged, Verdict};
use crate::lang::Lang;
use crate::say;

/// Before the checks of a step.
const INDENT: usize = 4;

/// How a step came out, with its number on its path.
#[derive(Debug)]
pub struct Taken<'j> {
    /// From 1.
    pub number: usize,
    /// Which step.
    pub step: &'static Step,
    /// Its checks, as far as they were asked for.
    pub judged: &'j [Judged],
    /// Whether it decides against the program.
    pub is_stuck: bool,
}

/// The step in one line, with what did not pass below it. Of the step to build, every check is shown. `to_explain` tells which
/// passed checks are explained.
#[must_use]
pub fn taken(taken: &Taken<'_>, to_explain: impl Fn(&Judged) -> bool, texts: &Texts, lang: Lang) -> String {
    let is_sure = taken.judged.iter().all(|one| matches!(one.verdict, Verdict::Passed | Verdict::Failed(_)));
    let (style, sign) = match (taken.is_stuck, is_sure) {
        (true, _) => (BAD, "✗"),
        (false, true) => (GOOD, "✓"),
        (false, false) => (WARN, "?"),
    };
    let mut text = format!("  {style}{sign}{style:#} {:>2}  {}\n", taken.number, taken.step.name(lang));
    for judged in taken.judged.iter().filter(|judged| !matches!(judged.verdict, Verdict::NotRun(_))) {
        let is_explained = judged.verdict == Verdict::Passed && to_explain(judged);
        if taken.is_stuck || is_explained || judged.verdict != Verdict::Passed {
            text += &row(judged, INDENT, texts, lang);
        }
        if is_explained {
            text += &explanation(judged, texts);
        }
    }
    let not_run: Vec<_> = taken.judged.iter().filter(|judged| matches!(judged.verdict, Verdict::NotRun(_))).collect();
    for same in not_run.chunk_by(|one, other| one.verdict == other.verdict) {
        text += &match same {
            [Judged { verdict: Verdict::NotRun(why), .. }, _, ..] => {
                format!("{:INDENT$}{}", "", skipped(same.len(), why, lang))
            }
            _ => same.iter().map(|one| row(one, INDENT, texts, lang)).collect(),
        };
    }
    text
}

/// Which step to build, what that is, and what comes then.
#[must_use]
pub fn to_build(target: Target, number: usize, lang: Lang) -> String {
    let path = target.path();
    let Some(step) = path.get(number - 1) else { return String::new() };
    let (all, name) = (path.len(), step.name(lang));
    let title = say!(lang, "step {number} of {all}: {name}", "第 {number} 步，共 {all} 步：{name}");
    let text = format!("\n  {TITLE}{title}{TITLE:#}\n{}", paragraph(&step.build(lang), 4));
    let then = match path.get(number) {
        Some(next) => say!(lang, "then step {}: {}", "之后是第 {} 步：{}", number + 1, next.name(lang)),
        None => lang.pick("this is the last step", "这是最后一步").to_owned(),
    };
    format!("{text}    {DIM}{then}{DIM:#}\n")
}

/// How many checks of the later steps have not passed: which ones, their own step will say.
#[must_use]
pub fn later(count: usize, lang: Lang) -> String {
    let text = match (count, lang) {
        (0, _) => lang.pick("later steps: every check passes", "后面的步骤：检查都通过").to_owned(),
        (1, Lang::En) => "later steps: 1 check does not pass yet".to_owned(),
        _ => say!(lang, "later steps: {count} checks do not pass yet", "后面的步骤：还有 {count} 项检查没有通过"),
    };
    format!("\n  {DIM}{text}{DIM:#}\n")
}

/// The end of the path.
#[must_use]
pub fn arrived(target: Target, lang: Lang) -> String {
    let (all, name) = (target.path().len(), target.name());
    let text = say!(lang, "all {all} steps of {name} are done", "{name} 的 {all} 步都完成了");
    format!("\n  {GOOD}{text}{GOOD:#}\n")
}
