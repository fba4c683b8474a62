//! What stands out in a record.

use super::narrate::{is_asked_for, title};
use super::records::Record;
use crate::cli::SeeArgs;
use crate::command::output::{Pages, To, styled};
use crate::command::{Exit, Failed, Look};
use day30::both;
use day30::view::palette::DIM;
use day30::view::{Summary, terminal_width};

/// Says it on stdout, in bounded memory, however long the record is.
pub(super) fn show(args: &SeeArgs, record: Record, look: Look) -> anyhow::Result<Exit> {
    let mut pages = Pages::new(look, false);
    pages.line(&format!("{DIM}{}{DIM:#}", title(&record.header).of(look.lang)))?;
    let mut summary = Summary::new(&record.header);
    let mut is_empty = true;
    for event in record.events {
        let event = event?;
        if args.part.to.is_some_and(|to| event.number > to) {
            break;
        }
        if is_asked_for(args, &event) {
            summary.push(&event);
            is_empty = false;
        }
    }
    if is_empty {
        return Err(Failed(both!("no event in this record matches", "记录里没有符合条件的事件")).into());
    }
    if pages.flush()? {
        styled(&summary.finish().text(look.lang, terminal_width()), To::Stdout, look.color)?;
    }
    Ok(Exit::Fine)
}
