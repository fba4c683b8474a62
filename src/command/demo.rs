//! `day30 demo`: all four lessons in one go.

use super::output::remark;
use super::{Exit, Look};
use crate::cli::{DemoArgs, LessonName};
use anyhow::Context;
use day30::demo::{Lesson, Stage, play};
use day30::net::stop::INTERRUPTED;
use day30::view::{self, Console, Layout, Stream};
use std::io;
use std::process;

pub(super) fn run(args: &DemoArgs, look: Look) -> anyhow::Result<Exit> {
    // Nothing in a demo is worth draining.
    ctrlc::set_handler(|| process::exit(INTERRUPTED)).context("cannot listen to Ctrl-C")?;
    let view = view::Look { color: look.color, lang: look.lang, layout: Layout::Lanes, narrate_on: Stream::Stdout };
    let (console, thread) = Console::start(view, |error| end(&error)).context("cannot start the terminal's thread")?;
    let stage = Stage { console, lang: look.lang, slow: args.slow };
    let lessons = args.lesson.map_or(Lesson::ALL.to_vec(), |name| vec![lesson(name)]);
    let played = play(&stage, &lessons).context("the demo could not go on");
    thread.finish();
    Ok(if played? { Exit::Fine } else { Exit::Failed })
}

/// Nobody sees the demo any more: a reader that has gone wanted no more, a full disk is worth a word.
fn end(error: &io::Error) {
    if error.kind() == io::ErrorKind::BrokenPipe {
        process::exit(0);
    }
    remark(&format!("error: cannot write to stdout: {error}"));
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
