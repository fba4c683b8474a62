//! The tracks, and the events on them, each as one JSON object.

use crate::lang::Lang;
use crate::say;
use crate::trace::Actor;
use crate::view::actor::actor_name;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::net::SocketAddr;

/// The process that holds the connections' tracks.
const CONNECTIONS: u32 = 1000;
/// The one that holds the lessons, or the attack, before all others.
const SECTIONS: u32 = CONNECTIONS + 1;
/// The shortest slice, in nanoseconds: an arrow needs something to end at.
const SHORTEST: u64 = 100;

/// What has a track of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Track {
    /// What is played: the lessons of a demo.
    Sections,
    /// A thread's calls.
    Thread(Actor, Option<u32>),
    /// What it called for nothing.
    Spin(Actor, Option<u32>),
    /// A connection, by its client's address.
    Connection(SocketAddr),
}

/// A slice that was drawn, in nanoseconds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Slice {
    process: u32,
    track: u32,
    from: u64,
    to: u64,
}

/// All tracks.
#[derive(Debug)]
pub(super) struct Tracks {
    /// Each track's number, and where its last slice ends.
    known: HashMap<Track, (u32, u64)>,
    named: Vec<u32>,
    about: Vec<String>,
    events: Vec<(u64, String)>,
    arrows: u64,
    lang: Lang,
}

impl Tracks {
    pub(super) fn new(lang: Lang) -> Self {
        Self { known: HashMap::new(), named: Vec::new(), about: Vec::new(), events: Vec::new(), arrows: 0, lang }
    }

    /// Draws a slice. Slices of one track follow each other: one that would begin inside the last one begins behind it.
    pub(super) fn slice(
        &mut self,
        track: Track,
        name: &str,
        kind: &str,
        (from, to): (u64, u64),
        args: &Value,
    ) -> Slice {
        let (process, number) = self.place(track);
        let Some((_, last)) = self.known.get_mut(&track) else { return Slice::default() };
        let from = from.max(*last);
        let to = to.max(from.saturating_add(SHORTEST));
        *last = to;
        let slice = Slice { process, track: number, from, to };
        self.push(slice, name, kind, args);
        slice
    }

    /// Draws a slice inside another one.
    pub(super) fn inside(&mut self, outer: Slice, name: &str, kind: &str) {
        let margin = SHORTEST / 2;
        self.push(
            Slice { from: outer.from.saturating_add(margin), to: outer.to.saturating_sub(margin), ..outer },
            name,
            kind,
            &json!({}),
        );
    }

    fn push(&mut self, slice: Slice, name: &str, kind: &str, args: &Value) {
        let Slice { process, track, from, to } = slice;
        let duration = micros(to.saturating_sub(from));
        let event = json!({
            "ph": "X", "name": name, "cat": kind, "pid": process, "tid": track, "ts": micros(from), "dur": duration, "args": args,
        });
        self.events.push((from, event.to_string()));
    }

    /// A moment.
    pub(super) fn instant(&mut self, track: Track, name: &str, at: u64, args: &Value) {
        let (process, track) = self.place(track);
        let event = json!({
            "ph": "i", "name": name, "cat": "fact", "pid": process, "tid": track, "ts": micros(at), "s": "t", "args": args,
        });
        self.events.push((at, event.to_string()));
    }

    /// What is counted, from now on.
    pub(super) fn counter(&mut self, client: SocketAddr, name: &str, at: u64, counts: &Value) {
        let (process, track) = self.place(Track::Connection(client));
        let event = json!({ "ph": "C", "name": name, "pid": process, "tid": track, "ts": micros(at), "args": counts });
        self.events.push((at, event.to_string()));
    }

    /// From one slice to another.
    pub(super) fn arrow(&mut self, from: Slice, to: Slice) {
        self.arrows += 1;
        // It leaves where the first begins, and comes where the second ends, inside of both.
        let ends = [("s", from, from.from), ("f", to, from.from.max(to.to.saturating_sub(SHORTEST / 2)))];
        for (kind, slice, at) in ends {
            let event = json!({
                "ph": kind, "id": self.arrows, "name": "bytes", "cat": "bytes", "bp": "e", "pid": slice.process,
                "tid": slice.track, "ts": micros(at),
            });
            self.events.push((at, event.to_string()));
        }
    }

    /// Every event in the order of time, behind the names.
    pub(super) fn into_events(mut self) -> Vec<String> {
        // What begins at one time stays in its order: the outer slice before the inner one.
        self.events.sort_by_key(|(at, _)| *at);
        self.about.into_iter().chain(self.events.into_iter().map(|(_, event)| event)).collect()
    }

    /// The numbers of a track's process and of the track, which are named at their first use.
    fn place(&mut self, track: Track) -> (u32, u32) {
        let (process, name) = match track {
            Track::Sections => (SECTIONS, self.lang.pick("sections", "各部分").to_owned()),
            Track::Thread(actor, _) | Track::Spin(actor, _) => {
                (process_of(actor), actor_name(actor).of(self.lang).to_owned())
            }
            Track::Connection(_) => (CONNECTIONS, self.lang.pick("connections", "连接").to_owned()),
        };
        if let Some((number, _)) = self.known.get(&track) {
            return (process, *number);
        }
        let number = self.known.len() as u32 + 1;
        self.known.insert(track, (number, 0));
        if !self.named.contains(&process) {
            self.named.push(process);
            self.name("process_name", process, 0, &json!({ "name": name }));
            self.name("process_sort_index", process, 0, &json!({ "sort_index": place_of(process) }));
        }
        let thread = |thread: Option<u32>| thread.map(|thread| thread.to_string()).unwrap_or_default();
        let name = match track {
            Track::Sections => name,
            Track::Thread(_, number) => say!(self.lang, "thread {}", "线程 {}", thread(number)),
            Track::Spin(_, number) => {
                say!(self.lang, "thread {}: EAGAIN", "线程 {}：EAGAIN", thread(number))
            }
            Track::Connection(client) => client.to_string(),
        };
        self.name("thread_name", process, number, &json!({ "name": name.trim() }));
        self.name("thread_sort_index", process, number, &json!({ "sort_index": number }));
        (process, number)
    }

    fn name(&mut self, what: &str, process: u32, track: u32, args: &Value) {
        let event = json!({ "ph": "M", "name": what, "pid": process, "tid": track, "args": args });
        self.about.push(event.to_string());
    }
}

/// Where a process stands.
fn place_of(process: u32) -> u32 {
    if process == SECTIONS { 0 } else { process }
}

fn process_of(actor: Actor) -> u32 {
    match actor {
        Actor::Server => 1,
        Actor::Client => 2,
        Actor::ClientNo(number) => 2 + u32::from(number),
        Actor::Tap => CONNECTIONS - 1,
        Actor::Attacker => CONNECTIONS - 2,
    }
}

/// The format counts in microseconds, with a fraction.
fn micros(nanos: u64) -> f64 {
    nanos as f64 / 1000.0
}
