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

/// The lanes' heads, in a row, for the server and so many clients. Each lane has every second client.
#[must_use]
pub fn lane_heads(lang: Lang, width: usize, clients: usize) -> String {
    let [seconds, server, client] = lang.pick(["seconds", "server", "client"], ["秒", "服务器", "客户端"]);
    let pad = |text: &str, columns: usize| format!("{text}{}", " ".repeat(columns.saturating_sub(text.width())));
    let lane = lane_width(width);
    let of = |first: u8| {
        let last = u8::try_from(clients).unwrap_or(u8::MAX).clamp(first, 26);
        let letters: Vec<_> = (first..last).step_by(2).map(|number| char::from(b'A' + number).to_string()).collect();
        if letters.is_empty() { String::new() } else { format!("{client} {}", letters.join(" ")) }
    };
    let [a, b] = if clients < 2 { [client.to_owned(), String::new()] } else { [of(0), of(1)] };
    format!("{}{}{}{b}", pad(seconds, FIRST_LANE), pad(server, lane), pad(&a, lane)).trim_end().to_owned()
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
