//! The workers: each job in a process of its own, so many at once, and each ended when its time is over.

use super::job::{Allowed, Job, Line, Room, Task};
use super::worker::WORD;
use crate::both;
use crate::net::stop::Stop;
use crate::program::orphans;
use crate::program::worker::Worker;
use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{ChildStdout, Command};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How long a worker may take beyond the time of its job: to start, to end programs, to write down what came of it.
const BEYOND: Duration = Duration::from_secs(30);
/// How often is looked whether the time is over, or Ctrl-C came.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// Nothing that a worker says is longer: a program that could write to its pipe must not fill our memory.
const LONGEST: u64 = 32 << 20;

/// What is handed on of our environment: what a program needs to start, and nothing that may be a teacher's own, as a key.
const ENVIRONMENT: &[&str] = &[
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "TZ",
    "TERM",
    "TMPDIR",
    "TEMP",
    "TMP",
    "LANG",
    "LANGUAGE",
    "VIRTUAL_ENV",
    "CONDA_PREFIX",
    "PYTHONPATH",
    "PYTHONHOME",
    "NODE_PATH",
    "JAVA_HOME",
    "CLASSPATH",
    "GOPATH",
    "GOROOT",
    "GOCACHE",
    "CARGO_HOME",
    "RUSTUP_HOME",
    "LD_LIBRARY_PATH",
    "SYSTEMROOT",
    "SYSTEMDRIVE",
    "WINDIR",
    "COMSPEC",
    "PATHEXT",
    "APPDATA",
    "LOCALAPPDATA",
    "USERPROFILE",
    "PROGRAMFILES",
    "PROGRAMDATA",
];

/// Does the jobs, `at_once` of them at a time; `on` hears which job has said what, in this thread. After a stop, what was begun is
/// ended, and the rest is left.
pub fn work(jobs: &[Job], at_once: usize, stop: &Stop, mut on: impl FnMut(usize, Line)) {
    orphans::adopt();
    let began = Mutex::new(Vec::new());
    let (tell, told) = channel();
    let queue = Mutex::new(jobs.iter().enumerate());
    thread::scope(|scope| {
        for _ in 0..at_once.max(1) {
            let (tell, queue, began) = (tell.clone(), &queue, &began);
            scope.spawn(move || {
                while !stop.is_requested() {
                    let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
                    let Some((place, job)) = next else { break };
                    let worker = one(job, stop, |line| _ = tell.send((place, line)));
                    began.lock().unwrap_or_else(PoisonError::into_inner).extend(worker);
                }
            });
        }
        drop(tell);
        told.into_iter().for_each(|(place, line)| on(place, line));
    });
    orphans::end_all();
    clear(&began.into_inner().unwrap_or_else(PoisonError::into_inner));
}

/// Takes away what the system keeps of workers that have ended.
fn clear(workers: &[u32]) {
    #[cfg(target_os = "linux")]
    workers.iter().for_each(|worker| super::cgroup::remove(*worker));
    #[cfg(not(target_os = "linux"))]
    let _ = workers;
}

/// One job, from its worker's start to its end; the worker's number. The last line is the answer, or why there is none.
fn one(job: &Job, stop: &Stop, mut tell: impl FnMut(Line)) -> Option<u32> {
    let trouble =
        |why: &io::Error| Line::Trouble(both!("its judge could not be started: {why}", "无法启动评判进程：{why}"));
    let (mut worker, mut stdin, stdout) = match command(job).and_then(Worker::start) {
        Ok(started) => started,
        Err(error) => {
            tell(trouble(&error));
            return None;
        }
    };
    let text = serde_json::to_string(job).unwrap_or_default();
    if let Some(Err(error)) = stdin.as_mut().map(|stdin| writeln!(stdin, "{text}").and_then(|()| stdin.flush())) {
        tell(trouble(&error));
    }
    let (send, lines) = channel();
    if let Some(stdout) = stdout {
        // Without a thread, nothing is heard, and that is told below.
        let _ = thread::Builder::new().name("answers".into()).spawn(move || read(stdout, &send));
    }
    let answer = listen(&lines, job.room.time + BEYOND, stop, &mut tell);
    tell(answer);
    // The end of its stdin ends whatever it does.
    drop(stdin);
    worker.end();
    Some(worker.id())
}

/// Hands on what comes before the answer, which is returned.
fn listen(lines: &Receiver<Line>, limit: Duration, stop: &Stop, tell: &mut impl FnMut(Line)) -> Line {
    let began = Instant::now();
    loop {
        match lines.recv_timeout(LOOK_EVERY) {
            Ok(line @ (Line::Checked | Line::Paired(_))) => tell(line),
            Ok(line) => return line,
            Err(RecvTimeoutError::Timeout) if stop.is_requested() => {
                return Line::Trouble(both!("interrupted by Ctrl-C", "被 Ctrl-C 中断"));
            }
            Err(RecvTimeoutError::Timeout) if began.elapsed() < limit => {}
            Err(RecvTimeoutError::Timeout) => {
                let seconds = limit.as_secs();
                return Line::Trouble(both!(
                    "it was not judged to the end in {seconds} s, and was ended",
                    "{seconds} 秒内没有评判完，已被结束"
                ));
            }
            Err(RecvTimeoutError::Disconnected) => {
                return Line::Trouble(both!(
                    "its judge ended without an answer: the program may have ended it",
                    "评判进程没有给出结果就结束了：可能是被这个程序结束的"
                ));
            }
        }
    }
}

fn read(stdout: ChildStdout, send: &Sender<Line>) {
    let mut lines = BufReader::new(stdout.take(LONGEST));
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
        let Ok(said) = serde_json::from_slice(&line) else { break };
        if send.send(said).is_err() {
            break;
        }
        line.clear();
    }
}

/// Ourselves, as a worker.
fn command(job: &Job) -> io::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(WORD).env_clear().envs(std::env::vars_os().filter(|(name, _)| is_handed_on(name)));
    if let Some(user) = &job.room.user {
        command.envs([("HOME", &user.home), ("USER", &user.name), ("LOGNAME", &user.name)]);
    }
    Ok(command)
}

fn is_handed_on(name: &OsString) -> bool {
    let name = name.to_string_lossy().to_uppercase();
    ENVIRONMENT.contains(&name.as_str()) || name.starts_with("LC_")
}

/// Finds out what keeps the programs apart on this system.
#[must_use]
pub fn probe(mut room: Room, stop: &Stop) -> Allowed {
    // Where a network of their own cannot be had, the worker says so, and is asked for the rest.
    for own_network in [true, false] {
        room.own_network = own_network;
        let mut allowed = None;
        let job = Job { room: room.clone(), task: Task::Probe };
        let worker = one(&job, stop, |line| {
            if let Line::Allowed(found) = line {
                allowed = Some(found);
            }
        });
        clear(worker.as_slice());
        if let Some(allowed) = allowed {
            return allowed;
        }
    }
    Allowed::default()
}
