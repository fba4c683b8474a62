//! The machine behind a trace: who does what, which sockets there are, what lies in the kernel. It is one fold over the steps, so that
//! every view shows the same.
//!
//! What a trace cannot know is `None`: a server's record does not tell what its clients have sent and it has not received yet.

mod connection;
mod connections;
mod worker;

pub use connection::{Buffer, Condition, Connection, End, Side, tells_of_a_reset};
pub use connections::{Connections, Sides, side};
pub use worker::{Doing, Spin, Worker};

use super::{Actor, Call, Event, Header, Outcome, Step, What};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

/// How many threads are kept; the one that was seen first is forgotten for one more.
const MOST_WORKERS: usize = 4096;

/// The socket that a server listens on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    /// Its address.
    pub address: SocketAddr,
    /// Whether `listen` was called: from then on the kernel lets clients connect.
    pub listening: bool,
    /// Whether its calls wait; `None` where it is not known.
    pub blocking: Option<bool>,
}

/// How everything stands after a step.
#[derive(Clone, Debug)]
pub struct State {
    /// When.
    pub at: Duration,
    /// The lesson that is played, in a demo.
    pub lesson: Option<Box<str>>,
    /// The threads, in the order of their first call.
    pub workers: Vec<Worker>,
    /// Where the server listens.
    pub listener: Option<Listener>,
    /// The connections.
    pub connections: Connections,
    /// How many events are missing in the trace.
    pub lost: u64,
    /// How many threads each actor has had.
    threads: HashMap<Actor, u32>,
}

impl State {
    /// Before the first event of a trace with this header.
    #[must_use]
    pub fn new(header: &Header) -> Self {
        let sides = match header.role.as_ref() {
            "server" => Sides { client: false, server: true },
            // A tap has one end of each connection: of its own server's it is the client.
            "client" | "tap" => Sides { client: true, server: false },
            // Which it has is seen when it listens or connects.
            "watch" => Sides { client: false, server: false },
            _ => Sides { client: true, server: true },
        };
        let server = match header.io.as_ref() {
            "spin" | "poll" => Some(false),
            // Of a program that is watched, all that changes it is told.
            "threads" | "watched" => Some(true),
            _ => None,
        };
        let client = matches!(header.role.as_ref(), "client" | "demo" | "pair" | "tap" | "tapped" | "watch" | "attack")
            .then_some(true);
        Self::empty(Connections::new(sides, client, server))
    }

    fn empty(connections: Connections) -> Self {
        let (at, workers, threads) = (Duration::ZERO, Vec::new(), HashMap::new());
        Self { at, lesson: None, workers, listener: None, connections, lost: 0, threads }
    }

    /// Goes one step on.
    pub fn apply(&mut self, step: Step<'_>) {
        self.at = step.at();
        let event = step.event();
        match step {
            Step::Begins(_) => self.worker(event, |worker| worker.begins(event)),
            Step::Happens(_) => self.happens(event),
        }
    }

    fn happens(&mut self, event: &Event) {
        match &event.what {
            What::Lesson { lesson } => {
                // Only lesson 1 has a server whose calls do not wait.
                let connections = self.connections.anew(Some(lesson != "nonblock"));
                *self = Self { at: event.at, lesson: Some(lesson.as_ref().into()), ..Self::empty(connections) };
            }
            What::Call { .. } => {
                self.worker(event, |worker| worker.called(event));
                self.called(event);
            }
            What::Folded { .. } => self.worker(event, |worker| worker.called(event)),
            What::Fact(fact) => self.connections.change(event, |end| end.learn(fact)),
            What::Ended { ended } => self.connections.change(event, |end| end.end(*ended)),
            What::Dropped { dropped } => self.lost = self.lost.saturating_add(*dropped),
            What::Delayed { .. } | What::Check { .. } | What::Seen(_) => {}
        }
    }

    fn called(&mut self, event: &Event) {
        let What::Call { call, outcome, data, asked, .. } = &event.what else { return };
        let (actor, connections) = (event.actor, &mut self.connections);
        match (call, outcome, event.link) {
            (Call::Bind, Outcome::Address { ok }, _) => {
                self.listener =
                    Some(Listener { address: *ok, listening: false, blocking: connections.server_blocking() });
            }
            (Call::Listen, Outcome::Done { .. }, _) => self.listener.iter_mut().for_each(|it| it.listening = true),
            (Call::Connect, Outcome::Address { ok }, link) => connections.connects(actor, link, *ok),
            (Call::Accept, Outcome::Address { ok }, _) => {
                connections.accepts(actor, *ok, self.listener.as_ref().map_or(*ok, |listener| listener.address));
            }
            (Call::Recv, outcome, Some(link)) => connections.received(actor, link, *outcome),
            (Call::Send, outcome, Some(link)) => {
                connections.sent(actor, link, *outcome, data.as_deref().unwrap_or_default(), *asked);
            }
            (Call::Shutdown, Outcome::Done { .. }, _) => connections.change(event, |end| end.fin_sent = true),
            (Call::Close, _, Some(_)) => {
                connections.change(event, End::close);
                self.leaves(event);
            }
            (Call::SetNonblocking, Outcome::Done { .. }, Some(_)) => {
                connections.change(event, |end| end.blocking = Some(false));
            }
            (Call::SetNonblocking, Outcome::Done { .. }, None) => {
                self.listener.iter_mut().for_each(|listener| listener.blocking = Some(false));
            }
            _ => {}
        }
    }

    /// Who closes the one socket that its thread served has nothing more to do.
    fn leaves(&mut self, event: &Event) {
        let is_first = |worker: &Worker| worker.actor == event.actor;
        let first = self.workers.iter().position(is_first);
        if let Some(place) = self.workers.iter().position(|worker| worker.is_of(event)) {
            match event.actor {
                Actor::Server | Actor::Tap | Actor::Attacker if first == Some(place) => {}
                Actor::Server | Actor::Tap | Actor::Attacker => drop(self.workers.remove(place)),
                _ => self.workers.iter_mut().filter(|worker| worker.actor == event.actor).for_each(Worker::ends),
            }
        }
    }

    fn worker(&mut self, event: &Event, change: impl FnOnce(&mut Worker)) {
        let place = self.workers.iter().position(|worker| worker.is_of(event)).unwrap_or_else(|| {
            if self.workers.len() >= MOST_WORKERS {
                self.workers.remove(0);
            }
            let ordinal = self.threads.entry(event.actor).or_default();
            *ordinal += 1;
            self.workers.push(Worker::new(event, *ordinal));
            self.workers.len() - 1
        });
        if let Some(worker) = self.workers.get_mut(place) {
            change(worker);
        }
    }
}

#[cfg(test)]
mod tests;
