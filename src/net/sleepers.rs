//! The clients whose threads sleep in `recv`, for a server that is to stop.
//!
//! Nothing portable wakes a thread that sleeps in `recv`, except what it waits for: a word from its client, or its client's
//! end. So the server says goodbye in the thread's place. It sends its own end (FIN); the client answers with its own, and
//! that wakes the thread. (Ending the *reading* would wake it at once. But then Linux resets the connection as soon as the
//! client says another word, with the last replies perhaps still on their way: that is kept for who does not answer.)

use super::socket::Socket;
use super::work::Work;
use crate::protocol::Ending;
use crate::trace::Link;
use std::io;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// Its thread does something.
const AWAKE: u8 = 0;
/// Its thread is in `recv`.
const ASLEEP: u8 = 1;
/// Goodbye is being said; who wakes now waits until that is done.
const SAYING: u8 = 2;
/// Goodbye was said. What comes now is not listened to.
const SAID: u8 = 3;

/// A client's socket, whose thread may sleep in `recv`.
#[derive(Debug)]
pub(super) struct Sleeper {
    conn: TcpStream,
    /// Which connection it is, once it was let in.
    link: OnceLock<Link>,
    state: AtomicU8,
    /// How often its thread went to sleep.
    naps: AtomicU64,
    /// The nap in which it was found asleep the last time.
    seen_in: AtomicU64,
    /// Its thread has ended the connection, and only waits for the client's end.
    has_sent_fin: AtomicBool,
    /// Another client is to have its place.
    evicted: AtomicBool,
    /// Its thread, which may be asleep elsewhere than in `recv`.
    thread: OnceLock<Thread>,
}

impl Sleeper {
    /// The socket itself, to set its timeouts.
    pub(super) fn conn(&self) -> &TcpStream {
        &self.conn
    }

    /// It was let in as `link`.
    pub(super) fn is(&self, link: Link) {
        // Only the first name counts, and there is only one.
        let _ = self.link.set(link);
    }

    /// The calling thread serves it.
    pub(super) fn is_served_here(&self) {
        // There is only one.
        let _ = self.thread.set(thread::current());
    }

    /// Whether its thread is to close it, to make room for a new client.
    pub(super) fn is_evicted(&self) -> bool {
        self.evicted.load(SeqCst)
    }

    /// Has its thread close it.
    fn evict(&self, link: Link, work: &mut Work<'_>) {
        self.evicted.store(true, SeqCst);
        work.calls.end_reading(&self.conn, link);
        self.thread.get().into_iter().for_each(Thread::unpark);
    }

    /// Says goodbye, if its thread sleeps. Who is awake notices by itself that the server is to stop.
    fn say_goodbye(&self, work: &mut Work<'_>) {
        let Some(link) = self.link.get() else { return };
        // Seen in `recv` is not yet asleep: it may be about to come back with something. So it is looked at twice, and
        // whether nothing waits to be received.
        let nap = self.naps.load(SeqCst);
        let is_asleep = self.state.load(SeqCst) == ASLEEP && self.seen_in.swap(nap, SeqCst) == nap;
        if !is_asleep || something_came(&self.conn) {
            return;
        }
        if self.state.compare_exchange(ASLEEP, SAYING, SeqCst, SeqCst).is_ok() {
            work.settle(*link, Ending::Stopped);
            // A connection that is broken by now wakes its thread by itself.
            let _ = work.calls.shutdown_write(self, *link);
            self.state.store(SAID, SeqCst);
        }
    }

    /// Wakes its thread, if the client did not.
    fn wake(&self) {
        if self.said_goodbye() {
            let _ = self.conn.shutdown(Shutdown::Read);
        }
    }
}

/// Whether a `recv` would not have to wait.
#[cfg(unix)]
fn something_came(conn: &TcpStream) -> bool {
    use rustix::net::{RecvFlags, recv};
    recv(conn, &mut [0], RecvFlags::PEEK | RecvFlags::DONTWAIT).is_ok()
}

/// Not known without waiting.
#[cfg(not(unix))]
fn something_came(_: &TcpStream) -> bool {
    false
}

impl Socket for Sleeper {
    fn receive(&self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.said_goodbye() || self.has_sent_fin.load(SeqCst) {
            return self.conn.receive(buffer);
        }
        self.naps.fetch_add(1, SeqCst);
        self.state.store(ASLEEP, SeqCst);
        let received = self.conn.receive(buffer);
        if self.state.compare_exchange(ASLEEP, AWAKE, SeqCst, SeqCst).is_ok() {
            // An end that was not the client's.
            let is_ours = self.is_evicted() && matches!(received, Ok(0));
            return if is_ours { Err(io::ErrorKind::WouldBlock.into()) } else { received };
        }
        while !self.said_goodbye() {
            thread::sleep(Duration::from_millis(1));
        }
        Err(io::ErrorKind::WouldBlock.into())
    }

    fn send(&self, bytes: &[u8]) -> io::Result<usize> {
        self.conn.send(bytes)
    }

    fn shutdown_write(&self) -> io::Result<()> {
        self.has_sent_fin.store(true, SeqCst);
        self.conn.shutdown_write()
    }

    fn send_at_once(&self) -> io::Result<()> {
        self.conn.send_at_once()
    }

    fn local_address(&self) -> io::Result<SocketAddr> {
        self.conn.local_address()
    }

    fn said_goodbye(&self) -> bool {
        self.state.load(SeqCst) == SAID
    }
}

/// All of them that are still there.
#[derive(Debug, Default)]
pub(super) struct Sleepers(Mutex<Vec<Weak<Sleeper>>>);

impl Sleepers {
    /// Remembers a new client, as long as it is there.
    pub(super) fn add(&self, conn: TcpStream) -> Arc<Sleeper> {
        let sleeper = Arc::new(Sleeper {
            conn,
            link: OnceLock::new(),
            state: AtomicU8::new(AWAKE),
            naps: AtomicU64::new(0),
            seen_in: AtomicU64::new(0),
            has_sent_fin: AtomicBool::new(false),
            evicted: AtomicBool::new(false),
            thread: OnceLock::new(),
        });
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() == all.capacity() {
            // Who has left is forgotten when the list would have to grow: so it is walked rarely, and stays short.
            all.retain(|sleeper| sleeper.strong_count() > 0);
            let there = all.len();
            // Without memory for it, a client is not said goodbye to: it ends with the server.
            if all.try_reserve(there + 1).is_err() {
                return sleeper;
            }
        }
        all.push(Arc::downgrade(&sleeper));
        sleeper
    }

    /// Has the client with this number closed by its own thread.
    pub(super) fn evict(&self, id: u64, work: &mut Work<'_>) {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it = |sleeper: &Arc<Sleeper>| sleeper.link.get().is_some_and(|link| link.id == id);
        let found = all.iter().filter_map(Weak::upgrade).find(is_it);
        drop(all);
        if let Some((sleeper, link)) = found.as_ref().and_then(|sleeper| Some((sleeper, sleeper.link.get()?))) {
            sleeper.evict(*link, work);
        }
    }

    /// Says goodbye to each that sleeps, and counts how it ended; not later than `until`. Who is seen asleep for the first
    /// time is only remembered.
    pub(super) fn say_goodbye(&self, work: &mut Work<'_>, until: Instant) {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let in_time = all.iter().take_while(|_| Instant::now() < until);
        in_time.filter_map(Weak::upgrade).for_each(|sleeper| sleeper.say_goodbye(work));
    }

    /// Wakes each that did not wake at the goodbye.
    pub(super) fn wake(&self) {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().filter_map(Weak::upgrade).for_each(|sleeper| sleeper.wake());
    }
}
