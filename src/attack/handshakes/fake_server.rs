//! Anybody can ask for a proof.

use crate::attack::kind::{Attack, Play};
use crate::attack::lab::{BANK, Lab};
use crate::attack::seen::Seen;
use crate::protocol::{Forgery, pack};
use crate::random;
use crate::words;
use std::io;

pub(in crate::attack) const ATTACK: Attack = Attack {
    name: "fake-server",
    title: words!("Pretend to be the server, and accept every answer", "冒充服务器，什么答案都接受"),
    needs: words!(
        "that a client connects to the attacker: a wrong address, a false DNS answer, a faked Wi-Fi",
        "让客户端连到攻击者这里：错误的地址、伪造的 DNS 回答、假 Wi-Fi"
    ),
    why: words!(
        "Where only the client proves something, the client learns nothing about the server. It hands its message to whoever asked.",
        "如果只有客户端证明自己，客户端就不知道服务器是谁：谁发来挑战值，它就把消息交给谁。"
    ),
    repair: words!(
        "Make the server prove that it knows the secret too, before the client sends its message.",
        "让服务器也证明自己知道密钥；证明对了，客户端才发送消息。"
    ),
    world: words!(
        "GSM phones prove themselves to the network, and the network to nobody: \"IMSI catchers\" are such servers. In UMTS the network has to prove itself too (3GPP TS 33.102).",
        "GSM 手机要向网络证明自己，网络却不用证明：伪基站就是这样的服务器。UMTS 中网络也必须证明自己（3GPP TS 33.102）。"
    ),
    play: Play::Handshakes(play),
};

fn play(lab: &mut Lab<'_>) -> io::Result<Seen> {
    lab.tell(
        "The attacker listens. An honest client connects to it, and believes that this is its server.",
        "攻击者开始监听。一个正常的客户端连了上来，以为这就是它的服务器。",
    );
    let door = lab.listen()?;
    let honest = lab.client(None, &door, BANK)?;
    let mut client = lab.accept(&door, &honest)?;
    lab.tell(
        "The attacker asks for a proof, as the server would, and accepts whatever comes.",
        "攻击者像服务器一样发出挑战值，来什么答案都接受。",
    );
    client.forge(random::challenge()?.as_bytes(), Forgery::MadeUp)?;
    client.receive(lab.client_len())?;
    if lab.handshake.is_mutual() {
        lab.tell(
            "The client wants a proof of the server too. The attacker makes one up.",
            "客户端也要服务器证明自己，攻击者随便编一个。",
        );
        client.forge(&pack(&[b'0'; 64]), Forgery::MadeUp)?;
    }
    // A client of the notes says nothing more: it waits until its server closes.
    let said = if lab.is_of_a_student() { None } else { client.receive_line()? };
    if said.is_some() && !lab.handshake.is_mutual() {
        lab.tell(
            "Behind the client's proof already stands its message: it did not wait for any proof of the server.",
            "客户端的证明后面紧跟着它的消息：它根本没有等服务器证明什么。",
        );
    }
    if let Some(line) = &said {
        client.took(line);
    }
    client.close();
    Ok(lab.verdict_on_client(honest.ended()?, said.as_deref()))
}
