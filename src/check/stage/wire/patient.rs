//! A client that takes its time, longer than a server should wait for it.

use super::conn::{Came, Conn};
use super::{Context, LOOK_UP, broken};
use crate::check::stage::patience::Deadline;
use crate::check::verdict::Outcome;
use std::sync::{Arc, OnceLock, Weak};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Between two bytes: less than the patience that a server has with one `recv`.
const PAUSE: Duration = Duration::from_millis(1500);
/// The length that lesson 2's client announces. It does not get any further in the time that it has.
const BYTES: [u8; 4] = [0x20, 0, 0, 0];

/// How much such a client says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// Nothing.
    Silent,
    /// A byte now and then: a time limit for each `recv` begins anew with it.
    Drip,
}

/// Such a client. It has a thread of its own, and so its own time, whatever else is being waited for.
#[derive(Debug)]
pub(crate) struct Patient {
    pub(crate) pace: Pace,
    pub(crate) since: Instant,
    ended: Arc<OnceLock<Duration>>,
    /// Its thread, for as long as the other one is held.
    thread: Option<JoinHandle<Conn>>,
    here: Option<Arc<()>>,
}

impl Patient {
    /// Begins to take its time.
    pub(crate) fn of(conn: Conn, pace: Pace) -> Outcome<Self> {
        let (since, ended, here) = (Instant::now(), Arc::new(OnceLock::new()), Arc::new(()));
        let (is_here, told) = (Arc::downgrade(&here), Arc::clone(&ended));
        let thread = thread::Builder::new().name("patient".into());
        let thread = thread.spawn(move || wait(conn, pace, since, &is_here, &told));
        let thread = thread.map_err(|error| broken("a thread", &error))?;
        Ok(Self { pace, since, ended, thread: Some(thread), here: Some(here) })
    }

    /// After which time the server ended the connection, if it has.
    pub(crate) fn ended_after(&self) -> Option<Duration> {
        self.ended.get().copied()
    }

    /// Its connection, for somebody who goes on with it, in this story. `None` if its thread has failed.
    pub(crate) fn go_on(mut self, context: &Context) -> Option<Conn> {
        self.here = None;
        let mut conn = self.thread.take()?.join().ok()?;
        conn.context = context.clone();
        Some(conn)
    }
}

impl Drop for Patient {
    /// It has left when others go on.
    fn drop(&mut self) {
        self.here = None;
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// Reads, and says its next byte when it is time for it, until the server has had enough.
fn wait(mut conn: Conn, pace: Pace, since: Instant, is_here: &Weak<()>, ended: &OnceLock<Duration>) -> Conn {
    let mut bytes = BYTES.iter().take(if pace == Pace::Drip { BYTES.len() } else { 0 });
    let mut due = since + PAUSE;
    while is_here.strong_count() > 0 {
        // Exactly so long, since nothing is decided by it: to ask each time what time was lost takes more of that.
        match conn.receive(Deadline::exactly(LOOK_UP)) {
            Ok(Came::Nothing) => {}
            Ok(Came::Bytes) => conn.pending.clear(),
            Ok(Came::End | Came::Reset) => {
                let _ = ended.set(since.elapsed());
                return conn;
            }
            // Ctrl-C.
            Err(_) => return conn,
        }
        if Instant::now() >= due {
            due += PAUSE;
            // The server may have had enough by now, which is what is waited for.
            let _ = bytes.next().map(|byte| conn.send(&[*byte]));
        }
    }
    conn
}
