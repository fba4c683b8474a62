mod run;

use super::*;
use crate::lang::Lang;
use crate::trace::{Call, Errno, Outcome};
use proptest::prelude::*;
use run::{Run, SERVER};
use std::convert::Infallible;
use std::io::ErrorKind;
use std::net::SocketAddr;

/// Bytes of one direction that were sent and not yet received, and whether nothing more comes.
type Streams = HashMap<(SocketAddr, bool), (Vec<u8>, bool)>;

/// What a merged trace must be, whatever it was made of.
fn assert_could_have_happened(merged: &Merged<Infallible>) {
    let mut streams: Streams = HashMap::new();
    let mut connected = Vec::new();
    let mut last = Duration::ZERO;
    for (place, event) in merged.events.iter().enumerate() {
        assert_eq!(event.number, place as u64 + 1);
        assert!(event.at >= last, "time runs back at {event:?}");
        last = event.at;
        let is_server = event.actor == Actor::Server;
        let What::Call { call, outcome, data, .. } = &event.what else { continue };
        let client = event.link.map(|link| if is_server { link.peer } else { link.local });
        let data = data.as_deref().unwrap_or_default();
        match (call, outcome, client) {
            (Call::Connect, _, Some(client)) => connected.push(client),
            (Call::Accept, Outcome::Address { ok }, _) => assert!(connected.contains(ok), "{event:?}"),
            (Call::Send, _, Some(client)) => streams.entry((client, is_server)).or_default().0.extend(data),
            (Call::Shutdown, _, Some(client)) => streams.entry((client, is_server)).or_default().1 = true,
            (Call::Recv, _, Some(client)) => {
                let (waiting, fin) = streams.entry((client, !is_server)).or_default();
                assert!(waiting.starts_with(data), "received before it was sent: {event:?}");
                waiting.drain(..data.len());
                assert!(!data.is_empty() || *fin, "the end before the FIN: {event:?}");
            }
            _ => {}
        }
    }
}

fn actions() -> impl Strategy<Value = Vec<(usize, u8, usize)>> {
    proptest::collection::vec((0..3_usize, 0..12_u8, 1..9_usize), 0..120)
}

fn skews() -> impl Strategy<Value = Vec<i64>> {
    proptest::collection::vec(prop_oneof![-50..50_i64, -3_600_000_000..3_600_000_000_i64, Just(0)], 1..4)
}

proptest! {
    #[test]
    fn wrong_clocks_change_no_order(clients in 1..4_usize, actions in actions(), skews in skews()) {
        let run = Run::new(clients, &actions, 0);
        let merged = merge(run.files(&skews), None).map_err(|refused| TestCaseError::fail(format!("{refused:?}")))?;
        assert_could_have_happened(&merged);
        for file in 0..=clients {
            let actor = match file {
                SERVER => Actor::Server,
                _ if clients == 1 => Actor::Client,
                _ => Actor::ClientNo(file as u8 - 1),
            };
            let before: Vec<_> = run.told.iter().filter(|(of, _)| *of == file).map(|(_, it)| &it.what).collect();
            let after: Vec<_> = merged.events.iter().filter(|event| event.actor == actor).map(|it| &it.what).collect();
            prop_assert_eq!(before, after);
        }
        // Right clocks are believed: what happened at different times stands as it happened.
        if skews.iter().all(|skew| *skew == 0) {
            let whats = run.told.iter().map(|(_, event)| &event.what);
            prop_assert!(whats.eq(merged.events.iter().map(|event| &event.what)));
            prop_assert!(merged.shifts.iter().all(|(_, shift)| *shift == 0));
        }
    }

    /// A thread that loses the processor in `send` tells of it when the reply is long there.
    #[test]
    fn a_send_that_is_told_late_stands_before_what_it_caused(
        clients in 1..3_usize, actions in actions(), skews in skews(), late in 1..200_u64,
    ) {
        let run = Run::new(clients, &actions, late);
        let merged = merge(run.files(&skews), None).map_err(|refused| TestCaseError::fail(format!("{refused:?}")))?;
        assert_could_have_happened(&merged);
        prop_assert_eq!(merged.events.len(), run.told.len());
    }

    /// Whatever the files claim, there is an answer.
    #[test]
    fn no_records_are_too_strange(
        actions in actions(), at in proptest::collection::vec(0..3000_u64, 1..40), starts in [any::<u64>(), any::<u64>()],
        drop_at in 0..40_usize,
    ) {
        let mut run = Run::new(2, &actions, 0);
        if drop_at < run.told.len() {
            run.told.remove(drop_at);
        }
        for ((_, event), at) in run.told.iter_mut().zip(at.iter().cycle()) {
            event.at = Duration::from_micros(*at);
            event.caller.thread = (at % 3 > 0).then_some(*at as u32);
        }
        let mut files = run.files(&[0]);
        (files[0].header.started_unix_us, files[1].header.started_unix_us) = (starts[0], starts[1]);
        if let Ok(merged) = merge(files, None) {
            prop_assert!(merged.events.is_sorted_by_key(|event| event.at));
        }
    }
}

/// Connect, accept, a greeting of one byte, a message of five and its reply, and the client's FIN.
fn a_pair() -> Run {
    Run::new(1, &[(0, 7, 1), (0, 2, 5), (0, 6, 5), (0, 3, 5), (0, 7, 5), (0, 10, 1), (0, 6, 1)], 0)
}

fn why_not(sources: Vec<Source<std::vec::IntoIter<Result<Event, Infallible>>>>) -> String {
    match merge(sources, None) {
        Err(Refused::Because(why)) => why.of(Lang::En).to_owned(),
        other => format!("{:?}", other.map(|merged| merged.events.len())),
    }
}

#[test]
fn a_client_an_hour_ahead_is_moved_no_farther_than_it_must() {
    let merged = merge(a_pair().files(&[0, 3_600_000_000]), None).unwrap();
    // By its clock it connected an hour after it was accepted.
    assert_eq!(merged.shifts, [("file1".to_owned(), -3_599_999_990)]);
    let calls: Vec<_> = merged.events.iter().map(|event| (event.actor, event.link.map(|link| link.id))).collect();
    let (server, client) = (Actor::Server, Actor::Client);
    assert_eq!(calls[..4], [(client, Some(10)), (server, None), (server, Some(10)), (client, Some(10))]);
    assert_eq!((merged.header.role.as_ref(), merged.header.command.as_ref()), ("pair", "x"));
    let threads: Vec<_> = merged.events.iter().take(2).map(|event| event.caller.thread).collect();
    assert_eq!(threads, [Some(3), Some(1)]);
}

#[test]
fn what_does_not_belong_together_is_refused() {
    let files = || a_pair().files(&[0]);
    let mut two = files();
    two[1].header.role = "server".into();
    assert!(why_not(two).starts_with("file0 and file1 are both records of servers"));
    let clients: Vec<_> = files().into_iter().skip(1).chain(files().into_iter().skip(1)).collect();
    assert!(why_not(clients).starts_with("none of these records is a server's"));
    let mut demo = files();
    demo[0].header.role = "demo".into();
    assert!(why_not(demo).starts_with("file0 is the record of a demo"));

    let mut other = a_pair();
    for (_, event) in other.told.iter_mut().filter(|(file, _)| *file == 1) {
        event.link.iter_mut().for_each(|link| link.local.set_port(1));
    }
    assert!(why_not(other.files(&[0])).starts_with("file1 and file0 have no connection in common"));
    let mut other = a_pair();
    if let What::Call { data: Some(data), .. } = &mut other.told[4].1.what {
        data[4] ^= 1;
    }
    let why = why_not(other.files(&[0]));
    assert!(
        why.starts_with("between 127.0.0.1:9000 and 127.0.0.1:50001, file0 received bytes that file1 did not send"),
        "{why}"
    );
    // One thread that receives before the other side, which waits for it, has sent.
    let mut impossible = a_pair();
    impossible.told.swap(4, 7);
    let times: Vec<_> = a_pair().told.iter().map(|(_, event)| event.at).collect();
    impossible.told.iter_mut().zip(times).for_each(|((_, event), at)| {
        (event.at, event.caller.thread) = (at, Some(1));
    });
    assert_eq!(
        why_not(impossible.files(&[0])),
        "the records contradict each other: something was received before it was sent"
    );
}

#[test]
fn one_connection_of_many_can_be_chosen() {
    let run = Run::new(3, &(0..3).flat_map(|client| [(client, 2, 5), (client, 6, 5)]).collect::<Vec<_>>(), 0);
    let merged =
        merge(run.files(&[0]).into_iter().filter(|source| source.name != "file1").collect(), Some(20)).map(drop);
    assert!(
        matches!(&merged, Err(Refused::Because(why)) if why.en.starts_with("connection 20 of file0 is another client's: file3")),
        "{merged:?}"
    );
    let two: Vec<_> =
        run.files(&[0]).into_iter().filter(|source| ["file0", "file2"].contains(&&*source.name)).collect();
    let merged = merge(two, Some(20)).unwrap();
    assert_eq!(merged.events.len(), 5, "{:?}", merged.events);
    assert_could_have_happened(&merged);
}

#[test]
fn a_reset_comes_behind_the_close_that_caused_it() {
    let mut run = a_pair();
    run.tell(SERVER, 1, Call::Close, Outcome::DONE, None, 0);
    let reset = Outcome::Failed(Errno { error: ErrorKind::ConnectionReset, errno: "ECONNRESET" });
    run.tell(1, 1, Call::Recv, reset, None, 0);
    let merged = merge(run.files(&[0, -3_600_000_000]), None).unwrap();
    let last: Vec<_> = merged.events.iter().rev().take(2).map(|event| event.actor).collect();
    assert_eq!(last, [Actor::Client, Actor::Server]);
}

#[test]
fn too_much_is_refused_with_advice() {
    let mut run = a_pair();
    let last = run.told.last().unwrap().1.clone();
    run.told.extend(std::iter::repeat_n((SERVER, Event { what: What::Dropped { dropped: 1 }, ..last }), 200_001));
    assert!(why_not(run.files(&[0])).contains("--conn 1"));
}
