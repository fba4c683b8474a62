//! `day30 watch`: the socket calls of a program of anybody's.

use super::not_watched::another_way;
use super::session::{Role, in_session};
use super::{Exit, Look};
use crate::cli::WatchArgs;
use anyhow::Context;
use day30::net::ports::free_port;
use day30::program::CommandLine;
use day30::trace::{Actor, Header};
use day30::watch::{self, Ended, Hook, Unable, Watched};
use day30::{both, say, words};

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
    in_session(Role::Watch, look, &args.seeing, &header, |session| {
        if let Some(port) = port {
            session.say(say!(session.lang, "{{port}} is {port}", "{{port}} 是 {port}"));
        }
        let watched = Watched::default();
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
    })
}
