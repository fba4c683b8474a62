//! What stands out in a trace, in sentences, from the calls alone: a pure function of the events, in bounded memory.
//!
//! | file | what it is |
//! |---|---|
//! | `finding.rs` | what can stand out, and how it is counted |
//! | `server.rs` | how the server began: its address, its queue |
//! | `connection.rs`, `letters.rs` | what each connection's calls say |
//! | `thread.rs` | what each thread's calls say: who sleeps for whom, what goes round in vain |
//! | `sentences.rs`, `advice.rs` | the words for each finding |
//! | `told.rs` | all of it as a text |

mod advice;
mod connection;
mod finding;
mod letters;
mod sentences;
mod server;
mod thread;
mod told;

pub use finding::{Finding, Found, Place};
pub use told::Told;

use crate::trace::{Actor, Call, Event, Header, Link, Outcome, Seen, What};
use connection::{Connection, Made};
use finding::Findings;
use server::Server;
use std::collections::HashMap;
use std::io::ErrorKind;
use std::time::Duration;
use thread::{Last, Thread};

/// So many connections, threads and source files are looked at; more of them are passed over.
const MOST: usize = 4096;
const FILES: usize = 16;
/// What ends a program without an error of its own: Ctrl-C, and the number of it that a shell adds to 128.
const BY_CTRL_C: u8 = 130;
/// `signal(7)`.
const SIGPIPE: u8 = 13;

/// Looks at one event after another.
#[derive(Debug)]
pub struct Summary {
    server: Server,
    connections: HashMap<(Actor, u64), Connection>,
    threads: HashMap<Caller, Thread>,
    /// Those that were closed long after that, since the last other call: Python closes what is left when it ends.
    late: Vec<(u64, Place)>,
    /// The connections whose end was seen.
    over: Vec<Over>,
    found: Findings,
    sources: HashMap<Box<str>, Box<str>>,
    calls: u64,
    until: Duration,
    /// The bytes that were received last and were not answered yet, and from whom.
    unanswered: Vec<(u64, Vec<u8>)>,
}

/// Whoever has seen the end of a connection closes it sooner than after this time.
const WHILE: Duration = Duration::from_millis(200);

/// A connection whose end was seen: by which thread, and when.
#[derive(Debug)]
struct Over {
    thread: Caller,
    id: (Actor, u64),
    at: Duration,
}

/// A process and a thread, where they are known.
type Caller = (Option<u32>, Option<u32>);

/// So much of what several clients sent is kept to be compared with an answer.
const UNANSWERED: usize = 8;
const KEPT: usize = 256;

impl Summary {
    /// Before the first event of a trace with this header.
    #[must_use]
    pub fn new(header: &Header) -> Self {
        Self {
            server: Server::new(header),
            connections: HashMap::new(),
            threads: HashMap::new(),
            over: Vec::new(),
            late: Vec::new(),
            found: Findings::default(),
            sources: HashMap::new(),
            calls: 0,
            until: Duration::ZERO,
            unanswered: Vec::new(),
        }
    }

    /// The next event.
    pub fn push(&mut self, event: &Event) {
        self.until = event.at;
        let place = Place::from(&event.caller);
        let found = &mut self.found;
        match &event.what {
            What::Call { .. } => self.called(event, &place),
            What::Folded { folded, span, .. } => {
                self.calls = folded.iter().fold(self.calls, |sum, (_, count)| sum.saturating_add(*count));
                let at = self.threads.get(&key(event)).map(Thread::place).unwrap_or_default();
                thread::spins(folded, *span, &at, found);
            }
            What::Seen(seen) => self.seen(event, seen, &place),
            _ => {}
        }
    }

    fn called(&mut self, event: &Event, place: &Place) {
        let What::Call { call, outcome, data, asked, took } = &event.what else { return };
        self.calls = self.calls.saturating_add(1);
        let found = &mut self.found;
        let is_server = event.actor == Actor::Server;
        if is_server {
            self.server.called(*call, *outcome, event.link, place, found);
        }
        if let (Call::Connect, Outcome::Failed(errno)) = (call, outcome)
            && errno.error == ErrorKind::ConnectionRefused
        {
            found.add(Finding::Refused { address: event.link.map(|link| link.peer) }, place);
        }
        let made = Made { call: *call, outcome: *outcome, data: data.as_deref().unwrap_or_default(), asked: *asked };
        if !matches!(call, Call::Close | Call::Shutdown | Call::ShutdownRead) {
            self.late.clear();
        }
        let nonblocking = event.link.map(|link| self.connection(event.actor, link, made, place));
        self.goes_on(event);
        if is_server && let Some(link) = event.link {
            self.answers(link.id, made, place);
        }
        if self.threads.len() >= MOST && !self.threads.contains_key(&key(event)) {
            return;
        }
        let thread = self.threads.entry(key(event)).or_default();
        let last =
            Last { call: *call, outcome: *outcome, client: event.link.map(|link| link.id), place: place.clone() };
        if is_server {
            let waits = nonblocking == Some(false) && self.server.sockets_wait();
            thread.called(last, *took, (event.at, waits, self.server.is_nonblocking()), &mut self.found);
        } else {
            thread.remembers(last);
        }
    }

    /// A call of a connection's: whether its calls do not wait.
    fn connection(&mut self, actor: Actor, link: Link, made: Made<'_>, place: &Place) -> bool {
        if self.connections.len() >= MOST && !self.connections.contains_key(&(actor, link.id)) {
            return false;
        }
        let connection = self.connections.entry((actor, link.id)).or_default();
        connection.called(made, place, &mut self.found);
        connection.note_place(place);
        let nonblocking = connection.nonblocking;
        if made.call == Call::Close {
            let late = connection.was_left_open().filter(|_| self.late.len() < MOST);
            self.late.extend(late.map(|place| (link.id, place)));
            self.connections.remove(&(actor, link.id));
        }
        nonblocking
    }

    /// Who calls for somebody else has gone on from a connection whose end it has seen.
    fn goes_on(&mut self, event: &Event) {
        let own = event.link.map(|link| (event.actor, link.id));
        // Its own thread does something else, or has not come back to it for a while.
        let has_gone_on = |over: &Over| {
            Some(over.id) != own && (over.thread == key(event) || event.at.saturating_sub(over.at) >= WHILE)
        };
        for over in self.over.extract_if(.., |over| has_gone_on(over)) {
            self.connections.get_mut(&over.id).into_iter().for_each(Connection::goes_on);
        }
        let has_ended = matches!(&event.what, What::Call { call: Call::Recv, outcome: Outcome::Count { ok: 0 }, .. });
        if let Some(own) = own.filter(|_| has_ended && self.over.len() < MOST) {
            self.over.retain(|over| over.id != own);
            self.over.push(Over { thread: key(event), id: own, at: event.at });
        }
    }

    /// Whether what is sent to a client holds what another one has sent.
    fn answers(&mut self, client: u64, made: Made<'_>, place: &Place) {
        let upper = |bytes: &[u8]| bytes.to_ascii_uppercase();
        match (made.call, made.outcome) {
            (Call::Recv, Outcome::Count { ok: 1.. }) => {
                let kept = upper(made.data.get(..KEPT).unwrap_or(made.data));
                self.unanswered.retain(|(other, _)| *other != client);
                self.unanswered.push((client, kept));
                let surplus = self.unanswered.len().saturating_sub(UNANSWERED);
                self.unanswered.drain(..surplus);
            }
            (Call::Send, Outcome::Count { ok: 1.. }) => {
                let place_of = self.unanswered.iter().position(|(other, _)| *other == client);
                let own = place_of.map(|at| self.unanswered.remove(at).1).unwrap_or_default();
                let sent = upper(made.data);
                let holds = |bytes: &[u8]| sent.windows(bytes.len().max(1)).any(|part| part == bytes);
                let is_mixed = |other: &[u8]| holds(&[other, &own].concat()) || holds(&[&own, other].concat());
                let other = self.unanswered.iter().find(|(_, other)| !own.is_empty() && is_mixed(other));
                if let Some((other, _)) = other {
                    self.found.add(Finding::ClientsMixed { client, other: *other }, place);
                }
            }
            (Call::Close, _) => self.unanswered.retain(|(other, _)| *other != client),
            _ => {}
        }
    }

    fn seen(&mut self, event: &Event, seen: &Seen, place: &Place) {
        let found = &mut self.found;
        let has_room = self.connections.len() < MOST;
        let link = event.link.filter(|_| has_room);
        let connection = link.map(|link| self.connections.entry((event.actor, link.id)).or_default());
        match seen {
            Seen::Option { name, value } if name.as_ref() == "TCP_NODELAY" => {
                connection.into_iter().for_each(|connection| connection.without_delay = *value != 0);
            }
            Seen::Option { .. } | Seen::Backlog { .. } => self.server.seen(seen, place, found),
            Seen::Kept { .. } => connection.into_iter().for_each(|connection| connection.keeps_a_copy(place)),
            Seen::Unread { bytes } => found.add(Finding::ClosedUnread { bytes: *bytes }, place),
            Seen::Queue { waiting } => {
                self.threads.get_mut(&key(event)).into_iter().for_each(|thread| thread.queue(*waiting, found));
            }
            Seen::Looked { count, ready, span_us } => {
                let at = self.threads.get(&key(event)).map(Thread::place).unwrap_or_default();
                thread::looks(*count, *ready, Duration::from_micros(*span_us), &at, found);
            }
            Seen::IoUring => found.add(Finding::NotAllSeen, &Place::default()),
            Seen::OtherProcessor => found.add(Finding::NoneSeen, &Place::default()),
            Seen::Source { text } if self.sources.len() < FILES => {
                event.caller.file.iter().for_each(|file| _ = self.sources.insert(file.clone(), text.clone()));
            }
            Seen::Exit { code, signal } => self.exits(event.caller.process, *code, *signal),
            _ => {}
        }
    }

    /// A process has ended: whether that was because of its last call.
    fn exits(&mut self, process: Option<u32>, code: Option<u8>, signal: Option<u8>) {
        let own = self.threads.iter().filter(|((of, _), _)| *of == process).map(|(_, thread)| thread);
        let Some(last) = own.max_by_key(|thread| thread.last_at()).and_then(Thread::last) else { return };
        let errno = match last.outcome {
            Outcome::Failed(errno) => Some(errno),
            _ => None,
        };
        let finding = match (code, errno) {
            _ if signal == Some(SIGPIPE) => Finding::PipeSignal,
            (None | Some(0 | BY_CTRL_C), _) => return,
            (Some(code), Some(errno)) => match errno.error {
                ErrorKind::ConnectionReset | ErrorKind::BrokenPipe if self.server.listens() => {
                    Finding::ResetEndsAll { errno: errno.lesson_name(), code }
                }
                ErrorKind::WouldBlock => Finding::EagainEndsAll { call: last.call, code },
                ErrorKind::AddrInUse | ErrorKind::ConnectionRefused => return,
                _ => Finding::EndedWithError { code, call: last.call },
            },
            (Some(code), None) if self.server.listens() => Finding::EndedWithError { code, call: last.call },
            _ => return,
        };
        self.found.add(finding, &last.place);
    }

    /// What was found, in the order in which it was seen first.
    #[must_use]
    pub fn finish(mut self) -> Told {
        self.server.finish(&mut self.found);
        for (client, place) in &self.late {
            self.found.add(Finding::NotClosed { client: *client }, place);
        }
        let mut left: Vec<_> = self.connections.iter().collect();
        left.sort_unstable_by_key(|((_, id), _)| *id);
        left.into_iter().for_each(|((_, id), connection)| connection.is_left(*id, &mut self.found));
        Told { found: self.found.take(), sources: self.sources, calls: self.calls, until: self.until }
    }
}

fn key(event: &Event) -> Caller {
    (event.caller.process, event.caller.thread)
}
