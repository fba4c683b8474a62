//! Puts the events of all files into one order: causes before what they caused, each file in its own order, and by time where
//! nothing else decides.

use super::clock::Times;
use super::load::Loaded;
use super::matching::Cause;
use crate::trace::{Call, Event, Link, What};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

/// What does one thing after another: a thread, or where no thread is known, one direction of one connection.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Line {
    Thread(u32),
    Sends(Option<Link>),
    Rest,
}

impl Line {
    fn of(event: &Event) -> Self {
        match (event.caller.thread, &event.what) {
            (Some(thread), _) => Self::Thread(thread),
            (None, What::Call { call: Call::Connect | Call::Send | Call::Shutdown | Call::Close, .. }) => {
                Self::Sends(event.link)
            }
            _ => Self::Rest,
        }
    }
}

/// Which events wait for which.
struct Graph {
    next: Vec<Vec<usize>>,
    waits_for: Vec<usize>,
}

impl Graph {
    fn wait(&mut self, before: usize, after: usize) {
        if let (Some(next), Some(count)) = (self.next.get_mut(before), self.waits_for.get_mut(after)) {
            next.push(after);
            *count += 1;
        }
    }

    fn of(loaded: &Loaded, causes: &[Cause], times: &Times) -> Self {
        let count = loaded.events.len();
        let mut graph = Self { next: vec![Vec::new(); count], waits_for: vec![0; count] };
        let mut last: Vec<Option<usize>> = vec![None; loaded.count];
        let mut last_of_line: HashMap<(usize, Line), usize> = HashMap::new();
        for (place, (event, file)) in loaded.events.iter().zip(&loaded.files).enumerate() {
            if let Some(before) = last_of_line.insert((*file, Line::of(event)), place) {
                graph.wait(before, place);
            }
            if times.is_early(place) {
                continue;
            }
            if let Some(before) = last.get_mut(*file).and_then(|last| last.replace(place)) {
                graph.wait(before, place);
            }
        }
        causes.iter().for_each(|cause| graph.wait(cause.before, cause.after));
        graph
    }
}

/// The places of all events in their order; `None` when there is none.
pub(super) fn order(loaded: &Loaded, causes: &[Cause], times: &Times) -> Option<Vec<usize>> {
    let mut graph = Graph::of(loaded, causes, times);
    let mut ready = BinaryHeap::new();
    let waits = graph.waits_for.iter().enumerate();
    ready.extend(waits.filter(|(_, count)| **count == 0).map(|(place, _)| Reverse((times.of(place), place))));
    let mut order = Vec::with_capacity(loaded.events.len());
    while let Some(Reverse((_, place))) = ready.pop() {
        order.push(place);
        for next in graph.next.get_mut(place).map(std::mem::take).unwrap_or_default() {
            let Some(count) = graph.waits_for.get_mut(next) else { continue };
            *count -= 1;
            if *count == 0 {
                ready.push(Reverse((times.of(next), next)));
            }
        }
    }
    (order.len() == loaded.events.len()).then_some(order)
}
