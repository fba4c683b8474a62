//! The attacker passes an honest handshake on, and keeps the connection.

use crate::attack::kind::{Attack, Play};
use crate::attack::lab::{BANK, EVIL, Lab};
use crate::attack::seen::Seen;
use crate::words;
use std::io;

pub(in crate::attack) const ATTACK: Attack = Attack {
    name: "relay",
    title: words!(
        "Pass an honest login on, then send a line of the attacker's own",
        "转发一次正常的登录，登录成功后发送自己的话"
    ),
    needs: words!("to sit on the way between an honest client and the server", "位于正常客户端和服务器之间"),
    why: words!(
        "The handshake proves that somebody who knows the secret answered. It says nothing about the bytes that come afterwards: they belong to whoever holds the connection.",
        "握手只证明“有个知道密钥的人作答了”，并不管之后的字节：连接在谁手里，之后的话就由谁说。"
    ),
    repair: words!(
        "Make a key for this connection out of the handshake, and put a MAC with it on every later message. The attacker can still pass the login on, but the server refuses every line of its own.",
        "由握手算出这个连接专用的密钥，之后每条消息都带上用它算出的 MAC（消息认证码）。攻击者仍能转发登录，但自己的话服务器不认。"
    ),
    world: words!(
        "NTLM relay: a user logs in at the attacker's machine, which passes the login on to another server. Signing the session stops that; in 2019 an attacker on the way could still switch signing off (CVE-2019-1040).",
        "NTLM 中继：用户登录攻击者的机器，登录被转发给另一台服务器。给会话签名可以挡住它，但 2019 年发现签名可以在途中被关掉（CVE-2019-1040）。"
    ),
    play: Play::Handshakes(play),
};

fn play(lab: &mut Lab<'_>) -> io::Result<Seen> {
    lab.tell(
        "An honest client connects, but to the attacker. The attacker connects to the server.",
        "一个正常的客户端连了上来，连到的却是攻击者。攻击者再连接服务器。",
    );
    run(lab, BANK)
}

/// The honest client wants the server `name`.
pub(super) fn run(lab: &mut Lab<'_>, name: &'static str) -> io::Result<Seen> {
    let server = lab.server()?;
    let door = lab.listen()?;
    let honest = lab.client(None, &door, name)?;
    let (mut client, mut up) = (door.accept(0)?, lab.connect(&server)?);
    lab.tell("Every byte of the handshake is passed on, unchanged.", "握手的每个字节都原样转发。");
    lab.pass_on(&mut client, &mut up)?;
    lab.tell(
        "The attacker keeps the connection to the server for itself, and sends a line of its own.",
        "攻击者把通往服务器的连接据为己有，发出自己的一行。",
    );
    lab.say_evil(&mut up)?;
    let from = up.local();
    up.leave()?;
    client.close();
    honest.ended()?;
    lab.stop(server)?;
    Ok(lab.verdict_on(from, EVIL))
}
