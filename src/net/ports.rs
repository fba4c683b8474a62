//! Ports for programs that are started here, and are told where to listen.

use super::table;
use crate::random;
use socket2::{Domain, Socket, Type};
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpStream};
use std::ops::Range;
use std::time::Duration;

/// The ports that servers get; below those that the system gives to clients, who keep theirs for a minute.
const PORTS: Range<u16> = 20_000..30_000;
/// How many of them are tried: if none is free, hardly any is.
const TRIES: usize = 1000;
/// How long a port that nobody answers from may take to say so.
const PATIENCE: Duration = Duration::from_secs(5);

/// A port that nobody listens on, and that no connection has used in the last minute. One by chance: whoever else looks for one at
/// the same time finds another.
///
/// # Errors
///
/// `AddrInUse` when there is none.
pub fn free_port() -> io::Result<u16> {
    for _ in 0..TRIES {
        let port = random::port(PORTS)?;
        if is_free(port) && reserve(port) {
            return Ok(port);
        }
    }
    Err(ErrorKind::AddrInUse.into())
}

/// Keeps other processes of day30 from choosing the same port before it is taken: an abstract name, which only one process can
/// have, and which ends with it. False if another one has it.
///
/// Source: `unix(7)`.
#[cfg(target_os = "linux")]
fn reserve(port: u16) -> bool {
    use std::collections::VecDeque;
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::{SocketAddr, UnixDatagram};
    use std::sync::{Mutex, PoisonError};
    /// More than are waited for at the same time.
    const HELD: usize = 16;
    static RESERVED: Mutex<VecDeque<UnixDatagram>> = Mutex::new(VecDeque::new());
    let name = SocketAddr::from_abstract_name(format!("day30-port-{port}"));
    match name.and_then(|name| UnixDatagram::bind_addr(&name)) {
        Ok(socket) => {
            let mut reserved = RESERVED.lock().unwrap_or_else(PoisonError::into_inner);
            reserved.push_back(socket);
            if reserved.len() > HELD {
                reserved.pop_front();
            }
            true
        }
        // Whatever else is wrong with such names, the port is free.
        Err(error) => error.kind() != ErrorKind::AddrInUse,
    }
}

/// There are no such names on this system.
#[cfg(not(target_os = "linux"))]
fn reserve(_: u16) -> bool {
    true
}

/// Whether a server could have this port, also one that binds without `SO_REUSEADDR`, as the notes' servers do.
#[must_use]
pub fn is_free(port: u16) -> bool {
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None);
    socket.is_ok_and(|socket| socket.bind(&address.into()).is_ok())
}

/// A port of the loopback interface on which nobody listens, and nobody can begin to while this is held; 0 takes a free one.
///
/// # Errors
///
/// `AddrInUse` when somebody listens there.
pub fn where_nobody_listens(port: u16) -> io::Result<(Socket, SocketAddr)> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    // A port that an earlier connection left in TIME_WAIT will do.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.bind(&SocketAddr::from(([127, 0, 0, 1], port)).into())?;
    let address = socket.local_addr()?.as_socket().ok_or(ErrorKind::AddrNotAvailable)?;
    Ok((socket, address))
}

/// Whether nobody listens on a port, and connections that are over keep it (`TIME_WAIT`): of a server that had not set `SO_REUSEADDR`,
/// else they keep nobody away. False where the system does not tell.
#[must_use]
pub fn is_in_time_wait(port: u16) -> bool {
    let is_listened_on = table::listening().map(|all| all.iter().any(|address| address.port() == port));
    is_listened_on == Some(false) && table::is_in_time_wait(port) == Some(true)
}

/// Whether somebody listens there. It connects to find out, which a server that serves one client only would not survive.
#[must_use]
pub fn somebody_listens(address: SocketAddr) -> bool {
    TcpStream::connect_timeout(&address, PATIENCE).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn a_port_is_free_until_somebody_has_it() {
        let port = free_port().unwrap();
        assert!(PORTS.contains(&port));
        #[cfg(target_os = "linux")]
        assert!(!reserve(port), "another process would be given it too");
        let (held, address) = where_nobody_listens(port).unwrap();
        assert!(!is_free(port) && !somebody_listens(address));
        drop(held);
        let listener = TcpListener::bind(address).unwrap();
        assert!(!is_free(port) && somebody_listens(address));
        drop(listener);
    }
}
