//! What a command without threads writes: to stdout, to stderr, and to files.

use super::Exit;
use anstream::{AutoStream, ColorChoice};
use anstyle::AnsiColor;
use anyhow::Context;
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

/// Writes it all. A reader that has gone (`day30 hmac … | true`) wanted no more, which is fine.
pub(super) fn to_stdout(bytes: &[u8]) -> anyhow::Result<Exit> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error).context("cannot write to stdout"),
        _ => Ok(Exit::Fine),
    }
}

/// That a file can be written: found out before a minute is spent on what shall stand in it. What is in the file stays until
/// there is something to put there.
pub(super) fn can_be_written(path: &Path) -> anyhow::Result<()> {
    let opened = OpenOptions::new().append(true).create(true).open(path);
    opened.map(drop).with_context(|| format!("cannot write {}", path.display()))
}

/// Writes a whole file.
pub(super) fn write_file(path: &Path, text: &str) -> anyhow::Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// A remark on stderr. When nobody reads it, nothing is lost.
pub(super) fn remark(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Tells an error on stderr.
pub(crate) fn tell(error: &anyhow::Error, color: ColorChoice) {
    let mut stderr = AutoStream::new(io::stderr(), color);
    let style = AnsiColor::Red.on_default().bold();
    // When nobody reads stderr, the exit code still tells.
    let _ = writeln!(stderr, "{style}error:{style:#} {error:#}");
}

/// Where text with colours goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum To {
    Stdout,
    Stderr,
}

/// Writes a text that may have colours, which are left out where they are not wanted. False if its reader has gone.
pub(super) fn styled(text: &str, to: To, color: ColorChoice) -> anyhow::Result<bool> {
    let written = match to {
        To::Stdout => write_all(AutoStream::new(io::stdout().lock(), color), text),
        To::Stderr => write_all(AutoStream::new(io::stderr().lock(), color), text),
    };
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error).context("cannot write the result"),
        written => Ok(written.is_ok()),
    }
}

fn write_all(mut stream: impl Write, text: &str) -> io::Result<()> {
    stream.write_all(text.as_bytes())?;
    stream.flush()
}
