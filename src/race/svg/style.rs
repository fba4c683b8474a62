//! Colours, dashes and shapes: a line is known by each of them alone, so that nobody needs to see colours.

use super::Theme;
use crate::view::svg::{MONO, SANS};

/// How many lines there are that differ by their colour alone.
const COLOURS: usize = 8;

/// Black on white; the colours are those of Okabe and Ito, the light ones darker, so that they can be seen on white.
const LIGHT: Palette = Palette {
    paper: "#ffffff",
    ink: "#1a1a1a",
    quiet: "#4a4a4a",
    grid: "#dcdcdc",
    lines: ["#0072b2", "#d55e00", "#00805c", "#a8438c", "#1a1a1a", "#a87400", "#2a8fc7", "#6f6a00"],
};

/// The same hues on a dark ground.
const DARK: Palette = Palette {
    paper: "#14171c",
    ink: "#f2f2f2",
    quiet: "#c4c8ce",
    grid: "#363b43",
    lines: ["#4aa8e8", "#ff8a3d", "#2ecc9b", "#e59ac8", "#f2f2f2", "#f0b429", "#a6dbff", "#f0e442"],
};

/// One for each, and so many that colour and dash together tell more than these.
const DASHES: [&str; 6] = ["", "11 5", "3 4", "13 4 3 4", "20 5", "12 4 3 4 3 4"];

/// About 13 pixels wide, around 0,0.
const SHAPES: [&str; 6] = [
    "M-6 0a6 6 0 1 0 12 0a6 6 0 1 0 -12 0z",
    "M-5.5 -5.5h11v11h-11z",
    "M0 -7L7 5.5H-7z",
    "M0 -8L8 0L0 8L-8 0z",
    "M0 7L7 -5.5H-7z",
    "M-2.5 -7.5h5v5h5v5h-5v5h-5v-5h-5v-5h5z",
];

/// What a theme consists of.
struct Palette {
    paper: &'static str,
    ink: &'static str,
    quiet: &'static str,
    grid: &'static str,
    lines: [&'static str; COLOURS],
}

/// How the line of a server looks; its number among the servers decides, so that it looks alike in all panels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look(pub(super) usize);

impl Look {
    /// The class that has its colour.
    pub(super) fn class(self) -> String {
        format!("c{}", self.0 % COLOURS)
    }

    /// The attribute that has its dashes.
    pub(super) fn dash(self) -> String {
        match DASHES.get(self.0 % DASHES.len()) {
            Some(&dash) if !dash.is_empty() => format!(" stroke-dasharray=\"{dash}\""),
            _ => String::new(),
        }
    }

    /// The shape of its points; the second half dozen is hollow.
    pub(super) fn marker(self, x: f64, y: f64) -> String {
        let shape = SHAPES.get(self.0 % SHAPES.len()).copied().unwrap_or_default();
        let class = if (self.0 / SHAPES.len()).is_multiple_of(2) { "full" } else { "hollow" };
        format!("<path class=\"{class}\" transform=\"translate({x:.1} {y:.1})\" d=\"{shape}\"/>\n")
    }
}

/// The style sheet.
pub(super) fn css(theme: Theme) -> String {
    let colours = match theme {
        Theme::Light => rules(&LIGHT),
        Theme::Dark => rules(&DARK),
        Theme::Auto => format!("{}@media (prefers-color-scheme: dark) {{\n{}}}\n", rules(&LIGHT), rules(&DARK)),
    };
    let fonts = format!(".race {{ font-family: {SANS}; font-size: 16px }}\n.mono {{ font-family: {MONO} }}\n");
    format!("{fonts}{SHEET}{colours}")
}

const SHEET: &str = r#".head { font-size: 25px; font-weight: 700 }
.title { font-size: 20px; font-weight: 700 }
.name { font-size: 17px }
.mono { font-size: 15px; white-space: pre }
.end { text-anchor: end }
.middle { text-anchor: middle }
.line { fill: none; stroke: currentColor; stroke-width: 3; stroke-linejoin: round }
.bar { fill: none; stroke: currentColor; stroke-width: 2.5 }
.full { fill: currentColor; stroke-width: 1 }
.hollow { stroke: currentColor; stroke-width: 2.5 }
.leader { fill: none; stroke: currentColor; stroke-width: 1.5; stroke-dasharray: 1 4; stroke-linecap: round; stroke-opacity: 0.8 }
.grid { fill: none; stroke-width: 1 }
.axis { fill: none; stroke-width: 1.5 }
"#;

fn rules(palette: &Palette) -> String {
    let Palette { paper, ink, quiet, grid, lines } = palette;
    let mut rules = format!(
        ".paper, .hollow {{ fill: {paper} }}\n.full {{ stroke: {paper} }}\n.ink {{ fill: {ink} }}\n\
         .quiet {{ fill: {quiet} }}\n.grid {{ stroke: {grid} }}\n.axis {{ stroke: {quiet} }}\n"
    );
    for (number, colour) in lines.iter().enumerate() {
        rules += &format!(".c{number} {{ color: {colour} }}\n");
    }
    rules
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::svg::checks::contrast;
    use std::collections::HashSet;

    #[test]
    fn everything_can_be_seen() {
        for palette in [LIGHT, DARK] {
            assert!(palette.lines.iter().all(|line| contrast(line, palette.paper) >= 3.5));
            assert!([palette.ink, palette.quiet].iter().all(|text| contrast(text, palette.paper) >= 7.0));
        }
    }

    #[test]
    fn a_dozen_lines_differ_in_what_is_no_colour() {
        let looks = (0..12).map(Look).map(|look| (look.dash(), look.marker(0.0, 0.0)));
        assert_eq!(looks.collect::<HashSet<_>>().len(), 12);
    }

    #[test]
    fn only_the_automatic_theme_asks_the_reader() {
        assert!(css(Theme::Auto).contains("@media (prefers-color-scheme: dark)"));
        assert!(!css(Theme::Dark).contains("@media") && !css(Theme::Light).contains("@media"));
        assert!(css(Theme::Dark).contains(DARK.paper) && !css(Theme::Dark).contains(LIGHT.paper));
    }
}
