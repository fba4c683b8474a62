//! Where the narration goes, with colour or without.

use anstream::adapter::strip_bytes;
use anstream::{AutoStream, ColorChoice};
use std::io::{self, Write};

/// One of the two streams of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Results.
    Stdout,
    /// Narration and errors.
    Stderr,
}

/// The stream of the narration.
pub(super) enum Narration {
    Out(AutoStream<io::Stdout>),
    Err(AutoStream<io::Stderr>),
}

impl Narration {
    pub(super) fn new(stream: Stream, color: ColorChoice) -> Self {
        match stream {
            Stream::Stdout => Self::Out(AutoStream::new(io::stdout(), color)),
            Stream::Stderr => Self::Err(AutoStream::new(io::stderr(), color)),
        }
    }

    pub(super) fn is_stdout(&self) -> bool {
        matches!(self, Self::Out(_))
    }

    /// A whole line in one write, so that two processes on one terminal do not mix theirs: colours that are not wanted
    /// are taken out before, because the stream would write what is between them piece by piece.
    pub(super) fn write(&mut self, line: &[u8]) -> io::Result<()> {
        match self {
            Self::Out(out) if out.current_choice() == ColorChoice::Never => write_plain(out.as_inner(), line),
            Self::Err(err) if err.current_choice() == ColorChoice::Never => write_plain(err.as_inner(), line),
            Self::Out(out) => out.write_all(line).and_then(|()| out.flush()),
            Self::Err(err) => err.write_all(line).and_then(|()| err.flush()),
        }
    }
}

fn write_plain(mut stream: impl Write, line: &[u8]) -> io::Result<()> {
    stream.write_all(&strip_bytes(line).into_vec())?;
    stream.flush()
}
