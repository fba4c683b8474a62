//! The race: what a way of waiting costs, as numbers.
//!
//! Each server is a process of its own, so that its CPU time and memory are its own. The rounds interleave (A B C, A B C), so
//! that the machine's drift hits all alike. The beginning of each window is thrown away, every reply is checked byte for
//! byte, and a figure is the median of the rounds, with its spread.
//!
//! | file | what it is |
//! |---|---|
//! | [`contender`] | a server: how it is started, watched and ended |
//! | `load/` | the clients: ping-pong, a stream, churn |
//! | `measure.rs` | one measurement |
//! | [`stats`], [`results`] | medians and their spread |
//! | [`table`], [`meaning`], [`json`], [`csv`], [`svg`] | how the results are shown |

pub mod contender;
pub mod csv;
pub mod json;
mod load;
pub mod machine;
pub mod meaning;
mod measure;
pub mod results;
pub mod stats;
pub mod svg;
pub mod table;
pub mod trouble;

pub use measure::Figures;
pub use trouble::Trouble;

use crate::net::stop::Stop;
use contender::Contender;
use results::{Measurement, Results};
use std::time::Duration;

/// What clients do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Workload {
    /// Each sends a message, waits for the reply, checks it, sends again.
    PingPong,
    /// All are silent; then one speaks.
    Holding,
    /// One sends as fast as it can, and reads at the same time.
    Stream,
    /// They connect, have one message answered, and leave.
    Churn,
}

impl Workload {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::PingPong, Self::Holding, Self::Stream, Self::Churn];

    /// Its name on the command line and in the files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::PingPong => "ping-pong",
            Self::Holding => "holding",
            Self::Stream => "stream",
            Self::Churn => "churn",
        }
    }

    /// Whether it is run with each number of clients that was asked for.
    #[must_use]
    pub fn grows(self) -> bool {
        matches!(self, Self::PingPong | Self::Holding)
    }
}

/// One workload with one number of clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Heat {
    /// What the clients do.
    pub workload: Workload,
    /// How many of them are there before it begins.
    pub clients: usize,
}

/// What is to be measured.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The servers.
    pub contenders: Vec<Contender>,
    /// What the clients do.
    pub workloads: Vec<Workload>,
    /// How many clients, one after another.
    pub clients: Vec<usize>,
    /// How many bytes a message has.
    pub size: usize,
    /// How long each measurement takes, without its warm-up.
    pub window: Duration,
    /// How often each is made.
    pub rounds: usize,
}

impl Plan {
    /// The heats, in their order.
    #[must_use]
    pub fn heats(&self) -> Vec<Heat> {
        self.workloads.iter().flat_map(|workload| self.heats_of(*workload)).collect()
    }

    /// Those of one workload.
    #[must_use]
    pub fn heats_of(&self, workload: Workload) -> Vec<Heat> {
        if !self.workloads.contains(&workload) {
            return Vec::new();
        }
        let clients = if workload.grows() { self.clients.clone() } else { vec![1] };
        clients.into_iter().map(|clients| Heat { workload, clients }).collect()
    }

    /// How many measurements there will be.
    #[must_use]
    pub fn measurements(&self) -> usize {
        self.heats().len() * self.contenders.len() * self.rounds
    }
}

/// Measures everything, in interleaved rounds. `on_begin` hears what begins, and the measurement's number. Ends early when
/// `stop` is requested.
#[must_use]
pub fn run(plan: Plan, stop: &Stop, mut on_begin: impl FnMut(usize, &Contender, Heat)) -> Results {
    let mut results = Results::new(plan);
    let heats = results.plan.heats();
    for round in 0..results.plan.rounds {
        for &heat in &heats {
            for index in 0..results.plan.contenders.len() {
                if stop.is_requested() {
                    return results;
                }
                let Some(contender) = results.plan.contenders.get(index) else { continue };
                on_begin(results.measurements.len(), contender, heat);
                let result = match results.hopeless(index, heat) {
                    // What has failed once is not waited for again.
                    Some(trouble) => Err(trouble.clone()),
                    None => measure::measure(contender, heat, &results.plan, stop),
                };
                if result.as_ref().is_err_and(|trouble| *trouble == Trouble::Interrupted) {
                    return results;
                }
                results.measurements.push(Measurement { round, contender: index, heat, result });
            }
        }
    }
    results
}
