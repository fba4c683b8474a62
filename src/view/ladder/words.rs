//! What stands beside a row.

use super::super::actor::actor_name;
use super::super::calls::{big_number, describe_call};
use super::super::escape::escape;
use super::super::narrate::{Layout, Narrator};
use super::super::palette::{BAD, FACT, WAIT};
use super::super::svg::Font;
use super::lanes::{Lanes, Who};
use super::story::{Busy, Row, Section};
use super::talk::Kind;
use crate::lang::Lang;
use crate::say;
use crate::trace::state::Side;
use crate::trace::{Actor, Call, FarEnd, Header, What};
use std::time::Duration;

/// The size of letters.
pub(super) const LETTERS: f64 = 14.0;
/// A sentence has at most so many lines.
const MOST_LINES: usize = 4;

/// A text beside a row.
#[derive(Clone, Debug, Default)]
pub(super) struct Label {
    /// How it looks.
    pub(super) class: &'static str,
    pub(super) lines: Vec<String>,
    /// All of it, for a reader.
    pub(super) whole: String,
    /// It has a box around it.
    pub(super) is_note: bool,
}

/// The text of a row; without lines where there is nothing to say.
pub(super) fn label(section: &Section<'_>, place: usize, lanes: &Lanes, lang: Lang) -> Label {
    let Some(row) = section.rows.get(place) else { return Label::default() };
    let (_, room) = lanes.beside(row.event.actor, lanes.direction(section, row));
    match &row.event.what {
        _ if row.begins => spins(section, place, lang, room),
        What::Call { .. } if row.is_interrupted() => Label::default(),
        What::Call { .. } => call(section, place, row, room, lang),
        what => {
            let narrator = Narrator::new(lang, Layout::Lines, 80);
            let (style, text) = narrator.text(row.event);
            let class = match what {
                What::Check { .. } => "strong",
                _ if style == WAIT => "wait",
                _ if style == BAD => "bad",
                _ if style == FACT => "fact",
                _ => "strong",
            };
            let whole = numbered(section, row, &text);
            let is_note = matches!(what, What::Fact(_));
            sentence(class, whole, room, is_note)
        }
    }
}

fn sentence(class: &'static str, whole: String, room: f64, is_note: bool) -> Label {
    let room = if is_note { room.min(440.0) - 20.0 } else { room };
    // Bold letters are wider.
    let size = if class == "strong" { LETTERS * 1.12 } else { LETTERS };
    Label { class, lines: in_lines(Font::Sans, &whole, size, room), whole, is_note }
}

fn in_lines(font: Font, text: &str, size: f64, room: f64) -> Vec<String> {
    let mut lines = font.wrap(text, size, room);
    if lines.len() > MOST_LINES {
        lines.truncate(MOST_LINES);
        lines.last_mut().into_iter().for_each(|line| *line = font.clip(&format!("{line} …"), size, room));
    }
    lines
}

/// The first time that a thread begins to call for nothing, that is told.
fn spins(section: &Section<'_>, place: usize, lang: Lang, room: f64) -> Label {
    let who = |row: usize| section.rows.get(row).map(|row| (row.event.actor, row.event.caller.thread));
    let is_spin = |bar: &&super::story::Bar| matches!(bar.busy, Busy::Spinning(_)) && who(bar.from) == who(place);
    let first = section.bars.iter().find(is_spin).filter(|bar| bar.from == place);
    let Some(Busy::Spinning(spin)) = first.map(|bar| bar.busy) else { return Label::default() };
    let (count, span) = (big_number(spin.calls), time(spin.span, lang));
    let text =
        say!(lang, "in the next {span}: {count} calls return EAGAIN", "接下来的 {span}内：{count} 次调用返回 EAGAIN");
    sentence("wait", text, room, false)
}

fn call(section: &Section<'_>, place: usize, row: &Row<'_>, room: f64, lang: Lang) -> Label {
    let What::Call { call, outcome, data, .. } = &row.event.what else { return Label::default() };
    // What one arrow brought unchanged stands at its beginning already.
    let bytes = |arrow: &&super::talk::Arrow| matches!(arrow.kind, Kind::Bytes(_));
    let mut came = section.arriving(place).filter(bytes);
    let from = came.next().filter(|_| came.next().is_none()).and_then(|arrow| arrow.from);
    let is_told = from.is_some_and(|from| section.leaving(from).filter(bytes).count() == 1);
    let slept = section.bars.iter().find(|bar| bar.to == place && matches!(bar.busy, Busy::Asleep(_)));
    let slept = match (slept, &row.event.what) {
        (Some(_), What::Call { took: Some(took), .. }) => {
            // A number is not torn from its unit.
            let span = time(*took, lang).replace(' ', "\u{a0}");
            say!(lang, " · slept {span}", " · 休眠 {span}")
        }
        _ => String::new(),
    };
    let tell = |data: Option<&[u8]>, room: f64| {
        let columns = (room / Font::Mono.width("0", LETTERS)) as usize;
        let (style, text) = describe_call((*call, call.name()), *outcome, data, columns, lang);
        (style, numbered(section, row, text.trim_end()))
    };
    let (_, bare) = tell(None, 0.0);
    let left = room - Font::Mono.width(&format!("{bare} {slept}"), LETTERS);
    let (style, text) = tell(data.as_deref().filter(|_| !is_told), left);
    let class = match style {
        style if style == WAIT => "mono wait",
        style if style == BAD => "mono bad",
        _ => "mono ink",
    };
    let whole = format!("{text}{slept}");
    Label { class, lines: in_lines(Font::Mono, &whole, LETTERS, room), whole, is_note: false }
}

/// A server tells which of its connections it speaks of, and a tap does.
fn numbered(section: &Section<'_>, row: &Row<'_>, text: &str) -> String {
    let is_numbered = matches!(row.event.actor, Actor::Server | Actor::Tap | Actor::Attacker);
    let talk = row.talk.filter(|_| is_numbered).and_then(|talk| section.talks.get(talk));
    match (&row.event.what, talk.and_then(|talk| name_of(talk.id))) {
        (What::Call { call: Call::Accept, .. }, Some(name)) => format!("{text} ({name})"),
        (_, Some(name)) => format!("{name} {text}"),
        _ => text.to_owned(),
    }
}

/// A connection's number. An attacker's with the clients have letters, as the clients have; one that is the only one needs none.
/// A tap's have numbers on both of its sides; the arrow says which they are.
fn name_of(id: u64) -> Option<String> {
    match FarEnd::of(id) {
        FarEnd::Anybody(number) | FarEnd::Tapped(number) => Some(format!("#{number}")),
        FarEnd::Client(Actor::ClientNo(number)) => Some(format!("#{}", Actor::letter(number))),
        FarEnd::Client(_) => None,
    }
}

/// A span of time, short.
pub(super) fn time(span: Duration, lang: Lang) -> String {
    let seconds = span.as_secs_f64();
    match seconds {
        ..0.000_999_5 => say!(lang, "{:.0} µs", "{:.0} 微秒", seconds * 1e6),
        ..0.9995 => say!(lang, "{:.0} ms", "{:.0} 毫秒", seconds * 1e3),
        ..100.0 => say!(lang, "{seconds:.2} s", "{seconds:.2} 秒"),
        _ => say!(lang, "{seconds:.0} s", "{seconds:.0} 秒"),
    }
}

/// The name of a lane.
pub(super) fn name(who: Who, lang: Lang) -> String {
    match who {
        Who::Actor(actor) => actor_name(actor).of(lang).to_owned(),
        Who::Unknown(Side::Server) => actor_name(Actor::Server).of(lang).to_owned(),
        Who::Unknown(Side::Client) => lang.pick("clients", "客户端").to_owned(),
    }
}

/// What was recorded, and how. Whoever wrote the file chose the words.
pub(super) fn titles(header: &Header, lang: Lang) -> [String; 2] {
    let [command, address, io] =
        [header.command.as_ref(), &header.address, header.io.as_ref()].map(|word| escape(word.as_bytes()));
    let title = format!("day30 {command}");
    match header.role.as_ref() {
        "demo" | "attack" => {
            [title, lang.pick("every socket call, in time order", "按时间顺序排列的每一次 socket 调用").into()]
        }
        _ => [
            title,
            say!(
                lang,
                "every socket call, in time order; {address}, I/O model {io}",
                "按时间顺序排列的每一次 socket 调用；{address}，I/O 模型 {io}"
            ),
        ],
    }
}
