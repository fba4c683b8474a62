//! A trace as packets.

use crate::lang::Lang;
use crate::trace::Excerpt;

/// Draws it.
#[must_use]
pub fn pcap(excerpt: &Excerpt, lang: Lang) -> Vec<u8> {
    let _ = (excerpt, lang);
    Vec::new()
}
