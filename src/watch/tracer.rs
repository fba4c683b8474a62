//! Starts a program, waits for its stops, and sees it end.

use super::calls::Teller;
use super::family::Family;
use super::filter::{Asked, asked};
use super::inside::{NO_FILTER, NOT_TRACED, WORD};
use super::memory::Memory;
use super::passed::Passed;
use super::python::{SLOT, Slot};
use super::refused;
use super::registers::{given, made};
use crate::lang::Text;
use crate::program::{END_BY, is_for_an_interpreter, why_not_started};
use crate::trace::Recorder;
use nix::libc;
use nix::sys::ptrace::{self, Options};
use nix::sys::signal::Signal;
use nix::unistd::Pid;
use rustix::process::{WaitOptions, kill_process, wait, waitpid};
use std::ffi::OsString;
use std::fmt;
use std::io::{self, Read};
use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::thread;
use std::time::Duration;

/// What the terminal's own Ctrl-C needs at most to reach a program.
const ITS_OWN_WAY: Duration = Duration::from_millis(100);
/// Waits for threads too (`__WALL`).
const ALL: WaitOptions = WaitOptions::from_bits_retain(libc::__WALL.cast_unsigned());
/// A stop at a call's end, as `PTRACE_O_TRACESYSGOOD` marks it.
const AT_A_CALL: i32 = libc::SIGTRAP | 0x80;

/// How the program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// With this exit code.
    Code(u8),
    /// By this signal.
    Signal(u8),
}

/// Why a program is not watched.
#[derive(Debug)]
pub enum Unable {
    /// It cannot be started.
    NotStarted(Text),
    /// The system does not permit it.
    Refused(Text),
}

impl fmt::Display for Unable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotStarted(text) | Self::Refused(text) => text.fmt(f),
        }
    }
}

impl std::error::Error for Unable {}

/// The program, for whoever hears Ctrl-C. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Watched {
    process: Arc<AtomicI32>,
    is_interrupted: Arc<AtomicBool>,
    /// Whoever interrupts it, and not the program, wants that to end at once.
    kills: bool,
}

impl Watched {
    /// The same, where an interrupt ends the program at once.
    #[must_use]
    pub fn killed_by_interrupt(self, kills: bool) -> Self {
        Self { kills, ..self }
    }

    /// Hands Ctrl-C on to the program, unless it has come to it on its own way: a terminal sends it to both.
    pub fn interrupt(&self) {
        thread::sleep(ITS_OWN_WAY);
        let process = rustix::process::Pid::from_raw(self.process.load(Ordering::Acquire));
        if let Some(process) = process.filter(|_| !self.is_interrupted.load(Ordering::Acquire)) {
            use rustix::process::Signal;
            let _ = kill_process(process, if self.kills { Signal::KILL } else { Signal::INT });
        }
    }
}

/// Runs a program to its end, with everything that it starts, and tells its socket calls. `words` are its name and arguments, `env`
/// what its environment has beside ours. It is to be called by a thread that outlives the program.
///
/// # Errors
///
/// When the program cannot be started, or the system does not let it be watched.
pub fn watch(
    words: &[String],
    env: Vec<(&'static str, OsString)>,
    recorder: Recorder,
    watched: &Watched,
) -> Result<Ended, Unable> {
    let name = words.first().map_or("", String::as_str);
    let cannot = |error: io::Error| Unable::NotStarted(why_not_started(name, &error));
    if is_for_an_interpreter(name) {
        return Err(cannot(io::ErrorKind::PermissionDenied.into()));
    }
    let mut command = Command::new(std::env::current_exe().map_err(cannot)?);
    command.arg(WORD).arg(std::process::id().to_string()).args(words).envs(env).env_remove(END_BY);
    let mut child = command.spawn().map_err(cannot)?;
    let process = child.id().cast_signed();
    if let Err(error) = seize(process) {
        let why = refused::why(process, &error);
        end(&mut child);
        return Err(Unable::Refused(why));
    }
    watched.process.store(process, Ordering::Release);
    let (family, teller, passed) = (Family::default(), Teller::new(recorder), Passed::default());
    let ended = Tracer { process, family, teller, passed, has_begun: false, watched }.run();
    watched.process.store(0, Ordering::Release);
    ended.map_err(|errno| match errno {
        NOT_TRACED => Unable::Refused(refused::why(process, &io::Error::from_raw_os_error(libc::EPERM))),
        NO_FILTER => Unable::Refused(refused::no_filter()),
        errno => cannot(io::Error::from_raw_os_error(errno.into())),
    })
}

/// Whether a process runs a program of 32 bits (`elf(5)`, `EI_CLASS`).
fn is_of_32_bits(process: i32) -> bool {
    let mut begin = [0; 5];
    let program = std::fs::File::open(format!("/proc/{process}/exe"));
    program.and_then(|mut file| file.read_exact(&mut begin)).is_ok() && begin == *b"\x7fELF\x01"
}

fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

/// Begins to trace the wrapper, which has stopped itself.
fn seize(process: i32) -> io::Result<()> {
    let stopped = waitpid(rustix::process::Pid::from_raw(process), WaitOptions::UNTRACED)?;
    if !stopped.is_some_and(|(_, status)| status.stopped()) {
        return Err(io::Error::from_raw_os_error(libc::EPERM));
    }
    let options = Options::PTRACE_O_TRACESYSGOOD
        | Options::PTRACE_O_TRACECLONE
        | Options::PTRACE_O_TRACEFORK
        | Options::PTRACE_O_TRACEVFORK
        | Options::PTRACE_O_TRACEEXEC
        | Options::PTRACE_O_TRACESECCOMP
        | Options::PTRACE_O_EXITKILL;
    ptrace::seize(Pid::from_raw(process), options)?;
    nix::sys::signal::kill(Pid::from_raw(process), Signal::SIGCONT)?;
    Ok(())
}

struct Tracer<'w> {
    /// The program's first process.
    process: i32,
    family: Family,
    teller: Teller,
    passed: Passed,
    /// The wrapper has become the program.
    has_begun: bool,
    watched: &'w Watched,
}

impl Tracer<'_> {
    /// Until everybody has ended. The error is that of the wrapper, which could not become the program.
    fn run(mut self) -> Result<Ended, u8> {
        let mut ended = None;
        loop {
            let (id, status) = match wait(ALL) {
                Ok(Some((id, status))) => (id.as_raw_pid(), status.as_raw()),
                Err(rustix::io::Errno::INTR) | Ok(None) => continue,
                // Nobody is left.
                Err(_) => break,
            };
            match (status & 0x7f, (status >> 8) & 0xff, status >> 16) {
                (0x7f, signal, event) => self.stopped(id, signal, event),
                (signal, code, _) => {
                    let number = |number: i32| u8::try_from(number).unwrap_or(u8::MAX);
                    let end = if signal == 0 { Ended::Code(number(code)) } else { Ended::Signal(number(signal)) };
                    self.gone(id, end);
                    ended = if id == self.process { Some(end) } else { ended };
                }
            }
        }
        self.teller.finish();
        match ended {
            Some(Ended::Code(errno)) if !self.has_begun => Err(errno),
            Some(ended) => Ok(ended),
            None => Err(NO_FILTER),
        }
    }

    /// A thread has ended, and perhaps its process with it.
    fn gone(&mut self, id: i32, end: Ended) {
        // Whoever was not seen so far is of no concern any more.
        if let Some((thread, sockets)) = self.family.known(id) {
            self.teller.cut(Pid::from_raw(id), thread, sockets);
        }
        self.passed.gone(id);
        let (is_last, had_sockets) = self.family.gone(id);
        if self.has_begun && (id == self.process || (is_last && had_sockets)) {
            let (code, signal) = match end {
                Ended::Code(code) => (Some(code), None),
                Ended::Signal(signal) => (None, Some(signal)),
            };
            self.teller.exits(id, code, signal);
        }
    }

    /// A thread makes another one, or a process. What its parent has open is what that has, now, while the parent stands still.
    fn begets(&mut self, id: Pid, event: i32) {
        let Ok(child) = ptrace::getevent(id) else { return };
        if let Some((thread, sockets)) = self.family.thread(id.as_raw()).filter(|_| event == libc::PTRACE_EVENT_FORK) {
            self.teller.forks(u32::try_from(child).unwrap_or_default(), thread, sockets);
        }
        let _ = i32::try_from(child).ok().and_then(|child| self.family.thread(child));
    }

    /// A thread stands still: for what, and on with it. Whoever is killed meanwhile is gone, and so is every answer about it.
    fn stopped(&mut self, id: i32, signal: i32, event: i32) {
        let thread = Pid::from_raw(id);
        match (event, signal) {
            (libc::PTRACE_EVENT_SECCOMP, _) if self.begins(thread) => _ = ptrace::syscall(thread, None),
            (0, AT_A_CALL) => {
                self.ends(thread);
                let _ = ptrace::cont(thread, None);
            }
            (0, signal) => {
                if signal == libc::SIGINT && id == self.process {
                    self.watched.is_interrupted.store(true, Ordering::Release);
                }
                let _ = ptrace::cont(thread, Signal::try_from(signal).ok());
            }
            (libc::PTRACE_EVENT_EXEC, _) => {
                self.has_begun |= id == self.process;
                self.family.replaced(id);
                self.passed.gone(id);
                if self.has_begun && is_of_32_bits(id) {
                    self.teller.is_of_another_processor(id);
                }
                let _ = ptrace::cont(thread, None);
            }
            (libc::PTRACE_EVENT_FORK | libc::PTRACE_EVENT_VFORK | libc::PTRACE_EVENT_CLONE, _) => {
                self.begets(thread, event);
                let _ = ptrace::cont(thread, None);
            }
            _ => {
                let _ = self.family.thread(id);
                let _ = ptrace::cont(thread, None);
            }
        }
    }

    /// A thread is about to make a call: whether its end is waited for.
    fn begins(&mut self, id: Pid) -> bool {
        let (Ok(call), Some((thread, sockets))) = (made(id), self.family.thread(id.as_raw())) else { return false };
        let Some(asked) = asked(call.number) else { return false };
        let [first, second, ..] = call.arguments;
        let path = match asked {
            Asked::Readlink => first,
            Asked::ReadlinkAt => second,
            _ => {
                return self.teller.begins(asked, call.arguments, (id, thread), sockets)
                    || self.passed.begins(asked, call.arguments, (id, thread), sockets, &mut self.teller);
            }
        };
        if let Some(slot) = Memory(id).text_after(SLOT, path).as_deref().and_then(Slot::told) {
            thread.slot = Some(slot);
        }
        false
    }

    fn ends(&mut self, id: Pid) {
        let Ok(given) = given(id) else { return };
        if let Some((thread, sockets)) = self.family.thread(id.as_raw()) {
            self.teller.ends(id, given, thread, sockets);
        }
        self.passed.ends(id, given, &mut self.family, &mut self.teller);
    }
}
