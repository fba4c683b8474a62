//! What was done, step by step, with what the program printed in between.

use super::{DIM, WARN, WIDTH};
use crate::check::verdict::step::{Bytes, Entry, Step, left};
use crate::lang::Lang;
use crate::say;
use crate::view::{break_lines, escape, fit, preview};

/// How many rows a story has room for: its beginning, and its end; and the end of a search for the cause.
const BEGINNING: usize = 8;
const END: usize = 24;
const END_OF_SEARCH: usize = 6;
/// So many bytes are shown in hex, too.
const HEX: usize = 8;
/// Columns before the text of a step: its number and its time.
const INDENT: usize = 18;

/// How many lines that the program printed in one go are shown: the first ones, and the last; and between them some that name
/// an error.
const FIRST_LINES: usize = 2;
const LAST_LINES: usize = 8;
const ERROR_LINES: usize = 2;

/// The whole story, or its beginning and its end. Of a search for the cause, the end says enough.
pub(super) fn steps(story: &[Entry], lang: Lang) -> String {
    let search = story.iter().position(|entry| matches!(entry.step, Step::Search(_)));
    let (play, search) = story.split_at(search.map_or(story.len(), |place| place + 1));
    let mut number = 0;
    let play = shortened(&rows(play, &mut number, lang), BEGINNING, END, lang);
    play + &shortened(&rows(search, &mut number, lang), 0, END_OF_SEARCH, lang)
}

fn rows(story: &[Entry], number: &mut usize, lang: Lang) -> Vec<String> {
    let is_printed = |entry: &Entry| matches!(entry.step, Step::Printed { .. });
    let mut rows = Vec::new();
    for run in story.chunk_by(|one, next| is_printed(one) && is_printed(next)) {
        let mut hidden = Vec::new();
        for (place, (entry, is_shown)) in run.iter().zip(shown_lines(run)).enumerate() {
            if !is_shown {
                hidden.push(entry);
                continue;
            }
            match hidden.as_slice() {
                [] => {}
                // To say that there is one more takes as much room as the line itself.
                [one] => rows.push(row(one, false, number, lang)),
                many => rows.push(more_lines(many.len(), lang)),
            }
            hidden.clear();
            rows.push(row(entry, place + 1 == run.len(), number, lang));
        }
    }
    rows
}

/// Which lines are shown of those that were printed in one go.
fn shown_lines(run: &[Entry]) -> Vec<bool> {
    let middle = FIRST_LINES..run.len().saturating_sub(LAST_LINES);
    let mut errors = 0..ERROR_LINES;
    let mut names_error = |entry: &Entry| {
        matches!(&entry.step, Step::Printed { line, .. } if line.contains("Error")) && errors.next().is_some()
    };
    run.iter().enumerate().map(|(place, entry)| !middle.contains(&place) || names_error(entry)).collect()
}

/// The first and the last rows, if there are too many.
fn shortened(rows: &[String], beginning: usize, end: usize, lang: Lang) -> String {
    if rows.len() <= beginning + end + 1 {
        return rows.concat();
    }
    let left_out = rows.len() - beginning - end;
    let gap = say!(lang, "… {left_out} more …", "……另有 {left_out} 步……");
    let (first, rest) = rows.split_at(beginning);
    let (_, last) = rest.split_at(left_out);
    format!("{}{:INDENT$}{DIM}{gap}{DIM:#}\n{}", first.concat(), "", last.concat())
}

fn more_lines(count: usize, lang: Lang) -> String {
    let text = say!(lang, "{count} more lines", "还有 {count} 行");
    format!("{:INDENT$}{DIM}│ … {text}{DIM:#}\n", "")
}

fn row(entry: &Entry, is_last: bool, number: &mut usize, lang: Lang) -> String {
    let text = match &entry.step {
        Step::Printed { on_stderr, line } => return printed(*on_stderr, line, is_last),
        Step::Omitted(count) => return more_lines(*count, lang),
        Step::Did(text) | Step::Search(text) => escape_text(text.of(lang)),
        Step::Left(who) => left(who).of(lang).to_owned(),
        Step::Sent { who, bytes, pieces: 1 } => {
            say!(lang, "{who} sends {}", "{who} 发送 {}", amount(bytes, lang))
        }
        Step::Sent { who, bytes, pieces } => {
            say!(lang, "{who} sends {} in {pieces} pieces", "{who} 分 {pieces} 段发送 {}", amount(bytes, lang))
        }
        Step::Received { who, bytes } => say!(lang, "{who} receives {}", "{who} 收到 {}", amount(bytes, lang)),
    };
    *number += 1;
    let seconds = entry.at.as_secs_f64();
    let rows = break_lines(&text, WIDTH - INDENT);
    let rows: Vec<_> = rows.iter().map(|row| fit(row, WIDTH - INDENT)).collect();
    let text = rows.join(&format!("\n{:INDENT$}", ""));
    format!("{number:>6} {DIM}{seconds:>8.3} s{DIM:#} {text}\n")
}

/// A line that the program printed. The last of several is often the error itself, and is shown whole.
fn printed(on_stderr: bool, line: &str, is_last: bool) -> String {
    let style = if on_stderr { WARN } else { DIM };
    let room = WIDTH - INDENT - 2;
    let line = escape_text(line);
    let rows = if is_last { break_lines(&line, room) } else { vec![line] };
    let rows = rows.iter().take(3).map(|row| format!("{:INDENT$}{style}│ {}{style:#}\n", "", fit(row, room)));
    rows.collect()
}

fn amount(bytes: &Bytes, lang: Lang) -> String {
    let (len, head) = (bytes.len, &bytes.head);
    let mut shown = preview(head, 30);
    // Letters of several bytes are what this is about.
    if len <= HEX && !head.is_ascii() && shown.starts_with('"') {
        let hex: Vec<_> = head.iter().map(|byte| format!("{byte:02x}")).collect();
        shown = format!("{} {shown}", hex.join(" "));
    }
    let unit = if len == 1 { "byte" } else { "bytes" };
    say!(lang, "{len} {unit} {shown}", "{len} 字节 {shown}")
}

/// A step's text may hold the program's command, and what it prints may hold anything; but not so often backslashes.
fn escape_text(text: &str) -> String {
    escape(text.as_bytes()).replace("\\\\", "\\")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_lines_those_are_shown_that_name_an_error() {
        let at = std::time::Duration::ZERO;
        let printed = |line: &str| Entry { at, step: Step::Printed { on_stderr: true, line: line.into() } };
        let said = |number| match number {
            4 => printed("TypeError: no"),
            6 | 9 => printed("at Error"),
            _ => printed(&number.to_string()),
        };
        let story: Vec<_> = (0..20).map(said).collect();
        let text = anstream::adapter::strip_str(&steps(&story, Lang::En)).to_string();
        let lines: Vec<_> = text.lines().filter_map(|line| line.trim().strip_prefix("│ ")).collect();
        let shown = ["0", "1", "… 2 more lines", "TypeError: no", "5", "at Error", "… 5 more lines"];
        assert_eq!(lines.split_at(7), (&shown[..], &["12", "13", "14", "15", "16", "17", "18", "19"][..]));
    }
}
