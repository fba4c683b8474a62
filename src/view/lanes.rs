//! Side by side: the server, client A, client B, each in a lane of its own.

use super::palette;
use crate::lang::Lang;
use crate::trace::Actor;
use anstyle::Style;
use unicode_width::UnicodeWidthStr;

/// The width that everything must be readable in.
pub(super) const LEAST_WIDTH: usize = 80;
/// Where the lanes begin.
pub(super) const FIRST_LANE: usize = 9;
/// How far apart they are; a third of what a terminal has more than the least goes to each.
const LANE: usize = 18;

/// How far apart two lanes are.
#[must_use]
pub(super) fn lane_width(width: usize) -> usize {
    LANE + width.saturating_sub(LEAST_WIDTH) / 3
}

/// The lanes' heads, in a row.
#[must_use]
pub fn lane_heads(lang: Lang, width: usize) -> String {
    let [seconds, server, a, b] =
        lang.pick(["seconds", "server", "client A", "client B"], ["秒", "服务器", "客户端 A", "客户端 B"]);
    let pad = |text: &str, columns| format!("{text}{}", " ".repeat(columns - text.width()));
    let lane = lane_width(width);
    format!("{}{}{}{b}", pad(seconds, FIRST_LANE), pad(server, lane), pad(a, lane))
}

/// The lane of this actor, from 0.
pub(super) fn lane_of(actor: Actor) -> usize {
    match actor {
        Actor::Server => 0,
        // Between a server and the client, where both are there; a demo has no tap.
        Actor::Client | Actor::Tap => 1,
        Actor::ClientNo(number) => 1 + usize::from(number % 2),
    }
}

/// The colour of this actor.
pub(super) fn lane_style(actor: Actor) -> Style {
    match actor {
        Actor::Server => palette::SERVER,
        Actor::Client | Actor::ClientNo(0) => palette::CLIENT_A,
        Actor::Tap => palette::TAP,
        Actor::ClientNo(_) => palette::CLIENT_B,
    }
}
