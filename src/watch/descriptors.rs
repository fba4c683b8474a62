//! Which descriptors of a process are TCP sockets, and what is known of each.

use crate::trace::{Actor, Awaited, Link, Recorder, Seen, canonical};
use rustix::io::ioctl_fionread;
use rustix::net::{getpeername, getsockname};
use rustix::process::{Pid, PidfdFlags, PidfdGetfdFlags, pidfd_getfd, pidfd_open};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::rc::Rc;

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

    pub(super) fn count(&self) -> u64 {
        self.sockets.len() as u64
    }

    /// Whether one of them waits for clients, or serves one.
    pub(super) fn serve(&self) -> bool {
        self.sockets.values().any(|socket| socket.borrow().has_name() && socket.borrow().actor() == Actor::Server)
    }

    /// The program was replaced by another one: what was to be closed then is closed.
    pub(super) fn retain_open(&mut self, process: i32) {
        let is_socket = |number: &i32| {
            let link = std::fs::read_link(format!("/proc/{process}/fd/{number}"));
            link.is_ok_and(|link| link.to_string_lossy().starts_with("socket:"))
        };
        self.sockets.retain(|number, _| is_socket(number));
        self.epolls.clear();
    }
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
