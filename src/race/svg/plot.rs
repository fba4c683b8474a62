//! A panel: two axes with their grid, the lines between them, and a name at the end of each line.

use super::axis::{Axis, readable};
use super::labels::apart;
use super::style::Look;
use super::{MARGIN, WIDTH};
use crate::view::escape_xml;
use crate::view::svg::{Font, text};
use std::fmt::Write;

/// Where the plots begin; to the left are the numbers of the upright axis.
pub(super) const LEFT: f64 = 110.0;
/// Above a plot: its title, and what the upright axis means.
const HEAD: f64 = 68.0;
/// Below it: the numbers of the level axis, and what it means.
const FOOT: f64 = 62.0;
/// Between two panels.
const BETWEEN: f64 = 34.0;
/// How high a plot is, unless there are more names than fit.
const HEIGHT: f64 = 300.0;
/// A line of text.
pub(super) const LINE: f64 = 23.0;
/// The size of the letters at the axes.
pub(super) const LETTERS: f64 = 16.0;
/// The size of the names at the lines.
const NAME_LETTERS: f64 = 17.0;
/// From the plot's right side to the piece of line that stands before a name.
const KEY: f64 = 24.0;
/// How long that is.
const KEY_LENGTH: f64 = 46.0;
/// From the plot's right side to the names.
const NAME: f64 = KEY + KEY_LENGTH + 10.0;
/// The names take as much of the page as they need, between these.
const ROOM_FOR_NAMES: (f64, f64) = (60.0, 210.0);
/// To the right of the names; half of it is lent to a name before it is cut.
const END: f64 = 18.0;

/// A panel, ready to be drawn.
#[derive(Debug)]
pub(super) struct Panel {
    /// What is shown.
    pub(super) title: String,
    /// What the level axis means.
    pub(super) x_label: String,
    /// What the upright axis means.
    pub(super) y_label: String,
    /// The level axis.
    pub(super) x: Axis,
    /// The upright axis.
    pub(super) y: Axis,
    /// What stands between them, as far as there are figures.
    pub(super) lines: Vec<Line>,
    /// Lines of text below.
    pub(super) notes: Vec<String>,
}

/// A server's line.
#[derive(Debug)]
pub(super) struct Line {
    /// What it looks like.
    pub(super) look: Look,
    /// The server.
    pub(super) name: String,
    /// Where it runs.
    pub(super) path: Vec<(f64, f64)>,
    /// The points on it that are shown.
    pub(super) marks: Vec<Mark>,
}

/// A point.
#[derive(Debug)]
pub(super) struct Mark {
    /// Where.
    pub(super) x: f64,
    /// Where.
    pub(super) y: f64,
    /// From where to where the figure was in the rounds, if it was not the same always.
    pub(super) bar: Option<(f64, f64)>,
}

/// How wide the plots are: alike in all panels, so that the same number of clients stands at the same place.
pub(super) fn width(panels: &[Panel]) -> f64 {
    let names = panels.iter().flat_map(|panel| &panel.lines).map(|line| Font::Sans.width(&line.name, NAME_LETTERS));
    let (least, most) = ROOM_FOR_NAMES;
    WIDTH - LEFT - NAME - names.fold(least, f64::max).min(most) - END
}

impl Panel {
    /// How much of the page it takes.
    pub(super) fn height(&self) -> f64 {
        HEAD + self.plot_height() + FOOT + LINE * self.notes.len() as f64 + BETWEEN
    }

    /// The panel as SVG, with a plot of this width.
    pub(super) fn draw(&self, top: f64, width: f64) -> String {
        let frame = Frame { panel: self, width, height: self.plot_height() };
        let mut svg = format!("<g transform=\"translate({LEFT:.0} {:.1})\">\n", top + HEAD);
        svg += &text("title ink", MARGIN - LEFT, 22.0 - HEAD, &self.title);
        svg += &text("quiet", MARGIN - LEFT, -18.0, &self.y_label);
        svg += &frame.upright_axis();
        svg += &frame.level_axis();
        for line in &self.lines {
            svg += &frame.line(line);
        }
        // The points lie above all lines, so that no line hides one.
        for line in &self.lines {
            svg += &frame.marks(line);
        }
        svg += &frame.names();
        for (number, note) in self.notes.iter().enumerate() {
            svg += &text("quiet", MARGIN - LEFT, frame.height + FOOT + LINE * (number as f64 + 1.0) - 6.0, note);
        }
        svg + "</g>\n"
    }

    fn plot_height(&self) -> f64 {
        HEIGHT.max(LINE * self.lines.len() as f64)
    }
}

/// A panel's plot, with 0,0 in its upper left corner.
struct Frame<'p> {
    panel: &'p Panel,
    width: f64,
    height: f64,
}

impl Frame<'_> {
    fn x(&self, at: f64) -> f64 {
        self.width * self.panel.x.share(at)
    }

    fn y(&self, at: f64) -> f64 {
        self.height * (1.0 - self.panel.y.share(at))
    }

    fn upright_axis(&self) -> String {
        let mut svg = String::new();
        for tick in &self.panel.y.ticks {
            let y = self.y(tick.at);
            _ = writeln!(svg, "<path class=\"grid\" d=\"M0 {y:.1}H{:.1}\"/>", self.width);
            svg += &text("quiet end", -10.0, y + 0.35 * LETTERS, &tick.text);
        }
        svg
    }

    fn level_axis(&self) -> String {
        let (width, height, ticks) = (self.width, self.height, &self.panel.x.ticks);
        let places: Vec<_> =
            ticks.iter().map(|tick| (self.x(tick.at), Font::Sans.width(&tick.text, LETTERS))).collect();
        let mut svg = String::new();
        for ((tick, (x, _)), is_shown) in ticks.iter().zip(&places).zip(readable(&places)) {
            _ = writeln!(svg, "<path class=\"grid\" d=\"M{x:.1} 0V{height:.1}\"/>");
            _ = writeln!(svg, "<path class=\"axis\" d=\"M{x:.1} {height:.1}v6\"/>");
            if is_shown {
                svg += &text("quiet middle", *x, height + 24.0, &tick.text);
            }
        }
        _ = writeln!(svg, "<path class=\"axis\" d=\"M0 0V{height:.1}H{width:.1}\"/>");
        svg + &text("quiet middle", width / 2.0, height + 50.0, &self.panel.x_label)
    }

    fn line(&self, line: &Line) -> String {
        let mut svg = format!("<g class=\"{}\">\n", line.look.class());
        _ = writeln!(svg, "<title>{}</title>", escape_xml(&line.name));
        if line.path.len() > 1 {
            svg += "<polyline class=\"line\" points=\"";
            for (x, y) in &line.path {
                _ = write!(svg, "{:.1},{:.1} ", self.x(*x), self.y(*y));
            }
            _ = writeln!(svg, "\"{}/>", line.look.dash());
        }
        svg + "</g>\n"
    }

    fn marks(&self, line: &Line) -> String {
        let mut svg = format!("<g class=\"{}\">\n", line.look.class());
        for mark in &line.marks {
            let x = self.x(mark.x);
            if let Some((low, high)) = mark.bar {
                let (low, high) = (self.y(low), self.y(high));
                _ = writeln!(svg, "<path class=\"bar\" d=\"M{:.1} {low:.1}h12m-6 0V{high:.1}m-6 0h12\"/>", x - 6.0);
            }
            svg += &line.look.marker(x, self.y(mark.y));
        }
        svg + "</g>\n"
    }

    /// The names, each with a piece of its line, and a dotted way from the line's end to it.
    fn names(&self) -> String {
        let end = |line: &Line| line.path.last().map_or((0.0, 0.0), |(x, y)| (self.x(*x), self.y(*y)));
        let ends: Vec<_> = self.panel.lines.iter().map(end).collect();
        let wanted: Vec<_> = ends.iter().map(|(_, y)| *y).collect();
        let room = WIDTH - LEFT - self.width - NAME - END / 2.0;
        let mut svg = String::new();
        for ((line, (x, y)), at) in self.panel.lines.iter().zip(&ends).zip(apart(&wanted, LINE, 0.0, self.height)) {
            let key = self.width + KEY;
            _ = writeln!(svg, "<g class=\"{}\">", line.look.class());
            _ = writeln!(svg, "<path class=\"leader\" d=\"M{x:.1} {y:.1}L{:.1} {at:.1}\"/>", key - 4.0);
            let dash = line.look.dash();
            _ = writeln!(svg, "<path class=\"line\" d=\"M{key:.1} {at:.1}h{KEY_LENGTH}\"{dash}/>");
            svg += &line.look.marker(key + KEY_LENGTH / 2.0, at);
            svg += "</g>\n";
            let name = Font::Sans.clip(&line.name, NAME_LETTERS, room);
            svg += &text("name ink", self.width + NAME, at + 0.35 * NAME_LETTERS, &name);
        }
        svg
    }
}
