//! The server is made to answer its own question.

use crate::attack::kind::{Attack, Play};
use crate::attack::lab::{EVIL, Lab};
use crate::attack::seen::Seen;
use crate::protocol::{Forgery, Handshake};
use crate::words;
use std::io;

pub(in crate::attack) const ATTACK: Attack = Attack {
    name: "reflection",
    title: words!("Let the server answer its own challenge", "让服务器回答它自己的挑战值"),
    needs: words!("nothing but the server's address", "服务器的地址，别的什么都不用"),
    why: words!(
        "In a mutual handshake the server answers challenges too. If it answers before the client has proved anything, and nothing in the answer says who gave it, then its own challenge can be sent back to it.",
        "双向握手中，服务器也要回答对方的挑战值。如果客户端还没证明自己它就作答，答案里又看不出是谁答的，攻击者就可以把它的挑战值原样送回去，让它自己算出答案。"
    ),
    repair: words!(
        "Let the client prove itself first (ordered), or put the role into the proof (bound): a server's answer is then no client's answer.",
        "让客户端先证明（ordered），或把角色算进证明里（bound）：服务器的答案就不能当客户端的答案用。"
    ),
    world: words!(
        "Until 2014 Linux's iSCSI target accepted its own challenge when it was sent back. RFC 3720, section 8.2.1, had forbidden that in 2004.",
        "Linux 的 iSCSI target 直到 2014 年还接受被送回来的、自己发出的挑战值；RFC 3720 第 8.2.1 节早在 2004 年就禁止这样做了。"
    ),
    play: Play::Handshakes(play),
};

fn play(lab: &mut Lab<'_>) -> io::Result<Seen> {
    lab.tell(
        "The attacker connects. The server asks; the attacker does not know the secret.",
        "攻击者连接服务器。服务器提问，攻击者不知道密钥。",
    );
    let server = lab.server()?;
    let mut conn = lab.connect(&server)?;
    let challenge = lab.challenge(&mut conn)?;
    lab.tell(
        "It sends the server's own challenge back, as if it were a question of its own.",
        "它把服务器的挑战值原样送回去，当作自己的提问。",
    );
    conn.forge(&challenge, Forgery::Reflected)?;
    match lab.handshake {
        Handshake::Mutual => {
            if let Some(answer) = conn.receive(lab.handshake.proof_len())? {
                lab.tell(
                    "The server has answered it. The attacker sends this answer back: it is the one that the server wants.",
                    "服务器作答了。攻击者把这个答案送回去：服务器要的正是它。",
                );
                conn.forge(&answer, Forgery::Reflected)?;
                lab.say_evil(&mut conn)?;
            }
        }
        Handshake::Bound => lab.make_up_a_proof(&mut conn)?,
        Handshake::Prefix | Handshake::Hmac | Handshake::Ordered => lab.is_no_answer(),
    }
    let from = conn.local();
    conn.leave()?;
    lab.stop(server)?;
    Ok(lab.verdict_on(from, EVIL))
}
