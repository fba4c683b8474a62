//! Where the lanes stand: clients on both sides of the server, so that few arrows cross a lane, and the threads of a program side by side
//! in its lane.

use super::story::{Row, Section};
use crate::trace::Actor;
use crate::trace::state::Side;
use std::collections::HashMap;

/// The middle of the first lane: the times stand before it.
const FIRST: f64 = 172.0;
/// What the last lane has behind it, unless its texts stand there.
const LAST: f64 = 92.0;
/// How wide a page is on which it all fits.
const PAGE: f64 = 1280.0;
/// How far apart lanes are at least.
const NARROW: f64 = 420.0;
/// How far apart two lanes are if there are no more.
const WIDE: f64 = 560.0;
/// How far apart the threads of a lane are.
const PITCH: f64 = 18.0;
/// Further threads share the last place.
const MOST_COLUMNS: usize = 8;
/// Between a lane and a text, and between a text and the next lane.
const BESIDE: f64 = 12.0;

/// Whose lane it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Who {
    /// The trace tells of it.
    Actor(Actor),
    /// The other side, of which nothing was recorded.
    Unknown(Side),
}

/// One lane.
#[derive(Clone, Debug)]
pub(super) struct Lane {
    pub(super) who: Who,
    /// Its middle.
    pub(super) x: f64,
    /// Half its width.
    pub(super) half: f64,
}

/// A thread, from its first row to its last one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Thread {
    pub(super) actor: Actor,
    number: Option<u32>,
    /// Places in the order of the rows.
    pub(super) first: usize,
    pub(super) last: usize,
    column: usize,
}

/// All lanes, of all sections.
#[derive(Clone, Debug)]
pub(super) struct Lanes {
    pub(super) list: Vec<Lane>,
    /// The page's width.
    pub(super) width: f64,
}

impl Lanes {
    pub(super) fn new(sections: &[Section<'_>]) -> Self {
        let mut all: Vec<Who> = Vec::new();
        let mut columns: HashMap<Who, usize> = HashMap::new();
        for section in sections {
            for row in &section.rows {
                let own = row.side;
                let peer = row.talk.map(|talk| section.peer(talk, own).map_or(Who::Unknown(own.other()), Who::Actor));
                let seen = [Some(Who::Actor(row.event.actor)), peer];
                all.extend(seen.into_iter().flatten().filter(|who| !all.contains(who)).collect::<Vec<_>>());
            }
            for thread in threads(section) {
                let widest = columns.entry(Who::Actor(thread.actor)).or_default();
                *widest = (*widest).max(thread.column + 1);
            }
        }
        let order = in_order(all);
        let count = order.len();
        // What a server does for itself is told behind its lane.
        let is_server_last = order.last() == Some(&Who::Actor(Actor::Server));
        let gap = match count {
            0..=2 => WIDE,
            _ if is_server_last => NARROW,
            _ => ((PAGE - FIRST - LAST) / (count - 1) as f64).max(NARROW),
        };
        let lane = |(place, who): (usize, Who)| {
            let columns = columns.get(&who).copied().unwrap_or(1).max(1);
            Lane { who, x: FIRST + place as f64 * gap, half: columns as f64 * PITCH / 2.0 }
        };
        let list: Vec<_> = order.into_iter().enumerate().map(lane).collect();
        let behind = if is_server_last || count < 2 { gap - BESIDE } else { LAST };
        let last = list.last().map_or(FIRST, |lane| lane.x);
        Self { list, width: (last + behind).max(PAGE * 0.7) }
    }

    pub(super) fn of(&self, who: Who) -> Option<&Lane> {
        self.list.iter().find(|lane| lane.who == who)
    }

    /// The lane at the other end of a row's connection.
    pub(super) fn peer(&self, section: &Section<'_>, row: &Row<'_>) -> Option<&Lane> {
        let own = row.side;
        let peer = section.peer(row.talk?, own);
        self.of(peer.map_or(Who::Unknown(own.other()), Who::Actor))
    }

    /// On which side of its lane a row's text stands: 1 is right. That of a connection stands where its arrows are.
    pub(super) fn direction(&self, section: &Section<'_>, row: &Row<'_>) -> f64 {
        let own = self.of(Who::Actor(row.event.actor));
        let peer = self.peer(section, row).or_else(|| self.of(Who::Actor(Actor::Server)));
        match own.zip(peer) {
            Some((own, peer)) if peer.x < own.x => -1.0,
            _ => 1.0,
        }
    }

    /// Where a text beside the lane begins, and how much room it has.
    pub(super) fn beside(&self, actor: Actor, direction: f64) -> (f64, f64) {
        let Some(own) = self.of(Who::Actor(actor)) else { return (FIRST, NARROW) };
        let begin = own.x + direction * (own.half + BESIDE);
        let beyond = self.list.iter().filter(|lane| (lane.x - own.x) * direction > 0.0);
        let next = beyond.map(|lane| ((lane.x - own.x).abs() - lane.half) - BESIDE).fold(f64::INFINITY, f64::min);
        let page = if direction > 0.0 { self.width - own.x } else { own.x } - BESIDE;
        (begin, (next.min(page) - own.half - BESIDE).max(60.0))
    }

    /// The middle of a thread.
    pub(super) fn x(&self, threads: &[Thread], row: &Row<'_>) -> f64 {
        let is_it = |thread: &&Thread| (thread.actor, thread.number) == (row.event.actor, row.event.caller.thread);
        threads.iter().find(is_it).map_or(FIRST, |thread| self.x_of(threads, thread))
    }

    pub(super) fn x_of(&self, threads: &[Thread], thread: &Thread) -> f64 {
        let siblings = threads.iter().filter(|other| other.actor == thread.actor);
        let most = siblings.map(|other| other.column).max().unwrap_or_default();
        let middle = self.of(Who::Actor(thread.actor)).map_or(FIRST, |lane| lane.x);
        middle + (thread.column as f64 - most as f64 / 2.0) * PITCH
    }
}

/// Half of the clients, the server, the others; who is unknown stands where its kind does.
fn in_order(all: Vec<Who>) -> Vec<Who> {
    let is_server = |who: &Who| matches!(who, Who::Actor(Actor::Server) | Who::Unknown(Side::Server));
    let (mut servers, mut clients): (Vec<_>, Vec<_>) = all.into_iter().partition(is_server);
    let rank = |who: &Who| match who {
        Who::Actor(Actor::ClientNo(number)) => usize::from(*number),
        Who::Actor(_) => 256,
        Who::Unknown(_) => 257,
    };
    clients.sort_by_key(rank);
    // Between the clients and the server.
    if let Some(tap) = clients
        .iter()
        .position(|who| matches!(who, Who::Actor(Actor::Tap | Actor::Attacker)))
        .map(|place| clients.remove(place))
    {
        return clients.into_iter().chain([tap]).chain(servers).collect();
    }
    servers.sort_by_key(rank);
    let right = clients.split_off(clients.len().div_ceil(2));
    clients.into_iter().chain(servers).chain(right).collect()
}

/// The threads of a section, side by side; where they are very many, one that is gone leaves its column to the next.
pub(super) fn threads(section: &Section<'_>) -> Vec<Thread> {
    let mut threads: Vec<Thread> = Vec::new();
    for (place, row) in section.order.iter().enumerate() {
        let Some(row) = section.rows.get(*row) else { continue };
        let (actor, number) = (row.event.actor, row.event.caller.thread);
        match threads.iter_mut().find(|thread| (thread.actor, thread.number) == (actor, number)) {
            Some(thread) => thread.last = place,
            None => threads.push(Thread { actor, number, first: place, last: place, column: 0 }),
        }
    }
    let many = |actor| threads.iter().filter(|thread| thread.actor == actor).count() > MOST_COLUMNS;
    let many: HashMap<_, _> = threads.iter().map(|thread| (thread.actor, many(thread.actor))).collect();
    let mut taken: HashMap<(Actor, usize), usize> = HashMap::new();
    for thread in &mut threads {
        let is_free = |column: &usize| taken.get(&(thread.actor, *column)).is_none_or(|last| *last < thread.first);
        thread.column = (0..MOST_COLUMNS).find(is_free).unwrap_or(MOST_COLUMNS - 1);
        let leaves = many.get(&thread.actor) == Some(&true);
        taken.insert((thread.actor, thread.column), if leaves { thread.last } else { usize::MAX });
    }
    threads
}
