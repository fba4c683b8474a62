//! Switches on the loopback interface: in a network namespace that was just made, it is there, and down.
//!
//! Source: `netlink(7)`, `rtnetlink(7)`: `RTM_NEWLINK`.

use byteorder::{NativeEndian, ReadBytesExt, WriteBytesExt};
use socket2::{Domain, Protocol, Socket, Type};
use std::io::{self, ErrorKind, Read, Write};

/// `AF_NETLINK`, `SOCK_RAW` and `NETLINK_ROUTE`.
const NETLINK: (i32, i32, i32) = (16, 3, 0);
/// `RTM_NEWLINK`, with `NLM_F_REQUEST` and `NLM_F_ACK`.
const NEW_LINK: u16 = 16;
const ANSWERED: u16 = 0x005;
/// In every network namespace, the loopback interface is the first.
const LOOPBACK: i32 = 1;
/// `IFF_UP`.
const UP: u32 = 1;
/// The length of `struct nlmsghdr` with `struct ifinfomsg` behind it.
const LENGTH: u32 = 32;
/// Where the answer has its error: behind its own `struct nlmsghdr`.
const ERROR_AT: usize = 16;

/// Switches it on, with its addresses 127.0.0.1 and ::1.
///
/// # Errors
///
/// What the kernel said: that it may not be done.
pub(crate) fn up() -> io::Result<()> {
    let mut question = Vec::new();
    question.write_u32::<NativeEndian>(LENGTH)?;
    question.write_u16::<NativeEndian>(NEW_LINK)?;
    question.write_u16::<NativeEndian>(ANSWERED)?;
    question.write_u64::<NativeEndian>(0)?;
    // The family, and the type of the device: whichever it is.
    question.write_u32::<NativeEndian>(0)?;
    question.write_i32::<NativeEndian>(LOOPBACK)?;
    // What is to be so, and what of it is to change.
    question.write_u32::<NativeEndian>(UP)?;
    question.write_u32::<NativeEndian>(UP)?;
    let (family, kind, protocol) = NETLINK;
    let mut socket = Socket::new(Domain::from(family), Type::from(kind), Some(Protocol::from(protocol)))?;
    socket.write_all(&question)?;
    let mut answer = [0; 256];
    let count = socket.read(&mut answer)?;
    let mut error = answer.get(ERROR_AT..count).ok_or(ErrorKind::UnexpectedEof)?;
    match error.read_i32::<NativeEndian>()? {
        0 => Ok(()),
        error => Err(io::Error::from_raw_os_error(error.saturating_neg())),
    }
}
