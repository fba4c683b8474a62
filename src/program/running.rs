//! A program that runs: in a process group of its own, with what it prints handed on as it comes.

use super::signal::{END_BY, KILL, Signal, interrupt_alone};
use super::spawn::spawn;
use super::terminal::terminal;
#[cfg(not(windows))]
use super::usage::members;
use std::io::{self, Read};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

/// How often is looked whether a program has ended.
const LOOK_EVERY: Duration = Duration::from_millis(1);
/// How long a program that was killed may take to be gone.
const GONE: Duration = Duration::from_secs(2);

/// Where a program printed something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// Its results.
    Stdout,
    /// Its complaints.
    Stderr,
}

/// How a program is started.
#[derive(Debug, Default)]
pub(crate) struct Launch {
    /// The program and its arguments, everything filled in.
    pub(crate) words: Vec<String>,
    /// What its environment has beside ours.
    pub(crate) env: Vec<(&'static str, String)>,
    /// What of our environment it does not get.
    pub(crate) without_env: &'static [&'static str],
    /// Whether it gets something to read; else its stdin ends at once.
    pub(crate) has_stdin: bool,
    /// Whether its stdout is a terminal: a program's output is not held back there until there is more of it.
    pub(crate) on_terminal: bool,
    /// Whether it is `day30 watch`, which ends its program, and writes what it has seen, when it is interrupted alone.
    pub(crate) is_watched: bool,
}

/// A program that runs. Dropped, it is killed, with everything it started that did not leave its process group.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    /// Shared with the threads that read its output.
    reading: Arc<()>,
    status: Option<ExitStatus>,
    is_watched: bool,
    #[cfg(windows)]
    job: Option<super::job::Job>,
}

/// Hears what a program prints, piece by piece, in threads of their own.
pub(crate) type Hear = Arc<dyn Fn(Said, &[u8]) + Send + Sync>;

impl Launch {
    /// Starts the program.
    ///
    /// # Errors
    ///
    /// What the system said: no such file, no right to run it, no more processes.
    pub(crate) fn start(self, hear: &Hear) -> io::Result<Running> {
        let mut words = self.words.into_iter();
        let mut command = Command::new(words.next().unwrap_or_default());
        command.args(words).envs(self.env);
        if self.is_watched {
            command.env(END_BY, KILL);
        }
        self.without_env.iter().for_each(|name| _ = command.env_remove(name));
        command.stdin(if self.has_stdin { Stdio::piped() } else { Stdio::null() });
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        super::user::apply(&mut command);
        let screen = if self.on_terminal { Some(terminal(&mut command)?) } else { None };
        #[cfg(unix)]
        super::guard::start();
        let mut child = spawn(command)?;
        #[cfg(unix)]
        super::guard::watch(child.id());
        #[cfg(windows)]
        let job = super::job::Job::of(&child);
        let reading = Arc::new(());
        screen.into_iter().for_each(|screen| hand_on(screen, Said::Stdout, hear, &reading));
        child.stdout.take().into_iter().for_each(|pipe| hand_on(pipe, Said::Stdout, hear, &reading));
        child.stderr.take().into_iter().for_each(|pipe| hand_on(pipe, Said::Stderr, hear, &reading));
        Ok(Running {
            child,
            reading,
            status: None,
            is_watched: self.is_watched,
            #[cfg(windows)]
            job,
        })
    }
}

impl Running {
    /// Its processes: the program, and what that started.
    #[cfg(not(windows))]
    pub(crate) fn members(&self) -> Vec<i32> {
        members(self.child.id())
    }

    /// Its processes: the program, and what that started.
    #[cfg(windows)]
    pub(crate) fn members(&self) -> Vec<i32> {
        self.job.as_ref().map(super::job::Job::members).unwrap_or_default()
    }

    /// The program's own process.
    pub(crate) fn pid(&self) -> i32 {
        self.child.id().cast_signed()
    }

    /// What it reads, if it was started so. Dropped, it ends there.
    pub(crate) fn take_stdin(&mut self) -> Option<ChildStdin> {
        self.child.stdin.take()
    }

    /// How it ended, if it did. What it left behind in its group is ended with it.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        if self.status.is_none() && self.has_exited() {
            // Before it is reaped: afterwards its number could be somebody else's.
            self.signal(Signal::Kill);
            self.status = self.child.wait().ok();
            #[cfg(unix)]
            super::guard::forget(self.child.id());
        }
        self.status
    }

    /// Waits until it ends, for as long as `patience` lasts.
    pub(crate) fn wait(&mut self, patience: Duration) -> Option<ExitStatus> {
        let began = Instant::now();
        loop {
            let ended = self.ended();
            if ended.is_some() || began.elapsed() >= patience {
                return ended;
            }
            thread::sleep(LOOK_EVERY);
        }
    }

    /// Waits until everything that it printed was handed on. Of a program that goes on that is never so.
    pub(crate) fn wait_for_last_words(&self, patience: Duration) -> bool {
        let began = Instant::now();
        while Arc::strong_count(&self.reading) > 1 {
            if began.elapsed() >= patience {
                return false;
            }
            thread::sleep(LOOK_EVERY);
        }
        true
    }

    /// Sends a signal to the whole group. Where there are no signals, the program can only be killed.
    #[cfg(unix)]
    pub(crate) fn signal(&mut self, signal: Signal) {
        use super::usage::descendants;
        use rustix::process::{Pid, kill_process, kill_process_group};
        // Whoever has left the group is found through its parent, as long as that is there.
        let elsewhere = if signal == Signal::Kill { descendants(self.child.id(), &[]) } else { Vec::new() };
        let group = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        if let Some(group) = group.filter(|_| self.status.is_none()) {
            // No such process: all of it has ended.
            let _ = kill_process_group(group, signal.into());
            elsewhere.into_iter().filter_map(Pid::from_raw).for_each(|member| _ = kill_process(member, signal.into()));
        }
    }

    /// Sends a signal to the whole group. Where there are no signals, the program can only be killed.
    #[cfg(not(unix))]
    pub(crate) fn signal(&mut self, signal: Signal) {
        if !matches!(signal, Signal::Stop | Signal::Continue) {
            let _ = self.child.kill();
            // The end of a job is the end of all that is in it.
            #[cfg(windows)]
            drop(self.job.take());
        }
    }

    /// Ends it, without asking it, and waits until it is gone. One that we may not end (it is another user's now) is left.
    pub(crate) fn kill(&mut self) {
        if self.ended().is_none() {
            if self.is_watched {
                interrupt_alone(self.pid());
                self.wait(GONE);
            }
            self.signal(Signal::Kill);
            // Also where it has left its group, and the system does not tell whose child it is.
            let _ = self.child.kill();
            self.wait(GONE);
        }
    }

    /// Whether the program has ended, without reaping it.
    #[cfg(unix)]
    fn has_exited(&mut self) -> bool {
        use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
        let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) else { return true };
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        // An error would mean that there is no such child any more.
        !matches!(waitid(WaitId::Pid(pid), options), Ok(None))
    }

    #[cfg(not(unix))]
    fn has_exited(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Reads what a program prints, so that it never waits for a reader.
fn hand_on(mut pipe: impl Read + Send + 'static, said: Said, hear: &Hear, reading: &Arc<()>) {
    let (hear, reading) = (Arc::clone(hear), Arc::clone(reading));
    let read = move || {
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = pipe.read(&mut buffer) {
            hear(said, buffer.get(..count).unwrap_or_default());
        }
        drop(reading);
    };
    // Without a thread, the pipe is closed, and what is printed is lost.
    let _ = thread::Builder::new().name("program's output".into()).spawn(read);
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
