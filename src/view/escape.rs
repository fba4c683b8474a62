//! Text that a peer sent, made harmless before a terminal shows it: `ESC ]52;…` would write to the clipboard, `ESC [2J`
//! wipe the screen, and a right-to-left override swap letters around.

use std::fmt::Write;
use unicode_width::UnicodeWidthChar;

/// Every letter that a terminal would obey instead of showing becomes an escape (`\x1b`, `\u{202e}`), bytes that are no
/// UTF-8 too (`\xff`); everything else stays as it is, Chinese and emoji too.
#[must_use]
pub fn escape(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for letter in chunk.valid().chars() {
            match letter {
                '\n' => text.push_str("\\n"),
                '\r' => text.push_str("\\r"),
                '\t' => text.push_str("\\t"),
                '\\' => text.push_str("\\\\"),
                _ => push(letter, &mut text),
            }
        }
        push_invalid(chunk.invalid(), &mut text);
    }
    text
}

/// The same for text that is shown as lines: line ends, tabs and backslashes stay.
#[must_use]
pub fn escape_lines(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for letter in chunk.valid().chars() {
            match letter {
                '\n' | '\t' => text.push(letter),
                _ => push(letter, &mut text),
            }
        }
        push_invalid(chunk.invalid(), &mut text);
    }
    text
}

fn push_invalid(bytes: &[u8], text: &mut String) {
    // Writing to a String cannot fail.
    bytes.iter().for_each(|byte| _ = write!(text, "\\x{byte:02x}"));
}

fn push(letter: char, text: &mut String) {
    match letter {
        // As Python writes it, and as the notes show a digest.
        _ if letter.is_ascii_control() => _ = write!(text, "\\x{:02x}", u32::from(letter)),
        _ if letter.is_control() || is_invisible(letter) => _ = write!(text, "\\u{{{:x}}}", u32::from(letter)),
        _ => text.push(letter),
    }
}

/// Letters that change the order of others, or break lines, without being seen themselves.
fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// The beginning of a payload in at most `columns` columns, with `…` where it was cut: a text in quotes, bytes that are no
/// text as hex digits (as letters they would only look like noise), and lesson 2's length before its digits.
#[must_use]
pub fn preview(bytes: &[u8], columns: usize) -> String {
    // Four bytes of input can make one column, and nothing makes less than nothing: the rest cannot be seen anyhow.
    let head = bytes.get(..columns.saturating_mul(4)).unwrap_or(bytes);
    match head {
        [length, 0, 0, 0, digits @ ..] if !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit) => {
            let room = columns.saturating_sub(14);
            format!("{length:02x} 00 00 00 + {}", quote(digits, room))
        }
        _ if is_text(head) => quote(head, columns),
        _ => fit(&base16ct::lower::encode_string(head), columns),
    }
}

/// Whether the bytes are text, or the beginning of one that was cut inside a letter.
fn is_text(bytes: &[u8]) -> bool {
    let is_begun = |rest| rest == 0 || rest < bytes.len();
    unfinished(bytes).is_some_and(is_begun) && !bytes.contains(&0)
}

/// How many bytes at the end are the beginning of a character (RFC 3629): 0 where the text ends between two. `None` where it is no text.
#[must_use]
pub fn unfinished(text: &[u8]) -> Option<usize> {
    match std::str::from_utf8(text) {
        Ok(_) => Some(0),
        Err(error) => error.error_len().is_none().then(|| text.len() - error.valid_up_to()),
    }
}

/// As much of the text as fits, escaped, never cut inside an escape.
fn quote(bytes: &[u8], columns: usize) -> String {
    let room = columns.saturating_sub(2);
    let whole = escape(bytes);
    if width(&whole) <= room {
        return format!("\"{whole}\"");
    }
    let mut shown = String::new();
    for letter in String::from_utf8_lossy(bytes).chars() {
        let escaped = escape(letter.encode_utf8(&mut [0; 4]).as_bytes());
        if width(&shown) + width(&escaped) + 1 > room {
            break;
        }
        shown.push_str(&escaped);
    }
    format!("\"{shown}…\"")
}

fn width(text: &str) -> usize {
    text.chars().filter_map(UnicodeWidthChar::width).sum()
}

/// `text`, or its beginning and `…` where it takes more than `columns` columns (a Chinese letter takes two).
#[must_use]
pub fn fit(text: &str, columns: usize) -> String {
    let width = |letter: char| letter.width().unwrap_or_default();
    if text.chars().map(width).sum::<usize>() <= columns {
        return text.to_owned();
    }
    let mut left = columns.saturating_sub(1);
    let mut cut: String = text
        .chars()
        .take_while(|letter| {
            let fits = width(*letter) <= left;
            left = left.saturating_sub(width(*letter));
            fits
        })
        .collect();
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_terminal_would_obey_is_shown_instead() {
        assert_eq!(escape(b"\x1b]52;c;aGk=\x07"), r"\x1b]52;c;aGk=\x07");
        assert_eq!(escape("中文 😀 ß".as_bytes()), "中文 😀 ß");
        assert_eq!(escape(b"a\xffb\xe4\xb8"), r"a\xffb\xe4\xb8");
        assert_eq!(escape("\u{202e}abc\u{9b}2J".as_bytes()), r"\u{202e}abc\u{9b}2J");
        assert_eq!(escape_lines(b"A\n\x1b[2J\nC"), "A\n\\x1b[2J\nC");
    }

    #[test]
    fn a_preview_counts_columns() {
        assert_eq!(preview(b"clent11", 20), "\"clent11\"");
        assert_eq!(preview("中文中文".as_bytes(), 8), "\"中文…\"");
        assert_eq!(preview(b"abc\x1b\x1b", 9), "\"abc…\"", "cut before an escape, not in it");
    }

    #[test]
    fn what_is_no_text_is_shown_as_hex() {
        assert_eq!(preview(b"\xcf\xab\xa4\x00", 36), "cfaba400");
        assert_eq!(preview("中".as_bytes().split_at(2).0, 36), "e4b8");
        assert_eq!(preview(b"\x20\x00\x00\x0061eb85d6", 36), "20 00 00 00 + \"61eb85d6\"");
        assert_eq!(preview("a中".as_bytes().split_at(3).0, 36), "\"a\\xe4\\xb8\"");
    }

    proptest! {
        #[test]
        fn nothing_dangerous_is_left(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let shown = escape(&bytes);
            prop_assert!(!shown.chars().any(|letter| letter.is_control() || is_invisible(letter)), "{:?}", shown);
            let columns: usize = preview(&bytes, 10).chars().filter_map(UnicodeWidthChar::width).sum();
            prop_assert!(columns <= 10);
        }
    }
}
