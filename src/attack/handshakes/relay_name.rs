//! The honest client wants another server than the one that it is passed on to.

use super::relay;
use crate::attack::kind::{Attack, Play};
use crate::attack::lab::Lab;
use crate::attack::seen::Seen;
use crate::words;
use std::io;

/// The attacker's own shop, which the client means to reach.
const SHOP: &str = "shop";

pub(in crate::attack) const ATTACK: Attack = Attack {
    name: "relay-name",
    title: words!("Use a login at one's own shop to log in at the bank", "用户登录攻击者的商店，攻击者拿去登录银行"),
    needs: words!(
        "a server that honest clients log in to, with the same secret",
        "一台正常客户端会来登录的服务器，用的是同一个密钥"
    ),
    why: words!(
        "Nothing in the proof says for which server it is. A proof made for the shop is just as good at the bank.",
        "证明里没有写明是给谁看的：给商店的证明，拿到银行同样有效。"
    ),
    repair: words!(
        "Put the server's name into the proof: the bank refuses what was made for the shop. (Another secret for each server helps too.)",
        "把服务器的名字算进证明里：写给商店的证明，银行不认。（每台服务器用不同的密钥也行。）"
    ),
    world: words!(
        "Lowe's attack on the Needham–Schroeder protocol, 17 years after it was published: one name was missing in one message (Lowe 1995).",
        "Lowe 对 Needham–Schroeder 协议的攻击：协议发表 17 年后才发现，一条消息里少写了一个名字（Lowe 1995）。"
    ),
    play: Play::Handshakes(play),
};

fn play(lab: &mut Lab<'_>) -> io::Result<Seen> {
    lab.tell(
        "The client logs in at the attacker's own server, the shop. The attacker passes it on to the bank.",
        "客户端登录攻击者自己的服务器（shop）。攻击者把登录转发给银行（bank）。",
    );
    relay::run(lab, SHOP)
}
