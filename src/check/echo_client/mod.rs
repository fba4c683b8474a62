//! Lessons 1 and 4, the client: sends something, prints what comes back.
//!
//! What is said about each check is in `lessons/*/checks/echo-client.md`.

mod reply;
mod server;
mod talk;
mod typing;

use super::Check;
use super::Target::SocketClient;
use super::clients::nobody_listens;

/// The checks, each behind the one that it presupposes.
pub(super) const CHECKS: &[Check] = &[
    Check::first("client/connects", reply::connects),
    Check::must("client/speaks", "client/connects", reply::speaks),
    Check::must("client/prints-reply", "client/speaks", reply::prints_reply).teaches(),
    Check::should("client/prints-at-once", "client/prints-reply", reply::prints_at_once),
    Check::must("client/second-message", "client/prints-reply", reply::second_message),
    Check::must("client/split-reply", "client/prints-reply", reply::split_reply),
    Check::must("client/split-letter", "client/split-reply", reply::split_letter).only_for(SocketClient),
    Check::must("client/late-reply", "client/prints-reply", reply::late_reply),
    // What is typed.
    Check::must("client/empty-line", "client/second-message", typing::empty_line).only_for(SocketClient),
    Check::must("client/end-of-input", "client/prints-reply", typing::end_of_input).only_for(SocketClient),
    Check::must("client/long-line", "client/split-reply", typing::long_line).only_for(SocketClient),
    // Servers that do not behave.
    Check::must("client/server-closes", "client/prints-reply", server::server_closes),
    Check::must("client/server-resets", "client/prints-reply", server::server_resets),
    Check::should("client/exit-code", "client/server-closes", server::exit_code),
    Check::should("client/nobody-listens", "client/connects", nobody_listens),
    Check::should("client/sleeps", "client/prints-reply", server::sleeps),
];
