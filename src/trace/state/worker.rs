//! A thread of a program, and what it is doing.

use crate::trace::{Actor, Call, Event, Link, Outcome, What};
use std::io::ErrorKind;
use std::time::Duration;

/// What a thread is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// It works, or another thread of the machine has the processor.
    Running,
    /// It sleeps in this call.
    Asleep {
        /// Which.
        call: Call,
        /// On which connection, if on one.
        link: Option<Link>,
        /// Since when.
        since: Duration,
    },
    /// It has closed its last socket.
    Ended,
}

/// Calls for nothing, as they were counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spin {
    /// How many.
    pub calls: u64,
    /// From when on.
    pub since: Duration,
    /// Over how long.
    pub span: Duration,
}

/// A thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worker {
    /// Whose.
    pub actor: Actor,
    /// Its number in the trace, where that has one.
    pub thread: Option<u32>,
    /// Its number among all threads of its actor, from 1.
    pub ordinal: u32,
    /// What it is doing.
    pub doing: Doing,
    /// It calls for nothing, again and again, beside all that it does.
    pub spin: Option<Spin>,
    /// How many of its calls are known to have been for nothing.
    pub for_nothing: u64,
}

impl Worker {
    pub(super) fn new(event: &Event, ordinal: u32) -> Self {
        let (actor, thread) = (event.actor, event.caller.thread);
        Self { actor, thread, ordinal, doing: Doing::Running, spin: None, for_nothing: 0 }
    }

    /// Whether it is the one that did this.
    #[must_use]
    pub fn is_of(&self, event: &Event) -> bool {
        (self.actor, self.thread) == (event.actor, event.caller.thread)
    }

    /// About how many calls for nothing it has made by now: they were counted together, and happened one after another.
    #[must_use]
    pub fn spun(&self, now: Duration) -> u64 {
        let so_far = |spin: Spin| {
            let part = now.saturating_sub(spin.since).as_secs_f64() / spin.span.as_secs_f64().max(1e-6);
            (spin.calls as f64 * part.clamp(0.0, 1.0)) as u64
        };
        self.for_nothing.saturating_add(self.spin.map_or(0, so_far))
    }

    pub(super) fn begins(&mut self, event: &Event) {
        match &event.what {
            What::Call { call, took, .. } => {
                let since = event.at.saturating_sub(took.unwrap_or_default());
                self.doing = Doing::Asleep { call: *call, link: event.link, since };
            }
            What::Folded { folded, span, .. } => {
                let calls = in_all(folded);
                self.spin = Some(Spin { calls, since: event.at.saturating_sub(*span), span: *span });
            }
            _ => {}
        }
    }

    pub(super) fn called(&mut self, event: &Event) {
        self.doing = Doing::Running;
        match &event.what {
            What::Call { outcome: Outcome::Failed(errno), .. } if errno.error == ErrorKind::WouldBlock => {
                self.for_nothing = self.for_nothing.saturating_add(1);
            }
            What::Folded { folded, .. } => {
                self.for_nothing = self.for_nothing.saturating_add(in_all(folded));
                self.spin = None;
            }
            _ => {}
        }
    }

    pub(super) fn ends(&mut self) {
        self.doing = Doing::Ended;
    }
}

/// Nobody knows who wrote the record: a sum may be more than there is room for.
fn in_all(folded: &[(Call, u64)]) -> u64 {
    folded.iter().fold(0, |sum, (_, count)| sum.saturating_add(*count))
}
