//! Another process of day30, which does a part of the work. Whatever it has started ends with it, also if it was killed, or we are.

use std::io;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How often is looked whether it has ended.
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// How long it may take to end when it was asked to, and its programs when they were killed.
const PATIENCE: Duration = Duration::from_secs(3);

/// The process. Dropped, it is ended.
#[derive(Debug)]
pub(crate) struct Worker {
    child: Child,
    is_over: bool,
}

impl Worker {
    /// Starts it, with pipes for stdin and stdout.
    ///
    /// # Errors
    ///
    /// What the system said.
    pub(crate) fn start(mut command: Command) -> io::Result<(Self, Option<ChildStdin>, Option<ChildStdout>)> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        // Our Ctrl-C is not its own: we end it, in order.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        #[cfg(unix)]
        super::guard::start();
        let mut child = command.spawn()?;
        #[cfg(unix)]
        super::guard::watch(child.id());
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        Ok((Self { child, is_over: false }, stdin, stdout))
    }

    /// Its number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it ends, for it was asked to; and ends it if it does not.
    pub(crate) fn end(&mut self) {
        let began = Instant::now();
        while !self.is_over && began.elapsed() < PATIENCE {
            match self.child.try_wait() {
                Ok(None) => thread::sleep(LOOK_EVERY),
                _ => self.was_reaped(),
            }
        }
        if !self.is_over {
            self.kill();
        }
    }

    fn was_reaped(&mut self) {
        self.is_over = true;
        #[cfg(unix)]
        super::guard::forget(self.child.id());
    }

    /// First what it has started, as long as it is there to tell whose that is.
    fn kill(&mut self) {
        #[cfg(unix)]
        kill_descendants(self.child.id());
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.was_reaped();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        if !self.is_over {
            self.kill();
        }
    }
}

#[cfg(unix)]
fn kill_descendants(parent: u32) {
    use rustix::process::{Pid, Signal, kill_process};
    let began = Instant::now();
    loop {
        let all = super::usage::descendants(parent, &[]);
        all.iter().filter_map(|pid| Pid::from_raw(*pid)).for_each(|pid| _ = kill_process(pid, Signal::KILL));
        // One that has ended stays in the list until its parent, which may hang, has asked for it.
        if all.iter().all(|pid| has_ended(*pid)) || began.elapsed() > PATIENCE {
            return;
        }
        thread::sleep(LOOK_EVERY);
    }
}

#[cfg(unix)]
fn has_ended(pid: i32) -> bool {
    // Empty for one that is over, and not asked for yet.
    std::fs::read(format!("/proc/{pid}/cmdline")).map_or(true, |words| words.is_empty())
}
