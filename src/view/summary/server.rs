//! What stands out in how a server begins: its address, its port, its queue.

use super::finding::{Finding, Findings, Place};
use crate::trace::{Call, Header, Link, Outcome, Seen};
use std::io::ErrorKind;
use std::net::SocketAddr;

/// Ports from here on are those that the system chooses by itself (`ip(7)`, `ip_local_port_range`).
const CHOSEN: u16 = 32_768;
/// A queue of this size keeps the third client out.
const SHORT: i64 = 1;
/// Smaller numbers in a command are hardly ports.
const LEAST_PORT: u16 = 1024;

/// The server's beginning, as far as the rules need it.
#[derive(Debug)]
pub(super) struct Server {
    /// Whether all that a program does is told: who records itself tells only a part.
    is_watched: bool,
    /// The calls of its sockets wait, where nobody says otherwise.
    sockets_wait: bool,
    /// The only number in the command that can be a port.
    asked: Option<u16>,
    reuses: bool,
    /// Where it listens.
    listens: Option<Place>,
    /// It has looked for clients.
    looks: bool,
    is_nonblocking: bool,
}

impl Server {
    pub(super) fn new(header: &Header) -> Self {
        let is_watched = header.role == "watch" || header.io == "watched";
        let ports = header.address.split([' ', ':', '=']).filter_map(|word| word.parse().ok());
        let mut ports = ports.filter(|port: &u16| *port >= LEAST_PORT);
        let asked = ports.next().filter(|_| is_watched && ports.next().is_none());
        let sockets_wait = !matches!(header.io.as_ref(), "spin" | "poll");
        Self { is_watched, sockets_wait, asked, reuses: false, listens: None, looks: false, is_nonblocking: false }
    }

    pub(super) fn is_nonblocking(&self) -> bool {
        self.is_nonblocking
    }

    pub(super) fn sockets_wait(&self) -> bool {
        self.sockets_wait
    }

    pub(super) fn listens(&self) -> bool {
        self.listens.is_some()
    }

    pub(super) fn called(
        &mut self,
        call: Call,
        outcome: Outcome,
        link: Option<Link>,
        place: &Place,
        found: &mut Findings,
    ) {
        match (call, outcome) {
            (Call::Bind, Outcome::Address { ok }) => self.bound(ok, place, found),
            (Call::Bind, Outcome::Failed(errno)) if errno.error == ErrorKind::AddrInUse => {
                found.add(Finding::AddressInUse { reuses: self.reuses || !self.is_watched }, place);
            }
            (Call::Listen, Outcome::Done { .. }) => self.listens = Some(place.clone()),
            (Call::SetNonblocking, Outcome::Done { .. }) if link.is_none() => self.is_nonblocking = true,
            (Call::Poll, _) => self.looks = true,
            (Call::Accept, outcome) => {
                self.looks = true;
                if let Outcome::Failed(errno) = outcome
                    && matches!(errno.lesson_name(), "EMFILE" | "ENFILE")
                {
                    found.add(Finding::NoDescriptors { call }, place);
                }
            }
            _ => {}
        }
    }

    fn bound(&self, address: SocketAddr, place: &Place, found: &mut Findings) {
        let bound = address.port();
        if address.ip().is_unspecified() {
            found.add(Finding::OpenToAll { address }, place);
        }
        if let Some(asked) = self.asked.filter(|asked| *asked != bound) {
            found.add(Finding::OtherPort { bound, asked }, place);
        }
        if self.is_watched && !self.reuses && bound < CHOSEN {
            found.add(Finding::NoReuse, place);
        }
    }

    pub(super) fn seen(&mut self, seen: &Seen, place: &Place, found: &mut Findings) {
        match seen {
            Seen::Option { name, value } if name.as_ref() == "SO_REUSEADDR" => self.reuses = *value != 0,
            Seen::Backlog { size } if *size <= SHORT => found.add(Finding::ShortQueue { size: *size }, place),
            _ => {}
        }
    }

    /// The trace is over.
    pub(super) fn finish(&self, found: &mut Findings) {
        if let Some(place) = self.listens.as_ref().filter(|_| !self.looks) {
            found.add(Finding::NeverAccepts, place);
        }
    }
}
