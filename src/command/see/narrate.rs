//! A record, narrated as it was live.

use super::records::Record;
use crate::cli::SeeArgs;
use crate::command::output::{Pages, remark};
use crate::command::{Exit, Failed, Look};
use day30::lang::{Lang, Text};
use day30::trace::{Event, Header, What};
use day30::view::palette::{DIM, TITLE};
use day30::view::{Layout, Narrator, attack_heads, escape, lane_heads, tap_heads, terminal_width};
use day30::{both, say};
use std::io::{self, IsTerminal};
use std::time::Duration;

/// Shows the events that are asked for on stdout. What it has read before an error is shown.
pub(super) fn show(args: &SeeArgs, mut record: Record, look: Look) -> anyhow::Result<Exit> {
    let mut pages = Pages::new(look, record.is_live);
    let shown = narrate(args, &mut record, &mut pages, look);
    let is_read = pages.flush()?;
    match shown?.filter(|_| is_read) {
        Some(shown) => conclude(shown, record.unknown.get(), look.lang),
        None => Ok(Exit::Fine),
    }
}

/// Writes what was asked for, and gives how many events that were; `None` when nobody reads any more.
fn narrate(args: &SeeArgs, record: &mut Record, pages: &mut Pages, look: Look) -> anyhow::Result<Option<u64>> {
    let (lang, width, header) = (look.lang, terminal_width(), &record.header);
    let layout = match header.role.as_ref() {
        "demo" | "pair" => Layout::Lanes,
        "attack" | "tapped" => Layout::Middle,
        _ if io::stdout().is_terminal() => Layout::Wrapped,
        _ => Layout::Lines,
    };
    let narrator = Narrator::new(lang, layout, width);
    let narrator = if args.waits { narrator.with_waits() } else { narrator };
    let title = title(header).of(lang).to_owned();
    let mut began = Duration::ZERO;
    let mut shown = 0;
    let mut is_read = pages.line(&format!("{DIM}{title}{DIM:#}"))?;
    if header.role == "pair" {
        is_read &= pages.line(&lane_heads(lang, width, args.files.len() - 1))?;
    } else if header.role == "tapped" {
        is_read &= pages.line(&tap_heads(lang, width))?;
    }
    for event in &mut record.events {
        let mut event = event?;
        // Each lesson has a clock of its own.
        if let What::Lesson { .. } = event.what {
            began = event.at;
        }
        event.at = event.at.saturating_sub(began);
        if !is_read || args.part.to.is_some_and(|to| event.number > to) {
            break;
        }
        if is_asked_for(args, &event) && narrator.tells(&event) {
            let line = match &event.what {
                What::Lesson { lesson } => heading(lesson, layout, lang, width),
                _ => narrator.line(&event),
            };
            is_read = pages.line(&line)?;
            shown += 1;
        }
    }
    Ok(is_read.then_some(shown))
}

pub(super) fn is_asked_for(args: &SeeArgs, event: &Event) -> bool {
    let is_of = |conn| event.link.is_some_and(|link| link.id == conn);
    event.number >= args.part.from && args.part.conn.is_none_or(is_of)
}

/// What was recorded. Whoever wrote the file chose the words.
pub(super) fn title(header: &Header) -> Text {
    let [command, address, io] =
        [header.command.as_ref(), &header.address, header.io.as_ref()].map(|word| escape(word.as_bytes()));
    if matches!(header.role.as_ref(), "demo" | "attack") {
        return both!("record of day30 {command}", "day30 {command} 的记录");
    }
    let is_of_several = matches!(header.role.as_ref(), "pair" | "tapped");
    if is_of_several && header.io == "watched" {
        return both!("records of day30 {command}: {address}", "day30 {command} 的记录：{address}");
    }
    if is_of_several {
        return both!(
            "records of day30 {command}, {address}, I/O model {io}",
            "day30 {command} 的记录，{address}，I/O 模型 {io}"
        );
    }
    if header.role == "watch" {
        return both!("record of day30 {command} -- {address}", "day30 {command} -- {address} 的记录");
    }
    both!("record of day30 {command}, {address}, I/O model {io}", "day30 {command} 的记录，{address}，I/O 模型 {io}")
}

/// What stands above the events of a lesson.
fn heading(lesson: &str, layout: Layout, lang: Lang, width: usize) -> String {
    let lesson = escape(lesson.as_bytes());
    if layout == Layout::Middle {
        let heads = attack_heads(lang, width);
        return say!(
            lang,
            "\n{TITLE}Attack: {lesson}{TITLE:#}\n\n{heads}",
            "\n{TITLE}攻击：{lesson}{TITLE:#}\n\n{heads}"
        );
    }
    let heads = lane_heads(lang, width, 2);
    say!(lang, "\n{TITLE}Lesson: {lesson}{TITLE:#}\n\n{heads}", "\n{TITLE}课程：{lesson}{TITLE:#}\n\n{heads}")
}

/// What there is to say when all is shown.
fn conclude(shown: u64, unknown: u64, lang: Lang) -> anyhow::Result<Exit> {
    if unknown > 0 {
        let are = if unknown == 1 { "event is of a kind" } else { "events are of kinds" };
        remark(&say!(
            lang,
            "{unknown} {are} that this version of day30 does not know",
            "有 {unknown} 个事件是这个版本的 day30 不认识的"
        ));
    }
    if shown == 0 {
        return Err(Failed(both!("no event in this record matches", "记录里没有符合条件的事件")).into());
    }
    Ok(Exit::Fine)
}
