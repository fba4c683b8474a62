//! `--help`, in the reader's language. Clap knows only English, and cannot break a Chinese text into lines.

use super::{as_typed, in_chinese};
use clap::builder::PossibleValue;
use clap::{Arg, Command};
use day30::lang::Lang;
use day30::view::{break_lines, terminal_width};
use day30::words;
use std::fmt::Write;
use unicode_width::UnicodeWidthStr;

/// An option that is longer than this has its text in the lines below it.
const LONGEST_BESIDE: usize = 26;
/// Before each row.
const INDENT: &str = "  ";

/// The help of the whole program, or of one command.
pub(super) fn of(day30: &Command, named: Option<&str>, lang: Lang) -> String {
    let command = named.and_then(|name| day30.find_subcommand(name)).unwrap_or(day30);
    Page { lang, width: terminal_width(), text: String::new() }.of(command)
}

/// A page that is being written.
struct Page {
    lang: Lang,
    width: usize,
    text: String,
}

impl Page {
    fn of(mut self, command: &Command) -> String {
        let about = command.get_long_about().or(command.get_about()).map(ToString::to_string).unwrap_or_default();
        let about = self.lang.read(&about);
        about.lines().for_each(|line| self.paragraph(line));
        let usage = usage(command, self.lang);
        // Writing to a String cannot fail.
        let _ = write!(self.text, "\n{}{usage}\n", self.lang.pick("Usage: ", "用法："));
        self.commands(command);
        self.arguments(command);
        self.options(command);
        if let Some(end) = command.get_after_help() {
            let _ = write!(self.text, "\n{}\n", self.lang.read(&end.to_string()));
        }
        self.text
    }

    fn paragraph(&mut self, line: &str) {
        for row in break_lines(line, self.width) {
            self.text += &format!("{row}\n");
        }
    }

    fn heading(&mut self, heading: &str) {
        let heading = self.lang.read(heading);
        self.text += &format!("\n{heading}{}\n", self.lang.pick(":", "："));
    }

    fn commands(&mut self, command: &Command) {
        let rows: Vec<_> = command.get_subcommands().map(|one| (one.get_name().to_owned(), about(one))).collect();
        if !rows.is_empty() {
            self.heading(words!("Commands", "命令"));
            self.rows(&rows);
        }
    }

    fn arguments(&mut self, command: &Command) {
        let rows: Vec<_> =
            command.get_positionals().map(|arg| (self.named(&arg.to_string()), self.about(arg))).collect();
        if !rows.is_empty() {
            self.heading(words!("Arguments", "参数"));
            self.rows(&rows);
        }
    }

    /// The options, then those that have a heading of their own.
    fn options(&mut self, command: &Command) {
        let mut headings: Vec<_> = command.get_opts().map(Arg::get_help_heading).collect();
        headings.push(None);
        headings.sort_unstable();
        headings.dedup();
        for heading in headings {
            let all = command.get_arguments().filter(|arg| !arg.is_positional() && !arg.is_hide_set());
            let ours = all.filter(|arg| arg.get_help_heading() == heading);
            let rows: Vec<_> = ours.map(|arg| (self.named(&spelling(arg)), self.about(arg))).collect();
            self.heading(heading.unwrap_or(words!("Options", "选项")));
            self.rows(&rows);
        }
    }

    /// An option or a value, as this language writes it.
    fn named(&self, spelling: &str) -> String {
        match self.lang {
            Lang::En => spelling.to_owned(),
            Lang::Zh => in_chinese(spelling),
        }
    }

    /// What an argument is for, its default, and what it may be.
    fn about(&self, arg: &Arg) -> String {
        let mut about = match arg.get_id().as_str() {
            "help" => words!("Print help", "显示帮助").to_owned(),
            "version" => words!(
                "Print version; --version also tells the system and the build",
                "显示版本；--version 还显示系统和构建信息"
            )
            .to_owned(),
            _ => arg.get_help().map(ToString::to_string).unwrap_or_default(),
        };
        if !arg.get_action().takes_values() {
            return about;
        }
        let defaults: Vec<_> = arg.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
        if !defaults.is_empty() {
            about += &format!(" [{}{}]", words!("default: ", "默认："), defaults.join(","));
        }
        let values: Vec<_> = arg.get_possible_values().into_iter().filter(|value| !value.is_hide_set()).collect();
        let explained = values.iter().any(|value| value.get_help().is_some());
        if explained {
            values.iter().for_each(|value| about += &format!("\n{}", explain(value)));
        } else if !values.is_empty() {
            let names: Vec<_> = values.iter().map(PossibleValue::get_name).collect();
            about += &format!(" [{}{}]", words!("possible values: ", "可选值："), names.join(", "));
        }
        about
    }

    /// Two columns.
    fn rows(&mut self, rows: &[(String, String)]) {
        let longest = rows.iter().map(|(left, _)| left.width()).filter(|width| *width <= LONGEST_BESIDE).max();
        let column = INDENT.len() + longest.unwrap_or(LONGEST_BESIDE) + 2;
        for (left, right) in rows {
            let right = self.lang.read(right);
            let room = self.width.saturating_sub(column);
            let lines: Vec<_> = right.lines().flat_map(|line| broken(line, room)).collect();
            let beside = left.width() + INDENT.len() + 2 <= column;
            self.text += &format!("{INDENT}{left}");
            let mut at = INDENT.len() + left.width();
            if !beside {
                self.text.push('\n');
                at = 0;
            }
            for line in lines {
                self.text += &format!("{:1$}{line}\n", "", column - at);
                at = 0;
            }
        }
    }
}

/// A text in rows. A note in brackets at its end is not broken, and an item of a list goes on below its first word.
fn broken(line: &str, room: usize) -> Vec<String> {
    if let Some(item) = line.strip_prefix("- ") {
        let rows = broken(item, room.saturating_sub(2)).into_iter().enumerate();
        return rows.map(|(at, row)| format!("{}{row}", if at == 0 { "- " } else { "  " })).collect();
    }
    match line.rfind(" [").filter(|_| line.ends_with(']')) {
        Some(at) => {
            let (text, note) = line.split_at(at);
            let (mut rows, note) = (broken(text, room), note.trim_start());
            match rows.last_mut().filter(|row| row.width() + 1 + note.width() <= room) {
                Some(row) => *row += &format!(" {note}"),
                None => rows.extend(break_lines(note, room)),
            }
            rows
        }
        None => break_lines(line, room),
    }
}

fn about(command: &Command) -> String {
    command.get_about().map(ToString::to_string).unwrap_or_default()
}

fn explain(value: &PossibleValue) -> String {
    let help = value.get_help().map(ToString::to_string).unwrap_or_default();
    format!("- {}{}{help}", value.get_name(), words!(": ", "："))
}

/// `-q, --quiet`, and `    --key <TEXT>`, so that the long names stand below each other.
fn spelling(arg: &Arg) -> String {
    match arg.get_short() {
        Some(short) => format!("-{short}, {arg}"),
        None => format!("    {arg}"),
    }
}

fn usage(command: &Command, lang: Lang) -> String {
    let usage = command.clone().render_usage().to_string();
    let usage = as_typed(usage.strip_prefix("Usage: ").unwrap_or(&usage).trim_end());
    match lang {
        Lang::En => usage,
        Lang::Zh => in_chinese(&usage),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;
    use clap::CommandFactory;

    /// The texts of a command, each with the place where it stands.
    fn texts(command: &Command) -> Vec<(String, String)> {
        let name = command.get_name();
        let mut texts = vec![(format!("{name}: about"), about(command))];
        texts.extend(command.get_after_help().map(|text| (format!("{name}: end"), text.to_string())));
        for arg in command.get_arguments().filter(|arg| !["help", "version"].contains(&arg.get_id().as_str())) {
            let place = format!("{name}: {arg}");
            texts.push((place.clone(), arg.get_help().map(ToString::to_string).unwrap_or_default()));
            texts.extend(arg.get_help_heading().map(|heading| (place.clone(), heading.to_owned())));
            let values = arg.get_possible_values();
            texts.extend(values.iter().filter_map(|value| Some((place.clone(), value.get_help()?.to_string()))));
        }
        texts
    }

    #[test]
    fn every_text_is_there_in_both_languages() {
        let mut day30 = Cli::command();
        day30.build();
        let commands: Vec<_> = [&day30].into_iter().chain(day30.get_subcommands()).collect();
        assert!(commands.len() > 10);
        for (place, text) in commands.into_iter().flat_map(texts) {
            let (en, zh) = (Lang::En.read(&text), Lang::Zh.read(&text));
            let is_chinese = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
            assert!(!en.is_empty() && !en.chars().any(|c| is_chinese(c) && !en.contains("你好")), "{place}: {en}");
            assert!(zh.chars().any(is_chinese), "{place} is not in Chinese: {zh:?}");
        }
    }

    #[test]
    fn a_page_fits_into_its_width_in_both_languages() {
        let mut day30 = Cli::command();
        day30.build();
        for command in [&day30].into_iter().chain(day30.get_subcommands()) {
            for lang in [Lang::En, Lang::Zh] {
                let page = Page { lang, width: 80, text: String::new() }.of(command);
                let rows = page.lines().filter(|line| !line.contains("day30 "));
                rows.for_each(|line| assert!(line.width() <= 80, "{} columns: {line}", line.width()));
            }
        }
    }
}
