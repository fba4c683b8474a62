//! How a conversation ended: one word for each way, the same in counters, narration and trace.

use serde::{Deserialize, Serialize};

/// The one way in which a connection came to its end.
///
/// The [`slug`](Ending::slug) is stable: scripts and trace readers may rely on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// The peer said that it has no more to send (a FIN; `recv` gave no bytes), and everything was answered.
    Eof,
    /// Lesson 2: the client proved that it knows the secret.
    Ok,
    /// Lesson 2, the client's side: the challenge was answered, and the server closed.
    Answered,
    /// The peer sent bytes that can be no part of UTF-8.
    BadUtf8,
    /// The peer stopped in the middle of a letter.
    Utf8Truncated,
    /// Lesson 2: the digest is not the one that the secret gives.
    Refused,
    /// Lesson 2: the announced length is not the only legal one.
    BadLength,
    /// Lesson 2: the peer ended before its message was whole.
    EofEarly,
    /// Lesson 2: the handshake took longer than its deadline.
    HandshakeTimeout,
    /// Lesson 2, the client's side: the server broke the protocol.
    Unexpected,
    /// Lesson 2 repaired: a line's MAC is not the one of its text at its place.
    BadMac,
    /// Nothing came for longer than the idle timeout.
    IdleKick,
    /// The peer did not read its replies for too long.
    WriteStall,
    /// The peer reset the connection (an RST), or it was found broken on a write.
    Reset,
    /// This side reset the connection: a tap does, where the other side did, or on purpose.
    ResetSent,
    /// The server was full: closed at once, nothing was said.
    Rejected,
    /// The server was full, and this client had shown nothing so far (no byte, or in lesson 2 no proof): it was dropped for
    /// a new one.
    Evicted,
    /// The server is stopping.
    Stopped,
    /// The operating system had no random bytes to give, so that no challenge could be made.
    NoRandomness,
    /// The operating system had no thread to give for this client.
    NoThread,
    /// The operating system failed in another way.
    Failed,
}

impl Ending {
    /// The ending's name in counters and traces: lower-case words joined by `-`.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::Eof => "eof",
            Self::Ok => "ok",
            Self::Answered => "answered",
            Self::BadUtf8 => "bad-utf8",
            Self::Utf8Truncated => "utf8-truncated",
            Self::Refused => "refused",
            Self::BadLength => "bad-length",
            Self::EofEarly => "eof-early",
            Self::HandshakeTimeout => "handshake-timeout",
            Self::Unexpected => "unexpected",
            Self::BadMac => "bad-mac",
            Self::IdleKick => "idle-kick",
            Self::WriteStall => "write-stall",
            Self::Reset => "reset",
            Self::ResetSent => "reset-sent",
            Self::Rejected => "rejected",
            Self::Evicted => "evicted",
            Self::Stopped => "stopped",
            Self::NoRandomness => "no-randomness",
            Self::NoThread => "no-thread",
            Self::Failed => "failed",
        }
    }

    /// Whether the peer tried to prove itself and could not: what a guesser of secrets leaves behind.
    #[must_use]
    pub fn is_failed_proof(self) -> bool {
        matches!(self, Self::Refused | Self::BadLength)
    }
}
