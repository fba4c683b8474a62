//! Which system calls stop the program: those of sockets, and those that move or name a descriptor. All others run as fast as ever.

use nix::libc;
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, apply_filter, sock_filter};
use std::env::consts::ARCH;
use std::sync::LazyLock;

/// A system call that is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Socket,
    Bind,
    Listen,
    Accept,
    Accept4,
    Connect,
    /// `read`, `recvfrom`: a buffer and its size.
    Receive,
    ReceiveFrom,
    /// `readv`: several buffers.
    ReceiveVector,
    /// `recvmsg`: several buffers, named in a message header.
    ReceiveMessage,
    /// `recvmmsg`: several message headers.
    ReceiveMessages,
    Send,
    SendVector,
    SendMessage,
    /// `sendmmsg`.
    SendMessages,
    /// `sendfile`: from a file to a socket, past the program's memory.
    SendFile,
    /// `splice`: the same between a pipe and a socket, either way.
    Splice,
    Shutdown,
    Close,
    Fcntl,
    Ioctl,
    Dup,
    /// `dup2`, `dup3`.
    DupTo,
    SetOption,
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code))]
    Poll,
    /// `ppoll`: its limit is in memory.
    PollSpec,
    Select,
    /// `epoll_wait`, by whatever name.
    Epoll,
    EpollControl,
    IoUring,
    /// `pidfd_getfd`: a descriptor of another process's.
    PidfdGetfd,
    /// How a line is told: see `python.rs`.
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code))]
    Readlink,
    ReadlinkAt,
}

impl Asked {
    /// Waits for several sockets.
    pub(super) fn is_wait(self) -> bool {
        matches!(self, Self::Poll | Self::PollSpec | Self::Select | Self::Epoll)
    }
}

const EVERYWHERE: &[(i64, Asked)] = &[
    (libc::SYS_socket, Asked::Socket),
    (libc::SYS_bind, Asked::Bind),
    (libc::SYS_listen, Asked::Listen),
    (libc::SYS_accept, Asked::Accept),
    (libc::SYS_accept4, Asked::Accept4),
    (libc::SYS_connect, Asked::Connect),
    (libc::SYS_read, Asked::Receive),
    (libc::SYS_recvfrom, Asked::ReceiveFrom),
    (libc::SYS_readv, Asked::ReceiveVector),
    (libc::SYS_recvmsg, Asked::ReceiveMessage),
    (libc::SYS_recvmmsg, Asked::ReceiveMessages),
    (libc::SYS_write, Asked::Send),
    (libc::SYS_sendto, Asked::Send),
    (libc::SYS_writev, Asked::SendVector),
    (libc::SYS_sendmsg, Asked::SendMessage),
    (libc::SYS_sendmmsg, Asked::SendMessages),
    (libc::SYS_sendfile, Asked::SendFile),
    (libc::SYS_splice, Asked::Splice),
    (libc::SYS_shutdown, Asked::Shutdown),
    (libc::SYS_close, Asked::Close),
    (libc::SYS_fcntl, Asked::Fcntl),
    (libc::SYS_ioctl, Asked::Ioctl),
    (libc::SYS_dup, Asked::Dup),
    (libc::SYS_dup3, Asked::DupTo),
    (libc::SYS_setsockopt, Asked::SetOption),
    (libc::SYS_pselect6, Asked::Select),
    (libc::SYS_ppoll, Asked::PollSpec),
    (libc::SYS_epoll_pwait, Asked::Epoll),
    (libc::SYS_epoll_pwait2, Asked::Epoll),
    (libc::SYS_epoll_ctl, Asked::EpollControl),
    (libc::SYS_io_uring_setup, Asked::IoUring),
    (libc::SYS_pidfd_getfd, Asked::PidfdGetfd),
    (libc::SYS_readlinkat, Asked::ReadlinkAt),
];

/// The older calls, which newer processors have no number for.
#[cfg(target_arch = "x86_64")]
const OLDER: &[(i64, Asked)] = &[
    (libc::SYS_dup2, Asked::DupTo),
    (libc::SYS_select, Asked::Select),
    (libc::SYS_poll, Asked::Poll),
    (libc::SYS_epoll_wait, Asked::Epoll),
    (libc::SYS_readlink, Asked::Readlink),
];
#[cfg(not(target_arch = "x86_64"))]
const OLDER: &[(i64, Asked)] = &[];

fn all() -> impl Iterator<Item = (i64, Asked)> {
    EVERYWHERE.iter().chain(OLDER).copied()
}

/// No call that is looked at has a greater number.
const NUMBERS: usize = 512;

/// The calls by their numbers: it is looked into at every stop.
static BY_NUMBER: LazyLock<[Option<Asked>; NUMBERS]> = LazyLock::new(|| {
    let mut all = [None; NUMBERS];
    for (number, asked) in self::all() {
        if let Some(place) = usize::try_from(number).ok().and_then(|number| all.get_mut(number)) {
            *place = Some(asked);
        }
    }
    all
});

/// The call of this number, if it is looked at.
pub(super) fn asked(number: i64) -> Option<Asked> {
    BY_NUMBER.get(usize::try_from(number).ok()?).copied().flatten()
}

/// A step of a filter that ends it (`BPF_RET | BPF_K`).
const RETURN: u16 = 0x06;

/// Installs the filter for this process and what it becomes; false if the system does not take it.
pub(super) fn install() -> bool {
    let rules = all().map(|(number, _)| (number, Vec::new())).collect();
    let Ok(target) = ARCH.try_into() else { return false };
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, SeccompAction::Trace(0), target);
    let program: Option<BpfProgram> = filter.ok().and_then(|filter| filter.try_into().ok());
    program.is_some_and(|mut program| {
        // The filter kills a program for another processor (32 bits), whose calls have other numbers. It is to run, unseen.
        let kills = |step: &&mut sock_filter| (step.code, step.k) == (RETURN, libc::SECCOMP_RET_KILL_PROCESS);
        program.iter_mut().filter(kills).for_each(|step| step.k = libc::SECCOMP_RET_ALLOW);
        apply_filter(&program).is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_stands_for_one_call() {
        let mut numbers: Vec<_> = all().map(|(number, _)| number).collect();
        let count = numbers.len();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), count);
        all().for_each(|(number, call)| assert_eq!(asked(number), Some(call)));
        assert_eq!(asked(libc::SYS_getpid), None);
    }
}
