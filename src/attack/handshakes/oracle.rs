//! An innocent client computes what the attacker needs.

use crate::attack::kind::{Attack, Play};
use crate::attack::lab::{BANK, Conn, Lab};
use crate::attack::seen::Seen;
use crate::both;
use crate::crypto::Challenge;
use crate::protocol::{Forgery, Handshake};
use crate::random;
use crate::words;
use std::io;

pub(in crate::attack) const ATTACK: Attack = Attack {
    name: "oracle",
    title: words!(
        "An innocent client as oracle: it computes the server's proof",
        "让无辜的客户端当“预言机”（oracle）：替攻击者算出服务器的证明"
    ),
    needs: words!(
        "that two clients connect to the attacker; the server is not even there",
        "让两个客户端连到攻击者这里；服务器根本不用在场"
    ),
    why: words!(
        "A client answers every challenge, from anybody. If a server computes its answer in the same way, the attacker sends A's challenge to client B, and passes B's answer on to A.",
        "客户端谁问都答。如果客户端和服务器的答案用同样的方法算，攻击者就可以拿 A 的提问去问 B，再把 B 的答案交给 A。"
    ),
    repair: words!(
        "Put the role into the proof: what a client proves is worth nothing as a server's proof.",
        "把角色算进证明里：客户端的证明不能当服务器的证明用。"
    ),
    world: words!(
        "Python's multiprocessing.connection uses one key for both directions, and nothing tells the two apart: read answer_challenge and deliver_challenge in Lib/multiprocessing/connection.py.",
        "Python 的 multiprocessing.connection：两个方向用同一个密钥，计算方法也一样（见 Lib/multiprocessing/connection.py 的 answer_challenge 和 deliver_challenge）。"
    ),
    play: Play::Handshakes(play),
};

fn play(lab: &mut Lab<'_>) -> io::Result<Seen> {
    if !lab.handshake.is_mutual() {
        return Ok(Seen::nobody(both!(
            "with this handshake the client asks the server for no proof, so the attacker needs none (see fake-server)",
            "这种握手里，客户端不要求服务器证明自己，攻击者也就用不着骗到证明（见 fake-server）"
        )));
    }
    lab.tell(
        "Two honest clients, A and B, connect to the attacker. There is no server.",
        "两个正常的客户端 A 和 B 连到攻击者这里。没有服务器。",
    );
    let door = lab.listen()?;
    let honest = lab.client(Some(0), &door, BANK)?;
    let mut a = door.accept(1)?;
    let innocent = lab.client(Some(1), &door, BANK)?;
    let mut b = door.accept(2)?;
    let proof = ask(lab, &mut a, &mut b)?;
    lab.tell(
        "B has answered what A asked. The attacker passes the answer on to A.",
        "B 回答了 A 的问题。攻击者把答案转给 A。",
    );
    a.forge(&proof, Forgery::Copied)?;
    let said = a.receive_line()?;
    a.close();
    b.close();
    innocent.ended()?;
    Ok(lab.verdict_on_client(honest.ended()?, said.as_deref()))
}

/// Gets the proof that A wants out of B.
fn ask(lab: &mut Lab<'_>, a: &mut Conn, b: &mut Conn) -> io::Result<Vec<u8>> {
    let (nonce, proof) = (Challenge::LEN, lab.handshake.proof_len());
    let gone = || io::Error::from(io::ErrorKind::UnexpectedEof);
    if lab.handshake == Handshake::Mutual {
        lab.tell(
            "Both ask at once. The attacker asks each of them what the other asked.",
            "两个客户端都先提问。攻击者拿其中一个的问题去问另一个。",
        );
        let (of_a, of_b) = (a.receive(nonce)?.ok_or_else(gone)?, b.receive(nonce)?.ok_or_else(gone)?);
        a.forge(&of_b, Forgery::Copied)?;
        b.forge(&of_a, Forgery::Copied)?;
        a.receive(proof)?;
        return b.receive(proof)?.ok_or_else(gone);
    }
    lab.tell(
        "The attacker asks A anything. A answers, and asks in turn.",
        "攻击者随便问 A 一个问题。A 作答，并且反问。",
    );
    a.forge(random::challenge()?.as_bytes(), Forgery::MadeUp)?;
    let by_a = a.receive(nonce + proof)?.ok_or_else(gone)?;
    let (first, last) = (by_a.get(..nonce), by_a.get(proof..));
    let of_a = if lab.handshake == Handshake::Bound { first } else { last };
    lab.tell("The attacker asks B what A has asked.", "攻击者拿 A 的问题去问 B。");
    b.forge(of_a.unwrap_or_default(), Forgery::Copied)?;
    let by_b = b.receive(nonce + proof)?.ok_or_else(gone)?;
    let (first, last) = (by_b.get(..proof), by_b.get(nonce..));
    Ok((if lab.handshake == Handshake::Bound { last } else { first }).unwrap_or_default().to_vec())
}
