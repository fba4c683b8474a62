//! The one thread that writes to the terminal. Everybody else hands it whole lines, so that none are mixed.

use super::look::Look;
use super::screen::{Message, Screen};
use crate::queue::Queue;
use crate::trace::{Event, Sink, What};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

/// How many lines may wait for a slow terminal. Beyond it the narration is dropped and counted; results wait.
const QUEUE: usize = 4096;
/// How many bytes of results may wait: whoever has more waits.
const QUEUED_BYTES: usize = 1024 * 1024;

/// From this many on, only what every connection ends with is still let in: a flood of calls must not wash it away.
const KEPT_FOR_ENDINGS: usize = QUEUE * 3 / 4;
/// When so few wait again, calls are let in again.
const AGAIN_FROM: usize = QUEUE / 4;

/// The way to the terminal. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Console {
    queue: Arc<Queue<Message>>,
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
        let (queue, messages) = Queue::bounded(QUEUE, QUEUED_BYTES);
        let closed = Arc::new(AtomicBool::new(false));
        let screen = Screen::new(messages, look, Arc::clone(&closed), Box::new(on_closed));
        let thread = thread::Builder::new().name("console".into()).spawn(move || screen.run())?;
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
        self.sink_with(|_| None)
    }

    /// The same, with the lines that `below` has to say below an event. It is asked of every event, in order.
    #[must_use]
    pub fn sink_with(&self, mut below: impl FnMut(&Event) -> Option<String> + Send + 'static) -> Sink {
        let (console, mut flooded) = (self.clone(), false);
        Sink::new(move |event| {
            let lines = below(&event);
            let is_call = matches!(event.what, What::Call { .. } | What::Dropped { .. });
            // Once there are too many, none is let in until most are shown: a few long gaps, and not one at each line.
            let waiting = console.queue.len();
            flooded = waiting >= if flooded { AGAIN_FROM } else { KEPT_FOR_ENDINGS };
            let is_taken = !(is_call && flooded) && console.try_send(Message::Event(Box::new(event)));
            if let Some(lines) = lines.filter(|_| is_taken) {
                console.try_notice(lines);
            }
            is_taken
        })
    }

    /// Whether nobody reads stdout any more.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire) || self.queue.is_given_up()
    }

    /// The run is to end: from now on nobody waits for long for a reader that takes nothing.
    pub fn stop_waiting(&self) {
        self.queue.stop();
    }

    fn try_send(&self, message: Message) -> bool {
        let bytes = message.bytes();
        self.queue.try_send(message, bytes)
    }

    fn send(&self, message: Message) {
        let bytes = message.bytes();
        // The thread ends only after everybody has said what they had to say, unless nobody reads it.
        let _ = self.queue.send(message, bytes);
    }
}

impl ConsoleThread {
    /// Waits until everything is written. After [`Console::stop_waiting`] that has a bound; false if it was not enough.
    pub fn finish(self) -> bool {
        self.console.send(Message::End);
        let is_written = self.console.queue.wait_for_reader();
        if is_written {
            let _ = self.thread.join();
        }
        is_written
    }
}
