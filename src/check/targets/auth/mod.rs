//! Lesson 2, the server: 32 random bytes, a length, a digest, and `ok` or nothing.
//!
//! What is said about each check is in `lessons/*/checks/auth-server.md`.

mod accepted;
mod challenges;
mod digests;
mod honest;
mod leaving;
mod lengths;
mod proof;
mod randomness;
mod refused;
mod replay;
mod secret;
mod wants;

use super::Played;

/// The checks, each behind the one that it presupposes.
pub(super) const CHECKS: &[Played] = &[
    Played::first("auth/listens", honest::listens),
    Played::must("auth/challenge", "auth/listens", challenges::challenge),
    Played::must("auth/ok", "auth/challenge", accepted::ok).teaches(),
    Played::should("auth/ok-at-once", "auth/ok", accepted::ok_at_once),
    Played::must("auth/fresh-challenge", "auth/challenge", challenges::fresh_challenge),
    Played::must("auth/one-piece", "auth/ok", honest::one_piece),
    Played::must("auth/split-answer", "auth/ok", honest::split_answer),
    Played::must("auth/byte-by-byte", "auth/split-answer", honest::byte_by_byte),
    Played::must("auth/any-digest", "auth/ok", accepted::any_digest),
    Played::must("auth/closes", "auth/ok", honest::closes),
    Played::should("auth/says-nothing", "auth/ok", honest::says_nothing),
    Played::should("auth/next-client", "auth/ok", honest::next_client),
    Played::must("auth/two-at-once", "auth/next-client", challenges::two_at_once),
    Played::must("auth/own-challenge", "auth/next-client", challenges::own_challenge),
    Played::should("auth/silent-client", "auth/next-client", honest::silent_client),
    // Who must not be let in.
    Played::must("auth/wrong-secret", "auth/ok", refused::wrong_secret),
    Played::must("auth/wrong-digit", "auth/wrong-secret", refused::wrong_digit),
    Played::must("auth/old-answer", "auth/wrong-secret", replay::old_answer),
    Played::must("auth/accepted-replay", "auth/old-answer", replay::accepted_replay),
    Played::must("auth/one-ok", "auth/wrong-secret", replay::one_ok),
    Played::must("auth/challenge-echoed", "auth/wrong-secret", refused::challenge_echoed),
    Played::must("auth/raw-digest", "auth/wrong-secret", refused::raw_digest),
    Played::must("auth/no-text", "auth/wrong-secret", refused::no_text),
    Played::must("auth/not-written-in", "auth/wrong-secret", secret::not_written_in).with_place("secret"),
    // The length is a stranger's number.
    Played::must("auth/wrong-length", "auth/wrong-secret", refused::wrong_length),
    Played::must("auth/length-bomb", "auth/closes", lengths::length_bomb),
    Played::must("auth/negative-length", "auth/closes", lengths::negative_length),
    Played::must("auth/big-endian-length", "auth/closes", lengths::big_endian_length),
    // Clients that do not behave.
    Played::must("auth/leaves-early", "auth/ok", leaving::leaves_early),
    Played::must("auth/reset", "auth/ok", leaving::reset),
    Played::must("auth/keeps-the-secret", "auth/ok", leaving::keeps_the_secret),
    // What takes longest, where each of its clients takes a process.
    Played::must("auth/only-the-digest", "auth/wrong-digit", digests::only_the_digest),
    // Behind all others: it looks at their challenges too.
    Played::must("auth/randomness", "auth/fresh-challenge", challenges::randomness),
    Played::should("auth/deadline", "auth/ok", leaving::deadline),
];
