//! What can go wrong with a server that is measured: a row of the results that says so.

use crate::lang::{Lang, Text};
use crate::say;
use crate::view::{describe_io_error, escape};
use std::io::{self, ErrorKind};

/// Why there is no figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Its program could not be started.
    CannotStart {
        /// What the system said.
        error: Text,
    },
    /// It was started, and did not listen in time.
    NeverListened {
        /// How it ended, if it did.
        status: Option<Text>,
        /// The last line that it printed.
        printed: String,
    },
    /// It ended, although nobody asked it to.
    Died {
        /// How: with which exit code, or by which signal.
        status: Text,
        /// The last line that it printed.
        printed: String,
    },
    /// What came back is not what was sent, in upper case.
    WrongReply {
        /// The first wrong byte's place in the message, or in the stream.
        offset: u64,
        /// What should have come from there on (the beginning of it).
        awaited: Vec<u8>,
        /// What came (the beginning of it).
        came: Vec<u8>,
    },
    /// It closed a connection that was not over.
    Closed,
    /// It reset a connection (RST).
    Reset,
    /// No reply within five seconds.
    Silent,
    /// A call failed otherwise.
    Broke {
        /// What the system said.
        error: Text,
    },
    /// Ctrl-C.
    Interrupted,
}

impl Trouble {
    /// What an I/O error means for a client.
    pub(super) fn broke(error: &io::Error) -> Self {
        match error.kind() {
            ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::ConnectionAborted => Self::Reset,
            _ => Self::Broke { error: describe_io_error(error) },
        }
    }

    /// Its name in the files.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::CannotStart { .. } => "cannot-start",
            Self::NeverListened { .. } => "never-listened",
            Self::Died { .. } => "died",
            Self::WrongReply { .. } => "wrong-reply",
            Self::Closed => "closed",
            Self::Reset => "reset",
            Self::Silent => "silent",
            Self::Broke { .. } => "broke",
            Self::Interrupted => "interrupted",
        }
    }

    /// Whether nobody could ever connect, so that every other workload would fail as well.
    pub(super) fn is_for_ever(&self) -> bool {
        matches!(self, Self::CannotStart { .. } | Self::NeverListened { .. })
    }

    /// Whether it may be the first sign of a server that is about to be dead.
    pub(super) fn may_be_a_death(&self) -> bool {
        matches!(self, Self::Closed | Self::Reset | Self::NeverListened { .. } | Self::Broke { .. })
    }

    /// In a few words.
    #[must_use]
    pub fn describe(&self, lang: Lang) -> String {
        let behind = |printed: &String| {
            let text = escape(printed.as_bytes());
            if printed.is_empty() { String::new() } else { say!(lang, ": {text}", "：{text}") }
        };
        match self {
            Self::CannotStart { error } => say!(lang, "cannot be started: {}", "无法启动：{}", error.of(lang)),
            Self::NeverListened { status: None, printed } => {
                say!(lang, "it never listened{}", "一直没有监听{}", behind(printed))
            }
            Self::NeverListened { status: Some(status), printed } => {
                let (status, printed) = (status.of(lang), behind(printed));
                say!(lang, "it never listened, and ended ({status}){printed}", "没有监听就退出了（{status}）{printed}")
            }
            Self::Died { status, printed } => {
                let (status, printed) = (status.of(lang), behind(printed));
                say!(lang, "it exited early ({status}){printed}", "中途退出（{status}）{printed}")
            }
            Self::WrongReply { offset, awaited, came } => {
                let (awaited, came) = (escape(awaited), escape(came));
                say!(
                    lang,
                    "wrong reply: at byte {offset}, expected \"{awaited}\", got \"{came}\"",
                    "回复不对：第 {offset} 字节处应为 \"{awaited}\"，实际收到 \"{came}\""
                )
            }
            Self::Closed => lang.pick("it closed a connection too early", "提前关闭了连接").into(),
            Self::Reset => lang.pick("it reset a connection (RST)", "重置了连接（RST）").into(),
            Self::Silent => lang.pick("no reply within 5 s", "5 秒内没有回复").into(),
            Self::Broke { error } => say!(lang, "a call failed: {}", "调用失败：{}", error.of(lang)),
            Self::Interrupted => lang.pick("interrupted", "被中断").into(),
        }
    }
}
