//! What one connection's calls were by the moment of the failure.

use crate::trace::{Call, Event, Outcome, What};
use crate::view::{Finding, Found, Place, unfinished};
use std::io::ErrorKind;

/// What one connection's calls were, beside what the machine knows.
#[derive(Debug, Default)]
pub(super) struct Talk {
    /// The first of its `recv` and `send` that moved something, or the end.
    pub(super) first: Option<Call>,
    /// Its last `recv` gave `EAGAIN`.
    pub(super) has_nothing: bool,
    /// It was closed, and the call before that was a `recv` that gave `EAGAIN`.
    pub(super) gave_up: bool,
    /// It was closed, or shut down, before the other side was.
    pub(super) ended_first: bool,
    /// `recv` had given 0, and was called again.
    pub(super) went_on: bool,
    /// A `recv` ended inside a character.
    pub(super) is_cut: bool,
    /// The bytes of a character that is not whole.
    pub(super) held: Vec<u8>,
    pub(super) has_ended: bool,
    /// `recv` was called.
    pub(super) receives: bool,
    /// How many bytes the last `send` was given, if it did not take all of them.
    pub(super) short: Option<usize>,
    pub(super) sends_again: bool,
    /// A `send` was given no bytes.
    pub(super) sends_nothing: bool,
    /// Of how many bytes a `send` did not take how many, and where.
    pub(super) unsent: Option<Found>,
}

impl Talk {
    /// The next call of it.
    pub(super) fn called(&mut self, event: &Event) {
        let What::Call { call, outcome, data, asked, .. } = &event.what else { return };
        let is_nothing = matches!(outcome, Outcome::Failed(errno) if errno.error == ErrorKind::WouldBlock);
        match (call, outcome) {
            (Call::Recv, outcome) => {
                self.receives = true;
                self.went_on |= self.has_ended;
                self.has_ended |= matches!(outcome, Outcome::Count { ok: 0 });
                self.first = self.first.or((!is_nothing).then_some(Call::Recv));
                self.received(data.as_deref().unwrap_or_default());
            }
            (Call::Send, outcome) => {
                self.first = self.first.or(Some(Call::Send));
                let given = asked.unwrap_or_default();
                let sent = if let Outcome::Count { ok } = outcome { *ok } else { 0 };
                self.sends_nothing |= *asked == Some(0);
                self.sends(event, (given, sent), is_nothing || matches!(outcome, Outcome::Count { .. }));
            }
            (Call::Close | Call::Shutdown, _) => {
                self.gave_up |= self.has_nothing && *call == Call::Close;
                self.ended_first |= !self.has_ended;
            }
            _ => {}
        }
        if *call != Call::Close {
            self.has_nothing = *call == Call::Recv && is_nothing;
        }
    }

    fn received(&mut self, data: &[u8]) {
        self.held.extend_from_slice(data);
        let rest = unfinished(&self.held).unwrap_or(0);
        self.is_cut |= rest > 0;
        self.held.drain(..self.held.len() - rest);
    }

    fn sends(&mut self, event: &Event, (given, sent): (usize, usize), is_short: bool) {
        // Whoever has more to send by now sends more than the rest.
        self.sends_again |= self.short.is_some_and(|before| given >= before);
        let rest = given.saturating_sub(sent);
        let is_short = is_short && rest > 0;
        self.short = Some(given).filter(|_| is_short && sent > 0);
        let finding = Finding::RestNeverSent { left: rest as u64, of: given as u64 };
        self.unsent = is_short.then(|| Found { finding, place: Place::from(&event.caller), times: 1 });
    }
}
