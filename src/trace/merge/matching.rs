//! Finds the two ends of each connection, and what of one end had to happen before what of the other.

use super::key::Key;
use super::load::Loaded;
use crate::both;
use crate::lang::Text;
use crate::trace::{Call, Event, FarEnd, Link, Outcome, What};
use std::collections::{HashMap, VecDeque};
use std::io::ErrorKind;
use std::net::SocketAddr;

/// One happened before the other: places in the list of all events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cause {
    pub(super) before: usize,
    pub(super) after: usize,
}

/// One end of a connection: where its events are in the list of all.
#[derive(Debug)]
struct End {
    file: usize,
    link: Link,
    /// It was accepted, and not made.
    is_server: bool,
    /// Its `accept` or `connect`.
    beginning: Option<usize>,
    sends: Vec<usize>,
    receives: Vec<usize>,
    /// The first call that sent a FIN.
    fin: Option<usize>,
    close: Option<usize>,
    /// Where `recv` gave 0, and where it said that the peer had reset.
    eof: Option<usize>,
    reset: Option<usize>,
    /// It has shut down receiving: then `recv` gives 0 without the peer.
    ends_reading: bool,
}

/// What belongs together.
#[derive(Debug, Default)]
pub(super) struct Matched {
    pub(super) causes: Vec<Cause>,
    /// The server's number for the connections of the clients.
    pub(super) ids: HashMap<(usize, Link), u64>,
    /// Connections of clients that the server does not know.
    pub(super) unmatched: Vec<(usize, Link)>,
    /// The server's last number.
    pub(super) last_id: u64,
    /// A `connect` of version 1 does not tell which connection it made; what follows does.
    pub(super) connects: HashMap<usize, Link>,
}

impl Matched {
    /// Matches the ends; `names` are the files'. With `conn`, only that connection of the server's was loaded.
    pub(super) fn of(loaded: &Loaded, names: &[&str], conn: Option<u64>) -> Result<Self, Text> {
        let ends = ends(loaded);
        let (servers, clients): (Vec<_>, Vec<_>) = ends.iter().partition(|end| end.is_server);
        let made = clients.iter().filter_map(|client| Some((client.beginning?, client.link)));
        let mut matched = Self { connects: made.collect(), ..Self::default() };
        let mut waiting: HashMap<Key, VecDeque<&End>> = HashMap::new();
        for server in servers {
            let id = server.id(loaded);
            if server.file == 0 {
                matched.last_id = matched.last_id.max(id);
            } else {
                matched.ids.insert((server.file, server.link), id);
            }
            waiting.entry(Key::of_server(server.link)).or_default().push_back(server);
        }
        let mut is_known = vec![false; names.len()];
        for client in clients {
            let known = waiting.get_mut(&Key::of_client(client.link)).and_then(VecDeque::pop_front);
            let Some(server) = known else {
                matched.unmatched.push((client.file, client.link));
                continue;
            };
            is_known.get_mut(client.file).into_iter().for_each(|known| *known = true);
            matched.ids.insert((client.file, client.link), server.id(loaded));
            let name = |end: &End| names.get(end.file).copied().unwrap_or_default();
            matched
                .causes
                .extend(server.beginning.zip(client.beginning).map(|(after, before)| Cause { before, after }));
            for (from, to) in [(client, server), (server, client)] {
                matched.bytes(loaded, from, to).map_err(|()| other_bytes(name(to), name(from), to.link))?;
                matched.ending(from, to);
            }
        }
        let stranger = names.iter().zip(is_known).skip(1).find(|(_, is_known)| !is_known);
        // A client may know either of them.
        let tap =
            names.get(1).filter(|name| loaded.is_tapped && stranger.is_some_and(|(stranger, _)| stranger != *name));
        match (stranger, tap.or(names.first()), conn) {
            (Some(_), Some(server), Some(conn)) if matched.last_id == 0 => Err(unknown(server, conn)),
            (Some((client, _)), Some(server), Some(conn)) => Err(of_another(client, server, conn)),
            (Some((client, _)), Some(server), None) => Err(strangers(client, server)),
            _ => Ok(matched),
        }
    }

    /// A `recv` comes behind the `send` of its last byte. An error: what came is not what was sent.
    fn bytes(&mut self, loaded: &Loaded, from: &End, to: &End) -> Result<(), ()> {
        let mut sends = from.sends.iter().map(|place| (*place, moved(loaded, *place))).peekable();
        // Where in the stream the current send begins, and the current receive.
        let (mut sent, mut received) = (0_u64, 0_u64);
        for after in &to.receives {
            let (count, data) = moved(loaded, *after);
            let end = received.saturating_add(count);
            while let Some((before, (send, bytes))) = sends.peek().copied() {
                if !agree(sent, bytes, received, data) {
                    return Err(());
                }
                let send_end = sent.saturating_add(send);
                if send_end >= end {
                    self.causes.push(Cause { before, after: *after });
                    break;
                }
                sent = send_end;
                sends.next();
            }
            received = end;
        }
        Ok(())
    }

    fn ending(&mut self, from: &End, to: &End) {
        let eof = to.eof.filter(|_| !to.ends_reading);
        let pairs = [from.fin.zip(eof), from.close.zip(to.reset)];
        self.causes.extend(pairs.into_iter().flatten().map(|(before, after)| Cause { before, after }));
    }
}

/// Whether two parts of one stream have the same bytes where both are known.
fn agree(one_at: u64, one: &[u8], other_at: u64, other: &[u8]) -> bool {
    let from = one_at.max(other_at);
    let part = |at: u64, bytes: &'_ [u8]| usize::try_from(from - at).ok().filter(|skipped| *skipped < bytes.len());
    match (part(one_at, one), part(other_at, other)) {
        (Some(skip_one), Some(skip_other)) => {
            one.iter().skip(skip_one).zip(other.iter().skip(skip_other)).all(|(one, other)| one == other)
        }
        _ => true,
    }
}

/// How many bytes a call moved, and those that were kept.
fn moved(loaded: &Loaded, place: usize) -> (u64, &[u8]) {
    match loaded.events.get(place).map(|event| &event.what) {
        Some(What::Call { outcome: Outcome::Count { ok }, data, .. }) => {
            let data = data.as_deref().unwrap_or_default();
            (*ok as u64, data.get(..*ok).unwrap_or(data))
        }
        _ => (0, &[]),
    }
}

/// Every end of every connection, file by file.
fn ends(loaded: &Loaded) -> Vec<End> {
    let mut ends: Vec<End> = Vec::new();
    let mut known: HashMap<(usize, Link), usize> = HashMap::new();
    // What began a connection, until it is known which one.
    let mut accepts: HashMap<(usize, SocketAddr), VecDeque<usize>> = HashMap::new();
    let mut connects: HashMap<usize, VecDeque<usize>> = HashMap::new();
    for (place, (event, file)) in loaded.events.iter().zip(&loaded.files).enumerate() {
        let Some(link) = event.link else {
            match event.what {
                What::Call { call: Call::Accept, outcome: Outcome::Address { ok }, .. } => {
                    accepts.entry((*file, ok)).or_default().push_back(place);
                }
                What::Call { call: Call::Connect, outcome: Outcome::Address { .. }, .. } => {
                    connects.entry(*file).or_default().push_back(place);
                }
                _ => {}
            }
            continue;
        };
        let at = *known.entry((*file, link)).or_insert_with(|| {
            let is_made = matches!(event.what, What::Call { call: Call::Connect, .. });
            let is_server = if loaded.is_taps(*file) { !is_made } else { *file == 0 };
            let began = if is_server { accepts.get_mut(&(*file, link.peer)) } else { connects.get_mut(file) };
            ends.push(End::new((*file, is_server), link, began.and_then(VecDeque::pop_front)));
            ends.len() - 1
        });
        if let Some(end) = ends.get_mut(at) {
            end.learn(place, event);
        }
    }
    ends
}

impl End {
    /// What its connection is called in the whole: a tap numbers both of those that it joins alike.
    fn id(&self, loaded: &Loaded) -> u64 {
        if loaded.is_taps(self.file) { FarEnd::Tapped(self.link.id).id() } else { self.link.id }
    }

    fn new((file, is_server): (usize, bool), link: Link, beginning: Option<usize>) -> Self {
        let (sends, receives) = (Vec::new(), Vec::new());
        Self {
            file,
            link,
            is_server,
            beginning,
            sends,
            receives,
            fin: None,
            close: None,
            eof: None,
            reset: None,
            ends_reading: false,
        }
    }

    fn learn(&mut self, place: usize, event: &Event) {
        let What::Call { call, outcome, .. } = &event.what else { return };
        match (call, outcome) {
            (Call::Connect, Outcome::Address { .. }) => self.beginning = Some(place),
            // Of a socket whose calls do not wait: it goes on by itself.
            (Call::Connect, Outcome::Failed(errno)) if errno.errno == "EINPROGRESS" => self.beginning = Some(place),
            (Call::Send, Outcome::Count { ok: 1.. }) => self.sends.push(place),
            (Call::Recv, Outcome::Count { ok: 1.. }) => self.receives.push(place),
            (Call::Recv, Outcome::Count { ok: 0 }) => self.eof = self.eof.or(Some(place)),
            (Call::Recv, Outcome::Failed(errno)) if errno.error == ErrorKind::ConnectionReset => {
                self.reset = Some(place);
            }
            (Call::Shutdown, Outcome::Done { .. }) => self.fin = self.fin.or(Some(place)),
            (Call::ShutdownRead, _) => self.ends_reading = true,
            (Call::Close, _) => (self.fin, self.close) = (self.fin.or(Some(place)), Some(place)),
            _ => {}
        }
    }
}

fn other_bytes(receiver: &str, sender: &str, link: Link) -> Text {
    let (local, peer) = (link.local, link.peer);
    both!(
        "between {local} and {peer}, {receiver} received bytes that {sender} did not send: the records are from different runs",
        "在 {local} 与 {peer} 之间，{receiver} 收到的数据与 {sender} 发送的不一致：这些记录来自不同的运行"
    )
}

fn unknown(server: &str, conn: u64) -> Text {
    both!("{server} has no connection {conn}", "{server} 里没有连接 {conn}")
}

fn of_another(client: &str, server: &str, conn: u64) -> Text {
    both!(
        "connection {conn} of {server} is another client's: {client} has no part in it\n  try: --conn {conn} without {client}",
        "{server} 的连接 {conn} 属于另一个客户端，{client} 里没有它\n  试试：用 --conn {conn} 时不要给出 {client}"
    )
}

fn strangers(client: &str, server: &str) -> Text {
    both!(
        "{client} and {server} have no connection in common: no connection has the same two addresses in both\n  \
         try: the two files of one run",
        "{client} 和 {server} 没有共同的连接：没有哪个连接的两端地址在两份记录里都出现\n  试试：同一次运行的两份记录"
    )
}
