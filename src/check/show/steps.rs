//! What was done, step by step, with what the program printed in between.

use super::super::story::{Bytes, Entry, Step};
use super::{DIM, WARN, WIDTH};
use crate::lang::Lang;
use crate::say;
use crate::view::{break_lines, escape, fit, preview};

/// How many rows a story has room for: its beginning, and its end.
const BEGINNING: usize = 8;
const END: usize = 24;
/// So many bytes are shown in hex, too.
const HEX: usize = 8;
/// Columns before the text of a step: its number and its time.
const INDENT: usize = 18;

/// How many lines that the program printed in one go are shown: the first ones, and the last.
const FIRST_LINES: usize = 2;
const LAST_LINES: usize = 8;

/// The whole story, or its beginning and its end.
pub(super) fn steps(story: &[Entry], lang: Lang) -> String {
    let mut number = 0;
    let is_printed = |entry: &Entry| matches!(entry.step, Step::Printed { .. });
    let mut rows = Vec::new();
    for run in story.chunk_by(|one, next| is_printed(one) && is_printed(next)) {
        let left_out = run.len().saturating_sub(FIRST_LINES + LAST_LINES);
        for (place, entry) in run.iter().enumerate() {
            match place.checked_sub(FIRST_LINES) {
                Some(0) if left_out > 1 => rows.push(more_lines(left_out, lang)),
                Some(behind) if left_out > 1 && behind < left_out => {}
                _ => rows.push(row(entry, place + 1 == run.len(), &mut number, lang)),
            }
        }
    }
    if rows.len() <= BEGINNING + END + 1 {
        return rows.concat();
    }
    let left_out = rows.len() - BEGINNING - END;
    let gap = say!(lang, "… {left_out} more …", "……另有 {left_out} 步……");
    let (first, rest) = rows.split_at(BEGINNING);
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
        Step::Did(text) => escape_text(text.of(lang)),
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
