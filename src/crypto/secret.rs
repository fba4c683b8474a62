//! The secret that both sides of lesson 2 know, and lesson 3's key.

use std::fmt;
use std::hint::black_box;

/// A shared secret, or an HMAC key. It cannot be printed: `Debug` shows its place, there is no `Display`, and it is
/// overwritten when it goes (as well as safe code can: copies that the operating system made are out of reach).
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// A secret of these bytes.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes themselves, for a digest and for nothing else.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.fill(0);
        // Without somebody who might look at it, the compiler may leave the overwriting out.
        black_box(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_does_not_show_it() {
        let shown = format!("{:?} {:#?}", Secret::new(b"luwei".to_vec()), Some(Secret::new(b"luwei".to_vec())));
        assert!(!shown.contains("luwei") && !shown.contains("108"), "{shown}");
    }
}
