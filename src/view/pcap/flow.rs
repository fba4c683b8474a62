//! How far the packets of one connection are: what each side has sent, and acknowledged.

use crate::trace::canonical;
use crate::trace::state::{Connection, Side};
use std::net::{IpAddr, SocketAddr};

/// One direction of a connection, as far as its packets are made.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Direction {
    /// The sequence number before the first byte.
    pub(super) first: u32,
    /// Bytes sent, and of them acknowledged.
    pub(super) sent: u64,
    pub(super) acknowledged: u64,
    /// A FIN was sent, and acknowledged.
    pub(super) fin: bool,
    pub(super) fin_acknowledged: bool,
}

impl Direction {
    /// The next byte's sequence number: SYN and FIN have one of their own.
    pub(super) fn next(&self) -> u32 {
        self.number(self.sent, self.fin)
    }

    /// What the other side acknowledges.
    pub(super) fn expected(&self) -> u32 {
        self.number(self.acknowledged, self.fin_acknowledged)
    }

    /// Sequence numbers begin anew behind 4 GiB.
    fn number(&self, bytes: u64, fin: bool) -> u32 {
        self.first.wrapping_add(1).wrapping_add(bytes as u32).wrapping_add(u32::from(fin))
    }
}

/// One connection.
#[derive(Clone, Debug)]
pub(super) struct Flow {
    pub(super) client: SocketAddr,
    pub(super) server: SocketAddr,
    pub(super) of_client: Direction,
    pub(super) of_server: Direction,
    /// A reset ended it.
    pub(super) is_over: bool,
    /// The server has taken it out of its accept queue.
    pub(super) is_accepted: bool,
    /// A side has shut down receiving: its `recv` gives 0 without a FIN.
    pub(super) ends_reading: [bool; 2],
    /// The last packet that told of a side's call.
    pub(super) last: [Option<usize>; 2],
}

impl Flow {
    /// The `nth` connection of the file; each begins with other numbers, as real ones do.
    pub(super) fn new(nth: usize, client: SocketAddr, server: SocketAddr) -> Self {
        let (client, server) = of_one_family(client, server);
        let nth = nth as u32;
        let of_client = Direction { first: nth.wrapping_mul(64_000).wrapping_add(1000), ..Direction::default() };
        let of_server = Direction { first: nth.wrapping_mul(64_000).wrapping_add(33_000), ..Direction::default() };
        let (ends_reading, last) = ([false; 2], [None; 2]);
        Self { client, server, of_client, of_server, is_over: false, is_accepted: true, ends_reading, last }
    }

    /// The same for a connection whose beginning is not shown.
    pub(super) fn resumed(mut self, known: &Connection) -> Self {
        for side in [Side::Client, Side::Server] {
            let (end, other) = (known.end(side), known.end(side.other()));
            let way = self.way_mut(side);
            way.sent = end.sent.max(other.received);
            way.acknowledged = other.received;
            way.fin = end.fin_sent || other.fin_received;
            way.fin_acknowledged = other.fin_received;
        }
        self.is_over = known.client.is_reset() || known.server.is_reset();
        self.is_accepted = known.accepted;
        self
    }

    /// What this side sends.
    pub(super) fn way(&self, side: Side) -> &Direction {
        match side {
            Side::Client => &self.of_client,
            Side::Server => &self.of_server,
        }
    }

    pub(super) fn way_mut(&mut self, side: Side) -> &mut Direction {
        match side {
            Side::Client => &mut self.of_client,
            Side::Server => &mut self.of_server,
        }
    }

    pub(super) fn address(&self, side: Side) -> SocketAddr {
        match side {
            Side::Client => self.client,
            Side::Server => self.server,
        }
    }
}

/// Both addresses in the same family. A server that listens on every address may not have told which of them it was.
fn of_one_family(client: SocketAddr, server: SocketAddr) -> (SocketAddr, SocketAddr) {
    let (client, mut server) = (canonical(client), canonical(server));
    if server.ip().is_unspecified() && client.ip().is_loopback() {
        server.set_ip(client.ip());
    }
    let mapped = |address: SocketAddr| match address.ip() {
        IpAddr::V4(ip) => SocketAddr::new(ip.to_ipv6_mapped().into(), address.port()),
        IpAddr::V6(_) => address,
    };
    if client.is_ipv4() == server.is_ipv4() { (client, server) } else { (mapped(client), mapped(server)) }
}
