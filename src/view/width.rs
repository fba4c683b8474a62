//! How large the terminal is.

use std::io;

/// What has no terminal is written for one of this width.
const WITHOUT: usize = 80;
/// A line that is longer than this is hard to read.
const WIDEST: usize = 120;
/// A terminal that is narrower breaks lines itself.
const NARROWEST: usize = 60;

/// A page of text breaks its lines itself, and can do it for a window half as wide.
const NARROWEST_PAGE: usize = 24;

/// The rows of a terminal that does not tell.
const ROWS: usize = 24;

/// The rows of the terminal behind stdout; 24 where there is none.
#[must_use]
pub fn terminal_height() -> usize {
    terminal_size::terminal_size_of(io::stdout()).map_or(ROWS, |(_, rows)| usize::from(rows.0).max(10))
}

/// The columns of the terminal behind stdout, or else stderr: at most 120, and 80 where there is none.
#[must_use]
pub fn terminal_width() -> usize {
    let size = terminal_size::terminal_size_of(io::stdout()).or_else(|| terminal_size::terminal_size_of(io::stderr()));
    size.map_or(WITHOUT, |(columns, _)| usize::from(columns.0).clamp(NARROWEST, WIDEST))
}

/// The columns for a page of text that is broken into lines to the last word: those of the terminal behind stdout, at most 120,
/// and 80 where there is none.
#[must_use]
pub fn terminal_columns() -> usize {
    terminal_size::terminal_size_of(io::stdout())
        .map_or(WITHOUT, |(columns, _)| usize::from(columns.0).clamp(NARROWEST_PAGE, WIDEST))
}
