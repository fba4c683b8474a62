//! `day30 see`: a record, narrated as it was live.

use super::output::{CANNOT_WRITE, Pages, remark};
use super::{Exit, Failed, Look};
use crate::cli::SeeArgs;
use anyhow::Context;
use day30::lang::{Lang, Text};
use day30::trace::{Event, Header, ReadError, Reader};
use day30::view::palette::DIM;
use day30::view::{Layout, Narrator, escape, terminal_width};
use day30::{both, say};
use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal};
use std::path::Path;

pub(super) fn run(args: &SeeArgs, look: Look) -> anyhow::Result<Exit> {
    let is_stdin = args.file == Path::new("-");
    let name = if is_stdin { "stdin".into() } else { args.file.display().to_string() };
    let cannot_read = || both!("cannot read {name}", "无法读取 {name}");
    let input: Box<dyn BufRead> = if is_stdin {
        Box::new(io::stdin().lock())
    } else {
        Box::new(BufReader::new(File::open(&args.file).with_context(cannot_read)?))
    };
    let cannot = |error| match error {
        ReadError::Io(error) => anyhow::Error::from(error).context(cannot_read()),
        error => Failed(both!("{}: {}", "{}：{}", cannot_read(), error)).into(),
    };
    let mut events = Reader::open(input).map_err(cannot)?;
    let mut pages = Pages::new(look, is_stdin);
    let shown = narrate(args, &mut events, &mut pages, look);
    let is_read = pages.flush().context(CANNOT_WRITE)?;
    let Some(shown) = shown
        .map_err(|stopped| match stopped {
            Stopped::Unreadable(error) => cannot(error),
            Stopped::Unwritable(error) => anyhow::Error::from(error).context(CANNOT_WRITE),
        })?
        .filter(|_| is_read)
    else {
        return Ok(Exit::Fine);
    };
    conclude(shown, events.unknown(), look.lang)
}

/// Why the narration came to its end too early.
enum Stopped {
    Unreadable(ReadError),
    Unwritable(io::Error),
}

/// Writes what was asked for, and gives how many events that were; `None` when nobody reads any more.
fn narrate<R: BufRead>(
    args: &SeeArgs,
    events: &mut Reader<R>,
    pages: &mut Pages,
    look: Look,
) -> Result<Option<u64>, Stopped> {
    let layout = if io::stdout().is_terminal() { Layout::Wrapped } else { Layout::Lines };
    let narrator = Narrator::new(look.lang, layout, terminal_width());
    let title = title(events.header()).of(look.lang).to_owned();
    let mut shown = 0;
    let mut is_read = pages.line(&format!("{DIM}{title}{DIM:#}")).map_err(Stopped::Unwritable)?;
    for event in events {
        let event = event.map_err(Stopped::Unreadable)?;
        if !is_read || args.to.is_some_and(|to| event.number > to) {
            break;
        }
        if is_asked_for(args, &event) && narrator.tells(&event) {
            is_read = pages.line(&narrator.line(&event)).map_err(Stopped::Unwritable)?;
            shown += 1;
        }
    }
    Ok(is_read.then_some(shown))
}

fn is_asked_for(args: &SeeArgs, event: &Event) -> bool {
    let is_of = |conn| event.link.is_some_and(|link| link.id == conn);
    event.number >= args.from && args.conn.is_none_or(is_of)
}

/// What was recorded. Whoever wrote the file chose the words.
fn title(header: &Header) -> Text {
    let [command, address, io] =
        [header.command.as_ref(), &header.address, header.io.as_ref()].map(|word| escape(word.as_bytes()));
    both!("record of day30 {command}, {address}, I/O model {io}", "day30 {command} 的记录，{address}，I/O 模型 {io}")
}

/// What there is to say when all is shown.
fn conclude(shown: u64, unknown: u64, lang: Lang) -> anyhow::Result<Exit> {
    if unknown > 0 {
        remark(&say!(
            lang,
            "{unknown} events are of kinds that this version of day30 does not know",
            "有 {unknown} 个事件是这个版本的 day30 不认识的"
        ));
    }
    if shown == 0 {
        return Err(Failed(both!("no event of this record fits", "记录里没有符合条件的事件")).into());
    }
    Ok(Exit::Fine)
}
