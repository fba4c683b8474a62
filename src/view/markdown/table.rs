//! A table in a terminal: columns side by side, narrowed to the width at hand; or, where they would be too narrow to read, the
//! cells of each row below each other.

use super::ink::Inked;
use unicode_width::UnicodeWidthStr;

/// Between two columns.
const GAP: usize = 2;
/// A column that is narrower cannot be read.
const NARROWEST: usize = 8;

/// The table's rows; the first is the head.
pub(super) fn table(rows: &[Vec<Inked>], width: usize) -> Vec<String> {
    let count = rows.iter().map(Vec::len).max().unwrap_or_default();
    let wide = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(Inked::width).max().unwrap_or(1);
    let mut widths: Vec<usize> = (0..count).map(wide).collect();
    let room = width.saturating_sub(GAP * count.saturating_sub(1));
    if room < NARROWEST * count {
        return below_each_other(rows, width);
    }
    // The widest column gives way first.
    while widths.iter().sum::<usize>() > room {
        let Some(widest) = widths.iter_mut().max() else { break };
        *widest -= 1;
    }
    let mut lines = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        lines.extend(side_by_side(row, &widths));
        if place == 0 {
            let rule: Vec<_> = widths.iter().map(|width| "─".repeat(*width)).collect();
            lines.push(rule.join(&" ".repeat(GAP)));
        }
    }
    lines
}

fn side_by_side(row: &[Inked], widths: &[usize]) -> Vec<String> {
    let cells: Vec<Vec<String>> = row.iter().zip(widths).map(|(cell, width)| cell.rows(*width, *width)).collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or_default();
    let line = |at: usize| {
        let mut line = String::new();
        for (cell, width) in cells.iter().zip(widths) {
            let text = cell.get(at).map_or("", String::as_str);
            line += text;
            line += &" ".repeat((width + GAP).saturating_sub(shown_width(text)));
        }
        line.trim_end().to_owned()
    };
    (0..height).map(line).collect()
}

/// The columns that a row takes: styles take none.
fn shown_width(row: &str) -> usize {
    anstream::adapter::strip_str(row).to_string().width()
}

fn below_each_other(rows: &[Vec<Inked>], width: usize) -> Vec<String> {
    let Some((head, rows)) = rows.split_first() else { return Vec::new() };
    let mut lines = Vec::new();
    for row in rows {
        for (place, (title, cell)) in head.iter().zip(row).enumerate() {
            let (mark, first) = if place == 0 { ("- ", 2) } else { ("  ", 2) };
            let mut text = title.clone();
            text.push(": ", anstyle::Style::new());
            let text = text.joined(cell);
            let rows = text.rows(width.saturating_sub(first), width.saturating_sub(4));
            for (at, row) in rows.into_iter().enumerate() {
                lines.push(if at == 0 { format!("{mark}{row}") } else { format!("    {row}") });
            }
        }
    }
    lines
}
