//! What a part of a trace tells, in rows and arrows: not yet where they stand.

use super::talk::{Arrow, Talk};
use crate::trace::state::{Connection, Doing, Side, Spin, State, side};
use crate::trace::{Actor, Call, Event, Excerpt, Outcome, Step, What};
use std::io::ErrorKind;
use std::time::Duration;

/// One step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row<'e> {
    pub(super) event: &'e Event,
    /// A sleep or a spin begins, and nothing is to be said of it.
    pub(super) begins: bool,
    /// Since the section began.
    pub(super) at: Duration,
    /// Its connection, by its place.
    pub(super) talk: Option<usize>,
    /// Which end of that its actor has.
    pub(super) side: Side,
}

/// Why a thread does nothing else for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Busy {
    /// It sleeps in a call.
    Asleep(Call),
    /// It calls for nothing.
    Spinning(Spin),
}

/// From one row to another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bar {
    pub(super) busy: Busy,
    pub(super) from: usize,
    pub(super) to: usize,
}

/// A lesson of a demo; without lessons, all.
#[derive(Clone, Debug, Default)]
pub(super) struct Section<'e> {
    pub(super) lesson: Option<&'e str>,
    /// In causal order: what is sent stands before what is received.
    pub(super) rows: Vec<Row<'e>>,
    pub(super) order: Vec<usize>,
    pub(super) talks: Vec<Talk>,
    pub(super) arrows: Vec<Arrow>,
    pub(super) bars: Vec<Bar>,
    began: Duration,
}

/// Walks through the excerpt.
pub(super) fn sections(excerpt: &Excerpt) -> Vec<Section<'_>> {
    let mut sections: Vec<Section> = Vec::new();
    excerpt.walk(|step, before, after| {
        let event = step.event();
        if let What::Lesson { lesson } = &event.what {
            sections.push(Section { lesson: Some(lesson), began: event.at, ..Section::default() });
            return;
        }
        if sections.is_empty() {
            sections.push(Section::default());
        }
        if let Some(section) = sections.last_mut() {
            match step {
                Step::Begins(_) => section.begins(event, step.at(), after),
                Step::Happens(_) => section.happens(event, before, after),
            }
        }
    });
    sections.iter_mut().for_each(Section::finish);
    sections
}

impl Row<'_> {
    /// Whether it only ends a sleep: a call that was interrupted gave nothing.
    pub(super) fn is_interrupted(&self) -> bool {
        matches!(&self.event.what, What::Call { outcome: Outcome::Failed(errno), .. } if errno.error == ErrorKind::Interrupted)
    }
}

impl<'e> Section<'e> {
    fn add(&mut self, event: &'e Event, at: Duration, begins: bool, talk: Option<usize>) -> usize {
        self.rows.push(Row { event, begins, at: at.saturating_sub(self.began), talk, side: side(event.actor) });
        self.rows.len() - 1
    }

    fn begins(&mut self, event: &'e Event, at: Duration, after: &State) {
        if cannot_sleep(event, after) {
            return;
        }
        let from = self.add(event, at, true, None);
        let Some(worker) = after.workers.iter().find(|worker| worker.is_of(event)) else { return };
        let busy = match (&event.what, worker.doing, worker.spin) {
            (What::Folded { .. }, _, Some(spin)) => Busy::Spinning(spin),
            (_, Doing::Asleep { call, .. }, _) => Busy::Asleep(call),
            _ => return,
        };
        self.bars.push(Bar { busy, from, to: from });
    }

    fn happens(&mut self, event: &'e Event, before: &State, after: &State) {
        let conn = connection(event, after);
        let talk = conn.map(|conn| self.talk(conn));
        let row = self.add(event, event.at, false, talk);
        let is_its = |bar: &&mut Bar, rows: &[Row]| rows.get(bar.from).is_some_and(|row| row.event == event);
        if let Some(bar) = self.bars.iter_mut().rev().find(|bar| is_its(bar, &self.rows)) {
            bar.to = row;
        }
        if let (Some(conn), Some(talk)) = (conn, talk.and_then(|talk| self.talks.get_mut(talk))) {
            let was = before.connections.iter().find(|was| was.serial == conn.serial);
            talk.changes(row, was, conn);
            let of_server = after.connections.sides().server.then_some(Actor::Server);
            talk.server = conn.server.actor.or(of_server);
            match event.what {
                What::Call { call: Call::Connect, outcome: Outcome::Address { .. }, .. } => {
                    talk.begins(row, Side::Client);
                }
                What::Call { call: Call::Accept, outcome: Outcome::Address { .. }, .. } => {
                    talk.begins(row, Side::Server);
                }
                _ => {}
            }
            self.rows.iter_mut().skip(row).for_each(|row| row.side = end_of(event.actor, conn));
        }
    }

    fn talk(&mut self, conn: &Connection) -> usize {
        self.talks.iter().position(|talk| talk.serial == conn.serial).unwrap_or_else(|| {
            self.talks.push(Talk::new(conn));
            self.talks.len() - 1
        })
    }

    fn finish(&mut self) {
        self.arrows = self.talks.iter().enumerate().flat_map(|(place, talk)| talk.arrows(place)).collect();
        self.order = (0..self.rows.len()).collect();
        // A call is told when it is over, and its bytes may be received before that.
        let mut late: Vec<_> = self.arrows.iter().filter_map(|arrow| arrow.from.zip(arrow.to)).collect();
        late.sort_by_key(|(_, to)| *to);
        for (from, to) in late.into_iter().filter(|(from, to)| from > to) {
            let begin = self.bars.iter().find(|bar| bar.to == from).map(|bar| bar.from);
            for row in begin.into_iter().chain([from]) {
                self.put_before(row, to);
            }
        }
    }

    /// Moves a row up, if it stands below the other one.
    fn put_before(&mut self, row: usize, other: usize) {
        let place = |wanted: usize| self.order.iter().position(|row| *row == wanted);
        if let (Some(from), Some(to)) = (place(row), place(other))
            && from > to
        {
            self.order.remove(from);
            self.order.insert(to, row);
        }
    }

    /// The arrows that end in this row.
    pub(super) fn arriving(&self, row: usize) -> impl Iterator<Item = &Arrow> {
        self.arrows.iter().filter(move |arrow| arrow.to == Some(row))
    }

    /// The arrows that begin in this row.
    pub(super) fn leaving(&self, row: usize) -> impl Iterator<Item = &Arrow> {
        self.arrows.iter().filter(move |arrow| arrow.from == Some(row))
    }

    /// Who has the other end of a connection; `None` where it is not told.
    pub(super) fn peer(&self, talk: usize, side: Side) -> Option<Actor> {
        let talk = self.talks.get(talk)?;
        match side {
            Side::Client => talk.server,
            Side::Server => talk.client,
        }
    }
}

/// A call that does not wait took its time because another program had the processor.
fn cannot_sleep(event: &Event, after: &State) -> bool {
    let What::Call { call, .. } = &event.what else { return false };
    let blocking = match (call, event.link) {
        (Call::Accept, _) => after.listener.as_ref().and_then(|listener| listener.blocking),
        (Call::Recv | Call::Send, Some(link)) => {
            after.connections.find(event.actor, link).and_then(|conn| conn.end(end_of(event.actor, conn)).blocking)
        }
        _ => None,
    };
    blocking == Some(false)
}

/// Which end an actor has: a tap is the server of some connections, and the client of others.
fn end_of(actor: Actor, conn: &Connection) -> Side {
    if conn.client.actor == Some(actor) { Side::Client } else { Side::Server }
}

/// The connection that an event is about.
fn connection<'s>(event: &Event, after: &'s State) -> Option<&'s Connection> {
    match (&event.what, event.link) {
        (_, Some(link)) => after.connections.find(event.actor, link),
        (What::Call { call: Call::Accept, outcome: Outcome::Address { ok }, .. }, None) => {
            after.connections.iter().filter(|conn| conn.client_address == Some(*ok)).last()
        }
        (What::Call { call: Call::Connect, outcome: Outcome::Address { .. }, .. }, None) => {
            after.connections.iter().filter(|conn| conn.client.actor == Some(event.actor)).last()
        }
        _ => None,
    }
}
