//! A trace as a sequence diagram, SVG: a lane for each program, time runs down, and an arrow goes from each call that sends to the call
//! that takes it.
//!
//! | file | what it knows |
//! |---|---|
//! | `story` | rows, bars and arrows, read off the state before and after each step |
//! | `talk` | which `recv` takes the bytes of which `send` |
//! | `words` | the text beside each row |
//! | `lanes`, `layout` | where everything stands: across, and down |
//! | `draw`, `arrows`, `legend`, `style` | how it looks |

mod arrows;
mod draw;
mod lanes;
mod layout;
mod legend;
mod story;
mod style;
mod talk;
mod words;

use super::section::is_attack;
use super::svg::{Font, number, text};
use super::{escape, escape_xml};
use crate::lang::Lang;
use crate::say;
use crate::trace::{Call, Excerpt, Outcome, What};
use draw::{AXIS, Drawing};
use lanes::{Lane, Lanes, Who};
use layout::Layout;
use legend::legend;
use story::{Section, sections};
use style::{class, css};
use words::{LETTERS, Label, label, name, titles};

/// What is left free at the sides.
const MARGIN: f64 = 24.0;
/// A lane's head.
const HEAD: (f64, f64) = (148.0, 46.0);

/// The excerpt as an SVG document.
#[must_use]
pub fn ladder(excerpt: &Excerpt, lang: Lang) -> String {
    let sections = sections(excerpt);
    let lanes = Lanes::new(&sections);
    let [title, subtitle] = titles(&excerpt.header, lang);
    let width = lanes.width;
    let mut body = text("title ink", MARGIN, 48.0, &Font::Sans.clip(&title, 25.0, width - 2.0 * MARGIN));
    let mut y = 74.0;
    for line in Font::Sans.wrap(&subtitle, LETTERS, width - 2.0 * MARGIN).iter().take(3) {
        body += &text("quiet", MARGIN, y, line);
        y += 20.0;
    }
    let mut told = String::new();
    for section in &sections {
        let labels: Vec<_> = (0..section.rows.len()).map(|row| label(section, row, &lanes, lang)).collect();
        told += &tell(section, &labels, lang);
        body += &draw(section, &lanes, &labels, lang, &mut y);
    }
    let (legend, bottom) = legend(&sections, MARGIN, y + 10.0, width - 2.0 * MARGIN, lang);
    body += &legend;
    let (height, language) = ((bottom + MARGIN).ceil(), lang.pick("en", "zh-Hans"));
    let (title, subtitle) = (escape_xml(&title), escape_xml(&subtitle));
    let (width, height, style) = (number(width), number(height), css());
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"ladder\" role=\"img\" aria-describedby=\"day30-told\" \
         xml:lang=\"{language}\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\">\n\
         <title>day30 see: {title}</title>\n<desc id=\"day30-told\">{subtitle}\n{told}</desc>\n<style>\n{style}</style>\n\
         <defs><pattern id=\"day30-hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" \
         patternTransform=\"rotate(45)\"><rect class=\"paper\" width=\"6\" height=\"6\"/>\
         <path class=\"hatch wait\" d=\"M1.5 0V6\"/></pattern></defs>\n\
         <rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>\n{body}</svg>\n"
    )
}

/// A section below `y`, which it moves down.
fn draw(section: &Section<'_>, lanes: &Lanes, labels: &[Label], lang: Lang, y: &mut f64) -> String {
    let mut svg = String::new();
    if let Some(lesson) = section.lesson {
        let lesson = heading(lesson, lang);
        let rule = number(*y + 10.0);
        svg += &format!("<path class=\"grid\" d=\"M{MARGIN} {rule}H{}\"/>\n", number(lanes.width - MARGIN));
        svg += &text("lesson ink", MARGIN, *y + 40.0, &Font::Sans.clip(&lesson, 20.0, lanes.width - 2.0 * MARGIN));
        *y += 46.0;
    }
    if section.rows.is_empty() {
        let nothing = lang.pick("No socket call was recorded in it.", "这一课没有记录到 socket 调用。");
        *y += 26.0;
        return svg + &text("quiet", MARGIN, *y - 6.0, nothing);
    }
    let top = *y + 14.0 + HEAD.1;
    let layout = Layout::new(section, labels, top + 14.0);
    svg += &Drawing { section, lanes, labels, layout: &layout, lang }.draw(top);
    svg += &text("quiet small end", AXIS - 9.0, top - 8.0, lang.pick("seconds", "秒"));
    for lane in &lanes.list {
        svg += &head(section, lane, top - HEAD.1, lang);
        let (x, bottom) = (number(lane.x - lane.half), number(layout.bottom + 6.0));
        svg +=
            &format!("<path class=\"stroke {}\" d=\"M{x} {bottom}h{}\"/>\n", class(lane.who), number(2.0 * lane.half));
    }
    *y = layout.bottom + 26.0;
    svg
}

/// Whose lane it is, and at which address.
fn head(section: &Section<'_>, lane: &Lane, y: f64, lang: Lang) -> String {
    let (width, height) = HEAD;
    let own = || section.rows.iter().filter(|row| Who::Actor(row.event.actor) == lane.who).map(|row| row.event);
    let bound = own().find_map(|event| match event.what {
        What::Call { call: Call::Bind, outcome: Outcome::Address { ok }, .. } => Some(ok),
        _ => None,
    });
    let address = bound.or_else(|| own().find_map(|event| event.link).map(|link| link.local));
    let address = address.map(|address| address.to_string());
    let (below, dashed) = match lane.who {
        Who::Unknown(_) => (lang.pick("not recorded", "未记录").to_owned(), " unknown"),
        Who::Actor(_) => (address.unwrap_or_default(), ""),
    };
    let colour = class(lane.who);
    let [left, top] = [lane.x - width / 2.0, y].map(number);
    let middle = if below.is_empty() { y + 28.0 } else { y + 20.0 };
    let heading = text("name ink middle", lane.x, middle, &name(lane.who, lang));
    let address = Font::Mono.clip(&below, 11.0, width - 8.0);
    let address = format!(
        "<text class=\"mono quiet middle\" font-size=\"11\" x=\"{}\" y=\"{}\">{}</text>\n",
        number(lane.x),
        number(y + 37.0),
        escape_xml(&address)
    );
    format!(
        "<rect class=\"box{dashed} {colour}\" x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" rx=\"6\"/>\n\
         {heading}{address}"
    )
}

/// What a section plays.
fn heading(lesson: &str, lang: Lang) -> String {
    let name = escape(lesson.as_bytes());
    if is_attack(lesson) {
        say!(lang, "Attack: {name}", "攻击：{name}")
    } else {
        say!(lang, "Lesson: {name}", "课程：{name}")
    }
}

/// All that happens, line by line, for a reader who does not see it.
fn tell(section: &Section<'_>, labels: &[Label], lang: Lang) -> String {
    let mut told = section.lesson.map_or(String::new(), |lesson| heading(lesson, lang) + "\n");
    for &place in &section.order {
        if let (Some(row), Some(label)) = (section.rows.get(place), labels.get(place))
            && !label.whole.is_empty()
        {
            let (seconds, who) = (row.at.as_secs_f64(), name(Who::Actor(row.event.actor), lang));
            told += &say!(lang, "{seconds:.3} s, {who}: {}\n", "{seconds:.3} 秒，{who}：{}\n", label.whole);
        }
    }
    told.lines().map(|line| escape_xml(line) + "\n").collect()
}

#[cfg(test)]
mod tests;
