//! What a command without threads writes to stdout and stderr.

use super::{Exit, Look};
use anstream::{AutoStream, ColorChoice};
use anyhow::Context;
use day30::lang::Lang;
use day30::view::{describe_io_error, palette};
use day30::words;
use std::io::{self, ErrorKind, Write};

/// Writes it all. A reader that has gone (`day30 hmac … | true`) wanted no more, which is fine.
pub(super) fn to_stdout(bytes: &[u8]) -> anyhow::Result<Exit> {
    let mut stdout = io::stdout().lock();
    let written = stdout.write_all(bytes).and_then(|()| stdout.flush());
    was_read(written).map(|_| Exit::Fine).context(CANNOT_WRITE)
}

/// A remark on stderr. When nobody reads it, nothing is lost.
pub(super) fn remark(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// So many bytes are written at once.
const PIECE: usize = 64 * 1024;
/// What is said when the results cannot be written.
pub(super) const CANNOT_WRITE: &str = words!("cannot write to stdout", "无法写到 stdout");

/// Tells an error on stderr, from what was tried down to what the system said.
pub(super) fn tell(error: &anyhow::Error, look: Look) {
    let lang = look.lang;
    let mut stderr = AutoStream::new(io::stderr(), look.color);
    let causes: Vec<_> = error.chain().map(|cause| in_words(cause, lang)).collect();
    let (style, why) = (palette::BAD.bold(), causes.join(lang.pick(": ", "：")));
    // When nobody reads stderr, the exit code still tells.
    let _ = writeln!(stderr, "{style}{}{style:#}{why}", lang.pick("error: ", "错误："));
}

fn in_words(cause: &(dyn std::error::Error + 'static), lang: Lang) -> String {
    match cause.downcast_ref::<io::Error>() {
        Some(error) => describe_io_error(error).of(lang).to_owned(),
        None => lang.read(&cause.to_string()),
    }
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
    was_read(written).context(words!("cannot write the result", "无法写出结果"))
}

/// Whether what goes to stdout has colours and weights.
pub(super) fn has_styles(color: ColorChoice) -> bool {
    AutoStream::new(io::stdout(), color).current_choice() != ColorChoice::Never
}

/// Whether somebody reads what was written: a reader that has gone is no error.
fn was_read(written: io::Result<()>) -> io::Result<bool> {
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        written => written.map(|()| true),
    }
}

fn write_all(mut stream: impl Write, text: &str) -> io::Result<()> {
    stream.write_all(text.as_bytes())?;
    stream.flush()
}

/// Stdout, with colours where they are wanted, many lines at once.
pub(super) struct Pages {
    look: Look,
    lines: String,
    /// Whoever is waited for may want to see each line when it is there.
    is_live: bool,
}

impl Pages {
    pub(super) fn new(look: Look, is_live: bool) -> Self {
        Self { look, lines: String::new(), is_live }
    }

    /// Adds a line; false when nobody reads any more.
    pub(super) fn line(&mut self, line: &str) -> anyhow::Result<bool> {
        self.lines += line;
        self.lines += "\n";
        if self.is_live || self.lines.len() >= PIECE { self.flush() } else { Ok(true) }
    }

    /// Writes what waits; false when nobody reads any more.
    pub(super) fn flush(&mut self) -> anyhow::Result<bool> {
        let written = write_all(AutoStream::new(io::stdout().lock(), self.look.color), &self.lines);
        self.lines.clear();
        was_read(written).context(CANNOT_WRITE)
    }
}
