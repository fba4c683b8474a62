//! All four lessons in one process, over real sockets: what a student will do in two terminals, seen from both ends.

mod auth;
mod cast;
mod hmac;
mod nonblock;
mod socket_server;

use crate::lang::Lang;
use crate::say;
use crate::trace::{Actor, Recorder};
use crate::view::Console;
use anstyle::{AnsiColor, Style};
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{ContentArrangement, Table};
use std::io;
use std::time::Duration;

const TITLE: Style = AnsiColor::Cyan.on_default().bold();
const DIM: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();

/// One of the four lessons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lesson {
    /// Polling in a loop.
    Nonblock,
    /// Proving a secret.
    Auth,
    /// HMAC.
    Hmac,
    /// A thread for each client.
    SocketServer,
}

impl Lesson {
    /// All of them, in the day's order.
    pub const ALL: [Self; 4] = [Self::Nonblock, Self::Auth, Self::Hmac, Self::SocketServer];

    /// The lesson's name, the same everywhere.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Nonblock => "nonblock",
            Self::Auth => "auth",
            Self::Hmac => "hmac",
            Self::SocketServer => "socket-server",
        }
    }
}

/// The stage of a demo.
#[derive(Clone, Debug)]
pub struct Stage {
    /// Where it is shown.
    pub console: Console,
    /// In which language.
    pub lang: Lang,
    /// Slow motion.
    pub slow: Option<Duration>,
}

/// One thing that a lesson promised, and what was seen.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    lesson: Lesson,
    expected: String,
    seen: String,
    is_right: bool,
}

impl Row {
    /// Something that must be exactly so.
    fn exact(lesson: Lesson, expected: impl Into<String>, seen: impl Into<String>) -> Self {
        let (expected, seen) = (expected.into(), seen.into());
        let is_right = expected == seen;
        Self { lesson, expected, seen, is_right }
    }
}

/// Plays the lessons; true if every one of them showed what it should.
///
/// # Errors
///
/// What a socket call gave that should have worked.
pub fn play(stage: &Stage, lessons: &[Lesson]) -> io::Result<bool> {
    let mut rows = Vec::new();
    for lesson in lessons {
        rows.extend(match lesson {
            Lesson::Nonblock => nonblock::play(stage),
            Lesson::Auth => auth::play(stage),
            Lesson::Hmac => hmac::play(stage),
            Lesson::SocketServer => socket_server::play(stage),
        }?);
    }
    stage.say("");
    table(&rows, stage.lang).lines().for_each(|line| stage.say(color_marks(line)));
    let all_right = rows.iter().all(|row| row.is_right);
    if !all_right {
        stage.say(say!(stage.lang, "{BAD}something is not as it should be{BAD:#}", "{BAD}有些结果与预期不符{BAD:#}"));
    }
    Ok(all_right)
}

fn table(rows: &[Row], lang: Lang) -> String {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic).set_width(80);
    table.set_header(lang.pick(["lesson", "expected", "seen", ""], ["课程", "预期", "实际", ""]));
    for row in rows {
        let mark = if row.is_right { "✓" } else { "✗" };
        table.add_row([row.lesson.name(), &row.expected, &row.seen, mark]);
    }
    table.to_string()
}

fn color_marks(line: &str) -> String {
    line.replace('✓', &format!("{GOOD}✓{GOOD:#}")).replace('✗', &format!("{BAD}✗{BAD:#}"))
}

impl Stage {
    /// A line of the demo.
    fn say(&self, line: impl Into<String>) {
        self.console.notice(line);
    }

    /// The lesson's title, what to look at, and the lanes' heads.
    fn open(&self, lesson: Lesson, number: usize, what: &str) {
        let name = lesson.name();
        self.say(say!(
            self.lang,
            "\n{TITLE}Lesson {number}: {name}{TITLE:#}",
            "\n{TITLE}第 {number} 课：{name}{TITLE:#}"
        ));
        self.say(format!("{what}\n"));
    }

    /// The lanes' heads.
    fn lanes(&self) {
        let [seconds, server, a, b] =
            self.lang.pick(["seconds", "server", "client A", "client B"], ["秒", "服务器", "客户端 A", "客户端 B"]);
        let pad = |text: &str, columns| {
            format!("{text}{}", " ".repeat(columns - unicode_width::UnicodeWidthStr::width(text)))
        };
        self.say(format!("{}{}{}{b}", pad(seconds, 9), pad(server, 18), pad(a, 18)));
    }

    /// What was seen, and what to try next: a command for each of two terminals.
    fn close(&self, seen: &str, commands: [&str; 2]) {
        let [first, second] = commands;
        let seen = say!(self.lang, "\n{TITLE}seen:{TITLE:#} {seen}", "\n{TITLE}看到：{TITLE:#}{seen}");
        let elsewhere = if second.contains("-client") {
            say!(self.lang, "{DIM}    (in another terminal){DIM:#}", "{DIM}    （在另一个终端）{DIM:#}")
        } else {
            String::new()
        };
        let tries = say!(
            self.lang,
            "{TITLE}try:{TITLE:#}  {first}\n      {second}{elsewhere}",
            "{TITLE}试试：{TITLE:#}{first}\n      {second}{elsewhere}"
        );
        self.say(format!("{seen}\n{tries}"));
    }

    /// A recorder for one lesson: its time begins at zero.
    fn trace(&self) -> Recorder {
        Recorder::new(Actor::Server, vec![self.console.sink()], None, self.slow).in_order()
    }
}
