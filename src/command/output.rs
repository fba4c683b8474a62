//! What a command without threads writes to stdout.

use super::Exit;
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
