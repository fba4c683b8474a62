//! A server that takes part: which program it is, and how it is started, watched and ended.

use super::trouble::Trouble;
use crate::both;
use crate::net::ports::{free_port, somebody_listens};
use crate::program::how_it_ended;
use crate::program::{CommandLine, Hear, Launch, Running, Signal};
use crate::view::describe_io_error;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

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
    pub words: CommandLine,
    /// The port that is written into the program; else it gets a free one.
    pub port: Option<u16>,
}

/// A server that runs. Dropped, it is killed, with everything it started.
#[derive(Debug)]
pub(super) struct Started {
    /// Where it is to listen.
    pub(super) address: SocketAddr,
    program: Running,
    printed: Arc<Mutex<Vec<u8>>>,
}

impl Contender {
    /// Starts the program.
    pub(super) fn start(&self) -> Result<Started, Trouble> {
        let cannot = |error: &io::Error| Trouble::CannotStart { error: describe_io_error(error) };
        let port = self.port.map_or_else(free_port, Ok).map_err(|error| cannot(&error))?;
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        if self.port.is_some() && somebody_listens(address) {
            return Err(Trouble::CannotStart {
                error: both!("another program listens on port {port}", "另一个程序正在监听端口 {port}"),
            });
        }
        let words = self.words.fill(&[("port", &port.to_string()), ("addr", &address.to_string())]);
        let printed = Arc::new(Mutex::new(Vec::new()));
        let launch = Launch { words, ..Launch::default() };
        let program = launch.start(&keep_the_end_in(&printed)).map_err(|error| cannot(&error))?;
        Ok(Started { address, program, printed })
    }
}

impl Started {
    /// Its processes: the program, and what that started.
    pub(super) fn members(&self) -> Vec<i32> {
        self.program.members()
    }

    /// Whether it has ended, although nobody asked it to.
    pub(super) fn has_ended(&mut self) -> bool {
        self.program.ended().is_some()
    }

    /// Adds what is known of the server to what a client noticed.
    pub(super) fn explain(&mut self, trouble: Trouble) -> Trouble {
        if trouble == Trouble::Interrupted {
            return trouble;
        }
        // A server that dies resets its connections a moment before it is dead.
        let patience = if trouble.may_be_a_death() { LAST_WORDS } else { Duration::ZERO };
        let ended = self.program.wait(patience);
        // Its last words may still be in the pipe.
        if ended.is_some() {
            self.program.wait_for_last_words(LAST_WORDS);
        }
        let printed = self.last_line();
        match (trouble, ended) {
            (Trouble::NeverListened { .. }, status) => {
                Trouble::NeverListened { status: status.map(how_it_ended), printed }
            }
            (_, Some(status)) => Trouble::Died { status: how_it_ended(status), printed },
            (trouble, None) => trouble,
        }
    }

    /// Ends it: politely, then not.
    pub(super) fn stop(mut self) {
        self.program.signal(Signal::Terminate);
        self.program.wait(UNTIL_IT_ENDS);
    }

    /// The last line that it printed; of a Python program that died, that is the error.
    fn last_line(&self) -> String {
        let printed = self.printed.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(&printed);
        text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default().trim().to_owned()
    }
}

/// Keeps the end of what a server prints.
fn keep_the_end_in(kept: &Arc<Mutex<Vec<u8>>>) -> Hear {
    let kept = Arc::clone(kept);
    Arc::new(move |_, bytes| {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend_from_slice(bytes);
        let too_many = kept.len().saturating_sub(KEPT);
        kept.drain(..too_many);
    })
}
