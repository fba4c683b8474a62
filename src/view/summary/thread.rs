//! What stands out in one thread's calls: for whom it sleeps, and what goes round in vain.

use super::finding::{Finding, Findings, Place};
use crate::trace::{Call, Outcome};
use std::io::ErrorKind;
use std::time::Duration;

/// Who sleeps this long for one client keeps others waiting.
const LONG: Duration = Duration::from_millis(50);
/// A call that came back so soon had found what it asked for.
const AT_ONCE: Duration = Duration::from_millis(1);
/// So many calls for nothing a second are a loop, and so many of them are worth a sentence.
const FAST: f64 = 200.0;
const MANY: u64 = 200;
/// Whoever is told so often that something is there does not look after it.
const IGNORED: u64 = 50;

/// A call, as it is remembered.
#[derive(Clone, Debug)]
pub(super) struct Last {
    pub(super) call: Call,
    pub(super) outcome: Outcome,
    pub(super) client: Option<u64>,
    pub(super) place: Place,
}

/// A call that slept for one client.
#[derive(Clone, Debug)]
struct Slept {
    last: Last,
    client: u64,
    took: Duration,
    is_told: bool,
}

/// A thread, as far as the rules need it.
#[derive(Debug, Default)]
pub(super) struct Thread {
    last: Option<Last>,
    at: Duration,
    slept: Option<Slept>,
    /// The clients that it has served, the last ones.
    clients: Vec<u64>,
}

/// So many clients of one thread are remembered.
const CLIENTS: usize = 64;

impl Thread {
    /// Where its last call stands.
    pub(super) fn place(&self) -> Place {
        self.last.as_ref().map(|last| last.place.clone()).unwrap_or_default()
    }

    /// Its last call that can have ended it.
    pub(super) fn last(&self) -> Option<&Last> {
        self.last.as_ref()
    }

    pub(super) fn last_at(&self) -> Duration {
        self.at
    }

    /// A program that ends closes what it has: that is not why.
    pub(super) fn remembers(&mut self, last: Last) {
        if !matches!(last.call, Call::Close | Call::Shutdown | Call::ShutdownRead) {
            self.last = Some(last);
        }
    }

    /// A server's call; `waits` if its socket is one of a client's that waits, `listener` if the listening one does not.
    pub(super) fn called(
        &mut self,
        last: Last,
        took: Option<Duration>,
        (at, waits, listener): (Duration, bool, bool),
        found: &mut Findings,
    ) {
        self.at = at;
        let was_at_once = took.is_some_and(|took| took < AT_ONCE);
        if let Some(slept) = self.slept.take().filter(|_| was_at_once) {
            match (last.call, last.outcome, last.client) {
                (Call::Accept, Outcome::Address { .. }, _) if !slept.is_told => slept.tell(None, found),
                (Call::Recv, Outcome::Count { ok: 1.. }, Some(other))
                    if other != slept.client && self.serves(other) =>
                {
                    let Slept { client, took, last, .. } = slept;
                    found.add(Finding::SleptBesideBytes { client, other, took }, &last.place);
                }
                _ => {}
            }
        }
        if let (Some(took), Some(client), true) = (took.filter(|took| *took >= LONG), last.client, waits)
            && matches!(last.call, Call::Recv | Call::Send)
        {
            if listener && last.call == Call::Recv {
                found.add(Finding::ModeNotInherited { client }, &last.place);
            }
            self.slept = Some(Slept { last: last.clone(), client, took, is_told: false });
        }
        if let Some(client) = last.client.filter(|client| !self.serves(*client)) {
            if self.clients.len() >= CLIENTS {
                self.clients.remove(0);
            }
            self.clients.push(client);
        }
        self.remembers(last);
    }

    fn serves(&self, client: u64) -> bool {
        self.clients.contains(&client)
    }

    /// While its last call slept, clients waited to be accepted.
    pub(super) fn queue(&mut self, waiting: u64, found: &mut Findings) {
        if let Some(slept) = self.slept.as_mut() {
            slept.tell(Some(waiting), found);
            slept.is_told = true;
        }
    }
}

impl Slept {
    fn tell(&self, waiting: Option<u64>, found: &mut Findings) {
        let for_ever = matches!(self.last.outcome, Outcome::Failed(errno) if errno.error == ErrorKind::Interrupted);
        let Self { client, took, .. } = *self;
        found.add(Finding::SleptForOne { call: self.last.call, client, took, waiting, for_ever }, &self.last.place);
    }
}

/// Calls that came back with `EAGAIN`.
pub(super) fn spins(folded: &[(Call, u64)], span: Duration, place: &Place, found: &mut Findings) {
    let count = folded.iter().fold(0_u64, |sum, (_, count)| sum.saturating_add(*count));
    if let Some(per_second) = rate(count, span) {
        found.add(Finding::Spins { per_second }, place);
    }
}

/// Looks at who is ready that changed nothing.
pub(super) fn looks(count: u64, ready: u64, span: Duration, place: &Place, found: &mut Findings) {
    match rate(count, span) {
        _ if ready > 0 && count >= IGNORED => found.add(Finding::ReadyIgnored { count }, place),
        Some(per_second) if ready == 0 => found.add(Finding::LooksInVain { per_second }, place),
        _ => {}
    }
}

fn rate(count: u64, span: Duration) -> Option<u64> {
    let per_second = count as f64 / span.as_secs_f64().max(1e-3);
    (count >= MANY && per_second >= FAST).then_some(per_second as u64)
}
