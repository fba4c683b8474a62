//! What the actors of a trace are called.

use crate::both;
use crate::lang::Text;
use crate::trace::Actor;

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
