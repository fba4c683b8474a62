//! A server that signs short notes with its key, and believes whatever carries its signature.
//!
//! ```text
//! server → client   user=eve&admin=no DIGITS\n       the note that everybody gets, signed
//! client → server   HEX DIGITS\n                     a note, as hex digits (it may hold any byte), and its signature
//! server → client   ok\n  or  no\n
//! ```

use crate::attack::lab::PATIENCE;
use crate::crypto::{Scheme, Secret};
use crate::protocol::{Ending, Fact, Next, Protocol, Turn};
use std::sync::Arc;
use std::time::Duration;

/// The note that everybody gets.
pub(super) const GUEST: &[u8] = b"user=eve&admin=no";
/// A line has at most so many bytes.
const MAX_LINE: usize = 2048;

/// One client of the notes server.
pub(super) struct NotesServer {
    scheme: Scheme,
    key: Arc<Secret>,
    inbox: Vec<u8>,
}

impl NotesServer {
    /// A server that signs so: [`Scheme::Md5`] is MD5(key ‖ note).
    pub(super) fn new(scheme: Scheme, key: Arc<Secret>) -> Self {
        Self { scheme, key, inbox: Vec::new() }
    }

    fn is_signed(&self, note: &[u8], digits: &[u8]) -> bool {
        self.scheme.digits_of(&self.key, note).as_bytes() == digits
    }

    fn read(&self, line: &[u8]) -> Option<Vec<u8>> {
        let space = line.iter().position(|byte| *byte == b' ')?;
        let (hex, digits) = line.split_at_checked(space)?;
        let note = base16ct::lower::decode_vec(hex).ok()?;
        self.is_signed(&note, digits.get(1..)?).then_some(note)
    }
}

impl Protocol for NotesServer {
    const ENDS_BY_ITSELF: bool = true;

    fn connected(&mut self, turn: &mut Turn<'_>) -> Next {
        turn.send.extend_from_slice(GUEST);
        turn.send.push(b' ');
        turn.send.extend_from_slice(self.scheme.digits_of(&self.key, GUEST).as_bytes());
        turn.send.push(b'\n');
        Next::GoOn
    }

    fn received(&mut self, bytes: &[u8], turn: &mut Turn<'_>) -> Next {
        self.inbox.extend_from_slice(bytes);
        while let Some(end) = self.inbox.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.inbox.drain(..=end).collect();
            match self.read(line.strip_suffix(b"\n").unwrap_or_default()) {
                Some(text) => {
                    turn.facts.push(Fact::LineTaken { text });
                    turn.send.extend_from_slice(b"ok\n");
                }
                None => turn.send.extend_from_slice(b"no\n"),
            }
        }
        if self.inbox.len() > MAX_LINE { Next::End(Ending::Unexpected) } else { Next::GoOn }
    }

    fn peer_ended(&mut self, _: &mut Turn<'_>) -> Ending {
        Ending::Eof
    }

    fn deadline_passed(&mut self, _: &mut Turn<'_>) -> Ending {
        Ending::HandshakeTimeout
    }

    fn deadline(&self) -> Option<Duration> {
        Some(PATIENCE * 4)
    }
}
