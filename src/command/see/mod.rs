//! `day30 see`: a record, shown again in one of several ways.

mod draw;
mod narrate;
mod part;

use super::{Exit, Failed, Look};
use crate::cli::{SeeArgs, ViewName};
use anyhow::Context;
use day30::both;
use day30::trace::{ReadError, Reader};
use std::fs::File;
use std::io::{self, BufRead, BufReader};
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
    let mut events = Reader::open(input).map_err(&cannot)?;
    match args.view {
        ViewName::Text if args.output.is_none() => narrate::show(args, &mut events, cannot, look, is_stdin),
        view => draw::draw(view, args, events, cannot, look),
    }
}
