//! What a command without threads writes to stdout and stderr.

use super::Exit;
use anstream::{AutoStream, ColorChoice};
use anstyle::AnsiColor;
use anyhow::Context;
use std::io::{self, ErrorKind, Write};

/// Writes it all. A reader that has gone (`day30 hmac … | true`) wanted no more, which is fine.
pub(super) fn to_stdout(bytes: &[u8]) -> anyhow::Result<Exit> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error).context("cannot write to stdout"),
        _ => Ok(Exit::Fine),
    }
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
