//! What every server and client stands on: the terminal's thread, the recorder, the journal, and Ctrl-C.

use super::output::CANNOT_WRITE;
use super::output_file::OutputFile;
use super::output_kind::Kind;
use super::page::Page;
use super::{Exit, Look};
use crate::cli::Seeing;
use anyhow::Context;
use day30::lang::Lang;
use day30::net::stop::{INTERRUPTED, Stop, stop_on_ctrl_c};
use day30::trace::{Actor, Header, Journal, PAYLOAD_CAP, Recorder, Sink};
use day30::view::{self, Console, Layout, Says, Stream, Wire, terminal_width};
use day30::{both, say, words};
use std::io::{self, IsTerminal};
use std::net::SocketAddr;
use std::path::Path;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What is said when Ctrl-C cannot be caught.
pub(super) const CANNOT_CATCH_CTRL_C: &str = words!("cannot catch Ctrl-C", "无法接管 Ctrl-C");
/// What is said when the terminal's thread cannot be started.
pub(super) const CANNOT_START_CONSOLE: &str =
    words!("cannot start the thread that writes to the terminal", "无法启动负责终端输出的线程");

/// The side of a conversation that this process is, or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Server,
    Client,
    /// Both: what passes is shown as this.
    Tap(Says),
    /// Neither: a program that is watched.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code))]
    Watch,
}

/// One run of a server or a client.
pub(super) struct Session {
    pub(super) console: Console,
    pub(super) trace: Recorder,
    pub(super) stop: Arc<Stop>,
    pub(super) lang: Lang,
    pub(super) quiet: bool,
}

/// Prepares a session, runs in it, and waits until everything that was told is written, also after an error.
pub(super) fn in_session(
    role: Role,
    look: Look,
    seeing: &Seeing,
    header: &Header,
    run: impl FnOnce(&Session) -> anyhow::Result<Exit>,
) -> anyhow::Result<Exit> {
    in_session_with(None, role, look, seeing, header, run)
}

/// The same, where somebody else is told of everything too.
pub(super) fn in_session_with(
    also: Option<Sink>,
    role: Role,
    look: Look,
    seeing: &Seeing,
    header: &Header,
    run: impl FnOnce(&Session) -> anyhow::Result<Exit>,
) -> anyhow::Result<Exit> {
    let stop = Arc::new(Stop::default());
    stop_on_ctrl_c(&stop).context(CANNOT_CATCH_CTRL_C)?;
    let lost = Arc::new(Mutex::new(None));
    let on_closed = {
        let (stop, lost) = (Arc::clone(&stop), Arc::clone(&lost));
        // Nobody can have the results any more, so there is nothing left to do.
        move |error: io::Error| {
            *lost.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            stop.request();
        }
    };
    let (console, thread) = Console::start(view(look), on_closed).context(CANNOT_START_CONSOLE)?;
    // Whatever else a stop wakes may have something to tell, so these are let go first.
    stop.on_request({
        let console = console.clone();
        move || console.stop_waiting()
    });
    let trace = &seeing.trace;
    let begin = |path| begin(path, trace.force, header, look.lang, &stop);
    let journal = trace.record.as_deref().map(begin).transpose()?;

    let page = Page::of(seeing.trace.see, header);
    let recorded_by = [journal.as_ref().map(Journal::sink), page.as_ref().map(Page::sink), also];
    let trace = recorder(role, look, seeing, &console, recorded_by.into_iter().flatten().collect());
    if !matches!(role, Role::Client | Role::Watch) && !seeing.quiet {
        say_that_it_stops(&stop, &console, role, look.lang);
    }
    let session = Session { console, trace, stop, lang: look.lang, quiet: seeing.quiet };
    let outcome = run(&session);
    session.trace.flush();
    let recorded = journal.map_or(Ok(()), finish);
    let is_written = thread.finish();
    let recorded = recorded.and_then(|()| page.filter(|_| is_written).map_or(Ok(()), |page| page.write(look)));
    let lost = lost.lock().unwrap_or_else(PoisonError::into_inner).take();
    match lost {
        // `day30 … | head -1`: whoever reads has what they wanted.
        Some(error) if error.kind() == io::ErrorKind::BrokenPipe => {
            return recorded.map(|()| Exit::Fine);
        }
        Some(error) => return Err(error).context(CANNOT_WRITE),
        None => {}
    }
    match outcome.and_then(|exit| recorded.map(|()| exit)) {
        // Nobody reads what is said here: to say one thing more could wait for ever.
        Err(error) if !is_written => Ok(Exit::of(&error)),
        done => done,
    }
}

/// Tells the terminal, unless it is to be quiet, and whatever records.
fn recorder(role: Role, look: Look, seeing: &Seeing, console: &Console, mut sinks: Vec<Sink>) -> Recorder {
    let (actor, explains) = match role {
        Role::Server | Role::Watch => (Actor::Server, None),
        Role::Client => (Actor::Client, None),
        Role::Tap(says) => (Actor::Tap, Some(Wire::new(says, look.lang, terminal_width()))),
    };
    let cap = (!sinks.is_empty() || explains.is_some()).then_some(PAYLOAD_CAP);
    let narrates = || match explains {
        Some(mut wire) => console.sink_with(move |event| wire.below(event)),
        None => console.sink(),
    };
    sinks.extend((!seeing.quiet).then(narrates));
    let trace = Recorder::new(actor, sinks, cap, seeing.trace.slow);
    // A client sends in one thread and receives in another.
    if role == Role::Client { trace.in_order() } else { trace }
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

/// Ends a record, when everything is in it.
pub(super) fn finish(journal: Journal) -> anyhow::Result<()> {
    let path = journal.path().display().to_string();
    journal.finish().with_context(|| both!("cannot write the record to {path}", "无法把记录写入 {path}"))
}

/// A line for each event, on stderr; a terminal gets long ones wrapped.
fn view(look: Look) -> view::Look {
    let layout = if io::stderr().is_terminal() { Layout::Wrapped } else { Layout::Lines };
    view::Look { color: look.color, lang: look.lang, layout, width: terminal_width(), narrate_on: Stream::Stderr }
}

/// Draining may take a while: whoever pressed Ctrl-C is told what is going on.
fn say_that_it_stops(stop: &Stop, console: &Console, role: Role, lang: Lang) {
    let console = console.clone();
    // The terminal has written ^C: begin a new line.
    let new_line = if io::stderr().is_terminal() { "\n" } else { "" };
    let (en, zh) = match role {
        Role::Tap(_) => ("is still delivered", "仍会送达"),
        _ => ("still gets its reply", "仍会回复"),
    };
    let what = lang.pick(en, zh);
    stop.on_request(move || {
        console.try_notice(say!(
            lang,
            "{new_line}stopping: data already received {what}\n(press Ctrl-C again to exit at once)",
            "{new_line}正在停止：已收到的数据{what}；再按一次 Ctrl-C 立即退出"
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

impl Session {
    /// Runs a connect, which cannot be woken.
    pub(super) fn unless_interrupted<T>(&self, run: impl FnOnce() -> T) -> T {
        unless_interrupted(&self.stop, run)
    }

    /// That others than this machine's programs can connect, also where only results are wanted.
    pub(super) fn warn_of_strangers(&self, bound: SocketAddr) {
        if !bound.ip().is_loopback() {
            let port = bound.port();
            self.console.notice(say!(
                self.lang,
                "warning: port {port} is open to the whole network, not only to this machine",
                "注意：端口 {port} 对整个网络开放，不限于本机"
            ));
        }
    }

    /// A line about the run, unless only results are wanted.
    pub(super) fn say(&self, line: impl Into<String>) {
        if !self.quiet {
            self.console.notice(line);
        }
    }
}
