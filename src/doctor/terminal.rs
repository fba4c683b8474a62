//! What the screen can show: how wide it is, and whether Chinese is readable on it.

use super::Finding;
use crate::both;
use crate::view::escape;
use std::env;
use std::io::{self, IsTerminal};

/// What the narration's lines are made for.
const COLUMNS: u16 = 80;

/// The window in which the lessons are to be run.
pub(super) fn terminal() -> Finding {
    let name = both!("terminal", "终端");
    if !io::stdout().is_terminal() {
        return Finding::limited(
            name,
            both!("the output goes to a file or a pipe", "输出到了文件或管道"),
            both!(
                "run day30 doctor by itself, in the window that you will use",
                "请在上课要用的窗口里直接运行 day30 doctor"
            ),
        );
    }
    let Some((columns, rows)) = terminal_size::terminal_size_of(io::stdout()) else {
        return Finding::limited(
            name,
            both!("it does not tell how wide it is", "终端没有给出宽度"),
            both!("80 columns are assumed: make the window as wide", "按 80 列显示：请把窗口调到这么宽"),
        );
    };
    let (columns, rows) = (columns.0, rows.0);
    if columns < COLUMNS {
        return Finding::limited(
            name,
            both!("{columns} columns: long lines are broken", "{columns} 列：长的行会折断"),
            both!(
                "make the window {COLUMNS} columns wide, or the letters smaller",
                "把窗口加宽到 {COLUMNS} 列，或缩小字号"
            ),
        );
    }
    if env::var("TERM").is_ok_and(|term| term == "dumb") || env::var("NO_COLOR").is_ok_and(|it| !it.is_empty()) {
        return Finding::fine(
            name,
            both!(
                "{columns} × {rows}, without colours (NO_COLOR or TERM)",
                "{columns} × {rows}，没有颜色（NO_COLOR 或 TERM）"
            ),
        );
    }
    Finding::fine(name, both!("{columns} × {rows}, with colours", "{columns} × {rows}，有颜色"))
}

/// Whether Chinese, arrows and bars come out as they are. Windows takes them as they are (UTF-16), whatever `chcp` says.
pub(super) fn locale() -> Finding {
    let name = both!("locale", "字符编码");
    if cfg!(windows) {
        return Finding::fine(
            name,
            both!(
                "the console shows Chinese, with any chcp; files are UTF-8",
                "任何 chcp 下控制台都能显示中文；文件是 UTF-8"
            ),
        );
    }
    let variables = ["LC_ALL", "LC_CTYPE", "LANG"].map(|name| env::var(name).unwrap_or_default());
    let locale = variables.into_iter().find(|value| !value.is_empty()).unwrap_or_default();
    let (is_utf8, locale) = (is_utf8(&locale), escape(locale.as_bytes()));
    if is_utf8 {
        return Finding::fine(name, both!("{locale}: Chinese can be shown", "{locale}：可以显示中文"));
    }
    let locale = if locale.is_empty() { "C".to_owned() } else { locale };
    let better = if cfg!(target_os = "macos") { "zh_CN.UTF-8" } else { "C.UTF-8" };
    Finding::limited(
        name,
        both!("{locale} is not UTF-8: Chinese may come out wrong", "{locale} 不是 UTF-8：中文可能显示成乱码"),
        both!("export LC_ALL={better}", "export LC_ALL={better}"),
    )
}

/// `C.UTF-8`, `zh_CN.utf8`, `en_US.UTF-8@x`.
fn is_utf8(locale: &str) -> bool {
    let codeset = locale.split_once('.').map_or("", |(_, rest)| rest.split('@').next().unwrap_or_default());
    ["utf-8", "utf8"].contains(&codeset.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_tells_its_encoding() {
        for locale in ["C.UTF-8", "zh_CN.utf8", "en_US.UTF-8@x"] {
            assert!(is_utf8(locale), "{locale}");
        }
        for locale in ["", "C", "POSIX", "zh_CN.GB18030", "en_US", "utf8"] {
            assert!(!is_utf8(locale), "{locale}");
        }
    }
}
