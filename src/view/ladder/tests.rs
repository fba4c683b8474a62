use super::layout::LONG;
use super::talk::Kind;
use super::*;
use crate::protocol::{Ending, Fact};
use crate::trace::{Actor, Caller, Errno, Event, Header, Link, State};
use crate::view::svg::checks::{assert_finite, assert_well_formed};
use proptest::prelude::*;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

const A: Actor = Actor::ClientNo(0);
const B: Actor = Actor::ClientNo(1);
const SERVER: Actor = Actor::Server;
const BLOCKED: Outcome = Outcome::Failed(Errno { error: ErrorKind::WouldBlock, errno: "EAGAIN" });
const RESET: Outcome = Outcome::Failed(Errno { error: ErrorKind::ConnectionReset, errno: "ECONNRESET" });

/// A record that grows.
struct Told(Excerpt);

impl Told {
    fn new(role: &'static str) -> Self {
        let header = Header::new("demo", role, "127.0.0.1:9000".into(), "several");
        Self(Excerpt { before: State::new(&header), header, events: Vec::new() })
    }

    /// One more, a millisecond after the last one.
    fn add(&mut self, actor: Actor, link: Option<Link>, what: What) -> &mut Self {
        let number = self.0.events.len() as u64 + 1;
        let at = self.0.events.last().map_or(Duration::ZERO, |last| last.at) + Duration::from_millis(1);
        self.0.events.push(Event { number, at, actor, link, what, caller: Caller::default() });
        self
    }

    fn call(&mut self, actor: Actor, call: Call, outcome: Outcome, data: &[u8]) -> &mut Self {
        let link = link(actor).filter(|_| !matches!(call, Call::Bind | Call::Listen | Call::Accept));
        self.add(actor, link, what(call, outcome, data, None))
    }

    fn send(&mut self, actor: Actor, data: &[u8]) -> &mut Self {
        self.call(actor, Call::Send, Outcome::Count { ok: data.len() }, data)
    }

    fn recv(&mut self, actor: Actor, data: &[u8]) -> &mut Self {
        self.call(actor, Call::Recv, Outcome::Count { ok: data.len() }, data)
    }

    /// Each arrow: what, and between which events, by their numbers.
    fn arrows(&self) -> Vec<(Kind, Option<u64>, Option<u64>)> {
        let sections = sections(&self.0);
        let number = |section: &Section<'_>, row: Option<usize>| row.map(|row| section.rows[row].event.number);
        let all = sections.iter().flat_map(|section| {
            section.arrows.iter().map(|arrow| (arrow.kind, number(section, arrow.from), number(section, arrow.to)))
        });
        all.collect()
    }
}

fn what(call: Call, outcome: Outcome, data: &[u8], took: Option<Duration>) -> What {
    What::Call { call, outcome, data: Some(data.to_vec()), asked: None, took }
}

fn address(port: u16) -> SocketAddr {
    ([127, 0, 0, 1], port).into()
}

/// Client A's connection.
fn link(actor: Actor) -> Option<Link> {
    let (local, peer) = if actor == SERVER { (address(9000), address(50001)) } else { (address(50001), address(9000)) };
    Some(Link { id: 1, local, peer })
}

fn connected(role: &'static str) -> Told {
    let mut told = Told::new(role);
    told.call(A, Call::Connect, Outcome::Address { ok: address(9000) }, b"");
    told.call(SERVER, Call::Accept, Outcome::Address { ok: address(50001) }, b"");
    told
}

/// A picture that is one, with rows that stand one below the other.
fn drawn(excerpt: &Excerpt, lang: Lang) -> String {
    let svg = ladder(excerpt, lang);
    assert_well_formed(&svg);
    assert_finite(&svg, 30_000.0);
    assert!(svg.starts_with("<svg ") && svg.find("<title>day30 see").is_some_and(|place| place < 500), "{svg}");
    let sections = sections(excerpt);
    let lanes = Lanes::new(&sections);
    for section in &sections {
        let labels: Vec<_> = (0..section.rows.len()).map(|row| label(section, row, &lanes, lang)).collect();
        assert_rows_are_apart(section, &labels);
    }
    svg
}

fn assert_rows_are_apart(section: &Section<'_>, labels: &[Label]) {
    let layout = Layout::new(section, labels, 50.0);
    let (mut y, mut free) = (50.0, 50.0);
    for &row in &section.order {
        let place = layout.places[row];
        assert!(place.y > y && place.text >= free, "{place:?} below {y} and {free}");
        assert!(place.height >= 19.0 * labels[row].lines.len() as f64);
        (y, free) = (place.y, place.text + place.height);
    }
    assert!(layout.bottom >= free && layout.bottom >= y);
    for arrow in &section.arrows {
        if let (Some(from), Some(to)) = (arrow.from, arrow.to) {
            assert!(layout.places[from].y < layout.places[to].y, "{arrow:?} goes up");
        }
    }
}

#[test]
fn arrows_go_from_each_send_to_the_calls_that_take_its_bytes() {
    let mut told = connected("demo");
    told.send(A, b"abc").send(A, b"de").recv(SERVER, b"abcd").recv(SERVER, b"e").send(SERVER, b"lost");
    told.call(A, Call::Shutdown, Outcome::DONE, b"").recv(SERVER, b"");
    let expected = [
        (Kind::Handshake, Some(1), Some(2)),
        (Kind::Bytes(3), Some(3), Some(5)),
        (Kind::Bytes(1), Some(4), Some(5)),
        (Kind::Bytes(1), Some(4), Some(6)),
        (Kind::Fin, Some(8), Some(9)),
        (Kind::Bytes(4), Some(7), None),
    ];
    assert_eq!(told.arrows(), expected);
    let svg = drawn(&told.0, Lang::En);
    assert_eq!((svg.matches("arrow hand s").count(), svg.matches("arrow fin c0").count()), (0, 1));
}

/// A call is told when it is over: its bytes may be received, and that told, before.
#[test]
fn what_is_received_before_it_is_told_to_be_sent_stands_below_all_the_same() {
    let mut told = connected("demo");
    told.recv(SERVER, b"abc").send(SERVER, b"ABC").send(A, b"abc").recv(A, b"ABC");
    let sections = sections(&told.0);
    let order: Vec<_> = sections[0].order.iter().map(|row| sections[0].rows[*row].event.number).collect();
    assert_eq!(order, [1, 2, 5, 3, 4, 6]);
    drawn(&told.0, Lang::Zh);
}

#[test]
fn a_reset_is_no_end_of_stream() {
    let mut told = connected("demo");
    told.call(SERVER, Call::Close, Outcome::DONE, b"").call(A, Call::Recv, RESET, b"");
    told.call(A, Call::Close, Outcome::DONE, b"");
    assert_eq!(told.arrows(), [(Kind::Handshake, Some(1), Some(2)), (Kind::Reset, Some(3), Some(4))]);
    assert!(drawn(&told.0, Lang::En).contains("reset (RST)"));
}

#[test]
fn of_the_side_that_was_not_recorded_nothing_is_guessed() {
    for (role, actor, other) in [("server", SERVER, "clients"), ("client", Actor::Client, "server")] {
        let mut told = Told::new(role);
        let (call, ok) = if actor == SERVER { (Call::Accept, 50001) } else { (Call::Connect, 9000) };
        told.call(actor, call, Outcome::Address { ok: address(ok) }, b"");
        told.recv(actor, b"in").send(actor, b"out");
        let svg = drawn(&told.0, Lang::En);
        assert!(svg.contains("not recorded") && svg.contains(&format!("{other}<")), "{svg}");
        assert!(drawn(&told.0, Lang::Zh).contains("未记录"));
        assert_eq!(told.arrows().iter().filter(|(_, from, to)| from.is_some() && to.is_some()).count(), 0);
    }
    assert!(!drawn(&connected("demo").0, Lang::En).contains("not recorded"));
}

/// A tap is the server of one connection, and the client of the other.
#[test]
fn a_tap_stands_between_both_sides() {
    let mut told = Told::new("tap");
    let link = |local, peer| Some(Link { id: 1, local: address(local), peer: address(peer) });
    let (down, up) = (link(9000, 50001), link(50002, 9001));
    told.call(Actor::Tap, Call::Accept, Outcome::Address { ok: address(50001) }, b"");
    told.add(Actor::Tap, up, what(Call::Connect, Outcome::Address { ok: address(9001) }, b"", None));
    for (link, call) in [(down, Call::Recv), (up, Call::Send), (up, Call::Recv), (down, Call::Send)] {
        told.add(Actor::Tap, link, what(call, Outcome::Count { ok: 2 }, b"hi", None));
    }
    let svg = drawn(&told.0, Lang::En);
    assert_eq!(svg.matches(">not recorded<").count(), 2, "{svg}");
    let place = |name: &str| svg.find(&format!(">{name}<")).unwrap();
    assert!(place("clients") < place("tap") && place("tap") < place("server"));
    assert_eq!(told.arrows().len(), 6);
}

#[test]
fn a_sleep_is_a_bar_and_calls_for_nothing_another_and_a_long_gap_is_cut_short() {
    let mut told = connected("demo");
    let took = Some(2 * LONG);
    told.add(SERVER, link(SERVER), what(Call::Recv, Outcome::Count { ok: 2 }, b"hi", took));
    told.0.events[2].at += 2 * LONG;
    let folded = vec![(Call::Recv, 61_234)];
    told.add(SERVER, None, What::Folded { folded, span: Duration::from_millis(90), cpu: None });
    told.0.events[3].at += LONG - Duration::from_millis(2);
    let svg = drawn(&told.0, Lang::En);
    assert!(svg.contains("slept 200\u{a0}ms") && svg.contains("asleep in a call"), "{svg}");
    assert!(svg.contains("in the next 90 ms: 61 234 calls return EAGAIN") && svg.contains("class=\"spin s\""), "{svg}");
    assert!(svg.contains(">+200 ms<") && svg.matches("end\" x=\"71.0\"").count() == 1, "{svg}");
}

#[test]
fn a_call_that_does_not_wait_never_sleeps() {
    let mut told = connected("demo");
    told.call(SERVER, Call::SetNonblocking, Outcome::DONE, b"");
    told.add(SERVER, link(SERVER), what(Call::Recv, BLOCKED, b"", Some(Duration::from_millis(2))));
    assert!(!drawn(&told.0, Lang::En).contains("asleep"));
    told.0.events.remove(2);
    assert!(drawn(&told.0, Lang::En).contains("asleep"));
}

#[test]
fn nothing_that_a_peer_sent_is_more_than_text() {
    let mut told = connected("demo");
    let evil = "</text><script>alert(1)</script>\u{1b}[2J\u{202e}]]>&#x0;";
    told.add(SERVER, None, What::Lesson { lesson: evil.into() });
    told.0.header.command = format!("</title>{evil}").into();
    told.0.header.address = evil.into();
    told.send(A, evil.as_bytes()).send(A, b"\xff\x00<&\">").recv(SERVER, evil.as_bytes());
    told.add(SERVER, None, What::Check { check: evil.into() });
    for lang in [Lang::En, Lang::Zh] {
        let svg = drawn(&told.0, lang);
        assert!(!svg.contains("<script") && !svg.contains(['\u{1b}', '\u{202e}']), "{svg}");
        assert!(svg.contains("&lt;script&gt;") && svg.contains(r"\x1b[2J\u{202e}"), "{svg}");
        assert_eq!(svg.matches("</title>").count(), 1);
        assert!(!svg.contains("href") && svg.matches("http").count() == 1, "{svg}");
    }
}

fn any_what(kind: u8, call: Call, outcome: Outcome, size: u64) -> What {
    let span = Duration::from_micros(size.saturating_mul(7919));
    match kind {
        0 => What::Folded { folded: vec![(call, size), (Call::Recv, u64::MAX)], span, cpu: Some(span) },
        1 => What::Fact(Fact::LetterHeld { bytes: 2 }),
        2 => What::Ended { ended: Ending::Reset },
        3 => What::Lesson { lesson: "nonblock".into() },
        4 => What::Dropped { dropped: size },
        5 => What::Delayed { delay: span },
        6 => What::Check { check: "x".repeat(300).into() },
        _ => what(call, outcome, "中<é".repeat(9).as_bytes(), Some(span)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    /// Whatever a record claims, in whatever order.
    #[test]
    fn any_events_can_be_drawn(
        claims in prop::collection::vec((0..40_u8, 0..11_usize, 0..6_usize, 0..6_u8, 0..40_u32, any::<u16>()), 0..70),
        role in 0..3_usize,
    ) {
        let calls = [Call::Bind, Call::Listen, Call::Accept, Call::Connect, Call::SetNonblocking, Call::Poll, Call::Recv,
            Call::Send, Call::Shutdown, Call::ShutdownRead, Call::Close];
        let mut told = Told::new(["demo", "server", "client"][role]);
        for (kind, call, actor, result, thread, size) in claims {
            let actor = [SERVER, A, B, Actor::ClientNo(200), Actor::Client, Actor::Tap][actor];
            let outcome = match result {
                0 => Outcome::DONE,
                1 => Outcome::Count { ok: usize::MAX / 4 },
                2 => Outcome::Address { ok: address(50000 + size % 3) },
                3 => if size % 2 == 0 { BLOCKED } else { RESET },
                _ => Outcome::Count { ok: usize::from(size % 5) },
            };
            let link = link(actor).map(|link| Link { id: u64::from(size % 4), ..link });
            told.add(actor, link.filter(|_| size % 3 > 0), any_what(kind, calls[call], outcome, size.into()));
            if let Some(event) = told.0.events.last_mut() {
                event.caller.thread = (thread > 3).then_some(thread);
                event.at += Duration::from_micros(u64::from(size) * u64::from(thread));
            }
        }
        for lang in [Lang::En, Lang::Zh] {
            drawn(&told.0, lang);
        }
    }
}
