//! Two sequences of bytes, one under the other, with a caret where they part.

use super::{BAD, WIDTH};
use crate::check::verdict::Difference;
use crate::lang::Lang;
use crate::say;
use crate::view::{escape, fit};
use unicode_width::UnicodeWidthStr;

/// How many bytes are shown of each side.
const SHOWN: usize = 12;
/// How many of them stand before the difference.
const BEFORE: usize = 6;
/// Columns before the bytes.
const INDENT: usize = 15;
/// Columns of the bytes in hex.
const HEX: usize = SHOWN * 3;

/// What should have come, and what came.
pub(super) fn difference(difference: &Difference, lang: Lang) -> String {
    let Difference { at, from, expected_len, got_len, .. } = *difference;
    let first = at.saturating_sub(BEFORE).max(from);
    let window = |bytes: &[u8]| -> Vec<u8> { bytes.iter().skip(first - from).take(SHOWN).copied().collect() };
    let [expected_word, got_word] = lang.pick(["expected", "got"], ["应为", "实际"]);
    let mut text = row(expected_word, &window(&difference.expected), first, expected_len, lang);
    text += &row(got_word, &window(&difference.got), first, got_len, lang);
    let caret = INDENT + 3 * (at - first);
    let place = match at {
        _ if got_len == 0 || expected_len == 0 => return text,
        _ if at == got_len => say!(
            lang,
            "here it ends: {got_len} of {expected_len} bytes",
            "到此为止：{expected_len} 字节中的 {got_len} 个"
        ),
        _ if at == expected_len => say!(lang, "too much: byte {at} on", "从第 {at} 字节起是多余的"),
        _ => say!(lang, "byte {at} is the first that differs", "第 {at} 字节是第一处不同"),
    };
    text + &format!("{:caret$}{BAD}^{BAD:#} {place}\n", "")
}

fn row(word: &str, bytes: &[u8], first: usize, len: usize, lang: Lang) -> String {
    let pad = " ".repeat(INDENT - 4 - word.width());
    if len == 0 {
        return format!("    {word}{pad}{}\n", lang.pick("nothing", "什么都没有"));
    }
    let hex: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let (before, after) = (if first > 0 { "…" } else { "" }, if first + bytes.len() < len { "…" } else { "" });
    let shown = format!("{before}\"{}\"{after}", escape(bytes));
    format!("    {word}{pad}{:<HEX$} {}\n", hex.join(" "), fit(&shown, WIDTH - INDENT - HEX - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(expected: &[u8], got: &[u8]) -> String {
        let text = difference(&Difference::between(expected, got).unwrap(), Lang::En);
        anstream::adapter::strip_str(&text).to_string()
    }

    #[test]
    fn the_caret_stands_under_the_first_byte_that_differs() {
        let text = shown("A中".as_bytes(), b"A\xef\xbf\xbd");
        let rows = [
            "    expected   41 e4 b8 ad                          \"A中\"",
            "    got        41 ef bf bd                          \"A\u{fffd}\"",
            "                  ^ byte 1 is the first that differs",
        ];
        assert_eq!(text.lines().collect::<Vec<_>>(), rows);
    }

    #[test]
    fn what_is_missing_and_what_is_too_much_is_said() {
        assert!(shown(b"ABC", b"AB").ends_with("                     ^ here it ends: 2 of 3 bytes\n"));
        assert!(shown(b"AB", b"ABC").ends_with("                     ^ too much: byte 2 on\n"));
        assert!(shown(b"AB", b"").ends_with("    got        nothing\n"));
    }

    #[test]
    fn a_difference_far_inside_has_its_surroundings() {
        let expected: Vec<u8> = (0..250).map(|number| b'A' + number % 26).collect();
        let mut got = expected.clone();
        got[100] = 0x1b;
        let text = shown(&expected, &got);
        let caret = text.lines().nth(2).unwrap().find('^').unwrap();
        assert_eq!(text.lines().nth(1).unwrap().get(caret..caret + 2), Some("1b"), "{text}");
        assert!(text.lines().all(|line| line.width() <= WIDTH), "{text}");
        assert!(!text.contains('\u{1b}'));
    }
}
