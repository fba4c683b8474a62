//! The wrapper that becomes the program: it waits until it is traced, installs the filter, and is replaced.

use super::filter;
use rustix::process::{Pid, Signal, getpid, getppid, kill_process, set_parent_process_death_signal};
use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

/// The word that makes this wrapper of the program `day30`; behind it stand the number of who starts it, and the program's words.
pub const WORD: &str = "__watched";
/// How the wrapper ends where nobody traces it when it goes on, or somebody else.
pub(super) const NOT_TRACED: u8 = 254;
/// How the wrapper ends where the system takes no filter. Any other way of its own is the number of the error.
pub(super) const NO_FILTER: u8 = 255;

/// Becomes the program. It comes back only where that cannot be started, with the error's number.
#[must_use]
pub fn stand(words: &[OsString]) -> ExitCode {
    let Some(([tracer, name], arguments)) = words.split_first_chunk() else { return ExitCode::from(NO_FILTER) };
    // Until it is traced, nothing else ends it when day30 is killed.
    let _ = set_parent_process_death_signal(Some(Signal::KILL));
    let parent = getppid().map(Pid::as_raw_pid);
    if tracer.to_str().and_then(|number| number.parse().ok()) != parent {
        return ExitCode::from(NO_FILTER);
    }
    let _ = kill_process(getpid(), Signal::STOP);
    // Somebody else who traces it can have let it go on.
    if tracer_of("self") != parent {
        return ExitCode::from(NOT_TRACED);
    }
    let _ = set_parent_process_death_signal(None);
    if !filter::install() {
        return ExitCode::from(NO_FILTER);
    }
    let error = Command::new(name).args(arguments).exec();
    ExitCode::from(error.raw_os_error().and_then(|errno| u8::try_from(errno).ok()).unwrap_or(NO_FILTER))
}

/// Who traces a process (`proc_pid_status(5)`).
pub(super) fn tracer_of(process: &str) -> Option<i32> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let tracer = status.lines().find_map(|line| line.strip_prefix("TracerPid:"))?;
    tracer.trim().parse().ok().filter(|tracer| *tracer != 0)
}
