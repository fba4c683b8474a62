//! Whether a program's files have changed: looked at again and again, which works on network file systems too, where nobody
//! tells of a change.

use crate::program::CommandLine;
use std::fs::{self, Permissions};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

/// When a file was changed last, how long it is, and who may run it.
type Stamp = (Option<Duration>, u64, Permissions);

/// The files of one program.
#[derive(Clone, Debug)]
pub struct Files {
    /// Those that stand in its command.
    named: Vec<PathBuf>,
    seen: Vec<(PathBuf, Stamp)>,
}

impl Files {
    /// The files that stand in a command, and their neighbours of the same kind: what a program imports.
    #[must_use]
    pub fn of(words: &CommandLine) -> Self {
        let is_path = |word: &&str| word.contains(['/', '\\', '.']);
        let named: Vec<_> = words.iter().filter(is_path).map(PathBuf::from).filter(|path| path.is_file()).collect();
        let mut files = Self { named, seen: Vec::new() };
        files.seen = files.stamps();
        files
    }

    /// The names of those that stand in the command.
    #[must_use]
    pub fn named(&self) -> &[PathBuf] {
        &self.named
    }

    /// Whether something has changed since the last time that this was true. A file that is just being written anew may be
    /// missing for a moment: that is no change yet.
    pub fn have_changed(&mut self) -> bool {
        let now = self.stamps();
        let is_whole = self.named.iter().all(|path| now.iter().any(|(known, (_, len, _))| known == path && *len > 0));
        if now == self.seen || !is_whole {
            return false;
        }
        self.seen = now;
        true
    }

    fn stamps(&self) -> Vec<(PathBuf, Stamp)> {
        let mut paths: Vec<_> = self.named.iter().flat_map(|path| neighbours(path)).collect();
        paths.extend(self.named.iter().cloned());
        paths.sort();
        paths.dedup();
        paths.into_iter().filter_map(|path| stamp(&path).map(|stamp| (path, stamp))).collect()
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let data = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    let modified = data.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    Some((modified, data.len(), data.permissions()))
}

/// The files beside this one with the same ending. One without an ending is a program, and stands alone.
fn neighbours(path: &Path) -> Vec<PathBuf> {
    let Some(ending) = path.extension() else { return Vec::new() };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let Ok(files) = fs::read_dir(folder.unwrap_or(Path::new("."))) else { return Vec::new() };
    let in_folder = |name: PathBuf| folder.map_or(name.clone(), |folder| folder.join(&name));
    let names = files.flatten().map(|file| in_folder(file.file_name().into()));
    names.filter(|name| name.extension() == Some(ending)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_noticed_once_and_a_missing_file_is_none() {
        let folder = std::env::temp_dir().join(format!("day30-watch-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let (main, helper) = (folder.join("main.py"), folder.join("helper.py"));
        fs::write(&main, "one").unwrap();
        fs::write(folder.join("notes.txt"), "not watched").unwrap();
        let words = ["python3", main.to_str().unwrap(), "{port}"].map(str::to_owned).to_vec();
        let mut files = Files::of(&CommandLine::new(words));
        assert_eq!(files.named(), std::slice::from_ref(&main));
        assert!(!files.have_changed());
        fs::write(folder.join("notes.txt"), "still not watched").unwrap();
        assert!(!files.have_changed());
        fs::write(&main, "longer").unwrap();
        assert!(files.have_changed() && !files.have_changed());
        fs::write(&helper, "import").unwrap();
        assert!(files.have_changed());
        fs::remove_file(&main).unwrap();
        assert!(!files.have_changed());
        fs::write(&main, "back again").unwrap();
        assert!(files.have_changed());
        fs::remove_dir_all(&folder).unwrap();
    }
}
