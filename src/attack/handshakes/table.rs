//! A fake server that always asks zeros, and a table that was computed before.

use crate::attack::kind::{Attack, Play};
use crate::attack::lab::{BANK, EVIL, Lab, Recording};
use crate::attack::seen::Seen;
use crate::both;
use crate::crypto::{Challenge, Secret};
use crate::protocol::{Forgery, Nonces, Role};
use crate::view::escape;
use crate::words;
use std::collections::HashMap;
use std::io;

pub(in crate::attack) const ATTACK: Attack = Attack {
    name: "table",
    title: words!(
        "Send every client the same zeros, and look its answer up in a table",
        "对每个客户端都发 32 个零字节，再查表得出密钥"
    ),
    needs: words!(
        "that a client connects to the attacker, and a secret that is in a list of words",
        "让客户端连到攻击者这里，而且密钥在某个词表里"
    ),
    why: words!(
        "The side that asks chooses the challenge. If it is always the same, the answers to all words can be computed once, before the first client comes. Each client then costs one look into the table.",
        "挑战值由提问的一方决定。对谁都用同一个，猜密钥的计算就可以事先做完；之后每个客户端只需查一次表。"
    ),
    repair: words!(
        "Let the client compute its answer over a random challenge of its own too (mutual, bound): no table can hold that answer.",
        "让客户端把自己的随机挑战值也算进答案（mutual、bound）：这样的答案，任何表里都不可能有。"
    ),
    world: words!(
        "NetNTLMv1 with the fixed challenge 1122334455667788: answers are looked up in published rainbow tables.",
        "NetNTLMv1 配上固定的挑战值 1122334455667788：直接查公开的彩虹表。"
    ),
    play: Play::Handshakes(play),
};

fn play(lab: &mut Lab<'_>) -> io::Result<Seen> {
    let zeros = Challenge::new([0; Challenge::LEN]);
    let nonces = Nonces { server: zeros, client: zeros, name: BANK };
    let entry = |word: &String| {
        (lab.handshake.proof(&Secret::new(word.clone().into_bytes()), Role::Client, &nonces), word.clone())
    };
    let table: HashMap<_, _> = lab.show.words.iter().map(entry).collect();
    let rows = table.len();
    lab.tell(
        &format!("Long before, the attacker computed the answer to 32 zero bytes for each of {rows} words."),
        &format!("攻击者早就算好了：{rows} 个词各自对 32 个零字节的答案。"),
    );
    let server = lab.server()?;
    let door = lab.listen()?;
    let honest = lab.client(None, &door, BANK)?;
    let mut client = lab.accept(&door, &honest)?;
    lab.tell(
        "An honest client connects to the attacker, which sends it 32 zero bytes as a challenge.",
        "正常的客户端连到攻击者这里，攻击者把 32 个零字节当作挑战值发给它。",
    );
    client.forge(zeros.as_bytes(), Forgery::MadeUp)?;
    let by_client = client.receive(lab.client_len())?.unwrap_or_default();
    client.close();
    honest.ended()?;
    let answer = Recording { by_client, by_server: Vec::new() };
    let found = std::str::from_utf8(answer.digits(lab.handshake)).ok().and_then(|digits| table.get(digits));
    let Some(word) = found else {
        lab.stop(server)?;
        return Ok(Seen::defender(both!(
            "the client's answer is not in the table: it was computed over the client's own random challenge too",
            "客户端的答案表里没有：它把自己的随机挑战值也算了进去"
        )));
    };
    let shown = escape(word.as_bytes());
    lab.tell(
        &format!("One look into the table: the secret is {shown}. The attacker logs in at the real server."),
        &format!("查一次表就知道：密钥是 {shown}。攻击者登录真正的服务器。"),
    );
    let from = lab.log_in_with(&server, &Secret::new(word.clone().into_bytes()))?;
    lab.stop(server)?;
    Ok(lab.verdict_on(from, EVIL))
}
