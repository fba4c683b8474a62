//! The name that the field gives to an error of the operating system: `EAGAIN`, not 11.

use serde::Serialize;
use std::io;

/// An error of a socket call: what Rust calls it, and what the manual page calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Errno {
    /// Rust's [`io::ErrorKind`], the same on every system.
    #[serde(serialize_with = "as_debug")]
    pub error: io::ErrorKind,
    /// The constant's name, as in `errno(3)` or Winsock's list; `-` for an error that no system call gave.
    pub errno: &'static str,
}

impl Errno {
    /// The name that the lessons use, the same on every system: `EAGAIN` where Windows says `WSAEWOULDBLOCK`.
    #[must_use]
    pub fn lesson_name(self) -> &'static str {
        match self.error {
            io::ErrorKind::WouldBlock => "EAGAIN",
            _ => self.errno.strip_prefix("WSA").filter(|name| name.starts_with('E')).unwrap_or(self.errno),
        }
    }
}

impl Errno {
    /// Whether no system call gave it.
    #[must_use]
    pub fn is_no_calls(self) -> bool {
        self.errno == NO_CALL
    }
}

/// The kinds that a socket call's error has, for a reader: what else there is becomes `Other`.
const KINDS: &[io::ErrorKind] = {
    use io::ErrorKind as Kind;
    &[
        Kind::WouldBlock,
        Kind::Interrupted,
        Kind::ConnectionReset,
        Kind::BrokenPipe,
        Kind::ConnectionRefused,
        Kind::ConnectionAborted,
        Kind::TimedOut,
        Kind::AddrInUse,
        Kind::AddrNotAvailable,
        Kind::PermissionDenied,
        Kind::NotConnected,
        Kind::InvalidInput,
        Kind::OutOfMemory,
        Kind::NetworkDown,
        Kind::NetworkUnreachable,
        Kind::HostUnreachable,
        Kind::WriteZero,
        Kind::UnexpectedEof,
        Kind::NotFound,
    ]
};

impl Errno {
    /// What a record calls `error` and `errno`. A name that no system of ours gives is shown as `errno?`.
    pub(super) fn named(error: &str, errno: &str) -> Self {
        let kind = KINDS.iter().copied().find(|kind| format!("{kind:?}") == error);
        let known = UNIX.iter().chain(WINSOCK.iter().map(|(_, name)| name)).copied().find(|name| *name == errno);
        let without = if errno == NO_CALL { NO_CALL } else { UNKNOWN };
        Self { error: kind.unwrap_or(io::ErrorKind::Other), errno: known.unwrap_or(without) }
    }
}

fn as_debug<S: serde::Serializer>(kind: &io::ErrorKind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{kind:?}"))
}

impl From<&io::Error> for Errno {
    fn from(error: &io::Error) -> Self {
        Self { error: error.kind(), errno: error.raw_os_error().map_or(NO_CALL, name) }
    }
}

/// An error that no system call gave, and one that is in no list of ours.
const NO_CALL: &str = "-";
const UNKNOWN: &str = "errno?";

/// Makes of one list the names, which records of other systems hold too, and the look-up of a number: numbers differ from system to
/// system, so the constants are looked up.
macro_rules! unix_names {
    ($($constant:ident $name:literal,)+) => {
        const UNIX: &[&str] = &[$($name),+];

        #[cfg(unix)]
        fn name(code: i32) -> &'static str {
            use rustix::io::Errno as E;
            let known = [$((E::$constant, $name)),+];
            known.iter().find(|(errno, _)| errno.raw_os_error() == code).map_or(UNKNOWN, |(_, name)| name)
        }
    };
}

unix_names! {
    AGAIN "EAGAIN",
    INTR "EINTR",
    CONNRESET "ECONNRESET",
    PIPE "EPIPE",
    CONNREFUSED "ECONNREFUSED",
    CONNABORTED "ECONNABORTED",
    TIMEDOUT "ETIMEDOUT",
    ADDRINUSE "EADDRINUSE",
    ADDRNOTAVAIL "EADDRNOTAVAIL",
    ACCESS "EACCES",
    PERM "EPERM",
    MFILE "EMFILE",
    NFILE "ENFILE",
    NOBUFS "ENOBUFS",
    NOMEM "ENOMEM",
    NOTCONN "ENOTCONN",
    PROTO "EPROTO",
    INVAL "EINVAL",
    BADF "EBADF",
    NETDOWN "ENETDOWN",
    NETUNREACH "ENETUNREACH",
    HOSTUNREACH "EHOSTUNREACH",
    HOSTDOWN "EHOSTDOWN",
    INPROGRESS "EINPROGRESS",
    IO "EIO",
}

/// Winsock's names (the numbers are fixed there).
const WINSOCK: &[(i32, &str)] = &[
    (10004, "WSAEINTR"),
    (10013, "WSAEACCES"),
    (10022, "WSAEINVAL"),
    (10024, "WSAEMFILE"),
    (10035, "WSAEWOULDBLOCK"),
    (10048, "WSAEADDRINUSE"),
    (10049, "WSAEADDRNOTAVAIL"),
    (10053, "WSAECONNABORTED"),
    (10054, "WSAECONNRESET"),
    (10055, "WSAENOBUFS"),
    (10057, "WSAENOTCONN"),
    (10058, "WSAESHUTDOWN"),
    (10060, "WSAETIMEDOUT"),
    (10061, "WSAECONNREFUSED"),
];

#[cfg(windows)]
fn name(code: i32) -> &'static str {
    WINSOCK.iter().find(|(number, _)| *number == code).map_or("WSA?", |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_names_are_told_as_the_lessons_have_them() {
        use io::ErrorKind as Kind;
        let told = |error, errno| Errno { error, errno }.lesson_name();
        assert_eq!(told(Kind::WouldBlock, "WSAEWOULDBLOCK"), "EAGAIN");
        assert_eq!(told(Kind::WouldBlock, "EAGAIN"), "EAGAIN");
        assert_eq!(told(Kind::ConnectionReset, "WSAECONNRESET"), "ECONNRESET");
        assert_eq!(told(Kind::BrokenPipe, "EPIPE"), "EPIPE");
        assert_eq!(told(Kind::Other, "WSA?"), "WSA?");
    }

    #[test]
    fn what_was_written_is_read_again() {
        for name in UNIX.iter().chain(WINSOCK.iter().map(|(_, name)| name)).chain([&NO_CALL]) {
            for kind in KINDS {
                let errno = Errno { error: *kind, errno: name };
                assert_eq!(Errno::named(&format!("{kind:?}"), name), errno);
            }
        }
        assert_eq!(Errno::named("Odd", "EODD"), Errno { error: io::ErrorKind::Other, errno: UNKNOWN });
    }

    #[cfg(unix)]
    #[test]
    fn names_are_those_of_the_manual_page() {
        let of = |errno: rustix::io::Errno| Errno::from(&io::Error::from_raw_os_error(errno.raw_os_error()));
        assert_eq!(of(rustix::io::Errno::AGAIN), Errno { error: io::ErrorKind::WouldBlock, errno: "EAGAIN" });
        assert_eq!(of(rustix::io::Errno::PIPE).errno, "EPIPE");
        assert_eq!(of(rustix::io::Errno::MFILE).errno, "EMFILE");
    }
}
