//! `day30 demo`: all four lessons in one go.

use super::{Exit, Look};
use crate::cli::{DemoArgs, LessonName};
use anyhow::Context;
use day30::demo::{Lesson, Stage, play};
use day30::net::stop::INTERRUPTED;
use day30::view::{self, Console, Layout, Stream};
use std::process;

pub(super) fn run(args: &DemoArgs, look: Look) -> anyhow::Result<Exit> {
    // Nothing in a demo is worth draining.
    ctrlc::set_handler(|| process::exit(INTERRUPTED)).context("cannot listen to Ctrl-C")?;
    let view = view::Look { color: look.color, lang: look.lang, layout: Layout::Lanes, narrate_on: Stream::Stdout };
    let (console, thread) = Console::start(view, || process::exit(0)).context("cannot start the terminal's thread")?;
    let stage = Stage { console, lang: look.lang, slow: args.slow };
    let lessons = args.lesson.map_or(Lesson::ALL.to_vec(), |name| vec![lesson(name)]);
    let played = play(&stage, &lessons).context("the demo could not go on");
    thread.finish();
    Ok(if played? { Exit::Fine } else { Exit::Failed })
}

fn lesson(name: LessonName) -> Lesson {
    match name {
        LessonName::Nonblock => Lesson::Nonblock,
        LessonName::Auth => Lesson::Auth,
        LessonName::Hmac => Lesson::Hmac,
        LessonName::SocketServer => Lesson::SocketServer,
    }
}
