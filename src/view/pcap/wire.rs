//! Makes packets of calls.

use super::flow::Flow;
use super::packet::{ACK, FIN, LONGEST, PSH, RST, SYN, Segment};
use crate::lang::Lang;
use crate::say;
use crate::trace::state::{Side, side, tells_of_a_reset};
use crate::trace::{Call, Event, Excerpt, Link, Outcome, State, Step, What, canonical};
use crate::view::actor::actor_name;
use crate::view::narrate::{Layout, Narrator};
use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::time::Duration;

/// How many bytes of payload a file has at most: a record can claim to have moved more than there is.
const ROOM: u64 = 128 * 1024 * 1024;

/// A packet, and when it was sent.
pub(super) struct Packet {
    pub(super) at: Duration,
    pub(super) bytes: Vec<u8>,
    pub(super) comments: Vec<String>,
}

/// All packets so far.
pub(super) struct Wire {
    pub(super) packets: Vec<Packet>,
    /// The connections by the client's address, each its latest.
    flows: HashMap<SocketAddr, Flow>,
    /// To which address each client connects, where its `accept` does not tell.
    servers: HashMap<SocketAddr, SocketAddr>,
    /// The numbers of the `close` calls that reset their connection.
    resets: HashSet<u64>,
    begun: usize,
    room: u64,
    lang: Lang,
}

/// The event's own end of a connection.
#[derive(Clone, Copy)]
struct Here<'e> {
    event: &'e Event,
    client: SocketAddr,
    side: Side,
}

impl Wire {
    pub(super) fn new(excerpt: &Excerpt, lang: Lang) -> Self {
        // The first link of each client is the last that is kept.
        let links = excerpt.events.iter().rev().filter_map(|event| Some(addresses(side(event.actor), event.link?)));
        let (servers, resets) = (links.collect(), excerpt.resets());
        Self { packets: Vec::new(), flows: HashMap::new(), servers, resets, begun: 0, room: ROOM, lang }
    }

    /// What this step puts on the wire.
    pub(super) fn step(&mut self, step: Step<'_>, before: &State) {
        let Step::Happens(event) = step else { return };
        match (&event.what, event.link) {
            (What::Call { call: Call::Accept, outcome: Outcome::Address { ok: client }, .. }, _) => {
                let listener = before.listener.as_ref().map_or(*client, |listener| listener.address);
                let client = canonical(*client);
                self.accepts(event, client, self.servers.get(&client).copied().unwrap_or(listener));
            }
            (What::Call { call: Call::Connect, outcome: Outcome::Address { ok: server }, took, .. }, Some(link)) => {
                self.connects(event, canonical(link.local), *server, took.unwrap_or_default());
            }
            (What::Call { call, outcome, data, .. }, Some(link)) => {
                let here = self.here(event, link, before);
                self.call(here, *call, *outcome, data.as_deref().unwrap_or_default());
            }
            (What::Fact(_) | What::Ended { .. }, Some(link)) => {
                let here = self.here(event, link, before);
                let last = self.flows.get(&here.client).and_then(|flow| *flow.last.get(here.side as usize)?);
                if let Some(packet) = last.and_then(|last| self.packets.get_mut(last)) {
                    packet.comments.push(narration(event, self.lang));
                }
            }
            _ => {}
        }
    }

    /// The end of a connection that an event is about; where its beginning is not shown, it begins here.
    fn here<'e>(&mut self, event: &'e Event, link: Link, before: &State) -> Here<'e> {
        let side = before.connections.side(event.actor, link);
        let (client, server) = addresses(side, link);
        if !self.flows.contains_key(&client) {
            let flow = self.flow(client, server);
            let known = before.connections.find(event.actor, link);
            self.flows.insert(client, known.map_or(flow.clone(), |known| flow.resumed(known)));
        }
        Here { event, client, side }
    }

    fn flow(&mut self, client: SocketAddr, server: SocketAddr) -> Flow {
        self.begun += 1;
        Flow::new(self.begun, client, server)
    }

    /// The client tells of the handshake: `connect` takes as long as it.
    fn connects(&mut self, event: &Event, client: SocketAddr, server: SocketAddr, took: Duration) {
        let flow = Flow { is_accepted: false, ..self.flow(client, server) };
        self.flows.insert(client, flow);
        let (here, began) = (Here { event, client, side: Side::Client }, event.at.saturating_sub(took));
        let said = narration(event, self.lang);
        self.handshake(here, began, [vec![said.clone()], vec![self.of_kernel()], vec![said]]);
    }

    /// Where the client has not told of it, the server does.
    fn accepts(&mut self, event: &Event, client: SocketAddr, server: SocketAddr) {
        if let Some(flow) = self.flows.get_mut(&client).filter(|flow| !flow.is_accepted) {
            flow.is_accepted = true;
            return;
        }
        let flow = self.flow(client, server);
        self.flows.insert(client, flow);
        let here = Here { event, client, side: Side::Server };
        let (inferred, said) = (self.inferred(event), narration(event, self.lang));
        self.handshake(here, event.at, [vec![inferred.clone()], vec![self.of_kernel()], vec![inferred, said]]);
    }

    fn handshake(&mut self, here: Here<'_>, began: Duration, comments: [Vec<String>; 3]) {
        let parts =
            [(Side::Client, SYN, began), (Side::Server, SYN | ACK, here.event.at), (Side::Client, ACK, here.event.at)];
        for ((from, flags, at), comment) in parts.into_iter().zip(comments) {
            self.push(here.client, from, flags, &[], at, comment);
        }
    }

    fn call(&mut self, here: Here<'_>, call: Call, outcome: Outcome, data: &[u8]) {
        let (me, peer) = (here.side, here.side.other());
        let Some(flow) = self.flows.get_mut(&here.client) else { return };
        let said = narration(here.event, self.lang);
        match (call, outcome) {
            (Call::ShutdownRead, _) => flow.ends_reading.get_mut(me as usize).into_iter().for_each(|ends| *ends = true),
            (Call::Send, Outcome::Count { ok: 1.. }) => self.data(here, me, count(outcome), data, &said),
            (Call::Recv, Outcome::Count { ok: 1.. }) => self.receives(here, count(outcome), data, said),
            (Call::Recv, Outcome::Count { ok: 0 }) => {
                let is_own = flow.ends_reading.get(me as usize).copied().unwrap_or_default();
                if !flow.way(peer).fin && !is_own {
                    let inferred = self.inferred(here.event);
                    self.fin(here, peer, inferred);
                }
                let way = self.flows.get_mut(&here.client).map(|flow| flow.way_mut(peer));
                if let Some(way) = way.filter(|way| way.fin && !way.fin_acknowledged) {
                    way.fin_acknowledged = true;
                    self.tell(here, me, ACK, &[], said);
                }
            }
            (Call::Shutdown | Call::Close, Outcome::Done { .. }) if !flow.way(me).fin => self.fin(here, me, said),
            (Call::Recv | Call::Send, Outcome::Failed(errno)) => {
                let is_reset = tells_of_a_reset(errno.error, flow.way(me).fin);
                if is_reset && !flow.is_over {
                    let (en, zh) = (" (the peer's kernel sent this reset)", "（这个 RST 由对方的内核发送）");
                    self.tell(here, peer, RST | ACK, &[], said + self.lang.pick(en, zh));
                    self.flows.get_mut(&here.client).into_iter().for_each(|flow| flow.is_over = true);
                }
            }
            _ => {}
        }
    }

    /// What was received was sent, if it was not told before, and is acknowledged.
    fn receives(&mut self, here: Here<'_>, count: u64, data: &[u8], said: String) {
        let (me, peer) = (here.side, here.side.other());
        let Some(way) = self.flows.get(&here.client).map(|flow| *flow.way(peer)) else { return };
        let end = way.acknowledged.saturating_add(count);
        let untold = end.saturating_sub(way.sent).min(count);
        if untold > 0 {
            let data = usize::try_from(count - untold).ok().and_then(|told| data.get(told..)).unwrap_or_default();
            let inferred = self.inferred(here.event);
            self.data(here, peer, untold, data, &inferred);
        }
        self.flows.get_mut(&here.client).into_iter().for_each(|flow| flow.way_mut(peer).acknowledged = end);
        self.tell(here, me, ACK, &[], said);
    }

    /// Sends bytes, of which the first are known.
    fn data(&mut self, here: Here<'_>, from: Side, count: u64, data: &[u8], said: &str) {
        let known = data.len() as u64;
        let shown = count.min(self.room);
        self.room -= shown;
        let mut at = 0;
        while at < shown {
            let end = shown.min(at + LONGEST as u64);
            let mut part = Vec::with_capacity((end - at) as usize);
            let of_data = |place: u64| usize::try_from(place).unwrap_or(usize::MAX).min(data.len());
            part.extend(data.get(of_data(at)..of_data(end)).unwrap_or_default());
            part.resize((end - at) as usize, 0);
            let mut comment = said.to_owned();
            if end > known {
                let zeros = end - known.max(at);
                let (last, stand) =
                    if zeros == 1 { ("byte", "a zero stands for it") } else { ("bytes", "zeros stand for them") };
                comment += &say!(
                    self.lang,
                    " (the record does not hold the last {zeros} {last} of this packet: {stand})",
                    "（这个数据包的最后 {zeros} 个字节没有记录，用 0 填充）"
                );
            }
            self.tell(here, from, PSH | ACK, &part, comment);
            at = end;
        }
        // What there was no room for is missing, and Wireshark says so.
        self.flows.get_mut(&here.client).into_iter().for_each(|flow| {
            let way = flow.way_mut(from);
            way.sent = way.sent.saturating_add(count - shown);
        });
    }

    fn fin(&mut self, here: Here<'_>, from: Side, said: String) {
        let is_reset = self.resets.contains(&here.event.number);
        self.tell(here, from, if is_reset { RST } else { FIN } | ACK, &[], said);
        if let Some(flow) = self.flows.get_mut(&here.client) {
            flow.way_mut(from).fin = !is_reset;
            flow.is_over |= is_reset;
        }
    }

    /// A packet at the time of the event. Nothing follows a reset.
    fn tell(&mut self, here: Here<'_>, from: Side, flags: u8, data: &[u8], said: String) {
        let place = self.push(here.client, from, flags, data, here.event.at, vec![said]);
        let last = self.flows.get_mut(&here.client).and_then(|flow| flow.last.get_mut(here.side as usize));
        last.into_iter().for_each(|last| *last = place);
    }

    /// The packet's place; `None` where there is none.
    fn push(
        &mut self,
        client: SocketAddr,
        from: Side,
        flags: u8,
        data: &[u8],
        at: Duration,
        comments: Vec<String>,
    ) -> Option<usize> {
        let flow = self.flows.get_mut(&client).filter(|flow| !flow.is_over)?;
        let (way, back) = (*flow.way(from), *flow.way(from.other()));
        let sequence = if flags & SYN > 0 { way.first } else { way.next() };
        let acknowledgement = if flags & ACK > 0 { back.expected() } else { 0 };
        let (sender, to) = (flow.address(from), flow.address(from.other()));
        let way = flow.way_mut(from);
        way.sent = way.sent.saturating_add(data.len() as u64);
        let segment = Segment { from: sender, to, sequence, acknowledgement, flags, data };
        let bytes = segment.packet(self.packets.len() as u16);
        self.packets.push(Packet { at, bytes, comments });
        Some(self.packets.len() - 1)
    }

    fn inferred(&self, event: &Event) -> String {
        let number = event.number;
        say!(
            self.lang,
            "inferred from event {number}: this side was not recorded",
            "根据事件 {number} 推断：这一方未记录"
        )
    }

    fn of_kernel(&self) -> String {
        let (en, zh) = (
            "the server's kernel answers by itself; accept returns later",
            "由服务器的内核自动应答，accept 之后才返回",
        );
        self.lang.pick(en, zh).to_owned()
    }
}

/// The client's address, and the server's.
fn addresses(side: Side, link: Link) -> (SocketAddr, SocketAddr) {
    match side {
        Side::Client => (canonical(link.local), link.peer),
        Side::Server => (canonical(link.peer), link.local),
    }
}

fn count(outcome: Outcome) -> u64 {
    match outcome {
        Outcome::Count { ok } => ok as u64,
        _ => 0,
    }
}

/// Who did what, as the narration has it.
fn narration(event: &Event, lang: Lang) -> String {
    let (actor, number) = (actor_name(event.actor), event.number);
    let actor = actor.of(lang);
    let (_, text) = Narrator::new(lang, Layout::Lines, 80).text(event);
    say!(lang, "{actor}, event {number}: {text}", "{actor}，事件 {number}：{text}")
}
