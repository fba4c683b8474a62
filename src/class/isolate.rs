//! What keeps a stranger's program from everything else: a network of its own, limits that the system holds, and no way to more rights.
//!
//! All of it is done in the worker before it starts anything, and inherited by what it starts. The judge works within the same
//! limits, which are wide enough for it.
//!
//! Source: `unshare(2)`, `user_namespaces(7)`, `network_namespaces(7)`, `setrlimit(2)`, `PR_SET_NO_NEW_PRIVS(2const)`.

use super::cgroup;
use super::job::{Allowed, Room};
use crate::lang::Text;
use crate::net::interface;
use crate::{both, program};
use nix::sched::{CloneFlags, unshare};
use rustix::process::{Resource, Rlimit, getgid, getrlimit, getuid, setrlimit};
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;

/// How many processes and threads a program may have, beside those that its user has already.
pub(super) const PROCESSES: u64 = 512;
/// How long a file may be that it writes: 64 MiB.
pub(super) const FILE: u64 = 64 << 20;
/// How many files and sockets it may hold open.
pub(super) const DESCRIPTORS: u64 = 1024;
/// What a process may ask for beyond the memory that the judge ends it for: most of it is never used, as the stacks of threads.
const ROOM: u64 = 2 << 30;

/// Goes where the work is to be done. Nobody else may run in this process yet.
pub(super) fn enter(room: &Room) -> Result<Allowed, Text> {
    if room.own_network {
        own_network().map_err(|error| {
            both!("cannot give the program a network of its own: {error}", "无法为程序建立单独的网络：{error}")
        })?;
    }
    let is_root = getuid().is_root();
    // The system counts no processes of root, but of a cgroup.
    let processes = if is_root && room.user.is_none() { cgroup::enter(PROCESSES) } else { limit_processes(room) };
    let limits = limit(Resource::Fsize, FILE)
        & limit(Resource::Nofile, DESCRIPTORS)
        & limit(Resource::Core, 0)
        & limit(Resource::Data, room.memory + ROOM)
        & limit(Resource::Cpu, room.time.as_secs() + 30);
    // A program of root's that any user may start (sudo) gives no more rights. Where that cannot be had, nothing else depends on it.
    let _ = rustix::thread::set_no_new_privs(true);
    room.user.iter().for_each(program::user::run_as);
    if !room.folder.as_os_str().is_empty() {
        std::env::set_current_dir(&room.folder).map_err(|error| {
            both!("cannot go to the program's folder: {error}", "无法进入程序所在的文件夹：{error}")
        })?;
    }
    Ok(Allowed { own_network: room.own_network, limits, processes })
}

/// A network in which nobody else is, and nothing but the loopback interface.
fn own_network() -> io::Result<()> {
    let (user, group) = (getuid().as_raw(), getgid().as_raw());
    if unshare(CloneFlags::CLONE_NEWNET).is_err() {
        // Without the right to do so, in a user namespace where we have it, and stay who we are.
        unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNET)?;
        fs::write("/proc/self/setgroups", "deny")?;
        fs::write("/proc/self/uid_map", format!("{user} {user} 1"))?;
        fs::write("/proc/self/gid_map", format!("{group} {group} 1"))?;
    }
    interface::up()
}

/// Never more than before.
fn limit(resource: Resource, most: u64) -> bool {
    let most = getrlimit(resource).maximum.map_or(most, |maximum| maximum.min(most));
    setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) }).is_ok()
}

fn limit_processes(room: &Room) -> bool {
    let user = room.user.as_ref().map_or(getuid().as_raw(), |user| user.ids[0]);
    limit(Resource::Nproc, threads_of(user) + PROCESSES)
}

/// How many threads a user has now.
fn threads_of(user: u32) -> u64 {
    let Ok(all) = fs::read_dir("/proc") else { return 0 };
    let theirs = all.flatten().filter(|entry| entry.metadata().is_ok_and(|data| data.uid() == user));
    let threads = theirs.filter_map(|entry| fs::read_dir(entry.path().join("task")).ok());
    threads.map(|threads| threads.count() as u64).sum()
}
