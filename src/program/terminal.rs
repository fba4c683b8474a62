//! A terminal for a program that holds its output back where there is none.

use std::io;
use std::process::Command;

/// Gives the program a terminal to write on, whose other side is read here. It changes no line ends.
#[cfg(unix)]
pub(super) fn terminal(command: &mut Command) -> io::Result<std::fs::File> {
    use rustix::fs::{Mode, OFlags, open};
    use rustix::io::{FdFlags, fcntl_setfd};
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
    // Not in the call above: macOS does not know it there.
    fcntl_setfd(&ours, FdFlags::CLOEXEC)?;
    grantpt(&ours)?;
    unlockpt(&ours)?;
    let theirs = open(ptsname(&ours, Vec::new())?, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())?;
    let mut modes = tcgetattr(&theirs)?;
    modes.make_raw();
    tcsetattr(&theirs, OptionalActions::Now, &modes)?;
    command.stdout(std::process::Stdio::from(theirs));
    Ok(ours.into())
}

#[cfg(not(unix))]
pub(super) fn terminal(_: &mut Command) -> io::Result<std::fs::File> {
    Err(io::ErrorKind::Unsupported.into())
}
