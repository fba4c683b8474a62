//! Runs that could have happened, and what each side recorded of them.

use crate::trace::{Actor, Call, Caller, Event, Header, Link, Outcome, Source, What};
use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

pub(super) const SERVER: usize = 0;

fn address(port: u16) -> SocketAddr {
    ([127, 0, 0, 1], port).into()
}

/// One run with both sides: what happened, and on which file it is told. Client `n` has file `n` and one connection.
#[derive(Default)]
pub(super) struct Run {
    pub(super) told: Vec<(usize, Event)>,
    clients: Vec<Client>,
    now: u64,
    /// When the sending thread of each file is over with its last call.
    busy: HashMap<usize, u64>,
}

#[derive(Clone, Default)]
struct Client {
    /// Bytes under way to the server, and to the client; how many there were in all.
    under_way: [usize; 2],
    sent: [usize; 2],
    fins: [bool; 2],
    is_accepted: bool,
}

/// The bytes of a direction's stream.
fn bytes(file: usize, side: usize, from: usize, count: usize) -> Vec<u8> {
    (from..from + count).map(|at| (at * 7 + file * 31 + side * 101) as u8).collect()
}

impl Run {
    pub(super) fn tell(
        &mut self,
        file: usize,
        client: usize,
        call: Call,
        outcome: Outcome,
        data: Option<Vec<u8>>,
        late: u64,
    ) {
        let (local, peer) = (address(50_000 + client as u16), address(9000));
        let link = match (file, call) {
            (_, Call::Accept) => None,
            (SERVER, _) => Some(Link { id: client as u64 * 10, local: peer, peer: local }),
            _ => Some(Link { id: 1, local, peer }),
        };
        let is_sender = matches!(call, Call::Send | Call::Shutdown);
        if is_sender {
            self.now = self.now.max(self.busy.get(&file).map_or(0, |over| over + 1));
            self.busy.insert(file, self.now + late);
        }
        let took = (late > 0).then(|| Duration::from_micros(late));
        let what = What::Call { call, outcome, data, asked: None, took };
        let at = Duration::from_micros(self.now + late);
        let caller = Caller { thread: Some(if is_sender { 2 } else { 1 }), ..Caller::default() };
        let event = Event { number: 0, at, actor: Actor::Client, link, what, caller };
        self.told.push((file, event));
        self.now += 10;
    }

    fn play(&mut self, (client, action, count): (usize, u8, usize), late: u64) {
        let server_is_sender = usize::from(action % 2);
        let (from, to) = if server_is_sender == 1 { (SERVER, client) } else { (client, SERVER) };
        let state = self.clients[client - 1].clone();
        match action / 2 {
            0 if !state.is_accepted => {
                self.clients[client - 1].is_accepted = true;
                let outcome = Outcome::Address { ok: address(50_000 + client as u16) };
                self.tell(SERVER, client, Call::Accept, outcome, None, 0);
            }
            1 | 2 if !state.fins[server_is_sender] && (from != SERVER || state.is_accepted) => {
                let state = &mut self.clients[client - 1];
                state.under_way[server_is_sender] += count;
                state.sent[server_is_sender] += count;
                let data = bytes(client, server_is_sender, state.sent[server_is_sender] - count, count);
                self.tell(from, client, Call::Send, Outcome::Count { ok: count }, Some(data), late);
            }
            3 | 4 if to != SERVER || state.is_accepted => {
                let (waiting, fin) = (state.under_way[server_is_sender], state.fins[server_is_sender]);
                let count = count.min(waiting);
                if count > 0 || fin {
                    self.clients[client - 1].under_way[server_is_sender] -= count;
                    let data = bytes(client, server_is_sender, state.sent[server_is_sender] - waiting, count);
                    self.tell(to, client, Call::Recv, Outcome::Count { ok: count }, Some(data), 0);
                }
            }
            5 if from != SERVER || state.is_accepted => {
                self.clients[client - 1].fins[server_is_sender] = true;
                self.tell(from, client, Call::Shutdown, Outcome::DONE, None, 0);
            }
            _ => {}
        }
    }

    pub(super) fn new(clients: usize, actions: &[(usize, u8, usize)], late: u64) -> Self {
        let mut run = Self { clients: vec![Client::default(); clients], now: 1000, ..Self::default() };
        for client in 1..=clients {
            run.tell(client, client, Call::Connect, Outcome::Address { ok: address(9000) }, None, 0);
        }
        // Until the server has told of a client, nobody knows that they belong together.
        for (client, action) in (1..=clients).flat_map(|client| [(client, 0), (client, 3)]) {
            run.play((client, action, 1), 0);
        }
        for (client, action, count) in actions {
            run.play((client % clients + 1, *action, *count), late * (*count as u64 % 3));
        }
        run
    }

    /// The files as they were recorded, each by a clock that is wrong by so much.
    pub(super) fn files(&self, skews: &[i64]) -> Vec<Source<std::vec::IntoIter<Result<Event, Infallible>>>> {
        let file = |file: usize| {
            let mut events: Vec<_> = self.told.iter().filter(|(of, _)| *of == file).map(|(_, it)| it.clone()).collect();
            events.sort_by_key(|event| event.at);
            let role = if file == SERVER { "server" } else { "client" };
            let mut header = Header::new("x", role, "127.0.0.1:9000".into(), "poll");
            header.started_unix_us = (2_000_000_000_000_000 + skews[file % skews.len()]) as u64;
            let events = events.into_iter().map(Ok).collect::<Vec<_>>().into_iter();
            Source { name: format!("file{file}"), header, events }
        };
        (0..=self.clients.len()).map(file).collect()
    }
}
