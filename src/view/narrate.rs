//! A trace as it happens, a line for each event.

use super::escape::{fit, preview, wrap};
use super::facts::{describe_ending, describe_fact};
use crate::lang::Lang;
use crate::say;
use crate::trace::{Actor, Call, Errno, Event, Outcome, What};
use anstyle::{AnsiColor, Style};
use std::io::ErrorKind;
use std::time::Duration;

/// How many columns of a payload are shown.
const PAYLOAD_COLUMNS: usize = 36;
/// The width that everything must be readable in.
const WIDTH: usize = 80;
/// Where the lanes begin, and how far apart they are.
const FIRST_LANE: usize = 9;
/// Time and name before each line of the other layouts.
const PREFIX: usize = 20;
const LANE: usize = 18;

/// How the lines are arranged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Time, who, what: for one actor. One line for each event, however long.
    Lines,
    /// The same for a terminal: long sentences go on beneath themselves.
    Wrapped,
    /// A lane for each actor: server, client A, client B.
    Lanes,
}

/// Turns events into lines.
#[derive(Clone, Copy, Debug)]
pub struct Narrator {
    lang: Lang,
    layout: Layout,
}

/// Fewer repeats than this are no waste.
const FEW: u64 = 10;

const DIM: Style = Style::new().dimmed();
const WAIT: Style = AnsiColor::Yellow.on_default();
const BAD: Style = AnsiColor::Red.on_default();
const FACT: Style = AnsiColor::Cyan.on_default();

impl Narrator {
    /// A narrator in this language and arrangement.
    #[must_use]
    pub fn new(lang: Lang, layout: Layout) -> Self {
        Self { lang, layout }
    }

    /// The event as one line, without its end. Nothing in it can command a terminal, but our own colours.
    #[must_use]
    pub fn line(self, event: &Event) -> String {
        let seconds = event.at.as_secs_f64();
        let (style, text) = self.text(event);
        match self.layout {
            Layout::Lines | Layout::Wrapped => {
                let who = match event.link {
                    Some(link) if event.actor == Actor::Server => format!("#{}", link.id),
                    _ => event.actor.to_string(),
                };
                let lane = lane_style(event.actor);
                let is_sentence = self.layout == Layout::Wrapped && !matches!(event.what, What::Call { .. });
                let rows = if is_sentence { wrap(&text, WIDTH - PREFIX) } else { vec![text] };
                let rows: Vec<_> = rows.iter().map(|row| format!("{style}{row}{style:#}")).collect();
                let text = rows.join(&format!("\n{:PREFIX$}", ""));
                format!("{DIM}{seconds:>9.3}{DIM:#}  {lane}{who:<8}{lane:#} {text}")
            }
            Layout::Lanes => {
                let indent = lane_of(event.actor) * LANE;
                let who = match event.link {
                    Some(link) if event.actor == Actor::Server => format!("#{} ", link.id),
                    _ => String::new(),
                };
                let style = if style == Style::new() { lane_style(event.actor) } else { style };
                let text = format!("{who}{text}");
                let room = WIDTH - FIRST_LANE - indent;
                let rows =
                    if matches!(event.what, What::Call { .. }) { vec![fit(&text, room)] } else { wrap(&text, room) };
                let rows: Vec<_> = rows.iter().map(|row| format!("{:indent$}{style}{row}{style:#}", "")).collect();
                format!("{DIM}{seconds:>7.3}{DIM:#}  {}", rows.join(&format!("\n{:FIRST_LANE$}", "")))
            }
        }
    }

    fn text(self, event: &Event) -> (Style, String) {
        let lang = self.lang;
        match &event.what {
            What::Call { call, outcome, data } => self.call(*call, *outcome, data.as_deref()),
            What::Folded { folded, span, cpu } => (WAIT, self.folded(folded, *span, *cpu)),
            What::Fact(fact) => (FACT, describe_fact(fact, lang)),
            What::Delayed { delay } => {
                let millis = delay.as_millis();
                (
                    WAIT,
                    say!(
                        lang,
                        "waits {millis} ms: its address gave too many wrong answers",
                        "等待 {millis} 毫秒：这个地址答错的次数太多"
                    ),
                )
            }
            What::Ended { ended } => {
                let slug = ended.slug();
                let words = match self.layout {
                    Layout::Lines | Layout::Wrapped => say!(lang, " ({})", "（{}）", describe_ending(*ended, lang)),
                    Layout::Lanes => String::new(),
                };
                (Style::new().bold(), say!(lang, "ended: {slug}{words}", "结束：{slug}{words}"))
            }
            What::Check { check } => (Style::new().bold(), say!(lang, "check {check}", "检查 {check}")),
            What::Dropped { dropped } => {
                let count = big_number(*dropped);
                (
                    BAD,
                    say!(
                        lang,
                        "… {count} events are missing here: the terminal was too slow",
                        "……此处省略了 {count} 个事件：终端来不及显示"
                    ),
                )
            }
        }
    }

    fn call(self, call: Call, outcome: Outcome, data: Option<&[u8]>) -> (Style, String) {
        let (name, lang) = (call.name(), self.lang);
        match outcome {
            Outcome::Failed(errno) if errno.error == ErrorKind::WouldBlock => {
                (WAIT, format!("{name} → WouldBlock ({})", errno.lesson_name()))
            }
            Outcome::Failed(Errno { error, errno: "-" }) => (BAD, format!("{name} → {error:?}")),
            Outcome::Failed(errno) => (BAD, format!("{name} → {:?} ({})", errno.error, errno.lesson_name())),
            Outcome::Address { ok } if call == Call::Accept => (Style::new(), format!("{name} → {ok}")),
            Outcome::Address { ok } => (Style::new(), format!("{name} {ok}")),
            Outcome::Done { .. } => (Style::new(), name.to_owned()),
            Outcome::Count { ok } if call == Call::Poll => {
                (DIM, say!(lang, "{name} → {ok} ready", "{name} → {ok} 个就绪"))
            }
            Outcome::Count { ok: 0 } if call == Call::Recv => {
                (Style::new(), say!(lang, "{name} → 0 bytes: EOF", "{name} → 0 字节：EOF"))
            }
            Outcome::Count { ok } => {
                let shown = data.map(|data| preview(data, PAYLOAD_COLUMNS)).unwrap_or_default();
                let unit = if ok == 1 { "byte" } else { "bytes" };
                (Style::new(), say!(lang, "{name} → {ok} {unit} {shown}", "{name} → {ok} 字节 {shown}"))
            }
        }
    }

    fn folded(self, folded: &[(Call, u64)], span: Duration, cpu: Option<Duration>) -> String {
        let lang = self.lang;
        let calls: Vec<_> =
            folded.iter().map(|(call, count)| format!("{} ×{}", call.name(), big_number(*count))).collect();
        let calls = format!("WouldBlock: {}", calls.join(lang.pick(", ", "，")));
        let seconds = span.as_secs_f64();
        // A few repeats, or a short time, say nothing about the CPU.
        let total: u64 = folded.iter().map(|(_, count)| count).sum();
        if total < FEW || seconds < 0.2 {
            return calls;
        }
        let time = say!(lang, "in {seconds:.1} s", "历时 {seconds:.1} 秒");
        match cpu.map(|cpu| 100.0 * cpu.as_secs_f64() / seconds) {
            Some(share) => say!(lang, "{calls} {time}, {share:.0} % of a core", "{calls}，{time}，占单核 {share:.0}%"),
            None => say!(lang, "{calls} {time}", "{calls}，{time}"),
        }
    }

    /// Whether the event is worth a line. A call that a signal interrupted is made again at once, and nothing happened.
    #[must_use]
    pub fn tells(self, event: &Event) -> bool {
        !matches!(&event.what, What::Call { outcome: Outcome::Failed(errno), .. } if errno.error == ErrorKind::Interrupted)
    }
}

fn lane_of(actor: Actor) -> usize {
    match actor {
        Actor::Server => 0,
        Actor::Client => 1,
        Actor::ClientNo(number) => 1 + usize::from(number % 2),
    }
}

fn lane_style(actor: Actor) -> Style {
    match actor {
        Actor::Server => AnsiColor::BrightBlue.on_default(),
        Actor::Client | Actor::ClientNo(0) => AnsiColor::Green.on_default(),
        Actor::ClientNo(_) => AnsiColor::Magenta.on_default(),
    }
}

/// A number with a space between thousands, as the field's international standard has it: `1 812 344`.
#[must_use]
pub fn big_number(number: u64) -> String {
    let digits = number.to_string();
    let mut spaced = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            spaced.push(' ');
        }
        spaced.push(digit);
    }
    spaced
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{Errno, Link};
    use unicode_width::UnicodeWidthStr;

    fn event(actor: Actor, what: What) -> Event {
        let link = Link { id: 3, local: ([127, 0, 0, 1], 9000).into(), peer: ([127, 0, 0, 1], 50000).into() };
        Event { number: 1, at: Duration::from_micros(1_234_567), actor, link: Some(link), what }
    }

    fn plain(narrator: Narrator, event: &Event) -> String {
        anstream::adapter::strip_str(&narrator.line(event)).to_string()
    }

    #[test]
    fn a_call_shows_its_number_and_its_payload() {
        let outcome = Outcome::Count { ok: 7 };
        let event = event(Actor::Server, What::Call { call: Call::Recv, outcome, data: Some(b"clent11".to_vec()) });
        let line = plain(Narrator::new(Lang::En, Layout::Lines), &event);
        assert_eq!(line, "    1.235  #3       recv → 7 bytes \"clent11\"");
        let line = plain(Narrator::new(Lang::Zh, Layout::Lines), &event);
        assert_eq!(line, "    1.235  #3       recv → 7 字节 \"clent11\"");
    }

    #[test]
    fn would_block_has_its_errno_the_same_on_every_system() {
        for errno in ["EAGAIN", "WSAEWOULDBLOCK"] {
            let outcome = Outcome::Failed(Errno { error: ErrorKind::WouldBlock, errno });
            let event = event(Actor::Client, What::Call { call: Call::Recv, outcome, data: None });
            let line = plain(Narrator::new(Lang::En, Layout::Lines), &event);
            assert_eq!(line, "    1.235  client   recv → WouldBlock (EAGAIN)");
        }
    }

    #[test]
    fn lanes_fit_into_eighty_columns() {
        let outcome = Outcome::Count { ok: 300 };
        let data = Some("中文 \u{1b}[2J".repeat(30).into_bytes());
        for actor in [Actor::Server, Actor::ClientNo(0), Actor::ClientNo(1)] {
            let event = event(actor, What::Call { call: Call::Send, outcome, data: data.clone() });
            for lang in [Lang::En, Lang::Zh] {
                let line = plain(Narrator::new(lang, Layout::Lanes), &event);
                assert!(line.width() <= WIDTH, "{line}");
                assert!(!line.contains('\u{1b}'), "{line}");
            }
        }
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(["0", "999", "1 000", "1 812 344"], [0, 999, 1000, 1_812_344].map(big_number)[..]);
    }
}
