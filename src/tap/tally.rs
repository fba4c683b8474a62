//! What a tap counted, all in all.

use std::collections::BTreeMap;
use std::time::Duration;

/// One of the two directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From the client to the server.
    ToServer,
    /// From the server to the client.
    ToClient,
}

impl Way {
    /// Both, in the order of every pair here.
    pub const BOTH: [Self; 2] = [Self::ToServer, Self::ToClient];

    /// The other one.
    #[must_use]
    pub fn back(self) -> Self {
        self.of_pair(Self::ToClient, Self::ToServer)
    }

    /// Of two things, the one that belongs to this direction.
    pub fn of_pair<T>(self, to_server: T, to_client: T) -> T {
        match self {
            Self::ToServer => to_server,
            Self::ToClient => to_client,
        }
    }
}

/// What passed in one direction, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flow {
    /// Received from the sender.
    pub received: u64,
    /// Sent on to the receiver.
    pub sent: u64,
    /// Thrown away on purpose.
    pub swallowed: u64,
    /// Not delivered, because the receiver was gone.
    pub undelivered: u64,
}

/// How a tapped connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// Each side shut down sending, or was left open by a misbehaviour until it did.
    Closed,
    /// The client reset, or was gone when something was to be sent to it.
    ResetByClient,
    /// The same of the server.
    ResetByServer,
    /// A misbehaviour reset both sides.
    ResetByTap,
    /// The server could not be reached.
    Refused,
    /// There were too many connections already.
    Rejected,
    /// It was still there when the tap was stopped.
    Stopped,
    /// The system had no thread for it, or failed in another way.
    Failed,
}

impl End {
    /// The ending's name in the summary.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::ResetByClient => "reset-by-client",
            Self::ResetByServer => "reset-by-server",
            Self::ResetByTap => "reset-by-tap",
            Self::Refused => "refused",
            Self::Rejected => "rejected",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
        }
    }
}

/// What was counted.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Clients that came in, rejected ones not among them.
    pub connections: u64,
    /// What passed: to the server, to the client.
    pub flows: [Flow; 2],
    /// How connections ended.
    pub ends: BTreeMap<End, u64>,
    /// Connections that would not end when the tap was stopped.
    pub cut: u64,
    /// How long it ran.
    pub time: Duration,
}
