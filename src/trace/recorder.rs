//! Collects events, gives them their number and their time, and hands them to the sinks.

use super::fold::Fold;
use super::{Actor, Call, Caller, Errno, Event, Link, Outcome, Seen, Sink, What};
use crate::protocol::{Ending, Fact};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread;
use std::time::{Duration, Instant};

/// How much of a payload is kept when only a view wants it: more would not fit a line.
const VIEW_CAP: usize = 256;

/// How often a receive looks whether its send was told, 50 µs apart.
const LONGEST_WAIT_FOR_ORDER: usize = 20;

/// When a call began, where anybody wants to know.
#[derive(Clone, Copy, Debug)]
pub struct Began(Option<Instant>);

impl Began {
    /// How long it has taken by now.
    #[must_use]
    pub fn took(self) -> Option<Duration> {
        self.0.map(|began| began.elapsed())
    }
}

/// One actor's way to tell what happens. Cheap to clone; switched off, each telling costs one branch.
#[derive(Clone, Debug)]
pub struct Recorder {
    actor: Actor,
    /// `None`: switched off.
    shared: Option<Arc<Shared>>,
    /// Slow motion: how long each call waits before it is made.
    slow: Option<Duration>,
    /// Who made the calls, where they are told for somebody else.
    caller: Option<Arc<Caller>>,
}

#[derive(Debug)]
struct Shared {
    start: Instant,
    /// How much of a payload is kept.
    cap: usize,
    /// Where both ends of a connection are told by one recorder: keeps a receive from being told before its send.
    order: Option<Mutex<()>>,
    /// One lock for number, time and order: what is told first has the lower number and stands first in every sink.
    state: Mutex<State>,
}

/// The bytes that a call moved, and how many it should have moved at most.
#[derive(Clone, Copy, Default)]
struct Moved<'b> {
    data: Option<&'b [u8]>,
    asked: Option<usize>,
}

#[derive(Debug)]
struct State {
    last_number: u64,
    /// When the last event was.
    told_at: Duration,
    fold: Fold,
    sinks: Vec<Sink>,
}

impl Recorder {
    /// A recorder that tells nobody. With `slow`, calls are slowed down all the same.
    #[must_use]
    pub fn off(actor: Actor, slow: Option<Duration>) -> Self {
        Self { actor, shared: None, slow, caller: None }
    }

    /// A recorder that tells all the sinks. `cap` is how much of a payload is kept, `None` for as much as a line shows.
    #[must_use]
    pub fn new(actor: Actor, sinks: Vec<Sink>, cap: Option<usize>, slow: Option<Duration>) -> Self {
        if sinks.is_empty() {
            return Self::off(actor, slow);
        }
        let state = Mutex::new(State { last_number: 0, told_at: Duration::ZERO, fold: Fold::default(), sinks });
        let shared = Shared { start: Instant::now(), cap: cap.unwrap_or(VIEW_CAP), order: None, state };
        Self { actor, shared: Some(Arc::new(shared)), slow, caller: None }
    }

    /// The same recorder in the hands of another actor.
    #[must_use]
    pub fn of(&self, actor: Actor) -> Self {
        Self { actor, ..self.clone() }
    }

    /// The same recorder for the calls of somebody else, who was watched making them.
    #[must_use]
    pub fn by(&self, caller: Caller) -> Self {
        Self { caller: Some(Arc::new(caller)), ..self.clone() }
    }

    /// A recorder that both ends of a connection tell, so that a send must stand before its receive: to be asked for
    /// before the recorder is shared.
    #[must_use]
    pub fn in_order(mut self) -> Self {
        if let Some(shared) = self.shared.as_mut().and_then(Arc::get_mut) {
            shared.order = Some(Mutex::default());
        }
        self
    }

    /// Held from before a call that the other end will notice until it is told: see [`in_order`](Self::in_order).
    /// Elsewhere it is `None`, and so it is when somebody else sleeps in a call that holds it.
    #[must_use]
    pub fn hold(&self) -> Option<MutexGuard<'_, ()>> {
        self.try_for_a_while()
    }

    /// Waits until no call of the other end is about to be told. Not for long: a send may be asleep because this end
    /// does not receive, and then the order is worth less than going on.
    pub fn let_sends_be_told(&self) {
        drop(self.try_for_a_while());
    }

    fn try_for_a_while(&self) -> Option<MutexGuard<'_, ()>> {
        let order = self.shared.as_ref()?.order.as_ref()?;
        for _ in 0..LONGEST_WAIT_FOR_ORDER {
            match order.try_lock() {
                Ok(held) => return Some(held),
                Err(TryLockError::Poisoned(poisoned)) => return Some(poisoned.into_inner()),
                Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_micros(50)),
            }
        }
        None
    }

    /// The same recorder for somebody whose calls wait at least this long before they are made.
    #[must_use]
    pub fn at_pace(&self, pause: Duration) -> Self {
        Self { slow: Some(self.slow.unwrap_or_default().max(pause)), ..self.clone() }
    }

    /// Whether anybody is listening.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.shared.is_some()
    }

    /// A call is about to be made. In slow motion, this waits before it.
    #[must_use]
    pub fn begin(&self) -> Began {
        if let Some(pause) = self.slow {
            thread::sleep(pause);
        }
        Began(self.is_on().then(Instant::now))
    }

    /// Tells a call that moved no bytes, and how long it took, if that is known.
    pub fn call(&self, link: Option<Link>, call: Call, outcome: Result<Outcome, &io::Error>, took: Option<Duration>) {
        if self.is_on() {
            self.tell(link, call, outcome, Moved::default(), took);
        }
    }

    /// Tells a call that moved bytes, or should have.
    pub fn transfer(&self, link: Link, call: Call, outcome: &io::Result<usize>, buffer: &[u8], took: Option<Duration>) {
        let data = outcome.as_ref().ok().and_then(|count| buffer.get(..*count)).unwrap_or_default();
        self.moved(Some(link), call, (outcome, data), buffer.len(), took);
    }

    /// The same where not all of the buffer is at hand: what the call gave, the bytes it moved (the first of them, at least), and for
    /// how many it had room, or how many it was given.
    pub fn moved(
        &self,
        link: Option<Link>,
        call: Call,
        (outcome, data): (&io::Result<usize>, &[u8]),
        asked: usize,
        took: Option<Duration>,
    ) {
        if self.is_on() {
            let moved = Moved { data: outcome.is_ok().then_some(data), asked: Some(asked) };
            self.tell(link, call, outcome.as_ref().map(|count| Outcome::Count { ok: *count }), moved, took);
        }
    }

    /// Whether a call that said `WouldBlock` is one more of those that are counted, and is now: then there is nothing to tell.
    #[must_use]
    pub fn counts(&self, link: Option<Link>, call: Call) -> bool {
        let Some(shared) = self.shared.as_ref().filter(|_| self.slow.is_none()) else { return false };
        let mut state = shared.lock();
        let at = shared.start.elapsed();
        let is_counted = state.fold.has_told(link, call) && state.fold.takes(link, call, at);
        if is_counted {
            state.tell_folded(self, at, false);
        }
        is_counted
    }

    /// Tells that a check begins, in the record of a judge.
    pub fn check(&self, id: &'static str) {
        self.push(None, What::Check { check: id.into() });
    }

    /// Tells what a protocol learned.
    pub fn fact(&self, link: Link, fact: Fact) {
        self.push(Some(link), What::Fact(fact));
    }

    /// Tells what a program that is watched was seen to do, beside its calls.
    pub fn seen(&self, link: Option<Link>, seen: Seen) {
        self.push(link, What::Seen(seen));
    }

    /// Tells that a connection has to wait before it is served.
    pub fn delayed(&self, link: Link, delay: Duration) {
        self.push(Some(link), What::Delayed { delay });
    }

    /// Tells how a connection ended.
    pub fn ended(&self, link: Link, ended: Ending) {
        if let Some(shared) = &self.shared {
            shared.lock().fold.forget(link);
        }
        self.push(Some(link), What::Ended { ended });
    }

    /// Tells what is still folded: to be called when the run ends.
    pub fn flush(&self) {
        if let Some(shared) = &self.shared {
            let mut state = shared.lock();
            state.tell_folded(self, shared.start.elapsed(), true);
        }
    }

    fn tell(
        &self,
        link: Option<Link>,
        call: Call,
        outcome: Result<Outcome, &io::Error>,
        moved: Moved<'_>,
        took: Option<Duration>,
    ) {
        let Some(shared) = &self.shared else { return };
        let would_block = matches!(&outcome, Err(error) if error.kind() == io::ErrorKind::WouldBlock);
        let mut state = shared.lock();
        // Only now, or a later number could have an earlier time.
        let at = shared.start.elapsed();
        // In slow motion every repeat is worth its line.
        let is_repeat = would_block && self.slow.is_none() && state.fold.takes(link, call, at);
        state.tell_folded(self, at, false);
        if !is_repeat {
            let Moved { data, asked } = moved;
            let data = data.map(|data| data.get(..shared.cap).unwrap_or(data).to_vec());
            let outcome = outcome.unwrap_or_else(|error| Outcome::Failed(Errno::from(error)));
            state.push(self, at, link, What::Call { call, outcome, data, asked, took });
        }
    }

    fn push(&self, link: Option<Link>, what: What) {
        if let Some(shared) = &self.shared {
            let mut state = shared.lock();
            state.push(self, shared.start.elapsed(), link, what);
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn tell_folded(&mut self, of: &Recorder, at: Duration, last: bool) {
        match self.fold.due(at, self.told_at, last) {
            // They come from several lines, and what was measured is the processor time of whoever tells them.
            Some((at, What::Folded { folded, span, .. })) if of.caller.is_some() => {
                let caller = of.caller.as_ref().map(|it| Caller { file: None, line: None, ..Caller::clone(it) });
                self.push(&of.by(caller.unwrap_or_default()), at, None, What::Folded { folded, span, cpu: None });
            }
            Some((at, what)) => self.push(of, at, None, what),
            None => {}
        }
    }

    fn push(&mut self, of: &Recorder, at: Duration, link: Option<Link>, what: What) {
        self.last_number += 1;
        self.told_at = at;
        let caller = of.caller.as_deref().map_or_else(Caller::this_thread, Clone::clone);
        let event = Event { number: self.last_number, at, actor: of.actor, link, what, caller };
        let Some((last, others)) = self.sinks.split_last_mut() else { return };
        others.iter_mut().for_each(|sink| sink.give(event.clone()));
        last.give(event);
    }
}

#[cfg(test)]
mod tests;
