//! All four lessons in one process, over real sockets: what a student will do in two terminals, seen from both ends.

mod auth;
mod hmac;
mod nonblock;
mod peers;
mod socket_server;

use crate::lang::Lang;
use crate::say;
use crate::trace::{Actor, PAYLOAD_CAP, Recorder, Sequence};
use crate::view::palette::{BAD, DIM, GOOD, TITLE};
use crate::view::{Console, break_lines, lane_heads};
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{ContentArrangement, Table};
use std::io;
use std::time::Duration;

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

/// How a demo is shown.
#[derive(Clone, Debug)]
pub struct Session {
    /// Where it is shown.
    pub console: Console,
    /// In which language.
    pub lang: Lang,
    /// Slow motion.
    pub slow: Option<Duration>,
    /// How many columns a line may have.
    pub width: usize,
    /// Wait for Enter between two lessons.
    pub pause: bool,
    /// Where it is recorded, if it is.
    pub record: Option<Sequence>,
    /// How `day30` is typed here.
    pub day30: String,
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
pub fn play(session: &Session, lessons: &[Lesson]) -> io::Result<bool> {
    let mut rows = Vec::new();
    for (place, lesson) in lessons.iter().enumerate() {
        if place > 0 && session.pause {
            session.wait_for_enter()?;
        }
        if let Some(record) = &session.record {
            record.lesson(Actor::Server, lesson.name());
        }
        rows.extend(match lesson {
            Lesson::Nonblock => nonblock::play(session),
            Lesson::Auth => auth::play(session),
            Lesson::Hmac => hmac::play(session),
            Lesson::SocketServer => socket_server::play(session),
        }?);
    }
    session.say("");
    table(&rows, session).lines().for_each(|line| session.say(color_marks(line)));
    let all_right = rows.iter().all(|row| row.is_right);
    if !all_right {
        session.say(say!(
            session.lang,
            "{BAD}some results are not as expected{BAD:#}",
            "{BAD}有些结果与预期不符{BAD:#}"
        ));
    }
    Ok(all_right)
}

fn table(rows: &[Row], session: &Session) -> String {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(session.width).unwrap_or(u16::MAX));
    table.set_header(session.lang.pick(["lesson", "expected", "seen", ""], ["课程", "预期", "实际", ""]));
    for row in rows {
        let mark = if row.is_right { "✓" } else { "✗" };
        table.add_row([row.lesson.name(), &row.expected, &row.seen, mark]);
    }
    table.to_string()
}

fn color_marks(line: &str) -> String {
    line.replace('✓', &format!("{GOOD}✓{GOOD:#}")).replace('✗', &format!("{BAD}✗{BAD:#}"))
}

impl Session {
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
        what.split('\n').for_each(|line| self.paragraph(line));
        self.say("");
    }

    /// A text in rows that fit.
    fn paragraph(&self, text: &str) {
        break_lines(text, self.width).into_iter().for_each(|row| self.say(row));
    }

    /// A pause, until whoever watches wants to go on. Where nothing can be typed there is none.
    fn wait_for_enter(&self) -> io::Result<()> {
        self.say(say!(self.lang, "\n{DIM}press Enter for the next lesson{DIM:#}", "\n{DIM}按回车继续下一课{DIM:#}"));
        io::stdin().read_line(&mut String::new()).map(drop)
    }

    /// The lanes' heads.
    fn lanes(&self) {
        self.say(lane_heads(self.lang, self.width, 2));
    }

    /// What was seen, and what to try next: a command for each of two terminals.
    fn close(&self, seen: &str, commands: [&str; 2]) {
        let [first, second] = commands.map(|command| format!("{} {command}", self.day30));
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
        let record = self.record.as_ref().map(Sequence::sink);
        let cap = record.is_some().then_some(PAYLOAD_CAP);
        let sinks = [self.console.sink()].into_iter().chain(record).collect();
        Recorder::new(Actor::Server, sinks, cap, self.slow).in_order()
    }
}
