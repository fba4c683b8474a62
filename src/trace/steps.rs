//! A trace as steps. A record tells of a call when it is over, and of calls for nothing when they are counted. One step more, where
//! they begin, shows the call asleep and the loop spinning meanwhile.

use super::{Actor, Call, Event, Header, Seen, What};
use std::collections::HashMap;
use std::time::Duration;

/// A call that took this long did not only work: it slept.
pub const SLEEP: Duration = Duration::from_millis(1);

/// One step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'e> {
    /// A call that sleeps begins, or calls for nothing that are counted together: the event is their end.
    Begins(&'e Event),
    /// The event.
    Happens(&'e Event),
}

impl<'e> Step<'e> {
    /// The event.
    #[must_use]
    pub fn event(self) -> &'e Event {
        match self {
            Self::Begins(event) | Self::Happens(event) => event,
        }
    }

    /// When.
    #[must_use]
    pub fn at(self) -> Duration {
        match self {
            Self::Begins(event) => began(event, true).unwrap_or(event.at),
            Self::Happens(event) => event.at,
        }
    }
}

/// A loop goes round for longer than that: less is a look at each of some sockets.
const LOOP: Duration = Duration::from_millis(20);

/// Whether calls for nothing are a loop that never sleeps, and not a few looks now and then.
#[must_use]
pub fn is_spin(folded: &[(Call, u64)], span: Duration) -> bool {
    let calls = folded.iter().fold(0_u64, |sum, (_, count)| sum.saturating_add(*count));
    calls >= 10 && span >= LOOP && calls as f64 >= 200.0 * span.as_secs_f64()
}

/// When it began, if that is a step of its own: a call that slept, or a loop of calls for nothing.
fn began(event: &Event, can_sleep: bool) -> Option<Duration> {
    match &event.what {
        // A call that does not wait may take long all the same: its thread has lost the processor.
        What::Call { call: Call::Accept | Call::Recv | Call::Send, .. } if !can_sleep => None,
        What::Call { call: Call::Accept | Call::Connect | Call::Poll | Call::Recv | Call::Send, took, .. } => {
            took.filter(|took| *took >= SLEEP).map(|took| event.at.saturating_sub(took))
        }
        What::Folded { folded, span, .. } if is_spin(folded, *span) => Some(event.at.saturating_sub(*span)),
        _ => None,
    }
}

/// The steps of these events of a trace with this header, which are in the order of their times.
#[must_use]
pub fn steps<'e>(events: &'e [Event], header: &Header) -> Vec<Step<'e>> {
    let mut server_waits = header.io != "spin" && header.io != "poll";
    // Before which event each of them begins: a call not before the last thing that its own thread did.
    let mut begin: Vec<(usize, &Event)> = Vec::new();
    let mut last: HashMap<(Actor, Option<u32>), usize> = HashMap::new();
    for (place, event) in events.iter().enumerate() {
        // What is counted lies between the other things that its thread did.
        let is_counted = matches!(event.what, What::Folded { .. });
        let own = last.insert((event.actor, event.caller.thread), place).filter(|_| !is_counted);
        let own = own.map_or(0, |before| before + 1);
        if let What::Lesson { lesson } = &event.what {
            server_waits = lesson != "nonblock";
        }
        if let Some(began) = began(event, server_waits || event.actor != Actor::Server) {
            begin.push((events.partition_point(|other| other.at <= began).clamp(own, place), event));
        }
    }
    begin.sort_by_key(|(before, event)| (*before, began(event, true)));
    let mut begin = begin.into_iter().peekable();
    let mut steps = Vec::with_capacity(events.len() + begin.len());
    for (place, event) in events.iter().enumerate() {
        while let Some((_, sleeper)) = begin.next_if(|(before, _)| *before == place) {
            steps.push(Step::Begins(sleeper));
        }
        // A file is no step.
        if !matches!(event.what, What::Seen(Seen::Source { .. })) {
            steps.push(Step::Happens(event));
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{Caller, Outcome};

    fn header(io: &'static str) -> Header {
        Header::new("nonblock-server", "server", String::new(), io)
    }

    fn call(number: u64, at: u64, thread: u32, took: u64) -> Event {
        let took = Some(Duration::from_micros(took));
        let what = What::Call { call: Call::Recv, outcome: Outcome::Count { ok: 1 }, data: None, asked: None, took };
        let caller = Caller { thread: Some(thread), ..Caller::default() };
        Event { number, at: Duration::from_micros(at), actor: Actor::Server, link: None, what, caller }
    }

    #[test]
    fn a_call_that_slept_is_seen_to_fall_asleep() {
        // Thread 1 sleeps from 3000 to 9000; thread 2 works meanwhile.
        let events = [call(1, 1000, 1, 5), call(2, 2000, 2, 5), call(3, 8000, 2, 5), call(4, 9000, 1, 6000)];
        let steps = steps(&events, &header("threads"));
        let told: Vec<_> = steps
            .iter()
            .map(|step| (matches!(step, Step::Begins(_)), step.event().number, step.at().as_micros()))
            .collect();
        assert_eq!(told, [(false, 1, 1000), (false, 2, 2000), (true, 4, 3000), (false, 3, 8000), (false, 4, 9000)]);
    }

    #[test]
    fn a_thread_does_one_thing_after_another() {
        // What a record says of the time may be a little wrong: no call begins before the thread's last one is over.
        let events = [call(1, 1000, 1, 5), call(2, 5000, 1, 4500)];
        let told: Vec<_> = steps(&events, &header("threads")).iter().map(|step| step.event().number).collect();
        assert_eq!(told, [1, 2, 2]);
    }

    #[test]
    fn what_does_not_wait_never_sleeps_and_a_few_looks_are_no_loop() {
        let slow = [call(1, 9000, 1, 6000)];
        assert_eq!(steps(&slow, &header("spin")).len(), 1);
        assert_eq!(steps(&slow, &header("threads")).len(), 2);
        let second = Duration::from_secs(1);
        assert!(is_spin(&[(Call::Accept, 5000), (Call::Recv, u64::MAX)], second));
        assert!(!is_spin(&[(Call::Accept, 20)], second));
    }
}
