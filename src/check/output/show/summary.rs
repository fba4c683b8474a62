//! The sum of a judgement.

use super::{BAD, DIM, GOOD, WARN, paragraph, sign};
use crate::both;
use crate::check::requirement::{Level, Target};
use crate::check::texts::Texts;
use crate::check::verdict::judgement::OneProcess;
use crate::check::verdict::judgement::{Decision, Judgement};
use crate::check::verdict::{Judged, NotRun, Verdict};
use crate::lang::Lang;
use crate::say;
use crate::view::fit;
use anstyle::Style;

/// What failed beside the failure that was shown, and then the sum.
#[must_use]
pub fn summary(judgement: &Judgement, target: Target, strict: bool, seed: u64, lang: Lang) -> String {
    let mut text = String::from("\n");
    let roots = judgement.roots();
    let ids = |level: Level| -> Vec<&str> {
        roots.iter().filter(|judged| judged.check.level == level).map(|judged| judged.check.id).collect()
    };
    let (musts, shoulds) = (ids(Level::Must), ids(Level::Should));
    if musts.len() > 1 {
        text += &paragraph(&say!(lang, "failed: {}", "未通过：{}", musts.join(lang.pick(", ", "、"))), 2);
    }
    if !shoulds.is_empty() {
        text += &paragraph(&say!(lang, "could be better: {}", "可以更好：{}", shoulds.join(lang.pick(", ", "、"))), 2);
    }
    for (root, count) in waiting(&judgement.judged) {
        text += &paragraph(&say!(lang, "{count} not run because of {root}", "因 {root} 未通过，{count} 项未执行"), 2);
    }
    let each = || both!("each check had a process of its own", "每项检查都用单独的进程");
    let how = judgement.one_process.map_or_else(each, OneProcess::describe);
    text += &format!("{DIM}{}{DIM:#}", paragraph(how.of(lang), 2));
    let (style, word) = decision(judgement.decision(strict), lang);
    let [all, passed, open] = [
        judgement.ids().len(),
        judgement.count(|verdict| *verdict == Verdict::Passed),
        judgement.count(|verdict| matches!(verdict, Verdict::Unknown(_) | Verdict::NotRun(NotRun::Impossible(_)))),
    ];
    let mut parts = vec![say!(lang, "{passed} of {all} passed", "{all} 项中通过 {passed} 项")];
    if !musts.is_empty() {
        parts.push(say!(lang, "{} MUST failed", "{} 项 MUST 未通过", musts.len()));
    }
    if !shoulds.is_empty() {
        parts.push(say!(lang, "{} SHOULD failed", "{} 项 SHOULD 未通过", shoulds.len()));
    }
    if open > 0 {
        parts.push(say!(lang, "{open} could not be judged", "{open} 项无法判定"));
    }
    let (name, parts) = (target.name(), parts.join(lang.pick(", ", "，")));
    let seconds = judgement.time.as_secs_f64();
    text + &say!(
        lang,
        "{style}{name}: {word}{style:#}   {parts}   {DIM}{seconds:.1} s, seed {seed}{DIM:#}\n",
        "{style}{name}：{word}{style:#}   {parts}   {DIM}{seconds:.1} 秒，种子 {seed}{DIM:#}\n"
    )
}

fn decision(decision: Decision, lang: Lang) -> (Style, &'static str) {
    match decision {
        Decision::Passed => (GOOD, lang.pick("passed", "通过")),
        Decision::Failed => (BAD, lang.pick("failed", "未通过")),
        Decision::Open => (WARN, lang.pick("undecided", "未定")),
    }
}

/// How many checks were not run because of which.
fn waiting(judged: &[Judged]) -> Vec<(&'static str, usize)> {
    let mut waiting: Vec<(&'static str, usize)> = Vec::new();
    for judged in judged.iter().filter(|judged| judged.round == 1) {
        let Verdict::NotRun(NotRun::Presupposed(root)) = judged.verdict else { continue };
        match waiting.iter_mut().find(|(known, _)| *known == root) {
            Some((_, count)) => *count += 1,
            None => waiting.push((root, 1)),
        }
    }
    waiting
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
