//! One measurement: one server, one workload, one number of clients.

use super::contender::{Contender, Started};
use super::load::{Churn, Load, Newcomers, PingPong, Stream, open};
use super::trouble::Trouble;
use super::{Heat, Plan, Workload};
use crate::net::stop::Stop;
use crate::program::usage::{Usage, usage};
use hdrhistogram::Histogram;
use std::thread;
use std::time::{Duration, Instant};

/// The part of a window that is run before it, and thrown away.
const WARM_UP: f64 = 0.2;
/// How long a look at Ctrl-C may be put off.
const LOOK_UP: Duration = Duration::from_millis(50);
/// With fewer clients, what one of them costs in memory cannot be told from what the server costs.
const CLIENTS_FOR_MEMORY: usize = 50;
/// The share of a window in which one client talks among those who are silent.
const PING_SHARE: f64 = 0.5;

/// What one measurement gave; what does not apply, or is not told by the system, is `None`.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// Replies in a second; of a stream bytes, of churn connections.
    pub per_second: Option<f64>,
    /// CPU time of the server for each of them, in microseconds.
    pub cpu_us_each: Option<f64>,
    /// CPU time of the server in percent of one core.
    pub cpu_percent: Option<f64>,
    /// Memory of the server for each client, in bytes.
    pub bytes_per_client: Option<f64>,
    /// How long replies took, in nanoseconds.
    pub latencies: Option<Histogram<u64>>,
}

/// Starts the server, measures, and ends it.
pub(super) fn measure(contender: &Contender, heat: Heat, plan: &Plan, stop: &Stop) -> Result<Figures, Trouble> {
    let mut server = contender.start()?;
    let figures = match heat.workload {
        Workload::Holding => hold(&mut server, heat.clients, plan, stop),
        _ => talk(&mut server, heat, plan, stop),
    };
    let figures = figures.map_err(|trouble| server.explain(trouble));
    server.stop();
    figures
}

fn talk(server: &mut Started, heat: Heat, plan: &Plan, stop: &Stop) -> Result<Figures, Trouble> {
    let newcomers = if heat.workload == Workload::PingPong { Newcomers::Wait } else { Newcomers::Speak };
    let mut sockets = open(server, heat.clients, newcomers, stop)?;
    let broke = |error: std::io::Error| Trouble::broke(&error);
    let mut load: Box<dyn Load + '_> = match heat.workload {
        Workload::Stream => match sockets.pop() {
            Some(socket) => Box::new(Stream::new(socket, stop).map_err(broke)?),
            None => return Err(Trouble::Closed),
        },
        Workload::Churn => {
            sockets.clear();
            Box::new(Churn::new(server.address, plan.size, stop).map_err(broke)?)
        }
        Workload::PingPong | Workload::Holding => Box::new(PingPong::new(sockets, plan.size, stop).map_err(broke)?),
    };
    let figures = window(load.as_mut(), server, plan.window)?;
    load.finish()?;
    Ok(figures)
}

/// Runs a load, throws the beginning away, and measures the rest.
fn window(load: &mut dyn Load, server: &Started, time: Duration) -> Result<Figures, Trouble> {
    let pids = server.members();
    load.run(time.mul_f64(WARM_UP))?;
    let before = usage(&pids);
    let done = load.run(time)?;
    let cpu = cpu_between(before, usage(&pids));
    let seconds = done.time.as_secs_f64();
    Ok(Figures {
        per_second: Some(done.count as f64 / seconds),
        cpu_us_each: cpu.filter(|_| done.count > 0).map(|cpu| cpu.as_secs_f64() * 1e6 / done.count as f64),
        cpu_percent: cpu.map(|cpu| 100.0 * cpu.as_secs_f64() / seconds),
        bytes_per_client: None,
        latencies: done.latencies,
    })
}

/// Silent clients: what the server burns, what it holds, and how long one who speaks among them has to wait.
fn hold(server: &mut Started, clients: usize, plan: &Plan, stop: &Stop) -> Result<Figures, Trouble> {
    let mut sockets = open(server, 1, Newcomers::Speak, stop)?;
    let pids = server.members();
    let empty = usage(&pids);
    sockets.extend(open(server, clients - 1, Newcomers::Speak, stop)?);
    nap(plan.window.mul_f64(WARM_UP), stop)?;
    let (before, began) = (usage(&pids), Instant::now());
    nap(plan.window, stop)?;
    let (after, seconds) = (usage(&pids), began.elapsed().as_secs_f64());
    let grown = after.zip(empty).map(|(full, empty)| full.memory.saturating_sub(empty.memory) as f64);

    // The first who came speaks; the others listen.
    let speaker = sockets.swap_remove(0);
    let mut load = PingPong::new(vec![speaker], plan.size, stop).map_err(|error| Trouble::broke(&error))?;
    let pings = window(&mut load, server, plan.window.mul_f64(PING_SHARE))?;
    load.finish()?;
    Ok(Figures {
        per_second: None,
        cpu_us_each: None,
        cpu_percent: cpu_between(before, after).map(|cpu| 100.0 * cpu.as_secs_f64() / seconds),
        bytes_per_client: grown.filter(|_| clients >= CLIENTS_FOR_MEMORY).map(|grown| grown / (clients - 1) as f64),
        latencies: pings.latencies,
    })
}

/// Does nothing for a while, unless Ctrl-C comes.
fn nap(time: Duration, stop: &Stop) -> Result<(), Trouble> {
    let began = Instant::now();
    loop {
        let left = time.saturating_sub(began.elapsed());
        match left {
            _ if stop.is_requested() => return Err(Trouble::Interrupted),
            Duration::ZERO => return Ok(()),
            left => thread::sleep(left.min(LOOK_UP)),
        }
    }
}

fn cpu_between(before: Option<Usage>, after: Option<Usage>) -> Option<Duration> {
    before.zip(after).map(|(before, after)| after.cpu.saturating_sub(before.cpu))
}
