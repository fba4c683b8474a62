//! How a program becomes a process that is apart from ours, so that our Ctrl-C is not its own.

use std::io;
use std::process::{Child, Command};

/// Starts it as the leader of a session, and so of a process group: what it starts is measured and ended with it, and our Ctrl-C
/// is not its own. A group alone would be a background job of our terminal, which stops (SIGTTIN, SIGTTOU) where it reads a
/// password from `/dev/tty`, or turns on job control: judged at a terminal, a program would do other things than without one.
#[cfg(unix)]
pub(super) fn spawn(command: Command) -> io::Result<Child> {
    use process_wrap::std::{CommandWrap, ProcessSession};
    use std::any::Any;
    let child: Box<dyn Any> = CommandWrap::from(command).wrap(ProcessSession).spawn()?.into_inner();
    child.downcast().map(|child| *child).map_err(|_| io::ErrorKind::Unsupported.into())
}

/// Starts it as the first of a process group of the console's, so that our Ctrl-C is not its own; [`super::job`] holds what it starts.
///
/// Source: `CreateProcess`, process creation flags.
#[cfg(windows)]
pub(super) fn spawn(mut command: Command) -> io::Result<Child> {
    use std::os::windows::process::CommandExt;
    const CREATE_NEW_PROCESS_GROUP: u32 = 0x200;
    super::job::hold_all();
    command.creation_flags(CREATE_NEW_PROCESS_GROUP).spawn()
}

#[cfg(not(any(unix, windows)))]
pub(super) fn spawn(mut command: Command) -> io::Result<Child> {
    command.spawn()
}
