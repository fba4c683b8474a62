//! The sum of a judgement.

use super::failure::Again;
use super::next::next;
use super::{BAD, DIM, GOOD, WARN, WIDTH, paragraph, sign};
use crate::both;
use crate::check::requirement::{Check, Level, Target};
use crate::check::texts::Texts;
use crate::check::verdict::judgement::OneProcess;
use crate::check::verdict::judgement::{Decision, Judgement};
use crate::check::verdict::{NotRun, Verdict};
use crate::lang::Lang;
use crate::say;
use crate::view::{break_lines, fit};
use anstyle::Style;
use unicode_width::UnicodeWidthStr;

/// What is worth knowing beside the failure that was shown: what else failed, and how the processes were used.
#[must_use]
pub fn beside(judgement: &Judgement, lang: Lang) -> String {
    let mut text = String::from("\n");
    let ids = |level: Level| failed(judgement, level).join(lang.pick(", ", "、"));
    if failed(judgement, Level::Must).len() > 1 {
        text += &paragraph(&say!(lang, "failed: {}", "未通过：{}", ids(Level::Must)), 2);
    }
    if !failed(judgement, Level::Should).is_empty() {
        text += &paragraph(&say!(lang, "could be better: {}", "建议改进：{}", ids(Level::Should)), 2);
    }
    let each = || both!("each check had a process of its own", "每项检查都用单独的进程");
    let how = judgement.one_process.map_or_else(each, OneProcess::describe);
    text + &format!("{DIM}{}{DIM:#}", paragraph(how.of(lang), 2))
}

fn failed(judgement: &Judgement, level: Level) -> Vec<&'static str> {
    judgement.roots().iter().filter(|judged| judged.check.level == level).map(|judged| judged.check.id).collect()
}

/// The sum of it all, in one line; of a program that passed every required check, where to go next.
#[must_use]
pub fn summary(judgement: &Judgement, target: Target, strict: bool, again: &Again, lang: Lang) -> String {
    let is_passed = judgement.decision(strict) == Decision::Passed;
    let (style, _) = decision(judgement.decision(strict), lang);
    let [sum, counts, time] = parts(judgement, target, strict, again.seed, lang);
    let next = if is_passed && is_whole(judgement, target) { next(target, again, lang) } else { String::new() };
    let rest = format!("{counts}   {time}");
    let rows = break_lines(&rest, WIDTH - sum.width() - 3).join(&format!("\n{:1$}", "", sum.width() + 3));
    format!("{next}\n{style}{sum}{style:#}   {rows}\n")
}

/// The same sum as a sentence: not broken into lines, and without colours.
#[must_use]
pub fn sum_in_words(judgement: &Judgement, target: Target, strict: bool, seed: u64, lang: Lang) -> String {
    parts(judgement, target, strict, seed, lang).join(lang.pick("; ", "；"))
}

/// What it comes to, how many checks came out how, and how long that took, with which seed.
fn parts(judgement: &Judgement, target: Target, strict: bool, seed: u64, lang: Lang) -> [String; 3] {
    let decided = judgement.decision(strict);
    let [all, passed, open, skipped] = [
        judgement.ids().len(),
        judgement.count(|verdict| *verdict == Verdict::Passed),
        judgement.count(|verdict| matches!(verdict, Verdict::Unknown(_) | Verdict::NotRun(NotRun::Impossible(_)))),
        judgement.count(|verdict| matches!(verdict, Verdict::NotRun(NotRun::Presupposed(_)))),
    ];
    let mut parts = vec![say!(lang, "{passed} of {all} passed", "{all} 项中通过 {passed} 项")];
    let mut add = |count: usize, part: String| {
        if count > 0 {
            parts.push(part);
        }
    };
    let [musts, shoulds] = [Level::Must, Level::Should].map(|level| failed(judgement, level).len());
    // Of one recommended check alone, "passed 0 of 1" would say two things at once.
    let could_be_better = decided == Decision::Passed && passed == 0 && shoulds > 0;
    let word = if could_be_better { lang.pick("could be better", "建议改进") } else { decision(decided, lang).1 };
    add(musts, say!(lang, "{musts} required (MUST) failed", "{musts} 项必须（MUST）未通过"));
    add(shoulds, say!(lang, "{shoulds} recommended (SHOULD) failed", "{shoulds} 项建议（SHOULD）未通过"));
    add(skipped, say!(lang, "{skipped} skipped", "跳过 {skipped} 项"));
    add(open, say!(lang, "{open} could not be tested", "{open} 项无法测试"));
    let (name, seconds) = (target.name(), judgement.time.as_secs_f64());
    let sum = say!(lang, "{name}: {word}", "{name}：{word}");
    let time = say!(lang, "{seconds:.1} s, seed {seed}", "{seconds:.1} 秒，随机种子 {seed}");
    [sum, parts.join(lang.pick(", ", "，")), time]
}

/// Whether every check was asked for that can be asked of such a program however it is started: of a part, nothing follows for the whole.
fn is_whole(judgement: &Judgement, target: Target) -> bool {
    let (ids, is_elsewhere) = (judgement.ids(), judgement.one_process == Some(OneProcess::Elsewhere));
    let may_be_missing = |check: &Check| check.place.is_some() || (check.of_process && is_elsewhere);
    target.checks().into_iter().all(|check| ids.contains(&check.id) || may_be_missing(check))
}

fn decision(decision: Decision, lang: Lang) -> (Style, &'static str) {
    match decision {
        Decision::Passed => (GOOD, lang.pick("passed", "通过")),
        Decision::Failed => (BAD, lang.pick("failed", "未通过")),
        Decision::Open => (WARN, lang.pick("undecided", "未能判定")),
    }
}

/// With several rounds: a line for each check, with how often it came out how.
#[must_use]
pub fn rounds(judgement: &Judgement, texts: &Texts, lang: Lang) -> String {
    let mut text = String::new();
    for id in judgement.ids() {
        let all: Vec<_> = judgement.judged.iter().filter(|judged| judged.check.id == id).collect();
        let passed = all.iter().filter(|judged| judged.verdict == Verdict::Passed).count();
        // The worst of them is what counts.
        let Some(worst) = all.iter().max_by_key(|judged| badness(&judged.verdict)) else { continue };
        let (style, sign) = sign(&worst.verdict, worst.check.level);
        let (count, title) = (all.len(), fit(&texts.section(id).title, 34));
        let often = say!(lang, "{passed} of {count}", "{count} 次中 {passed} 次");
        text += &format!("  {style}{sign}{style:#} {id:<30} {style}{often:<10}{style:#} {title}\n");
    }
    text
}

fn badness(verdict: &Verdict) -> u8 {
    match verdict {
        Verdict::Passed => 0,
        Verdict::NotRun(_) => 1,
        Verdict::Unknown(_) => 2,
        Verdict::Failed(_) => 3,
    }
}
