//! Lesson 3: the HMAC of a message under a key, printed.
//!
//! What is said about each check is in `lessons/*/checks/hmac.md`.

mod computed;
mod digest;
mod forms;
mod instead;
mod right;
mod wording;

use super::Played;

/// The checks, each behind the one that it presupposes.
pub(super) const CHECKS: &[Played] = &[
    Played::first("hmac/notes", digest::notes),
    Played::must("hmac/other-words", "hmac/notes", digest::other_words),
    Played::must("hmac/same-again", "hmac/other-words", digest::same_again),
    Played::must("hmac/empty-message", "hmac/other-words", digest::empty_message),
    Played::must("hmac/empty-key", "hmac/other-words", digest::empty_key),
    Played::must("hmac/key-of-a-block", "hmac/other-words", digest::key_of_a_block),
    Played::must("hmac/long-key", "hmac/key-of-a-block", digest::long_key),
    Played::must("hmac/padding-edges", "hmac/other-words", digest::padding_edges),
    Played::must("hmac/long-message", "hmac/padding-edges", digest::long_message),
    Played::must("hmac/every-byte-counts", "hmac/other-words", digest::every_byte_counts),
    Played::must("hmac/other-alphabets", "hmac/other-words", digest::other_alphabets),
    Played::must("hmac/by-chance", "hmac/other-words", digest::by_chance),
    Played::should("hmac/exit-code", "hmac/notes", digest::exit_code),
];
