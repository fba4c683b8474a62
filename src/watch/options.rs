//! Which options of a socket are told: those that change what a lesson is about.

use super::memory::Memory;
use crate::trace::Seen;
use nix::libc;

/// By level and number, with the names of `socket(7)`, `tcp(7)` and `ipv6(7)`.
const NAMES: &[(i32, i32, &str)] = &[
    (libc::SOL_SOCKET, libc::SO_REUSEADDR, "SO_REUSEADDR"),
    (libc::SOL_SOCKET, libc::SO_REUSEPORT, "SO_REUSEPORT"),
    (libc::SOL_SOCKET, libc::SO_KEEPALIVE, "SO_KEEPALIVE"),
    (libc::SOL_SOCKET, libc::SO_RCVBUF, "SO_RCVBUF"),
    (libc::SOL_SOCKET, libc::SO_SNDBUF, "SO_SNDBUF"),
    (libc::SOL_SOCKET, libc::SO_LINGER, "SO_LINGER"),
    (libc::SOL_SOCKET, libc::SO_RCVTIMEO, "SO_RCVTIMEO"),
    (libc::SOL_SOCKET, libc::SO_SNDTIMEO, "SO_SNDTIMEO"),
    (libc::IPPROTO_TCP, libc::TCP_NODELAY, "TCP_NODELAY"),
    (libc::IPPROTO_TCP, libc::TCP_QUICKACK, "TCP_QUICKACK"),
    (libc::IPPROTO_TCP, libc::TCP_CORK, "TCP_CORK"),
    (libc::IPPROTO_IPV6, libc::IPV6_V6ONLY, "IPV6_V6ONLY"),
];

/// What `setsockopt` sets, if it is told.
pub(super) fn set([_, level, option, at, ..]: [u64; 6], memory: Memory) -> Option<Seen> {
    let is_it = |(known, number, _): &&(i32, i32, &str)| (*known, *number) == (level as i32, option as i32);
    let (_, _, name) = NAMES.iter().find(is_it)?;
    let first = memory.int(at)?;
    let value = match *name {
        // Seconds, if it is on at all (`struct linger`).
        "SO_LINGER" if first != 0 => memory.int(at.wrapping_add(4))?,
        "SO_LINGER" => -1,
        _ => first,
    };
    Some(Seen::Option { name: (*name).into(), value: value.into() })
}
