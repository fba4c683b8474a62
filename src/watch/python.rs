//! How a Python program tells which of its lines makes a call: a `sitecustomize`, which Python imports by itself at its start.
//!
//! Just before each call of a socket's method, it asks for a link of a path that cannot exist, and the path is what it has to say.
//! A `sitecustomize` of the student's own still runs.

use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};
use std::env;
use std::ffi::OsString;
use std::io;
use tempfile::TempDir;

/// What every such path begins with.
pub(super) const MARK: &str = "/day30-line/";
const SITECUSTOMIZE: &str = include_str!("sitecustomize.py");
const PYTHONPATH: &str = "PYTHONPATH";
/// How the names of our folders begin; the number of our process follows.
const PREFIX: &str = "day30-lines-";

/// The folder that Python looks into first. Dropped, it is gone.
#[derive(Debug)]
pub struct Hook(TempDir);

impl Hook {
    /// Writes it.
    ///
    /// # Errors
    ///
    /// What the system says where no file can be written.
    pub fn new() -> io::Result<Self> {
        sweep();
        let folder = TempDir::with_prefix(format!("{PREFIX}{}-", std::process::id()))?;
        std::fs::write(folder.path().join("sitecustomize.py"), SITECUSTOMIZE)?;
        Ok(Self(folder))
    }

    /// What Python is told by: a variable of its environment, and its value.
    #[must_use]
    pub fn variable(&self) -> (&'static str, OsString) {
        let before = env::var_os(PYTHONPATH).unwrap_or_default();
        let ours = [self.0.path().to_owned()].into_iter();
        let all = ours.chain(env::split_paths(&before).filter(|path| !path.as_os_str().is_empty()));
        (PYTHONPATH, env::join_paths(all).unwrap_or_else(|_| self.0.path().into()))
    }
}

/// Removes the folders of those who were killed, and so could not: they must not become more and more.
fn sweep() {
    let is_gone = |name: &str| {
        let number = name.strip_prefix(PREFIX).and_then(|rest| rest.split('-').next()?.parse().ok());
        number.and_then(Pid::from_raw).is_some_and(|pid| test_kill_process(pid) == Err(Errno::SRCH))
    };
    for entry in std::fs::read_dir(env::temp_dir()).into_iter().flatten().flatten() {
        // Those of other users cannot be removed, and are not ours.
        if entry.file_name().to_str().is_some_and(is_gone) && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// The file and the line that such a path tells.
pub(super) fn place(told: &str) -> Option<(Box<str>, u32)> {
    let (file, line) = told.rsplit_once(':')?;
    Some((file.into(), line.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_a_file_and_a_line() {
        assert_eq!(place("/home/a:b/my.py:12"), Some(("/home/a:b/my.py".into(), 12)));
        assert_eq!(place("my.py"), None);
        assert_eq!(place("my.py:x"), None);
        assert!(SITECUSTOMIZE.contains(MARK));
    }

    #[test]
    fn the_folder_stands_first_and_goes() {
        let hook = Hook::new().unwrap();
        let (name, value) = hook.variable();
        let first = env::split_paths(&value).next().unwrap();
        assert!(name == PYTHONPATH && first.join("sitecustomize.py").is_file());
        drop(hook);
        assert!(!first.exists());
    }
}
