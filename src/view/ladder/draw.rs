//! A section, drawn: its lanes, what lies on them, and what goes between them.

use super::super::svg::{Font, number, text};
use super::super::xml::escape_xml;
use super::arrows::{End, arrow};
use super::lanes::{Lanes, Thread, Who, threads};
use super::layout::{AROUND, LINE, Layout, SLOPE};
use super::story::{Bar, Busy, Row, Section};
use super::style::class;
use super::talk::Arrow;
use super::words::{LETTERS, Label, time};
use crate::lang::Lang;
use crate::say;
use crate::trace::{Call, Outcome, What};
use std::io::ErrorKind;

/// Where the axis of time is.
pub(super) const AXIS: f64 = 84.0;
/// Half of a bar's width.
const BAR: f64 = 6.5;
/// The size of letters on a bar.
const ON_BAR: f64 = 10.5;
/// An arrow of which one end is not told has this length.
const STUB: f64 = 96.0;

/// What is needed to draw a section.
pub(super) struct Drawing<'s, 'e> {
    pub(super) section: &'s Section<'e>,
    pub(super) lanes: &'s Lanes,
    pub(super) labels: &'s [Label],
    pub(super) layout: &'s Layout,
    pub(super) lang: Lang,
}

impl Drawing<'_, '_> {
    /// All between `top` and the bottom.
    pub(super) fn draw(&self, top: f64) -> String {
        let threads = threads(self.section);
        let bottom = self.layout.bottom + 6.0;
        let mut svg = self.ground(&threads, top, bottom);
        svg.extend(self.section.bars.iter().map(|bar| self.bar(&threads, bar)));
        svg += &self.cuts();
        svg.extend(self.section.arrows.iter().map(|arrow| self.arrow(&threads, arrow)));
        svg.extend(self.section.bars.iter().map(|bar| self.along(&threads, bar)));
        let mut last = String::new();
        for &place in &self.section.order {
            if let Some(row) = self.section.rows.get(place) {
                svg += &self.row(&threads, place, row, &mut last);
            }
        }
        svg
    }

    fn y(&self, row: usize) -> f64 {
        self.layout.places.get(row).map_or(0.0, |place| place.y)
    }

    /// The lanes, the axis, and each thread's line while it is there.
    fn ground(&self, threads: &[Thread], top: f64, bottom: f64) -> String {
        let mut svg = format!("<path class=\"grid\" d=\"M{AXIS} {}V{}\"/>\n", number(top), number(bottom));
        for lane in &self.lanes.list {
            let (x, y, width, height) = (lane.x - lane.half, top, 2.0 * lane.half, bottom - top);
            let [x, y, width, height] = [x, y, width, height].map(number);
            svg += &format!("<rect class=\"band\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>\n");
            let is_single = !threads.iter().any(|thread| {
                Who::Actor(thread.actor) == lane.who && (self.lanes.x_of(threads, thread) - lane.x).abs() > 1.0
            });
            let dashed = if matches!(lane.who, Who::Unknown(_)) { "unknown" } else { "" };
            if is_single {
                let (colour, x, y, bottom) = (class(lane.who), number(lane.x), number(top), number(bottom));
                svg += &format!("<path class=\"line {dashed} {colour}\" d=\"M{x} {y}V{bottom}\"/>\n");
            }
        }
        for thread in threads {
            let y = |place: usize| self.section.order.get(place).map_or(top, |row| self.y(*row));
            let (x, colour) = (self.lanes.x_of(threads, thread), class(Who::Actor(thread.actor)));
            let (first, last) = (number(y(thread.first) - 4.0), number(y(thread.last) + 4.0));
            svg += &format!("<path class=\"line {colour}\" d=\"M{} {first}V{last}\"/>\n", number(x));
        }
        svg
    }

    fn bar(&self, threads: &[Thread], bar: &Bar) -> String {
        let Some(row) = self.section.rows.get(bar.from) else { return String::new() };
        let (x, y, end) = (self.lanes.x(threads, row), self.y(bar.from), self.y(bar.to));
        let colour = class(Who::Actor(row.event.actor));
        let kind = match bar.busy {
            Busy::Asleep(_) => "sleep",
            Busy::Spinning(_) => "spin",
        };
        let (left, top, width, tall) = (number(x - BAR), number(y), number(2.0 * BAR), number((end - y).max(3.0)));
        format!(
            "<rect class=\"{kind} {colour}\" x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{tall}\" rx=\"3\"/>\n"
        )
    }

    /// What a bar means, along it, where there is room.
    fn along(&self, threads: &[Thread], bar: &Bar) -> String {
        let row = self.section.rows.get(bar.from);
        let (Some(row), Busy::Asleep(call)) = (row, bar.busy) else { return String::new() };
        let What::Call { took: Some(took), .. } = &row.event.what else { return String::new() };
        let (name, span) = (call.name(), time(*took, self.lang));
        let whole = say!(self.lang, "asleep in {name}, {span}", "在 {name} 中休眠 {span}");
        // The longest part of it that no mark of a gap interrupts.
        let mut parts = vec![self.y(bar.from)];
        for (y, _) in self.layout.cuts.iter().filter(|(y, _)| (self.y(bar.from)..self.y(bar.to)).contains(y)) {
            parts.extend([y - 9.0, y + 9.0]);
        }
        parts.push(self.y(bar.to));
        let length = |part: &&[f64]| part.last().zip(part.first()).map_or(0.0, |(end, begin)| end - begin);
        let longest = parts.chunks(2).max_by(|one, other| length(one).total_cmp(&length(other)));
        let Some(&[begin, end]) = longest else { return String::new() };
        let fits = |said: &&String| Font::Sans.width(said, ON_BAR) + 8.0 <= end - begin;
        let Some(said) = [&whole, &span].into_iter().find(fits) else { return String::new() };
        let (x, y) = (number(self.lanes.x(threads, row) + ON_BAR * 0.36), number((begin + end) / 2.0));
        let said = escape_xml(said);
        format!("<text class=\"along ink middle\" transform=\"translate({x} {y}) rotate(-90)\">{said}</text>\n")
    }

    /// Broken axes, with how long the gap is.
    fn cuts(&self) -> String {
        let mut svg = String::new();
        for (y, gap) in &self.layout.cuts {
            let lanes = self.lanes.list.iter().map(|lane| (lane.x, lane.half));
            for (x, half) in lanes.chain([(AXIS, 7.0)]) {
                let (half, count) = (half + 3.0, ((half + 3.0) / 5.0).ceil());
                let wave = |y: f64| {
                    let step = half / count;
                    let up = format!("q{} -6 {} 0t{} 0", number(step / 2.0), number(step), number(step));
                    format!("M{} {}{}", number(x - half), number(y), up.repeat(count as usize))
                };
                let [left, top, width] = [x - half, y - 4.0, 2.0 * half].map(number);
                svg += &format!("<rect class=\"paper\" x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"8\"/>\n");
                svg += &format!("<path class=\"cut\" d=\"{}{}\"/>\n", wave(y - 4.0), wave(y + 4.0));
            }
            let gap = format!("+{}", time(*gap, self.lang));
            svg += &text("quiet small italic end", AXIS - 13.0, y + 4.0, &gap);
        }
        svg
    }

    fn arrow(&self, threads: &[Thread], it: &Arrow) -> String {
        let point = |row: usize| {
            let row_there = self.section.rows.get(row)?;
            let lane = self.lanes.of(Who::Actor(row_there.event.actor))?;
            let peer = self.lanes.peer(self.section, row_there)?;
            let direction = if peer.x < lane.x { -1.0 } else { 1.0 };
            let x = self.lanes.x(threads, row_there) + direction * (BAR + 1.0);
            let is_unknown = matches!(peer.who, Who::Unknown(_));
            Some((
                x,
                self.y(row),
                direction,
                is_unknown,
                peer.x - direction * peer.half,
                class(lane.who),
                class(peer.who),
            ))
        };
        match (it.from.and_then(point), it.to.and_then(point)) {
            (Some((x, y, .., colour, _)), Some((to, below, ..))) => {
                arrow(it.kind, &colour, (x, y), (to, below), End::Head)
            }
            (Some((x, y, _, true, edge, colour, _)), None) => {
                arrow(it.kind, &colour, (x, y), (edge, y + SLOPE * 0.75), End::Head)
            }
            (Some((x, y, direction, false, _, colour, _)), None) => {
                arrow(it.kind, &colour, (x, y), (x + direction * STUB, y + 8.0), End::Open)
            }
            (None, Some((x, y, _, true, edge, _, colour))) => {
                arrow(it.kind, &colour, (edge, y - SLOPE * 0.75), (x, y), End::Head)
            }
            (None, Some((x, y, direction, false, _, _, colour))) => {
                arrow(it.kind, &colour, (x + direction * STUB, y - 8.0), (x, y), End::Head)
            }
            (None, None) => String::new(),
        }
    }

    /// The time, the point on the lane, and the text.
    fn row(&self, threads: &[Thread], place: usize, row: &Row<'_>, last: &mut String) -> String {
        let (Some(label), Some(at)) = (self.labels.get(place), self.layout.places.get(place)) else {
            return String::new();
        };
        let mut svg = String::new();
        let time = format!("{:.3}", row.at.as_secs_f64());
        if !label.lines.is_empty() {
            svg += &format!("<path class=\"grid\" d=\"M{} {}h6\"/>\n", AXIS - 3.0, number(at.y));
            if time != *last {
                svg +=
                    &text("mono quiet small end", AXIS - 9.0, at.y + 4.0, &Font::Mono.clip(&time, 12.0, AXIS - 12.0));
                *last = time;
            }
        }
        let x = self.lanes.x(threads, row);
        if !row.begins && !row.is_interrupted() {
            svg += &mark(row, x, at.y);
        }
        let direction = self.lanes.direction(self.section, row);
        let (begin, _) = self.lanes.beside(row.event.actor, direction);
        let font = if label.class.starts_with("mono") { Font::Mono } else { Font::Sans };
        let (mut begin, mut end) = (begin, if direction < 0.0 { " end" } else { "" });
        if label.is_note {
            let wide = label.lines.iter().map(|line| font.width(line, LETTERS)).fold(0.0, f64::max) + 20.0;
            let left = if direction < 0.0 { begin - wide } else { begin };
            let [from, to, y] = [x + direction * 5.0, begin, at.y].map(number);
            svg += &format!("<path class=\"note fact\" d=\"M{from} {y}H{to}\"/>\n");
            let [edge, top, width, height] = [left, at.text, wide, at.height].map(number);
            svg += &format!(
                "<rect class=\"fact note\" x=\"{edge}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" rx=\"4\"/>\n"
            );
            (begin, end) = (left + 10.0, "");
        }
        let halo = if label.is_note { "" } else { " label" };
        let around = if label.is_note { AROUND } else { 0.0 };
        for (number, line) in label.lines.iter().enumerate() {
            let y = at.text + around + LINE * number as f64 + 14.0;
            svg += &text(&format!("{}{end}{halo}", label.class), begin, y, line);
        }
        svg
    }
}

/// What stands on the lane: a failure, a fact, an end, or a call.
fn mark(row: &Row<'_>, x: f64, y: f64) -> String {
    let colour = class(Who::Actor(row.event.actor));
    let (class, path) = match &row.event.what {
        What::Call { outcome: Outcome::Failed(errno), .. } if errno.error == ErrorKind::WouldBlock => {
            ("hollow wait", "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z")
        }
        What::Call { outcome: Outcome::Failed(_), .. } => ("stroke bad", "M-4.5 -4.5L4.5 4.5M-4.5 4.5L4.5 -4.5"),
        What::Fact(_) => ("dot fact", "M0 -6.5L6.5 0L0 6.5L-6.5 0z"),
        What::Folded { .. } | What::Delayed { .. } => ("hollow wait", "M-5 -3h10v6h-10z"),
        What::Ended { .. } => ("dot", "M-6.5 -2.5h13v5h-13z"),
        What::Call { call: Call::Close, .. } => ("dot", "M-5 -5h10v10h-10z"),
        _ => ("dot", "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0z"),
    };
    let (x, y) = (number(x), number(y));
    format!("<path class=\"{class} {colour}\" transform=\"translate({x} {y})\" d=\"{path}\"/>\n")
}
