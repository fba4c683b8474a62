//! The processes and threads of a program, and which call each of them is in.

use super::descriptors::{Descriptors, Shared};
use super::filter::Asked;
use super::python::Slot;
use crate::trace::{Actor, Awaited, Began, Call, Caller, Link, Recorder};
use nix::libc;
use std::collections::HashMap;
use std::fs;
use std::time::Instant;

/// A call that has begun.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) asked: Asked,
    pub(super) arguments: [u64; 6],
    /// The socket that it is about.
    pub(super) socket: Option<Shared>,
    pub(super) began: Began,
    /// The descriptors that it waits for, where that is known only before.
    pub(super) waits: Vec<i32>,
    /// It does not wait.
    pub(super) is_look: bool,
    /// What lies unread in the kernel when it begins.
    pub(super) unread: u64,
}

impl Pending {
    /// It looks at bytes, and takes none.
    pub(super) fn only_peeks(&self) -> bool {
        let [_, _, third, fourth, ..] = self.arguments;
        match self.asked {
            Asked::ReceiveFrom | Asked::ReceiveMessages => fourth as i32 & libc::MSG_PEEK != 0,
            Asked::ReceiveMessage => third as i32 & libc::MSG_PEEK != 0,
            _ => false,
        }
    }

    /// The call, whose connection it is on, and in whose lane it is told, where it is one that says `EAGAIN` instead of waiting.
    pub(super) fn never_waits(&self) -> Option<(Call, Option<Link>, Actor)> {
        let socket = self.socket.as_ref()?.borrow();
        let call = match self.asked {
            Asked::Accept | Asked::Accept4 => return socket.nonblocking.then_some((Call::Accept, None, Actor::Server)),
            Asked::Receive
            | Asked::ReceiveFrom
            | Asked::ReceiveVector
            | Asked::ReceiveMessage
            | Asked::ReceiveMessages => Call::Recv,
            Asked::Send | Asked::SendVector | Asked::SendMessage | Asked::SendMessages | Asked::SendFile => Call::Send,
            _ => return None,
        };
        (socket.nonblocking && !self.only_peeks()).then_some((call, socket.link, socket.actor()))
    }
}

/// Looks at who is ready, one after another, that gave the same and were followed by nothing.
#[derive(Debug)]
pub(super) struct Looks {
    pub(super) ready: u64,
    /// How many there were since then, beside those that are told.
    pub(super) count: u64,
    pub(super) since: Instant,
}

/// A line that the program told.
#[derive(Debug)]
pub(super) struct Mark {
    pub(super) file: Box<str>,
    pub(super) line: u32,
    /// The call that it was told of is over. One line can send in several pieces; nothing else belongs to it any more.
    pub(super) is_used: bool,
}

/// A thread of the program.
#[derive(Debug)]
pub(super) struct Thread {
    pub(super) process: i32,
    /// In the order of their beginning, from 1, over all processes.
    pub(super) number: u32,
    pub(super) pending: Option<Pending>,
    pub(super) mark: Option<Mark>,
    /// Where it tells its lines.
    pub(super) slot: Option<Slot>,
    /// Tells what it does, but for its lines.
    pub(super) recorder: Option<Recorder>,
    /// The last thing it did was to look whether something is ready, without waiting.
    pub(super) looks: Option<Looks>,
    /// For whom it waited last.
    pub(super) waited: Vec<Awaited>,
}

impl Thread {
    /// Which part of the program makes this call.
    pub(super) fn caller(&mut self, asked: Asked, is_interrupted: bool) -> Caller {
        let sends = matches!(asked, Asked::Send | Asked::SendVector | Asked::SendMessage);
        let mark = self.mark.as_mut().filter(|mark| !mark.is_used || sends);
        // A socket with a time limit waits first, and then receives, in one line.
        let place = mark.map(|mark| {
            mark.is_used |= !asked.is_wait() && !is_interrupted;
            (mark.file.clone(), mark.line)
        });
        let (file, line) = place.unzip();
        Caller { file, line, ..self.itself() }
    }

    /// The same without the line.
    pub(super) fn itself(&self) -> Caller {
        Caller { process: u32::try_from(self.process).ok(), thread: Some(self.number), ..Caller::default() }
    }
}

/// All of them, by the numbers that the system gives them.
#[derive(Debug, Default)]
pub(super) struct Family {
    threads: HashMap<i32, Thread>,
    processes: HashMap<i32, Descriptors>,
    last_number: u32,
}

impl Family {
    /// A thread, with the descriptors of its process. One that was not seen before has just begun: it shares those of its process, or
    /// has a copy of its parent's, who stands still meanwhile.
    pub(super) fn thread(&mut self, id: i32) -> Option<(&mut Thread, &mut Descriptors)> {
        if !self.threads.contains_key(&id) {
            let (process, parent) = origin(id);
            if !self.processes.contains_key(&process) {
                let inherited = self.processes.get(&parent).cloned().unwrap_or_default();
                self.processes.insert(process, inherited);
            }
            self.last_number += 1;
            let thread = Thread {
                process,
                number: self.last_number,
                pending: None,
                mark: None,
                slot: None,
                recorder: None,
                looks: None,
                waited: Vec::new(),
            };
            self.threads.insert(id, thread);
        }
        let thread = self.threads.get_mut(&id)?;
        let descriptors = self.processes.entry(thread.process).or_default();
        Some((thread, descriptors))
    }

    /// The same of one that was seen before.
    pub(super) fn known(&mut self, id: i32) -> Option<(&mut Thread, &mut Descriptors)> {
        if self.threads.contains_key(&id) { self.thread(id) } else { None }
    }

    /// The socket of this inode, wherever it is known.
    pub(super) fn of_inode(&self, inode: u64) -> Option<Shared> {
        self.processes.iter().find_map(|(process, sockets)| sockets.of_inode(*process, inode)).cloned()
    }

    /// A thread has ended; the last one takes its process with it. Whether it did, and whether that had sockets.
    pub(super) fn gone(&mut self, id: i32) -> (bool, bool) {
        let Some(thread) = self.threads.remove(&id) else { return (false, false) };
        if self.threads.values().any(|other| other.process == thread.process) {
            return (false, false);
        }
        let sockets = self.processes.remove(&thread.process);
        (true, sockets.is_some_and(|sockets| !sockets.is_empty()))
    }

    /// A process was replaced by another program: its other threads are gone.
    pub(super) fn replaced(&mut self, process: i32) {
        self.threads.retain(|id, thread| thread.process != process || *id == process);
        if let Some((thread, descriptors)) = self.thread(process) {
            (thread.pending, thread.mark, thread.slot) = (None, None, None);
            descriptors.retain_open(process);
        }
    }
}

/// The process of a thread, and that one's parent (`proc_pid_status(5)`). One that is gone already is its own.
fn origin(thread: i32) -> (i32, i32) {
    let status = fs::read_to_string(format!("/proc/{thread}/status")).unwrap_or_default();
    let number = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().parse().ok()
    };
    (number("Tgid:").unwrap_or(thread), number("PPid:").unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::super::descriptors::Socket;
    use super::*;
    use std::cell::RefCell;
    use std::process;
    use std::rc::Rc;

    #[test]
    fn a_thread_is_of_its_process_and_goes_alone() {
        let mine = process::id().cast_signed();
        let thread = std::thread::spawn(|| rustix::thread::gettid().as_raw_pid()).join().unwrap();
        let mut family = Family::default();
        let (first, sockets) = family.thread(mine).unwrap();
        assert_eq!((first.process, first.number), (mine, 1));
        sockets.insert(3, Rc::new(RefCell::new(Socket::new(false))));
        // It has ended: the system knows nothing of it.
        assert_eq!(family.thread(thread).unwrap().0.number, 2);
        family.gone(thread);
        assert!(!family.thread(mine).unwrap().1.is_empty());
        family.gone(mine);
        assert!(family.thread(mine).unwrap().1.is_empty());
    }
}
