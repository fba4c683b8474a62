//! One client of the race: sends its message, waits for the reply, checks it byte for byte, sends the next.

use super::message::Messages;
use crate::net::socket::would_block;
use crate::race::Trouble;
use std::io::{ErrorKind, Read, Write};
use std::time::Instant;

/// How many bytes of a wrong reply are shown.
const SHOWN: usize = 24;

/// One connection, and how far its conversation is.
#[derive(Debug)]
pub(super) struct Client<S> {
    pub(super) socket: S,
    client: usize,
    number: u64,
    sent: usize,
    received: usize,
    /// When the message that is on its way began.
    pub(super) began: Instant,
}

impl<S> Client<S> {
    pub(super) fn new(socket: S, client: usize) -> Self {
        Self { socket, client, number: 0, sent: 0, received: 0, began: Instant::now() }
    }
}

impl<S> Client<S>
where
    for<'s> &'s S: Read + Write,
{
    /// Begins the next message.
    pub(super) fn begin(&mut self, now: Instant) {
        (self.number, self.sent, self.received, self.began) = (self.number + 1, 0, 0, now);
    }

    /// Whether its message is answered, and no other has begun.
    pub(super) fn is_done(&self, messages: &Messages) -> bool {
        self.received == messages.size()
    }

    /// Sends what is left of the message, as far as there is room.
    pub(super) fn send(&mut self, messages: &mut Messages) -> Result<(), Trouble> {
        let message = messages.message(self.client, self.number);
        while let Some(rest) = message.get(self.sent..).filter(|rest| !rest.is_empty()) {
            match (&self.socket).write(rest) {
                Ok(count) => self.sent += count,
                Err(error) if would_block(&error) => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(Trouble::broke(&error)),
            }
        }
        Ok(())
    }

    /// Receives what is there, and checks it; true once the reply is whole.
    pub(super) fn receive(&mut self, messages: &mut Messages, buffer: &mut [u8]) -> Result<bool, Trouble> {
        while !self.is_done(messages) {
            let count = match (&self.socket).read(buffer) {
                Ok(0) => return Err(Trouble::Closed),
                Ok(count) => count,
                Err(error) if would_block(&error) => return Ok(false),
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(Trouble::broke(&error)),
            };
            let (offset, reply) = (self.received, messages.reply(self.client, self.number));
            check(buffer.get(..count).unwrap_or_default(), reply.get(offset..).unwrap_or_default(), offset as u64)?;
            self.received += count;
            // A shorter read than there was room for: nothing more is there now (on Windows the system tells once only).
            if count < buffer.len() && cfg!(unix) {
                break;
            }
        }
        Ok(self.is_done(messages))
    }

    /// One message there and back, on a socket that waits (with a timeout).
    pub(super) fn round_trip(&mut self, messages: &mut Messages, buffer: &mut [u8]) -> Result<(), Trouble> {
        self.send(messages)?;
        let mut before = 0;
        while !self.receive(messages, buffer)? {
            if self.received == before {
                return Err(Trouble::Silent);
            }
            before = self.received;
        }
        self.begin(Instant::now());
        Ok(())
    }
}

/// Compares what came with what is to come from `offset` on.
pub(super) fn check(came: &[u8], awaited: &[u8], offset: u64) -> Result<(), Trouble> {
    if awaited.get(..came.len()) == Some(came) {
        return Ok(());
    }
    let same = came.iter().zip(awaited).take_while(|(came, awaited)| came == awaited).count();
    let from = |bytes: &[u8]| bytes.iter().skip(same).take(SHOWN).copied().collect();
    Err(Trouble::WrongReply { offset: offset + same as u64, awaited: from(awaited), came: from(came) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_wrong_byte_is_named() {
        assert_eq!(check(b"ABC", b"ABCDEF", 10), Ok(()));
        let wrong = |offset, awaited: &[u8], came: &[u8]| {
            Err(Trouble::WrongReply { offset, awaited: awaited.to_vec(), came: came.to_vec() })
        };
        assert_eq!(check(b"ABx", b"ABCDEF", 10), wrong(12, b"CDEF", b"x"));
        assert_eq!(check(b"ABCD", b"AB", 0), wrong(2, b"", b"CD"), "more than was sent");
    }
}
