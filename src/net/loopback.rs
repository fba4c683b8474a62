//! Whether this machine can talk to itself, and under which address others reach it.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

/// How long each step may take: between two ends on one machine it takes less than a millisecond.
const PATIENCE: Duration = Duration::from_secs(2);
/// What is sent there and back.
const MESSAGE: &[u8; 7] = b"clent11";
/// An address that no machine has (RFC 5737), and a port that nobody is sent anything on.
const NOWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 9);

/// Sends a message to a server of its own at this address of this machine, and back again.
///
/// # Errors
///
/// What the first call gave that failed; `TimedOut` or `WouldBlock` where something drops what is sent.
pub fn round_trip(ip: IpAddr) -> io::Result<()> {
    let listener = TcpListener::bind(SocketAddr::new(ip, 0))?;
    let mut client = TcpStream::connect_timeout(&listener.local_addr()?, PATIENCE)?;
    let ours = client.local_addr()?;
    // Somebody else may have been faster, by chance.
    let mut server = loop {
        let (server, peer) = listener.accept()?;
        if peer == ours {
            break server;
        }
    };
    for socket in [&client, &server] {
        socket.set_read_timeout(Some(PATIENCE))?;
    }
    let mut buffer = [0; MESSAGE.len()];
    client.write_all(MESSAGE)?;
    server.read_exact(&mut buffer)?;
    server.write_all(&buffer.to_ascii_uppercase())?;
    client.read_exact(&mut buffer)?;
    if buffer.eq_ignore_ascii_case(MESSAGE) { Ok(()) } else { Err(ErrorKind::InvalidData.into()) }
}

/// The address under which other machines may reach this one; `None` where it is in no network. To connect a UDP socket sends
/// nothing: it only asks the system which address it would send from.
#[must_use]
pub fn own_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect(NOWHERE).ok()?;
    let own = socket.local_addr().ok()?.ip();
    (!own.is_loopback() && !own.is_unspecified()).then_some(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_reaches_itself_and_no_address_that_it_does_not_have() {
        round_trip(Ipv4Addr::LOCALHOST.into()).unwrap();
        assert!(round_trip(NOWHERE.ip()).is_err());
    }
}
