//! The clients of the race: what is done to a server, and checked, while it is measured.
//!
//! All clients live in one thread, so that the server's own threads find a core. They are a closed loop: a client that waits
//! sends nothing, so a slow server is asked less.

mod churn;
mod client;
mod message;
mod open;
mod pingpong;
mod stream;

pub(super) use churn::{AT_ONCE, Churn};
pub(super) use open::{Newcomers, open};
pub(super) use pingpong::PingPong;
pub(super) use stream::Stream;

use super::Trouble;
use crate::both;
use crate::net::stop::Stop;
use hdrhistogram::Histogram;
use mio::{Events, Poll};
use std::io::ErrorKind;
use std::time::{Duration, Instant};

/// How long a reply may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// How long a look at the clock and at Ctrl-C may be put off.
const LOOK_UP: Duration = Duration::from_millis(20);
/// How many bytes one `recv` of a client may bring.
const BUFFER: usize = 64 * 1024;
/// The longest latency that is told apart (to three digits), in nanoseconds: a minute.
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

/// Sleeps until a client is ready, but never for long.
fn wait(poll: &mut Poll, events: &mut Events, stop: &Stop) -> Result<(), Trouble> {
    if stop.is_requested() {
        return Err(Trouble::Interrupted);
    }
    match poll.poll(events, Some(LOOK_UP)) {
        Err(error) if error.kind() != ErrorKind::Interrupted => Err(Trouble::broke(&error)),
        _ => Ok(()),
    }
}

/// Hears of each reply when what it answers began, and when it was whole.
type OnReply<'r> = &'r mut dyn FnMut(Instant, Instant);

/// Takes `turn` after turn for `time`, counts the replies, and takes down how long they took. On a busy machine the first reply may
/// take longer than that: a figure without any would say nothing.
fn gather(time: Duration, mut turn: impl FnMut(OnReply<'_>) -> Result<(), Trouble>) -> Result<Done, Trouble> {
    let bounds = Histogram::new_with_bounds(1, LONGEST, 3);
    let mut latencies = bounds.map_err(|error| Trouble::Broke { error: both!("{error}", "{error}") })?;
    let (began, mut last_reply, mut count) = (Instant::now(), Instant::now(), 0);
    while began.elapsed() < time || latencies.is_empty() {
        let before = count;
        turn(&mut |sent, now| {
            count += 1;
            // What was on its way before has waited for us, too.
            if sent >= began {
                latencies.saturating_record((now - sent).as_nanos() as u64);
            }
        })?;
        if count > before {
            last_reply = Instant::now();
        } else if last_reply.elapsed() > PATIENCE {
            return Err(Trouble::Silent);
        }
    }
    Ok(Done { count, time: began.elapsed(), latencies: Some(latencies) })
}
