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
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

/// Its thread does something.
const AWAKE: u8 = 0;
/// Its thread is in `recv`: everything that came was answered.
const ASLEEP: u8 = 1;
/// Goodbye was said while the thread slept.
const GOODBYE: u8 = 2;

/// A client's socket, whose thread may sleep in `recv`.
#[derive(Debug)]
pub(super) struct Sleeper {
    conn: TcpStream,
    /// Which connection it is, once it was let in.
    link: OnceLock<Link>,
    state: AtomicU8,
    has_sent_fin: AtomicBool,
    said_goodbye: AtomicBool,
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

    /// Says goodbye, if its thread sleeps. Who is awake notices by itself that the server is to stop.
    fn say_goodbye(&self, work: &mut Work<'_>) {
        let Some(link) = self.link.get().filter(|_| !self.has_sent_fin.load(Ordering::SeqCst)) else { return };
        if self.state.compare_exchange(ASLEEP, GOODBYE, Ordering::SeqCst, Ordering::SeqCst).is_ok() {
            self.said_goodbye.store(true, Ordering::SeqCst);
            // A connection that is broken by now wakes its thread by itself.
            let _ = work.calls.shutdown_write(self, *link);
            work.settle(*link, Ending::Stopped);
        }
    }

    /// Wakes its thread, if the client did not.
    fn wake(&self) {
        if self.state.load(Ordering::SeqCst) == GOODBYE {
            let _ = self.conn.shutdown(Shutdown::Read);
        }
    }
}

impl Socket for Sleeper {
    fn receive(&self, buffer: &mut [u8]) -> io::Result<usize> {
        self.state.store(ASLEEP, Ordering::SeqCst);
        let received = self.conn.receive(buffer);
        if self.state.swap(AWAKE, Ordering::SeqCst) == GOODBYE {
            // Whatever woke it comes after the goodbye, and is not listened to.
            return Err(io::ErrorKind::WouldBlock.into());
        }
        received
    }

    fn send(&self, bytes: &[u8]) -> io::Result<usize> {
        self.conn.send(bytes)
    }

    fn shutdown_write(&self) -> io::Result<()> {
        self.has_sent_fin.store(true, Ordering::SeqCst);
        self.conn.shutdown_write()
    }

    fn send_at_once(&self) -> io::Result<()> {
        self.conn.send_at_once()
    }

    fn local_address(&self) -> io::Result<SocketAddr> {
        self.conn.local_address()
    }

    fn said_goodbye(&self) -> bool {
        self.said_goodbye.load(Ordering::SeqCst)
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
            has_sent_fin: AtomicBool::new(false),
            said_goodbye: AtomicBool::new(false),
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

    /// Says goodbye to each that sleeps, and counts how it ended.
    pub(super) fn say_goodbye(&self, work: &mut Work<'_>) {
        self.each(|sleeper| sleeper.say_goodbye(work));
    }

    /// Wakes each that did not wake at the goodbye.
    pub(super) fn wake(&self) {
        self.each(Sleeper::wake);
    }

    fn each(&self, mut call: impl FnMut(&Sleeper)) {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().filter_map(Weak::upgrade).for_each(|sleeper| call(&sleeper));
    }
}
