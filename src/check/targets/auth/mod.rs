//! Lesson 2, the server: 32 random bytes, a length, a digest, and `ok` or nothing.
//!
//! What is said about each check is in `lessons/*/checks/auth-server.md`.

mod honest;
mod leaving;
mod proof;
mod refused;
mod wants;

use super::Played;

/// The checks, each behind the one that it presupposes.
pub(super) const CHECKS: &[Played] = &[
    Played::first("auth/listens", honest::listens),
    Played::must("auth/challenge", "auth/listens", honest::challenge),
    Played::must("auth/ok", "auth/challenge", honest::ok).teaches(),
    Played::should("auth/ok-at-once", "auth/ok", honest::ok_at_once),
    Played::must("auth/fresh-challenge", "auth/challenge", honest::fresh_challenge),
    Played::must("auth/one-piece", "auth/ok", honest::one_piece),
    Played::must("auth/split-answer", "auth/ok", honest::split_answer),
    Played::must("auth/byte-by-byte", "auth/split-answer", honest::byte_by_byte),
    Played::must("auth/closes", "auth/ok", honest::closes),
    Played::should("auth/says-nothing", "auth/ok", honest::says_nothing),
    Played::should("auth/next-client", "auth/ok", honest::next_client),
    Played::should("auth/silent-client", "auth/next-client", honest::silent_client),
    // Who must not be let in.
    Played::must("auth/wrong-secret", "auth/ok", refused::wrong_secret),
    Played::must("auth/wrong-digit", "auth/wrong-secret", refused::wrong_digit),
    Played::must("auth/old-answer", "auth/wrong-secret", refused::old_answer),
    Played::must("auth/one-ok", "auth/ok", refused::one_ok),
    Played::must("auth/challenge-echoed", "auth/wrong-secret", refused::challenge_echoed),
    Played::must("auth/raw-digest", "auth/wrong-secret", refused::raw_digest),
    Played::must("auth/no-text", "auth/wrong-secret", refused::no_text),
    // The length is a stranger's number.
    Played::must("auth/wrong-length", "auth/wrong-secret", refused::wrong_length),
    Played::must("auth/length-bomb", "auth/closes", refused::length_bomb),
    Played::must("auth/negative-length", "auth/closes", refused::negative_length),
    Played::must("auth/big-endian-length", "auth/closes", refused::big_endian_length),
    // Clients that do not behave.
    Played::must("auth/leaves-early", "auth/ok", leaving::leaves_early),
    Played::must("auth/reset", "auth/ok", leaving::reset),
    Played::must("auth/keeps-the-secret", "auth/ok", leaving::keeps_the_secret),
    Played::should("auth/deadline", "auth/ok", leaving::deadline),
];
