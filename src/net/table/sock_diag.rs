//! Questions about TCP sockets to the kernel itself, through a netlink socket. It looks up one connection at once, where the tables of
//! `/proc/net` have to be written whole.
//!
//! Source: `netlink(7)`, `sock_diag(7)`.

use super::row::{Row, State};
use byteorder::{BigEndian, NativeEndian, ReadBytesExt, WriteBytesExt};
use socket2::{Domain, Protocol, Socket, Type};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// `AF_NETLINK`, `SOCK_RAW` and `NETLINK_SOCK_DIAG`.
const NETLINK: (i32, i32, i32) = (16, 3, 4);
/// `AF_INET` and `AF_INET6`.
const INET: u8 = 2;
const INET6: u8 = 10;
/// `IPPROTO_TCP`.
const TCP: u8 = 6;
/// The kinds of messages: `SOCK_DIAG_BY_FAMILY` is a question or a row of the answer, `NLMSG_ERROR` and `NLMSG_DONE` end it.
const BY_FAMILY: u16 = 20;
const ERROR: u16 = 2;
const DONE: u16 = 3;
/// `NLM_F_REQUEST`, and `NLM_F_DUMP` for all sockets that fit.
const ONE: u16 = 0x001;
const ALL: u16 = 0x301;
/// The bit of `TCP_LISTEN` among the states.
const LISTEN: u32 = 1 << 10;
/// `INET_DIAG_NOCOOKIE`: whichever socket has the addresses.
const NO_COOKIE: u64 = u64::MAX;
/// The length of `struct nlmsghdr`, and of `struct inet_diag_req_v2` behind it.
const HEADER: u32 = 16;
const QUESTION: u32 = 56;
/// `ENOENT`, the answer where there is no such socket.
const NO_ENTRY: i32 = 2;
/// Longer than the longest message of the kernel.
const BUFFER: usize = 64 * 1024;

/// The socket with these addresses, its own and its peer's; `None` inside where there is none.
///
/// # Errors
///
/// Those of the netlink socket, which some containers refuse and some kernels do not have.
pub(super) fn connection(local: SocketAddr, peer: SocketAddr) -> io::Result<Option<Row>> {
    let family = if local.is_ipv4() { INET } else { INET6 };
    let rows = ask(ONE, &question(ONE, family, u32::MAX, local, peer)?)?;
    // Where there is no such connection, the kernel gives the listener that it would come to.
    Ok(rows.into_iter().find(|row| (row.local, row.peer) == (local, peer)))
}

/// The sockets that listen.
///
/// # Errors
///
/// As of [`connection`].
pub(super) fn listening() -> io::Result<Vec<Row>> {
    let any = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
    let mut rows = ask(ALL, &question(ALL, INET, LISTEN, any, any)?)?;
    rows.extend(ask(ALL, &question(ALL, INET6, LISTEN, any, any)?)?);
    Ok(rows)
}

/// Ports and addresses go in the network's byte order, all else in the machine's.
fn question(flags: u16, family: u8, states: u32, local: SocketAddr, peer: SocketAddr) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    bytes.write_u32::<NativeEndian>(HEADER + QUESTION)?;
    bytes.write_u16::<NativeEndian>(BY_FAMILY)?;
    bytes.write_u16::<NativeEndian>(flags)?;
    bytes.write_u64::<NativeEndian>(0)?;
    bytes.extend([family, TCP, 0, 0]);
    bytes.write_u32::<NativeEndian>(states)?;
    bytes.write_u16::<BigEndian>(local.port())?;
    bytes.write_u16::<BigEndian>(peer.port())?;
    for end in [local, peer] {
        match end.ip() {
            IpAddr::V4(ip) => bytes.extend(ip.octets().into_iter().chain([0; 12])),
            IpAddr::V6(ip) => bytes.extend(ip.octets()),
        }
    }
    bytes.write_u32::<NativeEndian>(0)?;
    bytes.write_u64::<NativeEndian>(NO_COOKIE)?;
    Ok(bytes)
}

/// Sends a question, and receives until it is answered.
fn ask(flags: u16, question: &[u8]) -> io::Result<Vec<Row>> {
    let (family, kind, protocol) = NETLINK;
    let mut socket = Socket::new(Domain::from(family), Type::from(kind), Some(Protocol::from(protocol)))?;
    // The kernel has answered before `send` is over: what is not there then would never come.
    socket.set_nonblocking(true)?;
    socket.write_all(question)?;
    let (mut rows, mut buffer) = (Vec::new(), vec![0; BUFFER]);
    loop {
        let count = socket.read(&mut buffer)?;
        let is_over = read_messages(buffer.get(..count).unwrap_or_default(), &mut rows)?;
        if is_over || flags == ONE {
            return Ok(rows);
        }
    }
}

/// Reads the messages of one datagram; true if the answer ends with them.
fn read_messages(mut datagram: &[u8], rows: &mut Vec<Row>) -> io::Result<bool> {
    while !datagram.is_empty() {
        let length = usize::try_from(datagram.read_u32::<NativeEndian>()?).unwrap_or(usize::MAX);
        // The length counts its own four bytes; the next message begins where a word does.
        let rest = length.saturating_sub(4);
        let mut message = datagram.get(..rest).ok_or(ErrorKind::UnexpectedEof)?;
        datagram = datagram.get(rest.next_multiple_of(4)..).unwrap_or_default();
        let kind = message.read_u16::<NativeEndian>()?;
        let (_flags, _number_and_port) = (message.read_u16::<NativeEndian>()?, message.read_u64::<NativeEndian>()?);
        match kind {
            DONE => return Ok(true),
            ERROR => {
                return match message.read_i32::<NativeEndian>()? {
                    error if error == -NO_ENTRY => Ok(true),
                    error => Err(io::Error::from_raw_os_error(error.saturating_neg())),
                };
            }
            BY_FAMILY => rows.push(row(message)?),
            _ => {}
        }
    }
    Ok(false)
}

/// A `struct inet_diag_msg`.
fn row(mut message: &[u8]) -> io::Result<Row> {
    let family = message.read_u8()?;
    let state = State::from(message.read_u8()?);
    let (_timer, _retransmits) = (message.read_u8()?, message.read_u8()?);
    let (port, peer_port) = (message.read_u16::<BigEndian>()?, message.read_u16::<BigEndian>()?);
    let (ip, peer_ip) = (address(family, &mut message)?, address(family, &mut message)?);
    let (_interface, _cookie) = (message.read_u32::<NativeEndian>()?, message.read_u64::<NativeEndian>()?);
    let _expires = message.read_u32::<NativeEndian>()?;
    let (unread, unsent) = (message.read_u32::<NativeEndian>()?, message.read_u32::<NativeEndian>()?);
    let _user = message.read_u32::<NativeEndian>()?;
    let inode = message.read_u32::<NativeEndian>()?;
    Ok(Row {
        local: SocketAddr::new(ip, port),
        peer: SocketAddr::new(peer_ip, peer_port),
        state,
        unsent: unsent.into(),
        unread: unread.into(),
        inode: inode.into(),
    })
}

/// Sixteen bytes, of which an IPv4 address takes the first four.
fn address(family: u8, message: &mut &[u8]) -> io::Result<IpAddr> {
    let mut octets = [0; 16];
    message.read_exact(&mut octets)?;
    let [a, b, c, d, ..] = octets;
    Ok(match family {
        INET => Ipv4Addr::new(a, b, c, d).into(),
        _ => IpAddr::from(Ipv6Addr::from(octets)).to_canonical(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::table::proc_net;
    use proptest::prelude::*;
    use std::net::{TcpListener, TcpStream};

    /// Both ways to ask must tell the same, each of its own socket.
    #[test]
    fn the_kernel_tells_what_its_tables_show() {
        for any in ["127.0.0.1:0", "[::1]:0"] {
            let Ok(listener) = TcpListener::bind(any) else { continue };
            let address = listener.local_addr().unwrap();
            let mut client = TcpStream::connect(address).unwrap();
            client.write_all(b"five!").unwrap();
            let own = client.local_addr().unwrap();
            let shown = proc_net::tcp();
            for (local, peer) in [(own, address), (address, own)] {
                let of_table = shown.iter().find(|row| (row.local, row.peer) == (local, peer));
                assert_eq!(connection(local, peer).unwrap().as_ref(), of_table);
                assert!(of_table.is_some());
            }
            // Of a listener, it tells also how long the queue may become.
            let waiting = |rows: &[Row]| {
                let listener = rows.iter().find(|row| row.state == State::Listen && row.local == address);
                listener.map(|row| (row.unread, row.inode))
            };
            assert!(waiting(&shown).is_some());
            assert_eq!(waiting(&listening().unwrap()), waiting(&shown));
            let nobody = SocketAddr::from((address.ip(), 1));
            assert_eq!(connection(address, nobody).unwrap(), None, "there is but the listener");
        }
    }

    #[test]
    fn a_socket_for_both_families_is_found_by_the_ipv4_address() {
        let socket = Socket::new(Domain::IPV6, Type::STREAM, None).unwrap();
        let any: SocketAddr = "[::]:0".parse().unwrap();
        if socket.set_only_v6(false).and_then(|()| socket.bind(&any.into())).is_err() {
            return;
        }
        socket.listen(1).unwrap();
        let port = socket.local_addr().unwrap().as_socket().unwrap().port();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let own = TcpStream::connect(address).unwrap().local_addr().unwrap();
        assert!(connection(address, own).unwrap().is_some());
    }

    proptest! {
        #[test]
        fn no_datagram_is_too_strange(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read_messages(&bytes, &mut Vec::new());
        }
    }
}
