//! Lessons 1 and 4, the client: sends messages, and shows what comes back.
//!
//! Two threads share the socket. One sends, the other receives, so that neither waits for the other: the notes' client
//! sends, then waits in `recv`, and hangs for ever when nothing was sent or nothing comes back.

use super::calls::{Calls, Counts};
use super::socket::would_block;
use super::stop::Stop;
use crate::protocol::Replies;
use crate::trace::{Link, Recorder};
use std::io;
use std::net::TcpStream;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// After this time without a byte, a reply that is not the uppercase of ours is taken to be over.
const QUIET: Duration = Duration::from_millis(200);
/// How long a server has to close after it answered everything. The notes' lesson 4 server never does.
const CLOSING_TIME: Duration = Duration::from_millis(500);

/// How much a server may say in one line that is no upper case of ours, where nobody said how much.
const LONGEST_LINE: u64 = 1024 * 1024;

/// What is sent next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Whether the message ends behind them.
    pub ends_message: bool,
}

/// What a client is to do.
#[derive(Clone, Debug)]
pub struct Talk {
    /// How many bytes one `recv` may bring.
    pub buffer: usize,
    /// How long the server may leave a message without any answer.
    pub reply_timeout: Duration,
    /// How long one reply may be. Where it is not said, an answer to what was sent may be as long as it likes, and
    /// anything else 1 MiB without a newline.
    pub max_reply: Option<u64>,
    /// Who is told of everything.
    pub trace: Recorder,
    /// When to end.
    pub stop: Arc<Stop>,
}

/// How a talk ended.
#[derive(Debug)]
pub enum TalkEnd {
    /// Everything was sent and answered, and the server closed (or had time to).
    Complete,
    /// The server closed although the talk was not over.
    ServerClosed {
        /// Whether it had answered everything that was sent.
        answered: bool,
    },
    /// A message was sent, and nothing came for too long.
    NoReply,
    /// A reply went on and on, without a newline.
    TooLong {
        /// How much of it was taken.
        bytes: u64,
    },
    /// The connection broke, or what was to be sent could not be read.
    Broke(io::Error),
    /// Ctrl-C.
    Interrupted,
    /// Whoever read the replies is gone.
    OutputClosed,
}

/// What came of a talk.
#[derive(Debug)]
pub struct Talked {
    /// How it ended.
    pub end: TalkEnd,
    /// What was sent and received.
    pub counts: Counts,
    /// What came back was not the uppercase of what was sent: see [`Replies`].
    pub is_wrong: bool,
}

/// What both threads know.
#[derive(Debug, Default)]
struct State {
    replies: Replies,
    /// Since when an answer is awaited.
    waiting_since: Option<Instant>,
    all_sent: bool,
    /// The server did not close, and we did not wait any longer.
    left: bool,
    error: Option<io::Error>,
    counts: Counts,
}

/// The two threads' common ground.
#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Talk {
    /// Sends what `next` gives until it gives nothing more, and hands what comes back to `show`, with a line end behind each
    /// reply, and with whether a reply was wrong so far. `show` answers whether anybody is still reading.
    ///
    /// # Errors
    ///
    /// When the operating system gives no thread or no second handle of the socket. What happens to the connection is
    /// told in the [`TalkEnd`].
    pub fn run(
        &self,
        socket: TcpStream,
        link: Link,
        next: impl FnMut() -> io::Result<Option<Part>> + Send + 'static,
        show: impl FnMut(&[u8], bool) -> bool,
    ) -> io::Result<Talked> {
        let (socket, shared) = (Arc::new(socket), Arc::new(Shared::default()));
        shared.lock().replies.limit(self.max_reply, LONGEST_LINE);
        let (to_wake, mut waker) = (Arc::clone(&socket), Calls::new(self.trace.clone()));
        self.stop.on_request(move || waker.end_reading(&to_wake, link));

        let sender = Sender {
            socket: Arc::clone(&socket),
            link,
            shared: Arc::clone(&shared),
            calls: Calls::new(self.trace.clone()),
        };
        thread::Builder::new().name("send".into()).spawn(move || sender.run(next))?;

        let mut calls = Calls::new(self.trace.clone());
        let end = self.receive_all(&socket, link, &shared, &mut calls, show);
        let mut counts = calls.counts;
        let is_wrong = {
            let state = shared.lock();
            counts.add(state.counts);
            state.replies.are_wrong()
        };
        calls.close(socket, link);
        Ok(Talked { end, counts, is_wrong })
    }

    fn receive_all(
        &self,
        socket: &Arc<TcpStream>,
        link: Link,
        shared: &Shared,
        calls: &mut Calls,
        mut show: impl FnMut(&[u8], bool) -> bool,
    ) -> TalkEnd {
        let (mut buffer, mut lines) = (vec![0; self.buffer], Vec::new());
        loop {
            let _ = socket.set_read_timeout(Some(self.patience(&shared.lock())));
            let received = calls.receive(socket, link, &mut buffer);
            let mut state = shared.lock();
            let end = match received {
                Ok(0) => Some(self.why_ended(&mut state)),
                Ok(count) => {
                    state.replies.received(buffer.get(..count).unwrap_or_default(), &mut lines);
                    state.waiting_since = (!state.replies.are_complete()).then(Instant::now);
                    shared.changed.notify_all();
                    state.replies.too_long().map(|bytes| TalkEnd::TooLong { bytes })
                }
                Err(error) if would_block(&error) => {
                    state.replies.quiet(&mut lines);
                    let too_long = state.waiting_since.is_some_and(|since| since.elapsed() >= self.reply_timeout);
                    too_long.then_some(TalkEnd::NoReply)
                }
                Err(_) if self.stop.is_requested() => Some(TalkEnd::Interrupted),
                Err(error) => Some(TalkEnd::Broke(error)),
            };
            if end.is_some() {
                state.replies.finished(&mut lines);
            }
            let is_wrong = state.replies.are_wrong();
            drop(state);
            if !lines.is_empty() && !show(&lines, is_wrong) {
                return TalkEnd::OutputClosed;
            }
            lines.clear();
            if let Some(end) = end {
                return end;
            }
        }
    }

    /// How long the next `recv` may sleep.
    fn patience(&self, state: &State) -> Duration {
        if state.replies.differ() && state.replies.are_complete() {
            return QUIET;
        }
        let waited = state.waiting_since.map(|since| since.elapsed()).unwrap_or_default();
        // Zero would mean for ever.
        self.reply_timeout.saturating_sub(waited).max(Duration::from_millis(1))
    }

    fn why_ended(&self, state: &mut State) -> TalkEnd {
        match state.error.take() {
            _ if self.stop.is_requested() => TalkEnd::Interrupted,
            Some(error) => TalkEnd::Broke(error),
            None if state.left || (state.all_sent && state.replies.are_complete()) => TalkEnd::Complete,
            None => TalkEnd::ServerClosed { answered: state.replies.are_complete() },
        }
    }
}

/// The thread that sends.
struct Sender {
    socket: Arc<TcpStream>,
    link: Link,
    shared: Arc<Shared>,
    calls: Calls,
}

impl Sender {
    fn run(mut self, mut next: impl FnMut() -> io::Result<Option<Part>>) {
        let sent = self.send_all(&mut next).and_then(|()| {
            // Before the server can know it: its answer may come at once.
            self.shared.lock().all_sent = true;
            self.calls.shutdown_write(&self.socket, self.link)
        });
        match sent {
            Ok(()) => self.wait_for_the_end(),
            Err(error) => {
                self.shared.lock().error = Some(error);
                // The other thread may sleep in `recv`: let it see that this is over.
                self.calls.end_reading(&self.socket, self.link);
            }
        }
    }

    fn send_all(&mut self, next: &mut impl FnMut() -> io::Result<Option<Part>>) -> io::Result<()> {
        let mut is_empty = true;
        while let Some(Part { bytes, ends_message }) = next()? {
            is_empty &= bytes.is_empty();
            {
                let mut state = self.shared.lock();
                state.replies.sent(&bytes);
                // An empty message sends nothing, so nothing comes back, and nobody waits for it.
                if ends_message && !std::mem::replace(&mut is_empty, true) {
                    state.replies.message_sent();
                }
                if !state.replies.are_complete() {
                    state.waiting_since.get_or_insert_with(Instant::now);
                }
            }
            let sent = self.send(&bytes);
            self.shared.lock().counts = self.calls.counts;
            sent?;
        }
        Ok(())
    }

    // ANCHOR: send
    fn send(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let count = self.calls.send(&self.socket, self.link, bytes)?;
            bytes = bytes.get(count..).unwrap_or_default();
        }
        Ok(())
    }
    // ANCHOR_END: send

    /// Everything is sent, and the server knows it. Once it has answered everything, it has a while to close; then we do.
    fn wait_for_the_end(&mut self) {
        let wait = self.shared.changed.wait_while(self.shared.lock(), |state| !state.replies.are_complete());
        drop(wait.unwrap_or_else(PoisonError::into_inner));
        thread::sleep(CLOSING_TIME);
        self.shared.lock().left = true;
        self.calls.end_reading(&self.socket, self.link);
    }
}
