//! Lesson 3: the HMAC of a message under a key, printed.
//!
//! What is said about each check is in `lessons/*/checks/hmac.md`.

mod digest;
mod instead;
mod right;

use super::Check;

/// The checks, each behind the one that it presupposes.
pub(super) const CHECKS: &[Check] = &[
    Check::first("hmac/notes", digest::notes),
    Check::must("hmac/other-words", "hmac/notes", digest::other_words),
    Check::must("hmac/same-again", "hmac/other-words", digest::same_again),
    Check::must("hmac/empty-message", "hmac/other-words", digest::empty_message),
    Check::must("hmac/empty-key", "hmac/other-words", digest::empty_key),
    Check::must("hmac/key-of-a-block", "hmac/other-words", digest::key_of_a_block),
    Check::must("hmac/long-key", "hmac/key-of-a-block", digest::long_key),
    Check::must("hmac/padding-edges", "hmac/other-words", digest::padding_edges),
    Check::must("hmac/long-message", "hmac/padding-edges", digest::long_message),
    Check::must("hmac/every-byte-counts", "hmac/other-words", digest::every_byte_counts),
    Check::must("hmac/other-alphabets", "hmac/other-words", digest::other_alphabets),
    Check::must("hmac/by-chance", "hmac/other-words", digest::by_chance),
    Check::should("hmac/exit-code", "hmac/notes", digest::exit_code),
];
