//! The server's question in lesson 2.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// 32 bytes that the server made up for one connection. They are no secret: everybody on the way sees them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Challenge([u8; Challenge::LEN]);

impl Challenge {
    /// How many bytes a challenge has, as in the notes: `os.urandom(32)`.
    pub const LEN: usize = 32;

    /// A challenge of these bytes. Whoever makes one for a connection must take them from the operating system.
    #[must_use]
    pub fn new(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    /// The bytes, as they go over the wire.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    /// The bytes as 64 lower-case hex digits.
    #[must_use]
    pub fn to_hex(&self) -> String {
        base16ct::lower::encode_string(&self.0)
    }

    /// Whether all bytes are the same: no random source does that, a broken or a hostile server does.
    #[must_use]
    pub fn is_constant(&self) -> bool {
        self.0.windows(2).all(|pair| pair.first() == pair.last())
    }
}

impl fmt::Debug for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Challenge({})", self.to_hex())
    }
}

impl Serialize for Challenge {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_hex())
    }
}

impl<'de> Deserialize<'de> for Challenge {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let hex = String::deserialize(deserializer)?;
        let mut bytes = [0; Self::LEN];
        match base16ct::lower::decode(&hex, &mut bytes) {
            Ok(decoded) if decoded.len() == Self::LEN => Ok(Self(bytes)),
            _ => Err(D::Error::custom("a challenge is 64 lower-case hex digits")),
        }
    }
}
