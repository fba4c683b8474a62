//! A trace as a timeline for ui.perfetto.dev: Chrome's trace event format, as its document of that name has it.
//!
//! Each actor is a process, with a track for each thread (its calls, as slices; a call that slept holds a slice `asleep`) and one for
//! the calls for nothing that were counted. The connections are one more process: a track for each, from its first call to its last,
//! with what was learned on it, and a counter of the bytes that the kernel has. Arrows lead from a `send` to the `recv` of its bytes.

mod arrows;
mod tracks;

use crate::lang::Lang;
use crate::trace::state::{Connection, End};
use crate::trace::{Call, Event, Excerpt, Link, Outcome, SLEEP, State, Step, What};
use crate::view::actor::connection_name;
use crate::view::calls::big_number;
use crate::view::escape::{escape, preview};
use crate::view::narrate::{Layout, Narrator};
use arrows::Arrows;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::net::SocketAddr;
use tracks::{Slice, Track, Tracks};

/// The `format` of the file's one object: how day30 knows it again.
const FORMAT: &str = "day30-perfetto";
/// How many columns of a payload are shown.
const PAYLOAD_COLUMNS: usize = 60;

/// Draws it.
#[must_use]
pub fn perfetto(excerpt: &Excerpt, lang: Lang) -> String {
    let (tracks, arrows) = (Tracks::new(lang), Arrows::default());
    let mut timeline = Timeline { tracks, arrows, section: None, last: 0, lives: HashMap::new(), lang };
    excerpt.walk(|step, before, after| {
        if let Step::Happens(event) = step {
            timeline.event(event, before, after);
        }
    });
    timeline.close_all();
    timeline.end_section();
    let header = &excerpt.header;
    let [command, address, io] =
        [header.command.as_bytes(), header.address.as_bytes(), header.io.as_bytes()].map(escape);
    let about = json!({ "command": command, "address": address, "io": io, "started_unix_us": header.started_unix_us });
    let events = timeline.tracks.into_events().join(",\n");
    format!(
        "{{\"format\":\"{FORMAT}\",\"displayTimeUnit\":\"ms\",\"otherData\":{about},\"traceEvents\":[\n{events}\n]}}\n"
    )
}

struct Timeline {
    tracks: Tracks,
    arrows: Arrows,
    /// The lesson or the attack that is played: its event, and its name.
    section: Option<(u64, u64, String)>,
    /// The time of the last event.
    last: u64,
    /// Connections that are not over: their number, and from when to when they were seen.
    lives: HashMap<SocketAddr, (u64, u64, u64)>,
    lang: Lang,
}

impl Timeline {
    fn event(&mut self, event: &Event, before: &State, after: &State) {
        let thread = Track::Thread(event.actor, event.caller.thread);
        self.last = nanos(event);
        match &event.what {
            What::Lesson { .. } => {
                self.end_section();
                self.section = Some((event.number, nanos(event), self.narration(event)));
            }
            What::Call { call, outcome, data, .. } => {
                let slice = self.call(event, thread, *call, *outcome, data.as_deref());
                if let Some(link) = event.link {
                    self.arrow(event, link, *call, slice, [before, after]);
                }
            }
            What::Folded { folded, span, .. } => {
                let calls = folded.iter().fold(0_u64, |sum, (_, count)| sum.saturating_add(*count));
                let counts: serde_json::Map<_, _> =
                    folded.iter().map(|(call, count)| (call.name().to_owned(), Value::from(*count))).collect();
                let name = format!("EAGAIN ×{}", big_number(calls));
                let track = Track::Spin(event.actor, event.caller.thread);
                self.tracks.slice(
                    track,
                    &name,
                    "spin",
                    (nanos(event).saturating_sub(span.as_nanos() as u64), nanos(event)),
                    &counts.into(),
                );
            }
            _ => {
                let track = self.connection(event, after).map_or(thread, |(client, _)| Track::Connection(client));
                self.tracks.instant(track, &self.narration(event), nanos(event), &json!({ "event": event.number }));
            }
        }
        if let Some((client, conn)) = self.connection(event, after) {
            self.live(event, client, conn);
            self.count(event, client, conn);
        }
    }

    /// The call's slice on its thread's track.
    fn call(&mut self, event: &Event, track: Track, call: Call, outcome: Outcome, data: Option<&[u8]>) -> Slice {
        let What::Call { took, asked, .. } = &event.what else { return Slice::default() };
        let mut args = json!({ "event": event.number, "told": self.narration(event) });
        let mut arg = |name: &str, value: Option<Value>| {
            if let (Some(args), Some(value)) = (args.as_object_mut(), value) {
                args.insert(name.to_owned(), value);
            }
        };
        arg("connection", event.link.map(|link| link.id.into()));
        match outcome {
            Outcome::Count { ok } if call == Call::Poll => arg("ready", Some(ok.into())),
            Outcome::Count { ok } => arg("bytes", Some(ok.into())),
            Outcome::Address { ok } => arg("address", Some(ok.to_string().into())),
            Outcome::Failed(errno) => arg("error", Some(errno.lesson_name().into())),
            Outcome::Done { .. } => {}
        }
        arg("data", data.map(|data| preview(data, PAYLOAD_COLUMNS).into()));
        arg("asked", asked.map(Value::from));
        let caller = &event.caller;
        arg("file", caller.file.as_ref().map(|file| escape(file.as_bytes()).into()));
        arg("line", caller.line.map(Value::from));
        let took = took.unwrap_or_default();
        let began = nanos(event).saturating_sub(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX));
        let slice = self.tracks.slice(track, call.name(), "call", (began, nanos(event)), &args);
        if took >= SLEEP {
            self.tracks.inside(slice, self.lang.pick("asleep", "休眠"), "sleep");
        }
        slice
    }

    /// Arrows to a `recv` from what sent its bytes: how many there were before is in the state.
    fn arrow(&mut self, event: &Event, link: Link, call: Call, slice: Slice, [before, after]: [&State; 2]) {
        let own = after.connections.side(event.actor, link);
        let [before, after] = [before, after].map(|state| state.connections.find(event.actor, link));
        let Some(after) = after else { return };
        let Some(client) = after.client_address else { return };
        let bytes = |count: fn(&End) -> u64| before.map_or(0, |conn| count(conn.end(own)))..count(after.end(own));
        match call {
            Call::Connect => self.arrows.forget(client),
            Call::Send => self.arrows.sent((client, own), bytes(|end| end.sent), slice),
            Call::Recv => {
                for from in self.arrows.received((client, own.other()), bytes(|end| end.received)) {
                    self.tracks.arrow(from, slice);
                }
            }
            _ => {}
        }
    }

    /// The connection that an event is about, and its client's address.
    fn connection<'s>(&self, event: &Event, state: &'s State) -> Option<(SocketAddr, &'s Connection)> {
        let conn = match (event.link, &event.what) {
            (Some(link), _) => state.connections.find(event.actor, link)?,
            (None, What::Call { call: Call::Accept, outcome: Outcome::Address { ok }, .. }) => {
                state.connections.iter().filter(|conn| conn.client_address == Some(*ok)).last()?
            }
            _ => return None,
        };
        Some((conn.client_address?, conn))
    }

    fn end_section(&mut self) {
        if let Some((number, from, name)) = self.section.take() {
            self.tracks.slice(Track::Sections, &name, "section", (from, self.last), &json!({ "event": number }));
        }
    }

    fn live(&mut self, event: &Event, client: SocketAddr, conn: &Connection) {
        let took = match &event.what {
            What::Call { call: Call::Connect, took, .. } => took.unwrap_or_default(),
            _ => std::time::Duration::ZERO,
        };
        let began = nanos(event).saturating_sub(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX));
        let life = self.lives.entry(client).or_insert((conn.id, began, began));
        (life.0, life.2) = (conn.id, nanos(event));
        let all_closed = [&conn.client, &conn.server].iter().all(|end| end.actor.is_none() || end.closed);
        if all_closed {
            self.close(client);
        }
    }

    fn close(&mut self, client: SocketAddr) {
        if let Some((id, from, to)) = self.lives.remove(&client) {
            let args = json!({ "client": client.to_string() });
            self.tracks.slice(
                Track::Connection(client),
                connection_name(id).of(self.lang),
                "connection",
                (from, to),
                &args,
            );
        }
    }

    fn close_all(&mut self) {
        let mut left: Vec<_> = self.lives.keys().copied().collect();
        left.sort_unstable();
        left.into_iter().for_each(|client| self.close(client));
    }

    /// What lies in the kernel, where both sides are told of.
    fn count(&mut self, event: &Event, client: SocketAddr, conn: &Connection) {
        if !matches!(event.what, What::Call { call: Call::Send | Call::Recv, .. }) {
            return;
        }
        let [to_server, to_client] = [&conn.server, &conn.client].map(|end| end.incoming.as_ref().map(|it| it.count));
        if let (Some(to_server), Some(to_client)) = (to_server, to_client) {
            // A viewer writes both parts beside a track, and has little room there.
            let what = self.lang.pick("kernel", "内核");
            let [server, of_client] = self.lang.pick(["→ server", "→ client"], ["→ 服务器", "→ 客户端"]);
            let counts = json!({ server: to_server, of_client: to_client });
            self.tracks.counter(client, &format!("{what} {client}"), nanos(event), &counts);
        }
    }

    fn narration(&self, event: &Event) -> String {
        Narrator::new(self.lang, Layout::Lines, 80).text(event).1
    }
}

fn nanos(event: &Event) -> u64 {
    u64::try_from(event.at.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
