//! Reflection over two connections: the one answers what the other asks.

use crate::attack::kind::{Attack, Play};
use crate::attack::lab::{EVIL, Lab};
use crate::attack::seen::Seen;
use crate::protocol::{Forgery, Handshake};
use crate::words;
use std::io;

pub(in crate::attack) const ATTACK: Attack = Attack {
    name: "parallel",
    title: words!("Two connections at once: one answers for the other", "同时开两个连接：用一个的回答去应付另一个"),
    needs: words!("nothing but the server's address", "只需要服务器的地址"),
    why: words!(
        "To refuse one's own challenge on the same connection is not enough: the attacker asks it on a second one, and carries the answer over.",
        "只在同一个连接上拒绝自己的挑战值是不够的：攻击者可以在另一个连接上提问，再把答案搬过来。"
    ),
    repair: words!(
        "The same as for reflection: the client first (ordered), or the role in the proof (bound).",
        "与 reflection 相同：客户端先证明（ordered），或把角色算进证明里（bound）。"
    ),
    world: words!(
        "The \"two windows\" attack on challenge and response in many textbooks; found in IBM's early designs (Bird and others, CRYPTO '91).",
        "教科书里的“双窗口”攻击；IBM 早期的设计里就有（Bird 等，CRYPTO '91）。"
    ),
    play: Play::Handshakes(play),
};

fn play(lab: &mut Lab<'_>) -> io::Result<Seen> {
    lab.tell(
        "The attacker opens two connections. The server asks on each of them.",
        "攻击者打开两个连接，服务器在每个连接上都提问。",
    );
    let server = lab.server()?;
    let (mut first, mut second) = (lab.connect(&server)?, lab.connect(&server)?);
    let (asked_first, asked_second) = (lab.challenge(&mut first)?, lab.challenge(&mut second)?);
    lab.tell(
        "On each it asks what the server asked on the other.",
        "它在每个连接上，都用服务器在另一个连接上的挑战值提问。",
    );
    first.forge(&asked_second, Forgery::Copied)?;
    second.forge(&asked_first, Forgery::Copied)?;
    match lab.handshake {
        Handshake::Mutual => {
            if let Some(answer) = first.receive(lab.handshake.proof_len())? {
                lab.tell(
                    "The server has answered on #1. That is the answer that it waits for on #2.",
                    "服务器在 #1 上作答了。这正是它在 #2 上等待的答案。",
                );
                second.forge(&answer, Forgery::Copied)?;
                lab.say_evil(&mut second)?;
            }
        }
        Handshake::Bound => lab.make_up_a_proof(&mut second)?,
        Handshake::Prefix | Handshake::Hmac | Handshake::Ordered => {}
    }
    let from = second.local();
    first.leave()?;
    second.leave()?;
    lab.stop(server)?;
    Ok(lab.verdict_on(from, EVIL))
}
