//! One direction of one connection: receives, lets the schedule say what becomes of it, and sends.
//!
//! What was received and not sent yet is held, up to a bound. A receiver that does not read makes `send` sleep, so that
//! nothing more is received, so that the sender's own `send` sleeps: back-pressure passes through.

use super::faults::{Act, Schedule, Step};
use super::pair::Pair;
use super::side::{Ear, LONG_NAP, NAP, Received};
use super::tally::{End, Way};
use crate::protocol::{Fact, Misbehaviour};
use crate::trace::Began;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

/// How much one `recv` may bring: as much as a record keeps of it.
const BUFFER: usize = 16 * 1024;
/// How much a delay may hold back. Each part counts as at least [`LEAST`].
const MOST_HELD: usize = 64 * 1024;
const LEAST: usize = 256;
/// Until something so near is due, nothing is received meanwhile.
const SHORT: Duration = Duration::from_millis(25);
/// After a sender's RST, what it sent before may still take so long to be delivered.
const AFTER_RESET: Duration = Duration::from_secs(5);

/// Whether more comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    Open,
    /// A FIN came, then.
    Ended(Duration),
    /// An RST came, then.
    Broken(Duration),
}

/// Bytes that came together.
#[derive(Debug)]
struct Part {
    arrived: Duration,
    bytes: Vec<u8>,
    done: usize,
}

/// One direction, and the thread's own memory.
#[derive(Debug)]
pub(super) struct Pump {
    pair: Arc<Pair>,
    way: Way,
    schedule: Schedule,
    held: VecDeque<Part>,
    step: Option<Step>,
    source: Source,
    ear: Ear,
    asleep: Option<Began>,
    swallowed: u64,
}

impl Pump {
    pub(super) fn new(pair: Arc<Pair>, way: Way, schedule: Schedule) -> Self {
        let (held, step, source, ear, asleep) = (VecDeque::new(), None, Source::Open, Ear::default(), None);
        Self { pair, way, schedule, held, step, source, ear, asleep, swallowed: 0 }
    }

    /// Runs until nothing more can come, or nothing more can be sent.
    pub(super) fn run(mut self) {
        let mut buffer = vec![0; BUFFER];
        while !self.pair.is_aborted() && !self.is_late() {
            if self.step.is_none() {
                let front =
                    self.held.front().map_or((0, self.now()), |part| (part.bytes.len() - part.done, part.arrived));
                self.step = self.schedule.next(front.0, front.1);
            }
            match self.step {
                Some(Step { due, act }) if self.is_due(due) => {
                    self.step = None;
                    if !self.does(act) {
                        break;
                    }
                }
                Some(Step { due, .. }) => self.wait(due.saturating_sub(self.now()), &mut buffer),
                None if self.source == Source::Open => self.receive(LONG_NAP, &mut buffer),
                None => break,
            }
        }
        self.end();
    }

    fn now(&self) -> Duration {
        self.pair.began.elapsed()
    }

    /// A tap that stops delays nothing any more.
    fn is_due(&self, due: Duration) -> bool {
        due <= self.now() || self.pair.shared.is_stopping()
    }

    fn is_late(&self) -> bool {
        matches!(self.source, Source::Broken(at) if self.now() > at + AFTER_RESET)
    }

    /// Waits until the next step is due, or a little less; receives meanwhile, if that makes sense.
    fn wait(&mut self, time: Duration, buffer: &mut [u8]) {
        let held: usize = self.held.iter().map(|part| part.bytes.len().max(LEAST)).sum();
        if time > SHORT && held < MOST_HELD && self.source == Source::Open {
            self.receive(time, buffer);
        } else {
            self.pair.shared.pause(time.min(NAP));
        }
    }

    fn receive(&mut self, wait: Duration, buffer: &mut [u8]) {
        let received = self.pair.from(self.way).receive(&mut self.ear, wait, buffer);
        let arrived = self.now();
        match received {
            Received::Nothing => {}
            Received::Fin => self.source = Source::Ended(arrived),
            Received::Broken => {
                self.pair.ends_because(Pair::gone(self.way.back()));
                self.source = Source::Broken(arrived);
            }
            Received::Bytes(count) => {
                self.pair.shared.count(self.way, |flow| flow.received += count as u64);
                let bytes = buffer.get(..count).unwrap_or_default().to_vec();
                self.held.push_back(Part { arrived, bytes, done: 0 });
            }
        }
    }

    /// Does one step; false if it was the last that can be done.
    fn does(&mut self, act: Act) -> bool {
        let link = self.pair.to(self.way).link;
        let misbehaves = |fault| self.pair.shared.trace.fact(link, Fact::Misbehaved { fault });
        match act {
            Act::Send(count) => return self.send(count),
            Act::Swallow(count) => {
                self.pair.shared.count(self.way, |flow| flow.swallowed += count as u64);
                self.swallowed += count as u64;
                self.take(count);
            }
            Act::Drop => misbehaves(Misbehaviour::Drop),
            Act::Shutdown => {
                misbehaves(Misbehaviour::HalfClose);
                self.pair.to(self.way).shut_down_sending();
            }
            Act::Reset => {
                misbehaves(Misbehaviour::Reset);
                self.pair.abort(End::ResetByTap);
                return false;
            }
        }
        true
    }

    fn send(&mut self, count: usize) -> bool {
        let Some(part) = self.held.front() else { return true };
        let bytes = part.bytes.get(part.done..part.done + count).unwrap_or_default();
        let to = self.pair.to(self.way);
        let Ok(sent) = to.send(&mut self.asleep, bytes) else {
            self.pair.ends_because(Pair::gone(self.way));
            // Whoever reads there finds it broken too, and hands that on when all is delivered.
            to.wake();
            return false;
        };
        self.pair.shared.count(self.way, |flow| flow.sent += sent as u64);
        self.take(sent);
        self.schedule.sent(self.now());
        if sent < count {
            self.step = Some(Step { due: Duration::ZERO, act: Act::Send(count - sent) });
        }
        true
    }

    /// So many of the bytes at hand are done with.
    fn take(&mut self, count: usize) {
        if let Some(part) = self.held.front_mut() {
            part.done += count;
            if part.done >= part.bytes.len() {
                self.held.pop_front();
            }
        }
    }

    /// Hands on how the sender ended, and tells what was not delivered.
    fn end(mut self) {
        let left: usize = self.held.iter().map(|part| part.bytes.len() - part.done).sum();
        match self.source {
            Source::Ended(at) if left == 0 => {
                if let Some(due) = self.schedule.end(at) {
                    self.wait_until(due);
                    if !self.pair.is_aborted() {
                        self.pair.to(self.way).shut_down_sending();
                    }
                }
            }
            Source::Broken(at) => {
                let due = self.schedule.end(at).unwrap_or(at);
                self.wait_until(due);
                self.pair.abort(Pair::gone(self.way.back()));
            }
            Source::Ended(_) | Source::Open => {}
        }
        let (link, trace) = (self.pair.to(self.way).link, &self.pair.shared.trace);
        for (bytes, on_purpose) in [(self.swallowed, true), (left as u64, false)] {
            if bytes > 0 {
                trace.fact(link, Fact::Undelivered { bytes, on_purpose });
            }
        }
        self.pair.shared.count(self.way, |flow| flow.undelivered += left as u64);
    }

    fn wait_until(&self, due: Duration) {
        while !self.is_due(due) && !self.pair.is_aborted() {
            self.pair.shared.pause(due.saturating_sub(self.now()).min(NAP));
        }
    }
}
