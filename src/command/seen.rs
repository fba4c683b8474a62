//! The challenges that this client has answered: an honest server never sends one twice.
//!
//! A file with one challenge per line, in hex. Challenges are not secret: they were sent over the network. Many clients may use
//! the file at once, so each one locks it while it reads or appends.

use super::seen_file::{Trouble, open_to_change, open_to_read};
use super::state_folder::state_folder;
use day30::crypto::Challenge;
use std::fs;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// How many are remembered.
const REMEMBERED: usize = 1000;
/// A file that is longer was not written by us, and is not read whole.
const MAX_FILE: u64 = 1 << 20;
/// How long a line is, without its newline.
const DIGITS: usize = 2 * Challenge::LEN;

/// Where the challenges are remembered, if anywhere.
pub(super) struct Seen {
    path: Option<PathBuf>,
    challenges: Vec<Challenge>,
}

/// What came of remembering a challenge.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Remembered {
    /// It was in the file already: perhaps since a moment ago, from another client.
    pub(super) was_seen: bool,
    /// The file's last line was cut off (by a crash, or a full disk), and was dropped.
    pub(super) dropped_a_line: bool,
}

impl Seen {
    /// Reads what was remembered in `path`: `off` for nowhere, `None` for the user's state folder.
    ///
    /// # Errors
    ///
    /// Only when something is there that is not a regular file. One that cannot be read remembers nothing, and that is no
    /// reason not to answer.
    pub(super) fn load(path: Option<&Path>) -> Result<Self, Trouble> {
        let path = match path {
            Some(off) if off == Path::new("off") => None,
            Some(path) => Some(path.to_owned()),
            None => state_folder().map(|folder| folder.join("challenges")),
        };
        let lines = match path.as_deref().map(read) {
            Some(Err(Trouble::NotAFile)) => return Err(Trouble::NotAFile),
            Some(Ok(lines)) => lines,
            Some(Err(_)) | None => Lines::default(),
        };
        Ok(Self { path, challenges: lines.challenges })
    }

    pub(super) fn challenges(&self) -> &[Challenge] {
        &self.challenges
    }

    /// The file, if there is one.
    pub(super) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Remembers one more, in place of the oldest.
    pub(super) fn remember(&self, challenge: Challenge) -> Result<Remembered, Trouble> {
        let was_seen = self.challenges.contains(&challenge);
        let Some(path) = &self.path else { return Ok(Remembered { was_seen, ..Remembered::default() }) };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = open_to_change(path)?;
        // What other clients have written since the start counts too.
        let lines = Lines::parse(&contents(&file)?);
        if lines.is_foreign {
            return Err(Trouble::Foreign);
        }
        let was_seen = was_seen || lines.challenges.contains(&challenge);
        append(&mut file, &lines, challenge)?;
        Ok(Remembered { was_seen, dropped_a_line: lines.is_damaged })
    }
}

fn read(path: &Path) -> Result<Lines, Trouble> {
    Ok(Lines::parse(&contents(&open_to_read(path)?)?))
}

fn contents(file: &fs::File) -> Result<Vec<u8>, Trouble> {
    let mut bytes = Vec::new();
    file.take(MAX_FILE + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Adds a line. A disk that is full in the middle of it leaves the file as it was.
fn append(file: &mut fs::File, lines: &Lines, challenge: Challenge) -> io::Result<()> {
    let kept = lines.challenges.len() + 1;
    if kept > REMEMBERED {
        return forget_the_oldest(file, lines, challenge);
    }
    file.set_len(lines.whole)?;
    file.seek(SeekFrom::End(0))?;
    let newline = if lines.lacks_newline { "\n" } else { "" };
    let written = file.write_all(format!("{newline}{}\n", challenge.to_hex()).as_bytes());
    written.inspect_err(|_| _ = file.set_len(lines.whole))
}

/// Writes the newest over the oldest, then cuts the file. Every line has the same length, so a crash in the middle of this
/// leaves whole lines.
fn forget_the_oldest(file: &mut fs::File, lines: &Lines, challenge: Challenge) -> io::Result<()> {
    let oldest = lines.challenges.len() + 1 - REMEMBERED;
    let newest = lines.challenges.iter().skip(oldest).chain([&challenge]);
    let text: String = newest.map(|challenge| challenge.to_hex() + "\n").collect();
    file.seek(SeekFrom::Start(0))?;
    file.write_all(text.as_bytes())?;
    file.set_len(text.len() as u64)
}

/// What the file holds.
#[derive(Debug, Default)]
struct Lines {
    challenges: Vec<Challenge>,
    /// How many bytes the whole lines have, without a damaged last one.
    whole: u64,
    /// The last whole line has no newline behind it.
    lacks_newline: bool,
    /// The last line was cut off.
    is_damaged: bool,
    /// The file holds something that day30 did not write.
    is_foreign: bool,
}

impl Lines {
    fn parse(bytes: &[u8]) -> Self {
        let mut lines = Self { is_foreign: bytes.len() as u64 > MAX_FILE, ..Self::default() };
        if lines.is_foreign {
            return lines;
        }
        let mut rest = bytes.split_inclusive(|byte| *byte == b'\n').peekable();
        while let Some(line) = rest.next() {
            match parse(line) {
                Some(challenge) => {
                    lines.challenges.push(challenge);
                    lines.whole += line.len() as u64;
                    lines.lacks_newline = !line.ends_with(b"\n");
                }
                None if rest.peek().is_none() && is_cut_off(line, !lines.challenges.is_empty()) => {
                    lines.is_damaged = true;
                }
                None => lines.is_foreign = true,
            }
        }
        lines
    }
}

fn parse(line: &[u8]) -> Option<Challenge> {
    let bytes = base16ct::mixed::decode_vec(line.trim_ascii()).ok()?;
    bytes.try_into().ok().map(Challenge::new)
}

/// Whether this last line is what a crash leaves of a challenge: some of its digits, or zeros in their place. Behind other
/// challenges, anything without a newline is.
fn is_cut_off(line: &[u8], follows_challenges: bool) -> bool {
    let text = line.trim_ascii_end();
    let is_a_part = text.len() < DIGITS && text.iter().all(u8::is_ascii_hexdigit);
    is_a_part || text.iter().all(|byte| *byte == 0) || (follows_challenges && !line.ends_with(b"\n"))
}
