//! Blocks in the rows of a terminal.

use super::beside::{beside, folded};
use super::block::{Block, Item, Span};
use super::code::{Kind, code};
use super::ink::{Inked, inked};
use super::table::table;
use crate::lang::Lang;
use crate::say;
use crate::view::palette::{DIM, GOOD, TITLE};
use anstyle::Style;

/// A page that is as wide shows two programs side by side.
const WIDE: usize = 100;
/// Before two programs that stand side by side.
const MARGIN: usize = 2;

/// How a page is printed.
#[derive(Clone, Copy, Debug)]
pub struct Sheet<'s> {
    /// The columns of a row.
    pub width: usize,
    /// Whether there are styles. Without them, marks stand for headings and code, as in the source.
    pub has_styles: bool,
    /// Whether answers are shown below their questions.
    pub answers: bool,
    /// The language of the page.
    pub lang: Lang,
    /// The lesson's name, where it is one: its headings then show their anchors.
    pub lesson: Option<&'s str>,
}

/// The page, row by row.
#[must_use]
pub fn print(blocks: &[Block], sheet: &Sheet<'_>) -> String {
    sheet.blocks(blocks, sheet.width).join("\n") + "\n"
}

impl Sheet<'_> {
    fn blocks(&self, blocks: &[Block], width: usize) -> Vec<String> {
        let (mut rows, mut rest) = (Vec::new(), blocks);
        while let Some((block, after)) = rest.split_first() {
            let pair = after.first().and_then(|next| self.pair(block, next, width));
            rest = if pair.is_some() { after.get(1..).unwrap_or_default() } else { after };
            let next = rest.first();
            rows.extend(pair.unwrap_or_else(|| self.block(block, width)));
            let is_folded = |block: &Block| !self.answers && matches!(block, Block::Question(..));
            if is_folded(block) && !next.is_some_and(is_folded) {
                rows.extend(self.where_answers_are(width));
            }
            if next.is_some_and(|next| !(is_folded(block) && is_folded(next))) {
                rows.push(String::new());
            }
        }
        rows
    }

    fn block(&self, block: &Block, width: usize) -> Vec<String> {
        match block {
            Block::Heading { level, anchor, text } => self.heading(*level, anchor.as_deref(), text, width),
            Block::Paragraph(text) => self.ink(text, Style::new()).rows(width, width),
            Block::Code { language, words, text } => self.code(language, words, text, width),
            Block::List(first, items) => self.list(*first, items, width),
            Block::Quote(inner) => {
                self.blocks(inner, width.saturating_sub(2)).into_iter().map(|row| format!("│ {row}")).collect()
            }
            Block::Question(question, answer) => self.question(question, answer, width),
            Block::Table(rows) => {
                let cell = |place: usize, cell: &Vec<Span>| {
                    self.ink(cell, if place == 0 { self.style(Style::new().bold()) } else { Style::new() })
                };
                let rows: Vec<Vec<_>> =
                    rows.iter().enumerate().map(|(at, row)| row.iter().map(|text| cell(at, text)).collect()).collect();
                table(&rows, width)
            }
            Block::Rule => vec!["─".repeat(width)],
            Block::Html(_) => Vec::new(),
        }
    }

    fn style(&self, style: Style) -> Style {
        if self.has_styles { style } else { Style::new() }
    }

    fn ink(&self, spans: &[Span], base: Style) -> Inked {
        inked(spans, base, self.has_styles, |link| self.target(link))
    }

    /// What a link leads to, as something that can be typed.
    fn target(&self, link: &str) -> Option<String> {
        if link.contains("://") {
            return Some(link.to_owned());
        }
        let (page, anchor) = link.split_once('#').map_or((link, None), |(page, anchor)| (page, Some(anchor)));
        let lesson = page.strip_suffix(".md").or(self.lesson)?;
        let anchor = anchor.map(|anchor| format!("#{anchor}")).unwrap_or_default();
        Some(format!("day30 lesson {lesson}{anchor}"))
    }

    fn heading(&self, level: usize, anchor: Option<&str>, text: &[Span], width: usize) -> Vec<String> {
        let mark = if self.has_styles { String::new() } else { "#".repeat(level) + " " };
        let mut heading = Inked::of(&mark, Style::new()).joined(&self.ink(text, self.style(TITLE)));
        if let Some(anchor) = anchor.filter(|_| self.lesson.is_some()) {
            heading.push(&format!("  #{anchor}"), self.style(DIM));
        }
        let below = (self.has_styles && level == 1).then(|| {
            let style = self.style(TITLE);
            format!("{style}{}{style:#}", "═".repeat(heading.width().min(width)))
        });
        heading.rows(width, width).into_iter().chain(below).collect()
    }

    fn list(&self, first: Option<u64>, items: &[Item], width: usize) -> Vec<String> {
        let is_long = |item: &Item| item.iter().filter(|block| !matches!(block, Block::List(..))).count() > 1;
        let is_loose = items.iter().any(is_long);
        let mut rows = Vec::new();
        for (place, item) in items.iter().enumerate() {
            let number = first.map(|first| first.saturating_add(u64::try_from(place).unwrap_or_default()));
            let mark = number.map_or("- ".to_owned(), |number| format!("{number}. "));
            if is_loose && place > 0 {
                rows.push(String::new());
            }
            let inner = width.saturating_sub(mark.len());
            // A list within the list follows at once.
            let inner = if is_loose {
                self.blocks(item, inner)
            } else {
                item.iter().flat_map(|block| self.block(block, inner)).collect()
            };
            for (at, row) in inner.into_iter().enumerate() {
                let before = if at == 0 { mark.clone() } else { " ".repeat(mark.len()) };
                rows.push(format!("{before}{row}").trim_end().to_owned());
            }
        }
        rows
    }

    fn question(&self, question: &[Span], answer: &[Block], width: usize) -> Vec<String> {
        let mark = if self.answers { "▾ " } else { "▸ " };
        let room = width.saturating_sub(2);
        let question = self.ink(question, self.style(Style::new().bold())).rows(room, room);
        let question = question
            .into_iter()
            .enumerate()
            .map(|(at, row)| if at == 0 { format!("{mark}{row}") } else { format!("  {row}") });
        let mut rows: Vec<_> = question.collect();
        if self.answers {
            rows.push(String::new());
            rows.extend(self.blocks(answer, room).into_iter().map(|row| format!("  {row}").trim_end().to_owned()));
        }
        rows
    }

    fn where_answers_are(&self, width: usize) -> Vec<String> {
        let Some(lesson) = self.lesson else { return Vec::new() };
        let text = format!("{}day30 lesson {lesson} --answers", self.lang.pick("The answers: ", "看答案："));
        Inked::of(&text, self.style(DIM)).rows(width, width)
    }

    fn code(&self, language: &str, words: &[String], text: &str, width: usize) -> Vec<String> {
        // Lines of Python are copied as they stand there: with a margin, Python would not take them.
        let margin = match language {
            "python" | "rust" => 0,
            _ if width < 60 => 2,
            _ => 4,
        };
        let room = width.saturating_sub(margin);
        let title = self.file(language, words).map(|file| Inked::of(&file, self.style(DIM)));
        let lines: Vec<Inked> = match language {
            "console" => text.lines().map(|line| self.console(line)).collect(),
            "see" => text.lines().flat_map(|line| self.run(line)).collect(),
            _ => self.lines(language, text),
        };
        let is_copied = |line: &str| match language {
            "console" => typed(line).is_some(),
            _ => language == "python",
        };
        let room_of = |line: &str| if is_copied(line) { usize::MAX } else { room };
        let room_of = text.lines().map(room_of).chain(std::iter::repeat(room));
        let rows = lines.iter().zip(room_of).flat_map(|(line, room)| folded(line, room));
        let rows = rows.map(|row| format!("{:margin$}{}", "", row.text).trim_end().to_owned());
        // The file's name stands further to the left than its lines.
        let title = title.into_iter().flat_map(|file| file.rows(room, room));
        title.map(|row| format!("{:1$}{row}", "", margin / 2)).chain(rows).collect()
    }

    /// The language and the file that lines of code are from.
    fn file(&self, language: &str, words: &[String]) -> Option<String> {
        let file = words.iter().find_map(|word| word.strip_prefix("file="))?;
        Some(match language {
            "python" => say!(self.lang, "Python: {file}", "Python：{file}"),
            "rust" => say!(self.lang, "Rust: {file}", "Rust：{file}"),
            _ => say!(self.lang, "{file}:", "{file}："),
        })
    }

    /// The same in Python and in Rust side by side, where the page is wide enough.
    fn pair(&self, block: &Block, next: &Block, width: usize) -> Option<Vec<String>> {
        let column = |block: &Block, expected: &str| match block {
            Block::Code { language, words, text } if language == expected => {
                let title = Inked::of(&self.file(language, words)?, self.style(DIM));
                Some([vec![title], self.lines(language, text)].concat())
            }
            _ => None,
        };
        if width < WIDE {
            return None;
        }
        let (python, rust) = (column(block, "python")?, column(next, "rust")?);
        let rows = beside(&python, &rust, width.saturating_sub(MARGIN)).into_iter();
        Some(rows.map(|row| format!("{:MARGIN$}{row}", "")).collect())
    }

    /// What is typed, or what is printed.
    fn console(&self, line: &str) -> Inked {
        let Some(command) = typed(line) else { return Inked::of(line, Style::new()) };
        let prompt = line.strip_suffix(command).unwrap_or_default();
        Inked::of(prompt, self.style(DIM)).joined(&Inked::of(command, self.style(Style::new().bold())))
    }

    /// A run to be looked at.
    fn run(&self, arguments: &str) -> [Inked; 2] {
        let remark = self
            .lang
            .pick("# a real run; it ends with a page for the browser:", "# 一次真实的运行，结束时给出一个网页：");
        [Inked::of(remark, self.style(DIM)), self.console(&format!("$ day30 {arguments} --see"))]
    }

    fn lines(&self, language: &str, text: &str) -> Vec<Inked> {
        let mut lines = vec![Inked::default()];
        for (kind, piece) in code(language, text.trim_end_matches('\n')) {
            let style = self.style(match kind {
                Kind::Plain => Style::new(),
                Kind::Keyword => Style::new().bold(),
                Kind::Text => GOOD,
                Kind::Comment => DIM.italic(),
            });
            for (at, part) in piece.split('\n').enumerate() {
                if at > 0 {
                    lines.push(Inked::default());
                }
                lines.iter_mut().next_back().into_iter().for_each(|line| line.push(part, style));
            }
        }
        lines
    }
}

/// What is typed in this line of a console: behind `$ `, or `2$ ` in the second terminal.
fn typed(line: &str) -> Option<&str> {
    line.trim_start_matches(|letter: char| letter.is_ascii_digit()).strip_prefix("$ ")
}
