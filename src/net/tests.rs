//! The connection without a network: a scripted socket gives what the kernel may give, and the clock is turned by hand.

use super::connection::Connection;
use super::limits::Limits;
use super::room::{Entry, Room};
use super::server::{Plan, Server};
use super::socket::Socket;
use super::stop::Stop;
use super::work::Work;
use crate::protocol::{Ending, Upper};
use crate::trace::{Actor, Link, Recorder};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

/// What the kernel answers, call by call. With nothing left, a receive would block and a send takes everything.
#[derive(Default)]
struct Script {
    incoming: RefCell<VecDeque<io::Result<Vec<u8>>>>,
    room: RefCell<VecDeque<io::Result<usize>>>,
    sent: RefCell<Vec<u8>>,
    fin_sent: Cell<bool>,
}

impl Socket for Rc<Script> {
    fn receive(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.incoming.borrow_mut().pop_front().unwrap_or_else(|| Err(ErrorKind::WouldBlock.into()))?;
        buffer[..bytes.len()].copy_from_slice(&bytes);
        Ok(bytes.len())
    }
    fn send(&self, bytes: &[u8]) -> io::Result<usize> {
        let room = self.room.borrow_mut().pop_front().unwrap_or(Ok(bytes.len()))?.min(bytes.len());
        self.sent.borrow_mut().extend_from_slice(&bytes[..room]);
        Ok(room)
    }
    fn shutdown_write(&self) -> io::Result<()> {
        self.fin_sent.set(true);
        Ok(())
    }
    fn send_at_once(&self) -> io::Result<()> {
        Ok(())
    }
    fn local_address(&self) -> io::Result<SocketAddr> {
        Ok(([127, 0, 0, 1], 9000).into())
    }
}

type Client = Connection<Rc<Script>, Upper>;

/// Runs `play` with a connection over an empty script.
fn with_client(play: impl FnOnce(&Rc<Script>, &mut Client, &mut Work<'_>)) -> Vec<(Ending, u64)> {
    let trace = Recorder::off(Actor::Server, None);
    let (limits, stop) = (Limits::default(), Arc::new(Stop::default()));
    let plan = Plan { buffer: 1024, limits, busy_poll: Duration::ZERO, once: false, penalize: false, trace, stop };
    let server = Server::new(plan, || Ok(Upper::default()), |_, _| {});
    let mut work = server.work().unwrap();
    let script = Rc::new(Script::default());
    let link = Link { id: 1, local: ([127, 0, 0, 1], 9000).into(), peer: ([127, 0, 0, 1], 50000).into() };
    let Entry::Slot(slot) = Arc::new(Room::default()).enter(1, link.peer.ip(), &limits) else { panic!("no place") };
    let now = work.now;
    let mut client = Connection::new(Rc::clone(&script), link, Upper::default(), slot, now, &mut work);
    play(&script, &mut client, &mut work);
    drop(client);
    drop(work);
    server.served().endings.into_iter().collect()
}

/// One turn of a loop, as all three models take it.
fn turn(client: &mut Client, work: &mut Work<'_>) {
    client.receive(work);
    client.send(work);
    client.check_deadlines(work);
}

fn says(script: &Script, bytes: &[u8]) {
    script.incoming.borrow_mut().push_back(Ok(bytes.to_vec()));
}

#[test]
fn a_send_that_takes_one_byte_at_a_time_loses_none() {
    with_client(|script, client, work| {
        says(script, b"hello");
        script.room.borrow_mut().extend((0..5).flat_map(|_| [Ok(1), Err(ErrorKind::WouldBlock.into())]));
        for _ in 0..6 {
            turn(client, work);
        }
        assert_eq!(script.sent.borrow().as_slice(), b"HELLO");
    });
}

#[test]
fn a_first_send_that_would_block_is_kept_and_the_client_not_read_from_meanwhile() {
    with_client(|script, client, work| {
        says(script, b"one");
        says(script, b"two");
        script.room.borrow_mut().extend([Err(ErrorKind::WouldBlock.into()), Err(ErrorKind::WouldBlock.into())]);
        turn(client, work);
        turn(client, work);
        assert_eq!(script.incoming.borrow().len(), 1, "read although its reply is unsent");
        turn(client, work);
        turn(client, work);
        assert_eq!(script.sent.borrow().as_slice(), b"ONETWO");
    });
}

#[test]
fn an_interrupted_call_is_made_again() {
    with_client(|script, client, work| {
        script.incoming.borrow_mut().push_back(Err(ErrorKind::Interrupted.into()));
        says(script, b"hi");
        script.room.borrow_mut().push_back(Err(ErrorKind::Interrupted.into()));
        turn(client, work);
        assert_eq!(script.sent.borrow().as_slice(), b"HI");
        assert_eq!(work.calls.counts.calls, 4);
    });
}

#[test]
fn a_reset_on_either_side_ends_this_client_as_reset() {
    for kind in [ErrorKind::ConnectionReset, ErrorKind::BrokenPipe, ErrorKind::ConnectionAborted] {
        let on_receive = with_client(|script, client, work| {
            script.incoming.borrow_mut().push_back(Err(kind.into()));
            turn(client, work);
            assert!(client.is_closed());
        });
        let on_send = with_client(|script, client, work| {
            says(script, b"x");
            script.room.borrow_mut().push_back(Err(kind.into()));
            turn(client, work);
            assert!(client.is_closed());
        });
        assert_eq!((on_receive, on_send), (vec![(Ending::Reset, 1)], vec![(Ending::Reset, 1)]), "{kind:?}");
    }
}

#[test]
fn an_error_of_the_host_ends_this_client_as_failed() {
    let endings = with_client(|script, client, work| {
        says(script, b"x");
        script.room.borrow_mut().push_back(Err(ErrorKind::OutOfMemory.into()));
        turn(client, work);
        assert!(client.is_closed());
    });
    assert_eq!(endings, [(Ending::Failed, 1)]);
}

#[test]
fn a_client_that_does_not_read_is_closed_after_ten_seconds_without_progress() {
    let endings = with_client(|script, client, work| {
        says(script, b"hello");
        script.room.borrow_mut().extend([Err(ErrorKind::WouldBlock.into()), Ok(1)]);
        script.room.borrow_mut().extend((0..9).map(|_| Err(ErrorKind::WouldBlock.into())));
        turn(client, work);
        work.now += Duration::from_secs(9);
        turn(client, work); //                      one byte goes out: the time begins anew
        work.now += Duration::from_secs(9);
        turn(client, work);
        assert!(!client.is_closed());
        work.now += Duration::from_secs(2);
        turn(client, work);
        assert!(client.is_closed());
        assert_eq!(script.sent.borrow().as_slice(), b"H");
    });
    assert_eq!(endings, [(Ending::WriteStall, 1)]);
}

#[test]
fn an_idle_client_is_told_and_given_time_to_read() {
    let endings = with_client(|script, client, work| {
        work.now += Duration::from_secs(59);
        turn(client, work);
        assert!(!script.fin_sent.get());
        work.now += Duration::from_secs(1);
        turn(client, work);
        turn(client, work);
        assert!(script.fin_sent.get() && !client.is_closed());
        says(script, b"this is thrown away");
        turn(client, work);
        work.now += Duration::from_secs(5);
        turn(client, work);
        assert!(client.is_closed());
        assert_eq!(script.sent.borrow().as_slice(), b"");
    });
    assert_eq!(endings, [(Ending::IdleKick, 1)]);
}

#[test]
fn each_byte_is_activity() {
    with_client(|script, client, work| {
        for _ in 0..10 {
            work.now += Duration::from_secs(59);
            says(script, b"x");
            turn(client, work);
        }
        assert!(!script.fin_sent.get());
        assert_eq!(script.sent.borrow().as_slice(), b"XXXXXXXXXX");
    });
}

#[test]
fn what_was_answered_before_bad_bytes_goes_out_before_the_end() {
    let endings = with_client(|script, client, work| {
        says(script, b"abc\xff");
        script.room.borrow_mut().extend([Ok(1), Err(ErrorKind::WouldBlock.into())]);
        turn(client, work);
        assert!(!script.fin_sent.get(), "said goodbye with bytes unsent");
        turn(client, work);
        assert!(script.fin_sent.get());
        script.incoming.borrow_mut().push_back(Ok(Vec::new()));
        turn(client, work);
        assert!(client.is_closed());
        assert_eq!(script.sent.borrow().as_slice(), b"ABC");
    });
    assert_eq!(endings, [(Ending::BadUtf8, 1)]);
}
