//! What every black-box test stands on: the program in a process of its own, and the other end of the wire.
//!
//! Nothing here sleeps to let something happen: a test waits for a line that the program prints, or for bytes.

#![allow(
    dead_code,
    unused_macros,
    unreachable_pub,
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]
#![allow(clippy::indexing_slicing, clippy::type_complexity, clippy::print_stderr)]

pub mod auth;
pub mod flaws;
pub mod imports;
pub mod judged;
pub mod lessons;
pub mod peer;
pub mod process;
pub mod record;
pub mod serving;
pub mod stream;
pub mod tail;
pub mod tapped;
pub mod terminal;
pub mod tools;
pub mod watched;

pub use serving::Serving;
pub use stream::{assert_answers, leave, numbered, read_exactly, read_to_end, reset};
use tail::Tail;
use tools::search_path;
pub use tools::{have, python};

use std::ffi::OsStr;
use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};
use unicode_width::UnicodeWidthStr;

/// Nothing that a test waits for takes this long, unless it will never come.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// How often something is done that a busy machine can spoil.
pub const TRIES: usize = 8;

/// Every command.
pub const COMMANDS: [&str; 21] = [
    "nonblock-server",
    "nonblock-client",
    "auth-server",
    "auth-client",
    "hmac",
    "socket-server",
    "socket-client",
    "lesson",
    "demo",
    "see",
    "quiz",
    "tap",
    "watch",
    "race",
    "check",
    "start",
    "class",
    "break",
    "doctor",
    "completions",
    "man",
];

/// One run of the program, about to begin.
pub struct Day30 {
    command: Command,
    stdin: Vec<u8>,
    keep_stdin_open: bool,
    read_one_line: bool,
    read_stdout: bool,
    read_stderr: bool,
    patience: Duration,
}

/// What a run left behind.
#[derive(Debug)]
pub struct Output {
    pub stdout: Vec<u8>,
    pub stderr: String,
    /// The exit code; `None` if a signal ended it.
    pub code: Option<i32>,
}

impl Output {
    /// Stdout as text, as all of ours is.
    pub fn out(&self) -> &str {
        std::str::from_utf8(&self.stdout).expect("stdout is no UTF-8")
    }

    #[track_caller]
    pub fn expect_code(self, code: i32) -> Self {
        assert_eq!(
            self.code,
            Some(code),
            "exit code; stdout:\n{}\nstderr:\n{}",
            String::from_utf8_lossy(&self.stdout),
            self.stderr
        );
        assert!(!self.stderr.contains("panicked"), "{}", self.stderr);
        self
    }

    #[track_caller]
    pub fn expect_stderr(self, part: &str) -> Self {
        assert!(self.stderr.contains(part), "{part:?} is not in stderr:\n{}", self.stderr);
        self
    }

    /// That stderr has a line with each of these parts, which a terminal of 80 columns shows whole.
    #[track_caller]
    pub fn expect_fitting(self, parts: &[&str]) -> Self {
        for part in parts {
            let line = self.stderr.lines().find(|line| line.contains(part));
            let line = line.unwrap_or_else(|| panic!("{part:?} is not in stderr:\n{}", self.stderr));
            assert!(line.width() < 80, "{} columns: {line}", line.width());
        }
        self
    }

    /// That the summary counts exactly these endings, as in `eof 2, reset 1`.
    #[track_caller]
    pub fn expect_endings(self, endings: &str) -> Self {
        self.expect_stderr(&format!("\nended   {endings}\n"))
    }
}

impl Day30 {
    /// The program with these arguments, in an environment that is the same everywhere.
    pub fn new<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_day30"));
        command.args(args);
        Self::of(command)
    }

    /// Another program, a Python one for example.
    pub fn of(mut command: Command) -> Self {
        for name in
            ["CI", "DAY30_SECRET", "NO_COLOR", "CLICOLOR_FORCE", "LANGUAGE", "LC_MESSAGES", "LANG", "DAY30_LANG"]
        {
            command.env_remove(name);
        }
        let state = std::env::temp_dir().join("day30-tests-state");
        command
            .env("PATH", search_path())
            .env("LC_ALL", "C.UTF-8")
            .env("XDG_STATE_HOME", state)
            .env("DAY30_PROGRESS", "off")
            .env("PYTHONUNBUFFERED", "1");
        Self {
            command,
            stdin: Vec::new(),
            keep_stdin_open: false,
            read_one_line: false,
            read_stdout: true,
            read_stderr: true,
            patience: PATIENCE,
        }
    }

    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.command.arg(arg);
        self
    }

    pub fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.command.args(args);
        self
    }

    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// What the program reads from stdin, which then ends.
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = bytes.into();
        self
    }

    /// Leaves stdin open behind what is given: as a person who says nothing more.
    pub fn keep_stdin_open(mut self) -> Self {
        self.keep_stdin_open = true;
        self
    }

    /// Closes stdout behind its first line, as `| head -1` does.
    pub fn read_one_line(mut self) -> Self {
        self.read_one_line = true;
        self
    }

    /// Leaves stdout a pipe that nobody reads.
    pub fn never_read_stdout(mut self) -> Self {
        self.read_stdout = false;
        self
    }

    /// Leaves stderr a pipe that nobody reads.
    pub fn never_read_stderr(mut self) -> Self {
        self.read_stderr = false;
        self
    }

    /// For what does take long.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Runs to the end.
    #[track_caller]
    pub fn run(self) -> Output {
        self.start().wait()
    }

    /// Runs to the end, and again as long as what was seen `is_open`: on a busy machine something may not be told at once.
    #[track_caller]
    pub fn run_while(mut self, is_open: impl Fn(&Output) -> bool) -> Output {
        (1..TRIES).map(|_| self.launch().wait()).find(|output| !is_open(output)).unwrap_or_else(|| self.run())
    }

    /// Starts it, without waiting for anything.
    #[track_caller]
    pub fn start(mut self) -> Running {
        self.launch()
    }

    #[track_caller]
    fn launch(&mut self) -> Running {
        self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.command.spawn().expect("the program did not start");
        let mut stdin = child.stdin.take().unwrap();
        let (bytes, keep) = (self.stdin.clone(), self.keep_stdin_open);
        let kept = Arc::new(Mutex::new(None));
        let keeper = Arc::clone(&kept);
        thread::spawn(move || {
            // A program that does not read its stdin is no failure of the test.
            let _ = stdin.write_all(&bytes);
            if keep {
                *keeper.lock().unwrap() = Some(stdin);
            }
        });
        let stdout = child.stdout.take().unwrap();
        let stdout = match (self.read_stdout, self.read_one_line) {
            (false, _) => Tail::unread(stdout),
            (true, true) => Tail::of(peer::FirstLine::of(stdout)),
            (true, false) => Tail::of(stdout),
        };
        let stderr = child.stderr.take().unwrap();
        let stderr = if self.read_stderr { Tail::of(stderr) } else { Tail::unread(stderr) };
        Running { child, stdout, stderr, _stdin: kept, patience: self.patience }
    }

    /// Starts a server, and waits for its first line.
    #[track_caller]
    pub fn serve(self) -> Serving {
        let running = self.start();
        let line = running.stdout.wait_for("listening on ", &running.stderr);
        let address = line.trim().rsplit(' ').next().unwrap().parse().unwrap();
        Serving { address, running }
    }
}

/// A program that runs.
pub struct Running {
    child: Child,
    pub stdout: Tail,
    pub stderr: Tail,
    _stdin: Arc<Mutex<Option<std::process::ChildStdin>>>,
    patience: Duration,
}

impl Running {
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ctrl-C, or another signal.
    #[cfg(unix)]
    pub fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_raw(i32::try_from(self.pid()).unwrap()).unwrap();
        rustix::process::kill_process(pid, signal).unwrap();
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Waits for its end.
    #[track_caller]
    pub fn wait(mut self) -> Output {
        let began = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            if began.elapsed() > self.patience {
                let _ = self.child.kill();
                panic!("it did not end; stdout:\n{}\nstderr:\n{}", self.stdout.text(), self.stderr.text());
            }
            thread::sleep(Duration::from_millis(5));
        };
        let (stdout, stderr) = (self.stdout.finish(), self.stderr.finish());
        Output { stdout, stderr: String::from_utf8_lossy(&stderr).into_owned(), code: status.code() }
    }

    /// Ctrl-C, then its end.
    #[cfg(unix)]
    #[track_caller]
    pub fn interrupt(self) -> Output {
        self.signal(rustix::process::Signal::INT);
        self.wait()
    }

    /// Waits until stderr holds `part`, and gives that line.
    #[track_caller]
    pub fn wait_for_stderr(&self, part: &str) -> String {
        self.stderr.wait_for(part, &self.stderr)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if thread::panicking() {
            let said = self.stderr.text();
            let from = said.char_indices().rev().nth(2000).map_or(0, |(index, _)| index);
            eprintln!("the program ({:?}) said last:\n{}", self.child.try_wait(), &said[from..]);
        }
        // A test that failed leaves nothing behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs each of these functions, which take an I/O model's name, as a test of its own for every model.
macro_rules! on_every_model {
    ($($name:ident),+ $(,)?) => {
        mod spin { $(#[test] fn $name() { super::$name("spin"); })+ }
        mod poll { $(#[test] fn $name() { super::$name("poll"); })+ }
        mod threads { $(#[test] fn $name() { super::$name("threads"); })+ }
    };
}
pub(crate) use on_every_model;

/// An upper-casing server on a free port.
#[track_caller]
pub fn upper_server(io: &str, more: &[&str]) -> Serving {
    Day30::new(["nonblock-server", "--port", "0", "--io", io]).args(more).serve()
}

/// The same for a test that waits: see [`pace`].
#[track_caller]
pub fn paced_server(io: &str, more: &[&str]) -> Serving {
    upper_server(io, &[pace(io), more].concat())
}

/// What a server on this model is told where a test waits for it. The loop of lesson 1 takes its time then: at its full speed, it would
/// take a core from all other tests. Each of its calls is told then, and the harness must keep up with that.
pub fn pace(io: &str) -> &'static [&'static str] {
    if io == "spin" { &["--slow", "1ms"] } else { &[] }
}
