//! One connection as a part of a trace tells it: what went from which row to which. All of it is read off the state, before a step and
//! after it.

use crate::trace::Actor;
use crate::trace::state::{Connection, End, Side};
use std::iter::Peekable;

/// What an arrow stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `connect` to `accept`.
    Handshake,
    /// So many bytes, from a `send` to the `recv` that takes them.
    Bytes(u64),
    /// The end of a stream.
    Fin,
    /// A broken connection.
    Reset,
}

/// Something that went from one end of a connection to the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Arrow {
    pub(super) kind: Kind,
    /// The side that it comes from.
    pub(super) side: Side,
    /// The connection, by its place.
    pub(super) talk: usize,
    /// The row where it begins, if that is told.
    pub(super) from: Option<usize>,
    /// The row where it ends, if it does.
    pub(super) to: Option<usize>,
}

/// Bytes of a stream, counted from its beginning, that one call moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    row: usize,
    begin: u64,
    end: u64,
}

/// Which rows tell what of one end.
#[derive(Clone, Debug, Default)]
struct Ends {
    begins: Option<usize>,
    sent: Vec<Span>,
    received: Vec<Span>,
    fin_sent: Option<usize>,
    fin_received: Option<usize>,
    closed: Option<usize>,
    reset: Option<usize>,
}

/// One connection.
#[derive(Clone, Debug)]
pub(super) struct Talk {
    pub(super) serial: u64,
    /// Its number.
    pub(super) id: u64,
    /// Whose the client's end is, and whose the server's, where they are told of.
    pub(super) client: Option<Actor>,
    pub(super) server: Option<Actor>,
    of_client: Ends,
    of_server: Ends,
}

impl Talk {
    pub(super) fn new(conn: &Connection) -> Self {
        let (of_client, of_server) = (Ends::default(), Ends::default());
        Self { serial: conn.serial, id: conn.id, client: None, server: None, of_client, of_server }
    }

    /// Notes what changed in this row.
    pub(super) fn changes(&mut self, row: usize, before: Option<&Connection>, after: &Connection) {
        self.id = after.id;
        self.client = after.client.actor;
        self.of_client.change(row, before.map(|conn| &conn.client), &after.client);
        self.of_server.change(row, before.map(|conn| &conn.server), &after.server);
    }

    /// Notes that this side's end begins in this row.
    pub(super) fn begins(&mut self, row: usize, side: Side) {
        self.ends_mut(side).begins = Some(row);
    }

    fn ends(&self, side: Side) -> &Ends {
        match side {
            Side::Client => &self.of_client,
            Side::Server => &self.of_server,
        }
    }

    fn ends_mut(&mut self, side: Side) -> &mut Ends {
        match side {
            Side::Client => &mut self.of_client,
            Side::Server => &mut self.of_server,
        }
    }

    /// All that went over it, in no order. `talk` is its own place.
    pub(super) fn arrows(&self, talk: usize) -> Vec<Arrow> {
        let (connects, accepts) = (self.of_client.begins, self.of_server.begins);
        let mut arrows = Vec::new();
        let mut add = |kind, side, from: Option<usize>, to: Option<usize>| {
            if from.is_some() || to.is_some() {
                arrows.push(Arrow { kind, side, talk, from, to });
            }
        };
        add(Kind::Handshake, Side::Client, connects, accepts);
        for side in [Side::Client, Side::Server] {
            let (own, peer) = (self.ends(side), self.ends(side.other()));
            for (bytes, from, to) in taken(&own.sent, &peer.received) {
                add(Kind::Bytes(bytes), side, from, to);
            }
            // What is closed after a reset says nothing, and what a peer finds broken it did not find ended.
            let is_broken = own.reset.is_some() || (peer.reset.is_some() && peer.fin_received.is_none());
            let fin = own.fin_sent.filter(|_| !is_broken);
            add(Kind::Fin, side, fin, peer.fin_received);
            add(Kind::Reset, side, own.closed.filter(|_| peer.reset.is_some()), peer.reset);
        }
        arrows
    }
}

impl Ends {
    fn change(&mut self, row: usize, before: Option<&End>, after: &End) {
        let none = End::default();
        let before = before.unwrap_or(&none);
        let span = |begin, end| (end > begin).then_some(Span { row, begin, end });
        self.sent.extend(span(before.sent, after.sent));
        self.received.extend(span(before.received, after.received));
        let first = |known: Option<usize>, was: bool, is: bool| known.or((is && !was).then_some(row));
        self.fin_sent = first(self.fin_sent, before.fin_sent, after.fin_sent);
        self.fin_received = first(self.fin_received, before.fin_received, after.fin_received);
        self.closed = first(self.closed, before.closed, after.closed);
        self.reset = first(self.reset, before.reset, after.reset);
    }
}

/// Which call took how many of the bytes that which call sent.
fn taken(sent: &[Span], received: &[Span]) -> Vec<(u64, Option<usize>, Option<usize>)> {
    let mut taken = Vec::new();
    let (mut sent, mut received) = (sent.iter().copied().peekable(), received.iter().copied().peekable());
    loop {
        match (sent.peek().copied(), received.peek().copied()) {
            (None, None) => return taken,
            (Some(from), to) if to.is_none_or(|to| from.end <= to.begin) => {
                taken.push((from.end - from.begin, Some(from.row), None));
                sent.next();
            }
            (from, Some(to)) if from.is_none_or(|from| to.end <= from.begin) => {
                taken.push((to.end - to.begin, None, Some(to.row)));
                received.next();
            }
            (Some(from), Some(to)) => {
                let (begin, end) = (from.begin.max(to.begin), from.end.min(to.end));
                taken.push((end - begin, Some(from.row), Some(to.row)));
                advance(&mut sent, end);
                advance(&mut received, end);
            }
            // The guards above leave nothing for these.
            (Some(_), None) | (None, Some(_)) => return taken,
        }
    }
}

/// Takes what lies before `end` away from the next span.
fn advance(spans: &mut Peekable<impl Iterator<Item = Span>>, end: u64) {
    if spans.next_if(|span| span.end <= end).is_none()
        && let Some(span) = spans.peek_mut()
    {
        span.begin = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn spans(lengths: &[u64]) -> Vec<Span> {
        let mut begin = 0;
        let span = |(row, length): (usize, &u64)| {
            begin += length;
            Span { row, begin: begin - length, end: begin }
        };
        lengths.iter().enumerate().map(span).collect()
    }

    #[test]
    fn one_recv_may_take_several_sends_and_one_send_be_taken_by_several() {
        let taken = taken(&spans(&[3, 4, 10, 5]), &spans(&[7, 6, 4]));
        let expected = [(3, 0, 0), (4, 1, 0), (6, 2, 1), (4, 2, 2)].map(|(n, from, to)| (n, Some(from), Some(to)));
        assert_eq!(taken[..4], expected);
        assert_eq!(taken[4..], [(5, Some(3), None)]);
    }

    #[test]
    fn bytes_of_before_come_from_nowhere() {
        let late = [Span { row: 9, begin: 10, end: 12 }];
        assert_eq!(taken(&late, &spans(&[10, 2])), [(10, None, Some(0)), (2, Some(9), Some(1))]);
        assert_eq!(taken(&[], &spans(&[5])), [(5, None, Some(0))]);
    }

    proptest! {
        #[test]
        fn every_byte_that_was_received_is_in_one_arrow(
            sent in prop::collection::vec(1..50u64, 0..20), received in prop::collection::vec(1..50u64, 0..20),
        ) {
            let taken = taken(&spans(&sent), &spans(&received));
            for (row, length) in received.iter().enumerate() {
                let of_row: u64 = taken.iter().filter(|(_, _, to)| *to == Some(row)).map(|(bytes, ..)| bytes).sum();
                prop_assert_eq!(of_row, *length);
            }
            let mut pairs: Vec<_> = taken.iter().map(|(_, from, to)| (from, to)).collect();
            pairs.dedup();
            prop_assert_eq!(pairs.len(), taken.len());
        }
    }
}
