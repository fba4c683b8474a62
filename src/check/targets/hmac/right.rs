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
    shows_hex(output, digest)
        || output.contains(&bytes_literal(digest))
        || output.contains(&Base64::encode_string(digest))
}

/// Whether its hex digits stand there, whatever stands around them.
pub(super) fn contains_hex(output: &str, digest: &[u8]) -> bool {
    let hex = base16ct::lower::encode_string(digest);
    output.to_ascii_lowercase().replace([' ', ':'], "").contains(&hex)
}

/// Whether its hex digits stand there as a row of their own: a label may touch them, and more digits may not.
fn shows_hex(output: &str, digest: &[u8]) -> bool {
    let output = output.to_ascii_lowercase().into_bytes();
    let is_word = |byte: &&u8| byte.is_ascii_alphanumeric();
    (0..output.len()).any(|start| {
        let (before, rest) = output.split_at(start);
        let Some((len, is_separated)) = hex_at_start(rest, digest) else { return false };
        let behind = rest.get(len..).unwrap_or_default();
        let label: Vec<_> = before.iter().rev().take_while(is_word).copied().collect();
        let suffix: Vec<_> = behind.iter().take_while(is_word).copied().collect();
        let goes_on = is_separated && begins_with_a_byte(behind);
        !(goes_on || is_hex(&label) || is_hex(&suffix))
    })
}

/// How long the digest's hex digits are at the start of an output, and whether something separates its bytes.
fn hex_at_start(output: &[u8], digest: &[u8]) -> Option<(usize, bool)> {
    let (mut len, mut is_separated) = (0, false);
    for byte in digest {
        let rest = output.get(len..)?;
        let gap = if len == 0 { 0 } else { gap(rest) };
        let digits = rest.get(gap..gap + 2)?;
        if digits != format!("{byte:02x}").as_bytes() {
            return None;
        }
        len += gap + 2;
        is_separated |= gap > 0;
    }
    (len > 0).then_some((len, is_separated))
}

/// How many spaces and colons stand at the start.
fn gap(output: &[u8]) -> usize {
    output.iter().take_while(|byte| b" :".contains(byte)).count()
}

/// Whether another byte in hex follows, so that the row goes on.
fn begins_with_a_byte(output: &[u8]) -> bool {
    let rest = output.get(gap(output)..).unwrap_or_default();
    let word: Vec<_> = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric()).copied().collect();
    word.len() == 2 && is_hex(&word)
}

fn is_hex(word: &[u8]) -> bool {
    !word.is_empty() && word.iter().all(u8::is_ascii_hexdigit)
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
        for output in ["md5280ce248ff", "(0x280ce248ff)", "28 0c e2 48 ff in hex", "280ce248ffL"] {
            assert!(shows(output, &digest), "{output}");
        }
        for output in ["280ce248fe", "280ce248ff00", "ab280ce248ff", "28:0c:e2:48:ff:1e", "28 0c e2 48"] {
            assert!(!shows(output, &digest), "{output}");
        }
    }
}
