//! How a connection comes about: the judge knocks at a server, or opens a door for a client.

use super::conn::Conn;
use super::{Context, broken};
use crate::both;
use crate::check::verdict::Outcome;
use crate::check::verdict::step::Who;
use crate::net::address::listen;
use crate::net::calls::Calls;
use crate::net::socket::would_block;
use crate::trace::{Actor, Call, Link, Outcome as Told};
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

/// How long one try to connect may take: a queue that is full is tried again by the kernel after a second.
const ONE_TRY: Duration = Duration::from_secs(4);

/// What came of knocking.
#[derive(Debug)]
pub(crate) enum Connect {
    /// A connection.
    In(Box<Conn>),
    /// Nobody listens there (yet).
    Refused,
    /// No answer: the queue of those who wait to be accepted is full.
    NoAnswer,
}

/// Tries to connect to a server, once.
pub(crate) fn connect_once(number: u8, id: u64, address: SocketAddr, context: &Context) -> Outcome<Connect> {
    let mut calls = Calls::new(context.trace.of(Actor::ClientNo(number)));
    let connected = TcpStream::connect_timeout(&address, ONE_TRY);
    let socket = match connected {
        // The system may give a client the very port that it knocks at, and connect it to itself.
        Ok(socket) if socket.local_addr().ok() == Some(address) => return Ok(Connect::Refused),
        Ok(socket) => socket,
        Err(error) if is_refused(&error) => return Ok(Connect::Refused),
        Err(error) if matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock) => {
            return Ok(Connect::NoAnswer);
        }
        Err(error) => return Err(broken("connect", &error)),
    };
    let local = socket.local_addr().map_err(|error| broken("getsockname", &error))?;
    let link = Link { id, local, peer: address };
    calls.trace.call(Some(link), Call::Connect, Ok(Told::Address { ok: address }), None);
    calls.counts.calls += 1;
    // Else a second small piece would wait for the first one's acknowledgement (Nagle's algorithm, RFC 896).
    socket.set_nodelay(true).map_err(|error| broken("TCP_NODELAY", &error))?;
    let who = Who::Client(number);
    context.story.did(both!("{who} connects to {address}", "{who} 连接 {address}"));
    Ok(Connect::In(Box::new(Conn::new(who, socket, link, calls, context.clone()))))
}

/// A server that is just closing its door resets whoever stood before it.
fn is_refused(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted)
}

/// Where the judge waits for a client.
#[derive(Debug)]
pub(crate) struct Listener {
    listener: TcpListener,
    pub(crate) address: SocketAddr,
}

impl Listener {
    /// Listens on this port of the loopback interface; 0 takes a free one.
    pub(crate) fn bind(port: u16, context: &Context) -> Outcome<Self> {
        let wanted = SocketAddr::from(([127, 0, 0, 1], port)).to_string();
        let mut calls = Calls::new(context.trace.of(Actor::Server));
        let cannot = |error: io::Error| broken(&format!("cannot listen on {wanted}"), &error);
        let listener = listen(&wanted, &mut calls).map_err(cannot)?;
        listener.set_nonblocking(true).map_err(cannot)?;
        let address = listener.local_addr().map_err(cannot)?;
        Ok(Self { listener, address })
    }

    /// Lets go of those who wait: they belong to a process that has ended.
    pub(crate) fn drop_waiting(&self) {
        while self.listener.accept().is_ok() {}
    }

    /// The next client, if one comes while `is_worth_it`, and before the patience is over.
    pub(crate) fn wait(
        &self,
        id: u64,
        context: &Context,
        patience: Duration,
        mut is_worth_it: impl FnMut() -> bool,
    ) -> Outcome<Option<Conn>> {
        let mut calls = Calls::new(context.trace.of(Actor::Server));
        calls.naps = true;
        let until = context.until(patience);
        loop {
            context.go_on()?;
            match self.listener.accept() {
                Ok((socket, peer)) => {
                    calls.trace.call(None, Call::Accept, Ok(Told::Address { ok: peer }), None);
                    let cannot = |error: io::Error| broken("a new connection", &error);
                    socket.set_nonblocking(false).map_err(cannot)?;
                    socket.set_nodelay(true).map_err(cannot)?;
                    let link = Link { id, local: self.address, peer };
                    context.story.did(both!("day30 accepts the program's connection", "day30 接受了程序的连接"));
                    return Ok(Some(Conn::new(Who::Server, socket, link, calls, context.clone())));
                }
                Err(error) if would_block(&error) || is_refused(&error) => {}
                Err(error) => return Err(broken("accept", &error)),
            }
            if context.is_over(&until) || !is_worth_it() {
                return Ok(None);
            }
            thread::sleep(Duration::from_millis(1));
        }
    }
}
