//! The clients of the race: what is done to a server, and checked, while it is measured.
//!
//! All clients live in one thread, so that the server's own threads find a core. They are a closed loop: a client that waits
//! sends nothing, so a slow server is asked less.

mod churn;
mod message;
mod open;
mod pingpong;
mod stream;
mod talker;

pub(super) use churn::{AT_ONCE, Churn};
pub(super) use open::{Newcomers, free_port, open, somebody_listens};
pub(super) use pingpong::PingPong;
pub(super) use stream::Stream;

use super::Trouble;
use hdrhistogram::Histogram;
use std::time::Duration;

/// How long a reply may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// How many bytes one `recv` of a client may bring.
const BUFFER: usize = 64 * 1024;
/// The longest latency that is told apart, in nanoseconds: a minute.
const LONGEST: u64 = 60_000_000_000;

/// Something that clients do, for as long as it is measured.
pub(super) trait Load {
    /// Does it for `time`. What is on its way at the end is still on its way at the next call.
    fn run(&mut self, time: Duration) -> Result<Done, Trouble>;

    /// Waits for what is on its way.
    fn finish(&mut self) -> Result<(), Trouble>;
}

/// What was done in a while.
#[derive(Debug)]
pub(super) struct Done {
    /// Replies; for a stream, bytes that came back; for churn, connections.
    pub(super) count: u64,
    pub(super) time: Duration,
    /// How long each took, in nanoseconds.
    pub(super) latencies: Option<Histogram<u64>>,
}

/// An empty histogram of nanoseconds: three digits of each are right.
fn latencies() -> Result<Histogram<u64>, Trouble> {
    Histogram::new_with_bounds(1, LONGEST, 3).map_err(|error| Trouble::Broke { error: error.to_string() })
}
