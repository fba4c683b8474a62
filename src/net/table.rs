//! The system's table of TCP sockets: who listens where, and what lies unread. Linux tells; elsewhere nothing is known.
//!
//! It is looked at from outside: no connection is made, which a server that serves one client only would not survive.
//!
//! Source: `proc_net_tcp(5)`, whose addresses are the bytes of memory in hex, in words of the machine's own byte order.

use std::net::SocketAddr;

/// One row of the table.
#[cfg_attr(not(target_os = "linux"), allow(dead_code))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// The socket's own address. An IPv4 address in IPv6's clothes is given as IPv4.
    pub(crate) local: SocketAddr,
    /// The other side's; of a listener, nobody's.
    pub(crate) peer: SocketAddr,
    pub(crate) state: State,
    /// Bytes that were sent, and did not arrive yet.
    pub(crate) unsent: u64,
    /// Bytes that arrived, and were not read yet; of a listener, connections that wait to be accepted.
    pub(crate) unread: u64,
    /// Which open file it is; 0 for a connection that was not accepted yet, or is left by its program.
    pub(crate) inode: u64,
}

/// How far a socket is, as far as it matters here.
#[cfg_attr(not(target_os = "linux"), allow(dead_code))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Waits for clients.
    Listen,
    /// A connection, open in both directions.
    Open,
    /// The connection is over; its address is kept for a minute.
    TimeWait,
    /// Anything between those.
    Other,
}

/// The whole table as it is now; `None` where the system does not tell.
#[cfg(target_os = "linux")]
pub(crate) fn rows() -> Option<Vec<Row>> {
    let v4 = std::fs::read_to_string("/proc/net/tcp").ok()?;
    // A machine without IPv6 has no such file.
    let v6 = std::fs::read_to_string("/proc/net/tcp6").unwrap_or_default();
    Some(parse::rows(&v4).chain(parse::rows(&v6)).collect())
}

/// Both ends of a connection on this machine: the socket with this address, and its peer. `None` where one of them is gone, or the
/// system does not tell. The kernel takes long to write the tables, so that of IPv6 is read only for a socket that the other lacks.
pub(crate) fn both_ends(local: SocketAddr, peer: SocketAddr) -> Option<(Row, Row)> {
    let end = |rows: &[Row], local, peer| rows.iter().find(|row| (row.local, row.peer) == (local, peer)).copied();
    let v4 = rows_of_ipv4()?;
    match (end(&v4, local, peer), end(&v4, peer, local)) {
        (Some(ours), Some(theirs)) => Some((ours, theirs)),
        _ => {
            let all = rows()?;
            Some((end(&all, local, peer)?, end(&all, peer, local)?))
        }
    }
}

#[cfg(target_os = "linux")]
fn rows_of_ipv4() -> Option<Vec<Row>> {
    let v4 = std::fs::read_to_string("/proc/net/tcp").ok()?;
    Some(parse::rows(&v4).collect())
}

/// Not asked for on this system.
#[cfg(not(target_os = "linux"))]
fn rows_of_ipv4() -> Option<Vec<Row>> {
    None
}

/// Not asked for on this system.
#[cfg(not(target_os = "linux"))]
pub(crate) fn rows() -> Option<Vec<Row>> {
    None
}

/// Where these processes listen; `None` where the system does not tell.
#[cfg(target_os = "linux")]
pub(crate) fn listeners(pids: &[i32]) -> Option<Vec<SocketAddr>> {
    let inodes: Vec<_> = pids.iter().flat_map(|pid| inodes(*pid)).collect();
    let is_theirs = |row: &Row| row.state == State::Listen && inodes.contains(&row.inode);
    let mut listeners: Vec<_> = rows()?.into_iter().filter(is_theirs).map(|row| row.local).collect();
    listeners.dedup();
    Some(listeners)
}

/// Not asked for on this system.
#[cfg(not(target_os = "linux"))]
pub(crate) fn listeners(_: &[i32]) -> Option<Vec<SocketAddr>> {
    None
}

/// The sockets that processes have open, by what they can be used for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sockets {
    /// TCP sockets that listen.
    pub(crate) listening: Vec<SocketAddr>,
    /// UDP sockets, which receive datagrams and no connections.
    pub(crate) udp: Vec<SocketAddr>,
    /// How many are in no table: TCP sockets that neither listen nor are connected. Whether they are bound is not told.
    pub(crate) unused: usize,
}

/// What these processes have open; `None` where the system does not tell.
///
/// Source: `proc_net(5)`.
#[cfg(target_os = "linux")]
pub(crate) fn sockets(pids: &[i32]) -> Option<Sockets> {
    let inodes: Vec<_> = pids.iter().flat_map(|pid| inodes(*pid)).collect();
    let read = |name: &str| std::fs::read_to_string(format!("/proc/net/{name}")).unwrap_or_default();
    let is_theirs = |row: &Row| inodes.contains(&row.inode);
    let tcp: Vec<_> = rows()?.into_iter().filter(is_theirs).collect();
    let udp: Vec<_> =
        [read("udp"), read("udp6")].iter().flat_map(|table| parse::rows(table)).filter(is_theirs).collect();
    // Sockets of other families are of no concern here.
    let others: Vec<_> = [("unix", 6), ("netlink", 9), ("packet", 8)]
        .iter()
        .flat_map(|(name, field)| parse::column(&read(name), *field))
        .collect();
    let is_known = |inode: &u64| tcp.iter().chain(&udp).any(|row| row.inode == *inode) || others.contains(inode);
    Some(Sockets {
        listening: tcp.iter().filter(|row| row.state == State::Listen).map(|row| row.local).collect(),
        udp: udp.iter().map(|row| row.local).collect(),
        unused: inodes.iter().filter(|inode| !is_known(inode)).count(),
    })
}

/// Not asked for on this system.
#[cfg(not(target_os = "linux"))]
pub(crate) fn sockets(_: &[i32]) -> Option<Sockets> {
    None
}

/// The sockets that a process has open.
#[cfg(target_os = "linux")]
fn inodes(pid: i32) -> Vec<u64> {
    let Ok(files) = std::fs::read_dir(format!("/proc/{pid}/fd")) else { return Vec::new() };
    let names = files.flatten().filter_map(|file| std::fs::read_link(file.path()).ok());
    names.filter_map(|name| name.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()).collect()
}

#[cfg(target_os = "linux")]
mod parse {
    use super::{Row, State};
    use std::net::{IpAddr, SocketAddr};

    pub(super) fn rows(table: &str) -> impl Iterator<Item = Row> {
        table.lines().skip(1).filter_map(row)
    }

    /// One column of a table whose rows are words, as numbers.
    pub(super) fn column(table: &str, field: usize) -> Vec<u64> {
        let number = |line: &str| line.split_ascii_whitespace().nth(field)?.parse().ok();
        table.lines().skip(1).filter_map(number).collect()
    }

    fn row(line: &str) -> Option<Row> {
        let fields: Vec<_> = line.split_ascii_whitespace().collect();
        let [_, local, peer, state, queues, ..] = fields.as_slice() else { return None };
        let (unsent, unread) = queues.split_once(':')?;
        let state = match *state {
            "0A" => State::Listen,
            "01" => State::Open,
            "06" => State::TimeWait,
            _ => State::Other,
        };
        Some(Row {
            local: address(local)?,
            peer: address(peer)?,
            state,
            unsent: u64::from_str_radix(unsent, 16).ok()?,
            unread: u64::from_str_radix(unread, 16).ok()?,
            inode: fields.get(9)?.parse().ok()?,
        })
    }

    fn address(text: &str) -> Option<SocketAddr> {
        let (ip, port) = text.split_once(':')?;
        let port = u16::from_str_radix(port, 16).ok()?;
        let mut bytes = Vec::with_capacity(16);
        for start in (0..ip.len()).step_by(8) {
            let word = u32::from_str_radix(ip.get(start..start + 8)?, 16).ok()?;
            bytes.extend(word.to_ne_bytes());
        }
        let ip = match bytes.len() {
            4 => IpAddr::from(<[u8; 4]>::try_from(bytes).ok()?),
            16 => IpAddr::from(<[u8; 16]>::try_from(bytes).ok()?).to_canonical(),
            _ => return None,
        };
        Some(SocketAddr::new(ip, port))
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use proptest::prelude::*;

        #[test]
        #[cfg(target_endian = "little")]
        fn a_row_is_read_as_the_manual_page_has_it() {
            let line = "   3: 0100007F:2328 0100007F:C350 01 00000002:00000005 00:00000000 00000000  1000  0 4711 1 0 20 4 30 10 -1";
            let expected = Row {
                local: ([127, 0, 0, 1], 9000).into(),
                peer: ([127, 0, 0, 1], 50000).into(),
                state: State::Open,
                unsent: 2,
                unread: 5,
                inode: 4711,
            };
            assert_eq!(row(line), Some(expected));
        }

        #[test]
        #[cfg(target_endian = "little")]
        fn an_ipv4_address_in_ipv6_clothes_is_undressed() {
            assert_eq!(address("0000000000000000FFFF00000100007F:2328"), Some(([127, 0, 0, 1], 9000).into()));
            assert_eq!(address("00000000000000000000000001000000:2328"), "[::1]:9000".parse().ok());
        }

        proptest! {
            #[test]
            fn no_line_is_too_strange(line in "\\PC{0,80}") {
                let _ = row(&line);
            }
        }
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};

    #[test]
    fn a_listener_of_this_process_and_its_unread_bytes_are_found() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let own = [i32::try_from(std::process::id()).unwrap()];
        assert!(listeners(&own).unwrap().contains(&address));

        let mut client = TcpStream::connect(address).unwrap();
        let (local, peer) = (address, client.local_addr().unwrap());
        let of_server = || rows().unwrap().into_iter().find(|row| (row.local, row.peer) == (local, peer)).unwrap();
        assert_eq!(of_server().inode, 0, "nobody accepted it yet");
        client.write_all(b"five!").unwrap();
        let (mut server, _) = listener.accept().unwrap();
        while of_server().unread < 5 {
            std::thread::yield_now();
        }
        assert_ne!(of_server().inode, 0);
        server.read_exact(&mut [0; 5]).unwrap();
        assert_eq!(of_server().unread, 0);
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
