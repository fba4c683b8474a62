//! Lessons 1 and 4, the server: whatever arrives is sent back in upper case.
//!
//! What is said about each check is in `lessons/*/checks/echo-server.md`.

mod bulk;
mod leaving;
mod many;
mod process;
mod saying;
mod text;

use super::Played;
use crate::check::requirement::Target::SocketServer;

/// The checks, each behind the one that it presupposes.
pub(super) const CHECKS: &[Played] = &[
    Played::first("echo/listens", text::listens),
    Played::must("echo/speaks-second", "echo/listens", text::speaks_second),
    Played::must("echo/one-message", "echo/listens", text::one_message),
    Played::must("echo/many-messages", "echo/one-message", text::many_messages),
    // What a server is for: more than one client.
    Played::must("echo/two-clients", "echo/one-message", many::two_clients),
    Played::must("echo/silent-client", "echo/two-clients", many::silent_client),
    Played::must("echo/many-clients", "echo/silent-client", many::many_clients),
    Played::must("echo/leaving-among-others", "echo/many-clients", many::leaving_among_others),
    Played::must("echo/half-close", "echo/one-message", leaving::half_close),
    Played::must("echo/closes", "echo/one-message", leaving::closes),
    Played::must("echo/sleeps-after-leaving", "echo/closes", process::sleeps_after_leaving)
        .only_for(SocketServer)
        .of_process(),
    Played::must("echo/gives-back", "echo/closes", process::releases).of_process(),
    // The text, however it is cut.
    Played::must("echo/every-byte-counts", "echo/one-message", text::every_byte_counts),
    Played::must("echo/other-alphabets", "echo/one-message", text::other_alphabets),
    Played::should("echo/sharp-s", "echo/other-alphabets", text::sharp_s),
    Played::must("echo/split-letter", "echo/other-alphabets", text::split_letter),
    Played::must("echo/split-anywhere", "echo/split-letter", text::split_anywhere),
    Played::must("echo/byte-by-byte", "echo/split-letter", text::byte_by_byte),
    Played::must("echo/letter-at-buffer-edge", "echo/split-letter", text::letter_at_buffer_edge),
    Played::must("echo/own-letters", "echo/split-letter", many::own_letters),
    // More than a buffer holds.
    Played::must("echo/long-message", "echo/one-message", bulk::long_message),
    Played::must("echo/late-reader", "echo/long-message", bulk::late_reader),
    Played::should("echo/stops-reading", "echo/late-reader", bulk::stops_reading),
    Played::must("echo/slow-reader", "echo/silent-client", bulk::slow_reader),
    // Clients that do not behave.
    Played::must("echo/probe", "echo/two-clients", leaving::probe),
    Played::must("echo/reset", "echo/two-clients", leaving::reset),
    Played::must("echo/leaves-without-reading", "echo/two-clients", leaving::leaves_without_reading),
    Played::must("echo/bad-bytes", "echo/two-clients", leaving::bad_bytes),
    Played::should("echo/answers-before-bad-bytes", "echo/bad-bytes", leaving::answers_before_bad_bytes),
    Played::must("echo/half-a-letter", "echo/two-clients", leaving::half_a_letter),
    // The program as a whole.
    Played::should("echo/sleeps", "echo/two-clients", process::sleeps).only_for(SocketServer).of_process(),
    Played::should("echo/ctrl-c", "echo/two-clients", process::ctrl_c).of_process(),
    Played::should("echo/restart", "echo/one-message", process::restart).of_process(),
];
