//! Text in a picture that nobody has laid out yet: how wide it will be at most, and where it is cut or broken.

use super::xml::escape_xml;
use unicode_width::UnicodeWidthChar;

/// The letters of sentences, on every system, Chinese ones too.
pub(crate) const SANS: &str = r#"system-ui, -apple-system, "Segoe UI", "Noto Sans", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif"#;
/// The letters of commands, calls and bytes.
pub(crate) const MONO: &str = r#"ui-monospace, Menlo, Consolas, monospace, "Noto Sans Mono CJK SC""#;

/// A font, as far as widths go: how many times its size a letter is wide.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Font {
    /// Letters have widths of their own.
    Sans,
    /// All letters are equally wide.
    Mono,
}

impl Font {
    /// Which font will be there is not known: this is what the wider ones need.
    fn advance(self, letter: char) -> f64 {
        match (self, letter.width().unwrap_or(0), letter) {
            (_, 0, _) => 0.0,
            (Self::Sans, 1, 'W' | 'M' | 'm' | '@' | '%' | '…') => 1.0,
            (Self::Sans, 1, 'A'..='Z' | 'w') => 0.75,
            (Self::Sans, 1, 'i' | 'j' | 'l' | 't' | 'f' | 'r' | '.' | ',' | ':' | ' ' | '(' | ')' | '-') => 0.42,
            (_, 1, _) => 0.61,
            (Self::Sans, ..) => 1.0,
            (Self::Mono, ..) => 1.22,
        }
    }

    /// How wide a text is at most.
    pub(crate) fn width(self, text: &str, size: f64) -> f64 {
        text.chars().map(|letter| size * self.advance(letter)).sum()
    }

    /// The text, or its beginning and `…` where there is no room.
    pub(crate) fn clip(self, text: &str, size: f64, room: f64) -> String {
        if self.width(text, size) <= room {
            return text.into();
        }
        let (head, _) = self.split(text, size, room - self.width("…", size));
        format!("{}…", head.trim_end())
    }

    /// The text in lines: broken between words, and inside a word that is longer than a line.
    pub(crate) fn wrap(self, text: &str, size: f64, room: f64) -> Vec<String> {
        text.lines().flat_map(|line| self.wrap_line(line, size, room)).collect()
    }

    fn wrap_line(self, text: &str, size: f64, room: f64) -> Vec<String> {
        let mut lines = Vec::new();
        let mut line: Option<String> = None;
        for word in text.split(' ') {
            let longer = line.as_ref().map(|line| format!("{line} {word}"));
            line = longer.filter(|longer| self.width(longer, size) <= room).or_else(|| {
                lines.extend(line.take());
                let mut pieces = self.pieces(word, size, room);
                let last = pieces.pop();
                lines.append(&mut pieces);
                last
            });
        }
        lines.extend(line);
        lines
    }

    /// A word in parts that fit.
    fn pieces(self, mut word: &str, size: f64, room: f64) -> Vec<String> {
        let mut pieces = Vec::new();
        while self.width(word, size) > room {
            let (head, tail) = self.split(word, size, room);
            pieces.push(head.to_owned());
            word = tail;
        }
        pieces.push(word.to_owned());
        pieces
    }

    /// As much as fits, but at least a letter, and the rest.
    fn split(self, text: &str, size: f64, room: f64) -> (&str, &str) {
        let mut used = 0.0;
        let mut is_over = |letter: char| {
            used += size * self.advance(letter);
            used > room
        };
        let end = text.char_indices().find(|(at, letter)| is_over(*letter) && *at > 0).map_or(text.len(), |(at, _)| at);
        text.split_at_checked(end).unwrap_or((text, ""))
    }
}

/// A number as an attribute has it.
pub(crate) fn number(value: f64) -> String {
    format!("{value:.1}")
}

/// A line of text, with its left end (or what the class says) at this place.
pub(crate) fn text(class: &str, x: f64, y: f64, text: &str) -> String {
    format!("<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>\n", escape_xml(text))
}

#[cfg(test)]
pub(crate) mod checks;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_broken_only_when_they_must_be() {
        let wrap = |text| Font::Mono.wrap(text, 10.0, 61.5);
        assert_eq!(wrap("day30 race --json"), ["day30 race", "--json"]);
        assert_eq!(wrap("a 0123456789abcdef b"), ["a", "0123456789", "abcdef b"]);
        assert_eq!(wrap("a  b\nc"), ["a  b", "c"]);
        assert_eq!(wrap(""), Vec::<String>::new());
    }

    #[test]
    fn what_is_cut_says_so() {
        assert_eq!(Font::Mono.clip("threads", 10.0, 42.8), "threads");
        assert_eq!(Font::Mono.clip("threads", 10.0, 42.0), "threa…");
        assert_eq!(Font::Sans.clip("笔记里的服务器", 10.0, 42.0), "笔记里…");
    }

    proptest! {
        #[test]
        fn lines_fit_and_nothing_is_lost(text in "([a-zW中 ]|  ){0,80}", room in 20.0f64..200.0) {
            for font in [Font::Sans, Font::Mono] {
                let lines = font.wrap(&text, 10.0, room);
                prop_assert!(lines.iter().all(|line| font.width(line, 10.0) <= room), "{lines:?}");
                prop_assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
                let clipped = font.clip(&text, 10.0, room);
                prop_assert!(font.width(&clipped, 10.0) <= room || clipped.chars().count() <= 2);
            }
        }
    }
}
