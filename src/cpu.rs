//! How much of the processor was used: the number that lesson 1 is about.

use std::time::Duration;

/// The calling thread's CPU time so far, in user and kernel mode; `None` where the system is not asked (Windows).
///
/// Source: `clock_gettime(2)`, `CLOCK_THREAD_CPUTIME_ID`.
#[must_use]
#[cfg(unix)]
pub fn of_this_thread() -> Option<Duration> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Some(Duration::new(u64::try_from(time.tv_sec).ok()?, u32::try_from(time.tv_nsec).ok()?))
}

/// The calling thread's CPU time: not asked for on this system.
#[must_use]
#[cfg(not(unix))]
pub fn of_this_thread() -> Option<Duration> {
    None
}
