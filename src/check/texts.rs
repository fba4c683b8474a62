//! What is said about the checks and the causes: read from `lessons/`, where a teacher can read it too.
//!
//! A file has a section for each id:
//!
//! ```text
//! ## echo/split-letter
//!
//! **A letter that arrives in two pieces is answered whole**
//!
//! Why it matters, a paragraph.
//!
//! 1. A hint.
//! 2. A stronger one.
//! 3. The strongest one.
//!
//! > What a program that passes has understood.
//! ```

use crate::lang::Lang;
use unicode_width::UnicodeWidthChar;

/// What is said about one check, or one cause.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// The id that it is about.
    pub id: String,
    /// What must hold, or what is wrong, in one sentence.
    pub title: String,
    /// Why it matters.
    pub why: String,
    /// Three hints, each stronger than the one before; a cause has none.
    pub hints: Vec<String>,
    /// What to say when the check has passed; a cause has none.
    pub passed: String,
}

const EN: [&str; 6] = [
    include_str!("../../lessons/en/checks/echo-server.md"),
    include_str!("../../lessons/en/checks/auth-server.md"),
    include_str!("../../lessons/en/checks/auth-client.md"),
    include_str!("../../lessons/en/checks/echo-client.md"),
    include_str!("../../lessons/en/checks/hmac.md"),
    include_str!("../../lessons/en/checks/causes.md"),
];

const ZH: [&str; 6] = [
    include_str!("../../lessons/zh/checks/echo-server.md"),
    include_str!("../../lessons/zh/checks/auth-server.md"),
    include_str!("../../lessons/zh/checks/auth-client.md"),
    include_str!("../../lessons/zh/checks/echo-client.md"),
    include_str!("../../lessons/zh/checks/hmac.md"),
    include_str!("../../lessons/zh/checks/causes.md"),
];

/// All sections in one language.
#[derive(Clone, Debug)]
pub struct Texts(Vec<Section>);

impl Texts {
    /// Those of this language.
    #[must_use]
    pub fn of(lang: Lang) -> Self {
        Self(lang.pick(EN, ZH).into_iter().flat_map(sections).collect())
    }

    /// What is said about this check or cause. A test holds that there is a section for each of them.
    #[must_use]
    pub fn section(&self, id: &str) -> Section {
        let found = self.0.iter().find(|section| section.id == id);
        found.cloned().unwrap_or_else(|| Section { id: id.into(), title: id.into(), ..Section::default() })
    }
}

/// The sections of one file.
fn sections(markdown: &str) -> Vec<Section> {
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
    use super::super::verdict::cause::Cause;
    use super::*;
    use crate::check::requirement::Target;
    use unicode_width::UnicodeWidthStr;

    #[test]
    fn a_section_has_its_parts() {
        let markdown = "# Title\n\nabout\n\n## a/b\n\n**Does\nit**\n\nBecause\nof this.\n\n1. One\n   more.\n2. Two\n3. 3. is a number\n\n> It\n> did.\n\n## c\n\n**第一\n行**\n";
        let expected = Section {
            id: "a/b".into(),
            title: "Does it".into(),
            why: "Because of this.".into(),
            hints: vec!["One more.".into(), "Two".into(), "3. is a number".into()],
            passed: "It did.".into(),
        };
        let [first, second] = <[Section; 2]>::try_from(sections(markdown)).unwrap();
        assert_eq!(first, expected);
        assert_eq!((second.id.as_str(), second.title.as_str()), ("c", "第一行"));
    }

    /// Every check and every cause is spoken of, whole, in both languages, and nothing else is.
    #[test]
    fn nothing_is_missing_and_nothing_is_left_over() {
        let checks: Vec<&str> = Target::ALL.iter().flat_map(|target| target.checks()).map(|check| check.id).collect();
        let causes: Vec<&str> = Cause::ALL.iter().map(|cause| cause.id()).collect();
        for lang in [Lang::En, Lang::Zh] {
            let texts = Texts::of(lang);
            for section in &texts.0 {
                let (id, hints) = (section.id.as_str(), section.hints.len());
                let is_check = checks.contains(&id);
                assert!(is_check || causes.contains(&id), "{id} is neither a check nor a cause");
                assert!(!section.title.is_empty() && !section.why.is_empty(), "{lang:?} {id}");
                assert!(!is_check || (hints == 3 && !section.passed.is_empty()), "{lang:?} {id}: {hints} hints");
                assert!(is_check || (hints == 0 && section.passed.is_empty()), "{lang:?} {id}");
                assert_eq!(texts.0.iter().filter(|other| other.id == id).count(), 1, "{id} stands there twice");
            }
            for id in checks.iter().chain(&causes) {
                assert!(texts.0.iter().any(|section| section.id == *id), "{lang:?}: nothing is said about {id}");
            }
        }
    }

    /// A title that is cut off in the list of verdicts says less than it should.
    #[test]
    fn titles_fit_a_line() {
        for lang in [Lang::En, Lang::Zh] {
            let texts = Texts::of(lang);
            for check in Target::ALL.iter().flat_map(|target| target.checks()) {
                let title = texts.section(check.id).title;
                assert!(title.width() <= 45, "{} columns: {title}", title.width());
            }
        }
    }
}
