//! The one thread that writes to the terminal. Everybody else hands it whole lines, so that none are mixed.

use super::escape::escape_lines;
use super::narrate::{Layout, Narrator};
use super::stream::{Narration, Stream};
use crate::lang::Lang;
use crate::trace::{Event, Sink, What};
use anstream::ColorChoice;
use std::io::{self, IsTerminal, Write};
use std::iter;
use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How many lines may wait for a slow terminal. Beyond it the narration is dropped and counted; results wait.
const QUEUE: usize = 4096;

/// From this many on, only what every connection ends with is still let in: a flood of calls must not wash it away.
const KEPT_FOR_ENDINGS: usize = QUEUE * 3 / 4;
/// When so few wait again, calls are let in again.
const AGAIN_FROM: usize = QUEUE / 4;
/// A line that is longer than this is shown in parts after all.
const LONGEST_LINE: usize = 64 * 1024;

/// What comes in quick succession is written at once: after each write the thread waits this long for more, and nobody has
/// to wake it meanwhile.
const BREATH: Duration = Duration::from_millis(1);

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
    /// How many messages are in the queue.
    waiting: Arc<AtomicUsize>,
    closed: Arc<AtomicBool>,
}

/// Waits for the terminal's thread.
#[derive(Debug)]
pub struct ConsoleThread {
    console: Console,
    thread: JoinHandle<()>,
}

impl Console {
    /// Starts the thread. `on_closed` is called when nothing can be written to stdout any more: a broken pipe, or a
    /// full disk.
    ///
    /// # Errors
    ///
    /// When the operating system gives no thread.
    pub fn start(look: Look, on_closed: impl FnOnce(io::Error) + Send + 'static) -> io::Result<(Self, ConsoleThread)> {
        let (queue, messages) = mpsc::sync_channel(QUEUE);
        let closed = Arc::new(AtomicBool::new(false));
        let screen = Screen::new(look, Arc::clone(&closed), Box::new(on_closed));
        let waiting = Arc::new(AtomicUsize::new(0));
        let taken = Arc::clone(&waiting);
        let run = move || screen.run(&messages, &taken);
        let thread = thread::Builder::new().name("console".into()).spawn(run)?;
        let console = Self { queue, waiting, closed };
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
        self.try_send(Message::Notice(line.into()));
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
        let (console, mut flooded) = (self.clone(), false);
        Sink::new(move |event| {
            let is_call = matches!(event.what, What::Call { .. } | What::Dropped { .. });
            // Once there are too many, none is let in until most are shown: a few long gaps, and not one at each line.
            let waiting = console.waiting.load(Ordering::Relaxed);
            flooded = waiting >= if flooded { AGAIN_FROM } else { KEPT_FOR_ENDINGS };
            !(is_call && flooded) && console.try_send(Message::Event(Box::new(event)))
        })
    }

    /// Whether nobody reads stdout any more.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    fn try_send(&self, message: Message) -> bool {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let sent = self.queue.try_send(message).is_ok();
        if !sent {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
        }
        sent
    }

    fn send(&self, message: Message) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
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

/// Hears why nothing can be written to stdout any more.
type OnClosed = Box<dyn FnOnce(io::Error) + Send>;

/// The terminal itself, owned by the thread.
struct Screen {
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
    fn new(look: Look, closed: Arc<AtomicBool>, on_closed: OnClosed) -> Self {
        Self {
            out: io::stdout(),
            unwritten: Vec::new(),
            out_is_terminal: io::stdout().is_terminal(),
            err: Narration::new(look.narrate_on, look.color),
            at_prompt: false,
            open_line: Vec::new(),
            narrator: Narrator::new(look.lang, look.layout),
            closed,
            on_closed: Some(on_closed),
        }
    }

    fn run(mut self, messages: &Receiver<Message>, waiting: &AtomicUsize) {
        'all: while let Ok(first) = messages.recv() {
            for message in iter::once(first).chain(messages.try_iter()).take(QUEUE) {
                waiting.fetch_sub(1, Ordering::Relaxed);
                match message {
                    Message::End => break 'all,
                    message => self.show(message),
                }
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
        if let Err(error) = self.out.write_all(&bytes).and_then(|()| self.out.flush()) {
            self.close(error);
        }
    }

    fn close(&mut self, error: io::Error) {
        self.closed.store(true, Ordering::Release);
        if let Some(on_closed) = self.on_closed.take() {
            on_closed(error);
        }
    }
}
