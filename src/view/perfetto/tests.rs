use super::*;
use crate::trace::{Actor, Caller, Errno, Header};
use proptest::prelude::*;
use std::io::ErrorKind;
use std::time::Duration;

/// The bounds of a slice: a process, a track, from when, to when.
type Bounds = (u64, u64, f64, f64);

fn bounds(event: &Value) -> Bounds {
    let number = |field: &str| event[field].as_u64().unwrap();
    let from = event["ts"].as_f64().unwrap();
    (number("pid"), number("tid"), from, from + event["dur"].as_f64().unwrap_or_default())
}

fn is_inside((pid, tid, from, to): Bounds, outer: Bounds) -> bool {
    // In microseconds, of which a double holds a thousandth.
    (pid, tid) == (outer.0, outer.1) && from >= outer.2 - 1e-3 && to <= outer.3 + 1e-3
}

/// What a viewer needs: it parses, names come first, times of each track are sorted, slices nest, arrows have both ends.
fn parse(timeline: &str) -> Vec<Value> {
    assert!(timeline.starts_with("{\"format\":\"day30-perfetto\","));
    let file: Value = serde_json::from_str(timeline).unwrap();
    assert_eq!(file["displayTimeUnit"], "ms");
    let events = file["traceEvents"].as_array().unwrap().clone();
    let (about, events): (Vec<_>, Vec<_>) = events.into_iter().partition(|event| event["ph"] == "M");
    let named = |what: &str| about.iter().filter(|event| event["name"] == what).collect::<Vec<_>>();
    let mut last: HashMap<(u64, u64), f64> = HashMap::new();
    let mut open: HashMap<(u64, u64), Vec<Bounds>> = HashMap::new();
    let slices: Vec<_> = events.iter().filter(|event| event["ph"] == "X").map(bounds).collect();
    for event in &events {
        let slice = bounds(event);
        let (pid, tid, from, _) = slice;
        assert!(named("process_name").iter().any(|name| name["pid"] == pid), "{event}");
        assert!(named("thread_name").iter().any(|name| name["tid"] == tid && name["pid"] == pid), "{event}");
        let before = last.insert((pid, tid), from).unwrap_or_default();
        assert!(from >= before, "{event} stands behind {before}");
        match event["ph"].as_str().unwrap() {
            "X" => {
                assert!(event["dur"].as_f64().unwrap() >= 0.0 && !event["name"].as_str().unwrap().is_empty());
                let open = open.entry((pid, tid)).or_default();
                while open.last().is_some_and(|outer| outer.3 <= from + 1e-3) {
                    open.pop();
                }
                assert!(open.last().is_none_or(|outer| is_inside(slice, *outer)), "{event} is half inside {open:?}");
                open.push(slice);
            }
            "i" | "C" => assert!(event["args"].is_object()),
            "s" | "f" => assert!(slices.iter().any(|outer| is_inside(slice, *outer)), "{event} begins nowhere"),
            other => panic!("{other}"),
        }
    }
    let ids = |kind: &str| {
        let ids = events.iter().filter(|event| event["ph"] == kind).map(|event| event["id"].as_u64().unwrap());
        let mut ids: Vec<_> = ids.collect();
        ids.sort_unstable();
        ids
    };
    assert_eq!(ids("s"), ids("f"));
    events
}

fn event(number: u64, is_server: bool, what: What) -> Event {
    let [client, server]: [SocketAddr; 2] = [50_001, 9000].map(|port| ([127, 0, 0, 1], port).into());
    let (actor, local, peer) =
        if is_server { (Actor::Server, server, client) } else { (Actor::ClientNo(0), client, server) };
    let is_of_none =
        matches!(what, What::Folded { .. } | What::Call { call: Call::Accept | Call::Bind | Call::Poll, .. });
    let caller = Caller { thread: Some(if is_server { 1 } else { 2 }), ..Caller::default() };
    let link = (!is_of_none).then_some(Link { id: 1, local, peer });
    Event { number, at: Duration::from_millis(10 * number), actor, link, what, caller }
}

fn call(call: Call, outcome: Outcome, data: &[u8], took: u64) -> What {
    What::Call { call, outcome, data: Some(data.to_vec()), asked: Some(1024), took: Some(Duration::from_micros(took)) }
}

fn draw(events: Vec<Event>, lang: Lang) -> Vec<Value> {
    let header = Header::new("demo", "demo", String::new(), "several");
    parse(&perfetto(&Excerpt { before: State::new(&header), header, events }, lang))
}

fn a_conversation() -> Vec<Event> {
    let [client, server] = [50_001, 9000].map(|port| Outcome::Address { ok: ([127, 0, 0, 1], port).into() });
    let count = |ok| Outcome::Count { ok };
    let folded = vec![(Call::Accept, 60_000), (Call::Recv, 4000)];
    let whats = [
        (true, call(Call::Bind, server, b"", 3)),
        (false, call(Call::Connect, server, b"", 90)),
        (true, call(Call::Accept, client, b"", 12_000)),
        (false, call(Call::Send, count(3), b"h\x1b<", 5)),
        (false, call(Call::Send, count(2), b"lo", 5)),
        (true, call(Call::Recv, count(4), b"h\x1b<l", 15_000)),
        (true, call(Call::Recv, count(1), b"o", 5)),
        (true, What::Folded { folded, span: Duration::from_millis(40), cpu: None }),
        (true, What::Ended { ended: crate::protocol::Ending::Eof }),
        (true, call(Call::Close, Outcome::DONE, b"", 1)),
        (false, call(Call::Close, Outcome::DONE, b"", 1)),
    ];
    whats.into_iter().enumerate().map(|(at, (is_server, what))| event(at as u64 + 1, is_server, what)).collect()
}

#[test]
fn calls_are_slices_and_bytes_are_arrows() {
    let events = draw(a_conversation(), Lang::En);
    let slice =
        |name: &str| events.iter().filter(|event| event["ph"] == "X" && event["name"] == name).collect::<Vec<_>>();
    assert_eq!((slice("send").len(), slice("recv").len(), slice("asleep").len()), (2, 2, 2));
    assert_eq!(slice("recv")[0]["args"]["data"], r#""h\x1b<l""#);
    assert_eq!((slice("recv")[0]["dur"].as_f64(), slice("recv")[0]["ts"].as_f64()), (Some(15_000.0), Some(45_000.0)));
    let spin = &slice("EAGAIN ×64 000")[0]["args"];
    assert_eq!((&spin["accept"], &spin["recv"]), (&60_000.into(), &4000.into()));
    // Both sends, and the second one in two parts.
    assert_eq!(events.iter().filter(|event| event["ph"] == "s").count(), 3);
    let counted: Vec<_> =
        events.iter().filter(|event| event["ph"] == "C").map(|event| &event["args"]["→ server"]).collect();
    assert_eq!(counted, [3, 5, 1, 0]);
    let life = slice("#1")[0];
    assert_eq!((bounds(life).2, bounds(life).3), (19_910.0, 110_000.0));
}

#[test]
fn the_timeline_speaks_chinese_too() {
    let events = draw(a_conversation(), Lang::Zh);
    let names: Vec<_> = events.iter().filter_map(|event| event["name"].as_str()).collect();
    assert!(names.contains(&"休眠") && names.contains(&"recv") && names.iter().any(|name| name.starts_with("结束：")));
}

proptest! {
    /// Whatever a record claims, in whatever order.
    #[test]
    fn no_order_of_events_is_too_strange(
        claims in proptest::collection::vec((any::<bool>(), 0..10_usize, 0..5_usize, 0..50_000_u64, 0..40_u64), 0..60),
    ) {
        let all = [Call::Bind, Call::Listen, Call::Accept, Call::Connect, Call::Recv, Call::Send, Call::Shutdown, Call::Close, Call::Poll];
        let mut at = 0;
        let events = claims.into_iter().enumerate().map(|(number, (is_server, which, kind, took, later))| {
            let outcome = match kind {
                0 => Outcome::DONE,
                1 => Outcome::Failed(Errno { error: ErrorKind::WouldBlock, errno: "EAGAIN" }),
                2 => Outcome::Address { ok: ([127, 0, 0, 1], 50_001).into() },
                kind => Outcome::Count { ok: kind },
            };
            let span = Duration::from_micros(took);
            let what = all.get(which).map_or(What::Folded { folded: vec![(Call::Recv, u64::MAX); 2], span, cpu: None }, |which| {
                call(*which, outcome, b"abc", took)
            });
            at += later;
            Event { at: Duration::from_micros(at), ..event(number as u64 + 1, is_server, what) }
        });
        draw(events.collect(), Lang::En);
    }
}
