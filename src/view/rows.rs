//! Text in rows: broken between words, and a Chinese text between characters, as a textbook sets it.

use super::escape::fit;
use std::ops::Range;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// `text` in rows of at most `columns` columns; a word that is longer is clipped.
#[must_use]
pub(super) fn wrap(text: &str, columns: usize) -> Vec<String> {
    break_lines(text, columns).iter().map(|row| fit(row, columns)).collect()
}

/// `text` in rows of at most `columns` columns: broken between words, and a Chinese text between characters, but never
/// before a comma or its like, and never behind an opening bracket. A word that is longer has a row of its own.
#[must_use]
pub fn break_lines(text: &str, columns: usize) -> Vec<String> {
    let ranges = rows(text, columns, columns);
    ranges.into_iter().map(|range| text.get(range).unwrap_or_default().to_owned()).collect()
}

/// The same as places in `text`, without the spaces at the rows' ends. The first row may have another width, and a newline
/// begins a row.
#[must_use]
pub(super) fn rows(text: &str, first: usize, columns: usize) -> Vec<Range<usize>> {
    let (mut rows, mut begin, mut at, mut used) = (Vec::new(), 0, 0, 0);
    for word in words_of(text) {
        let room = if rows.is_empty() { first } else { columns };
        if used > 0 && used + word.trim_end().width() > room {
            rows.push(begin..at);
            (begin, used) = (at, 0);
        }
        used += word.trim_end_matches('\n').width();
        at += word.len();
        if word.ends_with('\n') {
            rows.push(begin..at);
            (begin, used) = (at, 0);
        }
    }
    if at > begin || rows.is_empty() {
        rows.push(begin..at);
    }
    let trimmed = |row: &Range<usize>| text.get(row.clone()).unwrap_or_default().trim_end().len();
    rows.into_iter().map(|row| row.start..row.start + trimmed(&row)).collect()
}

/// The same, but a word that is longer than a row is torn apart rather than sticking out.
#[must_use]
pub(super) fn narrow_rows(text: &str, first: usize, columns: usize) -> Vec<Range<usize>> {
    let mut narrow: Vec<Range<usize>> = Vec::new();
    for row in rows(text, first, columns) {
        let (mut begin, mut used) = (row.start, 0);
        for (index, letter) in text.get(row.clone()).unwrap_or_default().char_indices() {
            let (at, width) = (row.start + index, letter.width().unwrap_or_default());
            let room = if narrow.is_empty() { first } else { columns };
            if used > 0 && used + width > room {
                let moved = |cut: usize| text.get(cut..at).unwrap_or_default().width();
                let cut = Some(cut(text, begin, at)).filter(|cut| moved(*cut) + width <= columns).unwrap_or(at);
                narrow.push(begin..cut);
                (begin, used) = (cut, moved(cut));
            }
            used += width;
        }
        narrow.push(begin..row.end);
    }
    narrow
}

/// Where a word that is too long is torn: at `at`, but not before a comma or its like.
fn cut(text: &str, begin: usize, at: usize) -> usize {
    let may_begin =
        |cut: &usize| text.get(*cut..).is_some_and(|rest| !rest.starts_with(closes) && !rest.starts_with(' '));
    let places = text.get(begin..at).unwrap_or_default().char_indices().skip(1).map(|(index, _)| begin + index);
    places.chain([at]).filter(may_begin).last().unwrap_or(at)
}

/// What must not be torn apart.
fn words_of(text: &str) -> Vec<&str> {
    let (mut words, mut begin) = (Vec::new(), 0);
    let mut letters = text.char_indices().peekable();
    let mut before = ' ';
    while let Some((at, letter)) = letters.next() {
        let end = at + letter.len_utf8();
        let next = letters.peek().map(|(_, next)| *next);
        let is_between = letter == ' ' || letter.width() == Some(2) || next.is_some_and(is_wide);
        // A comment in code keeps its first word.
        let is_comment = letter == ' ' && "#/".contains(before);
        let may_end =
            is_between && !is_comment && !opens(letter) && !next.is_some_and(|next| next == ' ' || closes(next));
        before = letter;
        if next.is_none() || letter == '\n' || may_end {
            words.extend(text.get(begin..end));
            begin = end;
        }
    }
    words
}

/// A Chinese character: a row may end before it, unless it closes something.
fn is_wide(letter: char) -> bool {
    letter.width() == Some(2) && !closes(letter)
}

/// No row ends with it.
#[must_use]
pub(super) fn opens(letter: char) -> bool {
    "（「『《〈“‘【〔〖［｛([{".contains(letter)
}

/// No row begins with it.
#[must_use]
pub(super) fn closes(letter: char) -> bool {
    "，。、；：！？）」』》〉”’】〕〗］｝…—～·％,.;:!?)]}%".contains(letter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_sentence_is_wrapped_between_words_or_chinese_letters() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("一二三四", 5), ["一二", "三四"]);
        assert_eq!(wrap("", 5), [""]);
        assert_eq!(wrap("一二，三（四）", 6), ["一二，", "三", "（四）"]);
        assert_eq!(wrap("一二，三", 4), ["一", "二，", "三"], "no row begins with a comma");
        assert_eq!(wrap("abc一二", 4), ["abc", "一二"]);
    }

    #[test]
    fn a_formula_and_a_dash_stay_whole() {
        assert_eq!(wrap("算出 md5(密钥) 的值", 11), ["算出 md5(密", "钥) 的值"]);
        assert_eq!(wrap("这是它——答案", 8), ["这是它——", "答案"]);
        assert_eq!(wrap("等待（recv）了", 10), ["等待", "（recv）了"]);
    }

    #[test]
    fn a_long_word_is_torn_only_where_nothing_may_stick_out() {
        let torn = |text: &str, columns| -> Vec<String> {
            narrow_rows(text, columns, columns).into_iter().map(|row| text[row].to_owned()).collect()
        };
        assert_eq!(torn("a 0123456789 b", 4), ["a", "0123", "4567", "89", "b"]);
        assert_eq!(torn("a\nb", 4), ["a", "b"]);
        assert_eq!(torn("", 4), [""]);
        assert_eq!(torn("abcd、e", 4), ["abc", "d、", "e"]);
    }

    proptest! {
        #[test]
        fn no_row_is_too_wide_and_nothing_is_lost(text in "[a-z（）。，中文 ]{0,60}", columns in 4..20_usize) {
            let rows = narrow_rows(&text, columns, columns);
            let mut all = String::new();
            for row in rows {
                prop_assert!(text[row.clone()].width() <= columns);
                all += &text[row];
            }
            let letters = |text: &str| text.replace(' ', "");
            prop_assert_eq!(letters(&all), letters(&text));
        }

        #[test]
        fn no_row_begins_with_a_comma_or_ends_with_a_bracket(text in "([中文a]{1,3}[，。）]?（?){0,12}", columns in 14..30_usize) {
            let rows = break_lines(&text, columns);
            for (place, row) in rows.iter().enumerate() {
                prop_assert!(place == 0 || !row.starts_with(closes), "{:?}", rows);
                prop_assert!(place + 1 == rows.len() || !row.ends_with(opens), "{:?}", rows);
            }
        }
    }
}
