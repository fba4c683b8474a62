//! `day30 see`: a record, shown again in one of several ways.

mod draw;
mod narrate;
mod part;
mod step;

use super::{Exit, Failed, Look};
use crate::cli::{Part, SeeArgs, ViewName};
use day30::both;
use day30::trace::{Excerpt, ReadError, Reader};
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

/// So many events can be walked through.
const MOST_STEPS: usize = 20_000;

pub(super) fn run(args: &SeeArgs, look: Look) -> anyhow::Result<Exit> {
    if args.step {
        step::needs_a_person()?;
        return step::walk(&excerpt(&args.file, &args.part)?, look);
    }
    let (mut events, name) = open(&args.file)?;
    let cannot = |error| cannot_read(&name, error);
    match args.view {
        ViewName::Text if args.output.is_none() => narrate::show(args, &mut events, cannot, look, is_stdin(&args.file)),
        view => draw::draw(view, args, events, cannot, look),
    }
}

/// A part of a record that is small enough to be walked through.
pub(super) fn excerpt(file: &Path, part: &Part) -> anyhow::Result<Excerpt> {
    let (events, name) = open(file)?;
    let header = events.header().clone();
    part::collect(header, events.map(|event| event.map_err(|error| cannot_read(&name, error))), part, MOST_STEPS)
}

/// Opens a record, and gives the name that errors call it by.
fn open(file: &Path) -> anyhow::Result<(Reader<Box<dyn BufRead>>, String)> {
    let name = if is_stdin(file) { "stdin".into() } else { file.display().to_string() };
    let input: Box<dyn BufRead> = if is_stdin(file) {
        Box::new(io::stdin().lock())
    } else {
        let opened = File::open(file).map_err(|error| cannot_read(&name, error.into()))?;
        Box::new(BufReader::new(opened))
    };
    let events = Reader::open(input).map_err(|error| cannot_read(&name, error))?;
    Ok((events, name))
}

fn is_stdin(file: &Path) -> bool {
    file == Path::new("-")
}

fn cannot_read(name: &str, error: ReadError) -> anyhow::Error {
    let what = both!("cannot read {name}", "无法读取 {name}");
    match error {
        ReadError::Io(error) => anyhow::Error::from(error).context(what),
        error => Failed(both!("{what}: {}", "{what}：{}", error)).into(),
    }
}
