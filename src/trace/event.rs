//! One thing that happened: a socket call with its outcome, or a fact that a protocol learned.

use super::{Caller, Errno, Seen};
use crate::protocol::{Ending, Fact};
use serde::{Deserialize, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

/// Who did it. A server and its clients each have a lane of their own when a trace is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Actor {
    /// The lesson's server.
    Server,
    /// A client on its own.
    Client,
    /// One of several clients in one run: 0 is client A.
    ClientNo(u8),
    /// A tap between a client and a server. It has both of a connection's sockets, under one number.
    Tap,
    /// Whoever attacks, in the middle between clients and the server: it has both kinds of sockets.
    Attacker,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Server => f.pad("server"),
            Self::Client => f.pad("client"),
            Self::Tap => f.pad("tap"),
            Self::Attacker => f.pad("attacker"),
            Self::ClientNo(number) => f.pad(&format!("client {}", Self::letter(*number))),
        }
    }
}

impl Actor {
    /// The only client, or one of several.
    #[must_use]
    pub fn client(number: Option<u8>) -> Self {
        number.map_or(Self::Client, Self::ClientNo)
    }

    /// What one of several clients is called: 0 is client A.
    #[must_use]
    pub fn letter(number: u8) -> char {
        char::from(b'A' + number % 26)
    }

    /// The actor of this name, as [`fmt::Display`] writes it.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "server" => Some(Self::Server),
            "client" => Some(Self::Client),
            "tap" => Some(Self::Tap),
            "attacker" => Some(Self::Attacker),
            _ => match name.strip_prefix("client ")?.as_bytes() {
                [letter @ b'A'..=b'Z'] => Some(Self::ClientNo(letter - b'A')),
                _ => None,
            },
        }
    }
}

impl Serialize for Actor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A connection, as one side sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
pub struct Link {
    /// Counted from 1 in the order of accepting (or connecting).
    pub id: u64,
    /// This side's address.
    pub local: SocketAddr,
    /// The other side's address. Both together name the connection on both sides.
    pub peer: SocketAddr,
}

/// One address has one form, also where an IPv4 address stands in an IPv6 one.
#[must_use]
pub fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

/// A socket call, by the name that the field has for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// `bind(2)`: take an address.
    Bind,
    /// `listen(2)`: begin to queue those who connect.
    Listen,
    /// `accept(2)`: take the next one from the queue.
    Accept,
    /// `connect(2)`.
    Connect,
    /// `fcntl(O_NONBLOCK)`: calls shall say `WouldBlock` instead of waiting.
    SetNonblocking,
    /// `epoll_wait(2)`, `kevent(2)` or IOCP: sleep until something is ready.
    Poll,
    /// `recv(2)`.
    Recv,
    /// `send(2)`.
    Send,
    /// `shutdown(SHUT_WR)`: nothing more will be sent (a FIN), but reading goes on.
    Shutdown,
    /// `shutdown(SHUT_RD)`: nothing more is to be received; wakes whoever sleeps in `recv`.
    ShutdownRead,
    /// `close(2)`.
    Close,
}

impl Call {
    /// The call's name in narration and trace.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Bind => "bind",
            Self::Listen => "listen",
            Self::Accept => "accept",
            Self::Connect => "connect",
            Self::SetNonblocking => "set_nonblocking",
            Self::Poll => "poll",
            Self::Recv => "recv",
            Self::Send => "send",
            Self::Shutdown => "shutdown",
            Self::ShutdownRead => "shutdown_read",
            Self::Close => "close",
        }
    }
}

/// What a call gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Outcome {
    /// It worked; there is nothing to count. In the journal: `"ok":0`.
    Done {
        /// Always 0.
        ok: u8,
    },
    /// It worked, with a number: bytes of a `recv` or a `send`, ready connections of a `poll`.
    Count {
        /// The number.
        ok: usize,
    },
    /// It worked, with an address: who connected, or what was bound.
    Address {
        /// The address.
        ok: SocketAddr,
    },
    /// It failed.
    Failed(Errno),
}

impl Outcome {
    /// It worked; there is nothing to count.
    pub const DONE: Self = Self::Done { ok: 0 };
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum What {
    /// One call.
    Call {
        /// Which.
        call: Call,
        /// What it gave.
        #[serde(flatten)]
        outcome: Outcome,
        /// What a `recv` or a `send` moved, up to [`PAYLOAD_CAP`](super::PAYLOAD_CAP).
        #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_hex")]
        data: Option<Vec<u8>>,
        /// How many bytes a `recv` had room for, or a `send` was given. `None` where nobody said.
        #[serde(skip_serializing_if = "Option::is_none")]
        asked: Option<usize>,
        /// How long it took: a call that sleeps takes as long as it sleeps. `None` where nobody measured it.
        #[serde(rename = "took_us", serialize_with = "as_some_micros", skip_serializing_if = "Option::is_none")]
        took: Option<Duration>,
    },
    /// Calls that all said `WouldBlock`, counted instead of told one by one.
    Folded {
        /// Which, and how often, from the most frequent on.
        folded: Vec<(Call, u64)>,
        /// Over how long.
        #[serde(rename = "span_us", serialize_with = "as_micros")]
        span: Duration,
        /// The calling thread's CPU time in it, where the system tells.
        #[serde(rename = "cpu_us", serialize_with = "as_some_micros", skip_serializing_if = "Option::is_none")]
        cpu: Option<Duration>,
    },
    /// What a protocol learned.
    Fact(Fact),
    /// What a program that is watched was seen to do, beside the calls of its sockets.
    Seen(Seen),
    /// A connection has to wait before it is served, because its address failed to prove itself too often.
    Delayed {
        /// For how long.
        #[serde(rename = "delayed_us", serialize_with = "as_micros")]
        delay: Duration,
    },
    /// A connection came to its end.
    Ended {
        /// How.
        ended: Ending,
    },
    /// A judge begins to play a check.
    Check {
        /// Its id.
        check: Cow<'static, str>,
    },
    /// A lesson of the demo begins.
    Lesson {
        /// Its name.
        lesson: Cow<'static, str>,
    },
    /// Events that a view could not follow: they are missing here.
    Dropped {
        /// How many.
        dropped: u64,
    },
}

/// One thing that happened, and when, and to whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Event {
    /// Counted from 1 over the whole run, without a gap.
    #[serde(rename = "n")]
    pub number: u64,
    /// Since the recorder was made.
    #[serde(rename = "us", serialize_with = "as_micros")]
    pub at: Duration,
    /// Who.
    pub actor: Actor,
    /// On which connection, if on one.
    #[serde(rename = "conn", skip_serializing_if = "Option::is_none")]
    pub link: Option<Link>,
    /// What.
    #[serde(flatten)]
    pub what: What,
    /// Which part of its program it was.
    #[serde(flatten)]
    pub caller: Caller,
}

fn as_hex<S: Serializer>(data: &Option<Vec<u8>>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&base16ct::lower::encode_string(data.as_deref().unwrap_or_default()))
}

fn as_micros<S: Serializer>(span: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(span.as_micros()).unwrap_or(u64::MAX))
}

fn as_some_micros<S: Serializer>(span: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    as_micros(&span.unwrap_or_default(), serializer)
}
