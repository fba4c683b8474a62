//! What the victims learned and how their connections ended, as they told it themselves: the only ground of a verdict.

use crate::protocol::{Ending, Fact};
use crate::trace::{Actor, Link, Sink, What};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Keeps the facts and the endings of servers. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Witness(Arc<Mutex<Told>>);

#[derive(Debug, Default)]
struct Told {
    facts: Vec<(Link, Fact)>,
    endings: Vec<(Link, Ending)>,
}

impl Witness {
    /// The sink for a recorder.
    pub(super) fn sink(&self) -> Sink {
        let witness = self.clone();
        Sink::new(move |event| {
            if let (Actor::Server, Some(link)) = (event.actor, event.link) {
                match event.what {
                    What::Fact(fact) => witness.lock().facts.push((link, fact)),
                    What::Ended { ended } => witness.lock().endings.push((link, ended)),
                    _ => {}
                }
            }
            true
        })
    }

    /// All facts so far, with the connections that they are about.
    pub(in crate::attack) fn facts(&self) -> Vec<(Link, Fact)> {
        self.lock().facts.clone()
    }

    /// How many times a server accepted this line on the connection from `peer`.
    pub(in crate::attack) fn took(&self, peer: SocketAddr, line: &[u8]) -> usize {
        let is_it = |(link, fact): &&(Link, Fact)| {
            link.peer == peer && matches!(fact, Fact::LineTaken { text } if text == line)
        };
        self.lock().facts.iter().filter(is_it).count()
    }

    /// Whether a server found that whoever connected from `peer` knows the secret.
    pub(in crate::attack) fn proved(&self, peer: SocketAddr) -> bool {
        self.lock().facts.iter().any(|(link, fact)| link.peer == peer && *fact == Fact::Proved)
    }

    /// How the connection from `peer` ended.
    pub(in crate::attack) fn ending(&self, peer: SocketAddr) -> Option<Ending> {
        self.lock().endings.iter().find(|(link, _)| link.peer == peer).map(|(_, ending)| *ending)
    }

    fn lock(&self) -> MutexGuard<'_, Told> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
