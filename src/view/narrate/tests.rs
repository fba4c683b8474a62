//! What the lines of a narration say.

use super::*;
use crate::trace::{Caller, Errno, Link};
use std::time::Duration;

fn event(actor: Actor, what: What) -> Event {
    let link = Link { id: 3, local: ([127, 0, 0, 1], 9000).into(), peer: ([127, 0, 0, 1], 50000).into() };
    Event { number: 1, at: Duration::from_micros(1_234_567), actor, link: Some(link), what, caller: Caller::default() }
}

fn plain(narrator: Narrator, event: &Event) -> String {
    anstream::adapter::strip_str(&narrator.line(event)).to_string()
}

#[test]
fn a_call_shows_its_number_and_its_payload() {
    let (outcome, took) = (Outcome::Count { ok: 7 }, Some(Duration::from_millis(1500)));
    let event = event(
        Actor::Server,
        What::Call { call: Call::Recv, outcome, data: Some(b"clent11".to_vec()), asked: None, took },
    );
    let line = plain(Narrator::new(Lang::En, Layout::Lines, 80), &event);
    assert_eq!(line, "    1.235  #3       recv → 7 bytes \"clent11\"");
    let line = plain(Narrator::new(Lang::Zh, Layout::Lines, 80), &event);
    assert_eq!(line, "    1.235  #3       recv → 7 字节 \"clent11\"");
    let line = plain(Narrator::new(Lang::En, Layout::Lines, 80).with_waits(), &event);
    assert_eq!(line, "    1.235  #3       recv → 7 bytes \"clent11\" (waited 1.50 s)");
}

#[test]
fn a_call_shows_its_line_where_that_is_known() {
    let what = What::Call {
        call: Call::Recv,
        outcome: Outcome::Count { ok: 2 },
        data: Some(b"hi".to_vec()),
        asked: None,
        took: None,
    };
    let mut event = event(Actor::Server, what);
    event.caller.file = Some("/home/a/my_\u{1b}server.py".into());
    assert!(!Narrator::sentence(Lang::En, &event).contains("my_"), "without a line");
    event.caller.line = Some(12);
    let line = plain(Narrator::new(Lang::En, Layout::Lines, 80), &event);
    assert_eq!(line, "    1.235  #3       recv → 2 bytes \"hi\"  my_\\x1bserver.py:12");
}

#[test]
fn would_block_has_its_errno_the_same_on_every_system() {
    for errno in ["EAGAIN", "WSAEWOULDBLOCK"] {
        let outcome = Outcome::Failed(Errno { error: ErrorKind::WouldBlock, errno });
        let event = event(Actor::Client, What::Call { call: Call::Recv, outcome, data: None, asked: None, took: None });
        let line = plain(Narrator::new(Lang::En, Layout::Lines, 80), &event);
        assert_eq!(line, "    1.235  client   recv → would block (EAGAIN)");
    }
}

#[test]
fn lanes_are_as_wide_as_the_terminal() {
    let outcome = Outcome::Count { ok: 300 };
    let data = Some("中文 \u{1b}[2J".repeat(30).into_bytes());
    for actor in [Actor::Server, Actor::ClientNo(0), Actor::ClientNo(1)] {
        let event = event(actor, What::Call { call: Call::Send, outcome, data: data.clone(), asked: None, took: None });
        for (lang, width) in [(Lang::En, 80), (Lang::Zh, 80), (Lang::En, 120), (Lang::Zh, 120)] {
            let line = plain(Narrator::new(lang, Layout::Lanes, width), &event);
            assert!(line.width() <= width, "{line}");
            let indent = FIRST_LANE + lane_of(actor) * lane_width(width);
            assert!(
                line.get(indent..).is_some_and(|rest| rest.trim_start_matches("#3 ").starts_with("send")),
                "{line}"
            );
            assert!(!line.contains('\u{1b}'), "{line}");
        }
    }
}

#[test]
fn what_waiting_costs_is_never_torn_apart() {
    let folded = vec![(Call::Accept, 81_234_567), (Call::Recv, 81_234_567)];
    let (span, cpu) = (Duration::from_secs(1000), Some(Duration::from_secs(990)));
    let event = event(Actor::Server, What::Folded { folded, span, cpu });
    for (lang, end) in [(Lang::En, "in 1000.0 s, 99 % of a core"), (Lang::Zh, "历时 1000.0 秒，占单核 99%")] {
        let line = plain(Narrator::new(lang, Layout::Lanes, 80), &event);
        let rows: Vec<_> = line.lines().collect();
        assert!(rows[0].contains("accept ×81 234 567") && rows[0].ends_with("recv ×81 234 567"), "{line}");
        assert_eq!(rows[1].trim_start(), end);
    }
    // A record may come from anybody.
    let event = Event { what: What::Folded { folded: vec![(Call::Recv, u64::MAX); 2], span, cpu }, ..event };
    assert!(plain(Narrator::new(Lang::En, Layout::Lanes, 80), &event).contains("recv ×18 446 744"));
}
