//! `day30 see`: a record, or both sides' records as one, shown again in one of several ways.

mod draw;
mod narrate;
mod part;
mod records;
mod step;
mod summary;

use super::{Exit, Look};
use crate::cli::{Part, SeeArgs, ViewName};
use day30::lang::Lang;
use part::Collected;
use records::Record;
pub(super) use records::one as one_record;
use std::path::PathBuf;
pub(super) use step::typed_line;

/// So many events can be walked through.
const MOST_STEPS: usize = 20_000;

pub(super) fn run(args: &SeeArgs, look: Look) -> anyhow::Result<Exit> {
    if args.step {
        step::needs_a_person()?;
        let collected = excerpt(&args.files, &args.part, look.lang)?;
        let exit = step::walk(&collected.excerpt, look)?;
        return collected.end(exit);
    }
    let record = Record::open(&args.files, &args.part, look.lang)?;
    match args.view {
        ViewName::Text if args.output.is_none() => narrate::show(args, record, look),
        ViewName::Summary if args.output.is_none() => summary::show(args, record, look),
        view => draw::draw(view, args, record, look),
    }
}

/// A part of a record, or of several as one, that is small enough to be walked through.
pub(super) fn excerpt(files: &[PathBuf], part: &Part, lang: Lang) -> anyhow::Result<Collected> {
    let record = Record::open(files, part, lang)?;
    part::collect(record.header, record.events, part, MOST_STEPS)
}
