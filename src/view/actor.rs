//! What the actors of a trace are called.

use crate::both;
use crate::lang::Text;
use crate::trace::{Actor, FarEnd};

/// The name of somebody in a trace.
#[must_use]
pub fn actor_name(actor: Actor) -> Text {
    match actor {
        Actor::Server => both!("server", "服务器"),
        Actor::Client => both!("client", "客户端"),
        Actor::Tap => both!("tap", "tap"),
        Actor::Attacker => both!("attacker", "攻击者"),
        Actor::ClientNo(number) => {
            let letter = Actor::letter(number);
            both!("client {letter}", "客户端 {letter}")
        }
    }
}

/// What a connection is called: by its number, and by its client where that made it to whoever stands between.
pub(super) fn connection_name(id: u64) -> Text {
    match FarEnd::of(id) {
        FarEnd::Anybody(number) => both!("#{number}", "#{number}"),
        FarEnd::Client(client) => actor_name(client),
        FarEnd::Tapped(number) => both!("client #{number}", "客户端 #{number}"),
    }
}
