//! Where to listen, and how to connect: names tried one after another, and errors that say what to try next.

use super::calls::Calls;
use crate::trace::{Call, Link, Outcome};
use socket2::{Domain, Socket, Type};
use std::error::Error;
use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::time::Duration;

/// How many may wait to be accepted: a class that connects at once, or an honest client behind a crowd. Whoever finds the
/// queue full tries again after a second.
const BACKLOG: i32 = 4096;
/// How long one address may take to answer.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// How long another address of this machine may take: it answers at once, or never.
const KNOCK_TIMEOUT: Duration = Duration::from_millis(300);

/// Listens on the first of the name's addresses that can be had.
///
/// # Errors
///
/// What the last address gave.
pub fn listen(address: &str, calls: &mut Calls) -> io::Result<TcpListener> {
    first_of(address, |address| listen_on(address, calls))
}

fn listen_on(address: SocketAddr, calls: &mut Calls) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    // Else a restarted server could not have its port again for a minute (TIME_WAIT). On Windows the same option means
    // something else: that two servers may share a port.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    let began = calls.trace.begin();
    let bound = socket.bind(&address.into());
    // With port 0, the system chose one.
    let chosen = socket.local_addr().ok().and_then(|address| address.as_socket()).unwrap_or(address);
    calls.trace.call(None, Call::Bind, bound.as_ref().map(|()| Outcome::Address { ok: chosen }), began.took());
    bound?;
    calls.other(None, Call::Listen, || socket.listen(BACKLOG))?;
    Ok(socket.into())
}

/// Connects to the first of the name's addresses that answers: `localhost` may be `::1` here and `127.0.0.1` there. `id` is the
/// connection's number.
///
/// # Errors
///
/// What the last address gave; `TimedOut` after [`CONNECT_TIMEOUT`].
pub fn connect(address: &str, id: u64, calls: &mut Calls) -> io::Result<(TcpStream, Link)> {
    first_of(address, |peer| {
        let began = calls.trace.begin();
        let _order = calls.trace.hold();
        let connected = TcpStream::connect_timeout(&peer, CONNECT_TIMEOUT);
        let took = began.took();
        let connected = connected.and_then(|socket| {
            let local = socket.local_addr()?;
            Ok((socket, Link { id, local, peer }))
        });
        let link = connected.as_ref().ok().map(|(_, link)| *link);
        calls.trace.call(link, Call::Connect, connected.as_ref().map(|_| Outcome::Address { ok: peer }), took);
        connected
    })
}

/// Whether the name itself is not known, so that nothing was tried at all.
#[must_use]
pub fn is_unknown_name(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.downcast_ref::<UnknownName>().is_some())
}

fn unknown_name(error: &impl fmt::Display) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, UnknownName(error.to_string()))
}

/// A name that the resolver has no address for.
#[derive(Debug)]
struct UnknownName(String);

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for UnknownName {}

/// Where on this machine somebody listens on the same port, if `address` is this machine under another address: a server on
/// `127.0.0.1` is not reached by `::1`, and not by `127.0.0.2`.
#[must_use]
pub fn who_listens_here(address: &str) -> Option<SocketAddr> {
    let tried: Vec<_> = address.to_socket_addrs().ok()?.collect();
    let port = tried.iter().find(|address| address.ip().is_loopback())?.port();
    let others = [IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST)];
    let others = others.map(|ip| SocketAddr::new(ip, port));
    others
        .into_iter()
        .filter(|other| !tried.contains(other))
        .find(|other| TcpStream::connect_timeout(other, KNOCK_TIMEOUT).is_ok())
}

fn first_of<T>(address: &str, mut run: impl FnMut(SocketAddr) -> io::Result<T>) -> io::Result<T> {
    let mut last = unknown_name(&"the name has no address");
    for address in address.to_socket_addrs().map_err(|error| unknown_name(&error))? {
        match run(address) {
            Ok(done) => return Ok(done),
            Err(error) => last = error,
        }
    }
    Err(last)
}
