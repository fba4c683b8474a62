//! `day30 -V` and `day30 --version`: what a question about day30 should come with.

use super::Exit;
use super::output::to_stdout;
use day30::lang::Lang;
use std::env::consts::{ARCH, OS};
use std::fs;

pub(super) fn run(is_long: bool, lang: Lang) -> anyhow::Result<Exit> {
    let mut text = format!("day30 {}\n", env!("CARGO_PKG_VERSION"));
    if is_long {
        let (major, minor, update) = char::UNICODE_VERSION;
        let unicode = format!("{major}.{minor}.{update}");
        let rows = [
            (lang.pick("system   ", "系统     "), system()),
            (lang.pick("target   ", "目标平台 "), env!("DAY30_TARGET").to_owned()),
            (lang.pick("commit   ", "提交     "), commit(lang)),
            ("Unicode  ", unicode),
        ];
        rows.iter().for_each(|(label, value)| text += &format!("{label}{value}\n"));
    }
    to_stdout(text.as_bytes())
}

/// The system that this runs on, which need not be the one that it was built for.
fn system() -> String {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let name = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
    let name = name.map(|name| name.trim_matches('"')).filter(|name| !name.is_empty());
    let kernel = day30::race::machine::release();
    match name {
        Some(name) => format!("{OS}{kernel} {ARCH} ({})", day30::view::escape(name.as_bytes())),
        None => format!("{OS}{kernel} {ARCH}"),
    }
}

/// The commit that a release was built from.
fn commit(lang: Lang) -> String {
    match env!("DAY30_COMMIT") {
        "" => lang.pick("not known: not built as a release", "未知：不是发布版").to_owned(),
        commit => commit.to_owned(),
    }
}
