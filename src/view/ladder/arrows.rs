//! Arrows. What they stand for is seen by dashes and heads too, not only by colours.

use super::super::svg::number;
use super::talk::Kind;

/// The length of a head.
const HEAD: f64 = 10.0;

/// Where an arrow ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// In a call.
    Head,
    /// Nowhere: no call took it.
    Open,
}

/// An arrow in the colour of `class`.
pub(super) fn arrow(kind: Kind, class: &str, from: (f64, f64), to: (f64, f64), end: End) -> String {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx.hypot(dy).max(1e-6);
    let (ux, uy) = (dx / length, dy / length);
    // A point so far back from the end, and so far beside the line.
    let at = |back: f64, beside: f64| {
        let (x, y) = (to.0 - ux * back - uy * beside, to.1 - uy * back + ux * beside);
        format!("{} {}", number(x), number(y))
    };
    let style = match kind {
        Kind::Handshake => "hand",
        Kind::Bytes(_) => "data",
        Kind::Fin => "fin",
        Kind::Reset => "reset",
    };
    let short = if end == End::Head && matches!(kind, Kind::Bytes(_)) { HEAD * 0.8 } else { 0.0 };
    let line = format!("M{} {}L{}", number(from.0), number(from.1), at(short, 0.0));
    let line = format!("<path class=\"arrow {style} {class}\" d=\"{line}\"/>\n");
    let wings =
        |back: f64, wide: f64| format!("M{}L{}L{}", at(back + HEAD, wide), at(back, 0.0), at(back + HEAD, -wide));
    let bar = |back: f64, wide: f64| format!("M{}L{}", at(back, wide), at(back, -wide));
    let (fill, head) = match (end, kind) {
        (End::Open, _) => ("stroke", bar(0.0, 6.0)),
        (End::Head, Kind::Bytes(_)) => ("fill", format!("{}z", wings(0.0, 4.5))),
        (End::Head, Kind::Handshake) => ("stroke", wings(0.0, 5.5)),
        (End::Head, Kind::Fin) => ("stroke", format!("{}{}", wings(3.0, 5.5), bar(1.0, 7.0))),
        (End::Head, Kind::Reset) => {
            let cross = |beside: f64| format!("M{}L{}", at(3.0, beside), at(15.0, -beside));
            ("stroke", format!("{}{}", cross(6.0), cross(-6.0)))
        }
    };
    format!("{line}<path class=\"head {fill} {class}\" d=\"{head}\"/>\n")
}
