use super::*;
use crate::protocol::Ending;
use crate::trace::{Actor, Caller, Errno, Link};
use proptest::prelude::*;
use std::io::ErrorKind;

const A: Actor = Actor::ClientNo(0);
const SERVER: Actor = Actor::Server;

fn address(port: u16) -> SocketAddr {
    ([127, 0, 0, 1], port).into()
}

/// The link of client A's connection, as this actor has it.
fn link(actor: Actor) -> Option<Link> {
    let (local, peer) = if actor == SERVER { (address(9000), address(50001)) } else { (address(50001), address(9000)) };
    Some(Link { id: 1, local, peer })
}

fn happen(state: &mut State, actor: Actor, link: Option<Link>, what: What) {
    let event = Event { number: 1, at: Duration::from_millis(5), actor, link, what, caller: Caller::default() };
    state.apply(Step::Happens(&event));
}

fn call(state: &mut State, actor: Actor, call: Call, outcome: Outcome, data: &[u8], asked: usize) {
    let link = link(actor).filter(|_| !matches!(call, Call::Bind | Call::Listen | Call::Accept));
    let what = What::Call { call, outcome, data: Some(data.to_vec()), asked: Some(asked), took: None };
    happen(state, actor, link, what);
}

fn new(role: &'static str) -> State {
    let mut state = State::new(&Header::new("demo", role, String::new(), "spin"));
    if role != "client" {
        call(&mut state, SERVER, Call::Bind, Outcome::Address { ok: address(9000) }, b"", 0);
        call(&mut state, SERVER, Call::Listen, Outcome::DONE, b"", 0);
    }
    state
}

fn connect(state: &mut State) {
    call(state, A, Call::Connect, Outcome::Address { ok: address(9000) }, b"", 0);
}

fn accept(state: &mut State) {
    call(state, SERVER, Call::Accept, Outcome::Address { ok: address(50001) }, b"", 0);
}

fn send(state: &mut State, actor: Actor, data: &[u8], asked: usize) {
    call(state, actor, Call::Send, Outcome::Count { ok: data.len() }, data, asked);
}

fn receive(state: &mut State, actor: Actor, data: &[u8]) {
    call(state, actor, Call::Recv, Outcome::Count { ok: data.len() }, data, 1024);
}

fn only(state: &State) -> &Connection {
    let all: Vec<_> = state.connections.iter().collect();
    assert_eq!(all.len(), 1, "{all:?}");
    all[0]
}

#[test]
fn who_connects_waits_in_the_accept_queue() {
    let mut state = new("demo");
    connect(&mut state);
    assert_eq!(state.connections.accept_queue().count(), 1);
    accept(&mut state);
    assert_eq!(state.connections.accept_queue().count(), 0);
    assert_eq!((only(&state).client.actor, only(&state).server.actor), (Some(A), Some(SERVER)));
    assert_eq!((only(&state).server.blocking, only(&state).client.blocking), (Some(false), Some(true)));
}

#[test]
fn what_was_sent_and_not_received_lies_in_the_kernel() {
    let mut state = new("demo");
    connect(&mut state);
    send(&mut state, A, "hé".as_bytes(), 10);
    assert_eq!(only(&state).client.unsent, 7);
    accept(&mut state);
    receive(&mut state, SERVER, b"h\xc3");
    let incoming = only(&state).server.incoming.clone().unwrap();
    assert_eq!((incoming.count, incoming.bytes), (1, [0xa9].into()));
    receive(&mut state, SERVER, b"\xa9");
    assert_eq!(only(&state).server.incoming, Some(Buffer::default()));
}

#[test]
fn what_one_side_cannot_know_is_not_guessed() {
    let mut state = new("server");
    accept(&mut state);
    receive(&mut state, SERVER, b"hello");
    assert_eq!(only(&state).server.incoming, None);
    assert_eq!((only(&state).client.actor, only(&state).client.blocking), (None, None));
    let mut state = new("client");
    connect(&mut state);
    assert_eq!(state.connections.accept_queue().count(), 0);
    // A server and some of its clients, but not this one.
    let mut state = new("pair");
    accept(&mut state);
    receive(&mut state, SERVER, b"hello");
    assert_eq!((only(&state).client.actor, &only(&state).server.incoming), (None, &None));
}

/// Both ends of a handshake are told of by threads of their own.
#[test]
fn a_server_may_accept_before_the_client_tells_that_it_connected() {
    let mut state = new("demo");
    accept(&mut state);
    connect(&mut state);
    assert_eq!((only(&state).serial, only(&state).accepted), (1, true));
    assert_eq!((only(&state).client.actor, only(&state).server.actor), (Some(A), Some(SERVER)));
    send(&mut state, A, b"hello", 5);
    assert_eq!(only(&state).server.incoming.as_ref().map(|incoming| incoming.count), Some(5));
}

#[test]
fn a_socket_ends_step_by_step() {
    let mut state = new("demo");
    connect(&mut state);
    accept(&mut state);
    call(&mut state, A, Call::Shutdown, Outcome::DONE, b"", 0);
    assert_eq!(only(&state).client.condition(), Condition::FinSent);
    receive(&mut state, SERVER, b"");
    assert_eq!(only(&state).server.condition(), Condition::FinReceived);
    call(&mut state, SERVER, Call::Close, Outcome::DONE, b"", 0);
    assert_eq!(only(&state).server.condition(), Condition::Closed);
    assert!(!only(&state).is_over());
    let reset = Outcome::Failed(Errno { error: ErrorKind::ConnectionReset, errno: "ECONNRESET" });
    call(&mut state, A, Call::Recv, reset, b"", 1024);
    assert_eq!(only(&state).client.condition(), Condition::Reset);
    happen(&mut state, A, link(A), What::Ended { ended: Ending::Reset });
    assert!(only(&state).is_over());
}

#[test]
fn a_sleeper_sleeps_and_a_spinner_spins_until_it_is_told_how_often() {
    let mut state = new("server");
    let took = Some(Duration::from_secs(2));
    let outcome = Outcome::Count { ok: 1 };
    let what = What::Call { call: Call::Poll, outcome, data: None, asked: None, took };
    let at = Duration::from_secs(3);
    let event = Event { number: 3, at, actor: SERVER, link: None, what, caller: Caller::default() };
    state.apply(Step::Begins(&event));
    let since = Duration::from_secs(1);
    assert_eq!(state.workers[0].doing, Doing::Asleep { call: Call::Poll, link: None, since });
    state.apply(Step::Happens(&event));
    assert_eq!(state.workers[0].doing, Doing::Running);

    let what = What::Folded { folded: vec![(Call::Accept, 60), (Call::Recv, 40)], span: since, cpu: None };
    let folded = Event { number: 4, at: Duration::from_secs(5), what, ..event };
    state.apply(Step::Begins(&folded));
    assert_eq!([4000, 4250, 5000, 9000].map(|ms| state.workers[0].spun(Duration::from_millis(ms))), [0, 25, 100, 100]);
    state.apply(Step::Happens(&folded));
    assert_eq!((state.workers[0].for_nothing, state.workers[0].spin), (100, None));
}

#[test]
fn no_count_of_a_strange_record_is_too_large() {
    let mut state = new("server");
    for _ in 0..2 {
        let (folded, span) = (vec![(Call::Recv, u64::MAX); 2], Duration::ZERO);
        happen(&mut state, SERVER, None, What::Folded { folded, span, cpu: None });
        happen(&mut state, SERVER, None, What::Dropped { dropped: u64::MAX });
        let again = Outcome::Failed(Errno { error: ErrorKind::WouldBlock, errno: "EAGAIN" });
        call(&mut state, SERVER, Call::Accept, again, b"", 0);
    }
    assert_eq!(state.lost, u64::MAX);
    assert!(state.workers.iter().all(|worker| worker.for_nothing == u64::MAX), "{:?}", state.workers);
}

/// A record of version 1 does not tell the address that a client connects from.
#[test]
fn an_old_records_client_is_known_when_it_is_accepted() {
    let mut state = new("demo");
    let what = What::Call {
        call: Call::Connect,
        outcome: Outcome::Address { ok: address(9000) },
        data: None,
        asked: None,
        took: None,
    };
    happen(&mut state, A, None, what);
    accept(&mut state);
    send(&mut state, A, b"x", 1);
    assert_eq!(only(&state).client_address, Some(address(50001)));
    assert_eq!(only(&state).server.incoming.as_ref().map(|incoming| incoming.count), Some(1));
}

#[test]
fn each_lesson_of_a_demo_begins_with_nothing() {
    let mut state = new("demo");
    connect(&mut state);
    happen(&mut state, SERVER, None, What::Lesson { lesson: "auth".into() });
    assert_eq!((state.connections.iter().count(), state.listener.is_none()), (0, true));
    connect(&mut state);
    assert_eq!(only(&state).server.blocking, Some(true));
}

#[test]
fn what_is_over_is_forgotten_in_the_end() {
    let mut state = new("server");
    for port in 1..200 {
        call(&mut state, SERVER, Call::Accept, Outcome::Address { ok: address(port) }, b"", 0);
        let link = Link { id: port.into(), local: address(9000), peer: address(port) };
        happen(&mut state, SERVER, Some(link), What::Ended { ended: Ending::Eof });
    }
    let ids: Vec<_> = state.connections.iter().map(|conn| conn.id).collect();
    assert_eq!(ids, (192..200).collect::<Vec<_>>());
}

proptest! {
    /// Whatever a record claims, in whatever order.
    #[test]
    fn no_order_of_events_is_too_strange(claims in proptest::collection::vec((0..10_u8, 0..3_u8, 0..5_u8), 0..60)) {
        let calls = [Call::Bind, Call::Listen, Call::Accept, Call::Connect, Call::Recv, Call::Send, Call::Shutdown, Call::Close,
            Call::Poll, Call::SetNonblocking];
        let mut state = State::new(&Header::new("demo", "demo", String::new(), "several"));
        for (which, actor, kind) in claims {
            let actor = [SERVER, A, Actor::Client][usize::from(actor)];
            let outcome = match kind {
                0 => Outcome::DONE,
                1 => Outcome::Count { ok: usize::MAX / 4 },
                2 => Outcome::Address { ok: address(50001) },
                3 => Outcome::Failed(Errno { error: ErrorKind::WouldBlock, errno: "EAGAIN" }),
                _ => Outcome::Count { ok: 3 },
            };
            call(&mut state, actor, calls[usize::from(which)], outcome, b"abc", 7);
            for conn in state.connections.iter() {
                for incoming in [&conn.client.incoming, &conn.server.incoming].into_iter().flatten() {
                    prop_assert!(incoming.bytes.len() as u64 <= incoming.count);
                }
            }
        }
    }
}

/// A tap is the server of its client, and the client of its server: two connections of one number.
#[test]
fn a_tap_has_an_end_of_each_of_its_two_connections() {
    let mut state = State::new(&Header::new("tap", "tap", String::new(), "threads"));
    let its_client = Link { id: 1, local: address(9001), peer: address(50001) };
    let its_server = Link { id: 1, local: address(50002), peer: address(9000) };
    let tap = |state: &mut State, link: Option<Link>, call: Call, outcome: Outcome| {
        happen(state, Actor::Tap, link, What::Call { call, outcome, data: None, asked: None, took: None });
    };
    tap(&mut state, None, Call::Bind, Outcome::Address { ok: address(9001) });
    tap(&mut state, None, Call::Accept, Outcome::Address { ok: address(50001) });
    tap(&mut state, Some(its_server), Call::Connect, Outcome::Address { ok: address(9000) });
    assert_eq!(state.connections.accept_queue().count(), 0);
    tap(&mut state, Some(its_client), Call::Recv, Outcome::Count { ok: 0 });
    tap(&mut state, Some(its_server), Call::Shutdown, Outcome::DONE);
    let all: Vec<_> = state.connections.iter().collect();
    assert_eq!(all.iter().map(|conn| conn.id).collect::<Vec<_>>(), [1, 1]);
    assert_eq!((all[0].server.actor, all[0].client.actor), (Some(Actor::Tap), None));
    assert_eq!((all[1].server.actor, all[1].client.actor), (None, Some(Actor::Tap)));
    assert!(all[1].client.fin_sent && !all[0].server.fin_sent && !all[1].server.fin_sent);
}
