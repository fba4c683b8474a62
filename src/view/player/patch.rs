//! The machine's state as the page has it: small values under keys, and for each step those that changed.
//!
//! | key | value |
//! |---|---|
//! | `L` | the listener: `[address, is listening, blocks]` |
//! | `w…` | a thread: `[actor, its number there, doing, call, connection, asleep since (µs), calls for nothing]` |
//! | `c…` | a connection: `[number, client's address, server's address, was accepted, is over]` |
//! | `c…c`, `c…s` | its client's, its server's socket: `[actor, condition, blocks, bytes in the kernel, the first of them in hex, unsent, fact, ending, sent, received]` |
//!
//! What is not known is `null`. Actors and texts are places in the page's lists.

use super::intern::Interned;
use crate::lang::Text;
use crate::trace::state::{Condition, Connection, Doing, End, Worker};
use crate::trace::{Actor, Call, Event, State, What};
use crate::view::{describe_ending, describe_fact};
use serde_json::{Map, Value, json};
use std::collections::{HashMap, HashSet};

/// So many of the bytes in a buffer are shown as cells.
const CELLS: usize = 24;

/// What the page knows already.
#[derive(Default)]
pub(super) struct Patches {
    known: HashMap<String, Value>,
    connections: Interned<String>,
    pub(super) actors: Interned<Actor>,
    pub(super) texts: Interned<[String; 2]>,
}

impl Patches {
    /// What this event changed.
    pub(super) fn patch(&mut self, event: &Event, state: &State) -> Map<String, Value> {
        let mut patch = Map::new();
        let is_small =
            matches!(&event.what, What::Call { .. } | What::Fact(_) | What::Ended { .. } | What::Folded { .. });
        let conn = event.link.and_then(|link| state.connections.find(event.actor, link));
        let mut now = Vec::new();
        if is_small && let Some(conn) = conn {
            self.connection(conn, &mut now);
        } else {
            state.connections.iter().for_each(|conn| self.connection(conn, &mut now));
        }
        let may_end =
            !is_small || matches!(&event.what, What::Call { call: Call::Accept | Call::Connect | Call::Close, .. });
        if may_end {
            self.gone(state, &mut patch);
        }
        let listener = state.listener.as_ref();
        let listener = listener.map(|it| json!([it.address.to_string(), it.listening, it.blocking]));
        now.push(("L".into(), listener.unwrap_or_default()));
        let moves = |worker: &&Worker| !is_small || worker.spin.is_some() || worker.actor == event.actor;
        for worker in state.workers.iter().filter(moves) {
            let key = format!("w{}.{}", self.actors.place(worker.actor), worker.thread.unwrap_or(0));
            // Of many threads, only the one that did something can have changed, or left.
            if worker.is_of(event)
                || worker.spin.is_some()
                || !self.known.contains_key(&key)
                || worker.doing == Doing::Ended
            {
                now.push((key, self.worker(worker, state)));
            }
        }
        for (key, value) in now {
            if self.known.get(&key) != Some(&value) {
                self.known.insert(key.clone(), value.clone());
                patch.insert(key, value);
            }
        }
        patch
    }

    /// What was there and is not any more.
    fn gone(&mut self, state: &State, patch: &mut Map<String, Value>) {
        let mut there: HashSet<String> = state.connections.iter().map(|conn| self.key(conn)).collect();
        let workers =
            state.workers.iter().map(|it| format!("w{}.{}", self.actors.place(it.actor), it.thread.unwrap_or(0)));
        there.extend(workers.collect::<Vec<_>>());
        self.known.retain(|key, _| {
            let stays = key == "L" || there.contains(key.trim_end_matches(['c', 's']));
            if !stays {
                patch.insert(key.clone(), Value::Null);
            }
            stays
        });
    }

    fn key(&mut self, conn: &Connection) -> String {
        let name = conn.client_address.map_or_else(|| format!("#{}", conn.id), |address| address.to_string());
        format!("c{}", self.connections.place(name))
    }

    fn connection(&mut self, conn: &Connection, now: &mut Vec<(String, Value)>) {
        let key = self.key(conn);
        let client = conn.client_address.map(|address| address.to_string());
        let whole = json!([conn.id, client, conn.server_address.to_string(), conn.accepted, conn.is_over()]);
        now.push((format!("{key}c"), self.end(&conn.client)));
        now.push((format!("{key}s"), self.end(&conn.server)));
        now.push((key, whole));
    }

    fn end(&mut self, end: &End) -> Value {
        let actor = end.actor.map(|actor| self.actors.place(actor));
        let incoming = end.incoming.as_ref().map(|incoming| {
            let bytes: Vec<u8> = incoming.bytes.iter().take(CELLS).copied().collect();
            (incoming.count, base16ct::lower::encode_string(&bytes))
        });
        let (count, hex) = incoming.unzip();
        let fact = end.fact.as_ref().map(|fact| self.texts.text(&Text::in_both(|lang| describe_fact(fact, lang))));
        let ending = end.ending.map(|ending| self.texts.text(&Text::in_both(|lang| describe_ending(ending, lang))));
        let condition = condition(end);
        json!([actor, condition, end.blocking, count, hex, end.unsent, fact, ending, end.sent, end.received])
    }

    fn worker(&mut self, worker: &Worker, state: &State) -> Value {
        let actor = self.actors.place(worker.actor);
        let (doing, call, conn, since) = match worker.doing {
            Doing::Asleep { call, link, since } => {
                let conn = link.map(|link| link.id);
                ("sleep", Some(call.name()), conn, u64::try_from(since.as_micros()).ok())
            }
            Doing::Ended => ("end", None, None, None),
            Doing::Running if worker.spin.is_some() => ("spin", None, None, None),
            Doing::Running => ("run", None, None, None),
        };
        json!([actor, worker.ordinal, doing, call, conn, since, worker.spun(state.at)])
    }
}

fn condition(end: &End) -> &'static str {
    match end.condition() {
        Condition::Open => "open",
        Condition::FinSent => "fin-sent",
        Condition::FinReceived => "fin-received",
        Condition::BothFins => "both-fins",
        Condition::Reset => "reset",
        Condition::Closed if end.is_reset() => "closed-reset",
        Condition::Closed => "closed",
    }
}
