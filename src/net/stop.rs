//! How a run is stopped: Ctrl-C sets a flag, and wakes whoever sleeps in a call.

use std::fmt;
use std::io;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The exit code of a program that Ctrl-C ended: 128 and the number of SIGINT.
pub const INTERRUPTED: i32 = 130;

type Hook = Box<dyn FnMut() + Send>;

/// A request to stop, shared by everybody who may make it or must obey it.
#[derive(Default)]
pub struct Stop {
    requested: AtomicBool,
    hooks: Mutex<Vec<Hook>>,
}

impl Stop {
    /// Whether the run is to stop.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        self.requested.load(Ordering::Acquire)
    }

    /// Asks to stop. The answer is whether this was the first time.
    pub fn request(&self) -> bool {
        let first = !self.requested.swap(true, Ordering::AcqRel);
        if first {
            self.hooks().iter_mut().for_each(|hook| hook());
        }
        first
    }

    /// Calls `hook` when the run is to stop: it wakes a thread that sleeps in a socket call. At once, if it already is.
    pub fn on_request(&self, mut hook: impl FnMut() + Send + 'static) {
        let mut hooks = self.hooks();
        if self.is_requested() {
            hook();
        }
        hooks.push(Box::new(hook));
    }

    fn hooks(&self) -> std::sync::MutexGuard<'_, Vec<Hook>> {
        self.hooks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stop").field("requested", &self.requested).finish_non_exhaustive()
    }
}

/// Ctrl-C (SIGINT, SIGTERM, the console's close on Windows) requests the stop; the second one ends the process at once.
///
/// # Errors
///
/// When the operating system does not take the handler.
pub fn stop_on_ctrl_c(stop: &Arc<Stop>) -> io::Result<()> {
    let stop = Arc::clone(stop);
    ctrlc::set_handler(move || {
        if !stop.request() {
            process::exit(INTERRUPTED);
        }
    })
    .map_err(io::Error::other)
}
