//! How the programs were judged: what kept them from everything else, and from each other. Said before they start, and in every report.

use super::isolation::{DESCRIPTORS, FILE, PROCESSES};
use super::job::Allowed;
use crate::both;
use crate::lang::Text;
use std::time::Duration;

/// What there is to say about it.
#[derive(Clone, Debug)]
pub struct Facts {
    /// What the system allowed.
    pub allowed: Allowed,
    /// As whom they run; `None` for whoever runs day30.
    pub user: Option<String>,
    /// Whether that is root.
    pub is_root: bool,
    /// How many at once.
    pub at_once: usize,
    /// How much memory each may take, in bytes.
    pub memory: u64,
    /// How long each may take.
    pub time: Duration,
}

impl Facts {
    /// What each line is about, and the line.
    #[must_use]
    pub fn lines(&self) -> Vec<(Text, Text)> {
        vec![
            (both!("network", "网络"), self.network()),
            (both!("user", "用户"), self.whose()),
            (both!("limits", "限制"), self.limits()),
            (both!("at once", "同时"), self.at_once()),
        ]
    }

    fn network(&self) -> Text {
        if self.allowed.own_network {
            return both!(
                "each program has a network of its own, and reaches nothing else",
                "每个程序有自己单独的网络，连不到别处"
            );
        }
        both!(
            "this system gives them no network of their own: they reach whatever you reach",
            "本系统不能给它们单独的网络：你能连到的地方，它们也能连到"
        )
    }

    fn whose(&self) -> Text {
        match &self.user {
            Some(user) => both!("they run as {user}", "以用户 {user} 的身份运行"),
            None if self.is_root => both!(
                "they run as root, and may do anything here: use --as USER",
                "以 root 身份运行，在这里什么都能做：请用 --as 用户名"
            ),
            None => both!("they run as you, and may read and change your files", "以你的身份运行，能读写你的文件"),
        }
    }

    fn limits(&self) -> Text {
        let (seconds, memory) = (self.time.as_secs(), self.memory >> 20);
        let judged = both!("{seconds} s, {memory} MiB of memory", "{seconds} 秒，内存 {memory} MiB");
        let (file, descriptors) = (FILE >> 20, DESCRIPTORS);
        let held =
            both!(", {descriptors} descriptors, files of {file} MiB", "，{descriptors} 个描述符，单个文件 {file} MiB");
        let counted = both!(", {PROCESSES} processes and threads", "，{PROCESSES} 个进程和线程");
        let uncounted = both!("; the number of processes is not limited", "；进程数不受限制");
        let none = both!("; nothing else is limited on this system", "；本系统没有别的限制");
        let rest = match (self.allowed.limits, self.allowed.processes) {
            (true, true) => Text { en: held.en + &counted.en, zh: held.zh + &counted.zh },
            (true, false) => Text { en: held.en + &uncounted.en, zh: held.zh + &uncounted.zh },
            (false, true) => counted,
            (false, false) => none,
        };
        Text { en: judged.en + &rest.en, zh: judged.zh + &rest.zh }
    }

    fn at_once(&self) -> Text {
        let count = self.at_once;
        match count {
            1 => both!("one after another", "一个接一个"),
            _ => both!("{count} at a time", "每次 {count} 个"),
        }
    }
}
