//! How long threads ran, and how long they wanted to and had no processor: on a busy machine, most of the time that a program takes.

#[cfg(target_os = "linux")]
use super::usage::{state, threads};
use std::time::Duration;

/// A thread, since it began.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Delay {
    /// Its number.
    pub(crate) task: i32,
    /// How long it has waited for a processor.
    pub(crate) waited: Duration,
    /// How long it has had one.
    pub(crate) ran: Duration,
}

/// The delays of all threads of these processes; none where the system does not tell.
///
/// Source: the kernel's `Documentation/scheduler/sched-stats`, `/proc/PID/task/TID/schedstat`: time on a processor, time on a run
/// queue, both in nanoseconds, and how often.
#[cfg(target_os = "linux")]
pub(crate) fn delays(pids: &[i32]) -> Vec<Delay> {
    let folders = pids.iter().filter_map(threads).flatten();
    folders.filter_map(|task| delay(task.file_name()?.to_str()?.parse().ok()?)).collect()
}

#[cfg(target_os = "linux")]
fn delay(task: i32) -> Option<Delay> {
    // A thread has a folder of its own there, though no listing names it.
    let stat = std::fs::read_to_string(format!("/proc/{task}/schedstat")).ok()?;
    let mut times = stat.split_ascii_whitespace().map(|time| time.parse().ok().map(Duration::from_nanos));
    let (ran, waited) = (times.next()??, times.next()??);
    Some(Delay { task, waited, ran })
}

/// The threads of these processes that have a processor, or want one, but for the one that asks: each with how long it has run.
///
/// Source: `proc_pid_stat(5)`, the state R.
#[cfg(target_os = "linux")]
pub(crate) fn runnable(pids: &[i32]) -> Vec<(i32, Duration)> {
    let asks = rustix::thread::gettid().as_raw_nonzero().get();
    let folders = pids.iter().filter_map(threads).flatten().filter(|task| state(task.join("stat")) == Some('R'));
    let tasks = folders.filter_map(|task| task.file_name()?.to_str()?.parse().ok()).filter(|task| *task != asks);
    tasks.filter_map(|task| Some((task, delay(task)?.ran))).collect()
}

/// Not asked for on this system.
#[cfg(not(target_os = "linux"))]
pub(crate) fn runnable(_: &[i32]) -> Vec<(i32, Duration)> {
    Vec::new()
}

/// How long the processors of a virtual machine were with others of its host, all together, since it began: a thread that had one
/// then seems to have run.
///
/// Source: `proc_stat(5)`, the eighth figure of the first line (steal).
#[cfg(target_os = "linux")]
pub(crate) fn stolen() -> Duration {
    let ticks = std::fs::read_to_string("/proc/stat")
        .ok()
        .and_then(|stat| stat.lines().next()?.split_ascii_whitespace().nth(8)?.parse::<f64>().ok());
    Duration::try_from_secs_f64(ticks.unwrap_or_default() / rustix::param::clock_ticks_per_second() as f64)
        .unwrap_or_default()
}

/// Not asked for on this system.
#[cfg(not(target_os = "linux"))]
pub(crate) fn stolen() -> Duration {
    Duration::ZERO
}

/// Not asked for on this system.
#[cfg(not(target_os = "linux"))]
pub(crate) fn delays(_: &[i32]) -> Vec<Delay> {
    Vec::new()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn every_thread_of_this_process_has_its_delay() {
        let own = i32::try_from(std::process::id()).unwrap();
        std::thread::scope(|scope| {
            let (stop, stopped) = std::sync::mpsc::channel::<()>();
            scope.spawn(move || stopped.recv());
            let delays = delays(&[own]);
            assert!(delays.len() >= 2 && delays.iter().any(|one| one.task == own), "{delays:?}");
            drop(stop);
        });
    }
}
