//! The challenges that this client has answered: an honest server never asks one twice.
//!
//! A file with a challenge a line, in hex. Challenges are no secrets: they went over the wire.

use day30::crypto::Challenge;
use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// How many are remembered.
const REMEMBERED: usize = 1000;
/// A file that is longer was not written by us, and is not read whole.
const MAX_FILE: u64 = 1 << 20;

/// Where the challenges are remembered, if anywhere.
pub(super) struct Seen {
    path: Option<PathBuf>,
    challenges: Vec<Challenge>,
    /// The file holds something that we did not write: it is read from, and left as it is.
    is_foreign: bool,
}

impl Seen {
    /// Reads what was remembered in `path`: `off` for nowhere, `None` for the user's state folder.
    pub(super) fn load(path: Option<&Path>) -> Self {
        let path = match path {
            Some(off) if off == Path::new("off") => None,
            Some(path) => Some(path.to_owned()),
            None => state_folder().map(|folder| folder.join("day30").join("challenges")),
        };
        // A file that cannot be read remembers nothing; that is no reason not to answer.
        let data = path.as_ref().and_then(|path| fs::metadata(path).ok()).filter(fs::Metadata::is_file);
        let text = match (&path, data) {
            (Some(path), Some(data)) if data.len() <= MAX_FILE => fs::read_to_string(path).ok(),
            (_, Some(_)) => None,
            (_, None) => Some(String::new()),
        };
        let is_foreign = text.as_ref().is_none_or(|text| !text.lines().all(|line| parse(line).is_some()));
        let challenges = text.unwrap_or_default().lines().filter_map(parse).collect();
        Self { path, challenges, is_foreign }
    }

    pub(super) fn challenges(&self) -> &[Challenge] {
        &self.challenges
    }

    /// Remembers one more, in place of the oldest.
    pub(super) fn remember(self, challenge: Challenge) -> io::Result<()> {
        let Some(path) = self.path else { return Ok(()) };
        if self.is_foreign {
            return Err(io::Error::other(format!("{} holds something else, and is left as it is", path.display())));
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut all = self.challenges;
        all.push(challenge);
        let oldest = all.len().saturating_sub(REMEMBERED);
        let lines: String = all.iter().skip(oldest).map(|challenge| challenge.to_hex() + "\n").collect();
        fs::write(path, lines)
    }
}

fn parse(line: &str) -> Option<Challenge> {
    let bytes = base16ct::mixed::decode_vec(line.trim()).ok()?;
    bytes.try_into().ok().map(Challenge::new)
}

/// Where a program keeps what it remembers between two runs (XDG Base Directory Specification; `%LOCALAPPDATA%` on
/// Windows).
fn state_folder() -> Option<PathBuf> {
    if cfg!(windows) {
        return env::var_os("LOCALAPPDATA").map(PathBuf::from);
    }
    let xdg = env::var_os("XDG_STATE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    xdg.or_else(|| env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/state")))
}
