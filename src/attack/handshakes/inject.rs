//! A line more in an honest session.

use crate::attack::kind::{Attack, Play};
use crate::attack::lab::{BANK, EVIL, HONEST, Lab};
use crate::attack::seen::Seen;
use crate::both;
use crate::protocol::Forgery;
use crate::words;
use std::io;

pub(in crate::attack) const ATTACK: Attack = Attack {
    name: "inject",
    title: words!("After ok: deliver a line twice, and add one", "ok 之后：把一行送两遍，再添一行"),
    needs: words!("to sit on the way between an honest client and the server", "位于正常客户端和服务器之间"),
    why: words!(
        "TCP delivers bytes, and does not know who sent them. After the handshake nothing ties a line to the client that logged in.",
        "TCP 只管传送字节，不管字节是谁发的。握手之后，没有任何东西能说明一行话是不是登录的那个客户端发的。"
    ),
    repair: words!(
        "Put a MAC on every line, computed with the session key over the text and the line's number: a forged line has no MAC, and a line that comes twice has the wrong number.",
        "每一行都带上用会话密钥算出的 MAC（消息认证码），并把行号算进去：伪造的行算不出 MAC，送第二遍的行行号不对。"
    ),
    world: words!(
        "Even an attacker that cannot see a TCP connection, and only guesses its sequence numbers, can put bytes into it (Off-Path Hacking, arXiv:1305.0854).",
        "即使看不到连接、只靠猜序号，也能往 TCP 连接里插入数据（Off-Path Hacking，arXiv:1305.0854）。"
    ),
    play: Play::Handshakes(play),
};

fn play(lab: &mut Lab<'_>) -> io::Result<Seen> {
    lab.tell(
        "An honest client logs in through the attacker, who passes everything on.",
        "正常的客户端经过攻击者登录，攻击者原样转发。",
    );
    let server = lab.server()?;
    let door = lab.listen()?;
    let honest = lab.client(None, &door, BANK)?;
    let (mut client, mut up) = (door.accept(0)?, lab.connect(&server)?);
    lab.pass_on(&mut client, &mut up)?;
    if let Some(line) = client.receive_line()? {
        lab.tell(
            "The client says one line. The attacker delivers it, delivers it once more, and adds one of its own.",
            "客户端说了一行。攻击者送到一次，再送一次，又添上自己的一行。",
        );
        up.send(&line)?;
        up.forge(&line, Forgery::Replayed)?;
        lab.say_evil(&mut up)?;
    }
    let from = up.local();
    client.close();
    up.leave()?;
    honest.ended()?;
    lab.stop(server)?;
    let (honest, evil) = (lab.witness.took(from, HONEST), lab.witness.took(from, EVIL));
    let count = honest + evil;
    Ok(if count > 1 {
        Seen::attacker(both!(
            "the client said one line, and the server accepted {count}",
            "客户端只说了一行，服务器却接受了 {count} 行"
        ))
    } else {
        Seen::defender(both!(
            "the client said one line, and the server accepted {count}; it refused the second",
            "客户端说了一行，服务器接受了 {count} 行；第二行被拒绝"
        ))
    })
}
