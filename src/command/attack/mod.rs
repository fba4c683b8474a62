//! `day30 break`: attacks on lesson 2, against victims that this very command starts. Nothing here takes an address.

mod comparison;
mod list;
mod program;
mod session;

use super::demo::{as_typed, end};
use super::output::to_stdout;
use super::page::Page;
use super::secret::path_shown;
use super::session::{CANNOT_CATCH_CTRL_C, CANNOT_START_CONSOLE, finish, journal};
use super::{Exit, Look, Usage};
use crate::cli::{BreakArgs, HandshakeName};
use anyhow::Context;
use day30::attack::{
    ATTACKS, Attack, Play, Row, Seen, Show, Student, Victim, Winner, attacks_a_client, matrix, named, row, tell,
    tell_on, words,
};
use day30::lang::Lang;
use day30::net::stop::INTERRUPTED;
use day30::program::CommandLine;
use day30::protocol::Handshake;
use day30::trace::{Header, Journal, Sequence};
use day30::view::{self, Console, Layout, Stream, fit, terminal_width};
use day30::{both, words as texts};
use std::io;
use std::process;

pub(super) fn run(args: &BreakArgs, look: Look) -> anyhow::Result<Exit> {
    let words = the_words(args)?;
    if args.matrix {
        return the_matrix(args, &words, look.lang);
    }
    let Some(name) = &args.attack else { return list_all(args, look.lang) };
    let attack = named(name).ok_or_else(|| unknown(name))?;
    if let Some(file) = &args.session {
        return session::run(args, attack, file, words, look);
    }
    if args.command.is_empty() {
        let victim = victim(args, attack)?;
        if args.json {
            let show = Show { words, ..Show::nobody(look.lang) };
            return as_json(&[row(attack, &[victim], &show).context(CANNOT_PLAY)?]);
        }
        return watched(args, words, look, |show| tell(attack, victim, show, &as_typed())).map(|_| Exit::Fine);
    }
    if let Some(advice) = CommandLine::new(args.command.clone()).mangled("port") {
        return Err(Usage(advice).into());
    }
    if attacks_a_client(attack).is_none() {
        return program::run(args, attack, look);
    }
    let student = Student { words: CommandLine::new(args.command.clone()), port: args.port };
    let (shown, handshake) = (fit(&student.words.to_string(), 50), args.handshake.map_or(Handshake::Prefix, meant));
    let seen = watched(args, words, look, |show| tell_on(attack, handshake, &student, &shown, show))?;
    Ok(if seen.winner == Winner::Attacker { Exit::Failed } else { Exit::Fine })
}

/// The attack in lanes.
fn watched(
    args: &BreakArgs,
    words: Vec<String>,
    look: Look,
    play: impl FnOnce(&Show) -> io::Result<Seen>,
) -> anyhow::Result<Seen> {
    ctrlc::set_handler(|| process::exit(INTERRUPTED)).context(CANNOT_CATCH_CTRL_C)?;
    let (width, layout) = (terminal_width(), Layout::Middle);
    let view = view::Look { color: look.color, lang: look.lang, layout, width, narrate_on: Stream::Stdout };
    let (console, thread) = Console::start(view, move |error| end(error, look)).context(CANNOT_START_CONSOLE)?;
    let header = Header::new("break", "attack", "127.0.0.1".into(), "threads");
    let journal =
        args.trace.record.as_deref().map(|path| journal(path, args.trace.force, &header, look.lang)).transpose()?;
    let page = Page::of(args.trace.see, &header);
    let sinks = [journal.as_ref().map(Journal::sink), page.as_ref().map(Page::sink)];
    let record = Sequence::of(sinks.into_iter().flatten().collect());
    let show = Show { console: Some(console), lang: look.lang, slow: args.trace.slow, width, record, words };
    let played = play(&show).context(CANNOT_PLAY);
    drop(show);
    let recorded = journal.map_or(Ok(()), finish);
    thread.finish();
    recorded?;
    page.map_or(Ok(()), |page| page.write(look))?;
    played
}

const CANNOT_PLAY: &str = texts!("the attack cannot be played", "无法演示这个攻击");

fn the_matrix(args: &BreakArgs, words: &[String], lang: Lang) -> anyhow::Result<Exit> {
    let rows = matrix(words, lang, |_| {}).context(CANNOT_PLAY)?;
    if args.json { as_json(&rows) } else { to_stdout(list::table(&rows, lang).as_bytes()) }
}

fn as_json(rows: &[Row]) -> anyhow::Result<Exit> {
    to_stdout((serde_json::to_string_pretty(rows)? + "\n").as_bytes())
}

fn list_all(args: &BreakArgs, lang: Lang) -> anyhow::Result<Exit> {
    if args.json {
        return Err(Usage(both!(
            "--json needs an attack, or --matrix\n  try: day30 break --matrix --json",
            "--json 要和攻击名或 --matrix 一起用\n  试试：day30 break --matrix --json"
        ))
        .into());
    }
    to_stdout(list::of(lang, terminal_width()).as_bytes())
}

fn the_words(args: &BreakArgs) -> anyhow::Result<Vec<String>> {
    let Some(path) = &args.words else { return Ok(words::built_in()) };
    let from = path_shown(path, "--words");
    words::from_file(path).with_context(|| both!("cannot read the words from {from}", "无法从 {from} 读取词表"))
}

fn victim(args: &BreakArgs, attack: &Attack) -> Result<Victim, Usage> {
    let name = attack.name;
    match (attack.play, args.handshake) {
        (Play::Handshakes(_), _) if args.repaired => Err(Usage(both!(
            "{name} is played against handshakes\n  try: day30 break {name} --handshake bound",
            "{name} 攻击的是握手\n  试试：day30 break {name} --handshake bound"
        ))),
        (Play::Handshakes(_), handshake) => Ok(Victim::Handshake(handshake.map_or(Handshake::Prefix, meant))),
        (Play::Flaw(_), Some(_)) => Err(Usage(both!(
            "{name} attacks how a program is written: no handshake helps there\n  try: day30 break {name} --repaired",
            "{name} 攻击的是程序的写法，换哪种握手都没用\n  试试：day30 break {name} --repaired"
        ))),
        (Play::Flaw(_), None) => Ok(if args.repaired { Victim::Mended } else { Victim::Flawed }),
    }
}

fn unknown(name: &str) -> Usage {
    let all: Vec<_> = ATTACKS.iter().map(|attack| attack.name).collect();
    let (near, all) = (all.iter().find(|one| one.starts_with(name.get(..3).unwrap_or(name))), all.join(", "));
    let near = near.unwrap_or(&"relay");
    Usage(both!(
        "there is no such attack; there are: {all}\n  try: day30 break {near}",
        "没有这种攻击；可选：{all}\n  试试：day30 break {near}"
    ))
}

/// The handshake, as the library has it.
pub(super) fn meant(name: HandshakeName) -> Handshake {
    match name {
        HandshakeName::Prefix => Handshake::Prefix,
        HandshakeName::Hmac => Handshake::Hmac,
        HandshakeName::Mutual => Handshake::Mutual,
        HandshakeName::Ordered => Handshake::Ordered,
        HandshakeName::Bound => Handshake::Bound,
    }
}
