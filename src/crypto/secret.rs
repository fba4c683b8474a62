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

    /// Whether it stands somewhere in these bytes. An empty one stands nowhere.
    #[must_use]
    pub fn stands_in(&self, bytes: &[u8]) -> bool {
        self.place_in(bytes).is_some()
    }

    fn place_in(&self, bytes: &[u8]) -> Option<usize> {
        let secret = self.expose();
        if secret.is_empty() { None } else { bytes.windows(secret.len()).position(|window| window == secret) }
    }

    /// The bytes with asterisks wherever the secret stands in them, for whoever is shown them.
    #[must_use]
    pub fn masked(&self, bytes: &[u8]) -> Vec<u8> {
        let (mut shown, mut at) = (bytes.to_vec(), 0);
        while let Some(rest) = shown.get_mut(at..) {
            let Some(found) = self.place_in(rest) else { break };
            let behind = found + self.expose().len();
            rest.get_mut(found..behind).into_iter().for_each(|hidden| hidden.fill(b'*'));
            at += behind;
        }
        shown
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
    use proptest::prelude::*;

    #[test]
    fn debug_does_not_show_it() {
        let shown = format!("{:?} {:#?}", Secret::new(b"luwei".to_vec()), Some(Secret::new(b"luwei".to_vec())));
        assert!(!shown.contains("luwei") && !shown.contains("108"), "{shown}");
    }

    proptest! {
        #[test]
        fn a_secret_is_nowhere_in_what_is_shown(
            secret in prop::collection::vec(0_u8..3, 1..4),
            parts in prop::collection::vec(prop::collection::vec(0_u8..3, 0..5), 1..4),
        ) {
            let shown = Secret::new(secret.clone()).masked(&parts.concat());
            prop_assert_eq!(shown.len(), parts.concat().len());
            // An asterisk that hides one place may not give away another.
            prop_assert!(!shown.windows(secret.len()).any(|window| window == secret.as_slice()));
        }
    }
}
