//! Causes whose programs are dear to judge: they use up a processor until they are stopped. Their calls are written down here.

use super::*;
use crate::check::verdict::cause::Cause;
use crate::trace::{Call, Event, Reader, State, What};

const HEADER: &str = r#"{"format":"day30-trace","version":2,"day30":"0","command":"x","role":"pair","address":"x","io":"watched","started_unix_us":0,"payload_cap":16384}"#;
const SERVER: &str = r#""local":"127.0.0.1:9000","peer":"127.0.0.1:50001"}"#;
const CLIENT: &str = r#""local":"127.0.0.1:50001","peer":"127.0.0.1:9000"}"#;

/// Calls as `actor call outcome`, a millisecond apart: those that name no call of the connection are made on no connection.
fn excerpt(calls: &[&str]) -> Excerpt {
    let mut text = format!("{HEADER}\n");
    for (place, words) in calls.iter().enumerate() {
        let (number, at) = (place + 1, 1000 * (place + 1));
        let mut words = words.splitn(3, ' ');
        let (actor, call, outcome) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap());
        let ends = if actor == "server" { SERVER } else { CLIENT };
        let is_of_one = matches!(call, "connect" | "recv" | "send" | "close");
        let conn = if is_of_one { format!(r#""conn":{{"id":1,{ends},"#) } else { String::new() };
        let thread = if actor == "server" { 1 } else { 2 };
        text += &format!(
            "{{\"n\":{number},\"us\":{at},\"actor\":\"{actor}\",{conn}\"call\":\"{call}\",{outcome},\"took_us\":1,\
             \"thread\":{thread}}}\n"
        );
    }
    let reader = Reader::open(text.as_bytes()).unwrap();
    let header = reader.header().clone();
    let events = reader.collect::<Result<_, _>>().unwrap();
    Excerpt { before: State::new(&header), header, events }
}

/// The cause that the calls prove, of this failure that has this one as its guess.
fn decided(target: Target, fault: Fault, guess: Option<Cause>, excerpt: &Excerpt) -> (Option<Cause>, bool) {
    let mut failure = Failure::new(fault, Text::default());
    guess.into_iter().for_each(|cause| failure.guess(cause));
    decide(&mut failure, target, excerpt, Duration::from_secs(60));
    (failure.cause(), failure.is_proved)
}

const BEGINNING: [&str; 4] = [
    r#"server bind "ok":"127.0.0.1:9000""#,
    r#"server listen "ok":0"#,
    r#"client connect "ok":"127.0.0.1:9000""#,
    r#"server accept "ok":"127.0.0.1:50001""#,
];
const END: [&str; 2] = [r#"client close "ok":0"#, r#"server recv "ok":0,"asked":64"#];

#[test]
fn a_server_that_receives_after_the_end_spins() {
    let after = |times| {
        let more = std::iter::repeat_n(END[1], times);
        excerpt(&BEGINNING.into_iter().chain(END).chain(more).collect::<Vec<_>>())
    };
    let proved = (Some(Cause::SpinsAfterLeaving), true);
    for fault in [Fault::StaysOpen, Fault::Busy] {
        assert_eq!(decided(Target::SocketServer, fault, None, &after(100)), proved);
        // The guess gives way, where it stands nowhere in the calls.
        assert_ne!(decided(Target::SocketServer, fault, Some(Cause::SpinsAfterLeaving), &after(0)), proved);
    }
}

#[test]
fn a_program_that_asks_again_and_again_polls() {
    let asking = |times| {
        let mut excerpt = excerpt(&BEGINNING);
        let folded = What::Folded { folded: vec![(Call::Recv, times)], span: Duration::from_secs(1), cpu: None };
        let last = excerpt.events.last().cloned().unwrap();
        excerpt.events.push(Event {
            number: last.number + 1,
            at: last.at + Duration::from_secs(1),
            what: folded,
            ..last
        });
        excerpt
    };
    let decided = |times| decided(Target::SocketServer, Fault::Busy, None, &asking(times));
    assert_eq!(decided(1500), (Some(Cause::PollsInALoop), true));
    assert_eq!(decided(3), (None, false));
}

#[test]
fn a_client_has_noticed_the_end_when_it_has_closed() {
    let hears = r#"client recv "ok":0,"asked":64"#;
    let server_closes = r#"server close "ok":0"#;
    let decided = |end: &[&str]| {
        let calls: Vec<_> = BEGINNING.iter().chain([&server_closes]).chain(end).copied().collect();
        decided(Target::NonblockClient, Fault::StillRunning, Some(Cause::EndNotNoticed), &excerpt(&calls))
    };
    assert_eq!(decided(&[hears]), (Some(Cause::EndNotNoticed), true));
    assert_eq!(decided(&[]), (Some(Cause::EndNotNoticed), false));
    assert_eq!(decided(&[hears, r#"client close "ok":0"#]), (None, false));
}

#[test]
fn a_server_that_only_binds_has_no_listen() {
    let decided = |calls: &[&str], guess| decided(Target::NonblockServer, Fault::NotReached, guess, &excerpt(calls));
    let guess = Some(Cause::NeverListens);
    assert_eq!(decided(&BEGINNING[..1], guess), (Some(Cause::ListenMissing), true));
    assert_eq!(decided(&[r#"client send "ok":1"#], guess), (guess, true));
    assert_ne!(decided(&BEGINNING[..2], guess).0, guess);
}
