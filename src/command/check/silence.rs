//! How long an echo server must bear a client that says nothing: as long as the contract says, but for day30's own tests.

use crate::cli::span::some_span;
use day30::check::SILENCE;
use std::time::Duration;

/// The tests judge many a server, and few of them for this; one that never sleeps would use up a core for all of the 10 s each time.
/// No option, so that nothing offers it to a student: neither the help, nor a shell that completes what is typed.
const VARIABLE: &str = "DAY30_TEST_SILENCE";

pub(super) fn silence() -> Duration {
    let asked_for = std::env::var(VARIABLE).ok().and_then(|typed| some_span(&typed).ok());
    asked_for.unwrap_or(SILENCE)
}
