//! The results as a picture for a class: an SVG document with a panel for each question, one below the other.
//!
//! | panel | what it shows |
//! |---|---|
//! | how long replies take | the distribution, up to the slowest replies, for one number of clients |
//! | replies a second | medians with their spread, by the number of clients |
//! | CPU while nobody speaks | the same |
//!
//! A panel that there are no figures for is left out. Lines differ by colour, dashes and the shape of their points. Below
//! stands the command that makes the picture again, because figures without it cannot be checked.

mod axis;
mod labels;
mod panels;
mod plot;
mod style;

use super::results::Results;
use crate::lang::Lang;
use crate::say;
use crate::view::escape_xml;
use crate::view::svg::{Font, text};
use plot::{LETTERS, LINE, Panel};

/// How wide the page is.
const WIDTH: f64 = 1000.0;
/// What is left free at its sides.
const MARGIN: f64 = 30.0;
/// The size of the command's letters.
const MONO_LETTERS: f64 = 15.0;

/// The page's colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// What the reader's system prefers; light if it does not tell.
    #[default]
    Auto,
    /// Dark on white, for paper and bright rooms.
    Light,
    /// Light on black.
    Dark,
}

/// The picture. `command` is what made it, `machine` where it was made; both stand below it.
#[must_use]
pub fn svg(results: &Results, command: &str, machine: &str, lang: Lang, theme: Theme) -> String {
    let panels = panels::panels(results, lang);
    let heading = lang.pick("day30 race: what each way of waiting costs", "day30 race：不同等待方式的代价");
    let (width, mut y) = (plot::width(&panels), 92.0);
    let mut body = text("head ink", MARGIN, 50.0, heading);
    for panel in &panels {
        body += &panel.draw(y, width);
        y += panel.height();
    }
    if panels.is_empty() {
        body += &text("ink", MARGIN, y + LETTERS, lang.pick("Nothing was measured.", "没有测到任何数据。"));
        y += 3.0 * LINE;
    }
    let (command, prose) = caption(results, command, machine, lang);
    for (class, lines) in [("mono ink", command), ("quiet", prose)] {
        for line in lines {
            y += LINE;
            body += &text(class, MARGIN, y, &line);
        }
        y += LINE / 2.0;
    }
    let style = style::css(theme);
    let (head, height, width) = (head(heading, &panels, results, lang), (y + MARGIN).ceil(), WIDTH);
    let language = lang.pick("en", "zh-Hans");
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"race\" role=\"img\" xml:lang=\"{language}\" \
         viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\">\n{head}<style>\n{style}</style>\n\
         <rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>\n{body}</svg>\n"
    )
}

/// What a screen reader reads.
fn head(heading: &str, panels: &[Panel], results: &Results, lang: Lang) -> String {
    let titles: Vec<_> = panels.iter().map(|panel| panel.title.as_str()).collect();
    let names: Vec<_> = results.plan.contenders.iter().map(|contender| contender.name.as_str()).collect();
    let (titles, names) = (titles.join(lang.pick("; ", "；")), names.join(lang.pick(", ", "、")));
    let described = say!(lang, "{titles}. Servers: {names}.", "{titles}。服务器：{names}。");
    format!("<title>{}</title>\n<desc>{}</desc>\n", escape_xml(heading), escape_xml(&described))
}

/// How the figures came about: the command, and what else must be known, in lines.
fn caption(results: &Results, command: &str, machine: &str, lang: Lang) -> (Vec<String>, Vec<String>) {
    // A race that was ended early has fewer rounds than were planned.
    let rounds = results.measurements.iter().map(|one| one.round + 1).max().unwrap_or(results.plan.rounds);
    let (size, seconds) = (results.plan.size, results.plan.window.as_secs_f64());
    let figures = match rounds {
        1 => say!(lang, "One round of {seconds} s, so there are no bars.", "只有一轮，{seconds} 秒，所以没有误差线。"),
        _ => say!(
            lang,
            "Median of {rounds} rounds of {seconds} s, bars from lowest to highest; reply times are of all rounds together.",
            "取 {rounds} 轮的中位数（每轮 {seconds} 秒），竖线从最低到最高；回复用时为各轮合并。"
        ),
    };
    let shared = say!(
        lang,
        "Messages of {size} bytes. Client and server share one machine; a client waits for its reply (closed loop).",
        "消息长 {size} 字节。客户端和服务器在同一台机器上；客户端收到回复才发下一条（闭环）。"
    );
    let room = WIDTH - 2.0 * MARGIN;
    let prose = [figures, shared, machine.to_owned()];
    let prose = prose.iter().flat_map(|text| Font::Sans.wrap(text, LETTERS, room)).collect();
    (Font::Mono.wrap(&format!("$ {command}"), MONO_LETTERS, room), prose)
}

#[cfg(test)]
mod tests;
