//! The terminal's side of the console: what it is handed, and how that is written.

use super::escape::escape_lines;
use super::look::Look;
use super::narrate::Narrator;
use super::stream::Narration;
use crate::queue::Reader;
use crate::trace::Event;
use std::io::{self, IsTerminal, Write};
use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// So much is written at once, so that a slow reader can be told from one that reads nothing.
const PIECE: usize = 16 * 1024;
/// A line that is longer than this is shown in parts after all.
const LONGEST_LINE: usize = 64 * 1024;

/// What comes in quick succession is written at once: after each write the thread waits this long for more, and nobody has
/// to wake it meanwhile.
const BREATH: Duration = Duration::from_millis(1);

/// What the thread is handed.
#[derive(Debug)]
pub(super) enum Message {
    /// To stdout, as it is.
    Result(Vec<u8>),
    /// Lines that a peer sent, to stdout.
    Reply(Vec<u8>),
    /// A line to stderr.
    Notice(String),
    /// An event, to be narrated on stderr.
    Event(Box<Event>),
    /// The prompt, to stderr.
    Prompt,
    /// The person behind the prompt typed a line, so that the cursor stands on a new one.
    Typed,
    /// The last message.
    End,
}

impl Message {
    /// How much it counts in the queue. Events are many and small, and have a bound of their own.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Result(bytes) | Self::Reply(bytes) => bytes.len(),
            Self::Notice(_) | Self::Event(_) | Self::Prompt | Self::Typed | Self::End => 0,
        }
    }
}

/// Hears why nothing can be written to stdout any more.
pub(super) type OnClosed = Box<dyn FnOnce(io::Error) + Send>;

/// The terminal itself, owned by the thread.
pub(super) struct Screen {
    messages: Reader<Message>,
    /// Results, byte for byte.
    out: io::Stdout,
    /// Those of them that go out with the next write.
    unwritten: Vec<u8>,
    out_is_terminal: bool,
    /// Narration, with colour where it is wanted.
    err: Narration,
    /// The cursor stands behind a prompt.
    at_prompt: bool,
    /// The beginning of a line of a reply, on a terminal: shown when it is whole, so that no letter of it is cut, and no
    /// narration comes between its parts.
    open_line: Vec<u8>,
    narrator: Narrator,
    closed: Arc<AtomicBool>,
    on_closed: Option<OnClosed>,
}

impl Screen {
    pub(super) fn new(messages: Reader<Message>, look: Look, closed: Arc<AtomicBool>, on_closed: OnClosed) -> Self {
        Self {
            messages,
            out: io::stdout(),
            unwritten: Vec::new(),
            out_is_terminal: io::stdout().is_terminal(),
            err: Narration::new(look.narrate_on, look.color),
            at_prompt: false,
            open_line: Vec::new(),
            narrator: Narrator::new(look.lang, look.layout, look.width),
            closed,
            on_closed: Some(on_closed),
        }
    }

    /// Shows what comes until the last message.
    pub(super) fn run(mut self) {
        'all: loop {
            let mut next = Some(self.messages.receive());
            while let Some(message) = next {
                match message {
                    Message::End => break 'all,
                    message => self.show(message),
                }
                next = self.messages.try_receive();
            }
            self.flush();
            thread::sleep(BREATH);
        }
        let rest = mem::take(&mut self.open_line);
        if !rest.is_empty() {
            self.write_out(escape_lines(&rest).as_bytes());
        }
        self.flush();
    }

    fn show(&mut self, message: Message) {
        match message {
            Message::Result(bytes) => self.write_out(&bytes),
            Message::Reply(lines) if self.out_is_terminal => self.show_whole_lines(&lines),
            Message::Reply(lines) => self.write_out(&lines),
            Message::Notice(line) => self.write_err(&line),
            Message::Event(event) if self.narrator.tells(&event) => {
                let line = self.narrator.line(&event);
                self.write_err(&line);
            }
            Message::Prompt => {
                self.flush();
                self.at_prompt = self.err.write(b"> ").is_ok();
            }
            Message::Typed => self.at_prompt = false,
            Message::Event(_) | Message::End => {}
        }
    }

    fn show_whole_lines(&mut self, part: &[u8]) {
        self.open_line.extend_from_slice(part);
        let whole = self.open_line.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let whole = if self.open_line.len() > LONGEST_LINE { self.open_line.len() } else { whole };
        let lines: Vec<_> = self.open_line.drain(..whole).collect();
        if !lines.is_empty() {
            self.write_out(escape_lines(&lines).as_bytes());
        }
    }

    /// A line that comes while somebody types begins on a line of its own.
    fn leave_prompt(&mut self) {
        if mem::take(&mut self.at_prompt) {
            let _ = self.err.write(b"\n");
        }
    }

    fn write_out(&mut self, bytes: &[u8]) {
        self.leave_prompt();
        self.unwritten.extend_from_slice(bytes);
        if self.unwritten.len() > LONGEST_LINE {
            self.flush();
        }
    }

    fn write_err(&mut self, line: &str) {
        // What was said first is seen first, also where both go to one terminal.
        self.flush();
        self.leave_prompt();
        // A stderr that nobody reads is no reason to stop; a stdout that nobody reads is.
        if let Err(error) = self.err.write(format!("{line}\n").as_bytes())
            && self.err.is_stdout()
        {
            self.close(error);
        }
    }

    /// Writes the results that were gathered.
    fn flush(&mut self) {
        let bytes = mem::take(&mut self.unwritten);
        if bytes.is_empty() || self.closed.load(Ordering::Acquire) {
            return;
        }
        for piece in bytes.chunks(PIECE) {
            if let Err(error) = self.out.write_all(piece).and_then(|()| self.out.flush()) {
                return self.close(error);
            }
            self.messages.gets_on();
        }
    }

    fn close(&mut self, error: io::Error) {
        self.closed.store(true, Ordering::Release);
        if let Some(on_closed) = self.on_closed.take() {
            on_closed(error);
        }
    }
}
