//! Attacks on how a program is written: each is played against a program with the flaw, and against the same without it.

mod digits;
pub(super) mod downgrade;
mod extension;
pub(super) mod length_extension;
pub(super) mod notes;
pub(super) mod short_compare;
pub(super) mod slow;
pub(super) mod timing;
