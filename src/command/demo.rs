//! `day30 demo`: all four lessons in one go.

use super::output::CANNOT_WRITE;
use super::page::Page;
use super::session::{CANNOT_CATCH_CTRL_C, CANNOT_START_CONSOLE, finish, journal};
use super::{Exit, Look, tell};
use crate::cli::{DemoArgs, LessonName};
use anyhow::Context;
use day30::demo::{Lesson, Session, play};
use day30::net::stop::INTERRUPTED;
use day30::program::quoted;
use day30::trace::{Header, Journal, Sequence};
use day30::view::{self, Console, Layout, Stream, terminal_width};
use day30::words;
use std::env;
use std::io::{self, IsTerminal};
use std::process;

pub(super) fn run(args: &DemoArgs, look: Look) -> anyhow::Result<Exit> {
    // Nothing in a demo is worth draining.
    ctrlc::set_handler(|| process::exit(INTERRUPTED)).context(CANNOT_CATCH_CTRL_C)?;
    let width = terminal_width();
    let view =
        view::Look { color: look.color, lang: look.lang, layout: Layout::Lanes, width, narrate_on: Stream::Stdout };
    let (console, thread) = Console::start(view, move |error| end(error, look)).context(CANNOT_START_CONSOLE)?;
    let pause = !args.no_pause && is_watched();
    let header = Header::new("demo", "demo", "127.0.0.1".into(), "several");
    let journal =
        args.trace.record.as_deref().map(|path| journal(path, args.trace.force, &header, look.lang)).transpose()?;
    let page = Page::of(args.trace.see, &header);
    let sinks = [journal.as_ref().map(Journal::sink), page.as_ref().map(Page::sink)];
    let record = Sequence::of(sinks.into_iter().flatten().collect());
    let session = Session { console, lang: look.lang, slow: args.trace.slow, width, pause, record, day30: as_typed() };
    let lessons = args.lesson.map_or(Lesson::ALL.to_vec(), |name| vec![lesson(name)]);
    let played = play(&session, &lessons).context(words!("the demo cannot continue", "演示无法继续"));
    let recorded = journal.map_or(Ok(()), finish);
    thread.finish();
    recorded?;
    page.map_or(Ok(()), |page| page.write(look))?;
    Ok(if played? { Exit::Fine } else { Exit::Failed })
}

/// Whether a person sits before it, who can press Enter.
fn is_watched() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal() && env::var_os("CI").is_none()
}

/// How day30 can be typed here: it may not be on the PATH yet.
pub(super) fn as_typed() -> String {
    let name = format!("day30{}", env::consts::EXE_SUFFIX);
    let path = env::var_os("PATH").unwrap_or_default();
    if env::split_paths(&path).any(|folder| folder.join(&name).is_file()) {
        return "day30".into();
    }
    let exe = env::current_exe().unwrap_or_default();
    let is_built_here = exe.components().any(|part| part.as_os_str() == "target");
    if is_built_here { "cargo run --".into() } else { quoted(&exe.to_string_lossy()) }
}

/// Nobody sees the demo any more: a reader that has gone wanted no more, a full disk is worth a word.
pub(super) fn end(error: io::Error, look: Look) -> ! {
    if error.kind() == io::ErrorKind::BrokenPipe {
        process::exit(0);
    }
    tell(&anyhow::Error::from(error).context(CANNOT_WRITE), look);
    process::exit(3);
}

fn lesson(name: LessonName) -> Lesson {
    match name {
        LessonName::Nonblock => Lesson::Nonblock,
        LessonName::Auth => Lesson::Auth,
        LessonName::Hmac => Lesson::Hmac,
        LessonName::SocketServer => Lesson::SocketServer,
    }
}
