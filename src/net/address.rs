//! Where to listen, and how to connect: names tried one after another, and errors that say what to try next.

use super::calls::Calls;
use crate::trace::{Call, Outcome};
use socket2::{Domain, Socket, Type};
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::time::Duration;

/// How many may wait to be accepted: a class that connects at once, or an honest client behind a crowd. Whoever finds the
/// queue full tries again after a second.
const BACKLOG: i32 = 4096;
/// How long one address may take to answer.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

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
    calls.trace.slow_down();
    let bound = socket.bind(&address.into());
    // With port 0, the system chose one.
    let chosen = socket.local_addr().ok().and_then(|address| address.as_socket()).unwrap_or(address);
    calls.trace.call(None, Call::Bind, bound.as_ref().map(|()| Outcome::Address { ok: chosen }));
    bound?;
    calls.other(None, Call::Listen, || socket.listen(BACKLOG))?;
    Ok(socket.into())
}

/// Connects to the first of the name's addresses that answers: `localhost` may be `::1` here and `127.0.0.1` there.
///
/// # Errors
///
/// What the last address gave; `TimedOut` after [`CONNECT_TIMEOUT`].
pub fn connect(address: &str, calls: &mut Calls) -> io::Result<TcpStream> {
    first_of(address, |address| {
        calls.trace.slow_down();
        let _order = calls.trace.hold();
        let connected = TcpStream::connect_timeout(&address, CONNECT_TIMEOUT);
        calls.trace.call(None, Call::Connect, connected.as_ref().map(|_| Outcome::Address { ok: address }));
        connected
    })
}

fn first_of<T>(address: &str, mut run: impl FnMut(SocketAddr) -> io::Result<T>) -> io::Result<T> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for address in address.to_socket_addrs()? {
        match run(address) {
            Ok(done) => return Ok(done),
            Err(error) => last = error,
        }
    }
    Err(last)
}
