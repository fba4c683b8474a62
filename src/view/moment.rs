//! What a program was doing at one moment of a trace of both sides: who slept where, and what lay in the kernel meanwhile.

use super::actor::actor_name;
use super::escape::escape;
use crate::both;
use crate::lang::Text;
use crate::trace::state::{Connection, Doing, Side, State, side};
use crate::trace::{Actor, Call, Event, Excerpt, Link, Step, What, steps};
use std::collections::HashMap;
use std::time::Duration;

/// One moment, and who slept then.
#[derive(Debug)]
pub struct Moment<'e> {
    /// The machine at that moment.
    pub state: State,
    /// The threads of the program that slept in a call, each once.
    pub asleep: Vec<Asleep<'e>>,
    program: Side,
}

/// A thread that slept in a call.
#[derive(Clone, Copy, Debug)]
pub struct Asleep<'e> {
    /// In which call. Python's sockets that have a time limit wait in `poll`: then it is the call that stands in the line.
    pub call: Call,
    /// On which connection, if on one.
    pub link: Option<Link>,
    /// The call, as it is told when it is over.
    event: &'e Event,
}

/// The step, from 0, that shows how everything stood at this time; `None` where nothing had happened.
#[must_use]
pub fn step_at(excerpt: &Excerpt, until: Duration, program: Side) -> Option<usize> {
    let steps = steps(&excerpt.events, &excerpt.header);
    let is_later = |step: &Step<'_>| step.at() > until;
    let before = steps.iter().position(is_later).unwrap_or(steps.len()).checked_sub(1);
    // What begins is shown where its thread has come to, which may be later than its time.
    let is_last = |step: &Step<'_>| side(step.event().actor) == program && !is_later(step);
    before.max(steps.iter().rposition(is_last))
}

impl<'e> Moment<'e> {
    /// What this side of the trace was doing at this time.
    #[must_use]
    pub fn at(excerpt: &'e Excerpt, until: Duration, program: Side) -> Self {
        let mut state = excerpt.before.clone();
        let mut began: HashMap<(Actor, Option<u32>), &Event> = HashMap::new();
        for step in steps(&excerpt.events, &excerpt.header).into_iter().filter(|step| step.at() <= until) {
            state.apply(step);
            if let Step::Begins(event) = step {
                began.insert((event.actor, event.caller.thread), event);
            }
        }
        let sources: HashMap<_, _> = excerpt.sources().collect();
        let workers = state.workers.iter().filter(|worker| side(worker.actor) == program);
        let asleep = workers.filter_map(|worker| match worker.doing {
            Doing::Asleep { call, link, .. } => {
                let event = *began.get(&(worker.actor, worker.thread))?;
                let call = Some(call).filter(|call| *call != Call::Poll);
                Some(Asleep { call: call.or_else(|| stands_in(event, &sources)).unwrap_or(Call::Poll), link, event })
            }
            _ => None,
        });
        let asleep = asleep.collect();
        Self { state, asleep, program }
    }

    /// How many bytes lay in the kernel for the program, on this connection.
    #[must_use]
    pub fn unread(&self, conn: &Connection) -> u64 {
        conn.end(self.program).incoming.as_ref().map_or(0, |incoming| incoming.count)
    }

    /// Another client than the sleeper's that had something to ask of the program: bytes that lay there, or to be let in.
    pub fn kept_waiting<'m>(&'m self, asleep: &Asleep<'_>) -> impl Iterator<Item = &'m Connection> {
        let own = asleep.link.map(|link| link.peer);
        let all = if self.program == Side::Server { Some(self.state.connections.iter()) } else { None };
        let is_other = move |conn: &&Connection| own.is_none() || conn.client_address != own;
        all.into_iter().flatten().filter(is_other).filter(|conn| !conn.accepted || self.unread(conn) > 0)
    }

    /// What the program slept in, in a sentence with the line, where that says anything: a thread that kept somebody waiting, or the
    /// only one that there is.
    #[must_use]
    pub fn sentence(&self) -> Option<Text> {
        let mut in_calls = self.asleep.iter().filter(|asleep| asleep.call != Call::Poll);
        let in_vain = in_calls.clone().find(|asleep| self.kept_waiting(asleep).next().is_some());
        let is_alone = self.state.workers.iter().filter(|worker| side(worker.actor) == self.program).count() == 1;
        let asleep = in_vain.or_else(|| in_calls.next().filter(|_| is_alone))?;
        Some(self.told(asleep))
    }

    fn told(&self, asleep: &Asleep<'_>) -> Text {
        let call = named(asleep);
        let at = line_of(asleep.event.caller.file.as_deref(), asleep.event.caller.line)
            .map(|line| both!(" in {line}", "（{line}）"))
            .unwrap_or_default();
        let conn = asleep.link.and_then(|link| self.state.connections.find(asleep.event.actor, link));
        let for_whom = match conn.filter(|_| self.program == Side::Server) {
            Some(conn) => {
                let Text { en, zh } = name_of(conn);
                both!(" for {en}", "，等的是{zh}")
            }
            None => Text::default(),
        };
        let meanwhile = self.kept_waiting(asleep).next().map(|conn| self.meanwhile(conn)).unwrap_or_default();
        Text {
            en: format!("{call}{} slept{}{}", at.en, for_whom.en, meanwhile.en),
            zh: format!("{call}{}在休眠{}{}", at.zh, for_whom.zh, meanwhile.zh),
        }
    }

    fn meanwhile(&self, conn: &Connection) -> Text {
        let (name, bytes) = (name_of(conn), self.unread(conn));
        let (en, zh) = (name.en, name.zh);
        match (conn.accepted, bytes) {
            (true, _) => both!(
                ", while {en}'s {bytes} bytes lay in its kernel buffer",
                "；而{zh} 的 {bytes} 字节已经在内核缓冲区里"
            ),
            (false, 0) => both!(", while {en} waited to be accepted", "；而{zh} 在等 accept"),
            (false, _) => both!(
                ", while {en} waited to be accepted, with {bytes} bytes in its kernel buffer",
                "；而{zh} 在等 accept，它的 {bytes} 字节已经在内核缓冲区里"
            ),
        }
    }
}

/// The client of a connection: by its letter, where it has one.
fn name_of(conn: &Connection) -> Text {
    match conn.client.actor {
        Some(actor @ Actor::ClientNo(_)) => actor_name(actor),
        _ => {
            let id = conn.id;
            both!("client #{id}", "客户端 #{id}")
        }
    }
}

/// A call with what it was asked for: `recv(1024)`.
fn named(asleep: &Asleep<'_>) -> String {
    match &asleep.event.what {
        What::Call { call: Call::Recv, asked: Some(asked), .. } => format!("`recv({asked})`"),
        _ => format!("`{}`", asleep.call.name()),
    }
}

/// The socket's call in the line of a `poll`.
fn stands_in(event: &Event, sources: &HashMap<&str, &str>) -> Option<Call> {
    let (file, line) = (event.caller.file.as_deref()?, event.caller.line?);
    let line = sources.get(file)?.lines().nth(usize::try_from(line).ok()?.checked_sub(1)?)?;
    let calls = [(".recv", Call::Recv), (".accept", Call::Accept), (".send", Call::Send), (".connect", Call::Connect)];
    calls.into_iter().find(|(name, _)| line.contains(name)).map(|(_, call)| call)
}

/// A line of a file, as it is named in a sentence: `my_server.py:14`. Whoever wrote the record chose the name.
#[must_use]
pub fn line_of(file: Option<&str>, line: Option<u32>) -> Option<String> {
    let (file, number) = (file?, line?);
    let name = file.rsplit('/').next().unwrap_or_default();
    Some(escape(format!("{name}:{number}").as_bytes()))
}
