//! What the judge recorded, and what was recorded of the program, as one trace.

use super::super::page::MOST_EVENTS;
use day30::check::Order;
use day30::trace::{Actor, Event, Excerpt, Header, Reader, Source, State, merge, without};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::time::Duration;

/// The judge's events, and those that were seen of the program; false where it has called nothing. `None` where the program's record
/// cannot be read.
pub(super) fn both_sides(order: &Order, header: Header, events: Vec<Event>, record: &Path) -> Option<(Excerpt, bool)> {
    let reader = Reader::open(BufReader::new(File::open(record).ok()?)).ok()?;
    let role = if order.target.is_client() { "client" } else { "server" };
    let mut own = Header { role: role.into(), ..reader.header().clone() };
    // Its command may hold the secret.
    own.address = String::new();
    // What a program that was killed wrote last may be cut off.
    let seen = reader.map_while(Result::ok).map(|event| without(event, &order.secret)).collect::<Vec<_>>();
    let is_seen = !seen.is_empty();
    let source = |name: &str, header: &Header, events: Vec<Event>| Source {
        name: name.to_owned(),
        header: header.clone(),
        events: events.into_iter().map(Ok::<_, std::convert::Infallible>),
    };
    let merged = merge(vec![source("program", &own, seen.clone()), source("judge", &header, events.clone())], None);
    let (header, mut events) = match merged {
        Ok(merged) => (merged.header, merged.events),
        // They have no connection in common, if nobody came in.
        Err(_) => by_the_clock(order, (own, seen), (header, events)),
    };
    events.truncate(MOST_EVENTS);
    Some((Excerpt { before: State::new(&header), header, events }, is_seen))
}

/// Both, in the order of their times.
fn by_the_clock(
    order: &Order,
    (own, mut seen): (Header, Vec<Event>),
    (judge, mut events): (Header, Vec<Event>),
) -> (Header, Vec<Event>) {
    let start = own.started_unix_us.min(judge.started_unix_us);
    let late = |header: &Header| Duration::from_micros(header.started_unix_us - start);
    let actor = if order.target.is_client() { Actor::Client } else { Actor::Server };
    for event in &mut seen {
        (event.actor, event.at) = (actor, event.at + late(&own));
    }
    for event in &mut events {
        event.at += late(&judge);
    }
    seen.append(&mut events);
    seen.sort_by_key(|event| event.at);
    for (event, number) in seen.iter_mut().zip(1..) {
        event.number = number;
    }
    let header = Header { role: "pair".into(), started_unix_us: start, command: judge.command, ..own };
    (header, seen)
}
