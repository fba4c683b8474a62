//! Lessons 1 and 4, the client: sends something, prints what comes back.
//!
//! What is said about each check is in `lessons/*/checks/echo-client.md`.

mod length;
mod long_line;
mod message;
mod reply;
mod server;
mod talk;
mod typing;
mod unprinted;

use super::Played;
use super::clients::nobody_listens;
use crate::check::requirement::Target::SocketClient;

/// The checks, each behind the one that it presupposes.
pub(super) const CHECKS: &[Played] = &[
    Played::first("client/connects", message::connects),
    Played::must("client/speaks", "client/connects", message::speaks),
    Played::must("client/prints-reply", "client/speaks", reply::prints_reply).teaches(),
    Played::should("client/prints-at-once", "client/prints-reply", reply::prints_at_once),
    Played::must("client/second-message", "client/prints-reply", message::second_message),
    Played::must("client/split-reply", "client/prints-reply", reply::split_reply),
    Played::must("client/split-letter", "client/split-reply", reply::split_letter).only_for(SocketClient),
    Played::must("client/reply-length", "client/split-letter", length::reply_length).only_for(SocketClient),
    Played::must("client/late-reply", "client/prints-reply", reply::late_reply),
    // What is typed.
    Played::must("client/empty-line", "client/second-message", typing::empty_line).only_for(SocketClient),
    Played::must("client/end-of-input", "client/prints-reply", typing::end_of_input).only_for(SocketClient),
    Played::must("client/long-line", "client/split-reply", long_line::long_line).only_for(SocketClient),
    // Servers that do not behave.
    Played::must("client/server-closes", "client/prints-reply", server::server_closes),
    Played::must("client/server-resets", "client/prints-reply", server::server_resets),
    Played::should("client/exit-code", "client/server-closes", server::exit_code),
    Played::should("client/nobody-listens", "client/connects", nobody_listens),
    Played::should("client/sleeps", "client/prints-reply", server::sleeps),
];
