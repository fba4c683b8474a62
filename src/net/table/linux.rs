//! What Linux tells about sockets. The kernel is asked through `sock_diag`, and where it refuses, its text tables are read.

use super::row::{Row, State};
use super::{Sockets, proc_net, sock_diag};
use std::net::SocketAddr;

/// The socket with these addresses, its own and its peer's. One that is gone is [`State::Closed`].
pub(crate) fn connection(local: SocketAddr, peer: SocketAddr) -> Option<Row> {
    let is_it = |row: &Row| (row.local, row.peer) == (local, peer);
    let found = sock_diag::connection(local, peer).unwrap_or_else(|_| proc_net::tcp().into_iter().find(is_it));
    Some(found.unwrap_or_else(|| Row::closed(local, peer)))
}

/// Where somebody listens.
pub(crate) fn listening() -> Option<Vec<SocketAddr>> {
    Some(listeners().into_iter().map(|row| row.local).collect())
}

/// Where these processes listen.
pub(crate) fn listening_of(pids: &[i32]) -> Option<Vec<SocketAddr>> {
    let inodes = inodes(pids);
    let mut theirs: Vec<_> =
        listeners().into_iter().filter(|row| inodes.contains(&row.inode)).map(|row| row.local).collect();
    theirs.dedup();
    Some(theirs)
}

/// The connections that these processes have open, or are about to: each one's own address, and its peer's.
pub(crate) fn connections_of(pids: &[i32]) -> Option<Vec<(SocketAddr, SocketAddr)>> {
    let inodes = inodes(pids);
    let is_one = |row: &Row| inodes.contains(&row.inode) && row.state != State::Listen && row.peer.port() != 0;
    Some(proc_net::tcp().into_iter().filter(is_one).map(|row| (row.local, row.peer)).collect())
}

/// Whether the socket with these addresses, its own and its peer's, is one of somebody else than these processes. A connection that
/// nobody has accepted yet, or that was closed, is nobody's.
pub(crate) fn is_of_others(local: SocketAddr, peer: SocketAddr, pids: &[i32]) -> Option<bool> {
    let inode = connection(local, peer)?.inode;
    Some(inode != 0 && !inodes(pids).contains(&inode))
}

/// How many clients wait to be accepted by whoever listens there.
pub(crate) fn queued(address: SocketAddr) -> Option<u64> {
    listeners().into_iter().find(|row| row.local == address).map(|row| row.unread)
}

fn listeners() -> Vec<Row> {
    sock_diag::listening()
        .unwrap_or_else(|_| proc_net::tcp().into_iter().filter(|row| row.state == State::Listen).collect())
}

/// Whether the port is kept for what may still arrive of a connection that is over.
pub(crate) fn is_in_time_wait(port: u16) -> Option<bool> {
    Some(proc_net::tcp().iter().any(|row| row.state == State::TimeWait && row.local.port() == port))
}

/// What these processes have open.
///
/// Source: `proc_net(5)`.
pub(crate) fn sockets(pids: &[i32]) -> Option<Sockets> {
    let inodes = inodes(pids);
    let theirs = |rows: Vec<Row>| rows.into_iter().filter(|row| inodes.contains(&row.inode)).collect::<Vec<_>>();
    let (tcp, udp) = (theirs(proc_net::tcp()), theirs(proc_net::udp()));
    // Sockets of other families are of no concern here.
    let others = [("unix", 6), ("netlink", 9), ("packet", 8)];
    let others: Vec<_> = others.into_iter().flat_map(|(name, field)| proc_net::column(name, field)).collect();
    let is_known = |inode: &u64| tcp.iter().chain(&udp).any(|row| row.inode == *inode) || others.contains(inode);
    Some(Sockets {
        listening: tcp.iter().filter(|row| row.state == State::Listen).map(|row| row.local).collect(),
        udp: udp.iter().map(|row| row.local).collect(),
        unused: inodes.iter().filter(|inode| !is_known(inode)).count(),
    })
}

/// The sockets that processes have open, as numbers of open files.
fn inodes(pids: &[i32]) -> Vec<u64> {
    let files = pids.iter().filter_map(|pid| std::fs::read_dir(format!("/proc/{pid}/fd")).ok()).flatten().flatten();
    let names = files.filter_map(|file| std::fs::read_link(file.path()).ok());
    names.filter_map(|name| name.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};

    #[test]
    fn a_listener_of_this_process_and_its_unread_bytes_are_found() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let own = [i32::try_from(std::process::id()).unwrap()];
        assert!(listening_of(&own).unwrap().contains(&address));

        let mut client = TcpStream::connect(address).unwrap();
        let (local, peer) = (address, client.local_addr().unwrap());
        let of_server = || connection(local, peer).unwrap();
        assert_eq!(of_server().inode, 0, "nobody accepted it yet");
        client.write_all(b"five!").unwrap();
        let (mut server, _) = listener.accept().unwrap();
        while of_server().unread < 5 {
            std::thread::yield_now();
        }
        assert_ne!(of_server().inode, 0);
        assert!(connections_of(&own).unwrap().contains(&(local, peer)));
        assert_eq!(is_of_others(local, peer, &own), Some(false));
        assert_eq!(is_of_others(local, peer, &[]), Some(true));
        server.read_exact(&mut [0; 5]).unwrap();
        assert_eq!(of_server().unread, 0);
        drop(server);
        client.read_to_end(&mut Vec::new()).unwrap();
        drop(client);
        while of_server().state != State::TimeWait {
            std::thread::yield_now();
        }
        assert_eq!(is_in_time_wait(address.port()), Some(true));
        assert_eq!(connection(peer, local).unwrap().state, State::Closed);
    }

    #[test]
    fn sockets_are_told_by_their_kind() {
        use std::net::UdpSocket;
        let own = [i32::try_from(std::process::id()).unwrap()];
        let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
        let bound = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
        bound.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
        let sockets = sockets(&own).unwrap();
        let bound = bound.local_addr().unwrap().as_socket().unwrap();
        assert!(sockets.udp.contains(&udp.local_addr().unwrap()), "{sockets:?}");
        assert!(sockets.unused >= 1 && !sockets.listening.contains(&bound), "{sockets:?}");
    }
}
