//! A pseudo-terminal for a program, made by Python: for what it prints, or to run in, as at a keyboard.

use super::{Day30, python};

/// Runs a program whose stdout (with `both`, its stderr too, with `all` its stdin as well) is a terminal, and writes what it
/// shows there to stdout. A raw terminal changes no line end. It has TERMINAL_COLUMNS columns, if they are given.
const IN_PYTHON: &str = "
import fcntl, os, pty, struct, subprocess, sys, termios, threading, tty
master, slave = pty.openpty()
tty.setraw(slave)
columns = int(os.environ.get('TERMINAL_COLUMNS', 0))
if columns:
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))
streams = sys.argv[1]
child = subprocess.Popen(sys.argv[2:], stdout=slave, stderr=slave if streams != 'stdout' else None,
                         stdin=slave if streams == 'all' else None)
os.close(slave)
if streams == 'all':
    def forward():
        while typed := os.read(0, 65536):
            os.write(master, typed)
    threading.Thread(target=forward, daemon=True).start()
while True:
    try:
        shown = os.read(master, 65536)
    except OSError:
        break
    if not shown:
        break
    os.write(1, shown)
sys.exit(child.wait())
";

/// The program with a terminal for `stdout` alone, for `both` stdout and stderr, or for `all` three streams. Needs python3.
pub fn on_a_terminal(streams: &str) -> Day30 {
    let mut python = python();
    python.args(["-c", IN_PYTHON, streams, env!("CARGO_BIN_EXE_day30")]);
    Day30::of(python).env("TERM", "xterm")
}

/// Runs a program with a terminal for everything, which controls its session: as a shell's only job in the foreground.
const AT_A_KEYBOARD: &str = "
import os, pty, sys
child, screen = pty.fork()
if child == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
while True:
    try:
        shown = os.read(screen, 65536)
    except OSError:
        break
    if not shown:
        break
    os.write(1, shown)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
";

/// The program at a keyboard where nothing is typed; what its terminal shows comes on stdout. Needs python3.
pub fn at_a_keyboard() -> Day30 {
    let mut python = python();
    python.args(["-c", AT_A_KEYBOARD, env!("CARGO_BIN_EXE_day30")]);
    Day30::of(python).env("TERM", "xterm")
}
