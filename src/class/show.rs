//! A class on a terminal: what most of them share, and a table of students and families of checks.

use super::outcome::{Outcome, Sign};
use super::roll::{Entry, Roll, Together, sign};
use super::standing::Standing;
use crate::lang::Lang;
use crate::say;
use crate::view::palette::{BAD, DIM, GOOD, TITLE, WAIT as WARN};
use crate::view::{break_lines, escape, fit};
use anstyle::Style;
use unicode_width::UnicodeWidthStr;

/// Everything fits in so many columns.
const WIDTH: usize = 80;
/// The least that a student's name has.
const NAME: usize = 10;

/// The whole.
#[must_use]
pub fn show(roll: &Roll, lang: Lang) -> String {
    let heads: Vec<_> = roll.families.iter().map(|family| family.name().of(lang).to_owned()).collect();
    let columns: usize = heads.iter().map(|head| head.width() + 1).sum();
    let longest = roll.entries.iter().map(|entry| name(entry).width()).max().unwrap_or(NAME);
    let room = longest.clamp(NAME, WIDTH.saturating_sub(columns + 3).max(NAME));
    let mut text = most_common(roll, lang) + &path(roll, lang);
    text += &format!("\n  {}", " ".repeat(room));
    text.extend(heads.iter().map(|head| format!(" {DIM}{head}{DIM:#}")));
    text.push('\n');
    for group in &roll.groups {
        let heading = roll.heading(group);
        let style = if group.why == Together::Passed { GOOD } else { TITLE };
        text += &format!("{style}{}{style:#}\n", break_lines(heading.of(lang), WIDTH).join("\n"));
        for entry in group.members.iter().filter_map(|place| roll.entries.get(*place)) {
            text += &row(entry, roll, &heads, room, lang);
        }
    }
    text + &legend(roll, lang) + &sum(roll, lang)
}

fn name(entry: &Entry) -> String {
    escape(entry.student.name.as_bytes())
}

/// What more than one student has, and more than they stand together for.
fn most_common(roll: &Roll, lang: Lang) -> String {
    let common: Vec<_> = roll.shared.iter().filter(|shared| shared.students.len() > 1).take(8).collect();
    if common.is_empty() {
        return String::new();
    }
    let mut text = format!("{TITLE}{}{TITLE:#}\n", lang.pick("What they have in common", "共同的问题"));
    for shared in common {
        let ([title, _], id, count) = (shared.what.texts(roll.target), shared.what.id(), shared.students.len());
        let line = say!(lang, "{} ({id})", "{}（{id}）", title.of(lang));
        let rows = break_lines(&line, WIDTH - 6);
        let style = if shared.is_must { BAD } else { WARN };
        text += &format!("{style}{count:>4}{style:#}  {}\n", rows.join(&format!("\n{:6}", "")));
    }
    text
}

/// How many stand at each step of the exercise path.
fn path(roll: &Roll, lang: Lang) -> String {
    let standings = roll.along_the_path();
    if roll.entries.len() < 2 || standings.is_empty() {
        return String::new();
    }
    let title = lang.pick("Which step each of them builds next", "各人下一步要写什么");
    let mut text = format!("{TITLE}{title}{TITLE:#}\n");
    for (standing, count) in standings {
        let style = match standing {
            Standing::At(_) => BAD,
            Standing::Open(_) => WARN,
            Standing::Done => GOOD,
        };
        let open = match standing {
            Standing::Open(_) => {
                lang.pick(" (not failed, but could not be tested)", "（没有未通过，但有检查无法测试）")
            }
            _ => "",
        };
        text += &format!("{style}{count:>4}{style:#}  {}{open}\n", standing.describe(roll.target).of(lang));
    }
    text
}

fn row(entry: &Entry, roll: &Roll, heads: &[String], room: usize, lang: Lang) -> String {
    let name = fit(&name(entry), room);
    let pad = " ".repeat(room.saturating_sub(name.width()));
    let start = format!("  {name}{pad}");
    match &entry.result {
        Ok(outcome) => {
            let cells = roll.families.iter().zip(heads).map(|(family, head)| cell(sign(outcome, family), head.width()));
            let cut = outcome
                .cut_short
                .as_ref()
                .map(|why| wrapped(&escape(why.of(lang).as_bytes()), room))
                .unwrap_or_default();
            format!("{start}{}\n{cut}", cells.collect::<String>().trim_end())
        }
        Err(why) => {
            let rows = break_lines(&escape(why.of(lang).as_bytes()), WIDTH - room - 3);
            format!("{start} {WARN}{}{WARN:#}\n", rows.join(&format!("\n{:1$}", "", room + 3)))
        }
    }
}

fn wrapped(text: &str, indent: usize) -> String {
    let rows = break_lines(text, WIDTH - indent - 3);
    rows.iter().map(|row| format!("{:1$} {WARN}{row}{WARN:#}\n", "", indent + 2)).collect()
}

fn cell(sign: Option<Sign>, width: usize) -> String {
    let Some(sign) = sign else { return " ".repeat(width + 1) };
    let (style, letter) = (style(sign), sign.letter());
    format!(" {style}{letter}{style:#}{}", " ".repeat(width.saturating_sub(1)))
}

fn style(sign: Sign) -> Style {
    match sign {
        Sign::Passed => GOOD,
        Sign::NotRun => DIM,
        Sign::Unknown | Sign::Weak => WARN,
        Sign::Failed => BAD,
    }
}

/// What the signs mean that stand in the table.
fn legend(roll: &Roll, lang: Lang) -> String {
    let outcomes: Vec<&Outcome> = roll.entries.iter().filter_map(|entry| entry.result.as_ref().ok()).collect();
    let is_there = |one: Sign| {
        outcomes.iter().any(|outcome| roll.families.iter().any(|family| sign(outcome, family) == Some(one)))
    };
    let all = [Sign::Passed, Sign::Failed, Sign::Weak, Sign::NotRun, Sign::Unknown];
    let parts: Vec<_> = all
        .into_iter()
        .filter(|sign| is_there(*sign))
        .map(|sign| {
            let (style, letter) = (style(sign), sign.letter());
            format!("{style}{letter}{style:#} {}", meaning(sign, lang))
        })
        .collect();
    format!("\n  {}\n", parts.join("   "))
}

/// What a sign means.
#[must_use]
pub(super) fn meaning(sign: Sign, lang: Lang) -> &'static str {
    match sign {
        Sign::Passed => lang.pick("passed", "通过"),
        Sign::NotRun => lang.pick("skipped", "跳过"),
        Sign::Unknown => lang.pick("could not be tested", "无法测试"),
        Sign::Weak => lang.pick("recommended, failed", "建议，未通过"),
        Sign::Failed => lang.pick("required, failed", "必须，未通过"),
    }
}

fn sum(roll: &Roll, lang: Lang) -> String {
    let (name, passed, all, seed) = (roll.target.name(), roll.passed(), roll.entries.len(), roll.seed);
    let kept = roll.entries.iter().filter(|entry| entry.is_kept).count();
    let style = if passed == all { GOOD } else { BAD };
    let sum = say!(lang, "{name}: {passed} of {all} students passed", "{name}：{all} 名学生中 {passed} 名通过");
    let kept = match kept {
        0 => String::new(),
        _ => say!(lang, ", {kept} unchanged and not judged again", "，{kept} 名没有改动，未重新评判"),
    };
    let rest = say!(lang, "{kept}   seed {seed}", "{kept}   随机种子 {seed}");
    format!("{style}{sum}{style:#}{rest}\n")
}
