//! No attack at all: what everything else is measured against.

use crate::attack::kind::{Attack, Play};
use crate::attack::lab::{EVIL, Lab};
use crate::attack::seen::Seen;
use crate::crypto::Secret;
use crate::words;
use std::io;

pub(in crate::attack) const ATTACK: Attack = Attack {
    name: "wrong-key",
    title: words!("Log in with a guessed secret", "用猜的密钥登录"),
    needs: words!("nothing but the server's address", "服务器的地址，别的什么都不用"),
    why: words!(
        "Another secret gives another digest. All five handshakes stop this guess.",
        "密钥不同，算出的摘要就不同。五种握手都挡得住这种猜测。"
    ),
    repair: words!("Nothing to repair.", "不需要修复。"),
    world: words!(
        "What login servers refuse all day: see the log of any SSH server on the Internet.",
        "任何一台连在互联网上的 SSH 服务器，日志里每天都有大量这样的记录。"
    ),
    play: Play::Handshakes(play),
};

fn play(lab: &mut Lab<'_>) -> io::Result<Seen> {
    lab.tell(
        "The attacker does not know the secret. It connects, and computes its answer with a guess: 123456.",
        "攻击者不知道密钥。它连接服务器，用猜的密钥 123456 计算答案。",
    );
    let server = lab.server()?;
    let from = lab.log_in_with(&server, &Secret::new(b"123456".to_vec()))?;
    lab.stop(server)?;
    Ok(lab.verdict_on(from, EVIL))
}
