//! The part of a record that is asked for.

use crate::cli::Part;
use crate::command::Failed;
use day30::both;
use day30::trace::{Call, Event, Excerpt, Header, Outcome, State, Step, What};
use std::net::SocketAddr;

/// Collects the events that are asked for, and no more of them than can be shown. Of one connection's it takes also how the server
/// began and what accepted it, as they belong to its story.
pub(super) fn collect(
    header: Header,
    events: impl Iterator<Item = anyhow::Result<Event>>,
    part: &Part,
    most: usize,
) -> anyhow::Result<Excerpt> {
    let mut before = State::new(&header);
    let mut kept: Vec<Event> = Vec::new();
    let mut accept = None;
    for event in events {
        let event = event?;
        if part.to.is_some_and(|to| event.number > to) {
            break;
        }
        if let Some(conn) = part.conn {
            match event.link {
                Some(link) if link.id == conn => {
                    let accepted = accept.take().filter(|accepted: &Event| peer(accepted) == Some(link.peer));
                    kept.extend(accepted);
                }
                Some(_) => continue,
                None if peer(&event).is_some() => {
                    accept = Some(event);
                    continue;
                }
                None if is_of_all(&event) => {}
                None => continue,
            }
        }
        if event.number < part.from {
            before.apply(Step::Happens(&event));
        } else {
            kept.push(event);
        }
        if kept.len() > most {
            return Err(too_many(most, part).into());
        }
    }
    if kept.is_empty() {
        return Err(Failed(both!("no event of this record fits", "记录里没有符合条件的事件")).into());
    }
    Ok(Excerpt { header, before, events: kept })
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
    matches!(&event.what, What::Lesson { .. } | What::Call { call: Call::Bind | Call::Listen, .. })
}

fn too_many(most: usize, part: &Part) -> Failed {
    let (from, to) = (part.from, part.from + most as u64 - 1);
    Failed(both!(
        "more than {most} events cannot be shown this way\n  try: a part of the record: --from {from} --to {to}, or one connection: --conn 1",
        "这种方式最多显示 {most} 个事件\n  试试：只看一段：--from {from} --to {to}，或只看一个连接：--conn 1"
    ))
}
