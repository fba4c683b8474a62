//! A server that compares as many digits as the client has sent.

use crate::attack::kind::{Attack, Play};
use crate::attack::lab::{EVIL, Lab, PATIENCE};
use crate::attack::seen::Seen;
use crate::crypto::{Challenge, Secret};
use crate::protocol::{
    Ending, Fact, Forgery, Handshake, LENGTH_BYTES, LengthGuess, Mismatch, Next, Nonces, Protocol, Role, Turn,
};
use crate::random;
use crate::words;
use std::io;
use std::sync::Arc;
use std::time::Duration;

pub(in crate::attack) const ATTACK: Attack = Attack {
    name: "short-compare",
    title: words!("Send an empty answer", "发一个空的答案"),
    needs: words!(
        "a server that lets the client say how many digits are compared",
        "一个由客户端决定比较多少位的服务器"
    ),
    why: words!(
        "The server reads as many digits as the client announces, and compares only those. With none there is nothing to compare, and that counts as equal: all([]) is True in Python, and memcmp of 0 bytes is 0 in C. With one digit, one guess in 16 is right.",
        "服务器按客户端给的长度读取，也只比较这么多位。长度为 0 就什么也不比较，直接算对：Python 的 all([]) 为 True，C 的 memcmp 比较 0 字节也算相等。只发一位，16 次里就能猜中 1 次。"
    ),
    repair: words!(
        "Check the length before anything else: 32 and nothing but 32. Then compare whole digests: hmac.compare_digest(right, answer).",
        "先检查长度：必须是 32，别的都不行。再比较完整的摘要：hmac.compare_digest(right, answer)。"
    ),
    world: words!(
        "Intel AMT let anybody in who sent an empty digest: it compared as many characters as the client had sent (CVE-2017-5689).",
        "Intel AMT 曾让任何发空摘要的人登录：客户端发来多少个字符，它就比较多少个（CVE-2017-5689）。"
    ),
    play: Play::Flaw(play),
};

fn play(lab: &mut Lab<'_>, has_flaw: bool) -> io::Result<Seen> {
    lab.handshake = Handshake::Prefix;
    let secret = Arc::clone(&lab.secret);
    lab.tell(
        "The attacker answers the challenge with the length 0, and not one digit.",
        "攻击者对挑战值的回答只有一个长度：0。后面一位摘要也没有。",
    );
    let server = if has_flaw {
        lab.serve(move || Ok(ShortServer::new(Arc::clone(&secret), random::challenge()?)))?
    } else {
        lab.server()?
    };
    let mut conn = lab.connect(&server)?;
    lab.challenge(&mut conn)?;
    conn.forge(&0_i32.to_le_bytes(), Forgery::MadeUp)?;
    lab.say_evil(&mut conn)?;
    let from = conn.local();
    conn.leave()?;
    lab.stop(server)?;
    Ok(lab.verdict_on(from, EVIL))
}

/// The notes' server with this flaw.
struct ShortServer {
    secret: Arc<Secret>,
    challenge: Challenge,
    inbox: Vec<u8>,
    proved: bool,
}

impl ShortServer {
    fn new(secret: Arc<Secret>, challenge: Challenge) -> Self {
        Self { secret, challenge, inbox: Vec::new(), proved: false }
    }

    /// How the handshake goes on: `None` if more bytes are needed.
    fn judge(&mut self, turn: &mut Turn<'_>) -> Option<Result<(), Ending>> {
        let length = i32::from_le_bytes(*self.inbox.first_chunk::<LENGTH_BYTES>()?);
        let Some(count) = usize::try_from(length).ok().filter(|count| *count <= 32) else {
            turn.facts.push(Fact::BadLength { length, expected: 32, guess: LengthGuess::Unknown });
            return Some(Err(Ending::BadLength));
        };
        let answer = self.inbox.get(LENGTH_BYTES..LENGTH_BYTES + count)?;
        let nonces = Nonces { server: self.challenge, client: self.challenge, name: "" };
        let right = Handshake::Prefix.proof(&self.secret, Role::Client, &nonces);
        // The flaw: `zip` ends with the shorter of the two.
        let is_right = answer.iter().zip(right.as_bytes()).all(|(one, other)| one == other);
        turn.facts.push(Fact::LengthRead { length });
        self.inbox.drain(..LENGTH_BYTES + count);
        if !is_right {
            turn.facts.push(Fact::Refused { mismatch: Mismatch::Unknown });
            return Some(Err(Ending::Refused));
        }
        turn.facts.push(Fact::Proved);
        self.proved = true;
        Some(Ok(()))
    }
}

impl Protocol for ShortServer {
    const ENDS_BY_ITSELF: bool = true;

    fn connected(&mut self, turn: &mut Turn<'_>) -> Next {
        turn.send.extend_from_slice(self.challenge.as_bytes());
        turn.facts.push(Fact::Challenged { challenge: self.challenge });
        Next::GoOn
    }

    fn received(&mut self, bytes: &[u8], turn: &mut Turn<'_>) -> Next {
        self.inbox.extend_from_slice(bytes);
        if !self.proved {
            match self.judge(turn) {
                None => return Next::GoOn,
                Some(Err(ending)) => return Next::End(ending),
                Some(Ok(())) => {}
            }
        }
        while let Some(end) = self.inbox.iter().position(|byte| *byte == b'\n') {
            let mut line: Vec<u8> = self.inbox.drain(..=end).collect();
            line.pop();
            turn.facts.push(Fact::LineTaken { text: line });
        }
        if self.inbox.len() > 1024 { Next::End(Ending::Unexpected) } else { Next::GoOn }
    }

    fn peer_ended(&mut self, _: &mut Turn<'_>) -> Ending {
        if self.proved { Ending::Ok } else { Ending::EofEarly }
    }

    fn deadline_passed(&mut self, _: &mut Turn<'_>) -> Ending {
        Ending::HandshakeTimeout
    }

    fn deadline(&self) -> Option<Duration> {
        Some(PATIENCE)
    }
}
