//! What the system knows of a process: Linux only, from `/proc`.

use std::fs::{self, File};
use std::io::Read;

/// How many descriptors it has open.
pub fn descriptors(pid: u32) -> usize {
    fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count()
}

/// How many of them are sockets: one listens, the others are clients. A poller's own descriptors are none.
pub fn sockets(pid: u32) -> usize {
    let links =
        fs::read_dir(format!("/proc/{pid}/fd")).unwrap().filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
    links.filter(|link| link.to_string_lossy().starts_with("socket:")).count()
}

/// A number from `/proc/PID/status`: `VmRSS` in KiB, or `Threads`.
pub fn status(pid: u32, name: &str) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = text.lines().find(|line| line.starts_with(&format!("{name}:"))).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// CPU time so far, in ticks of 10 ms.
pub fn cpu_ticks(pid: u32) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let after_name: Vec<_> = text.rsplit(')').next().unwrap().split_whitespace().collect();
    after_name[11].parse::<u64>().unwrap() + after_name[12].parse::<u64>().unwrap()
}

/// Whether a thread of this name sleeps: it has everything it needs, and waits for what it is there for.
pub fn sleeps(pid: u32, thread: &str) -> bool {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    let stats = tasks.filter_map(|task| fs::read_to_string(task.ok()?.path().join("stat")).ok());
    stats.into_iter().any(|stat| stat.contains(&format!("({thread}) S ")))
}

/// The fields of each TCP socket that listens, from `/proc/net/tcp`: the local address is the second one, the inode the tenth. They
/// stand first there, each row has 150 bytes, and those of a busy machine's connections, thousands, are not asked for.
pub fn listeners() -> impl Iterator<Item = Vec<String>> {
    let mut table = File::open("/proc/net/tcp").unwrap();
    let rows = std::iter::from_fn(move || {
        let mut row = [0; 150];
        table.read_exact(&mut row).ok()?;
        Some(String::from_utf8_lossy(&row).split_ascii_whitespace().map(str::to_owned).collect::<Vec<_>>())
    });
    rows.skip(1).take_while(|fields| fields[3] == "0A")
}

/// Looks again and again until `is_so`: for what the system does a moment later. Panics with `what` if it never is.
#[track_caller]
pub fn eventually(what: &str, is_so: impl Fn() -> bool) {
    let began = std::time::Instant::now();
    while !is_so() {
        assert!(began.elapsed() < super::PATIENCE, "never: {what}");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

/// Lets this process, which holds the other ends of all connections, have so many descriptors, or as many as it may. Gives how many.
#[cfg(unix)]
pub fn allow_descriptors(wanted: u64) -> u64 {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.map_or(wanted, |maximum| maximum.min(wanted));
    if limit.current.is_some_and(|current| current < wanted) {
        setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), ..limit }).unwrap();
    }
    wanted
}
