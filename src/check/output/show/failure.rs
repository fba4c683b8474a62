//! A failure in full: what was done, what was seen, what probably lies behind it, and what to look at.

use super::bytes::difference;
use super::steps::steps;
use super::{BAD, DIM, TITLE, WARN, WIDTH, paragraph, sign, titled};
use crate::both;
use crate::check::order::Order;
use crate::check::run::seed_of;
use crate::check::texts::Texts;
use crate::check::verdict::{Failure, Judged};
use crate::lang::{Lang, Text};
use crate::say;
use crate::view::escape_lines;
use unicode_width::UnicodeWidthStr;

/// How a check is played again.
#[derive(Clone, Debug)]
pub struct Again {
    /// What stands before the check's id in the command.
    pub before: String,
    /// The seed of the first round.
    pub seed: u64,
    /// What stands behind the seed.
    pub behind: String,
    /// What must be known to type it, if anything.
    pub note: Option<Text>,
}

impl Again {
    /// The command that plays just this check, with the chances that it had in its round.
    #[must_use]
    pub fn command(&self, judged: &Judged) -> String {
        let (id, seed) = (judged.check.id, seed_of(self.seed, judged.round));
        format!("{} --only {id} --seed {seed}{}", self.before, self.behind)
    }
}

/// The failure of one check, but for its cause, which comes last on the screen. `hint` of the three hints are shown: the cause's where
/// one was seen. Those of a guess could lead astray, so that the check's are shown beside it.
#[must_use]
pub fn failure(judged: &Judged, failure: &Failure, texts: &Texts, order: &Order, hint: usize, lang: Lang) -> String {
    let check = judged.check;
    let section = texts.section(check.id);
    let (style, sign) = sign(&judged.verdict, check.level);
    let level = check.level.name();
    let rule = "─".repeat(WIDTH.saturating_sub(check.id.width() + level.len() + 10));
    let mut text = format!("\n── {style}{sign} {}{style:#} {DIM}{rule} {level} ──{DIM:#}\n", check.id);
    text += &paragraph(&section.title, 2);
    text += &titled(&both!("why it matters", "为什么重要"), &section.why, lang);
    text += &format!("\n  {TITLE}{}{TITLE:#}\n", lang.pick("what was done", "做了什么"));
    text += &steps(&judged.story, lang);
    text += &titled(&both!("what was seen", "看到了什么"), &plain(failure.sentence.of(lang)), lang);
    if let Some(bytes) = &failure.difference {
        text += &difference(bytes, lang);
    }
    if let Some(finding) = &failure.finding {
        text += &paragraph(&say!(lang, "Then day30 tried: {}", "接着 day30 试了一下：{}", plain(finding.of(lang))), 4);
    }
    if let Some(calls) = &failure.calls {
        let calls = plain(calls.of(lang));
        let told = say!(lang, "Played again, with your program watched: {calls}", "又做一遍并观察你的程序：{calls}");
        text += &paragraph(&told, 4);
    }
    let known = failure.cause().filter(|_| failure.is_cause_seen());
    let known = known.map(|cause| texts.cause(cause.id(), order.target));
    text + &hints(&known.unwrap_or(section).hints, hint, lang)
}

/// What to type to have this one check played again.
#[must_use]
pub fn rerun(judged: &Judged, again: &Again, lang: Lang) -> String {
    let title = lang.pick("rerun only this check", "只重跑这一项");
    let note = again.note.as_ref().map(|note| format!("  {DIM}{}{DIM:#}", note.of(lang))).unwrap_or_default();
    format!("\n  {TITLE}{title}{TITLE:#}{note}\n    {}\n", again.command(judged))
}

/// What probably lies behind a failure: the last thing before the verdict, so that it is still on the screen. `with_code` adds how it is
/// written in the program's own language, which is as good as the solution.
#[must_use]
pub fn cause(failure: &Failure, texts: &Texts, order: &Order, with_code: bool, lang: Lang) -> String {
    let Some(cause) = failure.cause() else { return String::new() };
    let section = texts.cause(cause.id(), order.target);
    let (style, title) = match failure.is_cause_seen() {
        true => (BAD, lang.pick("likely cause", "很可能的原因")),
        false => (WARN, lang.pick("possible cause (a guess)", "可能的原因（猜测）")),
    };
    let proved = match failure.is_proved {
        true => lang.pick("  (your program's calls show it)", "（程序的调用表明了这一点）"),
        false => "",
    };
    let mut text = format!("\n  {TITLE}{title}{TITLE:#}  {DIM}{}{DIM:#}{proved}\n", section.id);
    text += &format!("{style}{}{style:#}", paragraph(&section.title, 4));
    text += &paragraph(&section.why, 4);
    if let Some(language) = order.language()
        && let Some(line) = section.line_in(language)
    {
        let name = language.name();
        text += &if with_code {
            paragraph(&say!(lang, "In {name}: {line}", "{name} 写法：{line}"), 4)
        } else {
            let later = say!(lang, "how {name} writes it: with the next hint", "{name} 怎样写：和下一条提示一起给出");
            format!("    {DIM}{later}{DIM:#}\n")
        };
    }
    text
}

fn hints(all: &[String], shown: usize, lang: Lang) -> String {
    let mut text = String::new();
    for (number, hint) in all.iter().take(shown).enumerate() {
        let number = number + 1;
        text += &titled(&both!("hint {number}", "提示 {number}"), hint, lang);
    }
    if shown < all.len() {
        let next = shown + 1;
        let more = match shown {
            0 => say!(lang, "a hint: --hint {next}", "看提示：--hint {next}"),
            _ => say!(lang, "a stronger one: --hint {next}", "更明确的提示：--hint {next}"),
        };
        text += &format!("    {DIM}{more}{DIM:#}\n");
    }
    text
}

fn plain(text: &str) -> String {
    escape_lines(text.as_bytes())
}
