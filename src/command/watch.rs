//! `day30 watch`: the socket calls of a program of anybody's.

use super::not_watched::another_way;
use super::output::{To, styled};
use super::session::{Role, Session, in_session_with};
use super::{Exit, Look};
use crate::cli::WatchArgs;
use anyhow::Context;
use day30::net::ports::free_port;
use day30::program::{CommandLine, END_BY, KILL};
use day30::trace::{Actor, Header, Sink};
use day30::view::{Summary, terminal_width};
use day30::watch::{self, Ended, Hook, Unable, Watched, option_without_lines};
use day30::{both, say, words};
use std::sync::{Arc, Mutex, PoisonError};

/// What a shell adds to the number of the signal that ended a program.
const BY_SIGNAL: u8 = 128;

pub(super) fn run(args: &WatchArgs, look: Look) -> anyhow::Result<Exit> {
    let command = CommandLine::new(args.words.clone());
    let port = command.mentions("port").then(free_port).transpose();
    let port = port.context(words!("no free port", "没有空闲端口"))?;
    let places = port.map(|port| ("port", port.to_string()));
    let places: Vec<_> = places.iter().map(|(place, value)| (*place, value.as_str())).collect();
    let words = command.fill(&places);
    let hook = Hook::new().context(words!("cannot write to the folder for temporary files", "无法写入临时文件夹"))?;
    let header = Header::new("watch", "watch", CommandLine::new(words.clone()).to_string(), "watched");
    let summary = args.summary.then(|| Arc::new(Mutex::new(Some(Summary::new(&header)))));
    let also = summary.as_ref().map(sink);
    let done = in_session_with(also, Role::Watch, look, &args.seeing, &header, |session| {
        say_before(session, port, &words);
        let kills = std::env::var_os(END_BY).is_some_and(|how| how == KILL);
        let watched = Watched::default().killed_by_interrupt(kills);
        session.stop.on_request({
            let (watched, console, lang, quiet) =
                (watched.clone(), session.console.clone(), session.lang, session.quiet);
            move || {
                watched.interrupt();
                if !quiet {
                    console.try_notice(say!(
                        lang,
                        "Ctrl-C went to the program; press it again to end everything at once",
                        "Ctrl-C 已转给程序；再按一次立即全部结束"
                    ));
                }
            }
        });
        let ended = watch::watch(&words, vec![hook.variable()], session.trace.of(Actor::Server), &watched);
        match ended {
            Ok(Ended::Code(code)) => Ok(Exit::Program(code)),
            Ok(Ended::Signal(signal)) => Ok(Exit::Program(BY_SIGNAL.saturating_add(signal))),
            Err(Unable::Refused(why)) => Err(anyhow::Error::msg(both!("{why}\n{}", "{why}\n{}", another_way()))),
            Err(error) => Err(error.into()),
        }
    })?;
    // Everything else is written by now.
    let summary = summary.and_then(|summary| summary.lock().unwrap_or_else(PoisonError::into_inner).take());
    if let Some(summary) = summary {
        styled(&format!("\n{}", summary.finish().text(look.lang, terminal_width())), To::Stderr, look.color)?;
    }
    Ok(done)
}

/// What there is to say before the program runs.
fn say_before(session: &Session, port: Option<u16>, words: &[String]) {
    if let Some(port) = port {
        session.say(say!(session.lang, "{{port}} is {port}", "{{port}} 是 {port}"));
    }
    if let Some(option) = option_without_lines(words) {
        session.say(say!(
            session.lang,
            "with -{option}, Python does not tell its lines: each call is told without one",
            "用了 -{option}，Python 就不告诉代码行：这里的调用都没有行号"
        ));
    }
}

/// Looks at each event as it comes.
fn sink(summary: &Arc<Mutex<Option<Summary>>>) -> Sink {
    let summary = Arc::clone(summary);
    Sink::new(move |event| {
        summary.lock().unwrap_or_else(PoisonError::into_inner).iter_mut().for_each(|it| it.push(&event));
        true
    })
}
