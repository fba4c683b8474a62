//! Lines of code in a column, and two columns side by side.

use super::ink::{Inked, Row};

/// What a column has at least.
const LEAST: usize = 40;
/// Between two columns.
const BETWEEN: &str = " │ ";
/// Its width.
const GAP: usize = 3;

/// A line of code that is too long goes on below, further to the right.
pub(super) fn folded(line: &Inked, room: usize) -> Vec<Row> {
    if line.width() <= room {
        return line.measured(room, room);
    }
    let (line, indent) = (line.tightened(), line.indent().min(room / 2));
    let mut rows = line.measured(room, room.saturating_sub(indent + 2));
    // A word that is longer than what the indentation leaves stands where the line would begin.
    if rows.first().is_some_and(|row| row.text.trim().is_empty()) {
        rows.remove(0);
        rows.iter_mut().next().into_iter().for_each(|row| row.indent(indent, ""));
    }
    for row in rows.iter_mut().skip(1) {
        row.indent(indent, "↳ ");
    }
    rows
}

/// Two columns in so many columns of the screen: where the line between them stands, the page is shortest.
pub(super) fn beside(left: &[Inked], right: &[Inked], room: usize) -> Vec<String> {
    let column = |lines: &[Inked], room: usize| lines.iter().flat_map(|line| folded(line, room)).collect::<Vec<_>>();
    let columns = |at: usize| (column(left, at), column(right, room.saturating_sub(GAP + at)));
    let cost = |at: &usize| {
        let (left, right) = columns(*at);
        (left.len().max(right.len()), left.len() + right.len(), at.abs_diff(room / 2))
    };
    let at = (LEAST..=room.saturating_sub(GAP + LEAST)).min_by_key(cost).unwrap_or(room / 2);
    let (left, right) = columns(at);
    let (mut left, mut right) = (left.into_iter(), right.into_iter());
    let mut rows = Vec::new();
    loop {
        let (one, other) = (left.next(), right.next());
        if one.is_none() && other.is_none() {
            return rows;
        }
        let (one, other) = (one.unwrap_or_default(), other.unwrap_or_default());
        let fill = at.saturating_sub(one.width);
        let row = format!("{}{:fill$}{BETWEEN}{}", one.text, "", other.text);
        rows.push(row.trim_end().to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anstyle::Style;

    fn lines(text: &str) -> Vec<Inked> {
        text.lines().map(|line| Inked::of(line, Style::new())).collect()
    }

    #[test]
    fn the_line_between_stands_where_least_is_folded() {
        let wide = format!("x = {}", "long ".repeat(11).trim_end());
        let rows = beside(&lines("a\n中\nc"), &lines(&wide), 102);
        assert_eq!(rows.len(), 3, "{rows:#?}");
        let at = |row: &String| row.split('│').next().map(unicode_width::UnicodeWidthStr::width);
        assert!(rows.iter().all(|row| at(row) == at(&rows[0])), "{rows:#?}");
        assert!(rows[0].ends_with(&wide), "{rows:#?}");
    }
}
