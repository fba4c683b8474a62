//! Ports for programs that are started here, and are told where to listen.

use socket2::{Domain, Socket, Type};
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpStream};
use std::ops::Range;
use std::process;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

/// The ports that servers get; below those that the system gives to clients, who keep theirs for a minute.
const PORTS: Range<u16> = 20_000..30_000;
/// How long a port that nobody answers from may take to say so.
const PATIENCE: Duration = Duration::from_secs(5);

/// A port that nobody listens on, and that no client of ours has used in the last minute.
///
/// # Errors
///
/// `AddrInUse` when there is none.
pub fn free_port() -> io::Result<u16> {
    // Not the first time at the same place: a server without SO_REUSEADDR could not have its predecessor's port.
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = (process::id() % u32::from(PORTS.end - PORTS.start)) as u16;
    for _ in PORTS {
        let step = first.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
        let port = PORTS.start + step % (PORTS.end - PORTS.start);
        if is_free(port) {
            return Ok(port);
        }
    }
    Err(ErrorKind::AddrInUse.into())
}

/// Whether a server could have this port, also one that binds without `SO_REUSEADDR`, as the notes' servers do.
#[must_use]
pub fn is_free(port: u16) -> bool {
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None);
    socket.is_ok_and(|socket| socket.bind(&address.into()).is_ok())
}

/// Whether somebody listens there. It connects to find out, which a server that serves one client only would not survive.
#[must_use]
pub fn somebody_listens(address: SocketAddr) -> bool {
    TcpStream::connect_timeout(&address, PATIENCE).is_ok()
}
