//! `day30 man [COMMAND]`, in the reader's language.

use super::output::to_stdout;
use super::{Exit, Usage};
use crate::cli::{Cli, ManArgs, in_chinese};
use clap::CommandFactory;
use clap_mangen::Man;
use day30::both;
use day30::lang::Lang;

pub(super) fn run(args: &ManArgs, lang: Lang) -> anyhow::Result<Exit> {
    let mut day30 = Cli::command();
    day30.build();
    let page = match &args.command {
        None => day30,
        Some(name) => {
            let command = day30.find_subcommand(name).cloned();
            let command = command.ok_or_else(|| {
                Usage(both!(
                    "there is no command {name:?}\n  all commands: day30 --help",
                    "没有 {name:?} 这个命令\n  全部命令：day30 --help"
                ))
            })?;
            command
                .display_name(format!("day30-{name}"))
                .bin_name(format!("day30 {name}"))
                .version(env!("CARGO_PKG_VERSION"))
        }
    };
    // Into memory first: a closed pipe must be no error of ours.
    let mut roff = Vec::new();
    Man::new(page).render(&mut roff)?;
    let roff = lang.read(&String::from_utf8_lossy(&roff));
    let page = match lang {
        Lang::En => roff,
        Lang::Zh => chinese(&roff),
    };
    to_stdout(page.as_bytes())
}

/// What `clap_mangen` itself says.
const WORDS: [(&str, &str); 12] = [
    (".SH NAME", ".SH 名称"),
    (".SH SYNOPSIS", ".SH 用法"),
    (".SH DESCRIPTION", ".SH 说明"),
    (".SH OPTIONS", ".SH 选项"),
    (".SH SUBCOMMANDS", ".SH 命令"),
    (".SH EXTRA", ".SH 示例和退出码"),
    (".SH VERSION", ".SH 版本"),
    ("\\fIPossible values:\\fR", "\\fI可选值：\\fR"),
    ("[default: ", "[默认："),
    ("[\\fIsubcommands\\fR]", "[\\fI命令\\fR]"),
    ("Print help", "显示帮助"),
    ("Print version", "显示版本"),
];

/// The page for those who read Chinese: groff breaks its lines only where it is told that it may.
fn chinese(roff: &str) -> String {
    let mut page = String::new();
    for line in roff.lines() {
        let line = WORDS.iter().fold(line.to_owned(), |line, (english, chinese)| line.replace(english, chinese));
        let line = if line.starts_with('.') { line } else { breakable(&names(&line)) };
        page += &format!("{line}\n");
        if line.starts_with(".TH ") {
            // Chinese has few spaces to be made wider.
            page += ".ad l\n";
        }
    }
    page
}

/// The names of values are in italics.
fn names(line: &str) -> String {
    let mut parts = line.split("\\fI");
    let before = parts.next().unwrap_or_default().to_owned();
    parts.fold(before, |line, part| {
        let (name, rest) = part.split_at(part.find("\\fR").unwrap_or(part.len()));
        format!("{line}\\fI{}{rest}", in_chinese(name))
    })
}

/// The text with `\:`, where a line may be broken, before each Chinese character that follows Chinese.
fn breakable(text: &str) -> String {
    let is_chinese = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
    let is_wide = |letter: char| is_chinese(letter) || "，。、；：？！）”".contains(letter);
    let mut breakable = String::new();
    for letter in text.chars() {
        if is_chinese(letter) && breakable.ends_with(is_wide) {
            breakable += "\\:";
        }
        breakable.push(letter);
    }
    breakable
}
