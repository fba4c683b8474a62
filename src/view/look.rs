//! How a run is shown.

use super::narrate::Layout;
use super::stream::Stream;
use crate::lang::Lang;
use anstream::ColorChoice;

/// How things are shown.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// When to use colour.
    pub color: ColorChoice,
    /// The language of the narration.
    pub lang: Lang,
    /// One actor, or several side by side.
    pub layout: Layout,
    /// How many columns a line may have.
    pub width: usize,
    /// Where the narration goes: beside the results on stderr, or on stdout where it is the result itself.
    pub narrate_on: Stream,
}
