//! What stands out, as a text.

use super::advice::advice;
use super::finding::{Found, Place};
use crate::lang::{Lang, Text};
use crate::view::calls::big_number;
use crate::view::escape::{escape, fit};
use crate::view::palette::{DIM, TITLE};
use crate::view::rows::break_lines;
use crate::{both, say};
use std::collections::HashMap;
use std::time::Duration;

/// All that stands out.
#[derive(Debug)]
pub struct Told {
    /// Each of them.
    pub found: Vec<Found>,
    pub(super) sources: HashMap<Box<str>, Box<str>>,
    pub(super) calls: u64,
    pub(super) until: Duration,
}

/// So many columns has the place before the line that stands there.
const INDENT: &str = "    ";

impl Told {
    /// In sentences: a heading, and for each finding where it is, what was seen, and what to do. With colours.
    #[must_use]
    pub fn text(&self, lang: Lang, width: usize) -> String {
        let (calls, seconds) = (big_number(self.calls), self.until.as_secs_f64());
        let mut lines = Vec::new();
        if self.found.is_empty() {
            lines.push(say!(
                lang,
                "nothing stands out in {calls} socket calls ({seconds:.1} s)",
                "{calls} 次 socket 调用里没有值得注意的地方（{seconds:.1} 秒）"
            ));
        } else {
            let count = self.found.len();
            let things = if count == 1 { "thing stands" } else { "things stand" };
            lines.push(say!(
                lang,
                "{count} {things} out in {calls} socket calls ({seconds:.1} s):",
                "{calls} 次 socket 调用里，有 {count} 处值得注意（{seconds:.1} 秒）："
            ));
        }
        for found in &self.found {
            let room = width.saturating_sub(INDENT.len()).max(20);
            let (what, times) = (found.finding.sentence(), times(found.times));
            let what = format!("{}{}", what.of(lang), times.of(lang));
            let below = |text: &str| break_lines(text, room).into_iter().map(|row| format!("{INDENT}{row}"));
            lines.push(String::new());
            lines.extend(self.place(&found.place).map(|place| format!("  {TITLE}{}{TITLE:#}", fit(&place, width - 2))));
            lines.extend(below(&what));
            let advice = advice(&found.finding);
            lines.extend(below(advice.of(lang)).map(|row| format!("{DIM}{row}{DIM:#}")));
        }
        lines.join("\n") + "\n"
    }

    /// A line of the program. Whoever wrote the record chose the words.
    fn place(&self, place: &Place) -> Option<String> {
        let (file, line) = (place.file.as_deref()?, place.line?);
        let text =
            self.sources.get(file).and_then(|text| text.lines().nth(usize::try_from(line).ok()?.checked_sub(1)?));
        let (name, text) = (file.rsplit('/').next().unwrap_or_default(), text.unwrap_or_default().trim());
        Some(format!("{}  {}", escape(format!("{name}:{line}").as_bytes()), escape(text.as_bytes())))
    }
}

fn times(times: u64) -> Text {
    match times {
        1 => Text::default(),
        times => both!(" (seen {times} times)", "（共 {times} 次）"),
    }
}
