//! How much of the processor was used: the number that lesson 1 is about.

use std::time::Duration;

/// The calling thread's CPU time so far, in user and kernel mode; `None` where the system does not tell.
///
/// Source: `clock_gettime(2)`, `CLOCK_THREAD_CPUTIME_ID`.
#[must_use]
#[cfg(unix)]
pub fn of_this_thread() -> Option<Duration> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Some(Duration::new(u64::try_from(time.tv_sec).ok()?, u32::try_from(time.tv_nsec).ok()?))
}

/// The calling thread's CPU time so far, in user and kernel mode. Windows counts it in steps of about 16 ms.
///
/// Source: `GetThreadTimes`.
#[must_use]
#[cfg(windows)]
pub fn of_this_thread() -> Option<Duration> {
    cpu_time::ThreadTime::try_now().ok().map(|time| time.as_duration())
}

/// The calling thread's CPU time: not measured on this system.
#[must_use]
#[cfg(not(any(unix, windows)))]
pub fn of_this_thread() -> Option<Duration> {
    None
}

#[cfg(all(test, any(unix, windows)))]
mod tests {
    use super::*;

    #[test]
    fn work_is_measured() {
        let before = of_this_thread().unwrap();
        let busy = || of_this_thread().is_some_and(|now| now > before);
        assert!((0..100_000_000).any(|_| busy()), "no CPU time passed in a loop that never sleeps");
    }
}
