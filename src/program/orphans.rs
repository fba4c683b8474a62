//! What programs leave behind: a process whose parent has ended is handed to another parent, and that may be us, so that it can be
//! ended too. Linux only; elsewhere it goes to the system's first process, out of our reach.
//!
//! Source: `PR_SET_CHILD_SUBREAPER(2const)`.

/// Children that we had before anything was started here: a shell may have started them, and have become us (`exec`).
#[cfg(target_os = "linux")]
static NOT_OURS: std::sync::OnceLock<Vec<i32>> = std::sync::OnceLock::new();

/// From now on orphans of the programs that are started here come to us. To be called before the first of them is.
#[cfg(target_os = "linux")]
pub(crate) fn adopt() {
    // A child of ours that no judgement ends.
    super::guard::start();
    NOT_OURS.get_or_init(|| super::usage::descendants(std::process::id(), &[]));
    // Where that may not be done, they stay.
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}

/// Not asked for on this system.
#[cfg(not(target_os = "linux"))]
pub(crate) fn adopt() {}

/// Ends all that came to us. To be called while no program runs: what is a child of ours then is an orphan of theirs.
#[cfg(target_os = "linux")]
pub(crate) fn end_all() {
    use super::usage::descendants;
    use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
    use std::time::{Duration, Instant};
    /// One that does not end in this time waits for something that the system does not give it.
    const PATIENCE: Duration = Duration::from_secs(1);
    let began = Instant::now();
    loop {
        let not_ours = NOT_OURS.get().map_or(&[][..], Vec::as_slice);
        let orphans = descendants(std::process::id(), not_ours);
        let orphans: Vec<_> = orphans.into_iter().filter_map(Pid::from_raw).collect();
        if orphans.is_empty() || began.elapsed() > PATIENCE {
            return;
        }
        for orphan in orphans {
            // Ended meanwhile, or the child of another one: then it comes to us yet.
            let _ = kill_process(orphan, Signal::KILL);
            let _ = waitid(WaitId::Pid(orphan), WaitIdOptions::EXITED | WaitIdOptions::NOHANG);
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Not asked for on this system.
#[cfg(not(target_os = "linux"))]
pub(crate) fn end_all() {}
