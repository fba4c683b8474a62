//! A client that takes its time, longer than a server should wait for it.

use super::super::verdict::Outcome;
use super::conn::{Came, Conn};
use std::time::{Duration, Instant};

/// Between two bytes: less than the patience that a server has with one `recv`.
const PAUSE: Duration = Duration::from_millis(1500);
/// The length that lesson 2's client announces. It does not get any further in the time that it has.
const BYTES: [u8; 4] = [0x20, 0, 0, 0];
/// Enough to read what is there already.
const LOOK: Duration = Duration::from_millis(300);

/// How much such a client says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// Nothing.
    Silent,
    /// A byte now and then: a time limit for each `recv` begins anew with it.
    Drip,
}

/// Such a client.
#[derive(Debug)]
pub(crate) struct Patient {
    conn: Conn,
    pub(crate) pace: Pace,
    pub(crate) since: Instant,
    said: usize,
    last: Instant,
}

impl Patient {
    /// Begins to take its time.
    pub(crate) fn of(conn: Conn, pace: Pace) -> Self {
        let now = Instant::now();
        Self { conn, pace, since: now, said: 0, last: now }
    }

    /// Says its next byte, if it is time for it.
    pub(crate) fn speak_if_due(&mut self) {
        if self.pace == Pace::Silent || self.last.elapsed() < PAUSE {
            return;
        }
        self.last = Instant::now();
        if let Some(byte) = BYTES.get(self.said) {
            self.said += 1;
            // The server may have had enough by now, which is what is waited for.
            let _ = self.conn.send(&[*byte]);
        }
    }

    /// Whether the server has ended the connection by now. What ended long ago is read yet, behind a challenge that nobody has
    /// read.
    pub(crate) fn has_ended(&mut self) -> Outcome<bool> {
        Ok(self.conn.read_to_end(LOOK)?.1 != Came::Nothing)
    }
}
