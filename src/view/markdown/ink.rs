//! Text with looks, in rows.

use super::block::{Ink, Span};
use crate::view::palette::DIM;
use crate::view::rows::narrow_rows;
use anstyle::Style;
use std::ops::Range;
use unicode_width::UnicodeWidthStr;

/// A row of the screen.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    /// With its styles.
    pub(super) text: String,
    /// Its columns.
    pub(super) width: usize,
}

impl Row {
    /// Moves the row to the right, with a mark before it.
    pub(super) fn indent(&mut self, columns: usize, mark: &str) {
        self.text.insert_str(0, &format!("{:columns$}{mark}", ""));
        self.width += columns + mark.width();
    }
}

/// A text, and the style of each of its parts.
#[derive(Clone, Debug, Default)]
pub(super) struct Inked {
    text: String,
    /// Where each part ends.
    parts: Vec<(usize, Style)>,
}

impl Inked {
    pub(super) fn push(&mut self, text: &str, style: Style) {
        self.text += text;
        self.parts.push((self.text.len(), style));
    }

    pub(super) fn of(text: &str, style: Style) -> Self {
        let mut inked = Self::default();
        inked.push(text, style);
        inked
    }

    pub(super) fn width(&self) -> usize {
        self.text.width()
    }

    /// How far the text is indented.
    pub(super) fn indent(&self) -> usize {
        self.text.len() - self.text.trim_start().len()
    }

    /// This, and then the other.
    pub(super) fn joined(mut self, other: &Self) -> Self {
        let mut begin = 0;
        for (end, style) in &other.parts {
            self.push(other.text.get(begin..*end).unwrap_or_default(), *style);
            begin = *end;
        }
        self
    }

    /// The same with each run of spaces behind the indentation as one.
    pub(super) fn tightened(&self) -> Self {
        let (mut tight, mut begin, mut was_space) = (Self::default(), 0, true);
        for (end, style) in &self.parts {
            let mut text = String::new();
            for letter in self.text.get(begin..*end).unwrap_or_default().chars() {
                let is_indent = tight.text.trim().is_empty() && text.trim().is_empty();
                if letter != ' ' || !was_space || is_indent {
                    text.push(letter);
                }
                was_space = letter == ' ';
            }
            tight.push(&text, *style);
            begin = *end;
        }
        tight
    }

    /// Rows of at most so many columns.
    pub(super) fn rows(&self, first: usize, columns: usize) -> Vec<String> {
        self.measured(first, columns).into_iter().map(|row| row.text).collect()
    }

    /// The same, with their widths.
    pub(super) fn measured(&self, first: usize, columns: usize) -> Vec<Row> {
        let width = |row: &Range<usize>| self.text.get(row.clone()).map_or(0, UnicodeWidthStr::width);
        let rows = narrow_rows(&self.text, first, columns.max(2)).into_iter();
        rows.map(|row| Row { width: width(&row), text: self.row(row.start, row.end) }).collect()
    }

    fn row(&self, from: usize, to: usize) -> String {
        let (mut row, mut begin) = (String::new(), 0);
        for (end, style) in &self.parts {
            let text = self.text.get(begin.max(from)..(*end).min(to)).unwrap_or_default();
            if !text.is_empty() {
                row += &format!("{style}{text}{style:#}");
            }
            begin = *end;
        }
        row
    }
}

fn is_chinese(letter: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&letter)
}

/// A paragraph's text. Without styles, marks stand for them: backticks for code, as in the source.
pub(super) fn inked(spans: &[Span], base: Style, has_styles: bool, target: impl Fn(&str) -> Option<String>) -> Inked {
    let mut inked = Inked::default();
    let is_in_chinese = spans.iter().any(|span| span.text.chars().any(is_chinese));
    let (open, close) = if is_in_chinese { ("（", "）") } else { (" (", ")") };
    for (place, span) in spans.iter().enumerate() {
        let (mark, style) = match span.ink {
            Ink::Plain => ("", base),
            // Chinese has no italics.
            Ink::Emphasis if span.text.chars().any(is_chinese) => ("*", base.underline()),
            Ink::Emphasis => ("*", base.italic()),
            Ink::Strong => ("**", base.bold().underline()),
            Ink::Code => ("`", base.bold()),
        };
        let style = if span.link.is_some() { style.underline() } else { style };
        if has_styles {
            inked.push(&span.text, style);
        } else {
            inked.push(&format!("{mark}{}{mark}", span.text), Style::new());
        }
        let is_last = spans.get(place + 1).is_none_or(|next| next.link != span.link);
        let shown = span.link.as_deref().filter(|_| is_last).and_then(&target);
        if let Some(target) = shown.filter(|target| *target != span.text) {
            inked.push(&format!("{open}{target}{close}"), if has_styles { DIM } else { Style::new() });
        }
    }
    inked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::markdown::{Block, blocks};

    fn plain(markdown: &str) -> String {
        let Some(Block::Paragraph(spans)) = blocks(markdown).into_iter().next() else { panic!("{markdown}") };
        inked(&spans, Style::new(), false, |link| Some(format!("day30 lesson {link}"))).text
    }

    #[test]
    fn a_link_stands_in_the_brackets_of_its_language() {
        assert_eq!(plain("See [lesson 1](nonblock)."), "See lesson 1 (day30 lesson nonblock).");
        assert_eq!(plain("见[第 1 课](nonblock)。"), "见第 1 课（day30 lesson nonblock）。");
        assert_eq!(plain("用法见 [Python](nonblock)。"), "用法见 Python（day30 lesson nonblock）。");
    }
}
