//! Where a judgement is on the path along which a beginner builds the program.

use day30::check::verdict::Judged;
use day30::check::{Check, Step};
use day30::lang::Lang;

/// Where a judgement is on the path.
#[derive(Default)]
pub(super) struct Walk {
    /// The checks of the step that is being judged, as far as they are decided.
    pub(super) pending: Vec<Judged>,
    /// The number of the step that failed.
    pub(super) stuck: Option<usize>,
    /// The number of the first step with a check that could not be tested.
    pub(super) open: Option<usize>,
}

impl Walk {
    /// What is being judged, for the progress bar.
    pub(super) fn title(&self, path: &'static [Step], check: &Check, lang: Lang) -> String {
        match (self.stuck, path.iter().find(|step| step.holds(check))) {
            (None, Some(step)) => step.name(lang),
            _ => lang.pick("the later steps", "后面的步骤").to_owned(),
        }
    }
}
