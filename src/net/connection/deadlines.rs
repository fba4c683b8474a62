//! The half of a connection that looks at the clock.

use super::super::phase::Phase;
use super::super::socket::Socket;
use super::super::work::Work;
use super::Connection;
use crate::protocol::{Ending, Next, Protocol};
use std::time::{Duration, Instant};

impl<S: Socket, P: Protocol> Connection<S, P> {
    /// Does what the time asks for: begins, or ends what took too long.
    pub fn check_deadlines(&mut self, work: &mut Work<'_>) {
        let now = work.now;
        if self.deadline(work).is_none_or(|deadline| now < deadline) {
            return;
        }
        let is_stalled = self.stall_deadline(work).is_some_and(|deadline| deadline <= now);
        match self.phase {
            Phase::Waiting(_) => {
                self.phase = Phase::Open;
                self.run_protocol(work, P::connected);
            }
            Phase::Open if self.protocol_deadline().is_some_and(|deadline| deadline <= now) => {
                self.run_protocol(work, |protocol, turn| Next::End(protocol.deadline_passed(turn)));
            }
            Phase::Open | Phase::Closing if is_stalled => {
                self.settle(Ending::WriteStall, work);
                self.close(work);
            }
            Phase::Open => self.end(Ending::IdleKick, work),
            Phase::Lingering(_) => self.close(work),
            Phase::Closing | Phase::Closed => {}
        }
    }

    /// When [`check_deadlines`](Self::check_deadlines) has something to do, if nothing happens before.
    pub fn deadline(&self, work: &Work<'_>) -> Option<Instant> {
        match self.phase {
            Phase::Waiting(until) | Phase::Lingering(until) => Some(until),
            Phase::Open => {
                let idle = work.limits.idle.map(|idle| self.last_activity + idle);
                // A client that does not read is not idle: it is stalled.
                let quiet = self.stall_deadline(work).or(idle);
                [quiet, self.protocol_deadline()].into_iter().flatten().min()
            }
            Phase::Closing => self.stall_deadline(work),
            Phase::Closed => None,
        }
    }

    /// How long nothing will happen here, unless the peer does something.
    pub fn time_left(&self, work: &Work<'_>) -> Option<Duration> {
        self.deadline(work).map(|deadline| deadline.saturating_duration_since(work.now))
    }

    fn protocol_deadline(&self) -> Option<Instant> {
        self.protocol.deadline().map(|after| self.opened + after)
    }

    fn stall_deadline(&self, work: &Work<'_>) -> Option<Instant> {
        self.stalled_since.map(|since| since + work.limits.stall)
    }
}
