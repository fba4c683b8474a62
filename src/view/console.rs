//! The one thread that writes to the terminal. Everybody else hands it whole lines, so that none are mixed.

use super::escape::escape_lines;
use super::narrate::{Layout, Narrator};
use crate::lang::Lang;
use crate::trace::{Event, Sink};
use anstream::adapter::strip_bytes;
use anstream::{AutoStream, ColorChoice};
use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread::{self, JoinHandle};

/// How many lines may wait for a slow terminal. Beyond it the narration is dropped and counted; results wait.
const QUEUE: usize = 4096;

/// How things are shown.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// When to use colour.
    pub color: ColorChoice,
    /// The language of the narration.
    pub lang: Lang,
    /// One actor, or several side by side.
    pub layout: Layout,
    /// Where the narration goes: beside the results on stderr, or on stdout where it is the result itself.
    pub narrate_on: Stream,
}

/// One of the two streams of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Results.
    Stdout,
    /// Narration and errors.
    Stderr,
}

#[derive(Debug)]
enum Message {
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

/// The way to the terminal. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Console {
    queue: SyncSender<Message>,
    closed: Arc<AtomicBool>,
}

/// Waits for the terminal's thread.
#[derive(Debug)]
pub struct ConsoleThread {
    console: Console,
    thread: JoinHandle<()>,
}

impl Console {
    /// Starts the thread. `on_closed` is called when nobody reads stdout any more.
    ///
    /// # Errors
    ///
    /// When the operating system gives no thread.
    pub fn start(look: Look, on_closed: impl FnOnce() + Send + 'static) -> io::Result<(Self, ConsoleThread)> {
        let (queue, messages) = mpsc::sync_channel(QUEUE);
        let closed = Arc::new(AtomicBool::new(false));
        let screen = Screen::new(look, Arc::clone(&closed), Box::new(on_closed));
        let thread = thread::Builder::new().name("console".into()).spawn(move || screen.run(&messages))?;
        let console = Self { queue, closed };
        Ok((console.clone(), ConsoleThread { console, thread }))
    }

    /// A line of the result, to stdout. Never lost: waits for a slow reader.
    pub fn result(&self, line: impl Into<String>) {
        self.send(Message::Result((line.into() + "\n").into_bytes()));
    }

    /// What a peer sent, to stdout: escaped if that is a terminal, else byte for byte.
    pub fn reply(&self, lines: &[u8]) {
        self.send(Message::Reply(lines.to_vec()));
    }

    /// A line about the run, to stderr.
    pub fn notice(&self, line: impl Into<String>) {
        self.send(Message::Notice(line.into()));
    }

    /// A line about the run that a flood may wash away, because a slow terminal must not slow a server down.
    pub fn try_notice(&self, line: impl Into<String>) {
        let _ = self.queue.try_send(Message::Notice(line.into()));
    }

    /// The prompt, where a person types.
    pub fn prompt(&self) {
        self.send(Message::Prompt);
    }

    /// The person behind the prompt typed a line.
    pub fn typed(&self) {
        self.send(Message::Typed);
    }

    /// The narrator's end of a recorder. It never waits.
    #[must_use]
    pub fn sink(&self) -> Sink {
        let queue = self.queue.clone();
        Sink::new(move |event| queue.try_send(Message::Event(Box::new(event))).is_ok())
    }

    /// Whether nobody reads stdout any more.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    fn send(&self, message: Message) {
        // The thread ends only after everybody has said what they had to say.
        let _ = self.queue.send(message);
    }
}

impl ConsoleThread {
    /// Waits until everything is written.
    pub fn finish(self) {
        self.console.send(Message::End);
        let _ = self.thread.join();
    }
}

/// The terminal itself, owned by the thread.
struct Screen {
    /// Results, byte for byte.
    out: io::Stdout,
    out_is_terminal: bool,
    /// Narration, with colour where it is wanted.
    err: Narration,
    /// The cursor stands behind a prompt.
    at_prompt: bool,
    /// The cursor stands behind a part of a reply.
    line_is_open: bool,
    narrator: Narrator,
    closed: Arc<AtomicBool>,
    on_closed: Option<Box<dyn FnOnce() + Send>>,
}

impl Screen {
    fn new(look: Look, closed: Arc<AtomicBool>, on_closed: Box<dyn FnOnce() + Send>) -> Self {
        Self {
            out: io::stdout(),
            out_is_terminal: io::stdout().is_terminal(),
            err: match look.narrate_on {
                Stream::Stdout => Narration::Out(AutoStream::new(io::stdout(), look.color)),
                Stream::Stderr => Narration::Err(AutoStream::new(io::stderr(), look.color)),
            },
            at_prompt: false,
            line_is_open: false,
            narrator: Narrator::new(look.lang, look.layout),
            closed,
            on_closed: Some(on_closed),
        }
    }

    fn run(mut self, messages: &Receiver<Message>) {
        while let Ok(message) = messages.recv() {
            match message {
                Message::Result(bytes) => self.write_out(&bytes),
                Message::Reply(lines) if self.out_is_terminal => {
                    self.write_out(escape_lines(&lines).as_bytes());
                    self.line_is_open = !lines.ends_with(b"\n");
                }
                Message::Reply(lines) => self.write_out(&lines),
                Message::Notice(line) => self.write_err(&line),
                Message::Event(event) if self.narrator.tells(&event) => {
                    let line = self.narrator.line(&event);
                    self.write_err(&line);
                }
                Message::Event(_) => {}
                Message::Prompt => self.at_prompt = self.err.write(b"> ").is_ok(),
                Message::Typed => self.at_prompt = false,
                Message::End => return,
            }
        }
    }

    /// A line that comes while somebody types begins on a line of its own.
    fn leave_prompt(&mut self) {
        if std::mem::take(&mut self.at_prompt) {
            let _ = self.err.write(b"\n");
        }
    }

    fn write_out(&mut self, bytes: &[u8]) {
        self.leave_prompt();
        if self.closed.load(Ordering::Acquire) {
            return;
        }
        if self.out.write_all(bytes).and_then(|()| self.out.flush()).is_err() {
            self.close();
        }
    }

    fn write_err(&mut self, line: &str) {
        self.leave_prompt();
        if std::mem::take(&mut self.line_is_open) {
            let _ = self.err.write(b"\n");
        }
        // A stderr that nobody reads is no reason to stop; a stdout that nobody reads is.
        if self.err.write(format!("{line}\n").as_bytes()).is_err() && matches!(self.err, Narration::Out(_)) {
            self.close();
        }
    }

    fn close(&mut self) {
        self.closed.store(true, Ordering::Release);
        if let Some(on_closed) = self.on_closed.take() {
            on_closed();
        }
    }
}

/// The stream of the narration.
enum Narration {
    Out(AutoStream<io::Stdout>),
    Err(AutoStream<io::Stderr>),
}

impl Narration {
    /// A whole line in one write, so that two processes on one terminal do not mix theirs: colours that are not wanted
    /// are taken out before, because the stream would write what is between them piece by piece.
    fn write(&mut self, line: &[u8]) -> io::Result<()> {
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
