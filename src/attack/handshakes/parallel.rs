//! Reflection over two connections: the one answers what the other asks.

use crate::attack::kind::{Attack, Play};
use crate::attack::lab::{Conn, EVIL, Lab, Victim};
use crate::attack::seen::{Seen, Winner};
use crate::both;
use crate::protocol::{Forgery, Handshake};
use crate::words;
use std::io;

pub(in crate::attack) const ATTACK: Attack = Attack {
    name: "parallel",
    title: words!("Two connections at once: one answers for the other", "同时开两个连接：用一个的回答去应付另一个"),
    needs: words!("nothing but the server's address", "服务器的地址，别的什么都不用"),
    why: words!(
        "It is not enough that a server refuses its own challenge on the same connection: the attacker asks it on a second one, and carries the answer over.",
        "只在同一个连接上拒绝自己的挑战值是不够的：攻击者可以在另一个连接上提问，再把答案搬过来。"
    ),
    repair: words!(
        "The same as for reflection: the client first (ordered), or the role in the proof (bound).",
        "与 reflection 相同：客户端先证明（ordered），或把角色算进证明里（bound）。"
    ),
    world: words!(
        "Windows until 2008: a server that a user connected to opened a connection of its own back to that user's machine, and took the answers from the one for the other (MS08-068).",
        "2008 年之前的 Windows：用户连到攻击者的服务器，这台服务器反过来连接用户的机器，再用一个连接上得到的答案去应付另一个（MS08-068）。"
    ),
    play: Play::Handshakes(play),
};

fn play(lab: &mut Lab<'_>) -> io::Result<Seen> {
    lab.tell(
        "The attacker opens two connections. The server asks on each of them.",
        "攻击者打开两个连接，服务器在每个连接上都提问。",
    );
    let server = lab.server()?;
    let mut first = lab.connect(&server)?;
    let Some((mut second, asked_second)) = second(lab, &server)? else { return alone(lab, server, first) };
    let asked_first = lab.challenge(&mut first)?;
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
        Handshake::Prefix | Handshake::Hmac | Handshake::Ordered => lab.is_no_answer(),
    }
    let from = second.local();
    first.leave()?;
    second.leave()?;
    lab.stop(server)?;
    Ok(lab.verdict_on(from, EVIL))
}

/// The second connection and its challenge: a program that serves one client at a time has none to give.
fn second(lab: &mut Lab<'_>, server: &Victim) -> io::Result<Option<(Conn, Vec<u8>)>> {
    let mut conn = lab.connect(server)?;
    match lab.challenge(&mut conn) {
        Ok(challenge) => Ok(Some((conn, challenge))),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof && lab.is_of_a_student() => Ok(None),
        Err(error) => Err(error),
    }
}

fn alone(lab: &mut Lab<'_>, server: Victim, first: Conn) -> io::Result<Seen> {
    let from = first.local();
    first.leave()?;
    lab.stop(server)?;
    let seen = lab.verdict_on(from, EVIL);
    if seen.winner == Winner::Attacker {
        return Ok(seen);
    }
    Ok(Seen::defender(both!(
        "your program serves one client at a time: while #1 is open, #2 gets no challenge, and there is no answer to carry over",
        "你的程序一次只服务一个客户端：#1 还开着，#2 就得不到挑战值，也就没有答案可搬"
    )))
}
