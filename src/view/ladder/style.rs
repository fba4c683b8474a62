//! Colours and letters, light, dark, and on paper.

use super::super::svg::{MONO, SANS};
use super::lanes::Who;
use crate::trace::Actor;

/// How many clients there are that differ by their colour.
const CLIENTS: usize = 4;

/// Each can be read on the paper.
struct Palette {
    paper: &'static str,
    ink: &'static str,
    quiet: &'static str,
    /// Behind lanes, and around them.
    band: &'static str,
    grid: &'static str,
    wait: &'static str,
    bad: &'static str,
    fact: &'static str,
    note: &'static str,
    server: &'static str,
    clients: [&'static str; CLIENTS],
}

const LIGHT: Palette = Palette {
    paper: "#ffffff",
    ink: "#1b1f24",
    quiet: "#57606a",
    band: "#f1f3f6",
    grid: "#d0d7de",
    wait: "#9a3412",
    bad: "#b42318",
    fact: "#6b3fa0",
    note: "#f7f2fd",
    server: "#3b3fc4",
    clients: ["#00704d", "#a3107c", "#875200", "#00638a"],
};

const DARK: Palette = Palette {
    paper: "#14171c",
    ink: "#eef1f5",
    quiet: "#a9b1bb",
    band: "#1e232b",
    grid: "#3b434e",
    wait: "#ffab70",
    bad: "#ff9a8f",
    fact: "#d2b8ff",
    note: "#241f31",
    server: "#a5b1ff",
    clients: ["#4fd6a4", "#ff8fd2", "#f2c14e", "#6cc7f2"],
};

/// Black and white: what is said by colours is said by shapes and dashes too.
const PRINT: Palette = Palette {
    paper: "#ffffff",
    ink: "#000000",
    quiet: "#333333",
    band: "#ffffff",
    grid: "#888888",
    wait: "#000000",
    bad: "#000000",
    fact: "#000000",
    note: "#ffffff",
    server: "#000000",
    clients: ["#000000"; CLIENTS],
};

const SHEET: &str = r#".title { font-size: 25px; font-weight: 700 }
.lesson { font-size: 20px; font-weight: 700 }
.name { font-size: 16px; font-weight: 700 }
.small { font-size: 12px }
.mono { white-space: pre }
.strong { font-weight: 700 }
.italic { font-style: italic }
.end { text-anchor: end }
.middle { text-anchor: middle }
.label { paint-order: stroke; stroke-width: 5px; stroke-linejoin: round }
.along { font-size: 10.5px; paint-order: stroke; stroke-width: 2.5px; stroke-linejoin: round }
.line { fill: none; stroke: currentColor; stroke-width: 1.5 }
.unknown { stroke-dasharray: 5 6 }
.box { stroke: currentColor; stroke-width: 2 }
.arrow { fill: none; stroke: currentColor; stroke-width: 2 }
.hand { stroke-dasharray: 12 4 }
.fin { stroke-dasharray: 3 4 }
.reset { stroke-dasharray: 12 4 2 4 }
path.stroke { fill: none; stroke: currentColor; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round }
.fill { fill: currentColor }
.dot { fill: currentColor; stroke-width: 1.5 }
.hollow { stroke: currentColor; stroke-width: 2 }
.sleep { stroke: currentColor; stroke-width: 1.5 }
.spin { fill: url(#day30-hatch); stroke: currentColor; stroke-width: 1.5 }
.hatch { stroke: currentColor; stroke-width: 2.5 }
.grid, .cut { fill: none; stroke-width: 1.2 }
.note { stroke: currentColor; stroke-width: 1.2 }
"#;

/// The style sheet.
pub(super) fn css() -> String {
    let fonts = format!(".ladder {{ font-family: {SANS}; font-size: 14px }}\n.mono {{ font-family: {MONO} }}\n");
    let (light, dark, print) = (rules(&LIGHT), rules(&DARK), rules(&PRINT));
    let dark = format!("@media screen and (prefers-color-scheme: dark) {{\n{dark}}}\n");
    let lanes = format!(".band {{ stroke: {}; stroke-width: 0.7 }}\n", PRINT.grid);
    format!("{fonts}{SHEET}{light}{dark}@media print {{\n{print}{lanes}}}\n")
}

fn rules(palette: &Palette) -> String {
    let Palette { paper, ink, quiet, band, grid, wait, bad, fact, note, server, clients } = palette;
    let mut rules = format!(
        ".paper, .sleep, path.hollow, .box {{ fill: {paper} }}\n.label, .along, .dot {{ stroke: {paper} }}\n.ink {{ fill: {ink} }}\n\
         .quiet {{ fill: {quiet} }}\n.band {{ fill: {band} }}\n.grid {{ stroke: {grid} }}\n.cut {{ stroke: {quiet} }}\n\
         .unknown, .u {{ color: {quiet} }}\n.wait {{ fill: {wait}; color: {wait} }}\n.bad {{ fill: {bad}; color: {bad} }}\n\
         .fact {{ fill: {fact}; color: {fact} }}\n.note {{ fill: {note} }}\n.strong {{ fill: {ink} }}\n.s {{ color: {server} }}\n"
    );
    for (number, colour) in clients.iter().enumerate() {
        rules += &format!(".c{number} {{ color: {colour} }}\n");
    }
    rules
}

/// The class that has a lane's colour.
pub(super) fn class(who: Who) -> String {
    match who {
        Who::Actor(Actor::Server) => "s".into(),
        Who::Actor(Actor::Client) => "c0".into(),
        Who::Actor(Actor::Tap | Actor::Attacker) => "c2".into(),
        Who::Actor(Actor::ClientNo(number)) => format!("c{}", usize::from(number) % CLIENTS),
        Who::Unknown(_) => "u".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::svg::checks::contrast;
    use super::*;

    #[test]
    fn every_colour_can_be_read() {
        for palette in [LIGHT, DARK, PRINT] {
            let Palette { ink, quiet, wait, bad, fact, server, clients, .. } = palette;
            for colour in [&[ink, quiet, wait, bad, fact, server][..], &clients].concat() {
                for ground in [palette.paper, palette.band, palette.note] {
                    assert!(contrast(colour, ground) >= 4.5, "{colour} on {ground}");
                }
            }
        }
    }

    #[test]
    fn the_reader_chooses_and_paper_is_white() {
        assert!(css().contains("prefers-color-scheme: dark") && css().contains("@media print"));
        assert!(!css().contains("http") && !css().contains("@import"));
    }
}
