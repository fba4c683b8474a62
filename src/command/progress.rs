//! What a student's programs have passed so far: kept between two runs of `check`, and shown by `day30` alone.
//!
//! A file of its own for each target, so that two judgements at once do not touch each other's:
//!
//! ```text
//! {"format":"day30-progress","version":1,"target":"hmac","passed":["hmac/notes"],"open":[],
//!  "next":"day30 check hmac --watch -- python3 my_hmac.py {key} {msg}","folder":"/home/me/day30"}
//! ```
//!
//! A file is replaced by renaming a new one over it. One that is not of this form is dropped, and that is said.

use super::notes;
use super::seen_file::{Trouble, open_to_read};
use super::state_folder::state_folder;
use day30::check::verdict::{NotRun, Verdict};
use day30::check::watch::Files;
use day30::check::{Check, Judgement, Order, Subject, Target};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};
use tempfile::Builder;

const FORMAT: &str = "day30-progress";
const VERSION: u32 = 1;
/// A file that is longer was not written by us, and is not read whole.
const MAX_FILE: u64 = 64 * 1024;
/// A command that is longer is not kept.
const MAX_TEXT: usize = 1000;
/// The environment variable that is `off` for who wants nothing kept.
const VARIABLE: &str = "DAY30_PROGRESS";

/// What is known of one program.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Progress {
    format: String,
    version: u32,
    target: String,
    /// The checks that passed when they were judged last.
    passed: BTreeSet<String>,
    /// Those that could not be tested then.
    open: BTreeSet<String>,
    /// What to type to go on.
    next: Option<String>,
    /// Where that was typed.
    folder: Option<String>,
    /// When the file was written.
    #[serde(skip)]
    pub(super) judged_at: Option<Duration>,
}

/// What was found for a target.
#[derive(Debug)]
pub(super) enum Found {
    Nothing,
    Kept(Progress),
    /// The file held something else, and was dropped.
    Dropped(PathBuf),
    /// It cannot be read.
    Unreadable(PathBuf, Trouble),
}

impl Progress {
    /// How many of its checks such a program passes.
    pub(super) fn passed(&self, target: Target) -> usize {
        target.checks().iter().filter(|check| self.passed.contains(check.id)).count()
    }

    /// The step to build, from 0. What cannot be tested here holds nobody up.
    pub(super) fn step(&self, target: Target) -> Option<usize> {
        target.step_to_build(|check| self.passed.contains(check.id) || self.open.contains(check.id))
    }

    /// What to type to go on, and in which folder.
    pub(super) fn next(&self) -> Option<(&str, Option<&Path>)> {
        Some((self.next.as_deref()?, self.folder.as_deref().map(Path::new)))
    }

    /// The program's own command.
    pub(super) fn command(&self) -> Option<&str> {
        Some(self.next.as_deref()?.split_once(" -- ")?.1)
    }

    /// Adds what a judgement found: each check counts as it came out last.
    fn add(&mut self, judgement: &Judgement) {
        for judged in &judgement.judged {
            let all = || judgement.judged.iter().filter(|other| other.check == judged.check);
            let id = judged.check.id.to_owned();
            self.passed.remove(&id);
            self.open.remove(&id);
            if all().all(|one| one.verdict == Verdict::Passed) {
                self.passed.insert(id);
            } else if !all()
                .any(|one| matches!(one.verdict, Verdict::Failed(_) | Verdict::NotRun(NotRun::Presupposed(_))))
            {
                self.open.insert(id);
            }
        }
    }

    fn is_sound(&self, target: Target) -> bool {
        let begins = format!("day30 check {}", target.name());
        let is_plain = |text: &str| text.len() <= MAX_TEXT && !text.chars().any(char::is_control);
        self.format == FORMAT
            && self.version == VERSION
            && self.target == target.name()
            && self.next.as_deref().is_none_or(|next| next.starts_with(&begins) && is_plain(next))
            && self.folder.as_deref().is_none_or(is_plain)
    }
}

/// Whether anything is to be kept, as far as the environment says.
pub(super) fn is_wanted() -> bool {
    env::var_os(VARIABLE).is_none_or(|value| value != "off")
}

/// What is kept of this target.
pub(super) fn load(target: Target) -> Found {
    let Some(path) = path(target) else { return Found::Nothing };
    match read(&path) {
        Err(Trouble::Io(error)) if error.kind() == ErrorKind::NotFound => Found::Nothing,
        Err(trouble) => Found::Unreadable(path, trouble),
        Ok(bytes) => match serde_json::from_slice::<Progress>(&bytes) {
            Ok(progress) if bytes.len() as u64 <= MAX_FILE && progress.is_sound(target) => {
                let modified = fs::metadata(&path).and_then(|data| data.modified()).ok();
                let judged_at = modified.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
                Found::Kept(Progress { judged_at, ..progress })
            }
            // If it cannot be removed, it is told again the next time.
            _ => {
                let _ = fs::remove_file(&path);
                Found::Dropped(path)
            }
        },
    }
}

/// Whether the program is the student's own work, and not one of the notes' that a lesson has judged.
fn is_own_work(order: &Order) -> bool {
    match &order.subject {
        Subject::Program { words, .. } => !Files::of(words).named().iter().any(|path| notes::is_one(path)),
        Subject::Elsewhere(_) => true,
    }
}

/// Adds a judgement to what is kept, with what to type next. Whatever was dropped is returned.
///
/// # Errors
///
/// If it cannot be written; with the file's name.
pub(super) fn keep(order: &Order, judgement: &Judgement, next: String) -> Result<Option<PathBuf>, (PathBuf, Trouble)> {
    let target = order.target;
    let Some(path) = path(target).filter(|_| is_own_work(order)) else { return Ok(None) };
    let (mut progress, dropped) = match load(target) {
        Found::Kept(progress) => (progress, None),
        Found::Nothing => (Progress::default(), None),
        Found::Dropped(path) => (Progress::default(), Some(path)),
        Found::Unreadable(path, trouble) => return Err((path, trouble)),
    };
    progress.add(judgement);
    let never_asked = target.checks().into_iter().filter(|check| cannot_be_asked(check, order)).map(|check| check.id);
    progress.open.extend(never_asked.filter(|id| !progress.passed.contains(*id)).map(str::to_owned));
    let known = |id: &String| target.checks().iter().any(|check: &&Check| check.id == id);
    progress.passed.retain(known);
    progress.open.retain(known);
    let head = (FORMAT.to_owned(), VERSION, target.name().to_owned());
    (progress.format, progress.version, progress.target) = head;
    let folder = env::current_dir().ok().and_then(|folder| folder.to_str().map(str::to_owned));
    (progress.next, progress.folder) = (Some(next), folder);
    if !progress.is_sound(target) {
        (progress.next, progress.folder) = (None, None);
    }
    write(&path, &progress).map(|()| dropped).map_err(|trouble| (path, trouble))
}

/// Whether this check says nothing of a program that is started so.
fn cannot_be_asked(check: &Check, order: &Order) -> bool {
    match &order.subject {
        Subject::Program { words, .. } => check.place.is_some_and(|place| !words.mentions(place)),
        Subject::Elsewhere(_) => check.of_process,
    }
}

fn path(target: Target) -> Option<PathBuf> {
    Some(state_folder()?.join("progress").join(format!("{}.json", target.name())))
}

fn read(path: &Path) -> Result<Vec<u8>, Trouble> {
    let mut bytes = Vec::new();
    open_to_read(path)?.take(MAX_FILE + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn write(path: &Path, progress: &Progress) -> Result<(), Trouble> {
    let Some(folder) = path.parent() else { return Ok(()) };
    fs::create_dir_all(folder)?;
    let mut file = Builder::new().prefix(".day30-").tempfile_in(folder)?;
    let text = serde_json::to_string(progress).map_err(std::io::Error::from)?;
    file.write_all(text.as_bytes())?;
    file.write_all(b"\n")?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sound() -> Progress {
        let next = Some("day30 check hmac --watch -- python3 my_hmac.py".to_owned());
        Progress { format: FORMAT.into(), version: VERSION, target: "hmac".into(), next, ..Progress::default() }
    }

    #[test]
    fn what_a_terminal_would_obey_is_not_sound() {
        assert!(sound().is_sound(Target::Hmac) && !sound().is_sound(Target::AuthServer));
        for next in ["day30 check hmac \x1b[2J", "rm -rf /", "day30 check hmac\nrm"] {
            assert!(!Progress { next: Some(next.into()), ..sound() }.is_sound(Target::Hmac), "{next:?}");
        }
        assert!(!Progress { folder: Some("/a\u{7}".into()), ..sound() }.is_sound(Target::Hmac));
        assert!(
            !Progress { next: Some(format!("day30 check hmac {}", "x".repeat(MAX_TEXT))), ..sound() }
                .is_sound(Target::Hmac)
        );
    }

    proptest! {
        #[test]
        fn what_was_written_is_read_again(passed in prop::collection::btree_set("[a-z/-]{1,12}", 0..9), open in prop::collection::btree_set("[a-z]{1,4}", 0..4)) {
            let progress = Progress { passed, open, ..sound() };
            let text = serde_json::to_vec(&progress).unwrap();
            prop_assert_eq!(serde_json::from_slice::<Progress>(&text).unwrap(), progress);
        }

        /// Nothing that a file can hold ends the program.
        #[test]
        fn anything_may_be_in_the_file(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let sound = serde_json::from_slice::<Progress>(&bytes).is_ok_and(|progress| progress.is_sound(Target::Hmac));
            prop_assert!(!sound);
        }
    }
}
