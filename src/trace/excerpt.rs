//! A part of a trace, as views that need all of it at once have it.

use super::{Call, Event, Header, Seen, State, Step, What, steps};
use std::collections::{HashMap, HashSet};

/// A part of a trace, and how everything stood before it.
#[derive(Clone, Debug)]
pub struct Excerpt {
    /// What was recorded.
    pub header: Header,
    /// Before the first of the events.
    pub before: State,
    /// The events, in their order.
    pub events: Vec<Event>,
}

impl Excerpt {
    /// The source files that it holds: the name of each, and what is in it.
    pub fn sources(&self) -> impl Iterator<Item = (&str, &str)> {
        self.events.iter().filter_map(|event| match (&event.what, &event.caller.file) {
            (What::Seen(Seen::Source { text }), Some(file)) => Some((file.as_ref(), text.as_ref())),
            _ => None,
        })
    }

    /// The numbers of the `close` calls that reset their connection: that they did may be told behind them.
    #[must_use]
    pub fn resets(&self) -> HashSet<u64> {
        let (mut state, mut closed, mut resets) = (self.before.clone(), HashMap::new(), HashSet::new());
        for event in &self.events {
            state.apply(Step::Happens(event));
            let Some((link, conn)) =
                event.link.and_then(|link| Some((link, state.connections.find(event.actor, link)?)))
            else {
                continue;
            };
            let side = state.connections.side(event.actor, link);
            if matches!(event.what, What::Call { call: Call::Close, .. }) {
                closed.insert((conn.serial, side), event.number);
            }
            if conn.end(side).reset_sent {
                resets.extend(closed.remove(&(conn.serial, side)));
            }
        }
        resets
    }

    /// Each step, with the state before it and after it.
    pub fn walk<'e>(&'e self, mut visit: impl FnMut(Step<'e>, &State, &State)) {
        let mut after = self.before.clone();
        for step in steps(&self.events, &self.header) {
            let before = after.clone();
            after.apply(step);
            visit(step, &before, &after);
        }
    }
}
