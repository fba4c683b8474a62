//! One section of the texts: what is said about one check or one cause.
//!
//! A file has a section for each id:
//!
//! ```text
//! ## echo/split-letter
//!
//! **A character split across two packets comes back whole**
//!
//! Why it matters, a paragraph.
//!
//! 1. A hint.
//! 2. A stronger one.
//! 3. The strongest one.
//!
//! > What a program that passes has understood.
//! ```
//!
//! A cause has lines for single languages instead of the last paragraph: `- python: the call to write`.

use super::language::Language;
use unicode_width::UnicodeWidthChar;

/// What is said about one check, or one cause.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// The id that it is about.
    pub id: String,
    /// What must hold, or what is wrong, in one sentence.
    pub title: String,
    /// Why it matters; of a cause, why it happens and what to change.
    pub why: String,
    /// Hints, each stronger than the one before.
    pub hints: Vec<String>,
    /// What to say when the check has passed; a cause has none.
    pub passed: String,
    /// How it is written in single languages; only a cause has these.
    pub languages: Vec<(Language, String)>,
}

impl Section {
    /// How it is written in this language.
    #[must_use]
    pub fn line_in(&self, language: Language) -> Option<&str> {
        self.languages.iter().find(|(known, _)| *known == language).map(|(_, line)| line.as_str())
    }
}

/// The sections of one file.
pub(super) fn sections(markdown: &str) -> Vec<Section> {
    markdown.split("\n## ").skip(1).map(section).collect()
}

fn section(text: &str) -> Section {
    let (id, body) = text.split_once('\n').unwrap_or((text, ""));
    let mut section = Section { id: id.trim().to_owned(), ..Section::default() };
    for block in body.split("\n\n").map(str::trim).filter(|block| !block.is_empty()) {
        if let Some(title) = block.strip_prefix("**").and_then(|block| block.strip_suffix("**")) {
            section.title = joined(title.lines());
        } else if block.starts_with("1. ") {
            section.hints = items(block);
        } else if block.starts_with("- ") {
            section.languages = languages(block);
        } else if block.starts_with('>') {
            section.passed = joined(block.lines().map(|line| line.trim_start_matches(['>', ' '])));
        } else {
            section.why = joined(block.lines());
        }
    }
    section
}

/// The items of a numbered list.
fn items(block: &str) -> Vec<String> {
    let mut items: Vec<Vec<&str>> = Vec::new();
    for line in block.lines() {
        let number = line.split_once(". ").filter(|(number, _)| number.bytes().all(|byte| byte.is_ascii_digit()));
        match (number, items.last_mut()) {
            (Some((_, text)), _) => items.push(vec![text]),
            (None, Some(item)) => item.push(line),
            (None, None) => {}
        }
    }
    items.into_iter().map(joined).collect()
}

/// The lines for single languages: `- python: …`.
fn languages(block: &str) -> Vec<(Language, String)> {
    let mut all: Vec<(Language, Vec<&str>)> = Vec::new();
    for line in block.lines() {
        let start = line.strip_prefix("- ").and_then(|item| item.split_once(": "));
        let start = start.and_then(|(key, text)| Some((Language::ALL.into_iter().find(|one| one.key() == key)?, text)));
        match (start, all.last_mut()) {
            (Some((language, text)), _) => all.push((language, vec![text])),
            (None, Some((_, lines))) => lines.push(line),
            (None, None) => {}
        }
    }
    all.into_iter().map(|(language, lines)| (language, joined(lines))).collect()
}

/// Lines as one: with a space between words, and without one between Chinese letters.
fn joined<'l>(lines: impl IntoIterator<Item = &'l str>) -> String {
    let mut text = String::new();
    let is_wide = |letter: Option<char>| letter.and_then(UnicodeWidthChar::width) == Some(2);
    for line in lines.into_iter().map(str::trim) {
        let is_chinese = is_wide(text.chars().next_back()) && is_wide(line.chars().next());
        if !text.is_empty() && !is_chinese {
            text.push(' ');
        }
        text.push_str(line);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_has_its_parts() {
        let markdown = "# Title\n\nabout\n\n## a/b\n\n**Does\nit**\n\nBecause\nof this.\n\n1. One\n   more.\n2. Two\n3. 3. is a number\n\n> It\n> did.\n\n## c\n\n**第一\n行**\n\n- c: `a`,\n  then `b: c`\n- go: `d`\n";
        let expected = Section {
            id: "a/b".into(),
            title: "Does it".into(),
            why: "Because of this.".into(),
            hints: vec!["One more.".into(), "Two".into(), "3. is a number".into()],
            passed: "It did.".into(),
            languages: Vec::new(),
        };
        let [first, second] = <[Section; 2]>::try_from(sections(markdown)).unwrap();
        assert_eq!(first, expected);
        assert_eq!((second.id.as_str(), second.title.as_str()), ("c", "第一行"));
        assert_eq!(second.line_in(Language::C), Some("`a`, then `b: c`"));
        assert_eq!(second.line_in(Language::Go), Some("`d`"));
        assert_eq!(second.line_in(Language::Python), None);
    }
}
