//! The only place that asks for randomness: protocols and digests are handed what they need.

use crate::crypto::Challenge;
use rand::TryRng;
use rand::rngs::SysRng;
use std::io;
use std::ops::Range;

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

/// A number from which a judge's chances come: short enough to be typed again.
///
/// # Errors
///
/// When the system has no random bytes to give.
pub fn seed() -> io::Result<u64> {
    let mut bytes = [0; 8];
    SysRng.try_fill_bytes(&mut bytes).map_err(io::Error::other)?;
    Ok(u64::from_le_bytes(bytes) % 1_000_000)
}

/// One of these ports.
///
/// # Errors
///
/// When the system has no random bytes to give.
pub fn port(ports: Range<u16>) -> io::Result<u16> {
    let among = u64::from(ports.end.saturating_sub(ports.start).max(1));
    Ok(ports.start + (seed()? % among) as u16)
}
