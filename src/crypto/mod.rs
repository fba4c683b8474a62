//! What lessons 2 and 3 compute: the digest that proves a secret, and HMAC written out step by step.
//!
//! MD5, SHA-1 and SHA-2 come from the RustCrypto crates; what is built from them is written out here. Nothing in here
//! makes randomness: a challenge is handed in.

mod challenge;
mod hmac;
mod scheme;
mod secret;

pub use challenge::Challenge;
pub use hmac::{Digest, Hmac, Steps};
pub use scheme::Scheme;
pub use secret::Secret;
