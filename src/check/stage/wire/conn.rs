//! One connection to the program that is judged: what is sent, what must come back, and how it ends.

use super::{Context, LOOK_UP, REPLY, broken};
use crate::both;
use crate::check::stage::patience::Deadline;
use crate::check::verdict::step::Who;
use crate::check::verdict::{Halt, Outcome};
use crate::net::calls::Calls;
use crate::net::socket::would_block;
use crate::net::table::{self, Row, State};
use crate::trace::Link;
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// How many bytes one `recv` of the judge brings.
pub(super) const BUFFER: usize = 64 * 1024;
/// How much is kept of what came, and was not asked for: more than any check sends.
const KEPT: usize = 32 << 20;
/// How long a program may take until it has read a piece.
const UNTIL_READ: Duration = Duration::from_secs(1);
/// Where the system does not tell whether a piece was read, this long after it the next one is sent.
const PACE: Duration = Duration::from_millis(100);

/// One end of a connection, played by the judge.
#[derive(Debug)]
pub(crate) struct Conn {
    pub(crate) who: Who,
    pub(super) socket: Option<TcpStream>,
    pub(super) link: Link,
    pub(super) calls: Calls,
    pub(super) context: Context,
    /// What came, and was not asked for yet.
    pub(super) pending: Vec<u8>,
    /// How the program ended it, if it did.
    pub(super) ended: Option<Came>,
    /// Since when the judge sends no more, if it has said so.
    pub(super) fin_sent: Option<Instant>,
    /// What the judge has said, as long as that is little.
    pub(crate) said: Vec<u8>,
    /// When bytes went last, in either direction.
    pub(super) moved: Instant,
    /// The longest time in which nothing went before the judge spoke.
    pub(super) silence: Duration,
    /// Whether anything has ever come.
    pub(super) has_replied: bool,
}

/// What a while of waiting brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Came {
    /// Bytes.
    Bytes,
    /// The program's end of the conversation (a FIN).
    End,
    /// A reset (an RST), or another error.
    Reset,
    /// Nothing.
    Nothing,
}

/// Whether a program saw a piece on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// It answered, or the system says that it has read it.
    Alone,
    /// It may have seen it together with the next one.
    Perhaps,
}

impl Seen {
    /// Of two pieces: whether both were seen on their own.
    pub(crate) fn and(self, other: Self) -> Self {
        if self == Self::Alone { other } else { self }
    }

    /// That the piece, or each of several, was seen on its own; else nothing was shown by what followed.
    pub(crate) fn alone(self) -> Outcome {
        match self {
            Self::Alone => Ok(()),
            Self::Perhaps => Err(Halt::Unknown(both!(
                "the program did not read the pieces one by one, so it may have seen several as one",
                "程序没有逐段读取，可能把几段当成一段收到了"
            ))),
        }
    }
}

impl Conn {
    pub(super) fn new(who: Who, socket: TcpStream, link: Link, mut calls: Calls, context: Context) -> Self {
        // A wait that finds nothing only looked up.
        calls.naps = true;
        let (pending, said, moved, silence) = (Vec::new(), Vec::new(), Instant::now(), Duration::ZERO);
        let (socket, ended, fin_sent, has_replied) = (Some(socket), None, None, false);
        Self { who, socket, link, calls, context, pending, ended, fin_sent, said, moved, silence, has_replied }
    }

    /// Tells that whatever follows is done to find the cause of a failure.
    pub(crate) fn looks_for_the_cause(&self) {
        self.context.story.looks_for_the_cause();
    }

    /// Sends all of it, which a program must make possible by reading.
    pub(crate) fn send(&mut self, bytes: &[u8]) -> Outcome {
        if bytes.is_empty() {
            return Ok(());
        }
        self.begin_to_say(bytes);
        self.context.story.sent(self.who, bytes);
        let until = self.context.until(REPLY);
        let mut rest = bytes;
        while !rest.is_empty() {
            self.context.go_on()?;
            let Some(socket) = &self.socket else { return Err(closed_by_us()) };
            socket.set_write_timeout(Some(LOOK_UP)).map_err(|error| broken("setsockopt", &error))?;
            match self.calls.send(socket, self.link, rest) {
                Ok(count) => rest = rest.get(count..).unwrap_or_default(),
                Err(error) if would_block(&error) && !self.context.is_over(&until) => {}
                Err(error) if would_block(&error) => return Err(self.halt_unread(rest.len())),
                Err(_) => {
                    self.ended = Some(Came::Reset);
                    return Err(self.halt_ended(b""));
                }
            }
        }
        Ok(())
    }

    /// Sends a piece, and waits until the program has taken it away: only then does it see the next one on its own.
    pub(crate) fn send_piece(&mut self, bytes: &[u8]) -> Outcome<Seen> {
        self.send(bytes)?;
        self.wait_until_read(true)
    }

    /// The same for a program that may speak by itself: what it says is no answer to the piece.
    pub(crate) fn send_piece_to_a_talker(&mut self, bytes: &[u8]) -> Outcome<Seen> {
        self.send(bytes)?;
        self.wait_until_read(false)
    }

    fn wait_until_read(&mut self, bytes_tell: bool) -> Outcome<Seen> {
        let until = self.context.until(UNTIL_READ);
        let pace = Instant::now() + PACE;
        while !self.context.is_over(&until) {
            match self.receive(Deadline::exactly(Duration::from_millis(1)))? {
                Came::End | Came::Reset => return Ok(Seen::Alone),
                Came::Bytes if bytes_tell => return Ok(Seen::Alone),
                Came::Bytes => {}
                Came::Nothing => match self.has_been_read() {
                    Some(true) => return Ok(Seen::Alone),
                    // A program that answered everything else at once has surely read it by now.
                    None if Instant::now() >= pace => return Ok(Seen::Alone),
                    _ => {}
                },
            }
        }
        Ok(Seen::Perhaps)
    }

    /// Whatever comes until the end, or for as long as `patience` lasts.
    pub(crate) fn read_to_end(&mut self, patience: Duration) -> Outcome<(Vec<u8>, Came)> {
        let until = self.context.until(patience);
        loop {
            let came = self.receive(until)?;
            // A program may go on sending for ever.
            let is_over = came != Came::Bytes || self.context.is_over(&until);
            if is_over {
                let came = if came == Came::Bytes { Came::Nothing } else { came };
                return Ok((std::mem::take(&mut self.pending), came));
            }
        }
    }

    /// At least this many bytes, or what came until the end or for as long as `patience` lasts.
    pub(crate) fn read_some(&mut self, count: usize, patience: Duration) -> Outcome<(Vec<u8>, Came)> {
        let until = self.context.until(patience);
        let mut came = Came::Bytes;
        while self.pending.len() < count && came == Came::Bytes {
            came = self.receive(until)?;
        }
        Ok((std::mem::take(&mut self.pending), came))
    }

    /// At most this many bytes; what came beyond them is left for the next one who asks.
    pub(crate) fn read_at_most(&mut self, count: usize, patience: Duration) -> Outcome<Vec<u8>> {
        let (mut bytes, _) = self.read_some(count, patience)?;
        self.pending = bytes.split_off(count.min(bytes.len()));
        Ok(bytes)
    }

    /// How many bytes came that nobody has asked for yet.
    pub(crate) fn pending_len(&self) -> usize {
        self.pending.len()
    }

    /// What is there at this moment: bytes, an end, or nothing.
    pub(crate) fn receive_ready(&mut self) -> Outcome<Came> {
        self.receive(Deadline::exactly(Duration::ZERO))
    }

    /// Whether the program has ended the conversation.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended.is_some()
    }

    /// Whether something came that nobody has asked for yet.
    pub(crate) fn has_pending(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Receives once, and waits for it until then.
    pub(crate) fn receive(&mut self, until: Deadline) -> Outcome<Came> {
        let mut buffer = [0; 4096];
        let mut large = Vec::new();
        loop {
            self.context.go_on()?;
            if let Some(ended) = self.ended {
                return Ok(ended);
            }
            let Some(socket) = &self.socket else { return Err(closed_by_us()) };
            let left = self.context.left(&until).clamp(Duration::from_millis(1), LOOK_UP);
            socket.set_read_timeout(Some(left)).map_err(|error| broken("setsockopt", &error))?;
            if self.pending.len() > buffer.len() && large.is_empty() {
                large = vec![0; BUFFER];
            }
            let buffer = if large.is_empty() { &mut buffer[..] } else { &mut large };
            match self.calls.receive(socket, self.link, buffer) {
                Ok(0) => self.note_end(Came::End),
                Ok(count) => {
                    let bytes = buffer.get(..count).unwrap_or_default();
                    self.keep(bytes);
                    return Ok(Came::Bytes);
                }
                Err(error) if would_block(&error) && self.context.is_over(&until) => return Ok(Came::Nothing),
                Err(error) if would_block(&error) => {}
                Err(_) => self.note_end(Came::Reset),
            }
        }
    }

    /// Keeps what came, within bounds: a program may send without end.
    pub(super) fn keep(&mut self, bytes: &[u8]) {
        self.context.story.received(self.who, bytes);
        (self.moved, self.has_replied) = (Instant::now(), true);
        let room = KEPT.saturating_sub(self.pending.len());
        self.pending.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
    }

    pub(super) fn note_end(&mut self, came: Came) {
        self.ended = Some(came);
        let who = self.who;
        self.context.story.did(match came {
            Came::End => {
                both!("{who} hears that the program ends the connection (FIN)", "{who} 收到对方结束连接（FIN）")
            }
            _ => both!("{who} hears that the program reset the connection (RST)", "{who} 发现连接被对方重置（RST）"),
        });
    }

    /// Whether the program has read everything that was sent, as far as the system tells.
    pub(crate) fn has_been_read(&self) -> Option<bool> {
        let ours = table::connection(self.link.local, self.link.peer)?;
        let (unread, _) = self.in_its_buffers()?;
        (ours.state != State::Closed).then_some(ours.unsent == 0 && unread == 0)
    }

    /// How many bytes the program has not received, of those that arrived, and not sent, of those that it wants to send.
    pub(crate) fn in_its_buffers(&self) -> Option<(u64, u64)> {
        let theirs = self.of_the_program()?;
        (theirs.state != State::Closed).then_some((theirs.unread, theirs.unsent))
    }

    /// Whether the program holds its socket of this connection open, as far as the system tells.
    pub(crate) fn is_held(&self) -> Option<bool> {
        Some(self.of_the_program()?.inode != 0)
    }

    /// Whether the program has accepted the connection, as far as the system tells. One that is gone was accepted.
    pub(crate) fn was_accepted(&self) -> Option<bool> {
        let theirs = self.of_the_program()?;
        Some(theirs.inode != 0 || theirs.state == State::Closed)
    }

    /// The program's socket of this connection.
    fn of_the_program(&self) -> Option<Row> {
        table::connection(self.link.peer, self.link.local)
    }
}

/// The judge has left this connection: a mistake of ours, and no reason to end the program.
fn closed_by_us() -> Halt {
    Halt::Broken(both!("this connection was closed by day30 itself", "这个连接是 day30 自己关闭的"))
}
