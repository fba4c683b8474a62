//! The right digest, and the forms in which a program may print it.

use crate::crypto::{Digest, Hmac, Secret};
use crate::view::bytes_literal;
use base64ct::{Base64, Encoding};

/// The HMAC-MD5 that is due.
pub(super) fn right(key: &str, message: &str) -> Vec<u8> {
    let computed = Hmac::compute(Digest::Md5, &Secret::new(key.into()), message.as_bytes());
    // Reading from memory cannot fail.
    computed.map(|hmac| hmac.bytes).unwrap_or_default()
}

/// Whether this digest stands in an output: as hex, as Python prints bytes, or in base64.
pub(super) fn shows(output: &str, digest: &[u8]) -> bool {
    let hex = base16ct::lower::encode_string(digest);
    output.to_ascii_lowercase().contains(&hex)
        || output.contains(&bytes_literal(digest))
        || output.contains(&Base64::encode_string(digest))
}
