//! Whether this machine has what the lessons need: what a teacher runs in the room the day before.
//!
//! | file | what it looks at |
//! |---|---|
//! | `network.rs` | ports, the loopback interface, a firewall |
//! | `system.rs` | what a program may watch, Python, descriptors |
//! | `terminal.rs` | what the screen can show |
//!
//! Everything is tried, not guessed, where it can be: a port is bound, a message goes there and back, a program is watched.

mod network;
mod system;
mod terminal;

use crate::lang::Text;

/// What a finding means for the lessons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// As it should be.
    Fine,
    /// The lessons work, and something beside them is missing or not as good as it could be.
    Limited,
    /// A lesson does not work.
    Broken,
}

/// One thing that was looked at.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What was looked at, in a word or two.
    pub name: Text,
    /// What that means.
    pub state: State,
    /// What was found.
    pub found: Text,
    /// What to do about it: one thing a line. `None` where nothing has to be done.
    pub fix: Option<Text>,
}

impl Finding {
    fn fine(name: Text, found: Text) -> Self {
        Self { name, state: State::Fine, found, fix: None }
    }

    fn limited(name: Text, found: Text, fix: Text) -> Self {
        Self { name, state: State::Limited, found, fix: Some(fix) }
    }

    fn broken(name: Text, found: Text, fix: Text) -> Self {
        Self { name, state: State::Broken, found, fix: Some(fix) }
    }
}

/// What can be looked at, in the order in which it is told.
const ALL: [fn(u16) -> Finding; 10] = [
    network::port,
    |_| network::ports_of_the_judge(),
    |_| network::loopback_v4(),
    |_| network::loopback_v6(),
    network::firewall,
    |_| system::watching(),
    |_| system::python(),
    |_| system::descriptors(),
    |_| terminal::terminal(),
    |_| terminal::locale(),
];

/// Looks at everything, one after another: the lessons' servers are to listen on `port`.
pub fn examine(port: u16) -> impl Iterator<Item = Finding> {
    ALL.into_iter().map(move |look| look(port))
}
