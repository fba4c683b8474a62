//! Lesson 2, the client: reads 32 bytes, and answers them once.
//!
//! What is said about each check is in `lessons/*/checks/auth-client.md`.

mod answer;
mod exchange;
mod instead;
mod secret;
mod server;

use super::Played;
use super::clients::nobody_listens;

/// The checks, each behind the one that it presupposes.
pub(super) const CHECKS: &[Played] = &[
    Played::first("auth-client/connects", answer::connects),
    Played::must("auth-client/length", "auth-client/connects", answer::length),
    Played::must("auth-client/digest", "auth-client/length", answer::digest),
    Played::must("auth-client/nothing-more", "auth-client/digest", answer::nothing_more),
    Played::must("auth-client/split-challenge", "auth-client/digest", answer::split_challenge),
    Played::must("auth-client/byte-by-byte", "auth-client/split-challenge", answer::byte_by_byte),
    Played::must("auth-client/any-bytes", "auth-client/digest", answer::any_bytes),
    Played::must("auth-client/only-32-bytes", "auth-client/digest", answer::only_32_bytes),
    Played::must("auth-client/late-challenge", "auth-client/digest", answer::late_challenge),
    Played::must("auth-client/one-answer", "auth-client/nothing-more", answer::one_answer),
    Played::must("auth-client/keeps-the-secret", "auth-client/digest", answer::keeps_the_secret),
    Played::must("auth-client/not-written-in", "auth-client/digest", secret::not_written_in).with_place("secret"),
    // Servers that do not behave.
    Played::must("auth-client/leaves", "auth-client/digest", server::leaves),
    Played::must("auth-client/short-challenge", "auth-client/digest", server::short_challenge),
    Played::must("auth-client/no-challenge", "auth-client/digest", server::no_challenge),
    Played::should("auth-client/exit-code", "auth-client/leaves", server::exit_code),
    Played::should("auth-client/nobody-listens", "auth-client/connects", nobody_listens),
    Played::should("auth-client/silent-server", "auth-client/digest", server::silent_server),
];
