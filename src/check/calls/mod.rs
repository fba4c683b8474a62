//! What the calls of a program that was watched say of the cause of its failure. From outside, a cause is often no more than a guess;
//! the calls decide.
//!
//! | file | what it is |
//! |---|---|
//! | `table.rs` | for each cause that calls can prove: what they show then, and what contradicts it |
//! | `facts.rs`, `talk.rs` | what the calls were by the moment of the failure, all of them and each connection's |

mod facts;
mod table;
mod talk;

use crate::check::requirement::Target;
use crate::check::verdict::{Failure, Fault};
use crate::lang::Text;
use crate::trace::Excerpt;
use crate::trace::state::Side;
use crate::view::line_of;
use facts::Calls;
use std::time::Duration;
use table::{Row, Says, TABLE};

/// The clocks of two records differ by less than this.
const CLOCKS: Duration = Duration::from_millis(5);

/// The time in both records that shows a failure that was observed then. Where something was waited for, that is a little earlier:
/// what is done next, to find the cause, can change what the program does.
#[must_use]
pub fn moment_of(fault: Fault, observed: Duration) -> Duration {
    if fault.is_of_waiting() { observed.saturating_sub(CLOCKS) } else { observed }
}

/// Lets the calls of the program decide on the cause, as they were by this time of a trace of both sides. Calls that prove a
/// cause name it; a guess that they contradict is taken back. What the judge has found out by trying stays.
pub fn decide(failure: &mut Failure, target: Target, excerpt: &Excerpt, until: Duration) {
    let program = if target.is_client() { Side::Client } else { Side::Server };
    let Some(calls) = Calls::of(excerpt, until, program) else { return };
    let explains = |row: &&Row| row.explains(target, failure.fault);
    let says = |row: &Row| (row.says)(&calls);
    let named = failure.cause().and_then(|cause| TABLE.iter().filter(explains).find(|row| row.cause == cause));
    let mut shown = None;
    match named.map(says) {
        Some(Says::Yes(found)) => shown = Some(found),
        Some(Says::No) if !failure.is_cause_seen() => failure.unname(),
        _ => {}
    }
    if shown.is_none() && !failure.is_cause_seen() {
        let proved = TABLE.iter().filter(|row| row.explains(target, failure.fault)).find_map(|row| match says(row) {
            Says::Yes(found) => Some((row.cause, found)),
            _ => None,
        });
        if let Some((cause, found)) = proved {
            failure.rename(cause);
            shown = Some(found);
        }
    } else if shown.is_some()
        && let Some(cause) = failure.cause()
    {
        failure.name(cause);
    }
    failure.is_proved = shown.is_some();
    let at_its_line = shown.flatten().map(|found| {
        let line = line_of(found.place.file.as_deref(), found.place.line);
        let line = line.map(|line| format!("{line}: ")).unwrap_or_default();
        let Text { en, zh } = found.finding.sentence();
        Text { en: format!("{line}{en}"), zh: format!("{line}{zh}") }
    });
    // Where something was waited for, it says something where the program slept.
    failure.calls = at_its_line.or_else(|| calls.moment.sentence().filter(|_| failure.fault.is_of_waiting()));
}

#[cfg(test)]
mod tests;
