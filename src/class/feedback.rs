//! Feedback to hand back: a page of Markdown for each student.

use super::outcome::{Checked, Failure, Outcome, Sign};
use super::roll::{Entry, Roll};
use super::standing::{Standing, first_failure};
use crate::check::Target;
use crate::check::show::after;
use crate::lang::Lang;
use crate::say;
use crate::view::escape;
use std::path::PathBuf;

/// How every such file begins.
pub const HEAD: &str = "<!-- day30 class: feedback -->";

/// The page of one student; `watch` is the command that leads along the exercise path as the program is saved.
#[must_use]
pub fn feedback(entry: &Entry, roll: &Roll, watch: &str, lang: Lang) -> String {
    let (name, target) = (plain(&escape(entry.student.name.as_bytes())), roll.target.name());
    let mut text = say!(lang, "{HEAD}\n# {name}: {target}\n\n", "{HEAD}\n# {name}：{target}\n\n");
    match &entry.result {
        Err(why) => {
            text +=
                &say!(lang, "Your program could not be judged: {}.\n", "你的程序无法评判：{}。\n", plain(why.of(lang)));
            if entry.student.trouble.is_some() {
                text += &begin(roll.target, lang);
            }
        }
        Ok(outcome) => text += &of_outcome(outcome, roll, (roll.standing(entry), watch), lang),
    }
    text
}

fn of_outcome(outcome: &Outcome, roll: &Roll, (standing, watch): (Option<Standing>, &str), lang: Lang) -> String {
    let mut text = format!("{}\n", plain(outcome.summary.of(lang)));
    if let Some(why) = &outcome.cut_short {
        text += &say!(lang, "\nIt was not judged to the end: {}\n", "\n没有评判完：{}\n", plain(why.of(lang)));
    }
    let failed = first_failure(outcome, roll.target);
    if let Some((_, failure)) = failed {
        text += &heading(lang.pick("Fix this first", "先改这一项"));
        text += &format!("\n{}", fenced(failure.told.of(lang).trim_matches('\n'), "text"));
    }
    text += &next_step(failed, (standing, watch), roll.target, lang);
    text += &not_tested(outcome, lang);
    if let Some((first, _)) = failed {
        text += &also_failed(outcome, first, lang);
    }
    text
}

/// What to build next, and what to type for it.
fn next_step(
    failed: Option<(&Checked, &Failure)>,
    (standing, watch): (Option<Standing>, &str),
    target: Target,
    lang: Lang,
) -> String {
    let mut text = heading(lang.pick("Next step", "下一步"));
    text += &standing.map(|standing| build(standing, target, lang)).unwrap_or_default();
    if let Some((check, failure)) = failed {
        text += &say!(
            lang,
            "\nChange your program until `{}` passes. In the folder of your program, this runs only that check:\n\n{}",
            "\n修改你的程序，直到 `{}` 通过。在你的程序所在的文件夹里，下面的命令只做这一项检查：\n\n{}",
            check.id,
            fenced(&failure.again, "console")
        );
    }
    text + &go_on(standing, watch, target, lang)
}

/// The step itself.
fn build(standing: Standing, target: Target, lang: Lang) -> String {
    let Some(step) = standing.step(target) else { return String::new() };
    let (title, build) = (plain(standing.describe(target).of(lang)), plain(&step.build(lang)));
    // A sign behind Chinese letters does not end what is bold: the full stop stands outside.
    say!(lang, "\nYou are at **{title}**. {build}\n", "\n你现在写到**{title}**。{build}\n")
}

/// How to go on after it.
fn go_on(standing: Option<Standing>, watch: &str, target: Target, lang: Lang) -> String {
    let (what, next) = after(target, lang);
    let (sentence, command) = match standing {
        Some(Standing::Done) => {
            let all = target.path().len();
            (say!(lang, "All {all} steps are done. Then {what}:", "{all} 步都完成了。接下来{what}："), next.as_str())
        }
        Some(Standing::Open(_)) => {
            let sentence = lang.pick(
                "No required check of this step failed, but one could not be tested. Run them again on your own machine:",
                "这一步必须的检查没有未通过的，但有的无法测试。请在你自己的机器上再做一遍：",
            );
            (sentence.to_owned(), watch)
        }
        Some(Standing::At(_)) | None => {
            let sentence = lang.pick(
                "Go on step by step. This tests your program each time you save it, and says what to build next:",
                "一步一步往下写。下面的命令在你每次保存时重新评判，并告诉你接下来要写什么：",
            );
            (sentence.to_owned(), watch)
        }
    };
    format!("\n{sentence}\n\n{}", fenced(command, "console"))
}

/// What a student does whose program is not there: the first step, and a file to begin with.
fn begin(target: Target, lang: Lang) -> String {
    let (first, command) = (build(Standing::At(1), target, lang), format!("day30 start {}", target.name()));
    let sentence = lang.pick("This writes a file to begin with:", "下面的命令会写一个可以由此开始的文件：");
    format!("{}{first}\n{sentence}\n\n{}", heading(lang.pick("Next step", "下一步")), fenced(&command, "console"))
}

fn heading(text: &str) -> String {
    format!("\n## {text}\n")
}

/// Which checks could not be tested, and why.
fn not_tested(outcome: &Outcome, lang: Lang) -> String {
    let unknown = outcome.checks.iter().filter(|check| check.sign == Sign::Unknown);
    let line = |check: &Checked| {
        let reason = check.reason.as_ref().map(|reason| plain(reason.of(lang))).unwrap_or_default();
        say!(lang, "- `{}`: {reason}\n", "- `{}`：{reason}\n", check.id)
    };
    let lines: String = unknown.map(line).collect();
    if lines.is_empty() {
        return lines;
    }
    heading(lang.pick("Could not be tested", "无法测试")) + "\n" + &lines
}

fn also_failed(outcome: &Outcome, first: &Checked, lang: Lang) -> String {
    let others = outcome.checks.iter().filter(|one| one.id != first.id);
    let line = |(other, failure): (&Checked, &Failure)| {
        let (level, sentence) = (if other.is_must { "MUST" } else { "SHOULD" }, plain(failure.sentence.of(lang)));
        say!(lang, "- `{}` ({level}): {sentence}\n", "- `{}`（{level}）：{sentence}\n", other.id)
    };
    let lines: String = others.filter_map(|other| Some((other, other.failure.as_ref()?))).map(line).collect();
    if lines.is_empty() {
        return lines;
    }
    heading(lang.pick("Also failed", "另外未通过")) + "\n" + &lines
}

/// A block whose fence is longer than any in it.
fn fenced(text: &str, kind: &str) -> String {
    let longest = text.split(|letter| letter != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    // A line break of another kind could end the block for some readers.
    let text: String = text.chars().filter(|letter| *letter == '\n' || !is_invisible(*letter)).collect();
    format!("{fence}{kind}\n{text}\n{fence}\n")
}

/// What moves a terminal's cursor, or turns a line around.
fn is_invisible(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A text that means nothing to Markdown.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' | '\r' | '\t' => plain.push(' '),
            letter if is_invisible(letter) => plain.push('\u{fffd}'),
            letter if "\\`*_{}[]<>#+!|~&$^=".contains(letter) => plain.extend(['\\', letter]),
            letter => plain.push(letter),
        }
    }
    // Two letters that many readers make a link of.
    plain.replace("://", ":\u{200b}//")
}

/// A file of this student's in a folder: their name, without what a file system would take for something else.
#[must_use]
pub fn file_names(entries: &[Entry], ending: &str) -> Vec<PathBuf> {
    let mut known: Vec<String> = Vec::new();
    for entry in entries {
        let letters = entry.student.name.chars().map(|letter| match letter {
            letter if letter.is_control() || "<>:\"/\\|?*".contains(letter) => '_',
            letter => letter,
        });
        let mut name: String = letters.collect();
        while name.len() > 150 {
            name.pop();
        }
        if name.is_empty() || name.starts_with(['.', '-']) {
            name.insert(0, '_');
        }
        // Some file systems know no difference between Ann and ann.
        let is_known = |known: &[String], name: &str| known.iter().any(|one| one.to_lowercase() == name.to_lowercase());
        let base = name.clone();
        for number in 2.. {
            if !is_known(&known, &name) {
                break;
            }
            name = format!("{base}-{number}");
        }
        known.push(name);
    }
    known.into_iter().map(|name| PathBuf::from(format!("{name}.{ending}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_name_is_markdown_and_no_fence_ends_early() {
        assert_eq!(plain("[x](https://a) <b>*\n# y"), "\\[x\\](https:\u{200b}//a) \\<b\\>\\* \\# y");
        assert_eq!(fenced("a\n```\n````b", "text"), "`````text\na\n```\n````b\n`````\n");
    }
}
