//! Errors about what was typed, without repeating it: a secret may stand in the wrong place, and an error may be seen by others,
//! on a projector or in a log.

use clap::CommandFactory;
use clap::error::{ContextKind, ContextValue};
use day30::lang::Lang;
use std::error::Error;
use std::ffi::OsString;

/// The commands that are given a secret or a key.
const WITH_SECRET: [&str; 4] = ["auth-server", "auth-client", "hmac", "check"];
/// Stands for what was typed.
const HIDDEN: &str = "…";

/// Whether this command is given a secret or a key.
pub(super) fn takes_secret(command: &str) -> bool {
    WITH_SECRET.contains(&command)
}

/// What was typed, in quotes; of a command that takes a secret, only that it was typed.
pub(super) fn shown(typed: &str, takes_secret: bool) -> String {
    if takes_secret { format!("\"{HIDDEN}\"") } else { format!("{typed:?}") }
}

/// The same error. If one of the words typed is a command that takes a secret, what the user typed is not in it any more; what
/// day30 knows by itself (options, possible values) still is.
pub(crate) fn unrepeated(error: clap::Error, words: &[OsString], lang: Lang) -> clap::Error {
    if !words.iter().filter_map(|word| word.to_str()).any(takes_secret) {
        return error;
    }
    let typed: Vec<_> = TYPED.iter().filter(|kind| is_typed(&error, **kind)).copied().collect();
    if typed.is_empty() {
        return error;
    }
    let mut error = without_source(error);
    for kind in typed {
        error.insert(kind, ContextValue::String(HIDDEN.into()));
    }
    // Clap's own advice repeats the word.
    let tip = lang.pick(
        "what was typed is not repeated here, as it may be the secret",
        "这里不重复显示所输入的内容，因为它可能是密钥",
    );
    error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    error
}

/// Where clap puts words of the user's.
const TYPED: [ContextKind; 2] = [ContextKind::InvalidArg, ContextKind::InvalidValue];

/// Only for an unknown argument is the argument's name the user's own. An empty value says that there was none.
fn is_typed(error: &clap::Error, kind: ContextKind) -> bool {
    let is_users = kind == ContextKind::InvalidValue || error.kind() == clap::error::ErrorKind::UnknownArgument;
    is_users && matches!(error.get(kind), Some(ContextValue::String(word)) if !word.is_empty())
}

/// The reason may repeat the value: `70000 is not in 1..=65535`.
fn without_source(error: clap::Error) -> clap::Error {
    let (reason, value) = (error.source().map(ToString::to_string), error.get(ContextKind::InvalidValue));
    match (reason, value) {
        (Some(reason), Some(ContextValue::String(value))) if reason.contains(value) => {
            let mut new = clap::Error::new(error.kind()).with_cmd(&crate::cli::Cli::command());
            for (kind, value) in error.context() {
                new.insert(kind, value.clone());
            }
            new
        }
        _ => error,
    }
}
