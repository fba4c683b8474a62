//! Both sides of a conversation as one trace: a server's record, its clients' records, and that of a tap between them.
//!
//! Connections are matched by their two addresses. What happened first is told by causality: a byte is sent before it is received,
//! a connection is made before it is accepted, a FIN is sent before `recv` gives 0. Clocks decide only where causality leaves room.

mod clock;
mod key;
mod load;
mod matching;
mod order;
mod sides;

pub use load::Source;

use super::journal::VERSION;
use super::{Actor, Awaited, Event, Header, Link, Seen, What};
use crate::both;
use crate::lang::Text;
use clock::Times;
use load::Loaded;
use matching::Matched;
use sides::server_first;
use std::collections::HashMap;
use std::time::Duration;

/// Why records cannot be merged.
#[derive(Debug)]
pub enum Refused<E> {
    /// One of them cannot be read, and what could be read of it is not enough.
    Read(E),
    /// They do not belong together, or are too large: the reason.
    Because(Text),
}

impl<E> From<Text> for Refused<E> {
    fn from(why: Text) -> Self {
        Self::Because(why)
    }
}

/// Records as one.
#[derive(Clone, Debug)]
pub struct Merged<E> {
    /// Of the role `pair`, or with a tap `tapped`. Times count from its start, by the server's clock.
    pub header: Header,
    /// In an order that could have happened, with numbers, threads and connections of the whole.
    pub events: Vec<Event>,
    /// How far each client's clock, and the tap's, had to be moved, in microseconds, with the record's name.
    pub shifts: Vec<(String, i64)>,
    /// Why some of them could not be read to their end.
    pub cut: Vec<E>,
}

/// Merges the record of a server and those of its clients, in any order; the first client becomes client A. One of them may be that of
/// a tap between them. With `conn`, only this connection of the server's is read. Of a record that cannot be read to its end, what
/// comes before is taken.
///
/// # Errors
///
/// When they do not belong together, or not enough can be read to see that they do, and when they are too large.
pub fn merge<E>(
    sources: Vec<Source<impl Iterator<Item = Result<Event, E>>>>,
    conn: Option<u64>,
) -> Result<Merged<E>, Refused<E>> {
    let (mut sources, is_tapped) = server_first(sources)?;
    let (loaded, mut cut) = Loaded::read(&mut sources, conn, is_tapped)?;
    let named: Vec<_> = sources.into_iter().map(|source| (source.name, source.header)).collect();
    let names: Vec<_> = named.iter().map(|(name, _)| name.as_str()).collect();
    let headers: Vec<_> = named.iter().map(|(_, header)| header).collect();
    let matched = match Matched::of(&loaded, &names, conn) {
        Err(_) if !cut.is_empty() => return Err(Refused::Read(cut.swap_remove(0))),
        matched => matched?,
    };
    let starts: Vec<_> = headers.iter().map(|header| i128::from(header.started_unix_us)).collect();
    let mut times = Times::new(&loaded, &starts, &matched.causes);
    let order = order::order(&loaded, &matched.causes, &times)
        .or_else(|| {
            times.let_every_cause_move(&matched.causes);
            order::order(&loaded, &matched.causes, &times)
        })
        .ok_or_else(|| {
            both!(
                "the records contradict each other: something was received before it was sent",
                "这些记录互相矛盾：有数据在发送之前就被收到了"
            )
        })?;
    let shifts = names.iter().skip(1).map(|name| (*name).to_owned()).zip(times.shifts.iter().copied()).collect();
    let (start, events) = renumbered(loaded, &matched, &times, &order);
    Ok(Merged { header: header(&headers, start, is_tapped), events, shifts, cut })
}

fn header(headers: &[&Header], start: i128, is_tapped: bool) -> Header {
    let mut commands: Vec<&str> = Vec::new();
    for header in headers {
        if !commands.contains(&header.command.as_ref()) {
            commands.push(&header.command);
        }
    }
    let mut merged = Header::new("", if is_tapped { "tapped" } else { "pair" }, String::new(), "");
    merged.version = VERSION;
    merged.command = commands.join(" + ").into();
    if let Some(server) = headers.first() {
        (merged.address, merged.io) = (server.address.clone(), server.io.clone());
    }
    merged.started_unix_us = u64::try_from(start.max(0)).unwrap_or(u64::MAX);
    merged
}

/// The events in their order, and when the first clock starts: with numbers, times, actors, threads and connections that hold for all.
fn renumbered(loaded: Loaded, matched: &Matched, times: &Times, order: &[usize]) -> (i128, Vec<Event>) {
    let start = times.start;
    let places = Places::new(&loaded, matched);
    let mut events: Vec<_> = loaded.events.into_iter().map(Some).collect();
    let mut merged = Vec::with_capacity(order.len());
    let mut last = Duration::ZERO;
    for place in order {
        let Some(mut event) = events.get_mut(*place).and_then(Option::take) else { continue };
        let file = loaded.files.get(*place).copied().unwrap_or_default();
        let (at, told) = (times.of(*place), times.told(*place));
        if let What::Call { took: Some(took), .. } = &mut event.what {
            *took = took.saturating_sub(micros(told - at));
        }
        last = last.max(micros(at - start));
        (event.number, event.at) = (merged.len() as u64 + 1, last);
        event.link = event.link.or(matched.connects.get(place).copied().filter(|_| file > 0));
        places.settle(file, &mut event);
        merged.push(event);
    }
    (start, merged)
}

fn micros(span: i128) -> Duration {
    Duration::from_micros(u64::try_from(span.max(0)).unwrap_or(u64::MAX))
}

/// What threads and connections of each file are called in the whole.
struct Places<'m> {
    threads: Vec<u32>,
    links: HashMap<(usize, Link), u64>,
    /// The same by their numbers in their own file.
    numbers: HashMap<(usize, u64), u64>,
    unmatched: &'m [(usize, Link)],
    first_client: usize,
    clients: usize,
}

impl<'m> Places<'m> {
    fn new(loaded: &Loaded, matched: &'m Matched) -> Self {
        let first_client = loaded.first_client();
        let clients = loaded.count.saturating_sub(first_client);
        let mut threads = vec![0; loaded.count];
        for (event, file) in loaded.events.iter().zip(&loaded.files) {
            // The next file's threads are counted on behind this file's.
            if let Some(next) = threads.get_mut(file + 1) {
                *next = u32::max(*next, event.caller.thread.unwrap_or_default());
            }
        }
        let mut before = 0_u32;
        for offset in &mut threads {
            before = before.saturating_add(*offset);
            *offset = before;
        }
        let (links, numbers) = (matched.ids.clone(), HashMap::new());
        let mut places = Self { threads, links, numbers, unmatched: &matched.unmatched, first_client, clients };
        for (nth, (file, link)) in places.unmatched.iter().enumerate() {
            places.links.insert((*file, *link), matched.last_id.saturating_add(nth as u64 + 1));
        }
        places.numbers = places.links.iter().map(|((file, link), id)| ((*file, link.id), *id)).collect();
        places
    }

    fn settle(&self, file: usize, event: &mut Event) {
        event.actor = match file {
            0 => Actor::Server,
            _ if file < self.first_client => Actor::Tap,
            // A judge plays several clients in one record.
            _ if self.clients == 1 && matches!(event.actor, Actor::ClientNo(_)) => event.actor,
            _ if self.clients == 1 => Actor::Client,
            _ => Actor::ClientNo(u8::try_from(file - self.first_client).unwrap_or(u8::MAX)),
        };
        let offset = self.threads.get(file).copied().unwrap_or_default();
        event.caller.thread = event.caller.thread.map(|thread| thread.saturating_add(offset));
        if let Some(link) = &mut event.link {
            link.id = self.links.get(&(file, *link)).copied().unwrap_or(link.id);
        }
        if let What::Seen(Seen::Waited { on, ready }) = &mut event.what {
            for awaited in on.iter_mut().chain(ready) {
                if let Awaited::Connected(id) = awaited {
                    *id = self.numbers.get(&(file, *id)).copied().unwrap_or(*id);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
