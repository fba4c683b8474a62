//! What a program was doing at one moment of a trace of both sides: who slept where, and what lay in the kernel meanwhile.

use super::escape::escape;
use crate::both;
use crate::lang::Text;
use crate::trace::state::{Connection, Doing, Side, State, side};
use crate::trace::{Actor, Call, Caller, Event, Excerpt, Link, Step, What, steps};
use std::collections::HashMap;
use std::time::Duration;

/// So many threads are told of.
const THREADS: usize = 4;
/// So many columns of a source line are shown.
const COLUMNS: usize = 60;

/// The last step before the actors of `judge` ended it: they close what they have when they have seen enough. From 0. With `until`, the
/// last one by then.
#[must_use]
pub fn last_before_the_end(excerpt: &Excerpt, judge: Side, until: Option<Duration>) -> Option<usize> {
    let is_closing = |event: &Event| {
        matches!(event.what, What::Call { call: Call::Close | Call::Shutdown | Call::ShutdownRead, .. })
    };
    let is_judges = |step: &Step<'_>| side(step.event().actor) == judge && !is_closing(step.event());
    let steps = steps(&excerpt.events, &excerpt.header);
    let Some(until) = until else { return steps.iter().rposition(is_judges) };
    // What begins is shown where its thread has come to, which may be later than its time.
    let is_later = |step: &Step<'_>| matches!(step, Step::Happens(event) if event.at > until);
    steps.iter().position(is_later).unwrap_or(steps.len()).checked_sub(1)
}

/// What the threads of this side slept in after a step, from 0; nothing for those that did not sleep.
#[must_use]
pub fn asleep_at(excerpt: &Excerpt, step: usize, program: Side) -> Vec<Text> {
    let mut state = excerpt.before.clone();
    let mut began: HashMap<(Actor, Option<u32>), &Event> = HashMap::new();
    for step in steps(&excerpt.events, &excerpt.header).into_iter().take(step + 1) {
        state.apply(step);
        if let Step::Begins(event) = step {
            began.insert((event.actor, event.caller.thread), event);
        }
    }
    let workers = state.workers.iter().filter(|worker| side(worker.actor) == program);
    let asleep = workers.filter_map(|worker| match worker.doing {
        Doing::Asleep { call, link, .. } if call != Call::Poll => {
            let event = began.get(&(worker.actor, worker.thread))?;
            Some(sentence(excerpt, event, (call, link), &state, program))
        }
        _ => None,
    });
    asleep.take(THREADS).collect()
}

fn sentence(
    excerpt: &Excerpt,
    event: &Event,
    (call, link): (Call, Option<Link>),
    state: &State,
    program: Side,
) -> Text {
    let place = place(excerpt, &event.caller).unwrap_or_default();
    let (what, at) = (
        call.name(),
        match place.is_empty() {
            true => Text::default(),
            false => both!(" in {place}", "（{place}）"),
        },
    );
    let for_whom = link.map(|link| both!(" for client #{}", "，等客户端 #{} 的数据", link.id)).unwrap_or_default();
    let meanwhile = meanwhile(state, link, program);
    Text {
        en: format!("{what}{} slept{}{}", at.en, for_whom.en, meanwhile.en),
        zh: format!("{what}{}正在休眠{}{}", at.zh, for_whom.zh, meanwhile.zh),
    }
}

/// What lay in the kernel for this side, beside the connection that it slept for.
fn meanwhile(state: &State, link: Option<Link>, program: Side) -> Text {
    let own = link.map(|link| link.peer);
    let bytes = |conn: &Connection| conn.end(program).incoming.as_ref().map_or(0, |incoming| incoming.count);
    let is_other = |conn: &&Connection| conn.accepted && (own.is_none() || conn.client_address != own);
    if program == Side::Server
        && let Some(conn) = state.connections.iter().filter(is_other).find(|conn| bytes(conn) > 0)
    {
        let (id, count) = (conn.id, bytes(conn));
        return both!(
            ", while {count} bytes of client #{id} lay in the kernel",
            "，而客户端 #{id} 的 {count} 字节已经在内核里"
        );
    }
    match state.connections.accept_queue().count() {
        0 => Text::default(),
        _ if program == Side::Client => Text::default(),
        1 => both!(", while another client waited to be accepted", "，而另一个客户端在等 accept"),
        count => both!(", while {count} clients waited to be accepted", "，而有 {count} 个客户端在等 accept"),
    }
}

/// The line of a call: `my_server.py:14 "conn.recv(1024)"`.
fn place(excerpt: &Excerpt, caller: &Caller) -> Option<String> {
    let (file, number) = (caller.file.as_deref()?, caller.line?);
    let name = file.rsplit('/').next().unwrap_or_default();
    let text = excerpt.sources().find(|(known, _)| *known == file).map(|(_, text)| text);
    let line = text.and_then(|text| text.lines().nth(usize::try_from(number).ok()?.checked_sub(1)?));
    let shown: String = line.unwrap_or_default().trim().chars().take(COLUMNS).collect();
    let (name, shown) = (escape(format!("{name}:{number}").as_bytes()), escape(shown.as_bytes()));
    Some(if shown.is_empty() { name } else { format!("{name} `{shown}`") })
}
