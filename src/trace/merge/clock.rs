//! When things happened, by the server's clock.

use super::load::Loaded;
use super::matching::Cause;
use crate::trace::{Event, What};

/// Times in microseconds since 1970, by the server's clock.
#[derive(Debug)]
pub(super) struct Times {
    /// From where the whole is counted.
    pub(super) start: i128,
    /// How far each client's clock is moved: no farther than causality wants it.
    pub(super) shifts: Vec<i64>,
    at: Vec<i128>,
    told: Vec<i128>,
    /// The other side had noticed it before it was told: a thread may lose the processor between its `send` and telling of it.
    is_early: Vec<bool>,
}

impl Times {
    /// `starts` are the files' own.
    pub(super) fn new(loaded: &Loaded, starts: &[i128], causes: &[Cause]) -> Self {
        let each = || loaded.events.iter().zip(&loaded.files);
        let start_of = |file: usize| starts.get(file).copied().unwrap_or_default();
        let mut told: Vec<_> = each().map(|(event, file)| start_of(*file) + micros(event)).collect();
        let mut shifts = Vec::new();
        for file in 1..loaded.count {
            // A client of a tap's goes by the tap's clock, which goes by the server's by now.
            let shift = shift(file, loaded, &told, causes);
            let its_own = told.iter_mut().zip(&loaded.files).filter(|(_, of)| **of == file);
            its_own.for_each(|(told, _)| *told += shift);
            shifts.push(shift);
        }
        let mut at = told.clone();
        for Cause { before, after } in causes {
            let (Some(noticed), Some(took)) = (told.get(*after), took(loaded, *before)) else { continue };
            if let (Some(at), Some(told)) = (at.get_mut(*before), told.get(*before)) {
                // Not before it began.
                *at = (*at).min(*noticed).max(told - took);
            }
        }
        let is_early = at.iter().zip(&told).map(|(at, told)| at < told).collect();
        let start = at.iter().copied().chain([start_of(0)]).min().unwrap_or_default();
        let shifts = shifts.iter().map(|shift| i64::try_from(*shift).unwrap_or_default()).collect();
        Self { start, shifts, at, told, is_early }
    }

    /// When an event happened.
    pub(super) fn of(&self, place: usize) -> i128 {
        self.at.get(place).copied().unwrap_or_default()
    }

    /// When it was told.
    pub(super) fn told(&self, place: usize) -> i128 {
        self.told.get(place).copied().unwrap_or_default()
    }

    /// Whether it happened before it was told, and so keeps the order of its thread only.
    pub(super) fn is_early(&self, place: usize) -> bool {
        self.is_early.get(place).copied().unwrap_or_default()
    }

    /// For records that do not say how long their calls took.
    pub(super) fn let_every_cause_move(&mut self, causes: &[Cause]) {
        for Cause { before, .. } in causes {
            self.is_early.get_mut(*before).into_iter().for_each(|early| *early = true);
        }
    }
}

fn micros(event: &Event) -> i128 {
    i128::try_from(event.at.as_micros()).unwrap_or(i128::MAX / 4)
}

/// How long a call took; nothing where nobody said.
fn took(loaded: &Loaded, place: usize) -> Option<i128> {
    match loaded.events.get(place).map(|event| &event.what) {
        Some(What::Call { took, .. }) => i128::try_from(took.unwrap_or_default().as_micros()).ok(),
        _ => None,
    }
}

/// The smallest move of a file's clock, beside those of the files before it, that lets every cause begin before what it caused.
/// Where none does (the two clocks did not run equally fast), one in the middle.
fn shift(file: usize, loaded: &Loaded, told: &[i128], causes: &[Cause]) -> i128 {
    let (mut least, mut most) = (i128::MIN, i128::MAX);
    for Cause { before, after } in causes {
        let file_of = |place: &usize| loaded.files.get(*place).copied().unwrap_or_default();
        let (Some(noticed), Some(over), Some(took)) = (told.get(*after), told.get(*before), took(loaded, *before))
        else {
            continue;
        };
        let began = over - took;
        if file_of(after).max(file_of(before)) != file {
            continue;
        }
        if file_of(after) == file {
            least = least.max(began - noticed);
        } else {
            most = most.min(noticed - began);
        }
    }
    if least > most { least - (least - most) / 2 } else { 0.clamp(least, most) }
}
