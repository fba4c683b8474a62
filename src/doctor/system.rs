//! What programs may do here: watch others, be written in Python, have many descriptors.

use super::Finding;
use crate::both;
use crate::program::{Hear, Launch};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The oldest Python 3 that runs the lessons' programs.
const OLDEST_PYTHON: u32 = 8;
/// How long Python may take to say its version: a cold disk, a virus scanner.
const PATIENCE: Duration = Duration::from_secs(10);
/// So much of what a program says is kept.
const KEPT: usize = 200;

/// Whether `day30 watch` works: a program that does nothing is watched.
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
pub(super) fn watching() -> Finding {
    use crate::trace::{Actor, Recorder};
    use crate::watch::{Unable, Watched, watch};
    let name = both!("ptrace", "ptrace");
    let watched = watch(&["true".to_owned()], Vec::new(), Recorder::off(Actor::Server, None), &Watched::default());
    match watched {
        Ok(_) => Finding::fine(
            name,
            both!("day30 watch can show your program's calls", "day30 watch 可以显示你的程序的调用"),
        ),
        Err(Unable::NotStarted(why) | Unable::Refused(why)) => {
            // Its first line says why, the others what to do.
            let half = |text: &str| match text.split_once('\n') {
                Some((why, fix)) => (why.to_owned(), fix.trim().to_owned()),
                None => (text.to_owned(), String::new()),
            };
            let ((en, en_fix), (zh, zh_fix)) = (half(&why.en), half(&why.zh));
            Finding::limited(
                name,
                both!("{en}", "{zh}"),
                both!(
                    "{en_fix}\nor use day30 tap, which needs no permission",
                    "{zh_fix}\n或者使用 day30 tap，它不需要权限"
                ),
            )
        }
    }
}

/// Whether `day30 watch` works: not here.
#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
pub(super) fn watching() -> Finding {
    Finding::limited(
        both!("ptrace", "ptrace"),
        both!("day30 watch is for Linux on x86-64 or aarch64", "day30 watch 只能在 Linux（x86-64 或 aarch64）上使用"),
        both!("use day30 tap, which works everywhere", "请使用 day30 tap，它在任何系统上都能用"),
    )
}

/// The language of the course.
pub(super) fn python() -> Finding {
    let names: &[&str] = if cfg!(windows) { &["python", "py", "python3"] } else { &["python3"] };
    let name = both!("python3", "python3");
    match names.iter().find_map(|name| Some((*name, version_of(name)?))) {
        Some((command, (3, minor))) if minor >= OLDEST_PYTHON => Finding::fine(
            name,
            both!(
                "Python 3.{minor}: day30 check TARGET -- {command} …",
                "Python 3.{minor}：day30 check 种类 -- {command} …"
            ),
        ),
        Some((_, (major, minor))) => Finding::limited(
            name,
            both!(
                "Python {major}.{minor} is too old for lessons/python",
                "Python {major}.{minor} 太旧，lessons/python 用不了"
            ),
            both!("install Python 3.{OLDEST_PYTHON} or newer", "请安装 Python 3.{OLDEST_PYTHON} 或更新的版本"),
        ),
        None => Finding::limited(
            name,
            both!("not found: only programs in other languages can be run", "没有找到：只能运行其他语言的程序"),
            match std::env::consts::OS {
                "linux" => both!(
                    "sudo apt install python3, or your system's way",
                    "sudo apt install python3（或所用系统的安装方式）"
                ),
                _ => both!(
                    "install it from https://www.python.org/downloads/",
                    "从 https://www.python.org/downloads/ 安装"
                ),
            },
        ),
    }
}

/// The major and the minor version that this command says it is: none of one that only offers to be installed.
fn version_of(command: &str) -> Option<(u32, u32)> {
    let said = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&said);
    let hear: Hear = Arc::new(move |_, bytes: &[u8]| {
        let mut said = keep.lock().unwrap_or_else(PoisonError::into_inner);
        let room = KEPT.saturating_sub(said.len());
        said.extend(bytes.iter().take(room));
    });
    let words = vec![command.to_owned(), "--version".to_owned()];
    let mut program = Launch { words, ..Launch::default() }.start(&hear).ok()?;
    program.wait(PATIENCE)?;
    program.wait_for_last_words(PATIENCE);
    let said = said.lock().unwrap_or_else(PoisonError::into_inner);
    version_in(&String::from_utf8_lossy(&said))
}

fn version_in(said: &str) -> Option<(u32, u32)> {
    let version = said.lines().find_map(|line| line.trim().strip_prefix("Python "))?;
    let mut numbers = version.split('.').map(|number| number.trim().parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

/// How many clients a server can have at once: each is a descriptor.
#[cfg(unix)]
pub(super) fn descriptors() -> Finding {
    use crate::net::limits::{Limits, clients_that_descriptors_allow};
    let (name, wanted) = (both!("descriptors", "文件描述符"), Limits::default().max_clients);
    let clients = clients_that_descriptors_allow(wanted);
    if clients >= wanted {
        return Finding::fine(name, both!("enough for {wanted} clients at once", "足够同时连接 {wanted} 个客户端"));
    }
    Finding::limited(
        name,
        both!("only enough for {clients} clients at once", "只够同时连接 {clients} 个客户端"),
        both!("raise the limit in this shell: ulimit -n 4096", "在当前 shell 中提高上限：ulimit -n 4096"),
    )
}

/// How many clients a server can have at once: Windows has no such limit for sockets.
#[cfg(not(unix))]
pub(super) fn descriptors() -> Finding {
    Finding::fine(
        both!("descriptors", "文件描述符"),
        both!("this system has no limit for sockets", "这个系统不限制 socket 的数量"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_and_an_advertisement_is_none() {
        assert_eq!(version_in("Python 3.11.7\n"), Some((3, 11)));
        assert_eq!(version_in("pyenv: a warning\nPython 3.8\r\n"), Some((3, 8)));
        assert_eq!(version_in("Python was not found; run without arguments to install\n"), None);
        assert_eq!(version_in(""), None);
    }

    #[test]
    fn a_command_that_is_not_there_has_no_version() {
        assert_eq!(version_of("day30-no-such-command"), None);
    }
}
