//! By what the two ends of a connection are known to belong together.

use crate::trace::{Link, canonical};
use std::net::SocketAddr;

/// What both ends of a connection know of it: the client's address, and the server's port. The server's address may be written
/// differently at the two ends (`0.0.0.0`, or an IPv4 address in an IPv6 one).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key(SocketAddr, u16);

impl Key {
    pub(super) fn of_server(link: Link) -> Self {
        Self(canonical(link.peer), link.local.port())
    }

    pub(super) fn of_client(link: Link) -> Self {
        Self(canonical(link.local), link.peer.port())
    }
}
