//! The first events of a run, kept in memory for what is drawn when it ends.

use super::{Event, Sink, What};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How much of a payload is kept.
const PAYLOAD: usize = 1024;

/// So many events, and how many more there were. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Kept {
    most: usize,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    events: Vec<Event>,
    more: u64,
}

impl Kept {
    /// Keeps the first `most` events.
    #[must_use]
    pub fn first(most: usize) -> Self {
        Self { most, state: Arc::default() }
    }

    /// The sink for a recorder.
    #[must_use]
    pub fn sink(&self) -> Sink {
        let kept = self.clone();
        Sink::new(move |mut event| {
            let mut state = kept.lock();
            if state.events.len() >= kept.most {
                state.more += 1;
                return true;
            }
            if let What::Call { data: Some(data), .. } = &mut event.what {
                data.truncate(PAYLOAD);
                data.shrink_to_fit();
            }
            state.events.push(event);
            true
        })
    }

    /// The events, and how many more there were.
    #[must_use]
    pub fn take(&self) -> (Vec<Event>, u64) {
        let mut state = self.lock();
        (std::mem::take(&mut state.events), state.more)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{Actor, Recorder};

    #[test]
    fn the_first_are_kept_and_the_others_are_counted() {
        let kept = Kept::first(2);
        let recorder = Recorder::new(Actor::Server, vec![kept.sink()], None, None);
        ["one", "two", "three", "four"].into_iter().for_each(|id| recorder.check(id));
        let (events, more) = kept.take();
        assert_eq!((events.len(), more), (2, 2));
        assert_eq!(events[1].what, What::Check { check: "two".into() });
    }
}
