//! What stands out in the life of one connection.

use super::finding::{Finding, Findings, Place};
use super::letters::Letters;
use crate::trace::{Call, Outcome};
use std::io::ErrorKind;

/// So many calls for one byte each are no accident.
const MANY_BYTES: u64 = 8;
/// Libraries ask once more whether it was really the end, and no oftener.
const MANY_ENDS: u64 = 3;
/// No message of a lesson is longer.
const LONGEST: u64 = 1 << 20;

/// One call of a connection's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Made<'e> {
    pub(super) call: Call,
    pub(super) outcome: Outcome,
    pub(super) data: &'e [u8],
    pub(super) asked: Option<usize>,
}

/// What was promised to somebody, and is not there yet: of how many bytes, how many, and where that was.
#[derive(Clone, Debug)]
struct Open {
    of: u64,
    left: u64,
    place: Place,
}

/// A connection, as far as the rules need it.
#[derive(Debug, Default)]
pub(super) struct Connection {
    /// Its calls do not wait.
    pub(super) nonblocking: bool,
    pub(super) without_delay: bool,
    /// The other side has closed: where that was learned.
    ended: Option<Place>,
    /// Since then, its thread has gone on to something else.
    has_gone_on: bool,
    ends: u64,
    /// One of its descriptors was closed, and others were not.
    copy: Option<Place>,
    broken: Option<&'static str>,
    unsent: Option<Open>,
    received_bytes: u64,
    sent_bytes: u64,
    letters: Letters,
    /// A number that was received by itself, and can be a length: its two readings.
    lengths: Option<[u64; 2]>,
    message: Option<Open>,
}

impl Connection {
    /// The next call of it.
    pub(super) fn called(&mut self, made: Made<'_>, place: &Place, found: &mut Findings) {
        if let Some(errno) = self.broken.filter(|_| matches!(made.call, Call::Recv | Call::Send)) {
            found.add(Finding::UsedAfterReset { errno }, place);
        }
        self.message(made, found);
        match made.call {
            Call::Recv => self.receives(made, place, found),
            Call::Send => self.sends(made, place, found),
            Call::SetNonblocking => self.nonblocking = true,
            Call::Shutdown | Call::Close => self.ends(found),
            _ => {}
        }
        if let Outcome::Failed(errno) = made.outcome
            && matches!(errno.error, ErrorKind::ConnectionReset | ErrorKind::BrokenPipe)
        {
            self.broken = Some(errno.lesson_name());
        }
    }

    fn receives(&mut self, made: Made<'_>, place: &Place, found: &mut Findings) {
        self.received_bytes = if made.asked == Some(1) { self.received_bytes + 1 } else { 0 };
        if self.received_bytes >= MANY_BYTES {
            found.add(Finding::ByteByByte { count: self.received_bytes }, place);
        }
        match made.outcome {
            Outcome::Count { ok: 0 } => {
                self.ends += 1;
                self.letters.ends();
                self.ended.get_or_insert_with(|| place.clone());
                if self.ends >= MANY_ENDS {
                    found.add(Finding::ReceivesAfterEnd { count: self.ends - 1 }, place);
                }
            }
            Outcome::Count { ok } => self.letters.received(made.data, made.data.len() == ok, place),
            _ => {}
        }
    }

    fn sends(&mut self, made: Made<'_>, place: &Place, found: &mut Findings) {
        let asked = made.asked.unwrap_or(made.data.len()) as u64;
        self.sent_bytes = if asked == 1 { self.sent_bytes + 1 } else { 0 };
        if self.sent_bytes >= MANY_BYTES {
            let finding = Finding::SendsByteByByte { count: self.sent_bytes, without_delay: self.without_delay };
            found.add(finding, place);
        }
        if self.letters.is_replaced_in(made.data) {
            found.add(Finding::LetterReplaced, place);
        }
        // Whoever keeps what is left, and sends it with more behind it, has sent it.
        if let Some(open) = self.unsent.take().filter(|open| asked < open.left) {
            found.add(Finding::RestNeverSent { left: open.left, of: open.of }, &open.place);
        }
        let sent = match made.outcome {
            Outcome::Count { ok } => ok as u64,
            Outcome::Failed(errno) if errno.error == ErrorKind::WouldBlock => 0,
            _ => asked,
        };
        if sent < asked {
            self.unsent = Some(Open { of: asked, left: asked - sent, place: place.clone() });
        }
    }

    /// This side sends no more.
    fn ends(&mut self, found: &mut Findings) {
        if let Some(open) = self.unsent.take().filter(|_| self.broken.is_none()) {
            found.add(Finding::RestNeverSent { left: open.left, of: open.of }, &open.place);
        }
        if let Some((bytes, place)) = self.letters.cut() {
            found.add(Finding::LetterCut { bytes }, &place);
        }
    }

    /// A length and its message: whether all of that was received before anything else was done.
    fn message(&mut self, made: Made<'_>, found: &mut Findings) {
        let (asked, got) = match (made.call, made.outcome, made.asked) {
            (Call::Recv, Outcome::Count { ok }, Some(asked)) => (asked as u64, ok as u64),
            // It came to nothing, and may be tried again.
            (Call::Recv, ..) => return,
            _ => (0, 0),
        };
        if let Some(open) = self.message.take() {
            if asked == open.left && got > 0 {
                if got < open.left {
                    self.message = Some(Open { left: open.left - got, ..open });
                }
                return;
            }
            // The other side may have closed before it had sent everything.
            if !(made.call == Call::Recv && got == 0) {
                found.add(Finding::MessageShort { got: open.of - open.left, announced: open.of }, &open.place);
            }
        }
        let announced = self.lengths.take().filter(|lengths| lengths.contains(&asked) && made.call == Call::Recv);
        if announced.is_some() && got > 0 && got < asked {
            self.message = Some(Open { of: asked, left: asked - got, place: Place::default() });
        }
        self.lengths = if got == asked { lengths(made.data) } else { None };
    }

    /// Where the call was that took a part of a message for the whole.
    pub(super) fn note_place(&mut self, place: &Place) {
        if let Some(open) = self.message.as_mut().filter(|open| open.place == Place::default()) {
            open.place = place.clone();
        }
    }

    /// One of its descriptors was closed, and others were not.
    pub(super) fn keeps_a_copy(&mut self, place: &Place) {
        self.copy = Some(place.clone());
    }

    /// Its thread does something else.
    pub(super) fn goes_on(&mut self) {
        self.has_gone_on |= self.ended.is_some();
    }

    /// Whether it was left open after its end, and where that end was seen.
    pub(super) fn was_left_open(&self) -> Option<Place> {
        self.ended.clone().filter(|_| self.has_gone_on)
    }

    /// The trace is over, and it was not closed.
    pub(super) fn is_left(&self, client: u64, found: &mut Findings) {
        match (&self.copy, &self.ended) {
            (Some(place), _) => found.add(Finding::CopyOpen { client }, place),
            (None, Some(place)) if self.has_gone_on => found.add(Finding::NotClosed { client }, place),
            _ => {}
        }
    }
}

/// What a few bytes are as a length, in both orders.
fn lengths(data: &[u8]) -> Option<[u64; 2]> {
    let [big, little] = match *data {
        [a, b] => [u16::from_be_bytes([a, b]).into(), u16::from_le_bytes([a, b]).into()],
        [a, b, c, d] => [u32::from_be_bytes([a, b, c, d]).into(), u32::from_le_bytes([a, b, c, d]).into()],
        _ => return None,
    };
    [big, little].iter().any(|length| (2..=LONGEST).contains(length)).then_some([big, little])
}
