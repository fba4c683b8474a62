//! Files that the user asks day30 to write. None is overwritten that day30 did not write, unless `--force` says so.
//!
//! | at the path | what happens |
//! |---|---|
//! | nothing, an empty file | it is created, or replaced |
//! | an earlier output of the same kind | it is replaced |
//! | any other file, or one that is read-only | an error; with `--force` it is replaced |
//! | a symbolic link | an error; with `--force` the link is replaced, and what it points to stays as it is |
//! | a pipe, a terminal, `/dev/null`, `/dev/stdout`, `/dev/fd/N` | it is written to |
//! | a folder, a disk, a socket | an error |
//!
//! A file is replaced by renaming a new one over it, so that nobody ever finds half of one.

use super::Usage;
use super::output_kind::Kind;
use anyhow::Context;
use day30::lang::Lang;
use day30::{both, say};
use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf, absolute};
use tempfile::{Builder, NamedTempFile};

/// A file to write, and how to treat what is there already.
#[derive(Clone, Debug)]
pub(super) struct OutputFile {
    path: PathBuf,
    kind: Kind,
    force: bool,
    lang: Lang,
}

/// What is at the path.
enum Found {
    Nothing,
    /// A file, or with `--force` a link, that may be replaced.
    Replaceable(Metadata),
    /// Whatever takes bytes and keeps no file.
    Stream,
}

impl OutputFile {
    pub(super) fn new(path: &Path, kind: Kind, force: bool, lang: Lang) -> Self {
        Self { path: path.to_owned(), kind, force, lang }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Finds out whether the file can be written, before a minute is spent on what shall be in it. Nothing changes.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        match self.look()? {
            Found::Stream => Ok(()),
            Found::Nothing | Found::Replaceable(_) => self.temporary().map(drop).with_context(|| self.cannot_write()),
        }
    }

    /// Writes the whole file.
    pub(super) fn write(&self, bytes: impl AsRef<[u8]>) -> anyhow::Result<()> {
        let found = self.look()?;
        let written = match found {
            Found::Stream => self.open_stream().and_then(|mut file| file.write_all(bytes.as_ref())),
            _ => self.temporary().and_then(|mut file| {
                file.write_all(bytes.as_ref())?;
                self.put_in_place(file, &found).map(drop)
            }),
        };
        written.with_context(|| self.cannot_write())
    }

    /// Opens the file, empty, for what is written over a long time: it is in its place from the start, so that a run that is
    /// killed leaves what it has written so far.
    pub(super) fn open(&self) -> anyhow::Result<File> {
        let found = self.look()?;
        let opened = match found {
            Found::Stream => self.open_stream(),
            _ => self.temporary().and_then(|file| self.put_in_place(file, &found)),
        };
        opened.with_context(|| self.cannot_write())
    }

    fn look(&self) -> anyhow::Result<Found> {
        if is_descriptor(&self.path) {
            return Ok(Found::Stream);
        }
        let found = match fs::symlink_metadata(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Found::Nothing),
            found => found.with_context(|| self.cannot_write())?,
        };
        let kind = found.file_type();
        if is_stream(kind) {
            return Ok(Found::Stream);
        }
        let lang = self.lang;
        if kind.is_dir() {
            return Err(self.impossible(lang.pick("it is a directory", "它是目录")));
        }
        if !kind.is_file() && !kind.is_symlink() {
            return Err(self.impossible(lang.pick("it is not a regular file", "它不是普通文件")));
        }
        let is_ours = || io::Result::Ok(found.len() == 0 || self.kind.wrote(&self.path)?);
        let objection = match () {
            () if self.force => None,
            () if kind.is_symlink() => Some(lang.pick("it is a symbolic link", "它是符号链接")),
            () if found.permissions().readonly() => Some(lang.pick("the file is read-only", "文件是只读的")),
            () if is_ours().with_context(|| self.cannot_write())? => None,
            () if self.kind == Kind::Starter => {
                Some(lang.pick("the file exists, and may hold your work", "文件已存在，里面可能有你写的内容"))
            }
            () => Some(lang.pick("the file exists, and day30 did not write it", "文件已存在，而且不是 day30 写的")),
        };
        objection.map_or(Ok(Found::Replaceable(found)), |why| Err(self.refuse(why)))
    }

    fn impossible(&self, why: &str) -> anyhow::Error {
        anyhow::anyhow!(say!(self.lang, "{}: {why}", "{}：{why}", self.cannot_write()))
    }

    fn refuse(&self, why: &str) -> anyhow::Error {
        anyhow::anyhow!(say!(
            self.lang,
            "{}: {why}\n  try: another file name, or --force to replace it",
            "{}：{why}\n  试试：换一个文件名，或用 --force 覆盖",
            self.cannot_write()
        ))
    }

    /// What is said before the reason.
    pub(super) fn cannot_write(&self) -> String {
        let path = self.path.display();
        match self.kind {
            Kind::Record => say!(self.lang, "cannot write the record to {path}", "无法把记录写入 {path}"),
            _ => say!(self.lang, "cannot write {path}", "无法写入 {path}"),
        }
    }

    /// A new file in the same folder: only within one file system can it be renamed.
    fn temporary(&self) -> io::Result<NamedTempFile> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut builder = Builder::new();
        builder.prefix(".day30-");
        // Whoever can read a record of lesson 2 can try secrets out at home: only its owner can. The rest is as the user's
        // umask wants it.
        #[cfg(unix)]
        if !self.kind.is_private() {
            builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        }
        builder.tempfile_in(folder).map_err(without_path)
    }

    fn put_in_place(&self, file: NamedTempFile, found: &Found) -> io::Result<File> {
        match found {
            Found::Replaceable(old) => {
                if !self.kind.is_private() && old.is_file() {
                    file.as_file().set_permissions(old.permissions())?;
                }
                Ok(file.persist(&self.path)?)
            }
            // What somebody else has put there meanwhile stays.
            _ => Ok(file.persist_noclobber(&self.path)?),
        }
    }

    fn open_stream(&self) -> io::Result<File> {
        let file = File::options().append(true).open(&self.path)?;
        let kind = file.metadata()?.file_type();
        if is_descriptor(&self.path) || is_stream(kind) { Ok(file) } else { Err(ErrorKind::AlreadyExists.into()) }
    }
}

/// What the system said. The temporary file's name, which comes with it, means nothing to the user.
fn without_path(error: io::Error) -> io::Error {
    // What is inside has no number to be asked for, but its kind says what happened.
    if error.raw_os_error().is_some() || error.kind() == ErrorKind::Other { error } else { error.kind().into() }
}

/// That no two outputs have the same file: the second would replace the first.
pub(super) fn all_different<'p>(paths: impl IntoIterator<Item = &'p Path>) -> Result<(), Usage> {
    let mut known = HashSet::new();
    let mut files = paths.into_iter().filter(|path| fs::metadata(path).map_or(true, |found| found.is_file()));
    // Two spellings of one name are one name; a path that cannot be made absolute is at least compared as it is.
    let twice = files.find(|path| !known.insert(absolute(path).unwrap_or_else(|_| path.to_path_buf())));
    twice.map_or(Ok(()), |path| {
        let path = path.display();
        Err(Usage(both!(
            "two outputs go to {path}; give each a file of its own",
            "两个输出都写入 {path}；请给每个输出各自的文件"
        )))
    })
}

/// Whether the path stands for a file that the user opened, as `> file` and `>(command)` do in a shell.
fn is_descriptor(path: &Path) -> bool {
    let is_number = |name: &OsStr| name.to_str().is_some_and(|name| name.parse::<u32>().is_ok());
    ["/dev/stdout", "/dev/stderr"].iter().any(|name| path == Path::new(name))
        || ["/dev/fd", "/proc/self/fd"].iter().any(|folder| path.parent() == Some(Path::new(folder)))
            && path.file_name().is_some_and(is_number)
}

#[cfg(unix)]
fn is_stream(kind: fs::FileType) -> bool {
    use std::os::unix::fs::FileTypeExt;
    kind.is_fifo() || kind.is_char_device()
}

/// Pipes and devices have no path that could be looked at.
#[cfg(not(unix))]
fn is_stream(_: fs::FileType) -> bool {
    false
}
