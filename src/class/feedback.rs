//! Feedback to hand back: a page of Markdown for each student.

use super::outcome::{Checked, Failure, Outcome};
use super::roll::{Entry, Roll};
use crate::check::Decision;
use crate::check::show::after;
use crate::lang::Lang;
use crate::say;
use crate::view::escape;
use std::path::PathBuf;

/// How every such file begins.
pub const HEAD: &str = "<!-- day30 class: feedback -->";

/// The page of one student.
#[must_use]
pub fn feedback(entry: &Entry, roll: &Roll, command: &str, lang: Lang) -> String {
    let (name, target) = (plain(&escape(entry.student.name.as_bytes())), roll.target.name());
    let mut text = say!(lang, "{HEAD}\n# {name}: {target}\n\n", "{HEAD}\n# {name}：{target}\n\n");
    match &entry.result {
        Err(why) => {
            text +=
                &say!(lang, "Your program could not be judged: {}.\n", "你的程序无法评判：{}。\n", plain(why.of(lang)));
        }
        Ok(outcome) => text += &of_outcome(outcome, roll, command, lang),
    }
    text
}

fn of_outcome(outcome: &Outcome, roll: &Roll, command: &str, lang: Lang) -> String {
    let mut text = format!("{}\n", plain(outcome.summary.of(lang)));
    if let Some(why) = &outcome.cut_short {
        text += &say!(lang, "\nIt was not judged to the end: {}\n", "\n没有评判完：{}\n", plain(why.of(lang)));
    }
    match outcome.first_failure() {
        Some((check, failure)) => text += &of_failure(check, failure, outcome, command, lang),
        None if outcome.decision == Decision::Passed => {
            let (heading, (what, command)) = (lang.pick("Next step", "下一步"), after(roll.target, lang));
            text += &format!("\n## {heading}\n\n{}\n\n{}", plain(what), fenced(&command, "console"));
        }
        None => {}
    }
    text
}

fn of_failure(check: &Checked, failure: &Failure, outcome: &Outcome, command: &str, lang: Lang) -> String {
    let first = lang.pick("Fix this first", "先改这一项");
    let mut text = format!("\n## {first}\n\n{}", fenced(failure.told.of(lang).trim_matches('\n'), "text"));
    let id = &check.id;
    text += &say!(
        lang,
        "\n## Next step\n\nChange your program until `{id}` passes. In the folder of your program, this runs only that check:\n\n{}\n\
         Then run all of them:\n\n{}",
        "\n## 下一步\n\n修改你的程序，直到 `{id}` 通过。在你的程序所在的文件夹里，下面的命令只做这一项检查：\n\n{}\n然后再做全部检查：\n\n{}",
        fenced(&failure.again, "console"),
        fenced(command, "console")
    );
    let others: Vec<_> = outcome.checks.iter().filter(|one| one.failure.is_some() && one.id != *id).collect();
    if !others.is_empty() {
        text += lang.pick("\n## Also failed\n\n", "\n## 另外未通过\n\n");
    }
    for other in others {
        let sentence = other.failure.as_ref().map(|failure| plain(failure.sentence.of(lang))).unwrap_or_default();
        let level = if other.is_must { "MUST" } else { "SHOULD" };
        text += &say!(lang, "- `{}` ({level}): {sentence}\n", "- `{}`（{level}）：{sentence}\n", other.id);
    }
    text
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
