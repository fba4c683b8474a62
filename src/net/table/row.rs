//! What the system tells about one socket.

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
    /// There is no such socket.
    Closed,
    /// Anything between those.
    Other,
}

impl Row {
    /// Of a socket that the table does not have.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code))]
    pub(crate) fn closed(local: SocketAddr, peer: SocketAddr) -> Self {
        Self { local, peer, state: State::Closed, unsent: 0, unread: 0, inode: 0 }
    }
}

impl From<u8> for State {
    /// By the kernel's numbers.
    fn from(number: u8) -> Self {
        match number {
            0x01 => Self::Open,
            0x06 => Self::TimeWait,
            0x0A => Self::Listen,
            _ => Self::Other,
        }
    }
}
