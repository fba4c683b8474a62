//! A key and a message, as they stand in a sentence.

use crate::both;
use crate::lang::Text;
use crate::view::{escape, fit};

/// How many columns of a key or a message are shown.
const SHOWN: usize = 40;

/// A key and a message, as a sentence begins.
pub(super) fn with(key: &str, message: &str) -> Text {
    let (key, message) = (shown(key), shown(message));
    Text {
        en: format!("with the key {} and the message {}", key.en, message.en),
        zh: format!("密钥为 {}、消息为 {} 时", key.zh, message.zh),
    }
}

/// The beginning of a text, as it may stand in a sentence.
pub(super) fn shown(text: &str) -> Text {
    let (escaped, len) = (escape(text.as_bytes()), text.len());
    match fit(&escaped, SHOWN) {
        whole if whole == escaped => both!("\"{whole}\"", "\"{whole}\""),
        cut => both!("\"{cut}\" ({len} bytes)", "\"{cut}\"（{len} 字节）"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_key_is_cut_and_a_newline_escaped() {
        let text = with("k\n", &"m".repeat(100));
        assert!(text.en.starts_with("with the key \"k\\n\" and the message \"mmm"), "{}", text.en);
        assert!(text.en.ends_with("m…\" (100 bytes)"), "{}", text.en);
    }
}
