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
