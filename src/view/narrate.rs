//! A trace as it happens, a line for each event.

use super::actor::connection_name;
use super::calls::{describe_call, describe_dropped, describe_folded, describe_place, describe_wait};
use super::escape::{escape, fit};
use super::facts::{describe_ending, describe_fact};
use super::lanes::{FIRST_LANE, LEAST_WIDTH, attack_lane_of, call_of_the_middle, lane_of, lane_style, lane_width};
use super::palette::{BAD, DIM, FACT, WAIT};
use super::rows::wrap;
use super::section::is_attack;
use super::seen::describe_seen;
use crate::lang::Lang;
use crate::protocol::{Ending, Fact};
use crate::say;
use crate::trace::{Actor, Call, Event, Outcome, Seen, What};
use anstyle::Style;
use std::io::ErrorKind;
use unicode_width::UnicodeWidthStr;

/// How many columns of a payload are shown.
const PAYLOAD_COLUMNS: usize = 36;
/// Time and name before each line of the other layouts.
const PREFIX: usize = 20;

/// How the lines are arranged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Time, who, what: for one actor. One line for each event, however long.
    Lines,
    /// The same for a terminal: long sentences go on beneath themselves.
    Wrapped,
    /// A lane for each actor: server, client A, client B.
    Lanes,
    /// A lane for the clients, one for whoever is in the middle, an attacker or a tap, and one for the server.
    Middle,
}

/// Turns events into lines.
#[derive(Clone, Copy, Debug)]
pub struct Narrator {
    lang: Lang,
    layout: Layout,
    /// How many columns there are.
    width: usize,
    /// Whether it tells how long calls waited.
    waits: bool,
}

impl Narrator {
    /// A narrator in this language and arrangement, for lines of this width.
    #[must_use]
    pub fn new(lang: Lang, layout: Layout, width: usize) -> Self {
        Self { lang, layout, width: width.max(LEAST_WIDTH), waits: false }
    }

    /// The same narrator, who tells also how long calls waited.
    #[must_use]
    pub fn with_waits(self) -> Self {
        Self { waits: true, ..self }
    }

    /// What happened, without who and when, and without colours.
    #[must_use]
    pub fn sentence(lang: Lang, event: &Event) -> String {
        Self::new(lang, Layout::Lines, LEAST_WIDTH).text(event).1
    }

    /// The event as one line, without its end. Nothing in it can command a terminal, but our own colours.
    #[must_use]
    pub fn line(self, event: &Event) -> String {
        let seconds = event.at.as_secs_f64();
        let (style, text) = self.text(event);
        let text = match event.link.filter(|_| event.actor == Actor::Tap) {
            // A call names its socket itself.
            Some(link) if !matches!(event.what, What::Call { .. }) => format!(":{} {text}", link.peer.port()),
            _ => text,
        };
        match self.layout {
            Layout::Lines | Layout::Wrapped => {
                let who = match event.link {
                    Some(link) if is_numbered(event.actor) => connection_name(link.id).of(self.lang).to_owned(),
                    _ => event.actor.to_string(),
                };
                let lane = lane_style(event.actor);
                let is_wrapped = self.layout == Layout::Wrapped && is_sentence(&event.what);
                let rows = if is_wrapped { wrap(&text, self.width - PREFIX) } else { vec![text] };
                let rows: Vec<_> = rows.iter().map(|row| format!("{style}{row}{style:#}")).collect();
                let text = rows.join(&format!("\n{:PREFIX$}", ""));
                format!("{DIM}{seconds:>9.3}{DIM:#}  {lane}{who:<8}{lane:#} {text}")
            }
            Layout::Lanes | Layout::Middle => {
                let has_middle = self.layout == Layout::Middle;
                let lane = if has_middle { attack_lane_of } else { lane_of };
                let indent = lane(event.actor) * lane_width(self.width);
                let who = match (event.link, event.actor) {
                    // In the middle, a call names its connection itself.
                    (Some(_), Actor::Tap) if has_middle => String::new(),
                    (Some(link), Actor::Server | Actor::Tap) => format!("#{} ", link.id),
                    // Two lanes are all that fits: a third client needs its name.
                    (_, Actor::ClientNo(number)) if number > 1 || has_middle => {
                        format!("{}: ", Actor::letter(number))
                    }
                    _ => String::new(),
                };
                let style = if style == Style::new() { lane_style(event.actor) } else { style };
                let text = format!("{who}{text}");
                let room = self.width - FIRST_LANE - indent;
                let rows = match event.what {
                    What::Call { .. } => vec![fit(&text, room)],
                    What::Folded { .. } => self.counts_beside_time(&text, room),
                    _ => wrap(&text, room),
                };
                let rows: Vec<_> = rows.iter().map(|row| format!("{:indent$}{style}{row}{style:#}", "")).collect();
                format!("{DIM}{seconds:>7.3}{DIM:#}  {}", rows.join(&format!("\n{:FIRST_LANE$}", "")))
            }
        }
    }

    /// The event in words, and how they look.
    pub(super) fn text(self, event: &Event) -> (Style, String) {
        let lang = self.lang;
        match &event.what {
            What::Call { call, outcome, data, took, .. } => {
                let columns = PAYLOAD_COLUMNS + self.width - LEAST_WIDTH;
                let name = self.name_of(*call, event);
                let place = describe_place(&event.caller);
                let columns = columns.saturating_sub(name.len() - call.name().len()).saturating_sub(place.width());
                let (style, text) = describe_call((*call, &name), *outcome, data.as_deref(), columns, lang);
                let text = if self.waits { text + &describe_wait(*took, lang) } else { text };
                (style, text + &place)
            }
            What::Folded { folded, span, cpu } => (WAIT, describe_folded(folded, *span, *cpu, lang)),
            What::Fact(fact @ Fact::Forged { .. }) => (BAD, describe_fact(fact, lang)),
            What::Fact(fact) => (FACT, describe_fact(fact, lang)),
            What::Seen(seen) => (DIM, describe_seen(seen, lang)),
            What::Delayed { delay } => {
                let millis = delay.as_millis();
                (
                    WAIT,
                    say!(
                        lang,
                        "waits {millis} ms: this address gave too many wrong answers",
                        "等待 {millis} 毫秒：这个地址答错的次数太多"
                    ),
                )
            }
            What::Ended { ended } => (Style::new().bold(), self.ended(*ended)),
            // A record may come from anybody.
            What::Check { check } => {
                let check = escape(check.as_bytes());
                (Style::new().bold(), say!(lang, "check {check}", "检查 {check}"))
            }
            What::Lesson { lesson } => {
                let lesson = escape(lesson.as_bytes());
                (Style::new().bold(), part(&lesson, lang))
            }
            What::Dropped { dropped } => (BAD, describe_dropped(*dropped, lang)),
        }
    }

    /// How a connection ended; in two lanes there is no room for what that means.
    fn ended(self, ended: Ending) -> String {
        let (lang, slug) = (self.lang, ended.slug());
        let words = match self.layout {
            Layout::Lanes => return say!(lang, "ended: {slug}", "结束：{slug}"),
            // A client of an attack may have said more, and closes by itself.
            Layout::Middle if ended == Ending::Answered => lang.pick("it answered the challenge", "已回答挑战值"),
            Layout::Lines | Layout::Wrapped | Layout::Middle => describe_ending(ended, lang),
        };
        say!(lang, "ended: {slug} ({words})", "结束：{slug}（{words}）")
    }

    /// A call's name; of a tap, which has two sockets for each number, also which of them it is.
    fn name_of(self, call: Call, event: &Event) -> String {
        let name = call.name();
        let is_in_the_middle = match event.actor {
            Actor::Attacker => true,
            Actor::Tap => self.layout == Layout::Middle,
            _ => false,
        };
        if let Some(link) = event.link.filter(|_| is_in_the_middle) {
            return call_of_the_middle(call, link.id, self.lang);
        }
        match event.link.filter(|_| event.actor == Actor::Tap).map(|link| link.peer.port()) {
            Some(peer) => match call {
                Call::Recv => say!(self.lang, "{name} from :{peer}", "{name} 来自 :{peer}"),
                Call::Send => say!(self.lang, "{name} to :{peer}", "{name} 发往 :{peer}"),
                Call::Connect => name.to_owned(),
                _ => format!("{name} :{peer}"),
            },
            None => name.to_owned(),
        }
    }

    /// The line that shows what waiting costs is broken, if at all, between the counts and the time.
    fn counts_beside_time(self, text: &str, room: usize) -> Vec<String> {
        let time = text.rfind(self.lang.pick(" in ", "，历时")).filter(|_| text.width() > room);
        match time.and_then(|place| text.split_at_checked(place)) {
            Some((counts, time)) => vec![fit(counts, room), fit(time.trim_start_matches('，').trim_start(), room)],
            None => vec![fit(text, room)],
        }
    }

    /// Whether the event is worth a line. A call that a signal interrupted is made again at once, and nothing happened.
    #[must_use]
    pub fn tells(self, event: &Event) -> bool {
        match &event.what {
            What::Call { outcome: Outcome::Failed(errno), .. } => {
                errno.error != ErrorKind::Interrupted || errno.is_no_calls()
            }
            What::Seen(seen) => !matches!(seen, Seen::Source { .. }),
            _ => true,
        }
    }
}

/// Whether its connections are told apart by their numbers.
fn is_numbered(actor: Actor) -> bool {
    matches!(actor, Actor::Server | Actor::Tap | Actor::Attacker)
}

/// A part of a record, by its name.
fn part(name: &str, lang: Lang) -> String {
    if is_attack(name) {
        say!(lang, "attack: {name}", "攻击：{name}")
    } else {
        say!(lang, "lesson {name}", "课程 {name}")
    }
}

/// What a call moved is cut to fit; why one failed is a sentence, as is whatever is no call.
fn is_sentence(what: &What) -> bool {
    match what {
        What::Call { outcome, .. } => matches!(outcome, Outcome::Failed(_)),
        _ => true,
    }
}

#[cfg(test)]
mod tests;
