//! Much at once: more than the buffers between two programs hold.

use super::conn::{BUFFER, Came, Conn};
use super::{LOOK_UP, REPLY, broken};
use crate::both;
use crate::check::verdict::Outcome;
use crate::net::socket::would_block;
use std::thread;
use std::time::{Duration, Instant};

/// How much is kept of what was said.
const LITTLE: usize = 1024;
/// When neither side can go on, this long passes before the next look.
const BREATH: Duration = Duration::from_micros(200);

impl Conn {
    /// The judge speaks: for how long did nobody?
    pub(super) fn begin_to_say(&mut self, bytes: &[u8]) {
        self.silence = self.silence.max(self.moved.elapsed());
        self.moved = Instant::now();
        let room = LITTLE.saturating_sub(self.said.len());
        self.said.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
    }

    /// Sends as much as the other side takes without reading anything, until nothing more has gone for `stall`. Gives how
    /// many bytes went.
    pub(crate) fn send_until_full(&mut self, bytes: &[u8], stall: Duration) -> Outcome<usize> {
        self.begin_to_say(bytes);
        let mut sent = 0;
        let mut until = self.context.until(stall);
        self.set_nonblocking(true)?;
        while sent < bytes.len() && !self.context.is_over(&until) {
            self.context.budget.go_on_in_time()?;
            let count = self.try_send(bytes.get(sent..).unwrap_or_default());
            if count == 0 {
                thread::sleep(BREATH);
            } else {
                sent += count;
                until = self.context.until(stall);
            }
        }
        self.set_nonblocking(false)?;
        if sent > 0 {
            self.context.story.sent(self.who, bytes.get(..sent).unwrap_or_default());
        }
        Ok(sent)
    }

    /// Sends `bytes` and receives at the same time, until exactly `expected` came back.
    pub(crate) fn exchange(&mut self, bytes: &[u8], expected: &[u8]) -> Outcome {
        if !bytes.is_empty() {
            self.begin_to_say(bytes);
            self.context.story.sent(self.who, bytes);
        }
        let (mut sent, mut until) = (0, self.context.until(REPLY));
        self.set_nonblocking(true)?;
        while self.pending.len() < expected.len() || sent < bytes.len() {
            self.context.budget.go_on_in_time()?;
            let before = self.pending.len();
            let count = self.try_send(bytes.get(sent..).unwrap_or_default());
            sent += count;
            let came = self.receive_now();
            let new = self.pending.get(before..).unwrap_or_default();
            if expected.get(before..before + new.len()) != Some(new) {
                break;
            }
            if count > 0 || came == Came::Bytes {
                until = self.context.until(REPLY);
            } else if came != Came::Nothing || self.context.is_over(&until) {
                break;
            } else {
                thread::sleep(BREATH);
            }
        }
        self.set_nonblocking(false)?;
        if sent < bytes.len() && self.ended.is_none() && expected.starts_with(&self.pending) {
            return Err(self.halt_unread(bytes.len() - sent));
        }
        // Everything is here, or nothing more will come: what is said about it is said in one place.
        self.expect_until(expected, self.context.until(LOOK_UP))
    }

    /// Sends what there is room for. When nothing can be sent any more, what came before that may still be read.
    fn try_send(&mut self, bytes: &[u8]) -> usize {
        let (Some(socket), false) = (&self.socket, bytes.is_empty()) else { return 0 };
        self.calls.send(socket, self.link, bytes).unwrap_or(0)
    }

    /// Receives what is there, without waiting.
    fn receive_now(&mut self) -> Came {
        if let Some(ended) = self.ended {
            return ended;
        }
        let Some(socket) = &self.socket else { return Came::End };
        let mut buffer = vec![0; BUFFER];
        match self.calls.receive(socket, self.link, &mut buffer) {
            Ok(0) => self.note_end(Came::End),
            Ok(count) => {
                let bytes = buffer.get(..count).unwrap_or_default();
                self.keep(bytes);
                return Came::Bytes;
            }
            Err(error) if would_block(&error) => return Came::Nothing,
            Err(_) => self.note_end(Came::Reset),
        }
        self.ended.unwrap_or(Came::End)
    }

    fn set_nonblocking(&mut self, on: bool) -> Outcome {
        let Some(socket) = &self.socket else { return Ok(()) };
        socket.set_nonblocking(on).map_err(|error| broken("fcntl(O_NONBLOCK)", &error))
    }

    /// Tells that the judge does not read for a while.
    pub(crate) fn read_nothing_for(&mut self, time: Duration) -> Outcome {
        let (who, millis) = (self.who, time.as_millis());
        self.context.story.did(both!("{who} reads nothing for {millis} ms", "{who} 在 {millis} 毫秒内什么也不读"));
        self.context.pause(time)
    }
}
