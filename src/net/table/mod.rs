//! The system's table of TCP sockets: who listens where, and what lies unread. Linux tells; elsewhere nothing is known.
//!
//! It is looked at from outside: no connection is made, which a server that serves one client only would not survive.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod proc_net;
mod row;
#[cfg(target_os = "linux")]
mod sock_diag;

use std::net::SocketAddr;

#[cfg(target_os = "linux")]
pub(crate) use linux::queued;
#[cfg(target_os = "linux")]
pub(crate) use linux::{connection, connections_of, is_in_time_wait, is_of_others, listening, listening_of, sockets};
#[cfg(not(target_os = "linux"))]
pub(crate) use not_told::{
    connection, connections_of, is_in_time_wait, is_of_others, listening, listening_of, sockets,
};
pub(crate) use row::{Row, State};

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

/// What is not asked for on this system.
#[cfg(not(target_os = "linux"))]
mod not_told {
    use super::{Row, Sockets};
    use std::net::SocketAddr;

    pub(crate) fn connection(_: SocketAddr, _: SocketAddr) -> Option<Row> {
        None
    }

    pub(crate) fn listening() -> Option<Vec<SocketAddr>> {
        None
    }

    pub(crate) fn listening_of(_: &[i32]) -> Option<Vec<SocketAddr>> {
        None
    }

    pub(crate) fn connections_of(_: &[i32]) -> Option<Vec<(SocketAddr, SocketAddr)>> {
        None
    }

    pub(crate) fn is_of_others(_: SocketAddr, _: SocketAddr, _: &[i32]) -> Option<bool> {
        None
    }

    pub(crate) fn is_in_time_wait(_: u16) -> Option<bool> {
        None
    }

    pub(crate) fn sockets(_: &[i32]) -> Option<Sockets> {
        None
    }
}
