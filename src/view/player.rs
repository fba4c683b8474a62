//! A trace as a page that plays it.

use crate::lang::Lang;
use crate::trace::Excerpt;

/// Draws it.
#[must_use]
pub fn player(excerpt: &Excerpt, lang: Lang) -> String {
    let _ = (excerpt, lang);
    String::new()
}
