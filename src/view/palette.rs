//! The colours. Each can be read on black and on white alike: they are fixed places of the 256-colour palette, because every
//! terminal has its own idea of "yellow".

use anstyle::{Ansi256Color, Color, Style};

const fn color(place: u8) -> Style {
    Style::new().fg_color(Some(Color::Ansi256(Ansi256Color(place))))
}

/// What is right.
pub const GOOD: Style = color(29);
/// What went wrong.
pub const BAD: Style = color(131).bold();
/// What came to nothing, such as a call that would block; a warning.
pub const WAIT: Style = color(131);
/// What a protocol learned.
pub const FACT: Style = color(98);
/// A title.
pub const TITLE: Style = color(63).bold();
/// What stands in the background.
pub const DIM: Style = color(243);
/// The server.
pub const SERVER: Style = color(63);
/// The only client, or the first one.
pub const CLIENT_A: Style = color(29);
/// The tap between them.
pub const TAP: Style = color(98);
/// The second client.
pub const CLIENT_B: Style = color(163);

#[cfg(test)]
mod tests {
    use super::*;

    /// The palette's colours from 16 on are the same in every terminal: a cube of 6 × 6 × 6, then greys.
    fn rgb(place: u8) -> [u8; 3] {
        const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];
        match usize::from(place) {
            place @ 16..232 => [(place - 16) / 36, (place - 16) / 6 % 6, (place - 16) % 6].map(|level| LEVELS[level]),
            place @ 232.. => [u8::try_from(8 + 10 * (place - 232)).unwrap(); 3],
            place => panic!("{place} looks different in each terminal"),
        }
    }

    /// Relative luminance, as WCAG 2 defines it.
    fn luminance(rgb: [u8; 3]) -> f64 {
        let linear = rgb.map(|level| {
            let level = f64::from(level) / 255.0;
            if level <= 0.040_45 { level / 12.92 } else { ((level + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    fn contrast(one: f64, other: f64) -> f64 {
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn every_colour_can_be_read_on_black_and_on_white() {
        for style in [GOOD, BAD, WAIT, FACT, TITLE, DIM, SERVER, CLIENT_A, CLIENT_B, TAP] {
            let Some(Color::Ansi256(Ansi256Color(place))) = style.get_fg_color() else { panic!("{style:?}") };
            assert!(!style.get_effects().contains(anstyle::Effects::DIMMED));
            let luminance = luminance(rgb(place));
            assert!(contrast(luminance, 0.0) >= 4.5, "{place} on black");
            assert!(contrast(luminance, 1.0) >= 4.5, "{place} on white");
        }
    }
}
