//! The connections of a trace, found by their addresses.

use super::connection::{Buffer, Connection, End, Side};
use crate::trace::{Actor, Event, Link, Outcome};
use std::net::SocketAddr;

/// How many connections that are over stay to be seen.
const KEPT: usize = 8;
/// How many there may be at all; the oldest is forgotten for one more.
const MOST: usize = 4096;

/// Which sides of the connections a trace tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sides {
    /// The clients'.
    pub client: bool,
    /// The server's.
    pub server: bool,
}

/// All that are known, in the order of their beginning.
#[derive(Clone, Debug)]
pub struct Connections {
    list: Vec<Connection>,
    sides: Sides,
    /// Whether calls of a client's and of a server's socket wait, where nobody says otherwise.
    client_blocking: Option<bool>,
    server_blocking: Option<bool>,
    accepted: u64,
    begun: u64,
}

impl Connections {
    pub(super) fn new(sides: Sides, client_blocking: Option<bool>, server_blocking: Option<bool>) -> Self {
        Self { list: Vec::new(), sides, client_blocking, server_blocking, accepted: 0, begun: 0 }
    }

    /// None yet, of a server whose calls wait, or do not.
    pub(super) fn anew(&self, server_blocking: Option<bool>) -> Self {
        Self::new(self.sides, self.client_blocking, server_blocking)
    }

    pub(super) fn server_blocking(&self) -> Option<bool> {
        self.server_blocking
    }

    /// Which sides the trace tells of.
    #[must_use]
    pub fn sides(&self) -> Sides {
        self.sides
    }

    /// All of them, the oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Connection> {
        self.list.iter()
    }

    /// Who has connected and was not accepted yet, the first one first.
    pub fn accept_queue(&self) -> impl Iterator<Item = &Connection> {
        self.list.iter().filter(|conn| !conn.accepted)
    }

    /// The connection that an actor calls by this link.
    #[must_use]
    pub fn find(&self, actor: Actor, link: Link) -> Option<&Connection> {
        self.list.get(self.place(actor, link)?)
    }

    fn place(&self, actor: Actor, link: Link) -> Option<usize> {
        let side = self.side(actor, link);
        let (client, server) = addresses(side, link);
        // The listener's address may be that of every interface, and an old record does not tell a client's.
        let is_it = |conn: &Connection| {
            conn.client_address.is_none_or(|known| known == client) && conn.server_address.port() == server.port()
        };
        self.list.iter().rposition(|conn| conn.client_address == Some(client) && is_it(conn)).or_else(|| {
            let of_this_actor = |conn: &Connection| conn.end(side).actor == Some(actor);
            self.list.iter().rposition(|conn| is_it(conn) && of_this_actor(conn))
        })
    }

    /// A client's connection waits in the accept queue, if there is a server that is told of.
    pub(super) fn connects(&mut self, actor: Actor, link: Option<Link>, server: SocketAddr) {
        let is_accepted = |conn: &&mut Connection| {
            conn.client.actor.is_none() && link.is_some_and(|link| conn.client_address == Some(link.local))
        };
        // The server may be quicker to tell of it than the client, whose call is not over before the client is told.
        if let Some(conn) = self.list.iter_mut().rev().find(is_accepted).filter(|conn| !conn.is_over()) {
            conn.client.actor = Some(actor);
            // It is known now what lies in the kernel: all that the client sends, and what the server has not sent yet.
            if self.sides.client && self.sides.server {
                conn.server.incoming = Some(Buffer::default());
                conn.client.incoming = (conn.server.sent == 0).then(Buffer::default);
            }
            return;
        }
        let id = link.map_or(self.list.len() as u64 + 1, |link| link.id);
        let mut conn = self.make(id, link.map(|link| link.local), server);
        conn.client.actor = Some(actor);
        conn.accepted = !self.sides.server;
        self.add(conn);
    }

    /// Takes the client out of the accept queue.
    pub(super) fn accepts(&mut self, actor: Actor, client: SocketAddr, server: SocketAddr) {
        self.accepted += 1;
        let waiting = |conn: &&mut Connection| !conn.accepted;
        let is_it = |conn: &&mut Connection| conn.client_address == Some(client);
        let mut found = self.list.iter_mut().filter(waiting).find(is_it);
        if found.is_none() {
            found = self.list.iter_mut().filter(waiting).find(|conn| conn.client_address.is_none());
        }
        if let Some(conn) = found {
            // A tap's calls wait, whatever the server's do.
            conn.server.blocking = if actor == Actor::Tap { Some(true) } else { conn.server.blocking };
            (conn.accepted, conn.client_address) = (true, Some(client));
            conn.server.actor = Some(actor);
            return;
        }
        let mut conn = self.make(self.accepted, Some(client), server);
        conn.server.actor = Some(actor);
        // Nobody tells of this client, also where others' records are there beside the server's.
        (conn.client.incoming, conn.server.incoming) = (None, None);
        self.add(conn);
    }

    pub(super) fn received(&mut self, actor: Actor, link: Link, outcome: Outcome) {
        self.with(actor, link, |conn, side| conn.received(side, outcome));
    }

    pub(super) fn sent(&mut self, actor: Actor, link: Link, outcome: Outcome, data: &[u8], asked: Option<usize>) {
        self.with(actor, link, |conn, side| conn.sent(side, outcome, data, asked));
    }

    /// Changes the event's own end.
    pub(super) fn change(&mut self, event: &Event, change: impl FnOnce(&mut End)) {
        if let Some(link) = event.link {
            self.with(event.actor, link, |conn, side| change(conn.end_mut(side)));
        }
    }

    /// Changes the link's connection; it begins here, where nobody told of its beginning.
    fn with(&mut self, actor: Actor, link: Link, change: impl FnOnce(&mut Connection, Side)) {
        let side = self.side(actor, link);
        let (client, server) = addresses(side, link);
        let place = self.place(actor, link).unwrap_or_else(|| {
            self.add(self.make(link.id, Some(client), server));
            self.list.len() - 1
        });
        if let Some(conn) = self.list.get_mut(place) {
            (conn.client_address, conn.server_address) = (Some(client), server);
            if side == Side::Server || conn.server.actor.is_none() {
                conn.id = link.id;
            }
            conn.end_mut(side).actor = Some(actor);
            change(conn, side);
        }
    }

    /// Which end of this connection an actor has: a tap has the client's of those that it made itself.
    #[must_use]
    pub fn side(&self, actor: Actor, link: Link) -> Side {
        let is_made = |conn: &Connection| conn.client_address == Some(link.local) && conn.server_address == link.peer;
        match actor {
            Actor::Tap | Actor::Attacker if self.list.iter().any(is_made) => Side::Client,
            _ => side(actor),
        }
    }

    fn make(&self, id: u64, client_address: Option<SocketAddr>, server_address: SocketAddr) -> Connection {
        let both = self.sides.client && self.sides.server;
        let end = |blocking| End { blocking, incoming: both.then(Buffer::default), ..End::default() };
        let (client, server) = (end(self.client_blocking), end(self.server_blocking));
        let serial = self.begun + 1;
        Connection { serial, id, client_address, server_address, accepted: true, client, server }
    }

    fn add(&mut self, conn: Connection) {
        let over = self.list.iter().filter(|conn| conn.is_over()).count();
        let oldest = self.list.iter().position(Connection::is_over).filter(|_| over >= KEPT);
        let oldest = oldest.or((self.list.len() >= MOST).then_some(0));
        oldest.map(|oldest| self.list.remove(oldest));
        self.begun = conn.serial;
        self.list.push(conn);
    }
}

/// Which end an actor has: a tap, which has both, that of a server, which clients connect to.
#[must_use]
pub fn side(actor: Actor) -> Side {
    match actor {
        Actor::Server | Actor::Tap | Actor::Attacker => Side::Server,
        Actor::Client | Actor::ClientNo(_) => Side::Client,
    }
}

/// The client's address, and the server's.
fn addresses(side: Side, link: Link) -> (SocketAddr, SocketAddr) {
    match side {
        Side::Client => (link.local, link.peer),
        Side::Server => (link.peer, link.local),
    }
}
