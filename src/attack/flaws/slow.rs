//! Clients that connect and say nothing, until nobody else finds a place.

use crate::attack::kind::{Attack, Play};
use crate::attack::lab::{BANK, HONEST, Lab, PATIENCE};
use crate::attack::seen::Seen;
use crate::both;
use crate::lang::Lang;
use crate::net::limits::Limits;
use crate::protocol::{Ending, Fact, HandshakeServer, Next, Protocol, Turn};
use crate::random;
use crate::view::describe_ending;
use crate::words;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How many clients this server has room for. The notes' server has room for one.
const ROOM: usize = 2;
/// So long an honest client waits for a student's server: twice the deadline of lesson 2, and some more.
const LONG: Duration = Duration::from_secs(12);

pub(in crate::attack) const ATTACK: Attack = Attack {
    name: "slow",
    title: words!("Connect, say nothing, and keep everybody else out", "连上之后什么也不说，让别人都连不进来"),
    needs: words!(
        "as many connections as the server has room for: two here, one for the notes' server",
        "占满服务器的位置：这里是两个连接，笔记的服务器只要一个"
    ),
    why: words!(
        "Every client that has not proved itself yet costs the server a place (and a thread, in lesson 4). Without a deadline the place is never free again, and the attacker pays nothing for it.",
        "每个还没证明自己的客户端都占一个位置（第 4 课里还占一个线程）。没有时限，位置就永远不会空出来，而攻击者几乎不花代价。"
    ),
    repair: words!(
        "A deadline for the whole handshake, not for each recv; a bound on clients that have not authenticated; and for one more, close the oldest of them.",
        "给整个握手设时限，而不是给每次 recv；限制未通过验证的客户端数；满了就关闭其中最早连接的。"
    ),
    world: words!(
        "OpenSSH has LoginGraceTime and MaxStartups for exactly this; web servers were stopped so by Slowloris (2009).",
        "OpenSSH 的 LoginGraceTime 和 MaxStartups 就是为此而设；Slowloris（2009）用这个办法让网站停止服务。"
    ),
    play: Play::Flaw(play),
};

fn play(lab: &mut Lab<'_>, has_flaw: bool) -> io::Result<Seen> {
    if lab.is_of_a_student() {
        return play_on_a_program(lab);
    }
    let (handshake, secret) = (lab.handshake, Arc::clone(&lab.secret));
    let new_server = move || {
        let (secret, ask) = (Arc::clone(&secret), random::challenge()?);
        Ok(HandshakeServer::new(handshake, secret, BANK.into(), ask, PATIENCE).taking_lines())
    };
    let limits = Limits { max_clients: ROOM, ..Limits::default() };
    lab.tell(
        "The server has room for two clients. The attacker opens two connections, and says nothing.",
        "服务器只能同时接两个客户端。攻击者打开两个连接，什么也不说。",
    );
    let server = if has_flaw {
        lab.serve_within(limits, move || Ok(Patient(new_server()?)))?
    } else {
        lab.serve_within(limits, new_server)?
    };
    let mut silent = [lab.connect(&server)?, lab.connect(&server)?];
    for conn in &mut silent {
        lab.challenge(conn)?;
    }
    lab.tell("An honest client comes, with the right secret.", "一个正常的客户端来了，密钥是对的。");
    let honest = lab.client_of(&server, PATIENCE)?.ended()?;
    for conn in silent {
        conn.leave()?;
    }
    lab.stop(server)?;
    let is_served =
        lab.witness.facts().iter().any(|(_, fact)| matches!(fact, Fact::LineTaken { text } if text == HONEST));
    let honest = honest.unwrap_or(Ending::Reset);
    let (slug, [en, zh]) = (honest.slug(), [Lang::En, Lang::Zh].map(|lang| describe_ending(honest, lang)));
    Ok(if is_served {
        Seen::defender(both!(
            "the honest client was let in; the oldest silent connection was closed for it",
            "正常的客户端登录成功；服务器为它关闭了最早的沉默连接"
        ))
    } else {
        Seen::attacker(both!(
            "the honest client was turned away with the right secret: {en} ({slug})",
            "正常的客户端密钥是对的，却被拒之门外：{zh}（{slug}）"
        ))
    })
}

/// A student's server is no further known than that it serves one client at least: so there is one silent client.
fn play_on_a_program(lab: &mut Lab<'_>) -> io::Result<Seen> {
    lab.tell("The attacker connects, and says nothing.", "攻击者连接服务器，然后什么也不说。");
    let server = lab.server()?;
    let mut silent = lab.connect(&server)?;
    lab.challenge(&mut silent)?;
    let seconds = LONG.as_secs();
    lab.tell(
        &format!("An honest client comes, with the right secret. It waits for {seconds} seconds at most."),
        &format!("一个正常的客户端来了，密钥是对的。它最多等 {seconds} 秒。"),
    );
    let (began, honest) = (Instant::now(), lab.client_of(&server, LONG)?);
    let is_served = server.process().is_some_and(|process| process.says_ok_within(0, LONG));
    let waited = began.elapsed().as_secs_f64();
    silent.close();
    lab.stop(server)?;
    honest.ended()?;
    Ok(if is_served {
        Seen::defender(both!(
            "your program said ok to the honest client after {waited:.1} s, in spite of the silent one",
            "尽管有一个沉默的客户端，你的程序还是在 {waited:.1} 秒后对正常的客户端打印了 ok"
        ))
    } else {
        Seen::attacker(both!(
            "one silent client was enough: for {seconds} seconds your program did not say ok to an honest one",
            "一个沉默的客户端就够了：{seconds} 秒内，你的程序没有对正常的客户端打印 ok"
        ))
    })
}

/// A server that waits for its clients for ever.
struct Patient(HandshakeServer);

impl Protocol for Patient {
    const ENDS_BY_ITSELF: bool = true;

    fn connected(&mut self, turn: &mut Turn<'_>) -> Next {
        self.0.connected(turn)
    }

    fn received(&mut self, bytes: &[u8], turn: &mut Turn<'_>) -> Next {
        self.0.received(bytes, turn)
    }

    fn peer_ended(&mut self, turn: &mut Turn<'_>) -> Ending {
        self.0.peer_ended(turn)
    }

    fn deadline_passed(&mut self, turn: &mut Turn<'_>) -> Ending {
        self.0.deadline_passed(turn)
    }
}
