//! `day30 doctor`: ten lines on whether every lesson works on this machine, and what to do where one does not.

use super::output::Pages;
use super::{Exit, Look};
use crate::cli::DoctorArgs;
use day30::doctor::{Finding, State, examine};
use day30::lang::Lang;
use day30::say;
use day30::view::{break_lines, palette, terminal_width};
use unicode_width::UnicodeWidthStr;

/// The columns of a finding's name, in both languages.
const NAME: usize = 13;
/// What stands before a finding: its state, and its name.
const INDENT: usize = 10 + NAME;

pub(super) fn run(args: &DoctorArgs, look: Look) -> anyhow::Result<Exit> {
    let (lang, mut pages) = (look.lang, Pages::new(look, true));
    let (mut limited, mut broken) = (0, 0);
    for finding in examine(args.port) {
        match finding.state {
            State::Fine => {}
            State::Limited => limited += 1,
            State::Broken => broken += 1,
        }
        for line in lines(&finding, lang) {
            // What is found out counts, whether somebody reads it or not.
            pages.line(&line)?;
        }
    }
    pages.line("")?;
    for line in verdict(limited, broken, lang).lines() {
        pages.line(line)?;
    }
    Ok(if broken == 0 { Exit::Fine } else { Exit::Failed })
}

/// The finding, and below it what to do.
fn lines(finding: &Finding, lang: Lang) -> Vec<String> {
    let (style, state) = match finding.state {
        State::Fine => (palette::GOOD, lang.pick("ok", "正常")),
        State::Limited => (palette::FACT, lang.pick("note", "注意")),
        State::Broken => (palette::BAD, lang.pick("FAIL", "不行")),
    };
    let name = finding.name.of(lang);
    let pad = |text: &str, columns: usize| " ".repeat(columns.saturating_sub(text.width()));
    let head = format!("  {style}{state}{style:#}{}{name}{}", pad(state, 7), pad(name, NAME + 1));
    let room = terminal_width().saturating_sub(INDENT);
    let mut rows = break_lines(&lang.read(finding.found.of(lang)), room);
    let first = if rows.is_empty() { String::new() } else { rows.remove(0) };
    let fixes = finding.fix.as_ref().map(|fix| lang.read(fix.of(lang))).unwrap_or_default();
    for fix in fixes.lines().filter(|fix| !fix.trim().is_empty()) {
        // A command is copied as it stands, whatever its length.
        rows.push(format!("→ {fix}"));
    }
    let below = rows.into_iter().map(|row| format!("{:INDENT$}{row}", ""));
    [head + &first].into_iter().chain(below).collect()
}

fn verdict(limited: usize, broken: usize, lang: Lang) -> String {
    match (broken, limited) {
        (0, 0) => say!(lang, "Every lesson works on this machine.", "这台电脑可以完成每一课。"),
        (0, 1) => say!(
            lang,
            "Every lesson works on this machine. One thing is limited: see the note.",
            "这台电脑可以完成每一课。有 1 处受限，见“注意”。"
        ),
        (0, _) => say!(
            lang,
            "Every lesson works on this machine. {limited} things are limited: see the notes.",
            "这台电脑可以完成每一课。有 {limited} 处受限，见“注意”。"
        ),
        (1, _) => say!(
            lang,
            "The lessons do not work like this: fix the line with FAIL, then run day30 doctor again.",
            "这样还不能上课：请先解决标有“不行”的一行，再运行 day30 doctor。"
        ),
        _ => say!(
            lang,
            "The lessons do not work like this: fix the {broken} lines with FAIL, then run day30 doctor again.",
            "这样还不能上课：请先解决标有“不行”的 {broken} 行，再运行 day30 doctor。"
        ),
    }
}
