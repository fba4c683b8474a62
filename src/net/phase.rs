//! The states of a connection, and what came of one receive.

use std::time::Instant;

/// Where a connection stands: see the picture in [`connection`](super::connection).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// The address gave too many wrong answers: it waits until then before anything is said.
    Waiting(Instant),
    Open,
    /// It is decided how this ends; the unsent bytes still go out.
    Closing,
    /// What still comes is thrown away, until the peer's end or until then.
    Lingering(Instant),
    Closed,
}

/// What came of one receive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// Nothing: nobody spoke, or this client is not to be read from now.
    Nothing,
    /// Bytes, and fewer than there was room for: another receive would find nothing, except perhaps the peer's end.
    AllThereWas,
    /// Something, and there may be more.
    Something,
}
