//! The judge's own ends of connections: a guest of `net`, which names sockets.
//!
//! Everything that is done here is told to the story of the check, and to the recorder, for `--record`.

mod bulk;
mod conn;
mod connecting;
mod expect;
mod leaving;
mod patient;
mod relay;

pub(crate) use conn::{Came, Conn, Seen};
pub(crate) use connecting::{Connect, Listener, connect_once};
pub(crate) use patient::{Pace, Patient};
pub(crate) use relay::{Conversation, Relay};

use super::budget::Budget;
use super::patience::Deadline;
use crate::both;
use crate::check::verdict::story::Story;
use crate::check::verdict::{Halt, Outcome};
use crate::net::stop::Stop;
use crate::trace::Recorder;
use std::sync::Arc;
use std::time::Duration;

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
pub(crate) struct Context {
    pub(crate) story: Arc<Story>,
    pub(crate) stop: Arc<Stop>,
    pub(crate) trace: Recorder,
    /// Whether the program is who ends a conversation, and the judge waits for it: lesson 2's server.
    pub(crate) program_ends_first: bool,
    /// Whether the program's port is written in, so that the next process needs it at once.
    pub(crate) keeps_port_free: bool,
    pub(crate) budget: Arc<Budget>,
}

/// What waits has no more time than the budget; see there.
impl Context {
    pub(crate) fn until(&self, patience: Duration) -> Deadline {
        self.budget.until(patience)
    }

    pub(crate) fn left(&self, deadline: &Deadline) -> Duration {
        self.budget.left(deadline)
    }

    pub(crate) fn is_over(&self, deadline: &Deadline) -> bool {
        self.left(deadline).is_zero()
    }

    pub(crate) fn go_on(&self) -> Outcome {
        self.budget.go_on()
    }

    pub(crate) fn wait_until(&self, patience: Duration, is_so: impl FnMut() -> bool) -> Outcome<bool> {
        self.budget.wait_until(patience, is_so)
    }

    /// Does nothing for a while.
    pub(crate) fn pause(&self, time: Duration) -> Outcome {
        self.budget.pause(time)
    }
}

/// A call that should have worked, whatever the program does.
fn broken(what: &str, error: &std::io::Error) -> Halt {
    Halt::Broken(both!("{what}: {error}", "{what}：{error}"))
}
