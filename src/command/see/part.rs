//! The part of a record that is asked for.

use crate::cli::Part;
use crate::command::{Exit, Failed};
use day30::both;
use day30::trace::{Call, Event, Excerpt, Header, Outcome, Seen, State, Step, What};
use std::collections::VecDeque;
use std::net::SocketAddr;

/// What can be shown, and why there is no more of it, where the record cannot be read to its end.
pub(in crate::command) struct Collected {
    pub(in crate::command) excerpt: Excerpt,
    rest: Option<anyhow::Error>,
}

impl Collected {
    /// What is to be said when all is shown: the exit code of a whole record, or what became of the rest.
    pub(in crate::command) fn end(self, exit: Exit) -> anyhow::Result<Exit> {
        self.rest.map_or(Ok(exit), Err)
    }
}

/// Collects the events that are asked for, and no more of them than can be shown. Of one connection's it takes also how the server
/// began and what accepted it, as they belong to its story.
pub(super) fn collect(
    header: Header,
    events: impl Iterator<Item = anyhow::Result<Event>>,
    part: &Part,
    most: usize,
) -> anyhow::Result<Collected> {
    let mut before = State::new(&header);
    let mut kept: Vec<Event> = Vec::new();
    let mut accepts = Accepts::default();
    let (mut found, mut rest) = (false, None);
    for event in events {
        let event = match event {
            Ok(event) => event,
            Err(error) => {
                rest = Some(error);
                break;
            }
        };
        if part.to.is_some_and(|to| event.number > to) {
            break;
        }
        let wanted = match part.conn {
            Some(conn) => accepts.of(conn, event),
            None => vec![event],
        };
        for event in wanted {
            let is_source = matches!(event.what, What::Seen(Seen::Source { .. }));
            if event.number < part.from && !is_source {
                before.apply(Step::Happens(&event));
            } else {
                found |= !is_source && (part.conn.is_none() || event.link.is_some());
                kept.push(event);
            }
        }
        if kept.len() > most {
            return Err(too_many(most, part).into());
        }
    }
    if !found {
        return Err(rest.unwrap_or_else(nothing_matches));
    }
    Ok(Collected { excerpt: Excerpt { header, before, events: kept }, rest })
}

fn nothing_matches() -> anyhow::Error {
    Failed(both!("no event in this record matches", "记录里没有符合条件的事件")).into()
}

/// The calls of `accept` that are held until it is known whose they are.
#[derive(Default)]
struct Accepts(VecDeque<Event>);

/// So many may be waiting to be known.
const HELD: usize = 4096;

impl Accepts {
    /// What belongs to the story of connection `conn`: this event, after the `accept` that let it in, if that was held so far.
    fn of(&mut self, conn: u64, event: Event) -> Vec<Event> {
        match event.link {
            Some(link) if link.id == conn => {
                let ends = [Some(link.peer), Some(link.local)];
                let place = self.0.iter().position(|accept| ends.contains(&peer(accept)));
                // Before the server has accepted it, its client may have sent: the accept is still to come then.
                place.and_then(|place| self.0.remove(place)).into_iter().chain([event]).collect()
            }
            Some(_) => Vec::new(),
            None if peer(&event).is_some() => {
                if self.0.len() >= HELD {
                    self.0.pop_front();
                }
                self.0.push_back(event);
                Vec::new()
            }
            None if is_of_all(&event) => vec![event],
            None => Vec::new(),
        }
    }
}

/// Whom an `accept` let in.
fn peer(event: &Event) -> Option<SocketAddr> {
    match &event.what {
        What::Call { call: Call::Accept, outcome: Outcome::Address { ok }, .. } => Some(*ok),
        _ => None,
    }
}

/// Whether the event is part of every connection's story.
fn is_of_all(event: &Event) -> bool {
    matches!(
        &event.what,
        What::Lesson { .. }
            | What::Seen(Seen::Source { .. } | Seen::Backlog { .. })
            | What::Call { call: Call::Bind | Call::Listen, .. }
    )
}

fn too_many(most: usize, part: &Part) -> Failed {
    let (from, to) = (part.from, part.from.saturating_add(most as u64 - 1));
    Failed(both!(
        "more than {most} events cannot be shown this way\n  try: a part of the record: --from {from} --to {to}, or one connection: --conn 1",
        "这种方式最多显示 {most} 个事件\n  试试：只看一段：--from {from} --to {to}，或只看一个连接：--conn 1"
    ))
}
