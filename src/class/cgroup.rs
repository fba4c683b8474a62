//! How many processes root's programs may have: a cgroup counts them, where root's own limit (RLIMIT_NPROC) counts nothing.
//!
//! Source: the kernel's `Documentation/admin-guide/cgroup-v1/pids.rst` and `cgroup-v2.rst`.

use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

/// How long is waited for that.
const PATIENCE: Duration = Duration::from_secs(1);

/// Makes a group for this process and all that it will start, with at most `most` of them; whether that could be done.
pub(super) fn enter(most: u64) -> bool {
    let Some(folder) = folder(std::process::id()) else { return false };
    let entered = fs::create_dir(&folder)
        .and_then(|()| fs::write(folder.join("pids.max"), most.to_string()))
        .and_then(|()| fs::write(folder.join("cgroup.procs"), "0"));
    if entered.is_err() {
        // Without its controller, the group is of no use.
        let _ = fs::remove_dir(&folder);
    }
    entered.is_ok()
}

/// Takes the group of a worker away. The last of its processes, which were ended, may take a moment to be gone.
pub(super) fn remove(worker: u32) {
    let Some(folder) = folder(worker) else { return };
    let began = Instant::now();
    while folder.exists() && fs::remove_dir(&folder).is_err() && began.elapsed() < PATIENCE {
        thread::sleep(Duration::from_millis(5));
    }
}

/// The worker's group, within ours: of the controller of process numbers (version 1), or of all (version 2).
fn folder(worker: u32) -> Option<PathBuf> {
    let groups = fs::read_to_string("/proc/self/cgroup").ok()?;
    let find = |of: &str| groups.lines().find_map(|line| line.split_once(':')?.1.strip_prefix(of).map(str::to_owned));
    let (root, group) = match find("pids:") {
        Some(group) => ("/sys/fs/cgroup/pids", group),
        None => ("/sys/fs/cgroup", find(":")?),
    };
    Some(PathBuf::from(format!("{root}{group}")).join(format!("day30-class-{worker}")))
}
