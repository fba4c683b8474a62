//! Going on with an MD5 from its digest, and what it has hashed as rows of bytes.

use crate::lang::{Lang, Text};
use md5::block_api::compress;

/// An MD5 block, and how many of its bytes are the message's length.
const BLOCK: usize = 64;
const LENGTH: usize = 8;
/// How many bytes a row shows.
const ROW: usize = 16;

/// What MD5 puts behind a message of `len` bytes (RFC 1321, 3.1 and 3.2): 0x80, zeros, and the length in bits.
pub(super) fn padding(len: usize) -> Vec<u8> {
    let zeros = (2 * BLOCK - LENGTH - 1 - len % BLOCK) % BLOCK;
    let bits = (len as u64).wrapping_mul(8).to_le_bytes();
    [&[0x80][..], &vec![0; zeros], &bits].concat()
}

/// From the digest of `key_len` unknown bytes and `text`: the text that goes on with `more`, and its digest, without the key.
pub(super) fn extend(digest: &[u8], key_len: usize, text: &[u8], more: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let glue = padding(key_len + text.len());
    let before = key_len + text.len() + glue.len();
    let rest = [more, &padding(before + more.len())].concat();
    let mut state = [0; 4];
    for (word, bytes) in state.iter_mut().zip(digest.chunks_exact(4)) {
        *word = bytes.first_chunk().copied().map_or(0, u32::from_le_bytes);
    }
    let (blocks, _) = rest.as_chunks::<BLOCK>();
    compress(&mut state, blocks);
    ([text, &glue, more].concat(), state.iter().flat_map(|word| word.to_le_bytes()).collect())
}

/// One part of what was hashed: its bytes, `None` for as many that nobody but the server knows, and what they are.
pub(super) type Part<'a> = (Result<&'a [u8], usize>, Text);

/// The parts as rows of bytes, each with its meaning beside its first row.
pub(super) fn rows(parts: &[Part<'_>], lang: Lang) -> Vec<String> {
    let mut rows = Vec::new();
    for (bytes, meaning) in parts {
        let hex: Vec<_> = match bytes {
            Ok(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
            Err(count) => vec!["??".to_owned(); *count],
        };
        for (place, row) in hex.chunks(ROW).enumerate() {
            let meaning = if place == 0 { meaning.of(lang) } else { "" };
            rows.push(format!("  {:<48}{meaning}", row.join(" ")).trim_end().to_owned());
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::both;
    use crate::crypto::{Scheme, Secret};

    #[test]
    fn a_digest_goes_on_for_every_length_of_key() {
        for (text, more) in [(&b"user=eve&admin=no"[..], &b"&admin=yes"[..]), (&[7; 32], &[9; 32]), (b"", b"x")] {
            for len in 1..=100 {
                let key = Secret::new(vec![b'k'; len]);
                let digest = base16ct::lower::decode_vec(Scheme::Md5.digits_of(&key, text)).unwrap();
                let (longer, forged) = extend(&digest, len, text, more);
                assert!(longer.starts_with(text) && longer.ends_with(more));
                assert_eq!(base16ct::lower::encode_string(&forged), Scheme::Md5.digits_of(&key, &longer), "{len}");
            }
        }
        for len in 0..200 {
            assert_eq!((len + padding(len).len()) % BLOCK, 0, "{len}");
        }
    }

    #[test]
    fn rows_show_what_is_known_and_what_is_not() {
        let parts = [(Err(5), both!("the key", "密钥")), (Ok(&[0x80; 17][..]), both!("padding", "填充"))];
        let shown = rows(&parts, Lang::En);
        assert_eq!(shown.len(), 3);
        assert_eq!(shown[0], format!("  {:<48}the key", "?? ?? ?? ?? ??"));
        assert!(shown[1].ends_with("80 padding") && shown[2] == "  80", "{shown:?}");
    }
}
