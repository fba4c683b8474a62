//! A judgement for other programs: JSON for everything, JUnit for a teacher's CI, TAP for `prove`.

pub mod json;
pub mod junit;
pub mod tap;

use crate::check::order::Order;
use crate::check::output::show::{self, Again};
use crate::check::texts::Texts;
use crate::check::verdict::judgement::{Decision, Judgement};
use crate::check::verdict::{Judged, NotRun, Verdict};
use crate::lang::Lang;
use crate::say;

/// What a report is about, beside what came of it.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// What was to be judged.
    pub order: &'a Order,
    /// The program's command, or its address, as it may be shown.
    pub command: &'a str,
    /// How one check is played again.
    pub again: &'a Again,
    /// Whether each SHOULD counts as much as a MUST.
    pub strict: bool,
    /// The language of everything that is text. Names are English.
    pub lang: Lang,
}

impl Decision {
    /// Its name in the reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Open => "undecided",
        }
    }
}

/// A verdict's name in the reports.
#[must_use]
pub fn verdict_name(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "passed",
        Verdict::Failed(_) => "failed",
        Verdict::NotRun(_) => "not-run",
        Verdict::Unknown(_) => "unknown",
    }
}

/// Why a check was not judged; `None` for one that was.
#[must_use]
pub fn reason(judged: &Judged, lang: Lang) -> Option<String> {
    match &judged.verdict {
        Verdict::Passed | Verdict::Failed(_) => None,
        Verdict::NotRun(NotRun::Presupposed(root)) => {
            Some(say!(lang, "skipped: depends on {root}", "跳过：依赖 {root}"))
        }
        Verdict::NotRun(NotRun::Impossible(why)) | Verdict::Unknown(why) => Some(why.of(lang).to_owned()),
    }
}

/// A failure in full, as it stands on a terminal, but without its colours.
#[must_use]
pub fn whole_failure(judged: &Judged, about: &About<'_>, texts: &Texts) -> String {
    let Verdict::Failed(failure) = &judged.verdict else { return String::new() };
    let details = show::failure(judged, failure, texts, about.order, 3, about.lang);
    let text = details
        + &show::rerun(judged, about.again, about.lang)
        + &show::cause(failure, texts, about.order, true, about.lang);
    anstream::adapter::strip_str(&text).to_string()
}

/// What tells one round's case from another's.
fn in_round(judged: &Judged, judgement: &Judgement) -> String {
    let is_one_of_many = judgement.judged.iter().any(|other| other.round > 1);
    if is_one_of_many { format!(" (round {})", judged.round) } else { String::new() }
}
