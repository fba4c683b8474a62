//! Signals to a program that was started.

/// What a program is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    /// To end, as Ctrl-C does it.
    Interrupt,
    /// To end, as `kill` does it.
    Terminate,
    /// To end, without being asked.
    Kill,
    /// To stand still (SIGSTOP), where there are signals.
    Stop,
    /// To go on (SIGCONT).
    Continue,
}

#[cfg(unix)]
impl From<Signal> for rustix::process::Signal {
    fn from(signal: Signal) -> Self {
        match signal {
            Signal::Interrupt => Self::INT,
            Signal::Terminate => Self::TERM,
            Signal::Kill => Self::KILL,
            Signal::Stop => Self::STOP,
            Signal::Continue => Self::CONT,
        }
    }
}

/// What tells `day30 watch` to kill its program when it is interrupted, and the program is not: whoever watches it wants to end it.
pub const END_BY: &str = "DAY30_WATCH_END";
/// The value that does.
pub const KILL: &str = "kill";

/// Interrupts this process, and nobody else of its group.
#[cfg(unix)]
pub(super) fn interrupt_alone(pid: i32) {
    use rustix::process::{Pid, kill_process};
    // No such process: it has ended.
    Pid::from_raw(pid).into_iter().for_each(|pid| _ = kill_process(pid, Signal::Interrupt.into()));
}

/// Where there are no signals, it is left alone.
#[cfg(not(unix))]
pub(super) fn interrupt_alone(_: i32) {}
