//! What a program was seen to do by whoever watched it, beside the calls of its sockets: how it made them, for whom it waited, what the
//! kernel had for it, how it ended.

use serde::{Deserialize, Serialize};

/// One of the sockets that a call waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Awaited {
    /// The one that listens.
    Listening,
    /// A connection by its number, which `accept` gave.
    Accepted(u64),
    /// One that `connect` made.
    Connected(u64),
}

/// By which call a process comes to a socket of another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Passing {
    /// `recvmsg(2)` of a message that carries descriptors (`unix(7)`).
    ScmRights,
    /// `pidfd_getfd(2)`.
    PidfdGetfd,
}

/// What was seen.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(tag = "seen", rename_all = "kebab-case")]
pub enum Seen {
    /// `socket(2)` gave this descriptor.
    Socket {
        /// Its number.
        descriptor: i32,
        /// It was made with `SOCK_NONBLOCK`.
        nonblocking: bool,
    },
    /// `setsockopt(2)` worked.
    Option {
        /// The option's name, as the manual page has it.
        name: Box<str>,
        /// What it was set to.
        value: i64,
    },
    /// What `listen(2)` was given: how many may wait to be accepted.
    Backlog {
        /// The number.
        size: i64,
    },
    /// `dup(2)`, or another call that gives one more descriptor of the same socket.
    Copy {
        /// The one that was copied.
        from: i32,
        /// The new one.
        to: i32,
    },
    /// `fork(2)`: the child has a copy of each descriptor.
    Fork {
        /// The child's process.
        child: u32,
        /// How many of the descriptors are sockets.
        sockets: u64,
    },
    /// `sendmsg(2)` worked, and the message carries a descriptor of the socket to whoever receives it (`SCM_RIGHTS`).
    Pass {
        /// The sender's descriptor.
        descriptor: i32,
    },
    /// A process has a descriptor of a socket that another process had.
    Passed {
        /// Its number in the process that has it now.
        descriptor: i32,
        /// By which call it came.
        way: Passing,
        /// The process that sent it, or that it was taken from, where that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<u32>,
        /// The socket is one of the program's; the calls of another one, before it came, were not seen.
        #[serde(rename = "known")]
        is_known: bool,
    },
    /// `close(2)` of one of several descriptors: the socket stays open.
    Kept {
        /// How many are left.
        left: u64,
    },
    /// For whom the call that is told next has waited, and who was ready.
    Waited {
        /// Each of them, as far as they are told.
        on: Vec<Awaited>,
        /// Those that were ready.
        ready: Vec<Awaited>,
    },
    /// Looks at who is ready, which did not wait, and after which nothing was done.
    Looked {
        /// How many.
        count: u64,
        /// How many sockets were ready each time.
        ready: u64,
        /// Over how long, in microseconds.
        span_us: u64,
    },
    /// When a call that slept was over, clients were waiting to be accepted.
    Queue {
        /// How many.
        waiting: u64,
    },
    /// Before a connection was closed, bytes lay unread in the kernel.
    Unread {
        /// How many.
        bytes: u64,
    },
    /// A process has ended: with an exit code, or by a signal.
    Exit {
        /// The code.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<u8>,
        /// The signal's number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signal: Option<u8>,
    },
    /// `io_uring_setup(2)`: what it asks the kernel for by this way is not seen.
    IoUring,
    /// It is a program for another processor (32 bits): none of its calls is seen.
    OtherProcessor,
    /// A source file in which calls stand, named as the event's `file`.
    Source {
        /// What is in it.
        text: Box<str>,
    },
}

/// So many bytes of a source file, at most, are kept: of a longer one, none.
pub const SOURCE_CAP: usize = 32 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_written_under_its_name() {
        let waited = Seen::Waited { on: vec![Awaited::Listening, Awaited::Accepted(2)], ready: vec![] };
        let text = serde_json::to_string(&waited).unwrap();
        assert_eq!(text, r#"{"seen":"waited","on":["listening",{"accepted":2}],"ready":[]}"#);
        assert_eq!(serde_json::from_str::<Seen>(&text).unwrap(), waited);
        let passed = Seen::Passed { descriptor: 5, way: Passing::ScmRights, from: None, is_known: false };
        let text = serde_json::to_string(&passed).unwrap();
        assert_eq!(text, r#"{"seen":"passed","descriptor":5,"way":"scm-rights","known":false}"#);
        assert_eq!(serde_json::from_str::<Seen>(&text).unwrap(), passed);
        let ended = Seen::Exit { code: Some(1), signal: None };
        assert_eq!(serde_json::to_string(&ended).unwrap(), r#"{"seen":"exit","code":1}"#);
    }
}
