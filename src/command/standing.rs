//! Where a student is: a line for each program, and the one thing to type next.

use super::progress::{Found, Progress, load};
use super::seen_file::Trouble;
use anstyle::Style;
use day30::check::Target;
use day30::lang::Lang;
use day30::say;
use day30::view::palette::{DIM, GOOD, TITLE};
use day30::view::{describe_io_error, escape};
use std::path::Path;

/// How many cells a bar has.
const CELLS: usize = 10;

/// What is known of each program, in the lessons' order.
pub(super) struct Standing {
    all: Vec<(Target, Option<Progress>)>,
    /// What is to be said about files that could not be used.
    pub(super) remarks: Vec<String>,
}

impl Standing {
    /// Reads what is kept.
    pub(super) fn load(lang: Lang) -> Self {
        let mut remarks = Vec::new();
        let mut known = |target| match load(target) {
            Found::Nothing => None,
            Found::Kept(progress) => Some(progress),
            Found::Dropped(path) => {
                remarks.push(was_dropped(&path, lang));
                None
            }
            Found::Unreadable(path, trouble) => {
                remarks.push(cannot_be_read(&path, &trouble, lang));
                None
            }
        };
        Self { all: Target::ALL.into_iter().map(|target| (target, known(target))).collect(), remarks }
    }

    /// Whether nothing was judged yet.
    pub(super) fn is_empty(&self) -> bool {
        self.all.iter().all(|(_, progress)| progress.is_none())
    }

    /// The screen.
    pub(super) fn draw(&self, lang: Lang) -> String {
        let title = lang.pick(
            "day30: where you are. Read: day30 lesson; all options: day30 --help",
            "day30：你学到哪里了。看课文：day30 lesson；全部选项：day30 --help",
        );
        let rows: String = self.all.iter().map(|(target, progress)| row(*target, progress.as_ref(), lang)).collect();
        format!("{title}\n\n{rows}\n{}", self.next(lang))
    }

    /// The program that was judged last, if it is not done; else another one that is not; else one that was not begun.
    fn next(&self, lang: Lang) -> String {
        let begun = self.all.iter().filter_map(|(target, progress)| Some((*target, progress.as_ref()?)));
        let unfinished = begun.filter(|(target, progress)| progress.step(*target).is_some());
        if let Some((target, progress)) = unfinished.max_by_key(|(_, progress)| progress.judged_at) {
            return go_on(target, progress, lang);
        }
        match self.all.iter().find(|(_, progress)| progress.is_none()) {
            Some((target, _)) => typed(lang.pick("next:", "下一步："), &format!("day30 start {}", target.name())),
            None => self.all_done(lang),
        }
    }

    fn all_done(&self, lang: Lang) -> String {
        let title = lang.pick(
            "every program passes; now race it, watch it, break it, ask more of it:",
            "七个程序都通过了；接下来：比赛、观察、攻破、提高要求：",
        );
        let server = self.all.first().and_then(|(_, progress)| progress.as_ref()?.command());
        let command = server.unwrap_or("python3 my_nonblock_server.py {port}");
        let lines = [
            format!("day30 race --against {}", day30::program::quoted(&format!("mine={command}"))),
            format!("day30 watch -- {}", command.replace("{port}", "9000")),
            "day30 break".to_owned(),
            format!("day30 check nonblock-server --strict --repeat 5 -- {command}"),
        ];
        typed(title, &lines.join("\n  "))
    }
}

fn row(target: Target, progress: Option<&Progress>, lang: Lang) -> String {
    let lesson = match target {
        Target::NonblockServer => "1",
        Target::AuthServer => "2",
        Target::Hmac => "3",
        Target::SocketServer => "4",
        Target::NonblockClient | Target::AuthClient | Target::SocketClient => " ",
    };
    let name = target.name();
    let Some(progress) = progress else {
        let text = lang.pick("not begun", "还没开始");
        return format!("  {lesson}  {name:<17}{DIM}{}  {text}{DIM:#}\n", "░".repeat(CELLS));
    };
    let (passed, all) = (progress.passed(target), target.checks().len());
    let full = passed * CELLS / all.max(1);
    let bar = "█".repeat(full) + &"░".repeat(CELLS - full);
    let count = say!(lang, "{passed} of {all}", "{passed} / {all}");
    let (style, place) = match progress.step(target) {
        None => (GOOD, lang.pick("done", "完成").to_owned()),
        Some(step) => (Style::new(), at(target, step, lang)),
    };
    format!("  {lesson}  {name:<17}{GOOD}{bar}{GOOD:#}  {count:<10} {style}{place}{style:#}\n")
}

fn at(target: Target, step: usize, lang: Lang) -> String {
    let name = target.path().get(step).map(|step| step.name(lang)).unwrap_or_default();
    say!(lang, "step {}: {name}", "第 {} 步：{name}", step + 1)
}

/// What to type for a program that is begun, and where.
fn go_on(target: Target, progress: &Progress, lang: Lang) -> String {
    let Some((line, folder)) = progress.next() else {
        let line = format!("day30 check {} --contract", target.name());
        return typed(lang.pick("next, what it must do:", "下一步，看看它要做到什么："), &line);
    };
    let elsewhere = folder.filter(|folder| std::env::current_dir().is_ok_and(|here| here != **folder));
    let title = match elsewhere.map(|folder| escape(folder.to_string_lossy().as_bytes())) {
        Some(folder) => say!(lang, "next, in {folder}:", "下一步，在 {folder} 里："),
        None => lang.pick("next:", "下一步：").to_owned(),
    };
    typed(&title, line)
}

fn typed(title: &str, line: &str) -> String {
    format!("{TITLE}{title}{TITLE:#}\n  {line}\n")
}

/// What is said of a file that was damaged.
pub(super) fn was_dropped(path: &Path, lang: Lang) -> String {
    let path = path.display();
    say!(lang, "note: {path} was damaged and has been dropped", "注意：{path} 已损坏，已经丢弃")
}

/// What is said where progress cannot be written.
pub(super) fn is_not_kept(path: &Path, trouble: &Trouble, lang: Lang) -> String {
    let (path, why) = (path.display(), why(trouble, lang));
    say!(
        lang,
        "note: your progress could not be kept in {path}: {why}\n  try: --progress off, which keeps none",
        "注意：进度无法保存到 {path}：{why}\n  试试：--progress off，不保存进度"
    )
}

fn cannot_be_read(path: &Path, trouble: &Trouble, lang: Lang) -> String {
    let (path, why) = (path.display(), why(trouble, lang));
    say!(lang, "note: your progress in {path} cannot be read: {why}", "注意：无法读取进度 {path}：{why}")
}

fn why(trouble: &Trouble, lang: Lang) -> String {
    match trouble {
        Trouble::Io(error) => describe_io_error(error).of(lang).to_owned(),
        trouble => trouble.describe(lang),
    }
}
