//! The judge's own ends of connections: a guest of `net`, which names sockets.
//!
//! Everything that is done here is told to the story of the check, and to the recorder, for `--record`.

mod bulk;
mod conn;
mod door;
mod expect;
mod leaving;
mod patient;
mod relay;

pub(crate) use conn::{Came, Conn, Seen};
pub(crate) use door::{Door, Knock, knock};
pub(crate) use patient::{Pace, Patient};
pub(crate) use relay::{Conversation, Relay};

use super::story::Story;
use super::verdict::{Halt, Outcome};
use crate::both;
use crate::net::stop::Stop;
use crate::trace::Recorder;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a reply may take. A program that is right needs thousandths of it.
pub(crate) const REPLY: Duration = Duration::from_secs(5);
/// How long a connection that is to be closed may stay open.
pub(crate) const CLOSING: Duration = Duration::from_secs(3);
/// How long something may take that is sent piece by piece: less than a handshake may take.
pub(crate) const IN_PIECES: Duration = Duration::from_millis(1500);
/// How long a look at Ctrl-C may be put off.
pub(crate) const LOOK_UP: Duration = Duration::from_millis(50);
/// What is still coming when something is wrong is waited for, to be shown.
const REST: Duration = Duration::from_millis(60);

/// What all connections of a run have in common.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    pub(crate) story: Arc<Story>,
    pub(crate) stop: Arc<Stop>,
    pub(crate) trace: Recorder,
    /// Whether the program is who ends a conversation, and the judge waits for it: lesson 2's server.
    pub(crate) program_ends_first: bool,
    /// Whether the program's port is written in, so that the next process needs it at once.
    pub(crate) keeps_port_free: bool,
    /// When the check that is being played must be over.
    pub(crate) limit: Instant,
}

impl Scene {
    /// Until when something may be waited for.
    pub(crate) fn until(&self, patience: Duration) -> Instant {
        (Instant::now() + patience).min(self.limit)
    }

    /// Ctrl-C ends everything that waits.
    pub(crate) fn go_on(&self) -> Outcome {
        if self.stop.is_requested() { Err(Halt::Interrupted) } else { Ok(()) }
    }

    /// The same where every step moves something, so that no patience ends it.
    pub(crate) fn go_on_in_time(&self) -> Outcome {
        if Instant::now() >= self.limit {
            return Err(Halt::Unknown(both!(
                "the check's time was over before it was: the program is too slow, or this machine too busy",
                "没等这项检查做完时间就到了：程序太慢，或这台机器太忙"
            )));
        }
        self.go_on()
    }

    /// Waits until something is so, looking again and again. False if it never was.
    pub(crate) fn wait_until(&self, patience: Duration, mut is_so: impl FnMut() -> bool) -> Outcome<bool> {
        let until = self.until(patience);
        loop {
            self.go_on()?;
            if is_so() {
                return Ok(true);
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(false);
            }
            std::thread::sleep(left.min(Duration::from_millis(1)));
        }
    }

    /// Does nothing for a while.
    pub(crate) fn pause(&self, time: Duration) -> Outcome {
        self.wait_until(time, || false).map(drop)
    }
}

/// A call that should have worked, whatever the program does.
fn broken(what: &str, error: &std::io::Error) -> Halt {
    Halt::Broken(both!("{what}: {error}", "{what}：{error}"))
}
