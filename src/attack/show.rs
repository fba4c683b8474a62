//! How a run is shown: as `demo` shows one, in lanes, with the attacker between the client and the server.

use super::seen::{Seen, Winner};
use super::words;
use crate::lang::Lang;
use crate::say;
use crate::trace::{Sequence, Sink};
use crate::view::palette::{BAD, DIM, GOOD, TITLE};
use crate::view::{Console, attack_heads, break_lines};
use std::time::Duration;

/// How wide the names of what is told at the end are.
const NAME: usize = 10;

/// Where a run is shown and kept; without a console nobody watches.
#[derive(Clone, Debug)]
pub struct Show {
    /// Where it is shown, if it is.
    pub console: Option<Console>,
    /// In which language.
    pub lang: Lang,
    /// Slow motion.
    pub slow: Option<Duration>,
    /// How many columns a line may have.
    pub width: usize,
    /// Where it is recorded, if it is.
    pub record: Option<Sequence>,
    /// The words that are tried as secrets.
    pub words: Vec<String>,
}

impl Show {
    /// Nobody watches.
    #[must_use]
    pub fn nobody(lang: Lang) -> Self {
        Self { console: None, lang, slow: None, width: 80, record: None, words: words::built_in() }
    }

    pub(super) fn sinks(&self) -> Vec<Sink> {
        let record = self.record.as_ref().map(Sequence::sink);
        self.console.as_ref().map(Console::sink).into_iter().chain(record).collect()
    }

    /// A line.
    pub(super) fn say(&self, line: impl Into<String>) {
        if let Some(console) = &self.console {
            console.notice(line);
        }
    }

    /// A text in rows that fit.
    pub(super) fn paragraph(&self, text: &str) {
        break_lines(text, self.width).into_iter().for_each(|row| self.say(row));
    }

    /// A numbered step, above what it does in the lanes.
    pub(super) fn step(&self, number: usize, text: &str) {
        let rows = break_lines(text, self.width.saturating_sub(4));
        for (place, row) in rows.iter().enumerate() {
            let number = if place == 0 { format!("{number:>2}. ") } else { "    ".into() };
            self.say(format!("{TITLE}{number}{row}{TITLE:#}"));
        }
    }

    /// The lanes' heads.
    pub(super) fn lanes(&self) {
        let heads = attack_heads(self.lang, self.width);
        self.say(format!("\n{DIM}{heads}{DIM:#}"));
    }

    /// A named text at the end of a run, its later rows beneath the first.
    pub(super) fn named(&self, name: &str, text: &str) {
        use unicode_width::UnicodeWidthStr;
        let indent = " ".repeat(NAME);
        let rows = break_lines(text, self.width.saturating_sub(NAME));
        for (place, row) in rows.iter().enumerate() {
            let pad = " ".repeat(NAME.saturating_sub(name.width()));
            let name = if place == 0 { format!("{TITLE}{name}{TITLE:#}{pad}") } else { indent.clone() };
            self.say(format!("{name}{row}"));
        }
    }

    /// The title of a run.
    pub(super) fn heading(&self, text: &str) {
        self.say(format!("\n{TITLE}{text}{TITLE:#}"));
    }

    /// Who won, in a word and a colour, and by what it was seen.
    pub(super) fn winner(&self, seen: &Seen) {
        let (style, who) = match seen.winner {
            Winner::Attacker => (BAD, self.lang.pick("The attacker wins:", "攻击者赢了：")),
            Winner::Defender => (GOOD, self.lang.pick("The attacker fails:", "攻击者失败：")),
            Winner::Nobody => (DIM, self.lang.pick("Does not apply:", "不适用：")),
        };
        let evidence = seen.evidence.of(self.lang);
        let text = say!(self.lang, "{who} {evidence}", "{who}{evidence}");
        self.say("");
        break_lines(&text, self.width).into_iter().for_each(|row| self.say(format!("{style}{row}{style:#}")));
        self.say("");
    }
}
