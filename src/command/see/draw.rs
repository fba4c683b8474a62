//! A record as a file of another kind: a picture, a page, packets, a timeline.

use super::part::collect;
use super::records::Record;
use crate::cli::{SeeArgs, ViewName};
use crate::command::output::to_stdout;
use crate::command::output_file::OutputFile;
use crate::command::output_kind::Kind;
use crate::command::{Exit, Look, Usage};
use day30::both;
use day30::view::{ladder, pcap, perfetto, player};
use std::io::{self, IsTerminal};

/// Writes the record as `view`, to a file or to stdout.
pub(super) fn draw(view: ViewName, args: &SeeArgs, record: Record, look: Look) -> anyhow::Result<Exit> {
    let (name, kind, most) = match view {
        ViewName::Text | ViewName::Summary => {
            return Err(Usage(both!(
                "text and summary go to stdout only: remove --output",
                "text 和 summary 只写到 stdout：请去掉 --output"
            ))
            .into());
        }
        ViewName::Ladder => ("ladder -o day.svg", Kind::Ladder, 1000),
        ViewName::Html => ("html -o day.html", Kind::Player, 20_000),
        ViewName::Pcap => ("pcap -o day.pcapng", Kind::Pcap, 100_000),
        ViewName::Perfetto => ("perfetto -o day.json", Kind::Perfetto, 100_000),
    };
    let file = args.output.as_deref().map(|path| OutputFile::new(path, kind, args.force, look.lang));
    match &file {
        Some(file) => file.check()?,
        None if io::stdout().is_terminal() => {
            return Err(Usage(both!(
                "this output is not for a terminal\n  try: --as {name}",
                "这种输出不能直接显示在终端\n  试试：--as {name}"
            ))
            .into());
        }
        None => {}
    }
    let collected = collect(record.header, record.events, &args.part, most)?;
    let excerpt = &collected.excerpt;
    let drawn = match view {
        ViewName::Pcap => pcap(excerpt, look.lang),
        ViewName::Ladder => ladder(excerpt, look.lang).into_bytes(),
        ViewName::Perfetto => perfetto(excerpt, look.lang).into_bytes(),
        ViewName::Html | ViewName::Text | ViewName::Summary => player(excerpt, look.lang).into_bytes(),
    };
    let exit = match file {
        Some(file) => file.write(&drawn).map(|()| Exit::Fine),
        None => to_stdout(&drawn),
    };
    collected.end(exit?)
}
