//! Recognises a file that day30 wrote earlier, by what is in it.

use day30::check::Target;
use day30::class;
use day30::trace::journal;
use serde::Deserialize;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

/// As much of a file as its marks need: a command line may stand before them.
const HEAD: u64 = 64 * 1024;

/// What day30 writes to files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `--record`: JSON Lines.
    Record,
    RaceJson,
    RaceCsv,
    RaceSvg,
    CheckJson,
    CheckJunit,
    CheckTap,
    ClassHtml,
    ClassCsv,
    ClassJson,
    ClassPairs,
    ClassFeedback,
    /// `see --as`.
    Ladder,
    Player,
    Pcap,
    Perfetto,
    /// `start`: whatever is in it now, a student may have written it.
    Starter,
}

/// The one field that every JSON object of ours has.
#[derive(Deserialize)]
struct Marked {
    format: String,
}

impl Kind {
    /// Whether only its owner shall read it: it may hold a challenge and its answer, with which secrets can be tried out at home.
    pub(super) fn is_private(self) -> bool {
        matches!(self, Self::Record | Self::Ladder | Self::Player | Self::Pcap | Self::Perfetto)
    }

    /// Whether the file is an earlier output of this kind. An output of another kind is not: it was hardly meant.
    pub(super) fn wrote(self, path: &Path) -> io::Result<bool> {
        let file = File::open(path)?;
        Ok(match self {
            Self::RaceJson => is_marked(file, "day30-race"),
            Self::CheckJson => is_marked(file, "day30-check"),
            Self::Perfetto => is_marked(file, "day30-perfetto"),
            Self::ClassJson => is_marked(file, "day30-class"),
            Self::ClassPairs => is_marked(file, "day30-class-pairs"),
            _ => self.is_head_of(&head(file)?),
        })
    }

    fn is_head_of(self, head: &str) -> bool {
        match self {
            Self::Record => {
                let header = head.lines().next().and_then(|line| serde_json::from_str::<Marked>(line).ok());
                header.is_some_and(|header| header.format == journal::FORMAT)
            }
            Self::RaceCsv => head.starts_with("round,server,workload,clients,size,per_second,"),
            Self::RaceSvg => head.starts_with("<svg ") && head.contains("<title>day30 race"),
            Self::CheckJunit => head.starts_with("<?xml ") && head.contains(" package=\"day30.check\" "),
            Self::CheckTap => is_tap(head),
            Self::Ladder => head.starts_with("<svg ") && head.contains("<title>day30 see"),
            Self::Player => {
                head.starts_with("<!doctype html>") && head.contains("<meta name=\"generator\" content=\"day30 see\"")
            }
            Self::Pcap => head.starts_with("\n\r\r\n") && head.contains("day30 see"),
            Self::ClassHtml => {
                head.starts_with("<!doctype html>") && head.contains("<meta name=\"generator\" content=\"day30 class\"")
            }
            Self::ClassCsv => head.starts_with(class::CSV_HEAD),
            Self::ClassFeedback => head.starts_with(class::FEEDBACK_HEAD),
            Self::RaceJson | Self::CheckJson | Self::Perfetto | Self::Starter | Self::ClassJson | Self::ClassPairs => {
                false
            }
        }
    }
}

fn is_marked(file: File, format: &str) -> bool {
    serde_json::from_reader::<_, Marked>(BufReader::new(file)).is_ok_and(|marked| marked.format == format)
}

fn head(file: File) -> io::Result<String> {
    let mut head = Vec::new();
    file.take(HEAD).read_to_end(&mut head)?;
    Ok(String::from_utf8_lossy(&head).into_owned())
}

/// TAP has no place for the name of a program, but the third line of ours names the target.
fn is_tap(head: &str) -> bool {
    let mut lines = head.lines();
    let (version, plan, target) = (lines.next(), lines.next(), lines.next().unwrap_or_default());
    version == Some("TAP version 13")
        && plan.is_some_and(|plan| plan.starts_with("1.."))
        && Target::ALL.iter().any(|known| target.starts_with(&format!("# {}: ", known.name())))
}
