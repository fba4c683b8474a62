//! Opens and locks a file that several processes share.

use day30::lang::Lang;
use day30::say;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// Each process holds the lock for milliseconds; one that holds it longer than this is not one of ours.
const PATIENCE: Duration = Duration::from_secs(10);
const TRY_AGAIN_AFTER: Duration = Duration::from_millis(2);

/// Why the file cannot be used.
#[derive(Debug)]
pub(super) enum Trouble {
    /// A pipe, a device, a folder: nothing that can be read again later.
    NotAFile,
    /// It holds something that day30 did not write.
    Foreign,
    /// Another program keeps it locked.
    Locked,
    /// What the system said.
    Io(io::Error),
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Trouble {
    /// The reason in one clause, without the file's name.
    pub(super) fn describe(&self, lang: Lang) -> String {
        match self {
            Self::NotAFile => lang.pick("it is not a regular file", "它不是普通文件").into(),
            Self::Foreign => lang
                .pick("it holds something other than challenges, and is left as it is", "里面不只有挑战值，保持原样")
                .into(),
            Self::Locked => lang.pick("another program keeps it locked", "另一个程序一直锁着它").into(),
            Self::Io(error) => say!(lang, "{error}", "{error}"),
        }
    }
}

/// Opens the file to read it. Until it is closed, nobody else writes to it.
pub(super) fn open_to_read(path: &Path) -> Result<File, Trouble> {
    let file = open_regular(path, File::options().read(true))?;
    lock(|| file.try_lock_shared())?;
    Ok(file)
}

/// Opens the file, or creates it, to change it. Until it is closed, nobody else reads it or writes to it.
pub(super) fn open_to_change(path: &Path) -> Result<File, Trouble> {
    let file = open_regular(path, File::options().read(true).write(true).create(true).truncate(false))?;
    lock(|| file.try_lock())?;
    Ok(file)
}

/// To open a pipe may wait for ever, and to open a device may do something: so the path is looked at before. What is opened is
/// looked at again, as somebody may have put something else there meanwhile.
fn open_regular(path: &Path, options: &mut OpenOptions) -> Result<File, Trouble> {
    if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        return Err(Trouble::NotAFile);
    }
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
        std::os::unix::fs::OpenOptionsExt::custom_flags(options, flags.bits() as i32);
    }
    let file = options.open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(Trouble::NotAFile) }
}

/// Tries again until the lock is free, but not for ever: `File::lock` would wait as long as another program likes.
fn lock(try_lock: impl Fn() -> Result<(), TryLockError>) -> Result<(), Trouble> {
    let began = Instant::now();
    loop {
        match try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(error)) => return Err(error.into()),
            Err(TryLockError::WouldBlock) if began.elapsed() > PATIENCE => return Err(Trouble::Locked),
            Err(TryLockError::WouldBlock) => thread::sleep(TRY_AGAIN_AFTER),
        }
    }
}
