//! What the system knows of a program's processes: CPU time and memory. Linux tells, and Windows these two; elsewhere there is no figure.

use std::time::Duration;
#[cfg(target_os = "linux")]
use std::{fmt::Display, path::PathBuf};

/// What a process group used so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    /// In user and in kernel mode, of all its threads, also those that have ended.
    pub(crate) cpu: Duration,
    /// Resident memory, in bytes. What the kernel holds for its sockets is not in it.
    pub(crate) memory: u64,
}

/// The processes of a group that are there now, and whatever those have started, in which group ever. To look for them takes a
/// millisecond or two; to ask them, next to nothing.
///
/// Source: `proc_pid_stat(5)`.
#[cfg(target_os = "linux")]
pub(crate) fn members(group: u32) -> Vec<i32> {
    let all = processes();
    let in_group: Vec<_> = all.iter().filter(|(_, stat)| stat.group == group).map(|(pid, _)| *pid).collect();
    with_descendants(in_group, &all)
}

/// What a process has started, and what that has started, as far as it is there now; but for these, and what they have started.
///
/// Source: `proc_tid_children(5)`, which not every kernel has; else all processes are asked for their parents.
#[cfg(target_os = "linux")]
pub(crate) fn descendants(parent: u32, but_for: &[i32]) -> Vec<i32> {
    if !std::path::Path::new("/proc/thread-self/children").exists() {
        let all = processes();
        let is_meant = |pid: &i32, stat: &Stat| stat.parent == parent && !but_for.contains(pid);
        let children = all.iter().filter(|(pid, stat)| is_meant(pid, stat)).map(|(pid, _)| *pid);
        return with_descendants(children.collect(), &all);
    }
    let mut known: Vec<_> = children(parent).into_iter().filter(|pid| !but_for.contains(pid)).collect();
    let mut at = 0;
    while let Some(pid) = known.get(at).and_then(|pid| u32::try_from(*pid).ok()) {
        let new: Vec<_> = children(pid).into_iter().filter(|pid| !known.contains(pid)).collect();
        known.extend(new);
        at += 1;
    }
    known
}

/// The folders of a process's threads; `None` where it is gone.
///
/// Source: `proc_pid_task(5)`.
#[cfg(target_os = "linux")]
pub(super) fn threads(pid: impl Display) -> Option<impl Iterator<Item = PathBuf>> {
    Some(std::fs::read_dir(format!("/proc/{pid}/task")).ok()?.flatten().map(|task| task.path()))
}

/// What all threads of a process have started.
#[cfg(target_os = "linux")]
fn children(pid: u32) -> Vec<i32> {
    let lists =
        threads(pid).into_iter().flatten().filter_map(|task| std::fs::read_to_string(task.join("children")).ok());
    lists
        .flat_map(|list| list.split_ascii_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>())
        .collect()
}

/// Not asked for on this system.
#[cfg(all(unix, not(target_os = "linux")))]
pub(crate) fn descendants(_: u32, _: &[i32]) -> Vec<i32> {
    Vec::new()
}

#[cfg(target_os = "linux")]
fn processes() -> Vec<(i32, Stat)> {
    let Ok(all) = std::fs::read_dir("/proc") else { return Vec::new() };
    let pids = all.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter_map(|pid| Some((pid, Stat::of(pid)?))).collect()
}

#[cfg(target_os = "linux")]
fn with_descendants(mut known: Vec<i32>, all: &[(i32, Stat)]) -> Vec<i32> {
    let mut at = 0;
    while let Some(parent) = known.get(at).and_then(|pid| u32::try_from(*pid).ok()) {
        let children = all.iter().filter(|(_, stat)| stat.parent == parent).map(|(pid, _)| *pid);
        let new: Vec<_> = children.filter(|pid| !known.contains(pid)).collect();
        known.extend(new);
        at += 1;
    }
    known
}

/// Not asked for on this system.
#[cfg(all(unix, not(target_os = "linux")))]
pub(crate) fn members(_: u32) -> Vec<i32> {
    Vec::new()
}

/// What these processes used, all together; `None` where there are none, or the system does not tell.
///
/// Source: `proc_pid_stat(5)`, `clock_getcpuclockid(3)`.
#[cfg(target_os = "linux")]
pub(crate) fn usage(pids: &[i32]) -> Option<Usage> {
    let of = |pid: &i32| {
        let stat = Stat::of(*pid)?;
        let cpu = cpu_of(*pid).unwrap_or_default() + ticks(stat.ticks_of_children);
        Some(Usage { cpu, memory: stat.resident_pages * rustix::param::page_size() as u64 })
    };
    let sum = |sum: Usage, one: Usage| Usage { cpu: sum.cpu + one.cpu, memory: sum.memory + one.memory };
    pids.iter().filter_map(of).reduce(sum)
}

/// What these processes used, all together, without those that have ended; `None` where there are none. Windows counts CPU time in
/// steps of about 16 ms.
///
/// Source: `GetProcessTimes`, `GetProcessMemoryInfo`.
#[cfg(windows)]
pub(crate) fn usage(pids: &[i32]) -> Option<Usage> {
    use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};
    let pids: Vec<_> = pids.iter().map(|pid| Pid::from_u32(pid.cast_unsigned())).collect();
    let (mut system, what) = (System::new(), ProcessRefreshKind::nothing().with_cpu().with_memory());
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&pids), false, what);
    let of = |pid: &Pid| {
        let process = system.process(*pid)?;
        Some(Usage { cpu: Duration::from_millis(process.accumulated_cpu_time()), memory: process.memory() })
    };
    let sum = |sum: Usage, one: Usage| Usage { cpu: sum.cpu + one.cpu, memory: sum.memory + one.memory };
    pids.iter().filter_map(of).reduce(sum)
}

/// Not asked for on this system.
#[cfg(not(any(target_os = "linux", windows)))]
pub(crate) fn usage(_: &[i32]) -> Option<Usage> {
    None
}

/// What these processes have in memory, in bytes, where what several of them share counts once; `None` where the system does
/// not tell. To find that out takes the kernel a while.
///
/// Source: `proc_pid_smaps(5)`.
#[cfg(target_os = "linux")]
pub(crate) fn proportional_memory(pids: &[i32]) -> Option<u64> {
    let of = |pid: &i32| {
        let rollup = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
        let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
        line.split_ascii_whitespace().next()?.parse::<u64>().ok()
    };
    pids.iter().filter_map(of).reduce(|sum, one| sum + one).map(|kibibytes| kibibytes * 1024)
}

/// Not asked for on this system.
#[cfg(not(target_os = "linux"))]
pub(crate) fn proportional_memory(_: &[i32]) -> Option<u64> {
    None
}

/// What processes hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Holdings {
    /// Open files, sockets among them.
    pub(crate) descriptors: usize,
    pub(crate) threads: usize,
}

/// What these processes hold, all together; `None` where there are none, or the system does not tell. A process that has ended, and
/// that its parent has not asked for yet (a zombie), holds nothing.
///
/// Source: `proc_pid_fd(5)`, `proc_pid_task(5)`.
#[cfg(target_os = "linux")]
pub(crate) fn holdings(pids: &[i32]) -> Option<Holdings> {
    let count = |pid: &i32, of: &str| std::fs::read_dir(format!("/proc/{pid}/{of}")).ok().map(Iterator::count);
    let of = |pid: &i32| Some(Holdings { descriptors: count(pid, "fd")?, threads: count(pid, "task")? });
    let sum = |sum: Holdings, one: Holdings| Holdings {
        descriptors: sum.descriptors + one.descriptors,
        threads: sum.threads + one.threads,
    };
    pids.iter().filter(|pid| state(format!("/proc/{pid}/stat")) != Some('Z')).filter_map(of).reduce(sum)
}

/// Not asked for on this system.
#[cfg(not(target_os = "linux"))]
pub(crate) fn holdings(_: &[i32]) -> Option<Holdings> {
    None
}

/// Whether a thread of these processes runs, or would if there were a processor free for it: unlike CPU time, this does
/// not depend on how busy the machine is. `None` where the system does not tell.
#[cfg(target_os = "linux")]
pub(crate) fn are_running(pids: &[i32]) -> Option<bool> {
    let mut told = None;
    for pid in pids {
        for task in threads(pid).into_iter().flatten() {
            let Some(state) = state(task.join("stat")) else { continue };
            told = Some(told == Some(true) || state == 'R');
        }
    }
    told
}

/// Not asked for on this system.
#[cfg(not(target_os = "linux"))]
pub(crate) fn are_running(_: &[i32]) -> Option<bool> {
    None
}

/// How many threads each of these processes has, and how often those have gone to sleep; `None` where the system does not tell.
///
/// Source: `proc_pid_status(5)`, `voluntary_ctxt_switches`.
#[cfg(target_os = "linux")]
pub(crate) fn sleeps(pids: &[i32]) -> Option<Vec<(usize, u64)>> {
    let of_thread = |task: PathBuf| {
        let status = std::fs::read_to_string(task.join("status")).ok()?;
        let count = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))?;
        count.trim().parse::<u64>().ok()
    };
    let of = |pid: &i32| {
        let counts: Vec<_> = threads(pid)?.map(of_thread).collect::<Option<_>>()?;
        Some((counts.len(), counts.iter().sum()))
    };
    pids.iter().map(of).collect()
}

/// Not asked for on this system.
#[cfg(not(target_os = "linux"))]
pub(crate) fn sleeps(_: &[i32]) -> Option<Vec<(usize, u64)>> {
    None
}

/// The state of a process or a thread, whose file this is.
#[cfg(target_os = "linux")]
pub(super) fn state(file: impl AsRef<std::path::Path>) -> Option<char> {
    let stat = std::fs::read_to_string(file).ok()?;
    stat.rsplit_once(')').and_then(|(_, rest)| rest.trim_start().chars().next())
}

/// The few of the numbers of `/proc/PID/stat` that are asked for.
#[cfg(target_os = "linux")]
#[derive(Debug, PartialEq, Eq)]
struct Stat {
    parent: u32,
    group: u32,
    /// CPU time of children that have ended, in clock ticks.
    ticks_of_children: u64,
    resident_pages: u64,
}

#[cfg(target_os = "linux")]
impl Stat {
    fn of(pid: i32) -> Option<Self> {
        Self::parse(&std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
    }

    /// A program's name may hold anything, also spaces and parentheses; the numbers follow the last of those.
    fn parse(stat: &str) -> Option<Self> {
        let (_, numbers) = stat.rsplit_once(')')?;
        let numbers: Vec<_> = numbers.split_ascii_whitespace().collect();
        // The manual page counts from 1, and the name is number 2.
        let number = |field: usize| numbers.get(field - 3)?.parse::<u64>().ok();
        Some(Self {
            parent: u32::try_from(number(4)?).ok()?,
            group: u32::try_from(number(5)?).ok()?,
            ticks_of_children: number(16)? + number(17)?,
            resident_pages: number(24)?,
        })
    }
}

/// A process's CPU time to the nanosecond; `/proc` would tell it in hundredths of a second.
#[cfg(target_os = "linux")]
fn cpu_of(pid: i32) -> Option<Duration> {
    let clock = nix::time::clock_getcpuclockid(nix::unistd::Pid::from_raw(pid)).ok()?;
    clock.now().ok().map(Duration::from)
}

#[cfg(target_os = "linux")]
fn ticks(ticks: u64) -> Duration {
    Duration::from_secs_f64(ticks as f64 / rustix::param::clock_ticks_per_second() as f64)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_name_full_of_parentheses_does_not_shift_the_numbers() {
        let stat =
            "7 (a) b (c) 9) S 1 42 7 0 -1 4194560 100 0 0 0 5 6 3 4 20 0 1 0 500 1000000 250 18446744073709551615";
        assert_eq!(Stat::parse(stat), Some(Stat { parent: 1, group: 42, ticks_of_children: 7, resident_pages: 250 }));
        assert_eq!(Stat::parse("7 (cut"), None);
        assert_eq!(Stat::parse("7 (cut) S 1"), None);
    }

    #[test]
    fn this_process_has_used_something() {
        let group = rustix::process::getpgrp().as_raw_nonzero().get() as u32;
        let usage = usage(&members(group)).unwrap();
        assert!(usage.memory > 100_000 && usage.cpu > Duration::ZERO, "{usage:?}");
        let proportional = proportional_memory(&members(group)).unwrap();
        assert!(proportional > 100_000 && proportional <= usage.memory * 2, "{proportional} {usage:?}");
    }
}
