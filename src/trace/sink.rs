//! Where the events of a recorder go.

use super::{Event, Seen, What};
use crate::crypto::Secret;
use std::fmt;

/// Where events go. It takes an event and says whether it could: a sink in front of a slow terminal says no instead of
/// waiting, and the recorder counts what was lost; one in front of a file may wait.
pub struct Sink {
    /// Takes an event.
    take: Box<dyn FnMut(Event) -> bool + Send>,
    dropped: u64,
}

impl Sink {
    /// A sink that hands events to `take`, whose answer is whether it could take them.
    #[must_use]
    pub fn new(take: impl FnMut(Event) -> bool + Send + 'static) -> Self {
        Self { take: Box::new(take), dropped: 0 }
    }

    /// The same sink, which is given asterisks in the place of a secret, wherever that stands in what one call moved.
    #[must_use]
    pub fn without(self, secret: Secret) -> Self {
        let mut take = self.take;
        Self::new(move |event| take(without(event, &secret)))
    }

    pub(super) fn give(&mut self, event: Event) {
        let dropped = What::Dropped { dropped: self.dropped };
        if self.dropped > 0 && (self.take)(Event { what: dropped, link: None, ..event.clone() }) {
            self.dropped = 0;
        }
        if !(self.take)(event) {
            self.dropped += 1;
        }
    }
}

/// The event with asterisks in the place of a secret, wherever that stands in what a call moved, or in a source file: a student may
/// have written it there.
#[must_use]
pub fn without(mut event: Event, secret: &Secret) -> Event {
    match &mut event.what {
        What::Call { data: Some(data), .. } => *data = secret.masked(data),
        What::Seen(Seen::Source { text }) => {
            *text = String::from_utf8_lossy(&secret.masked(text.as_bytes())).into();
        }
        _ => {}
    }
    event
}

impl fmt::Debug for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sink").field("dropped", &self.dropped).finish_non_exhaustive()
    }
}
