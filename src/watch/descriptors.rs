//! Which descriptors of a process are TCP sockets, and what is known of each.

use crate::trace::{Actor, Link};
use rustix::net::{getpeername, getsockname};
use rustix::process::{Pid, PidfdFlags, PidfdGetfdFlags, pidfd_getfd, pidfd_open};
use std::cell::RefCell;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::rc::Rc;

/// A socket, as the program uses it.
#[derive(Debug, Default)]
pub(super) struct Socket {
    /// The connection, once it is one.
    pub(super) link: Option<Link>,
    /// It was given an address, and so it is a server's.
    pub(super) is_bound: bool,
    /// It was made by `connect`.
    pub(super) connects: bool,
    /// Its calls do not wait.
    pub(super) nonblocking: bool,
    /// That was told already. It is told as soon as the socket has a name.
    pub(super) nonblocking_told: bool,
}

impl Socket {
    pub(super) fn new(nonblocking: bool) -> Self {
        Self { nonblocking, ..Self::default() }
    }

    /// Whose lane it is in.
    pub(super) fn actor(&self) -> Actor {
        if self.connects { Actor::Client } else { Actor::Server }
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
pub(super) struct Descriptors(HashMap<i32, Shared>);

impl Descriptors {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn get(&self, number: i32) -> Option<&Shared> {
        self.0.get(&number)
    }

    pub(super) fn insert(&mut self, number: i32, socket: Shared) {
        self.0.insert(number, socket);
    }

    pub(super) fn remove(&mut self, number: i32) -> Option<Shared> {
        self.0.remove(&number)
    }

    /// Whether one of them waits for clients, or serves one.
    pub(super) fn serve(&self) -> bool {
        self.0.values().any(|socket| socket.borrow().has_name() && socket.borrow().actor() == Actor::Server)
    }

    /// The program was replaced by another one: what was to be closed then is closed.
    pub(super) fn retain_open(&mut self, process: i32) {
        let is_socket = |number: &i32| {
            let link = std::fs::read_link(format!("/proc/{process}/fd/{number}"));
            link.is_ok_and(|link| link.to_string_lossy().starts_with("socket:"))
        };
        self.0.retain(|number, _| is_socket(number));
    }
}

/// A socket's own address, and its peer's, asked of the socket itself through a descriptor of ours.
pub(super) fn names(process: i32, descriptor: i32) -> (Option<SocketAddr>, Option<SocketAddr>) {
    let ours = || {
        let process = pidfd_open(Pid::from_raw(process)?, PidfdFlags::empty()).ok()?;
        pidfd_getfd(process, descriptor, PidfdGetfdFlags::empty()).ok()
    };
    let Some(socket) = ours() else { return (None, None) };
    let own = getsockname(&socket).ok().and_then(|address| SocketAddr::try_from(address).ok());
    let peer = getpeername(&socket).ok().flatten().and_then(|address| SocketAddr::try_from(address).ok());
    (own, peer)
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
