//! Lesson 2, the client: reads 32 bytes, and answers them once.
//!
//! What is said about each check is in `lessons/*/checks/auth-client.md`.

mod answer;
mod instead;
mod server;

use super::Check;
use super::clients::nobody_listens;

/// The checks, each behind the one that it presupposes.
pub(super) const CHECKS: &[Check] = &[
    Check::first("auth-client/connects", answer::connects),
    Check::must("auth-client/length", "auth-client/connects", answer::length),
    Check::must("auth-client/digest", "auth-client/length", answer::digest),
    Check::must("auth-client/nothing-more", "auth-client/digest", answer::nothing_more),
    Check::must("auth-client/split-challenge", "auth-client/digest", answer::split_challenge),
    Check::must("auth-client/byte-by-byte", "auth-client/split-challenge", answer::byte_by_byte),
    Check::must("auth-client/any-bytes", "auth-client/digest", answer::any_bytes),
    Check::must("auth-client/late-challenge", "auth-client/digest", answer::late_challenge),
    Check::must("auth-client/one-answer", "auth-client/nothing-more", answer::one_answer),
    Check::must("auth-client/keeps-the-secret", "auth-client/digest", answer::keeps_the_secret),
    // Servers that do not behave.
    Check::must("auth-client/leaves", "auth-client/digest", server::leaves),
    Check::must("auth-client/short-challenge", "auth-client/digest", server::short_challenge),
    Check::must("auth-client/no-challenge", "auth-client/digest", server::no_challenge),
    Check::should("auth-client/exit-code", "auth-client/leaves", server::exit_code),
    Check::should("auth-client/nobody-listens", "auth-client/connects", nobody_listens),
    Check::should("auth-client/silent-server", "auth-client/digest", server::silent_server),
];
