//! Lesson 2, the server: 32 random bytes, a length, a digest, and `ok` or nothing.
//!
//! What is said about each check is in `lessons/*/checks/auth-server.md`.

mod honest;
mod leaving;
mod proof;
mod refused;
mod wants;

use super::Check;

/// The checks, each behind the one that it presupposes.
pub(super) const CHECKS: &[Check] = &[
    Check::first("auth/listens", honest::listens),
    Check::must("auth/challenge", "auth/listens", honest::challenge),
    Check::must("auth/ok", "auth/challenge", honest::ok).teaches(),
    Check::should("auth/ok-at-once", "auth/ok", honest::ok_at_once),
    Check::must("auth/fresh-challenge", "auth/challenge", honest::fresh_challenge),
    Check::must("auth/one-piece", "auth/ok", honest::one_piece),
    Check::must("auth/split-answer", "auth/ok", honest::split_answer),
    Check::must("auth/byte-by-byte", "auth/split-answer", honest::byte_by_byte),
    Check::must("auth/closes", "auth/ok", honest::closes),
    Check::should("auth/says-nothing", "auth/ok", honest::says_nothing),
    Check::should("auth/next-client", "auth/ok", honest::next_client),
    Check::should("auth/silent-client", "auth/next-client", honest::silent_client),
    // Who must not be let in.
    Check::must("auth/wrong-secret", "auth/ok", refused::wrong_secret),
    Check::must("auth/wrong-digit", "auth/wrong-secret", refused::wrong_digit),
    Check::must("auth/old-answer", "auth/wrong-secret", refused::old_answer),
    Check::must("auth/one-ok", "auth/ok", refused::one_ok),
    Check::must("auth/challenge-echoed", "auth/wrong-secret", refused::challenge_echoed),
    Check::must("auth/raw-digest", "auth/wrong-secret", refused::raw_digest),
    Check::must("auth/no-text", "auth/wrong-secret", refused::no_text),
    // The length is a stranger's number.
    Check::must("auth/wrong-length", "auth/wrong-secret", refused::wrong_length),
    Check::must("auth/length-bomb", "auth/closes", refused::length_bomb),
    Check::must("auth/negative-length", "auth/closes", refused::negative_length),
    Check::must("auth/big-endian-length", "auth/closes", refused::big_endian_length),
    // Clients that do not behave.
    Check::must("auth/leaves-early", "auth/ok", leaving::leaves_early),
    Check::must("auth/reset", "auth/ok", leaving::reset),
    Check::must("auth/keeps-the-secret", "auth/ok", leaving::keeps_the_secret),
    Check::should("auth/deadline", "auth/ok", leaving::deadline),
];
