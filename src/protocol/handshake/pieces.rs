//! What a side awaits, piece by piece: TCP keeps the bytes and their order, and nothing else.

use super::Handshake;
use crate::crypto::Challenge;
use crate::protocol::LENGTH_BYTES;
use byteorder::{ByteOrder, LittleEndian};

/// The longest line, with its MAC.
const MAX_LINE: usize = 1024;

/// One piece of a handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Challenge,
    Proof,
}

/// Why a piece cannot be had.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Lacking {
    /// More bytes are needed.
    Bytes,
    /// What stands in the length's place is not the only legal length.
    Length([u8; LENGTH_BYTES]),
    /// A line goes on and on.
    Newline,
}

/// What has come and was not taken yet. Each piece has a bound, so this has one too.
#[derive(Debug, Default)]
pub(super) struct Inbox(Vec<u8>);

impl Inbox {
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn take_rest(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.0)
    }

    fn take(&mut self, count: usize) -> Option<Vec<u8>> {
        (self.0.len() >= count).then(|| self.0.drain(..count).collect())
    }

    pub(super) fn challenge(&mut self) -> Result<Challenge, Lacking> {
        let bytes = self.take(Challenge::LEN).ok_or(Lacking::Bytes)?;
        bytes.try_into().map(Challenge::new).map_err(|_| Lacking::Bytes)
    }

    /// A proof's digits. The length is checked before one of them is awaited.
    pub(super) fn proof(&mut self, handshake: Handshake) -> Result<Vec<u8>, Lacking> {
        let length = *self.0.first_chunk::<LENGTH_BYTES>().ok_or(Lacking::Bytes)?;
        if usize::try_from(LittleEndian::read_i32(&length)) != Ok(handshake.hex_len()) {
            return Err(Lacking::Length(length));
        }
        let proof = self.take(handshake.proof_len()).ok_or(Lacking::Bytes)?;
        Ok(proof.get(LENGTH_BYTES..).unwrap_or_default().to_vec())
    }

    /// A line without its newline.
    pub(super) fn line(&mut self) -> Result<Vec<u8>, Lacking> {
        match self.0.iter().take(MAX_LINE).position(|byte| *byte == b'\n') {
            Some(end) => {
                let mut line = self.take(end + 1).ok_or(Lacking::Bytes)?;
                line.pop();
                Ok(line)
            }
            None if self.0.len() >= MAX_LINE => Err(Lacking::Newline),
            None => Err(Lacking::Bytes),
        }
    }
}
