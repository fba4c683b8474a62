//! Which descriptors of a process are TCP sockets, and what is known of each.

use crate::trace::{Actor, Awaited, Call, Link, Outcome, Recorder, Seen, canonical};
use rustix::fs::{OFlags, fcntl_getfl};
use rustix::io::ioctl_fionread;
use rustix::net::{AddressFamily, SocketType, getpeername, getsockname, sockopt};
use rustix::process::{Pid, PidfdFlags, PidfdGetfdFlags, pidfd_getfd, pidfd_open};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::OwnedFd;
use std::rc::Rc;
use std::time::Duration;

/// So much is kept of what is done with a socket before it has an address.
const EARLY: usize = 16;

/// A socket, as the program uses it.
#[derive(Debug, Default)]
pub(super) struct Socket {
    /// The connection, once it is one.
    pub(super) link: Option<Link>,
    /// It was given an address, and so it is a server's.
    pub(super) is_bound: bool,
    /// Where it waits for clients.
    pub(super) listens: Option<SocketAddr>,
    /// It was made by `connect`.
    pub(super) connects: bool,
    /// Its calls do not wait.
    pub(super) nonblocking: bool,
    /// That was told already. It is told as soon as the socket has a name.
    pub(super) nonblocking_told: bool,
    /// What was done with it before it had a name, and by whom: told as soon as it has one.
    pub(super) early: Vec<(Recorder, Seen)>,
}

impl Socket {
    pub(super) fn new(nonblocking: bool) -> Self {
        Self { nonblocking, ..Self::default() }
    }

    /// Whose lane it is in.
    pub(super) fn actor(&self) -> Actor {
        if self.connects { Actor::Client } else { Actor::Server }
    }

    /// What it is among those that a call waits for.
    pub(super) fn awaited(&self) -> Option<Awaited> {
        match self.link {
            Some(link) if self.connects => Some(Awaited::Connected(link.id)),
            Some(link) => Some(Awaited::Accepted(link.id)),
            None => self.is_bound.then_some(Awaited::Listening),
        }
    }

    /// Whether something can be told of it.
    pub(super) fn has_name(&self) -> bool {
        self.link.is_some() || self.is_bound
    }

    /// Tells what was done with it, or keeps that until it has a name.
    pub(super) fn tell(&mut self, recorder: &Recorder, seen: Seen) {
        if self.has_name() {
            recorder.of(self.actor()).seen(self.link, seen);
        } else if self.early.len() < EARLY {
            self.early.push((recorder.clone(), seen));
        }
    }

    /// Tells that its calls do not wait, once, when it has a name: a view does not know it before.
    pub(super) fn tell_mode(&mut self, recorder: &Recorder, took: Option<Duration>) {
        if self.nonblocking && !self.nonblocking_told && self.has_name() {
            self.nonblocking_told = true;
            recorder.of(self.actor()).call(self.link, Call::SetNonblocking, Ok(Outcome::DONE), took);
        }
    }
}

/// Several descriptors can be of one socket: those that `dup` made, or that a child inherited.
pub(super) type Shared = Rc<RefCell<Socket>>;

/// A process's sockets, by the numbers of their descriptors.
#[derive(Clone, Debug, Default)]
pub(super) struct Descriptors {
    sockets: HashMap<i32, Shared>,
    /// For each descriptor that `epoll` works with: those that it waits for, and what each is called by.
    epolls: HashMap<i32, BTreeMap<i32, u64>>,
}

impl Descriptors {
    pub(super) fn is_empty(&self) -> bool {
        self.sockets.is_empty()
    }

    pub(super) fn get(&self, number: i32) -> Option<&Shared> {
        self.sockets.get(&number)
    }

    pub(super) fn insert(&mut self, number: i32, socket: Shared) {
        self.sockets.insert(number, socket);
    }

    pub(super) fn remove(&mut self, number: i32) -> Option<Shared> {
        self.epolls.remove(&number);
        let socket = self.sockets.remove(&number);
        if socket.is_some() {
            self.epolls.values_mut().for_each(|waits| _ = waits.remove(&number));
        }
        socket
    }

    /// `epoll_ctl(2)`: what `epoll` calls a descriptor by, or `None` where it waits for that no more.
    pub(super) fn epoll_controls(&mut self, epoll: i32, number: i32, called: Option<u64>) {
        let waits = self.epolls.entry(epoll).or_default();
        match called {
            Some(called) => _ = waits.insert(number, called),
            None => _ = waits.remove(&number),
        }
    }

    /// The descriptors that this `epoll` waits for, and what it calls them by.
    pub(super) fn epoll(&self, epoll: i32) -> impl Iterator<Item = (i32, u64)> {
        self.epolls.get(&epoll).into_iter().flatten().map(|(number, called)| (*number, *called))
    }

    /// Where its sockets wait for clients.
    pub(super) fn listening(&self) -> Vec<SocketAddr> {
        self.sockets.values().filter_map(|socket| socket.borrow().listens).collect()
    }

    /// The one of this inode, if the process has it.
    pub(super) fn of_inode(&self, process: i32, wanted: u64) -> Option<&Shared> {
        self.sockets.iter().find(|(number, _)| inode(process, **number) == Some(wanted)).map(|(_, socket)| socket)
    }

    pub(super) fn count(&self) -> u64 {
        self.sockets.len() as u64
    }

    /// Whether one of them waits for clients, or serves one.
    pub(super) fn serve(&self) -> bool {
        self.sockets.values().any(|socket| socket.borrow().has_name() && socket.borrow().actor() == Actor::Server)
    }

    /// The program was replaced by another one: what was to be closed then is closed.
    pub(super) fn retain_open(&mut self, process: i32) {
        self.sockets.retain(|number, _| inode(process, *number).is_some());
        self.epolls.clear();
    }
}

/// Which socket a descriptor is of: the number of its inode, which is the same in every process (`proc_pid_fd(5)`).
pub(super) fn inode(process: i32, descriptor: i32) -> Option<u64> {
    let link = std::fs::read_link(format!("/proc/{process}/fd/{descriptor}")).ok()?;
    link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
}

/// A descriptor of ours of a socket of the program's.
fn ours(process: i32, descriptor: i32) -> Option<OwnedFd> {
    let process = pidfd_open(Pid::from_raw(process)?, PidfdFlags::empty()).ok()?;
    pidfd_getfd(process, descriptor, PidfdGetfdFlags::empty()).ok()
}

/// A socket's own address, and its peer's, asked of the socket itself through a descriptor of ours.
pub(super) fn names(process: i32, descriptor: i32) -> (Option<SocketAddr>, Option<SocketAddr>) {
    let Some(socket) = ours(process, descriptor) else { return (None, None) };
    let own = getsockname(&socket).ok().and_then(|address| SocketAddr::try_from(address).ok());
    let peer = getpeername(&socket).ok().flatten().and_then(|address| SocketAddr::try_from(address).ok());
    // Java's sockets are for both families: an IPv4 address stands in an IPv6 one.
    (own.map(canonical), peer.map(canonical))
}

/// What the kernel tells of a TCP socket that nobody has told of: the socket, its own address, and its peer's. `None` for any other.
pub(super) fn found(process: i32, descriptor: i32) -> Option<(Socket, SocketAddr, Option<SocketAddr>)> {
    let ours = ours(process, descriptor)?;
    let family = sockopt::socket_domain(&ours).ok()?;
    let is_internet = family == AddressFamily::INET || family == AddressFamily::INET6;
    if !is_internet || sockopt::socket_type(&ours) != Ok(SocketType::STREAM) {
        return None;
    }
    let (own, peer) = names(process, descriptor);
    let local = own.unwrap_or((Ipv4Addr::UNSPECIFIED, 0).into());
    let mut socket = Socket::new(fcntl_getfl(&ours).is_ok_and(|flags| flags.contains(OFlags::NONBLOCK)));
    socket.is_bound = local.port() != 0;
    socket.listens = own.filter(|_| sockopt::socket_acceptconn(&ours) == Ok(true));
    Some((socket, local, peer))
}

/// How many bytes the kernel has for a socket that were not received yet.
pub(super) fn unread(process: i32, descriptor: i32) -> u64 {
    ours(process, descriptor).and_then(|socket| ioctl_fionread(&socket).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_of_the_same_socket_and_of_another_table() {
        let mut parent = Descriptors::default();
        parent.insert(3, Rc::new(RefCell::new(Socket::new(false))));
        let mut child = parent.clone();
        parent.get(3).unwrap().borrow_mut().is_bound = true;
        assert!(child.serve());
        assert!(child.remove(3).is_some() && child.is_empty() && !parent.is_empty());
    }
}
