//! What is kept of a judgement, so that only what has changed is judged again: a file for each, named by the hash of everything that
//! it came of.

use super::outcome::Outcome;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// The version of the format. Another one is judged anew.
const VERSION: u32 = 1;
/// No file of ours is longer.
const LONGEST: u64 = 32 << 20;
/// How much of a program is hashed: its file, and so many beside it, so many folders deep.
const MOST_BYTES: u64 = 16 << 20;
const MOST_FILES: usize = 200;
const DEEPEST: usize = 3;

/// What a judgement came of, as a hash.
#[derive(Clone, Debug, Default)]
pub struct Key(Sha256);

impl Key {
    /// The same with this in it as well.
    #[must_use]
    pub fn with(mut self, part: impl AsRef<[u8]>) -> Self {
        let part = part.as_ref();
        // With its length before it, no part can be taken for two.
        self.0.update((part.len() as u64).to_le_bytes());
        self.0.update(part);
        self
    }

    /// The same with a file's content; `None` if it cannot be read whole.
    #[must_use]
    pub fn with_file(self, path: &Path) -> Option<Self> {
        let mut bytes = Vec::new();
        File::open(path).ok()?.take(MOST_BYTES + 1).read_to_end(&mut bytes).ok()?;
        (bytes.len() as u64 <= MOST_BYTES).then(|| self.with(&bytes))
    }

    /// The same with a program: its file, and the files of the same ending in its folder and below, which it may import, but for
    /// `others`: those of other students.
    #[must_use]
    pub fn with_program(self, path: &Path, others: &[PathBuf]) -> Option<Self> {
        let key = self.with_file(path)?;
        let Some(ending) = path.extension() else { return Some(key) };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut beside = Vec::new();
        collect(folder, DEEPEST, &mut |file| {
            if file.extension() == Some(ending) && file != path && !others.iter().any(|other| other == file) {
                beside.push(file.to_owned());
            }
            beside.len() < MOST_FILES
        });
        beside.sort();
        beside.iter().try_fold(key, |key, file| key.with(file.to_string_lossy().as_bytes()).with_file(file))
    }

    /// As a file's name.
    #[must_use]
    pub fn name(self) -> String {
        base16ct::lower::encode_string(&self.0.finalize())
    }
}

/// Every regular file there; false from `on` ends it. A link is not followed, and what is hidden is not looked at.
fn collect(folder: &Path, depth: usize, on: &mut impl FnMut(&Path) -> bool) -> bool {
    let Ok(entries) = fs::read_dir(folder) else { return true };
    let mut entries: Vec<_> = entries.flatten().collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Ok(kind) = entry.file_type() else { continue };
        if name.starts_with(['.', '_']) && kind.is_dir() {
            continue;
        }
        // As it was typed: without the dot of this folder.
        let path = if folder == Path::new(".") { PathBuf::from(entry.file_name()) } else { entry.path() };
        let goes_on = match () {
            () if kind.is_file() => on(&path),
            () if kind.is_dir() && depth > 1 => collect(&path, depth - 1, on),
            () => true,
        };
        if !goes_on {
            return false;
        }
    }
    true
}

/// A folder of such files.
#[derive(Clone, Debug)]
pub struct Store(PathBuf);

#[derive(Serialize, Deserialize)]
struct Kept {
    format: String,
    version: u32,
    outcome: Outcome,
}

impl Store {
    /// In this folder, which is made when the first thing is kept.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// What was kept under this name. A file that cannot be read is as good as none.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Outcome> {
        let file = File::open(self.0.join(format!("{name}.json"))).ok()?;
        let kept: Kept = serde_json::from_reader(io::BufReader::new(file.take(LONGEST))).ok()?;
        (kept.format == "day30-class-kept" && kept.version == VERSION).then_some(kept.outcome)
    }

    /// Keeps it.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn put(&self, name: &str, outcome: &Outcome) -> io::Result<()> {
        let kept = Kept { format: "day30-class-kept".into(), version: VERSION, outcome: outcome.clone() };
        self.write(&format!("{name}.json"), &serde_json::to_vec(&kept)?)
    }

    /// The seed of an earlier run, so that a later one is judged with the same chances.
    #[must_use]
    pub fn seed(&self) -> Option<u64> {
        let mut text = String::new();
        File::open(self.0.join("seed")).ok()?.take(32).read_to_string(&mut text).ok()?;
        text.trim().parse().ok()
    }

    /// Keeps the seed.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn put_seed(&self, seed: u64) -> io::Result<()> {
        self.write("seed", format!("{seed}\n").as_bytes())
    }

    fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.0)?;
        let mut file = tempfile::NamedTempFile::new_in(&self.0)?;
        file.write_all(bytes)?;
        file.persist(self.0.join(name))?;
        Ok(())
    }
}
