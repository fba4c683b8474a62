//! How a Python program tells which of its lines makes a call: a `sitecustomize`, which Python imports by itself at its start.
//!
//! Just before each call of a socket's method, it writes the line into a few bytes of its memory, which are looked at when the call is
//! made. Where they are it says once for each thread, by asking for a link of a path that cannot exist: to stop the program for each
//! line would cost as much as another call. A `sitecustomize` of the student's own still runs.

use super::memory::Memory;
use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};
use std::env;
use std::ffi::OsString;
use std::io;
use tempfile::TempDir;

/// What every such path begins with; the slot's place in memory follows.
pub(super) const SLOT: &str = "/day30-slot/";
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

/// The option with which a Python is started that imports nothing to tell its lines: `E` and `I` pass over its environment, `S` over
/// what is imported at its start.
#[must_use]
pub fn option_without_lines(words: &[String]) -> Option<char> {
    let (name, options) = words.split_first()?;
    let name = name.rsplit('/').next().unwrap_or_default();
    if !name.starts_with("python") && !name.starts_with("pypy") {
        return None;
    }
    for option in options {
        let letters = option.strip_prefix('-').filter(|letters| !letters.is_empty())?;
        for letter in letters.chars() {
            match letter {
                'E' | 'I' | 'S' => return Some(letter),
                // What follows is the program, or no option that can be told from one.
                'c' | 'm' | 'W' | 'X' | '-' => return None,
                _ => {}
            }
        }
    }
    None
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

/// Where a thread says which line makes its next call: a number that grows with each of them, where the file's name stands, and the
/// line. Each of them is a word.
#[derive(Debug)]
pub(super) struct Slot {
    at: u64,
    turn: u64,
    /// The name that was read last, and where it stands: names stay where they are.
    file: (u64, Box<str>),
}

impl Slot {
    /// The slot that such a path tells of, without what it begins with.
    pub(super) fn told(place: &str) -> Option<Self> {
        Some(Self { at: place.parse().ok()?, turn: 0, file: (0, "".into()) })
    }

    /// The file and the line of the next call, if they were written since they were read.
    pub(super) fn read(&mut self, memory: Memory) -> Option<(&str, u32)> {
        let [turn, place, line] = memory.words(self.at)?;
        if turn == self.turn {
            return None;
        }
        self.turn = turn;
        if self.file.0 != place {
            self.file = (place, memory.text_after("", place)?.into());
        }
        Some((&self.file.1, u32::try_from(line).ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_once_for_each_time_it_was_written() {
        let names = ["/home/my.py\0", "/home/other.py\0"];
        let place = |name: &str| name.as_ptr().addr() as u64;
        let memory = Memory(nix::unistd::Pid::this());
        let read = |slot: &mut Slot| slot.read(memory).map(|(file, line)| (file.to_owned(), line));
        let mut words = [0, 0, 0_u64];
        let mut slot = Slot::told(&words.as_ptr().addr().to_string()).unwrap();
        assert_eq!(read(&mut slot), None);
        for (turn, name, line) in [(1, names[0], 12), (2, names[0], 12), (3, names[1], 7)] {
            words = [turn, place(name), line];
            std::hint::black_box(&words);
            assert_eq!(read(&mut slot), Some((name.trim_end_matches('\0').to_owned(), line as u32)));
            assert_eq!(read(&mut slot), None);
        }
        assert!(Slot::told("x").is_none() && SITECUSTOMIZE.contains(SLOT));
    }

    #[test]
    fn some_options_keep_the_lines_from_being_told() {
        let option = |words: &str| option_without_lines(&words.split(' ').map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(option("/usr/bin/python3 -I my.py"), Some('I'));
        assert_eq!(option("python3.12 -uS my.py 9000"), Some('S'));
        for others in
            ["python3 my.py -I", "python3 -u my.py -S", "python3 -c S", "python3 -W E my.py", "python3 -", "./s -I"]
        {
            assert_eq!(option(others), None, "{others}");
        }
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
