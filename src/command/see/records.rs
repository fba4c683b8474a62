//! One record, or a server's and its clients' as one.

use crate::cli::Part;
use crate::command::Failed;
use crate::command::output::remark;
use anyhow::Context;
use day30::lang::{Lang, Text};
use day30::trace::{Event, Header, ReadError, Reader, Refused, Source, merge};
use day30::{both, say};
use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// A clock that is wrong by less than this is as good as right: a busy machine alone can make such a difference.
const WORTH_TELLING_US: u64 = 500_000;

/// What is to be seen, event by event.
pub(super) struct Record {
    pub(super) header: Header,
    pub(super) events: Events,
    /// How many events were passed over so far.
    pub(super) unknown: Rc<Cell<u64>>,
    /// Whoever writes it may be doing so now.
    pub(super) is_live: bool,
}

pub(in crate::command) type Events = Box<dyn Iterator<Item = anyhow::Result<Event>>>;

impl Record {
    /// Opens what was asked for. Several records are read and merged at once.
    pub(super) fn open(files: &[PathBuf], part: &Part, lang: Lang) -> anyhow::Result<Self> {
        let unknown = Rc::default();
        if let [file] = files {
            let Source { header, events, .. } = open(file, &unknown)?;
            return Ok(Self { header, events, unknown, is_live: is_stdin(file) });
        }
        if files.iter().filter(|file| is_stdin(file)).count() > 1 {
            return Err(twice("-").into());
        }
        let sources: Vec<_> = files.iter().map(|file| open(file, &unknown)).collect::<Result<_, _>>()?;
        let merged = merge(all_different(sources)?, part.conn).map_err(|refused| match refused {
            Refused::Read(error) => error,
            Refused::Because(why) => Failed(why).into(),
        })?;
        for (name, shift) in merged.shifts.iter().filter(|(_, shift)| shift.unsigned_abs() >= WORTH_TELLING_US) {
            let seconds = *shift as f64 / 1e6;
            remark(&say!(
                lang,
                "the clock of {name} was moved by {seconds:+.3} s: otherwise bytes would have been received before they were sent",
                "{name} 的时钟已调整 {seconds:+.3} 秒：否则会有数据在发送之前就被收到"
            ));
        }
        // What could not be read is told when all else was shown.
        let events = Box::new(merged.events.into_iter().map(Ok).chain(all_of(merged.cut).map(Err)));
        Ok(Self { header: merged.header, events, unknown, is_live: false })
    }
}

/// What wrote this one record, and its events.
pub(in crate::command) fn one(file: &Path) -> anyhow::Result<(Header, Events)> {
    let Source { header, events, .. } = open(file, &Rc::default())?;
    Ok((header, events))
}

/// Several errors as one.
fn all_of(errors: Vec<anyhow::Error>) -> Option<anyhow::Error> {
    errors.into_iter().reduce(|first, next| match (first.downcast_ref::<Failed>(), next.downcast_ref::<Failed>()) {
        (Some(Failed(one)), Some(Failed(other))) => Failed(both!("{}\n{}", "{}\n{}", one, other)).into(),
        // An error of the system's counts for more than a record that is not whole.
        (Some(_), None) => next,
        _ => first,
    })
}

fn is_stdin(file: &Path) -> bool {
    file == Path::new("-")
}

fn open(file: &Path, unknown: &Rc<Cell<u64>>) -> anyhow::Result<Source<Events>> {
    let name = if is_stdin(file) { "stdin".into() } else { file.display().to_string() };
    let input: Box<dyn BufRead> = if is_stdin(file) {
        Box::new(io::stdin().lock())
    } else {
        Box::new(BufReader::new(File::open(file).with_context(|| cannot_read(&name))?))
    };
    let mut reader = Reader::open(input).map_err(|error| cannot(error, &name))?;
    let header = reader.header().clone();
    let (of_record, unknown) = (name.clone(), Rc::clone(unknown));
    let events = std::iter::from_fn(move || {
        let before = reader.unknown();
        let event = reader.next();
        unknown.set(unknown.get() + (reader.unknown() - before));
        event.map(|event| event.map_err(|error| cannot(error, &of_record)))
    });
    Ok(Source { name, header, events: Box::new(events) })
}

fn cannot_read(name: &str) -> Text {
    both!("cannot read {name}", "无法读取 {name}")
}

fn cannot(error: ReadError, name: &str) -> anyhow::Error {
    match error {
        ReadError::Io(error) => anyhow::Error::from(error).context(cannot_read(name)),
        error => Failed(both!("{}: {}", "{}：{}", cannot_read(name), error)).into(),
    }
}

/// A copy has the same first line, down to the microsecond in which it was written, and the same first event. (Two clients that are
/// started at once may have the same first line.)
fn all_different(sources: Vec<Source<Events>>) -> Result<Vec<Source<Events>>, Failed> {
    let mut known: Vec<(String, String)> = Vec::new();
    let mut different = Vec::with_capacity(sources.len());
    for Source { name, header, mut events } in sources {
        let first = events.next();
        let key = format!("{header:?} {:?}", first.as_ref().map(|event| event.as_ref().ok()));
        if let Some((_, other)) = known.iter().find(|(other, _)| *other == key) {
            return Err(if *other == name { twice(&name) } else { same(other, &name) });
        }
        known.push((key, name.clone()));
        let events: Events = Box::new(first.into_iter().chain(events));
        different.push(Source { name, header, events });
    }
    Ok(different)
}

fn twice(name: &str) -> Failed {
    Failed(both!("{name} is given twice", "{name} 写了两次"))
}

fn same(one: &str, other: &str) -> Failed {
    Failed(both!("{one} and {other} are the same record", "{one} 和 {other} 是同一份记录"))
}
