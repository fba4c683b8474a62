use super::*;
use crate::trace::{Actor, Call, Caller, Errno, Event, Link, Outcome, State, What};
use etherparse::{NetHeaders, PacketHeaders, TcpHeader, TransportHeader};
use proptest::prelude::*;
use std::collections::{HashMap, HashSet};
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// A packet, read again.
struct Parsed {
    from: SocketAddr,
    to: SocketAddr,
    tcp: TcpHeader,
    payload: Vec<u8>,
    comments: Vec<String>,
}

fn number(bytes: &[u8]) -> usize {
    u32::from_le_bytes(bytes.try_into().unwrap()) as usize
}

/// The bodies of all blocks, each with its kind.
fn blocks(mut file: &[u8]) -> Vec<(usize, &[u8])> {
    let mut blocks = Vec::new();
    while !file.is_empty() {
        let length = number(&file[4..8]);
        assert_eq!((length % 4, number(&file[length - 4..length])), (0, length));
        blocks.push((number(&file[..4]), &file[8..length - 4]));
        file = &file[length..];
    }
    blocks
}

fn texts(mut options: &[u8]) -> Vec<(u8, String)> {
    let mut texts = Vec::new();
    while options.len() >= 4 && options[..2] != [0, 0] {
        let length = usize::from(u16::from_le_bytes([options[2], options[3]]));
        texts.push((options[0], String::from_utf8(options[4..4 + length].to_vec()).unwrap()));
        options = &options[4 + length.next_multiple_of(4)..];
    }
    texts
}

/// Reads the file again: each packet with right lengths and checksums, which `etherparse` computes a second time.
fn parse(file: &[u8]) -> Vec<Parsed> {
    let blocks = blocks(file);
    assert_eq!(blocks.iter().take(2).map(|block| block.0).collect::<Vec<_>>(), [0x0a0d_0d0a, 1]);
    blocks.iter().skip(2).map(|(kind, body)| parse_packet(*kind, body)).collect()
}

fn parse_packet(kind: usize, body: &[u8]) -> Parsed {
    let length = number(&body[12..16]);
    assert_eq!((kind, length), (6, number(&body[16..20])));
    let packet = PacketHeaders::from_ip_slice(&body[20..20 + length]).unwrap();
    let Some(TransportHeader::Tcp(tcp)) = packet.transport else { panic!("no TCP") };
    let payload = packet.payload.slice().to_vec();
    let [from, to]: [IpAddr; 2] = match &packet.net {
        Some(NetHeaders::Ipv4(ip, _)) => {
            assert_eq!((ip.header_checksum, usize::from(ip.total_len)), (ip.calc_header_checksum(), length));
            assert_eq!(tcp.checksum, tcp.calc_checksum_ipv4(ip, &payload).unwrap());
            [ip.source, ip.destination].map(IpAddr::from)
        }
        Some(NetHeaders::Ipv6(ip, _)) => {
            assert_eq!(usize::from(ip.payload_length) + 40, length);
            assert_eq!(tcp.checksum, tcp.calc_checksum_ipv6(ip, &payload).unwrap());
            [ip.source, ip.destination].map(IpAddr::from)
        }
        _ => panic!("no IP"),
    };
    let (from, to) = ((from, tcp.source_port).into(), (to, tcp.destination_port).into());
    let comments = texts(&body[20 + length.next_multiple_of(4)..]).into_iter().map(|(code, text)| {
        assert_eq!(code, 1);
        text
    });
    Parsed { from, to, payload, comments: comments.collect(), tcp }
}

/// One conversation, told by one side or by both.
struct Conversation {
    role: &'static str,
    client: SocketAddr,
    server: SocketAddr,
    events: Vec<Event>,
}

impl Conversation {
    fn new(role: &'static str, host: &str) -> Self {
        let [client, server] = [50_001, 9000].map(|port| SocketAddr::new(host.parse().unwrap(), port));
        let mut new = Self { role, client, server, events: Vec::new() };
        new.tell(true, Call::Bind, Outcome::Address { ok: server }, None);
        new.tell(false, Call::Connect, Outcome::Address { ok: server }, None);
        new.tell(true, Call::Accept, Outcome::Address { ok: client }, None);
        new
    }

    /// What the server or the client called, if it was recorded.
    fn tell(&mut self, is_server: bool, call: Call, outcome: Outcome, data: Option<&[u8]>) {
        if self.role == if is_server { "client" } else { "server" } {
            return;
        }
        let (actor, local, peer) = if is_server {
            (Actor::Server, self.server, self.client)
        } else {
            (Actor::Client, self.client, self.server)
        };
        let link = (!matches!(call, Call::Bind | Call::Accept)).then_some(Link { id: 1, local, peer });
        let what = What::Call { call, outcome, data: data.map(<[u8]>::to_vec), asked: None, took: None };
        let number = self.events.len() as u64 + 1;
        let at = Duration::from_millis(number);
        self.events.push(Event { number, at, actor, link, what, caller: Caller::default() });
    }

    fn moves(&mut self, is_server: bool, call: Call, data: &[u8]) {
        self.tell(is_server, call, Outcome::Count { ok: data.len() }, Some(data));
    }

    fn packets(&self) -> Vec<Parsed> {
        self.packets_from(1)
    }

    /// The packets of the events from this one on.
    fn packets_from(&self, number: u64) -> Vec<Parsed> {
        let header = Header::new("nonblock-server", self.role, String::new(), "poll");
        let mut before = State::new(&header);
        let (earlier, events) = self.events.split_at(number as usize - 1);
        earlier.iter().for_each(|event| before.apply(crate::trace::Step::Happens(event)));
        parse(&pcap(&Excerpt { header, before, events: events.to_vec() }, Lang::En))
    }
}

/// What Wireshark would follow: the bytes of both directions. Nothing is missing, nothing is sent twice, and nothing is acknowledged
/// that was not sent.
fn follow(packets: &[Parsed]) -> HashMap<SocketAddr, Vec<u8>> {
    let mut next: HashMap<SocketAddr, u32> = HashMap::new();
    let mut streams: HashMap<SocketAddr, Vec<u8>> = HashMap::new();
    for packet in packets {
        let (tcp, sequence) = (&packet.tcp, packet.tcp.sequence_number);
        let expected = next.entry(packet.from).or_insert(sequence);
        assert_eq!(sequence, *expected, "{tcp:?}");
        *expected = expected.wrapping_add(packet.payload.len() as u32 + u32::from(tcp.syn) + u32::from(tcp.fin));
        if let Some(sent) = next.get(&packet.to).filter(|_| tcp.ack) {
            assert!(sent.wrapping_sub(tcp.acknowledgment_number) < 1 << 30, "{tcp:?} acknowledges what was never sent");
        }
        streams.entry(packet.from).or_default().extend(&packet.payload);
    }
    streams
}

fn play(role: &'static str, host: &str) -> Conversation {
    let mut talk = Conversation::new(role, host);
    talk.moves(false, Call::Send, b"hello");
    talk.moves(true, Call::Recv, b"hel");
    talk.moves(true, Call::Recv, b"lo");
    talk.moves(true, Call::Send, b"HELLO");
    talk.moves(false, Call::Recv, b"HELLO");
    talk.tell(false, Call::Shutdown, Outcome::DONE, None);
    talk.moves(true, Call::Recv, b"");
    talk.tell(true, Call::Close, Outcome::DONE, None);
    talk.moves(false, Call::Recv, b"");
    talk.tell(false, Call::Close, Outcome::DONE, None);
    talk
}

#[test]
fn each_sides_record_alone_shows_what_both_sent() {
    for role in ["server", "client", "pair"] {
        for host in ["127.0.0.1", "::1"] {
            let talk = play(role, host);
            let packets = talk.packets();
            let streams = follow(&packets);
            assert_eq!(
                (&*streams[&talk.client], &*streams[&talk.server]),
                (&b"hello"[..], &b"HELLO"[..]),
                "{role} {host}"
            );
            let flags = packets.iter().map(|packet| (packet.tcp.syn, packet.tcp.ack)).take(3).collect::<Vec<_>>();
            assert_eq!(flags, [(true, false), (true, true), (false, true)]);
            let fins: HashSet<_> = packets.iter().filter(|packet| packet.tcp.fin).map(|packet| packet.from).collect();
            assert_eq!(fins.len(), 2, "{role}");
            let guessed = |packet: &&Parsed| packet.comments.iter().any(|comment| comment.contains("inferred"));
            let guessed: HashSet<_> = packets.iter().filter(guessed).map(|packet| packet.from).collect();
            let expected = HashMap::from([("server", talk.client), ("client", talk.server)]);
            assert_eq!(guessed, expected.get(role).copied().into_iter().collect(), "{role}");
        }
    }
}

#[test]
fn a_part_goes_on_with_the_numbers_of_the_whole() {
    let talk = play("pair", "127.0.0.1");
    // From the server's `send` on.
    let (all, part) = (talk.packets(), talk.packets_from(7));
    let relative = |packets: &[Parsed], first: u32| {
        let packets = packets.iter().filter(|packet| packet.from == talk.server && !packet.tcp.syn);
        packets.map(|packet| packet.tcp.sequence_number - first).collect::<Vec<_>>()
    };
    let syn = all.iter().find(|packet| packet.tcp.syn && packet.tcp.ack).unwrap();
    let whole = relative(&all, syn.tcp.sequence_number);
    assert!(whole.ends_with(&relative(&part, part[0].tcp.sequence_number - 1)), "{whole:?}");
    follow(&part);
}

#[test]
fn a_payload_that_is_longer_than_what_was_kept_is_filled_with_zeros() {
    let mut talk = Conversation::new("client", "127.0.0.1");
    talk.tell(false, Call::Send, Outcome::Count { ok: 200_000 }, Some(&[7; 100]));
    let packets = talk.packets();
    let sent = &follow(&packets)[&talk.client];
    assert_eq!((sent.len(), sent.iter().filter(|byte| **byte == 7).count(), sent[99], sent[100]), (200_000, 100, 7, 0));
    let lengths: Vec<_> = packets.iter().skip(3).map(|packet| packet.payload.len()).collect();
    assert_eq!(lengths, [65_495, 65_495, 65_495, 3515]);
    assert!(packets[3].comments[0].contains("the last 65395 bytes of this packet: zeros"), "{:?}", packets[3].comments);
}

#[test]
fn a_reset_is_the_peers_and_the_last_packet() {
    let mut talk = Conversation::new("server", "127.0.0.1");
    let reset = Outcome::Failed(Errno { error: ErrorKind::ConnectionReset, errno: "ECONNRESET" });
    talk.tell(true, Call::Recv, reset, None);
    talk.tell(true, Call::Close, Outcome::DONE, None);
    let packets = talk.packets();
    let last = packets.last().unwrap();
    assert_eq!((packets.len(), last.from, last.tcp.rst), (4, talk.client, true));
    // EPIPE after a FIN of one's own is nobody's reset.
    let mut talk = Conversation::new("server", "127.0.0.1");
    talk.tell(true, Call::Shutdown, Outcome::DONE, None);
    let pipe = Outcome::Failed(Errno { error: ErrorKind::BrokenPipe, errno: "EPIPE" });
    talk.tell(true, Call::Send, pipe, None);
    assert!(!talk.packets().iter().any(|packet| packet.tcp.rst));
}

/// A tap is the server of its client, and the client of its server.
#[test]
fn a_tap_has_two_connections() {
    let address = |port: u16| SocketAddr::from(([127, 0, 0, 1], port));
    let [of_client, of_server] = [(9001, 50_001), (50_002, 9000)]
        .map(|(local, peer)| Some(Link { id: 1, local: address(local), peer: address(peer) }));
    let mut talk = Conversation { events: Vec::new(), ..Conversation::new("tap", "127.0.0.1") };
    for (link, call, outcome) in [
        (None, Call::Bind, Outcome::Address { ok: address(9001) }),
        (None, Call::Accept, Outcome::Address { ok: address(50_001) }),
        (of_server, Call::Connect, Outcome::Address { ok: address(9000) }),
        (of_client, Call::Recv, Outcome::Count { ok: 2 }),
        (of_server, Call::Send, Outcome::Count { ok: 2 }),
    ] {
        talk.tell(true, call, outcome, Some(b"hi"));
        talk.events.last_mut().into_iter().for_each(|event| (event.actor, event.link) = (Actor::Tap, link));
    }
    let packets = talk.packets();
    let streams = follow(&packets);
    assert_eq!((&*streams[&address(50_001)], &*streams[&address(50_002)]), (&b"hi"[..], &b"hi"[..]));
    let syns: Vec<_> =
        packets.iter().filter(|packet| packet.tcp.syn && !packet.tcp.ack).map(|packet| packet.from).collect();
    assert_eq!(syns, [address(50_001), address(50_002)]);
}

#[test]
fn the_file_says_that_it_is_synthesised() {
    let talk = play("server", "127.0.0.1");
    let header = Header::new("nonblock-\u{1b}server", "server", String::new(), "poll");
    let excerpt = Excerpt { before: State::new(&header), header, events: talk.events };
    for (lang, word) in [(Lang::En, "ynthesised"), (Lang::Zh, "合成")] {
        let file = pcap(&excerpt, lang);
        let blocks = blocks(&file);
        let [section, interface] = [texts(&blocks[0].1[16..]), texts(&blocks[1].1[8..])];
        assert!(section[0].0 == 4 && section[0].1.starts_with("day30 see "), "{section:?}");
        assert!(section[1].0 == 1 && section[1].1.contains(word) && section[1].1.contains("\\x1b"), "{section:?}");
        assert!(interface[1].0 == 3 && interface[1].1.contains(word), "{interface:?}");
    }
}

proptest! {
    /// Whatever a record claims, in whatever order: the packets are well formed.
    #[test]
    fn no_order_of_calls_is_too_strange(
        calls in proptest::collection::vec((any::<bool>(), 0..8_usize, 0..6_usize), 0..60), role in 0..3_usize, from in 0..20_usize,
    ) {
        let mut talk = Conversation::new(["server", "client", "pair"][role], if from % 2 == 0 { "127.0.0.1" } else { "::1" });
        let all = [Call::Send, Call::Recv, Call::Shutdown, Call::ShutdownRead, Call::Close, Call::Connect, Call::Accept, Call::Send];
        for (is_server, call, kind) in calls {
            let outcome = match kind {
                0 => Outcome::DONE,
                1 => Outcome::Failed(Errno { error: ErrorKind::BrokenPipe, errno: "EPIPE" }),
                2 => Outcome::Address { ok: if is_server { talk.client } else { talk.server } },
                kind => Outcome::Count { ok: kind - 3 },
            };
            talk.tell(is_server, all[call], outcome, Some(&b"abcdefgh"[..kind]));
        }
        let from = from.min(talk.events.len()) as u64;
        talk.packets_from(from.max(1));
    }
}
