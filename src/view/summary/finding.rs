//! What can stand out in a trace, and where it was seen.

use crate::trace::{Call, Caller};
use std::net::SocketAddr;
use std::time::Duration;

/// Something that stands out. Each is seen from the calls alone.
#[derive(Clone, Debug, PartialEq)]
pub enum Finding {
    /// A call slept for one client, while others waited to be accepted.
    SleptForOne {
        /// Which call.
        call: Call,
        /// For which client.
        client: u64,
        /// How long.
        took: Duration,
        /// How many waited, where that is known.
        waiting: Option<u64>,
        /// The call did not return any more.
        for_ever: bool,
    },
    /// A call slept for one client, while another one's bytes lay in the kernel.
    SleptBesideBytes {
        /// For which client.
        client: u64,
        /// Whose bytes lay there.
        other: u64,
        /// How long.
        took: Duration,
    },
    /// The listening socket does not wait, but a socket that `accept` gave does.
    ModeNotInherited {
        /// Which client's.
        client: u64,
    },
    /// A loop of calls that came back with `EAGAIN`.
    Spins {
        /// How many a second.
        per_second: u64,
    },
    /// A loop of `poll` or `select` with a time limit of 0.
    LooksInVain {
        /// How many a second.
        per_second: u64,
    },
    /// `poll` said again and again that a socket is ready, and nothing was done about it.
    ReadyIgnored {
        /// How often.
        count: u64,
    },
    /// `bind` gave `EADDRINUSE`.
    AddressInUse {
        /// Whether `SO_REUSEADDR` was set.
        reuses: bool,
    },
    /// A server's port was bound without `SO_REUSEADDR`.
    NoReuse,
    /// The port is open to the whole network.
    OpenToAll {
        /// Where it was bound.
        address: SocketAddr,
    },
    /// The port is not the one in the command.
    OtherPort {
        /// The one that was bound.
        bound: u16,
        /// The one in the command.
        asked: u16,
    },
    /// `listen` was given a queue that is too short.
    ShortQueue {
        /// How long.
        size: i64,
    },
    /// `listen` was called, and `accept` never.
    NeverAccepts,
    /// There were no descriptors left.
    NoDescriptors {
        /// Which call failed.
        call: Call,
    },
    /// The other side had closed, and the socket was never closed.
    NotClosed {
        /// Which connection.
        client: u64,
    },
    /// A copy of the descriptor stays open in another process.
    CopyOpen {
        /// Which connection.
        client: u64,
    },
    /// `send` took a part, and the rest was never sent.
    RestNeverSent {
        /// How many bytes.
        left: u64,
        /// Of how many.
        of: u64,
    },
    /// `recv` gave 0, and was called again.
    ReceivesAfterEnd {
        /// How often.
        count: u64,
    },
    /// Bytes were decoded in the middle of a character, and the next thing was the end of the connection.
    LetterCut {
        /// How many bytes of the character had come.
        bytes: usize,
    },
    /// A character that came in two pieces was answered with a replacement character.
    LetterReplaced,
    /// Bytes of two clients were sent to one of them.
    ClientsMixed {
        /// To whom they were sent.
        client: u64,
        /// Whose bytes were among them.
        other: u64,
    },
    /// `recv` was given room for one byte, again and again.
    ByteByByte {
        /// How often.
        count: u64,
    },
    /// `send` was given one byte, again and again.
    SendsByteByByte {
        /// How often.
        count: u64,
        /// Whether `TCP_NODELAY` was set.
        without_delay: bool,
    },
    /// A length was announced, and fewer bytes than that were taken for the whole message.
    MessageShort {
        /// How many came.
        got: u64,
        /// How many were announced.
        announced: u64,
    },
    /// The connection was broken, and used again.
    UsedAfterReset {
        /// The error that said so.
        errno: &'static str,
    },
    /// One client's reset ended the program.
    ResetEndsAll {
        /// The error.
        errno: &'static str,
        /// The exit code.
        code: u8,
    },
    /// `EAGAIN` ended the program.
    EagainEndsAll {
        /// Which call.
        call: Call,
        /// The exit code.
        code: u8,
    },
    /// `SIGPIPE` ended the program.
    PipeSignal,
    /// A socket was closed with bytes unread.
    ClosedUnread {
        /// How many.
        bytes: u64,
    },
    /// Nobody listens there.
    Refused {
        /// Where.
        address: Option<SocketAddr>,
    },
    /// The server ended with an error.
    EndedWithError {
        /// The exit code.
        code: u8,
        /// Its last call.
        call: Call,
    },
    /// It uses `io_uring`.
    NotAllSeen,
    /// It is a program of 32 bits.
    NoneSeen,
}

/// Where in the program.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Place {
    /// The file, as the record names it.
    pub file: Option<Box<str>>,
    /// The line, from 1.
    pub line: Option<u32>,
}

impl From<&Caller> for Place {
    fn from(caller: &Caller) -> Self {
        Self { file: caller.file.clone(), line: caller.line }
    }
}

/// What stands out, where, and how often.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// What, as it was seen first.
    pub finding: Finding,
    /// Where.
    pub place: Place,
    /// How often the same was seen there.
    pub times: u64,
}

/// So many are kept.
const MOST: usize = 64;

/// What was found so far.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<Found>);

impl Findings {
    /// One more; the same at the same place is counted.
    pub(super) fn add(&mut self, finding: Finding, place: &Place) {
        let kind = std::mem::discriminant(&finding);
        let is_same = |found: &&mut Found| std::mem::discriminant(&found.finding) == kind && found.place == *place;
        if let Some(known) = self.0.iter_mut().find(is_same) {
            known.times = known.times.saturating_add(1);
            known.worsen(finding);
        } else if self.0.len() < MOST {
            self.0.push(Found { finding, place: place.clone(), times: 1 });
        }
    }

    pub(super) fn take(self) -> Vec<Found> {
        self.0
    }
}

impl Found {
    /// Of two that differ in how much, the greater one is told.
    fn worsen(&mut self, other: Finding) {
        let size = |finding: &Finding| match finding {
            Finding::SleptForOne { took, for_ever, .. } if *for_ever => {
                Duration::MAX.as_nanos().min(took.as_nanos() << 20)
            }
            Finding::SleptForOne { took, .. } | Finding::SleptBesideBytes { took, .. } => took.as_nanos(),
            Finding::Spins { per_second } | Finding::LooksInVain { per_second } => u128::from(*per_second),
            Finding::ReadyIgnored { count }
            | Finding::ReceivesAfterEnd { count }
            | Finding::ByteByByte { count }
            | Finding::SendsByteByByte { count, .. } => u128::from(*count),
            _ => 0,
        };
        if size(&other) > size(&self.finding) {
            self.finding = other;
        }
    }
}
