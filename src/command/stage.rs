//! What every server and client stands on: the terminal's thread, the recorder, the journal, and Ctrl-C.

use super::output_file::OutputFile;
use super::output_kind::Kind;
use super::{Exit, Look};
use crate::cli::Seeing;
use anyhow::Context;
use day30::lang::Lang;
use day30::net::stop::{INTERRUPTED, Stop, stop_on_ctrl_c};
use day30::say;
use day30::trace::{Actor, Header, Journal, PAYLOAD_CAP, Recorder};
use day30::view::{self, Console, Layout, Stream};
use std::io::{self, IsTerminal};
use std::path::Path;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The side of a conversation that this process is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Server,
    Client,
}

/// A run's stage.
pub(super) struct Stage {
    pub(super) console: Console,
    pub(super) trace: Recorder,
    pub(super) stop: Arc<Stop>,
    pub(super) lang: Lang,
    pub(super) quiet: bool,
}

/// Sets the stage, runs, and waits until everything that was told is written, also after an error.
pub(super) fn on_stage(
    role: Role,
    look: Look,
    seeing: &Seeing,
    header: &Header,
    run: impl FnOnce(&Stage) -> anyhow::Result<Exit>,
) -> anyhow::Result<Exit> {
    let stop = Arc::new(Stop::default());
    stop_on_ctrl_c(&stop).context("cannot listen to Ctrl-C")?;
    let lost = Arc::new(Mutex::new(None));
    let on_closed = {
        let (stop, lost) = (Arc::clone(&stop), Arc::clone(&lost));
        // Nobody can have the results any more, so there is nothing left to do.
        move |error: io::Error| {
            *lost.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            stop.request();
        }
    };
    let view = view::Look { color: look.color, lang: look.lang, layout: layout(), narrate_on: Stream::Stderr };
    let (console, thread) = Console::start(view, on_closed).context("cannot start the terminal's thread")?;
    // Whatever else a stop wakes may have something to tell, so these are let go first.
    stop.on_request({
        let console = console.clone();
        move || console.stop_waiting()
    });
    let journal = seeing.record.as_ref().map(|path| begin(path, seeing.force, header, look.lang, &stop)).transpose()?;

    let sinks = [(!seeing.quiet).then(|| console.sink()), journal.as_ref().map(Journal::sink)];
    let actor = if role == Role::Server { Actor::Server } else { Actor::Client };
    let cap = journal.is_some().then_some(PAYLOAD_CAP);
    let trace = Recorder::new(actor, sinks.into_iter().flatten().collect(), cap, seeing.slow);
    // A client sends in one thread and receives in another.
    let trace = if role == Role::Client { trace.in_order() } else { trace };

    if role == Role::Server && !seeing.quiet {
        say_that_it_stops(&stop, &console, look.lang);
    }
    let stage = Stage { console, trace, stop, lang: look.lang, quiet: seeing.quiet };
    let outcome = run(&stage);
    stage.trace.flush();
    let recorded = journal.map_or(Ok(()), Journal::finish);
    let is_written = thread.finish();
    let lost = lost.lock().unwrap_or_else(PoisonError::into_inner).take();
    match lost {
        // `day30 … | head -1`: whoever reads has what they wanted.
        Some(error) if error.kind() == io::ErrorKind::BrokenPipe => {
            return recorded.map(|()| Exit::Fine).map_err(Into::into);
        }
        Some(error) => return Err(error).context("cannot write to stdout"),
        None => {}
    }
    match outcome.and_then(|exit| recorded.map(|()| exit).map_err(Into::into)) {
        // Nobody reads what is said here: to say one thing more could wait for ever.
        Err(error) if !is_written => Ok(Exit::of(&error)),
        done => done,
    }
}

/// Begins the record of a run that Ctrl-C can end.
fn begin(path: &Path, force: bool, header: &Header, lang: Lang, stop: &Stop) -> anyhow::Result<Journal> {
    // To open a pipe waits until somebody opens its other end.
    let journal = unless_interrupted(stop, || journal(path, force, header, lang))?;
    stop.on_request(journal.stop_waiting());
    Ok(journal)
}

/// Begins the record.
pub(super) fn journal(path: &Path, force: bool, header: &Header, lang: Lang) -> anyhow::Result<Journal> {
    let file = OutputFile::new(path, Kind::Record, force, lang);
    let journal = Journal::start(file.open()?, path, header);
    journal.with_context(|| file.cannot_write())
}

/// A line for each event; a terminal gets long ones wrapped.
fn layout() -> Layout {
    if io::stderr().is_terminal() { Layout::Wrapped } else { Layout::Lines }
}

/// Draining may take a while: whoever pressed Ctrl-C is told what is going on.
fn say_that_it_stops(stop: &Stop, console: &Console, lang: Lang) {
    let console = console.clone();
    // The terminal has written ^C: begin a new line.
    let new_line = if io::stderr().is_terminal() { "\n" } else { "" };
    stop.on_request(move || {
        console.try_notice(say!(
            lang,
            "{new_line}stopping: what was received is still answered; Ctrl-C again ends at once",
            "{new_line}正在停止：已收到的数据仍会回复；再按一次 Ctrl-C 立即退出"
        ));
    });
}

/// Runs what cannot be woken: Ctrl-C meanwhile ends the program at once, as nothing is there to drain.
fn unless_interrupted<T>(stop: &Stop, run: impl FnOnce() -> T) -> T {
    let running = Arc::new(AtomicBool::new(true));
    let still_running = Arc::clone(&running);
    stop.on_request(move || {
        if still_running.load(Ordering::Acquire) {
            process::exit(INTERRUPTED);
        }
    });
    let done = run();
    running.store(false, Ordering::Release);
    done
}

impl Stage {
    /// Runs a connect, which cannot be woken.
    pub(super) fn unless_interrupted<T>(&self, run: impl FnOnce() -> T) -> T {
        unless_interrupted(&self.stop, run)
    }

    /// A line about the run, unless only results are wanted.
    pub(super) fn say(&self, line: impl Into<String>) {
        if !self.quiet {
            self.console.notice(line);
        }
    }
}
