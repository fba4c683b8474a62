//! How far down each row stands. A row has the height of its text at least; the time between two rows makes the distance larger, on a
//! logarithmic scale; and a long gap is cut short and marked.

use super::story::Section;
use super::words::Label;
use std::time::Duration;

/// How far apart the lines of a text are.
pub(super) const LINE: f64 = 19.0;
/// From a row whose arrow leaves to that where it arrives, at least.
pub(super) const SLOPE: f64 = 24.0;
/// A gap that is longer is cut short.
pub(super) const LONG: Duration = Duration::from_millis(100);
/// The height of a mark that says so.
const CUT: f64 = 44.0;
/// Above and below the text of a note.
pub(super) const AROUND: f64 = 6.0;
/// Between two texts.
const APART: f64 = 5.0;

/// Where a row stands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Place {
    /// Its point on the lane.
    pub(super) y: f64,
    /// The top of its text, and its height.
    pub(super) text: f64,
    pub(super) height: f64,
}

/// A section's rows.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout {
    /// For each row.
    pub(super) places: Vec<Place>,
    /// The marks of long gaps: their middle, and how long they are.
    pub(super) cuts: Vec<(f64, Duration)>,
    pub(super) bottom: f64,
}

impl Layout {
    /// From `top` on; `labels` has one for each row.
    pub(super) fn new(section: &Section<'_>, labels: &[Label], top: f64) -> Self {
        let places = vec![Place::default(); section.rows.len()];
        let mut layout = Self { places, cuts: Vec::new(), bottom: top };
        let mut last: Option<Duration> = None;
        for &row in &section.order {
            let (Some(here), Some(label)) = (section.rows.get(row), labels.get(row)) else { continue };
            let gap = last.map_or(Duration::ZERO, |last| here.at.saturating_sub(last));
            last = last.max(Some(here.at));
            if gap >= LONG {
                layout.cuts.push((layout.bottom + CUT / 2.0, gap));
                layout.bottom += CUT;
            } else {
                layout.bottom += stretch(gap);
            }
            let place = layout.place(section, row, label);
            if let Some(free) = layout.places.get_mut(row) {
                *free = place;
            }
        }
        layout
    }

    /// Places a row below all that stand already.
    fn place(&mut self, section: &Section<'_>, row: usize, label: &Label) -> Place {
        let top = self.bottom;
        let around = if label.is_note { AROUND } else { 0.0 };
        let height = label.lines.len() as f64 * LINE + 2.0 * around;
        let mut leaves = section.leaving(row).peekable();
        let mut arrives = section.arriving(row).peekable();
        let place = if arrives.peek().is_some() {
            // Below its arrow's head, and far enough below the other end.
            let other =
                |from: Option<usize>| from.map_or(top, |from| self.places.get(from).map_or(top, |place| place.y));
            let y = arrives.map(|arrow| other(arrow.from) + SLOPE).fold(top + SLOPE / 2.0, f64::max);
            Place { y, text: y + 2.0, height }
        } else if leaves.peek().is_some() {
            Place { y: top + height + 4.0, text: top, height }
        } else {
            Place { y: top + (LINE / 2.0 + around).min(height / 2.0).max(4.0), text: top, height }
        };
        let goes_nowhere = section.leaving(row).any(|arrow| arrow.to.is_none());
        let below = if goes_nowhere { SLOPE - APART } else { 0.0 };
        self.bottom = place.y.max(place.text + height) + below + APART;
        place
    }
}

/// How much further apart two rows are for the time between them: nothing for 0.1 ms, 10 for each power of ten.
fn stretch(gap: Duration) -> f64 {
    10.0 * (1.0 + gap.as_secs_f64() / 1e-4).log10()
}
