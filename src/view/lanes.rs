//! Side by side: the server, client A, client B, each in a lane of its own.

use super::actor::connection_name;
use super::palette;
use crate::lang::Lang;
use crate::say;
use crate::trace::{Actor, Call, FarEnd};
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
        let letters: Vec<_> = (first..last).step_by(2).map(|number| Actor::letter(number).to_string()).collect();
        if letters.is_empty() { String::new() } else { format!("{client} {}", letters.join(" ")) }
    };
    let [a, b] = if clients < 2 { [client.to_owned(), String::new()] } else { [of(0), of(1)] };
    format!("{}{}{}{b}", pad(seconds, FIRST_LANE), pad(server, lane), pad(&a, lane)).trim_end().to_owned()
}

/// The heads of an attack's lanes: the clients on one side, the server on the other, the attacker between them.
#[must_use]
pub fn attack_heads(lang: Lang, width: usize) -> String {
    three_heads(lang.pick(["seconds", "client", "attacker", "server"], ["秒", "客户端", "攻击者", "服务器"]), width)
}

/// The same with a tap between them.
#[must_use]
pub fn tap_heads(lang: Lang, width: usize) -> String {
    three_heads(lang.pick(["seconds", "client", "tap", "server"], ["秒", "客户端", "tap", "服务器"]), width)
}

fn three_heads(heads: [&str; 4], width: usize) -> String {
    let lane = lane_width(width);
    let widths = [FIRST_LANE, lane, lane, 0];
    let pad = |(text, columns): (&str, usize)| format!("{text}{}", " ".repeat(columns.saturating_sub(text.width())));
    heads.into_iter().zip(widths).map(pad).collect()
}

/// The lane of this actor in an attack, from 0.
pub(super) fn attack_lane_of(actor: Actor) -> usize {
    match actor {
        Actor::Client | Actor::ClientNo(_) => 0,
        Actor::Tap | Actor::Attacker => 1,
        Actor::Server => 2,
    }
}

/// A call of whoever stands between: it has connections to the server, numbered as the server numbers them, and those of clients.
pub(super) fn call_of_the_middle(call: Call, id: u64, lang: Lang) -> String {
    let connection = connection_name(id);
    let connection = connection.of(lang);
    let is_clients = FarEnd::of(id).is_of_the_middle();
    let peer =
        if is_clients { connection.to_owned() } else { say!(lang, "server {connection}", "服务器 {connection}") };
    let name = call.name();
    match call {
        Call::Recv => say!(lang, "{name} from {peer}", "{name} 来自{peer}"),
        Call::Send => say!(lang, "{name} to {peer}", "{name} 发往{peer}"),
        Call::Connect => name.to_owned(),
        _ => format!("{name} {peer}"),
    }
}

/// The lane of this actor, from 0.
pub(super) fn lane_of(actor: Actor) -> usize {
    match actor {
        Actor::Server => 0,
        // Between a server and the client, where both are there; a demo has no tap.
        Actor::Client | Actor::Tap | Actor::Attacker => 1,
        Actor::ClientNo(number) => 1 + usize::from(number % 2),
    }
}

/// The colour of this actor.
pub(super) fn lane_style(actor: Actor) -> Style {
    match actor {
        Actor::Server => palette::SERVER,
        Actor::Client | Actor::ClientNo(0) => palette::CLIENT_A,
        Actor::Tap => palette::TAP,
        Actor::Attacker => palette::BAD,
        Actor::ClientNo(_) => palette::CLIENT_B,
    }
}
