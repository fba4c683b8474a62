//! What a program's calls were by the moment of its failure: the machine behind the trace, what stands out in it, and a little more.

use super::talk::Talk;
use crate::trace::state::{Connection, Side, side};
use crate::trace::{Actor, Call, Event, Excerpt, Outcome, Seen, Step, What, canonical, steps};
use crate::view::{Asleep, Finding, Found, Moment, Summary};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

/// A program that dies closes its connections a moment before it is dead; on a busy machine that takes a while.
const DYING: Duration = Duration::from_secs(5);

/// A program's calls.
#[derive(Debug)]
pub(super) struct Calls<'e> {
    /// What it was doing.
    pub(super) moment: Moment<'e>,
    /// What stood out by then.
    found: Vec<Found>,
    talks: HashMap<u64, Talk>,
    /// Those of them on which it sent something later.
    sends_later: Vec<u64>,
    pub(super) binds: u64,
    pub(super) listens: bool,
    pub(super) reuses: bool,
    pub(super) accepts: u64,
    /// The process had ended.
    pub(super) has_ended: bool,
    listener_waits: bool,
    connect_calls: usize,
    connects: Vec<SocketAddr>,
    judge_at: Option<SocketAddr>,
    program: Side,
}

impl<'e> Calls<'e> {
    /// The calls by this time. `None` where only later ones are known: a program can have been started once more.
    pub(super) fn of(excerpt: &'e Excerpt, until: Duration, program: Side) -> Option<Self> {
        let moment = Moment::at(excerpt, until, program);
        let is_own = |event: &Event| side(event.actor) == program;
        let mut calls = Self {
            moment,
            found: Vec::new(),
            talks: HashMap::new(),
            sends_later: Vec::new(),
            binds: 0,
            listens: false,
            reuses: false,
            accepts: 0,
            has_ended: false,
            listener_waits: true,
            connect_calls: 0,
            connects: Vec::new(),
            judge_at: None,
            program,
        };
        let (mut summary, mut is_known, mut is_dying) = (Summary::new(&excerpt.header), true, true);
        let happens = |step| if let Step::Happens(event) = step { Some(event) } else { None };
        let events: Vec<_> = steps(&excerpt.events, &excerpt.header).into_iter().filter_map(happens).collect();
        // A call may be told a little after the other side has seen what it did: what comes before that in the trace was before it.
        let last_seen = events.iter().rposition(|event| !is_own(event) && event.at <= until).unwrap_or(0);
        for (index, event) in events.into_iter().enumerate() {
            match (is_own(event), event.at <= until || index < last_seen) {
                (true, true) => {
                    calls.event(event);
                    summary.push(event);
                }
                (true, false) => {
                    is_known &= calls.later(event);
                    // How it ended is told last. Whoever makes another call than to close was not dying.
                    is_dying &=
                        !matches!(event.what, What::Call { call, .. } if !matches!(call, Call::Close | Call::Shutdown));
                    if matches!(event.what, What::Seen(Seen::Exit { .. })) {
                        calls.has_ended |= is_dying && event.at <= until + DYING;
                        summary.push(event);
                    }
                }
                (false, _) => calls.judges(event),
            }
        }
        calls.found = summary.finish().found;
        is_known.then_some(calls)
    }

    fn judges(&mut self, event: &Event) {
        if let (What::Call { call: Call::Bind, outcome: Outcome::Address { ok }, .. }, Actor::Server) =
            (&event.what, event.actor)
        {
            self.judge_at = Some(*ok);
        }
    }

    /// A call after the failure; false where the program begins only now.
    fn later(&mut self, event: &Event) -> bool {
        let What::Call { call, .. } = &event.what else { return true };
        if *call == Call::Send {
            self.sends_later.extend(event.link.map(|link| link.id));
        }
        let is_a_beginning = matches!(call, Call::Bind | Call::Connect);
        !(is_a_beginning && self.binds == 0 && self.connect_calls == 0)
    }

    fn event(&mut self, event: &Event) {
        match &event.what {
            What::Seen(Seen::Exit { .. }) => self.has_ended = true,
            What::Seen(Seen::Option { name, value }) if name.as_ref() == "SO_REUSEADDR" => self.reuses = *value != 0,
            What::Call { call, outcome, .. } => {
                match (call, outcome, event.link) {
                    (Call::Bind, Outcome::Address { .. }, _) => self.binds += 1,
                    (Call::Listen, Outcome::Done { .. }, _) => self.listens = true,
                    (Call::Accept, Outcome::Address { .. }, _) => self.accepts += 1,
                    (Call::SetNonblocking, _, None) => self.listener_waits = false,
                    (Call::Connect, _, link) => {
                        self.connect_calls += 1;
                        self.connects.extend(link.map(|link| canonical(link.peer)));
                    }
                    _ => {}
                }
                if let Some(link) = event.link {
                    self.talks.entry(link.id).or_default().called(event);
                }
            }
            _ => {}
        }
    }

    /// Something that stands out, if it does.
    pub(super) fn stands_out(&self, is_it: impl Fn(&Finding) -> bool) -> Option<&Found> {
        self.found.iter().find(|found| is_it(&found.finding))
    }

    /// A thread that sleeps in this call.
    pub(super) fn sleeps_in(&self, call: Call) -> Option<&Asleep<'e>> {
        self.moment.asleep.iter().find(|asleep| asleep.call == call)
    }

    /// A thread sleeps in this call for one client; another one has something to ask, and no other thread waits for it.
    pub(super) fn keeps_waiting_in(&self, call: Call) -> bool {
        let awaits = |asleep: &&Asleep<'_>| matches!(asleep.call, Call::Accept | Call::Poll) && asleep.call != call;
        let is_awaited = self.moment.asleep.iter().any(|asleep| awaits(&asleep));
        self.sleeps_in(call).is_some_and(|asleep| self.moment.kept_waiting(asleep).next().is_some()) && !is_awaited
    }

    /// Whether calls on the listening socket wait.
    pub(super) fn listener_waits(&self) -> bool {
        self.listener_waits
    }

    /// The connections that the program has, or had.
    pub(super) fn conns(&self) -> impl Iterator<Item = &Connection> {
        let is_its = |conn: &&Connection| conn.accepted && conn.end(self.program).actor.is_some();
        self.moment.state.connections.iter().filter(is_its)
    }

    /// A client has sent something, and `recv` was never called for it.
    pub(super) fn never_receives(&self) -> bool {
        let receives = |conn: &Connection| self.talks.get(&conn.id).is_some_and(|talk| talk.receives);
        let is_waited_for = |conn: &Connection| {
            let sleeper = self.sleeps_in(Call::Recv).and_then(|asleep| asleep.link);
            sleeper.is_some_and(|link| link.id == conn.id)
        };
        self.conns().any(|conn| self.moment.unread(conn) > 0 && !receives(conn) && !is_waited_for(conn))
    }

    fn talks(&self) -> impl Iterator<Item = &Talk> {
        self.talks.values()
    }

    /// Whether it spoke on some connection before it had heard anything.
    pub(super) fn speaks_first(&self) -> bool {
        self.talks().any(|talk| talk.first == Some(Call::Send))
    }

    pub(super) fn gives_up(&self) -> bool {
        self.talks().any(|talk| talk.gave_up)
    }

    pub(super) fn ends_first(&self) -> bool {
        self.talks().any(|talk| talk.ended_first)
    }

    pub(super) fn goes_on_after_the_end(&self) -> bool {
        self.talks().any(|talk| talk.went_on)
    }

    pub(super) fn cuts_a_character(&self) -> bool {
        self.talks().any(|talk| talk.is_cut)
    }

    pub(super) fn sends_again(&self) -> bool {
        self.talks().any(|talk| talk.sends_again)
    }

    /// A `send` that took a part, after which the rest was never sent.
    pub(super) fn drops_a_rest(&self) -> Option<&Found> {
        let is_dropped = |(id, _): &(&u64, &Talk)| !self.sends_later.contains(id);
        self.talks.iter().filter(is_dropped).find_map(|(_, talk)| talk.unsent.as_ref())
    }

    pub(super) fn takes_all(&self) -> bool {
        self.talks().all(|talk| talk.unsent.is_none() && !talk.sends_again)
    }

    /// Whether it connected to the judge, and not to others only, or to nobody. `None` where the judge listens nowhere.
    pub(super) fn connects_to_the_judge(&self) -> Option<bool> {
        Some(self.connects.contains(&canonical(self.judge_at?)))
    }

    /// A `send` was given no bytes.
    pub(super) fn sends_nothing(&self) -> bool {
        self.talks().any(|talk| talk.sends_nothing)
    }

    /// Each connection was closed.
    pub(super) fn closes_all(&self) -> bool {
        self.conns().all(|conn| conn.end(self.program).closed)
    }

    /// The program's end of a connection has been told of the other side's end, and was not closed.
    pub(super) fn leaves_open(&self) -> bool {
        self.conns().map(|conn| conn.end(self.program)).any(|end| end.fin_received && !end.closed)
    }

    pub(super) fn sent(&self) -> u64 {
        self.conns().map(|conn| conn.end(self.program).sent).sum()
    }

    pub(super) fn received(&self) -> u64 {
        self.conns().map(|conn| conn.end(self.program).received).sum()
    }
}
