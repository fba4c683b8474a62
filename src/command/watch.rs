//! `day30 watch`: the socket calls of a program of anybody's.

use super::not_watched::another_way;
use super::output::{To, remark, styled};
use super::session::{Role, Session, in_session_with};
use super::{Exit, Look};
use crate::cli::WatchArgs;
use anyhow::Context;
use day30::net::ports::free_port;
use day30::program::{CommandLine, END_BY, KILL};
use day30::trace::{Actor, Header, Seen, Sink, What};
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
    let observed = Observed { has_called: false, summary: args.summary.then(|| Summary::new(&header)) };
    let observed = Arc::new(Mutex::new(observed));
    let done = in_session_with(Some(sink(&observed)), Role::Watch, look, &args.seeing, &header, |session| {
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
    say_afterwards(&mut observed.lock().unwrap_or_else(PoisonError::into_inner), args, look)?;
    Ok(done)
}

/// What was seen of the program until now.
struct Observed {
    has_called: bool,
    summary: Option<Summary>,
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

/// What there is to say when it has ended.
fn say_afterwards(observed: &mut Observed, args: &WatchArgs, look: Look) -> anyhow::Result<()> {
    if observed.has_called {
        let Some(summary) = observed.summary.take() else { return Ok(()) };
        styled(&format!("\n{}", summary.finish().text(look.lang, terminal_width())), To::Stderr, look.color)?;
    } else if args.summary || !args.seeing.quiet {
        remark(look.lang.pick(
            "this program bound no TCP socket and connected none: there is nothing to see",
            "这个程序没有绑定过、也没有连接过任何 TCP socket，所以没有可看的",
        ));
    }
    Ok(())
}

/// Looks at each event as it comes.
fn sink(observed: &Arc<Mutex<Observed>>) -> Sink {
    let observed = Arc::clone(observed);
    Sink::new(move |event| {
        let mut observed = observed.lock().unwrap_or_else(PoisonError::into_inner);
        observed.has_called |= !matches!(event.what, What::Seen(Seen::Exit { .. } | Seen::Source { .. }));
        observed.summary.iter_mut().for_each(|it| it.push(&event));
        true
    })
}
