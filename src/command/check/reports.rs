//! The reports that are asked for, and where each of them goes.

use super::super::Usage;
use super::super::output_file::{OutputFile, all_different};
use super::super::output_kind::Kind;
use super::super::unrepeated::shown;
use crate::cli::CheckArgs;
use day30::both;
use day30::check::Target;
use day30::lang::Lang;
use std::path::Path;

/// A form of report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Json,
    Junit,
    Tap,
}

/// A report, for a file or (`None`) for stdout.
pub(super) type Report = (Form, Option<OutputFile>);

/// The reports that are asked for, each of which can be written.
pub(super) fn reports(args: &CheckArgs, target: Target, lang: Lang) -> anyhow::Result<Vec<Report>> {
    let reports: Vec<_> =
        args.report.iter().map(|it| report(it, target, args.force, lang)).collect::<Result<_, _>>()?;
    if reports.iter().filter(|(_, file)| file.is_none()).count() > 1 {
        return Err(Usage(both!(
            "only one report can go to stdout\n  give the others a file: --report tap=FILE",
            "只有一份报告可以写到 stdout\n  其余的请写入文件：--report tap=FILE"
        ))
        .into());
    }
    let files = || reports.iter().filter_map(|(_, file)| file.as_ref());
    all_different(files().map(OutputFile::path).chain(args.record.as_deref()))?;
    files().try_for_each(OutputFile::check)?;
    Ok(reports)
}

fn report(typed: &str, target: Target, force: bool, lang: Lang) -> Result<Report, Usage> {
    let (form, file) = match typed.split_once('=') {
        Some((form, file)) => (form, Some(Path::new(file))),
        None => (typed, None),
    };
    let (form, kind) = match form {
        "json" => (Form::Json, Kind::CheckJson),
        "junit" => (Form::Junit, Kind::CheckJunit),
        "tap" => (Form::Tap, Kind::CheckTap),
        _ => {
            let typed = shown(typed, target.needs_secret());
            return Err(Usage(both!(
                "--report {typed}: write json, junit or tap, or for a file json=FILE",
                "--report {typed}：请写 json、junit 或 tap；要写入文件则写 json=FILE"
            )));
        }
    };
    Ok((form, file.map(|path| OutputFile::new(path, kind, force, lang))))
}
