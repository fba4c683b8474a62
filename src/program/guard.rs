//! What ends the programs that were started here when day30 itself is killed (SIGKILL), and so can end nothing any more.
//!
//! A second process of `day30` waits at a pipe whose other end the first one holds, and is told of each program that is started,
//! and of each that has ended. The end of the pipe is the end of day30, whatever that died of: then the guard kills what is left,
//! and ends too. Nothing of this touches the program: it stays a child of day30, with its own session, stdin and output.

use super::usage::members;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use std::collections::BTreeSet;
use std::io::{BufRead, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// The word that makes a guard of the program `day30`.
pub const WORD: &str = "__guard";
/// How long is looked for what a program has started, and starts while it is ended.
const PATIENCE: Duration = Duration::from_secs(1);

/// Whether this process is the program `day30`, of which a guard can be made: a test's is not.
static IS_ALLOWED: AtomicBool = AtomicBool::new(false);
static GUARD: OnceLock<Option<Mutex<Child>>> = OnceLock::new();

/// This is the program `day30`.
pub fn allow() {
    IS_ALLOWED.store(true, Ordering::Relaxed);
}

/// Starts the guard, if there is none yet. Without one, what is left of a day30 that was killed goes on.
pub(super) fn start() {
    GUARD.get_or_init(|| IS_ALLOWED.load(Ordering::Relaxed).then(spawn).flatten().map(Mutex::new));
}

fn spawn() -> Option<Child> {
    let mut command = Command::new(std::env::current_exe().ok()?);
    command.arg(WORD).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).current_dir("/");
    // A group of its own: what kills ours must not kill it.
    command.process_group(0).spawn().ok()
}

/// A program was started.
pub(super) fn watch(program: u32) {
    tell('+', program);
}

/// It has ended, with all of its group; its number may be another program's soon.
pub(super) fn forget(program: u32) {
    tell('-', program);
}

fn tell(sign: char, program: u32) {
    let Some(guard) = GUARD.get().and_then(Option::as_ref) else { return };
    let mut guard = guard.lock().unwrap_or_else(PoisonError::into_inner);
    // A guard that is gone guards nothing.
    let _ = guard.stdin.as_mut().map(|pipe| writeln!(pipe, "{sign}{program}"));
}

/// Stands guard until day30 has ended.
#[must_use]
pub fn stand() -> ExitCode {
    let mut programs = BTreeSet::new();
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        match (line.get(..1), line.get(1..).and_then(|number| number.parse().ok())) {
            (Some("+"), Some(program)) => _ = programs.insert(program),
            (_, Some(program)) => _ = programs.remove(&program),
            _ => {}
        }
    }
    programs.into_iter().for_each(end);
    ExitCode::SUCCESS
}

/// Ends a program, and what it has started, also what has left its group.
fn end(program: u32) {
    let began = Instant::now();
    loop {
        let members = members(program);
        let group = i32::try_from(program).ok().and_then(Pid::from_raw);
        // Those that have ended in the meantime are gone, as they should.
        group.into_iter().for_each(|group| _ = kill_process_group(group, Signal::KILL));
        members.iter().filter_map(|pid| Pid::from_raw(*pid)).for_each(|pid| _ = kill_process(pid, Signal::KILL));
        if members.is_empty() || began.elapsed() > PATIENCE {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}
