//! What was typed, in an error: a secret may stand in the wrong place, and an error may be seen by others, on a projector or in
//! a log.

use crate::cli::SECRETIVE;

/// Stands for what was typed.
const HIDDEN: &str = "…";

/// Whether this command is given a secret or a key.
pub(super) fn takes_secret(command: &str) -> bool {
    SECRETIVE.contains(&command)
}

/// What was typed, in quotes; of a command that takes a secret, only that it was typed.
pub(super) fn shown(typed: &str, takes_secret: bool) -> String {
    if takes_secret { format!("\"{HIDDEN}\"") } else { format!("{typed:?}") }
}
