//! Reads the records that are to be merged, as much of them as there is memory for.

use super::key::Key;
use crate::both;
use crate::lang::Text;
use crate::protocol::Fact;
use crate::trace::state::{Side, side};
use crate::trace::{Actor, Call, Event, Header, Outcome, Seen, What};
use std::collections::{HashSet, VecDeque};

/// How many events there may be in all, and how many bytes in them.
const MOST: usize = 200_000;
const MOST_BYTES: usize = 64 * 1024 * 1024;
/// How many clients may be accepted before one of them does something.
const MOST_WAITING: usize = 4096;

/// A record that is to be merged.
#[derive(Debug)]
pub struct Source<I> {
    /// What it is called in an error.
    pub name: String,
    /// Its first line.
    pub header: Header,
    /// Its events, in their order.
    pub events: I,
}

/// All events of all records, file by file.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    pub(super) events: Vec<Event>,
    /// The file of each event; 0 is the server's.
    pub(super) files: Vec<usize>,
    /// How many files there are.
    pub(super) count: usize,
    /// Whether file 1 is a tap's: it has a socket of each connection that it joins, and so both ends of other ones.
    pub(super) is_tapped: bool,
    bytes: usize,
}

impl Loaded {
    /// Reads all, or of one connection what belongs to it, as far as it can be read: beside it, why there is no more. The server's
    /// record is the first.
    pub(super) fn read<E>(
        sources: &mut [Source<impl Iterator<Item = Result<Event, E>>>],
        conn: Option<u64>,
        is_tapped: bool,
    ) -> Result<(Self, Vec<E>), Text> {
        let mut loaded = Self { count: sources.len(), is_tapped, ..Self::default() };
        if is_tapped && conn.is_some() {
            return Err(both!(
                "--conn is for one connection, and beside a tap every conversation has two\n  try: --from and --to",
                "--conn 只选一个连接，而经过 tap 的每段对话都有两个连接\n  试试：--from 和 --to"
            ));
        }
        let (mut of_conn, mut cut) = (HashSet::new(), Vec::new());
        for (file, source) in sources.iter_mut().enumerate() {
            let mut accepted = VecDeque::new();
            for event in &mut source.events {
                let event = match event {
                    Ok(event) => event,
                    Err(error) => {
                        cut.push(error);
                        break;
                    }
                };
                if source.header.role == "watch" && is_of_other_side(&event, file) {
                    return Err(serves_and_connects(&source.name));
                }
                match conn {
                    Some(conn) if file == 0 => {
                        if is_asked_for(&event, conn, &mut accepted) {
                            of_conn.extend(event.link.map(Key::of_server));
                            let accept = accepted.iter().rposition(|accept| lets_in(accept, &event));
                            for event in accept.and_then(|place| accepted.remove(place)).into_iter().chain([event]) {
                                loaded.push(file, event)?;
                            }
                        }
                    }
                    Some(_) => {
                        let is_of_conn = event.link.is_some_and(|link| of_conn.contains(&Key::of_client(link)));
                        if is_of_conn || is_source(&event) {
                            loaded.push(file, event)?;
                        }
                    }
                    None => loaded.push(file, event)?,
                }
            }
        }
        Ok((loaded, cut))
    }

    /// Which file is the first client's.
    pub(super) fn first_client(&self) -> usize {
        1 + usize::from(self.is_tapped)
    }

    pub(super) fn is_taps(&self, file: usize) -> bool {
        self.is_tapped && file == 1
    }

    fn push(&mut self, file: usize, event: Event) -> Result<(), Text> {
        self.bytes = self.bytes.saturating_add(bytes_in(&event));
        self.events.push(event);
        self.files.push(file);
        if self.events.len() > MOST || self.bytes > MOST_BYTES {
            return Err(both!(
                "more than {MOST} events, or 64 MiB of payload, cannot be merged\n  try: one connection of the server's: --conn 1",
                "最多合并 {MOST} 个事件、64 MiB 的数据\n  试试：只看服务器的一个连接：--conn 1"
            ));
        }
        Ok(())
    }
}

/// Whether a server's event belongs to this connection's story. Accepts are kept until it is known whom they let in.
fn is_asked_for(event: &Event, conn: u64, accepted: &mut VecDeque<Event>) -> bool {
    match (event.link, &event.what) {
        (Some(link), _) => link.id == conn,
        (None, What::Call { call: Call::Bind | Call::Listen, .. } | What::Seen(Seen::Source { .. })) => true,
        (None, What::Call { call: Call::Accept, outcome: Outcome::Address { .. }, .. }) => {
            if accepted.len() >= MOST_WAITING {
                accepted.pop_front();
            }
            accepted.push_back(event.clone());
            false
        }
        _ => false,
    }
}

fn is_source(event: &Event) -> bool {
    matches!(event.what, What::Seen(Seen::Source { .. }))
}

/// Whether the program, in whose record it stands, did it as a client, where it is the server, or the other way round.
fn is_of_other_side(event: &Event, file: usize) -> bool {
    let own = if file == 0 { Side::Server } else { Side::Client };
    let is_of_connection = event.link.is_some() && matches!(event.what, What::Call { .. });
    is_of_connection && matches!(event.actor, Actor::Server | Actor::Client) && side(event.actor) != own
}

fn serves_and_connects(name: &str) -> Text {
    both!(
        "{name} is the record of a program that both accepts and makes connections: it holds both sides already\n  try: day30 see {name}",
        "{name} 记录的程序既接受连接又发起连接，本来就包含双方\n  试试：day30 see {name}"
    )
}

/// Whether this `accept` let in whom the event is about.
fn lets_in(accept: &Event, event: &Event) -> bool {
    let What::Call { outcome: Outcome::Address { ok }, .. } = accept.what else { return false };
    event.link.is_some_and(|link| link.peer == ok)
}

/// What an event needs beside its own size: whoever wrote the record chose how much.
fn bytes_in(event: &Event) -> usize {
    let file = event.caller.file.as_ref().map_or(0, |file| file.len());
    let what = match &event.what {
        What::Call { data, .. } => data.as_ref().map_or(0, Vec::len),
        What::Folded { folded, .. } => folded.len() * 16,
        What::Fact(Fact::Surplus { bytes, .. }) => bytes.len(),
        What::Seen(Seen::Source { text }) => text.len(),
        What::Seen(Seen::Waited { on, ready }) => (on.len() + ready.len()) * 16,
        What::Check { check: text } | What::Lesson { lesson: text } => text.len(),
        _ => 0,
    };
    file + what
}
