//! A server that takes part: which program it is, and how it is started, watched and ended.

use super::load::{free_port, somebody_listens};
use super::process::members;
use super::trouble::Trouble;
use std::io::{self, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How much of what a server printed is kept: its end.
const KEPT: usize = 2048;
/// How long a server is given to die, and to say why.
const LAST_WORDS: Duration = Duration::from_millis(300);
/// How long a server may take to end when it is asked to.
const UNTIL_IT_ENDS: Duration = Duration::from_secs(1);

/// A server that takes part in the race.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contender {
    /// What it is called in the results.
    pub name: String,
    /// Its program and arguments, with `{port}` or `{addr}` where they belong.
    pub words: Vec<String>,
    /// The port that is written into the program; else it gets a free one.
    pub port: Option<u16>,
}

/// A server that runs, with a process group of its own. Dropped, it is killed, with everything it started.
#[derive(Debug)]
pub(super) struct Started {
    /// Where it is to listen.
    pub(super) address: SocketAddr,
    child: Child,
    printed: Arc<Mutex<Vec<u8>>>,
}

impl Contender {
    /// Starts the program.
    pub(super) fn start(&self) -> Result<Started, Trouble> {
        let cannot = |error: &io::Error| Trouble::CannotStart { error: error.to_string() };
        let port = self.port.map_or_else(free_port, Ok).map_err(|error| cannot(&error))?;
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        if self.port.is_some() && somebody_listens(address) {
            return Err(Trouble::CannotStart { error: format!("another program listens on port {port}") });
        }
        let fill = |word: &String| word.replace("{port}", &port.to_string()).replace("{addr}", &address.to_string());
        let mut words = self.words.iter().map(fill);
        let mut command = Command::new(words.next().unwrap_or_default());
        command.args(words).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // A group of its own: so that what it starts is measured and ended with it.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn().map_err(|error| cannot(&error))?;
        let printed = Arc::new(Mutex::new(Vec::new()));
        child.stdout.take().into_iter().for_each(|pipe| keep_the_end_of(pipe, &printed));
        child.stderr.take().into_iter().for_each(|pipe| keep_the_end_of(pipe, &printed));
        Ok(Started { address, child, printed })
    }
}

impl Started {
    /// Its processes: the program, and what that started.
    pub(super) fn members(&self) -> Vec<i32> {
        members(self.child.id())
    }

    /// Whether it has ended, although nobody asked it to.
    pub(super) fn has_ended(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)))
    }

    /// Adds what is known of the server to what a client noticed.
    pub(super) fn explain(&mut self, trouble: Trouble) -> Trouble {
        if trouble == Trouble::Interrupted {
            return trouble;
        }
        // A server that dies resets its connections a moment before it is dead.
        let began = Instant::now();
        while trouble.may_be_a_death() && !self.has_ended() && began.elapsed() < LAST_WORDS {
            thread::sleep(Duration::from_millis(5));
        }
        let ended = self.child.try_wait();
        // Its last words may still be in the pipe.
        while matches!(ended, Ok(Some(_))) && Arc::strong_count(&self.printed) > 1 && began.elapsed() < LAST_WORDS {
            thread::sleep(Duration::from_millis(1));
        }
        let printed = self.last_line();
        match (trouble, ended) {
            (Trouble::NeverListened { .. }, Ok(Some(status))) => {
                let parts = [status.to_string(), printed];
                Trouble::NeverListened { printed: parts.join(": ").trim_end_matches(": ").to_owned() }
            }
            (Trouble::NeverListened { .. }, _) => Trouble::NeverListened { printed },
            (_, Ok(Some(status))) => Trouble::Died { status: status.to_string(), printed },
            (trouble, _) => trouble,
        }
    }

    /// Ends it: politely, then not.
    pub(super) fn stop(mut self) {
        self.signal(false);
        let began = Instant::now();
        while !self.has_ended() && began.elapsed() < UNTIL_IT_ENDS {
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// The last line that it printed; of a Python program that died, that is the error.
    fn last_line(&self) -> String {
        let printed = self.printed.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(&printed);
        text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default().trim().to_owned()
    }

    #[cfg(unix)]
    fn signal(&mut self, kill: bool) {
        use rustix::process::{Pid, Signal, kill_process_group};
        let signal = if kill { Signal::KILL } else { Signal::TERM };
        if let Some(group) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            // No such process: it has ended already.
            let _ = kill_process_group(group, signal);
        }
    }

    #[cfg(not(unix))]
    fn signal(&mut self, _: bool) {
        let _ = self.child.kill();
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        self.signal(true);
        let _ = self.child.wait();
    }
}

/// Reads what a server prints, so that it never waits for a reader, and keeps the end.
fn keep_the_end_of(mut pipe: impl Read + Send + 'static, kept: &Arc<Mutex<Vec<u8>>>) {
    let kept = Arc::clone(kept);
    let read = move || {
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = pipe.read(&mut buffer) {
            let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.extend_from_slice(buffer.get(..count).unwrap_or_default());
            let too_many = kept.len().saturating_sub(KEPT);
            kept.drain(..too_many);
        }
    };
    // Without a thread, the pipe is closed, and what is printed is lost.
    let _ = thread::Builder::new().name("server's output".into()).spawn(read);
}
