//! Sockets that one process hands to another: in a message over a UNIX socket (`SCM_RIGHTS` of `unix(7)`), or taken by `pidfd_getfd(2)`.
//!
//! The new descriptor has a number of its own, in a process that need not be a child. Which socket it is of, its inode tells. While the
//! message is on its way the socket stays open, also when its sender has closed it.

use super::calls::Teller;
use super::control::rights;
use super::descriptors::{Descriptors, Shared, inode};
use super::family::{Family, Thread};
use super::filter::Asked;
use super::memory::{Memory, message_headers};
use crate::trace::{Passing, Recorder, Seen};
use nix::libc;
use nix::unistd::Pid;
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

/// So many sockets are on their way at most: the oldest is forgotten for one more, as its message may never be received.
const MOST: usize = 1024;
/// Of a call for several messages so many are looked at.
const MESSAGES: u64 = 64;

/// A socket that is on its way.
#[derive(Debug)]
struct Flight {
    /// Which call sends it, and in which of its messages.
    call: u64,
    message: usize,
    process: i32,
    inode: u64,
    socket: Shared,
    /// Tells that this descriptor of it was sent, until that is told.
    untold: Option<(Recorder, i32)>,
}

impl Flight {
    /// It was sent.
    fn tell(&mut self) {
        if let Some((recorder, descriptor)) = self.untold.take() {
            self.socket.borrow_mut().tell(&recorder, Seen::Pass { descriptor });
        }
    }
}

/// A call that has begun, and what it can bring.
#[derive(Debug)]
enum Begun {
    Sends { call: u64, is_one: bool },
    Receives { headers: Vec<u64>, arrival: Arrival },
    Takes(Arrival),
}

/// How a descriptor comes.
#[derive(Debug)]
struct Arrival {
    way: Passing,
    /// Another call will receive it once more (`MSG_PEEK`).
    only_peeks: bool,
    /// The process that it is taken from.
    from: Option<u32>,
    /// Tells it as the call of its thread and its line.
    recorder: Recorder,
}

/// The sockets that are on their way, and the calls that send and receive them.
#[derive(Debug, Default)]
pub(super) struct Passed {
    flights: VecDeque<Flight>,
    begun: HashMap<i32, Begun>,
    last_call: u64,
}

impl Passed {
    /// A thread is about to make a call on something else than a TCP socket: whether that can hand a socket over.
    pub(super) fn begins(
        &mut self,
        asked: Asked,
        arguments: [u64; 6],
        (id, thread): (Pid, &mut Thread),
        sockets: &Descriptors,
        teller: &mut Teller,
    ) -> bool {
        let [pidfd, at, third, fourth, ..] = arguments;
        let (count, flags) = match asked {
            Asked::SendMessage | Asked::ReceiveMessage => (1, third),
            Asked::SendMessages | Asked::ReceiveMessages => (third.min(MESSAGES), fourth),
            Asked::PidfdGetfd => (0, 0),
            _ => return false,
        };
        let memory = Memory(id);
        let controls: Vec<_> = message_headers(at, count).map(|at| (at, memory.control_of_message(at))).collect();
        let begun = match asked {
            Asked::PidfdGetfd => {
                let (way, from) = (Passing::PidfdGetfd, process_of(thread.process, pidfd as i32));
                let recorder = teller.recorder_of(asked, (id, thread));
                Begun::Takes(Arrival { way, only_peeks: false, from, recorder })
            }
            Asked::ReceiveMessage | Asked::ReceiveMessages => {
                if controls.iter().all(|(_, room)| room.is_empty()) {
                    return false;
                }
                let headers = controls.iter().map(|(at, _)| *at).collect();
                let (way, only_peeks) = (Passing::ScmRights, flags as i32 & libc::MSG_PEEK != 0);
                let recorder = teller.recorder_of(asked, (id, thread));
                Begun::Receives { headers, arrival: Arrival { way, only_peeks, from: None, recorder } }
            }
            _ => {
                let sent = known(&controls, sockets);
                if sent.is_empty() {
                    return false;
                }
                let recorder = teller.recorder_of(asked, (id, thread));
                self.send(thread.process, &sent, sockets, &recorder);
                Begun::Sends { call: self.last_call, is_one: asked == Asked::SendMessage }
            }
        };
        self.begun.insert(id.as_raw(), begun);
        true
    }

    /// These descriptors go on their way; each stands beside the number of its message. The other side can have them before the call is
    /// over.
    fn send(&mut self, process: i32, sent: &[(usize, i32)], sockets: &Descriptors, recorder: &Recorder) {
        self.last_call += 1;
        for (message, number) in sent {
            let Some((socket, inode)) = sockets.get(*number).cloned().zip(inode(process, *number)) else { continue };
            let untold = Some((recorder.clone(), *number));
            if self.flights.len() >= MOST {
                self.flights.pop_front();
            }
            let (call, message) = (self.last_call, *message);
            self.flights.push_back(Flight { call, message, process, inode, socket, untold });
        }
    }

    /// The call is over, and gave this.
    pub(super) fn ends(&mut self, id: Pid, given: i64, family: &mut Family, teller: &mut Teller) {
        let Some(begun) = self.begun.remove(&id.as_raw()) else { return };
        let done = usize::try_from(given).ok();
        match (begun, done) {
            (Begun::Sends { call, is_one }, done) => {
                let messages = done.map_or(0, |done| if is_one { 1 } else { done });
                self.flights.retain(|flight| flight.call != call || flight.message < messages);
                self.flights.iter_mut().filter(|flight| flight.call == call).for_each(Flight::tell);
            }
            (Begun::Receives { headers, arrival }, Some(done)) => {
                // `recvmsg` counts bytes, `recvmmsg` messages: behind those stands what stood there before.
                let received = headers.get(..done.max(1)).unwrap_or(&headers);
                let numbers = received.iter().flat_map(|at| rights(&Memory(id).control_of_message(*at)));
                numbers.for_each(|number| self.arrives(id, number, &arrival, family, teller));
            }
            (Begun::Takes(arrival), Some(number)) => self.arrives(id, number as i32, &arrival, family, teller),
            _ => {}
        }
    }

    /// A process has one more descriptor: of a socket that is on its way, or known, or of one from outside.
    fn arrives(&mut self, id: Pid, descriptor: i32, arrival: &Arrival, family: &mut Family, teller: &mut Teller) {
        let Some(process) = family.known(id.as_raw()).map(|(thread, _)| thread.process) else { return };
        let Some(inode) = inode(process, descriptor) else { return };
        let (sent, sender) = self.sent(inode, arrival).unzip();
        let known = sent.or_else(|| family.of_inode(inode));
        let is_known = known.is_some();
        let Some(socket) = known.or_else(|| teller.stranger(process, descriptor)) else { return };
        if let Some((_, sockets)) = family.known(id.as_raw()) {
            sockets.insert(descriptor, Rc::clone(&socket));
        }
        let from = arrival.from.or_else(|| sender.and_then(|sender| u32::try_from(sender).ok()));
        let mut socket = socket.borrow_mut();
        socket.tell(&arrival.recorder, Seen::Passed { descriptor, way: arrival.way, from, is_known });
        socket.tell_mode(&arrival.recorder, None);
    }

    /// The socket of this inode that was sent first, and by which process. It is on its way no more, unless it was only looked at.
    fn sent(&mut self, inode: u64, arrival: &Arrival) -> Option<(Shared, i32)> {
        let is_it = |flight: &Flight| flight.inode == inode && arrival.way == Passing::ScmRights;
        let place = self.flights.iter().position(is_it)?;
        let flight = self.flights.get_mut(place)?;
        flight.tell();
        let found = (Rc::clone(&flight.socket), flight.process);
        if !arrival.only_peeks {
            self.flights.remove(place);
        }
        Some(found)
    }

    /// A thread has ended, or has become another program, perhaps in the middle of a call.
    pub(super) fn gone(&mut self, id: i32) {
        self.begun.remove(&id);
    }
}

/// The watched sockets that messages with these control messages send: for each, the number of its message, and its descriptor.
fn known(controls: &[(u64, Vec<u8>)], sockets: &Descriptors) -> Vec<(usize, i32)> {
    let is_known = |number: &i32| sockets.get(*number).is_some();
    let numbers = |control| rights(control).into_iter().filter(is_known);
    let all = controls.iter().enumerate();
    all.flat_map(|(message, (_, control))| numbers(control).map(move |number| (message, number))).collect()
}

/// The process that a descriptor of a process stands for (`pidfd_open(2)`).
fn process_of(process: i32, pidfd: i32) -> Option<u32> {
    let about = std::fs::read_to_string(format!("/proc/{process}/fdinfo/{pidfd}")).ok()?;
    about.lines().find_map(|line| line.strip_prefix("Pid:"))?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_known_by_its_own_descriptor() {
        let own = rustix::process::getpid();
        let pidfd = rustix::process::pidfd_open(own, rustix::process::PidfdFlags::empty()).unwrap();
        let number = std::os::fd::AsRawFd::as_raw_fd(&pidfd);
        assert_eq!(process_of(own.as_raw_pid(), number), u32::try_from(own.as_raw_pid()).ok());
        assert_eq!(process_of(own.as_raw_pid(), -1), None);
    }
}
