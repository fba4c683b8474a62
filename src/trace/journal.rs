//! A trace as a file: JSON Lines, documented here, version 2.
//!
//! `--record FILE` on any server or client writes it; other programs may read it. UTF-8, one JSON object a line, no other
//! line ends. Fields may be added without a new version; a reader passes over what it does not know. The file is
//! complete: a slow disk slows the server down instead of losing lines. Server and client each record their own side.
//!
//! # The first line
//!
//! | field | what |
//! |---|---|
//! | `format` | always `"day30-trace"` |
//! | `version` | `2`; what version 1 lacked is said below, and is read as not known |
//! | `day30` | the version of the program that wrote it |
//! | `command` | the subcommand, as `"nonblock-server"` |
//! | `role` | `"server"` or `"client"`; of a demo `"demo"`, of a tap `"tap"`, of a program that was watched `"watch"`, of `break` `"attack"` |
//! | `address` | the address listened on, or connected to, as it was asked for; of a program that was watched, its command |
//! | `io` | the I/O model, `"spin"`, `"poll"`, `"threads"`; a client's is `"blocking"`, that of a program that was watched `"watched"` |
//! | `started_unix_us` | when, in microseconds since 1970-01-01 UTC; every other time counts from here |
//! | `payload_cap` | how many bytes of a payload are kept, [`PAYLOAD_CAP`] |
//!
//! # Every other line: an event
//!
//! | field | what |
//! |---|---|
//! | `n` | the event's number, from 1, without a gap |
//! | `us` | microseconds since the start, on a clock that never steps back |
//! | `actor` | `"server"`, `"client"`, `"client A"` …, `"tap"`, which has two `conn` of one `id`: the client's and the server's |
//! | `conn` | `{"id", "local", "peer"}`, where it is about one connection: number, this side's address, the other's (not of a `connect` in version 1) |
//! | `process`, `thread` | who made it, where that is known: the process's id, a number for the thread (not in version 1) |
//! | `file`, `line` | where in its source the call stands, where that is known (not in version 1) |
//!
//! and then one of
//!
//! | fields | what |
//! |---|---|
//! | `call`, `ok` | a socket call that worked: its number of bytes or ready connections, its address, else `0` |
//! | `call`, `error`, `errno` | one that failed: Rust's `ErrorKind`, and the system's name for it (`"EAGAIN"`) |
//! | `data` | beside a `recv` or `send` that worked: the bytes in hex, the first `payload_cap` of them |
//! | `asked` | beside a `recv` or `send`: for how many bytes it had room, or how many it was given (not in version 1) |
//! | `took_us` | beside a `call`: how long it took, and so when it began, as `us` is when it was over; not of every call |
//! | `folded`, `span_us`, `cpu_us` | pairs of call and count: calls that said `WouldBlock`, over a time; `cpu_us` where known |
//! | `fact` and its own fields | what the protocol learned: see [`Fact`](crate::protocol::Fact), names in kebab-case |
//! | `seen` and its own fields | of a program that was watched, what it did beside these calls: see [`Seen`](crate::trace::Seen) |
//! | `delayed_us` | the connection waits that long before it is served: its address failed to prove itself too often |
//! | `check` | in the record of a judge (`day30 check --record`): the id of the check that begins; it has no `conn` |
//! | `lesson` | in the record of a demo: the name of the lesson that begins; it has no `conn`, and numbers of connections begin anew |
//! | `ended` | how the connection ended: see [`Ending`](crate::protocol::Ending) |
//!
//! The secret is never in it. Challenge and digest are, as they are on the wire: whoever has them can try secrets out at
//! home, so a record of lesson 2 is worth as much care as the network it was made on.

use super::Sink;
use super::encode::encode;
use crate::queue::{Queue, Reader};
use crate::words;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The header's `format`.
pub const FORMAT: &str = "day30-trace";
/// The header's `version`.
pub const VERSION: u32 = 2;
/// How many bytes of one payload a journal keeps.
pub const PAYLOAD_CAP: usize = 16 * 1024;

/// How many pieces of the file may wait for a slow disk, and how many bytes in them.
const QUEUE: usize = 1024;
const QUEUED_BYTES: usize = 2 * 1024 * 1024;
/// Lines wait in pieces of this size: whoever tells an event adds to the last one.
const CHUNK: usize = 64 * 1024;
/// So long other lines may gather behind those that were written.
const PAUSE: Duration = Duration::from_millis(5);

/// A journal's first line.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Header {
    /// Always [`FORMAT`].
    pub format: Cow<'static, str>,
    /// Always [`VERSION`].
    pub version: u32,
    /// The program's version.
    pub day30: Cow<'static, str>,
    /// The subcommand.
    pub command: Cow<'static, str>,
    /// `server`, `client`, `demo`, `tap` or `watch`.
    pub role: Cow<'static, str>,
    /// The address as it was asked for; of a program that was watched, its command.
    pub address: String,
    /// The I/O model.
    pub io: Cow<'static, str>,
    /// When, in microseconds since 1970-01-01 UTC.
    pub started_unix_us: u64,
    /// Always [`PAYLOAD_CAP`].
    pub payload_cap: usize,
}

impl Header {
    /// The header of a run that begins now.
    #[must_use]
    pub fn new(command: &'static str, role: &'static str, address: String, io: &'static str) -> Self {
        Self {
            format: FORMAT.into(),
            version: VERSION,
            day30: env!("CARGO_PKG_VERSION").into(),
            command: command.into(),
            role: role.into(),
            address,
            io: io.into(),
            started_unix_us: unix_micros(),
            payload_cap: PAYLOAD_CAP,
        }
    }
}

/// The time of day, in microseconds since 1970-01-01 UTC: for headers, which tell when something was. Everything else is
/// measured on a clock that never steps back.
#[must_use]
pub fn unix_micros() -> u64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_epoch.as_micros()).unwrap_or(u64::MAX)
}

/// A trace that is being written to a file, by a thread of its own.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    /// Lines for the file; an empty item is the end (a recorder may outlive the journal in a thread that is stuck).
    queue: Arc<Queue<Vec<u8>>>,
    writer: JoinHandle<io::Result<()>>,
}

impl Journal {
    /// Writes the header to this new file, and starts the thread. `path` is the file's name, for errors.
    ///
    /// # Errors
    ///
    /// What writing the header gave.
    pub fn start(mut file: File, path: &Path, header: &Header) -> io::Result<Self> {
        file.write_all(&[&*serde_json::to_vec(header)?, b"\n"].concat())?;
        let (queue, lines) = Queue::bounded(QUEUE, QUEUED_BYTES);
        let writer = thread::Builder::new().name("journal".into()).spawn(move || write_all(&lines, file))?;
        Ok(Self { path: path.to_owned(), queue, writer })
    }

    /// The sink for a recorder. It waits while the queue is full: a record is complete.
    #[must_use]
    pub fn sink(&self) -> Sink {
        let queue = Arc::clone(&self.queue);
        let mut line = Vec::new();
        // The line is written here, and not by the writer: to hand an event to another thread costs more. A writer that failed has
        // kept its error for `finish`; the run goes on without a record.
        Sink::new(move |event| {
            line.clear();
            encode(&event, &mut line).is_ok() && queue.append(&line, CHUNK)
        })
    }

    /// To be called when the run is to end: from then on nobody waits for long for a file that takes nothing, which a pipe
    /// may be.
    pub fn stop_waiting(&self) -> impl FnMut() + Send + 'static {
        let queue = Arc::clone(&self.queue);
        move || queue.stop()
    }

    /// Waits until everything that was told so far is in the file.
    ///
    /// # Errors
    ///
    /// What writing the file gave.
    pub fn finish(self) -> io::Result<()> {
        let _ = self.queue.send(Vec::new(), 0);
        if self.queue.wait_for_reader() {
            self.writer.join().unwrap_or_else(|_| Err(io::Error::other("the journal's thread panicked")))
        } else {
            let why = words!("nothing more could be written: the record is incomplete", "无法再写入，记录不完整");
            Err(io::Error::new(io::ErrorKind::TimedOut, why))
        }
    }

    /// The file, as it was named.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

fn write_all(lines: &Reader<Vec<u8>>, mut file: File) -> io::Result<()> {
    loop {
        let chunk = lines.receive();
        if chunk.is_empty() {
            return Ok(());
        }
        file.write_all(&chunk)?;
        if chunk.len() < CHUNK / 2 {
            // To be woken for each event costs a busy server more than the writing.
            thread::sleep(PAUSE);
        }
    }
}
