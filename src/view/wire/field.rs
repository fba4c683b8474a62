//! A part of what passed, with its meaning.

/// So many bytes in a row, and what they mean, in the reader's language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) bytes: usize,
    /// Empty where nothing is known.
    pub(super) meaning: String,
}

impl Field {
    pub(super) fn new(bytes: usize, meaning: impl Into<String>) -> Self {
        Self { bytes, meaning: meaning.into() }
    }
}
