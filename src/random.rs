//! The only place that asks for randomness: protocols and digests are handed what they need.

use crate::crypto::Challenge;
use rand::TryRng;
use rand::rngs::SysRng;
use std::io;

/// A new challenge from the operating system's random source (`getrandom(2)` and its like).
///
/// # Errors
///
/// When the system has no random bytes to give. Then there is no challenge: never a weaker one instead.
pub fn challenge() -> io::Result<Challenge> {
    let mut bytes = [0; Challenge::LEN];
    SysRng.try_fill_bytes(&mut bytes).map_err(io::Error::other)?;
    Ok(Challenge::new(bytes))
}
