//! A part of a trace, as views that need all of it at once have it.

use super::{Event, Header, State, Step, steps};

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
