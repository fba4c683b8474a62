//! Lessons 1 and 4, the server: whatever arrives is sent back in upper case.
//!
//! What is said about each check is in `lessons/*/checks/echo-server.md`.

mod bulk;
mod leaving;
mod many;
mod process;
mod saying;
mod text;

use super::Check;
use super::Target::SocketServer;

/// The checks, each behind the one that it presupposes.
pub(super) const CHECKS: &[Check] = &[
    Check::first("echo/listens", text::listens),
    Check::must("echo/speaks-second", "echo/listens", text::speaks_second),
    Check::must("echo/one-message", "echo/listens", text::one_message),
    Check::must("echo/many-messages", "echo/one-message", text::many_messages),
    // What a server is for: more than one client.
    Check::must("echo/two-clients", "echo/one-message", many::two_clients),
    Check::must("echo/silent-client", "echo/two-clients", many::silent_client),
    Check::must("echo/many-clients", "echo/silent-client", many::many_clients),
    Check::must("echo/leaving-among-others", "echo/many-clients", many::leaving_among_others),
    Check::must("echo/half-close", "echo/one-message", leaving::half_close),
    Check::must("echo/closes", "echo/one-message", leaving::closes),
    Check::must("echo/sleeps-after-leaving", "echo/closes", process::sleeps_after_leaving)
        .only_for(SocketServer)
        .of_process(),
    Check::must("echo/gives-back", "echo/closes", process::gives_back).of_process(),
    // The text, however it is cut.
    Check::must("echo/every-byte-counts", "echo/one-message", text::every_byte_counts),
    Check::must("echo/other-alphabets", "echo/one-message", text::other_alphabets),
    Check::should("echo/sharp-s", "echo/other-alphabets", text::sharp_s),
    Check::must("echo/split-letter", "echo/other-alphabets", text::split_letter),
    Check::must("echo/split-anywhere", "echo/split-letter", text::split_anywhere),
    Check::must("echo/byte-by-byte", "echo/split-letter", text::byte_by_byte),
    Check::must("echo/letter-at-buffer-edge", "echo/split-letter", text::letter_at_buffer_edge),
    Check::must("echo/own-letters", "echo/split-letter", many::own_letters),
    // More than a buffer holds.
    Check::must("echo/long-message", "echo/one-message", bulk::long_message),
    Check::must("echo/late-reader", "echo/long-message", bulk::late_reader),
    Check::should("echo/stops-reading", "echo/late-reader", bulk::stops_reading),
    Check::must("echo/slow-reader", "echo/silent-client", bulk::slow_reader),
    // Clients that do not behave.
    Check::must("echo/probe", "echo/two-clients", leaving::probe),
    Check::must("echo/reset", "echo/two-clients", leaving::reset),
    Check::must("echo/leaves-without-reading", "echo/two-clients", leaving::leaves_without_reading),
    Check::must("echo/bad-bytes", "echo/two-clients", leaving::bad_bytes),
    Check::should("echo/answers-before-bad-bytes", "echo/bad-bytes", leaving::answers_before_bad_bytes),
    Check::must("echo/half-a-letter", "echo/two-clients", leaving::half_a_letter),
    // The program as a whole.
    Check::should("echo/sleeps", "echo/two-clients", process::sleeps).only_for(SocketServer).of_process(),
    Check::should("echo/ctrl-c", "echo/two-clients", process::ctrl_c).of_process(),
    Check::should("echo/restart", "echo/one-message", process::restart).of_process(),
];
