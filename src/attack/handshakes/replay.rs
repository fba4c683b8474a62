//! What was right once is sent again.

use crate::attack::kind::{Attack, Play};
use crate::attack::lab::{HONEST, Lab};
use crate::attack::seen::Seen;
use crate::protocol::Forgery;
use crate::words;
use std::io;

pub(in crate::attack) const ATTACK: Attack = Attack {
    name: "replay",
    title: words!("Record a login, and send it again later", "录下一次登录，以后再发一遍"),
    needs: words!("to see one honest login pass by", "能看到一次正常登录经过"),
    why: words!(
        "The server asks each connection a new random challenge. The recorded answer belongs to the old one.",
        "服务器每次连接都发新的随机挑战值，录下的答案只对应旧的那一个。"
    ),
    repair: words!(
        "A challenge that was never used before. (Where it repeats, the replay wins: day30 break repeat.)",
        "使用从未用过的挑战值。（挑战值一旦重复，重放就会成功：day30 break repeat。）"
    ),
    world: words!(
        "The key of a 2018 Honda Civic sends the same radio signal each time; recorded and sent again, it opens the car (CVE-2022-27254).",
        "2018 款本田思域的遥控钥匙每次发的无线电信号都一样，录下来再发一遍就能开车门（CVE-2022-27254）。"
    ),
    play: Play::Handshakes(play),
};

fn play(lab: &mut Lab<'_>) -> io::Result<Seen> {
    lab.tell(
        "An honest client logs in. The attacker sits on the way: it passes every byte on, and records it.",
        "一个正常的客户端登录。攻击者在中间，原样转发每个字节，同时录下来。",
    );
    let server = lab.server()?;
    let recording = lab.record_session(&server)?;
    lab.tell(
        "Later the attacker connects by itself, and sends all that the client said.",
        "之后攻击者自己连接服务器，把客户端说过的全部发一遍。",
    );
    let mut conn = lab.connect(&server)?;
    lab.challenge(&mut conn)?;
    conn.forge(&recording.by_client, Forgery::Replayed)?;
    let from = conn.local();
    conn.leave()?;
    lab.stop(server)?;
    Ok(lab.verdict_on(from, HONEST))
}
