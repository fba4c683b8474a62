//! What the signs mean: those that are in the picture.

use super::super::svg::{Font, number, text};
use super::arrows::{End, arrow};
use super::layout::LONG;
use super::story::{Busy, Section};
use super::talk::{Arrow, Kind};
use super::words::{LETTERS, time};
use crate::lang::Lang;
use crate::say;

/// The width of a sign, and of what lies between two entries.
const SIGN: f64 = 54.0;
const APART: f64 = 30.0;
/// The height of a line.
const LINE: f64 = 28.0;

/// The legend from `top` on, and where it ends.
pub(super) fn legend(sections: &[Section<'_>], left: f64, top: f64, room: f64, lang: Lang) -> (String, f64) {
    let (mut x, mut y) = (left, top + LINE);
    let mut svg = String::new();
    for (sign, meaning) in entries(sections, lang) {
        let width = SIGN + 8.0 + Font::Sans.width(meaning, LETTERS);
        if x > left && x + width > left + room {
            (x, y) = (left, y + LINE);
        }
        let (right, below) = (number(x), number(y - 5.0));
        svg += &format!("<g transform=\"translate({right} {below})\">\n{sign}</g>\n");
        svg += &text("ink", x + SIGN + 8.0, y, meaning);
        x += width + APART;
    }
    let long = time(LONG, lang);
    let time = say!(
        lang,
        "Time runs down, not to scale: short gaps stay visible. A gap of {long} or more is cut short, and marked on every lane. \
         A call is drawn when it returns.",
        "时间自上而下，不按比例：短间隔也看得见，{long}及以上的间隔被截短，并在每条竖线上标出。每次调用画在它返回的时刻。"
    );
    for line in Font::Sans.wrap(&time, LETTERS, room) {
        y += LINE - 4.0;
        svg += &text("quiet", left, y, &line);
    }
    (svg, y)
}

/// Nothing takes it, though the side that would is told of.
fn is_open(section: &Section<'_>, arrow: &Arrow) -> bool {
    arrow.to.is_none() && section.peer(arrow.talk, arrow.side).is_some()
}

fn entries(sections: &[Section<'_>], lang: Lang) -> Vec<(String, &'static str)> {
    let arrows: Vec<_> = sections.iter().flat_map(|section| &section.arrows).collect();
    let drawn = |kind| arrow(kind, "u", (0.0, -6.0), (SIGN, 6.0), End::Head);
    let has = |wanted: fn(&Arrow) -> bool| arrows.iter().any(|arrow| wanted(arrow));
    let bars = || sections.iter().flat_map(|section| &section.bars);
    let bar =
        |class: &str| format!("<rect class=\"{class} u\" x=\"8\" y=\"-6.5\" width=\"38\" height=\"13\" rx=\"3\"/>\n");
    let all = [
        (
            has(|arrow| arrow.kind == Kind::Handshake),
            drawn(Kind::Handshake),
            lang.pick(
                "connect (handshake) to the accept that takes the connection",
                "从 connect（握手）到取出该连接的 accept",
            ),
        ),
        (
            has(|arrow| matches!(arrow.kind, Kind::Bytes(_))),
            drawn(Kind::Bytes(0)),
            lang.pick("bytes, from send to the recv that takes them", "字节：从 send 到取走它们的 recv"),
        ),
        (
            has(|arrow| arrow.kind == Kind::Fin),
            drawn(Kind::Fin),
            lang.pick("shut down sending (FIN)", "关闭发送（FIN）"),
        ),
        (has(|arrow| arrow.kind == Kind::Reset), drawn(Kind::Reset), lang.pick("reset (RST)", "重置（RST）")),
        (
            sections.iter().any(|section| section.arrows.iter().any(|arrow| is_open(section, arrow))),
            arrow(Kind::Bytes(0), "u", (0.0, -3.0), (SIGN - 6.0, 3.0), End::Open),
            lang.pick("no recorded call takes it", "没有记录到取走它的调用"),
        ),
        (
            bars().any(|bar| matches!(bar.busy, Busy::Asleep(_))),
            bar("sleep"),
            lang.pick("asleep in a call", "在调用中休眠"),
        ),
        (
            bars().any(|bar| matches!(bar.busy, Busy::Spinning(_))),
            bar("spin"),
            lang.pick("repeated calls that return EAGAIN", "反复调用，每次都返回 EAGAIN"),
        ),
    ];
    all.into_iter().filter(|(is_there, ..)| *is_there).map(|(_, sign, meaning)| (sign, meaning)).collect()
}
