//! Lessons 1 and 4, the server: whatever arrives is sent back in upper case.
//!
//! What is said about each check is in `lessons/*/checks/echo-server.md`.

mod buffers;
mod bulk;
mod echoed;
mod ending;
mod leaving;
mod many;
mod process;
mod prompt;
mod silence;
mod split;
mod stops;
mod text;
mod waiting;
mod words;

use super::Played;
use crate::check::requirement::Target::SocketServer;
pub(super) use stops::find_what_ended_it;

/// The checks, each behind the one that it presupposes.
pub(super) const CHECKS: &[Played] = &[
    Played::first("echo/listens", text::listens),
    Played::must("echo/speaks-second", "echo/listens", text::speaks_second),
    Played::must("echo/one-message", "echo/listens", text::one_message),
    // A server that sleeps before each reply would take minutes for all that follows.
    Played::must("echo/answers-at-once", "echo/one-message", prompt::answers_at_once),
    Played::must("echo/many-messages", "echo/answers-at-once", text::many_messages),
    // What a server is for: more than one client.
    Played::must("echo/two-clients", "echo/answers-at-once", many::two_clients),
    Played::must("echo/silent-client", "echo/two-clients", many::silent_client),
    Played::must("echo/many-clients", "echo/silent-client", many::many_clients),
    Played::must("echo/forty-silent", "echo/many-clients", silence::forty_silent),
    Played::should("echo/hundred-silent", "echo/forty-silent", silence::hundred_silent),
    Played::must("echo/leaving-among-others", "echo/many-clients", many::leaving_among_others),
    Played::must("echo/half-close", "echo/answers-at-once", ending::half_close),
    Played::must("echo/queued-at-shutdown", "echo/half-close", ending::queued_at_shutdown),
    Played::must("echo/closes", "echo/answers-at-once", ending::closes),
    Played::must("echo/sleeps-after-leaving", "echo/closes", process::sleeps_after_leaving)
        .only_for(SocketServer)
        .of_process(),
    Played::must("echo/gives-back", "echo/closes", process::releases).of_process(),
    // The text, however it is cut.
    Played::must("echo/every-byte-counts", "echo/answers-at-once", text::every_byte_counts),
    Played::must("echo/no-magic-word", "echo/two-clients", words::no_magic_word),
    Played::must("echo/other-alphabets", "echo/answers-at-once", text::other_alphabets),
    Played::should("echo/sharp-s", "echo/other-alphabets", text::sharp_s),
    Played::must("echo/byte-order-mark", "echo/other-alphabets", words::byte_order_mark),
    Played::must("echo/split-letter", "echo/other-alphabets", split::split_letter),
    Played::must("echo/split-anywhere", "echo/split-letter", split::split_anywhere),
    Played::must("echo/byte-by-byte", "echo/split-letter", split::byte_by_byte),
    Played::must("echo/letter-at-buffer-edge", "echo/split-letter", split::letter_at_buffer_edge),
    Played::must("echo/own-letters", "echo/split-letter", many::own_letters),
    // As much as a buffer holds, and more.
    Played::must("echo/exact-buffer", "echo/answers-at-once", buffers::exact_buffer),
    Played::must("echo/long-message", "echo/answers-at-once", bulk::long_message),
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
    Played::should("echo/restart", "echo/answers-at-once", process::restart).of_process(),
    // Last, since it waits for clients that have been silent beside all the others.
    Played::must(silence::KEEPS_SILENT_CLIENT, "echo/silent-client", silence::keeps_silent_client),
];
