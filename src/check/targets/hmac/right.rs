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

/// Whether this digest stands in an output: as hex (Node shows a `Buffer` with spaces in it, others with colons), as Python prints
/// bytes, or in base64.
pub(super) fn shows(output: &str, digest: &[u8]) -> bool {
    let hex = base16ct::lower::encode_string(digest);
    output.to_ascii_lowercase().replace([' ', ':'], "").contains(&hex)
        || output.contains(&bytes_literal(digest))
        || output.contains(&Base64::encode_string(digest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_digest_is_known() {
        let digest = [0x28, 0x0c, 0xe2, 0x48, 0xff];
        for output in
            ["digest: 280CE248FF\n", "<Buffer 28 0c e2 48 ff>", "28:0c:e2:48:ff", r"b'(\x0c\xe2H\xff'", "KAziSP8="]
        {
            assert!(shows(output, &digest), "{output}");
        }
        assert!(!shows("280ce248fe", &digest));
    }
}
