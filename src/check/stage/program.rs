//! The program under judgement while it runs: started, listened to, kept within bounds, ended.

use crate::check::stage::budget::Budget;
use crate::check::stage::patience::Lost;
use crate::check::stage::printed::Printed;
use crate::check::verdict::cause::Cause;
use crate::check::verdict::crash_output::{crash, is_whole};
use crate::check::verdict::story::Story;
use crate::check::verdict::{Halt, Outcome};
use crate::lang::Text;
use crate::net::table::listening_of;
use crate::program::delay::delays;
use crate::program::usage::{self, usage};
use crate::program::{Launch, Running, Signal, is_for_an_interpreter, why_not_started};
use std::net::SocketAddr;
use std::process::ExitStatus;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

/// How often is looked at a program, and at every how many of these for what it has started: for that, all processes of the machine
/// are asked for their parents.
const LOOK_EVERY: Duration = Duration::from_millis(250);
const MEMBERS_EVERY: u32 = 4;
/// How long is waited for what a program that has ended said last. On a busy machine it takes its time to come through the pipe;
/// something else that has the pipe too may never close it.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// What hides a missing flush from its author, and would hide it from us.
const WITHOUT_ENV: &[&str] = &["PYTHONUNBUFFERED"];

/// A program that was started to be judged. Dropped, it is killed, with everything it started.
#[derive(Debug)]
pub(crate) struct Program {
    program: Arc<Mutex<Running>>,
    pub(crate) printed: Arc<Printed>,
    /// Where it listens, or is to connect to.
    pub(crate) address: SocketAddr,
    pub(crate) started: Instant,
    outgrown: Arc<AtomicBool>,
    story: Arc<Story>,
}

/// The programs that must be ended when day30 ends, whatever it is doing then.
#[derive(Clone, Debug, Default)]
pub(crate) struct Current(Arc<Mutex<Vec<Weak<Mutex<Running>>>>>);

impl Current {
    /// Ends them, from whichever thread.
    pub(crate) fn kill(&self) {
        let programs: Vec<_> = lock(&self.0).iter().filter_map(Weak::upgrade).collect();
        programs.iter().for_each(|program| lock(program).signal(Signal::Kill));
    }

    fn add(&self, program: &Arc<Mutex<Running>>) {
        let mut programs = lock(&self.0);
        programs.retain(|program| program.strong_count() > 0);
        programs.push(Arc::downgrade(program));
    }
}

impl Program {
    /// Starts a program.
    pub(crate) fn start(
        launch: Launch,
        address: SocketAddr,
        memory: u64,
        story: &Arc<Story>,
        current: &Current,
        lost: &Arc<Lost>,
    ) -> Outcome<Self> {
        let printed = Arc::new(Printed::default());
        let launch = Launch { without_env: WITHOUT_ENV, ..launch };
        let name = launch.words.first().cloned().unwrap_or_default();
        let masked = |text: String| String::from_utf8_lossy(&story.without_secret(text.as_bytes())).into_owned();
        let cannot = |error: std::io::Error| {
            let Text { en, zh } = why_not_started(&name, &error);
            Halt::Broken(Text { en: masked(en), zh: masked(zh) })
        };
        if is_for_an_interpreter(&name) {
            return Err(cannot(std::io::ErrorKind::PermissionDenied.into()));
        }
        let program = Arc::new(Mutex::new(launch.start(&printed.sink(story)).map_err(cannot)?));
        current.add(&program);
        let outgrown = Arc::new(AtomicBool::new(false));
        watch(&program, memory, &outgrown, lost);
        Ok(Self { program, printed, address, started: Instant::now(), outgrown, story: Arc::clone(story) })
    }

    /// How long ago it was started, without what it waited for a processor.
    pub(crate) fn age(&self) -> Duration {
        let waited = delays(&self.members()).iter().map(|one| one.waited).sum();
        self.started.elapsed().saturating_sub(waited)
    }

    /// How it ended, if it did.
    pub(crate) fn ended(&self) -> Option<ExitStatus> {
        lock(&self.program).ended()
    }

    /// Waits until it ends, for as long as `patience` lasts, and until everything that it printed is told.
    pub(crate) fn wait(&self, patience: Duration) -> Option<ExitStatus> {
        let began = Instant::now();
        loop {
            let ended = self.ended();
            if ended.is_some() {
                self.drain_output();
            }
            if ended.is_some() || began.elapsed() >= patience {
                return ended;
            }
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// Waits until its stdout is as it should be; false if it never was, for as long as `patience` lasts or the program runs.
    pub(crate) fn has_printed(&self, patience: Duration, budget: &Budget, is_so: impl Fn(&[u8]) -> bool) -> bool {
        let is_over = || budget.is_stopped() || self.ended().is_some();
        let until = budget.until(patience);
        loop {
            let left = budget.left(&until);
            if self.printed.wait_for(left, is_over, &is_so) {
                return true;
            }
            if left.is_zero() || is_over() {
                break;
            }
        }
        if self.ended().is_some() {
            self.drain_output();
        }
        is_so(&self.printed.results())
    }

    /// What it crashed of, or a thread of it.
    pub(crate) fn crash(&self) -> Option<Cause> {
        crash(&self.printed.complaints(), self.ended())
    }

    /// Whether the error of which it tells is told to its end.
    pub(crate) fn has_said_why(&self) -> bool {
        is_whole(&self.printed.complaints()) || self.ended().is_some()
    }

    /// What it complained of before the judge's last clients left.
    pub(crate) fn complaints_before_closing(&self) -> String {
        self.story.complaints_before_closing()
    }

    /// Whether a client of ours had left it before a failure was seen.
    pub(crate) fn has_been_left(&self) -> bool {
        self.story.had_left()
    }

    /// Waits for what is still in its pipes.
    pub(crate) fn drain_output(&self) {
        let began = Instant::now();
        while began.elapsed() < LAST_WORDS && !lock(&self.program).wait_for_last_words(Duration::ZERO) {
            thread::sleep(Duration::from_millis(1));
        }
        self.printed.record_unfinished_line(&self.story);
    }

    /// Sends a signal to it, and to what it started.
    pub(crate) fn signal(&self, signal: Signal) {
        lock(&self.program).signal(signal);
    }

    /// Its stdin, if it has one.
    pub(crate) fn take_stdin(&self) -> Option<std::process::ChildStdin> {
        lock(&self.program).take_stdin()
    }

    /// Where it listens; `None` where the system does not tell. Looked for in the program itself first: to look for what that has
    /// started takes a while.
    pub(crate) fn listeners(&self, port: u16) -> Option<Vec<SocketAddr>> {
        let own = listening_of(&[lock(&self.program).pid()])?;
        if own.iter().any(|one| one.port() == port) { Some(own) } else { listening_of(&self.members()) }
    }

    /// Its processes: the program, and what that started.
    pub(crate) fn members(&self) -> Vec<i32> {
        lock(&self.program).members()
    }

    /// Whether it took more memory than it may, and was ended for that.
    pub(crate) fn has_outgrown(&self) -> bool {
        self.outgrown.load(Ordering::Acquire)
    }

    /// What it holds open, and how many threads it has; `None` where the system does not tell.
    pub(crate) fn holdings(&self) -> Option<usage::Holdings> {
        usage::holdings(&self.members())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Not left to the last who holds it: the thread that watches its memory may be that, and die with us before.
        lock(&self.program).kill();
    }
}

/// Looks after a program while it runs: how long it waits for a processor, and that it takes no more memory than it may. The
/// thread ends with the program.
fn watch(program: &Arc<Mutex<Running>>, memory: u64, outgrown: &Arc<AtomicBool>, lost: &Arc<Lost>) {
    let (pid, program) = (lock(program).pid(), Arc::downgrade(program));
    let (outgrown, lost) = (Arc::clone(outgrown), Arc::clone(lost));
    let look = move || {
        let mut members = vec![pid];
        lost.watch(pid, members.clone());
        for round in 1_u32.. {
            let Some(program) = program.upgrade() else { break };
            let mut running = lock(&program);
            if running.ended().is_some() {
                break;
            }
            if round % MEMBERS_EVERY == 0 {
                members = running.members();
                lost.watch(pid, members.clone());
            }
            if is_too_much(&members, memory) {
                outgrown.store(true, Ordering::Release);
                running.signal(Signal::Kill);
            }
            drop(running);
            drop(program);
            lost.look();
            thread::sleep(LOOK_EVERY);
        }
        lost.forget(pid);
    };
    // Without a thread, its memory has no bound but the system's.
    let _ = thread::Builder::new().name("watch".into()).spawn(look);
}

fn is_too_much(members: &[i32], memory: u64) -> bool {
    // What a process shares with those that it forked was counted for each of them.
    usage(members).is_some_and(|usage| usage.memory > memory)
        && usage::proportional_memory(members).is_none_or(|bytes| bytes > memory)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
