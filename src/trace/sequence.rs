//! Several recorders, one after another, told to the same sinks as if they were one.

use super::{Actor, Caller, Event, Sink, What};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Gives numbers and times that go on from recorder to recorder. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Sequence(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    sinks: Vec<Sink>,
    began: Instant,
    last_number: u64,
}

impl Sequence {
    /// All that is told goes to these sinks; `None` where there are none.
    #[must_use]
    pub fn of(sinks: Vec<Sink>) -> Option<Self> {
        let state = State { sinks, began: Instant::now(), last_number: 0 };
        (!state.sinks.is_empty()).then(|| Self(Arc::new(Mutex::new(state))))
    }

    /// The sink for a recorder that begins now.
    #[must_use]
    pub fn sink(&self) -> Sink {
        let (sequence, offset) = (self.clone(), self.lock().began.elapsed());
        Sink::new(move |event| {
            sequence.lock().give(Event { at: event.at + offset, ..event });
            true
        })
    }

    /// Tells that a lesson begins, which this actor opens; or an attack on one.
    pub fn lesson(&self, actor: Actor, name: &'static str) {
        let mut state = self.lock();
        let at = state.began.elapsed();
        let what = What::Lesson { lesson: name.into() };
        state.give(Event { number: 0, at, actor, link: None, what, caller: Caller::default() });
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn give(&mut self, event: Event) {
        self.last_number += 1;
        let event = Event { number: self.last_number, ..event };
        self.sinks.iter_mut().for_each(|sink| sink.give(event.clone()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::Recorder;
    use std::sync::mpsc;

    #[test]
    fn numbers_and_times_go_on_from_recorder_to_recorder() {
        let (send, receive) = mpsc::channel();
        let sequence = Sequence::of(vec![Sink::new(move |event: Event| send.send(event).is_ok())]).unwrap();
        for lesson in ["nonblock", "auth"] {
            sequence.lesson(Actor::Server, lesson);
            let recorder = Recorder::new(Actor::Server, vec![sequence.sink()], None, None);
            recorder.check("one");
            recorder.check("two");
        }
        drop(sequence);
        let events: Vec<_> = receive.iter().collect();
        assert_eq!(events.iter().map(|event| event.number).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
        assert!(events.is_sorted_by_key(|event| event.at), "{events:?}");
        assert_eq!(events[3].what, What::Lesson { lesson: "auth".into() });
    }
}
