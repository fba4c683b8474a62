//! What one judgement hands on to the next.

use day30::check::verdict::cause::Cause;

/// What is remembered of a judgement for the next one, when the same program is judged again and again.
#[derive(Default)]
pub(super) struct Memory {
    /// What failed: when it passes now, it is explained.
    pub(super) failed: Vec<&'static str>,
    /// Whether a check that failed is to be played once more, for the page of `--see`.
    pub(super) replays: bool,
    /// Whether that was done, and the page is written.
    pub(super) has_replayed: bool,
    /// The failure that was shown in full, by its check and its cause, and how many of its hints.
    pub(super) shown: Option<((&'static str, Option<Cause>), usize)>,
    /// Whether it was told that the progress cannot be kept: once is enough.
    pub(super) is_lost_told: bool,
}
