//! Both sides know a strong scheme, and are made to use a weak one.
//!
//! ```text
//! server → client   hmac-sha256,md5\n and 32 random bytes        what it offers, the best first
//! client → server   NAME\n and a proof                           the first of them that the client knows
//! ```

use crate::attack::kind::{Attack, Play};
use crate::attack::lab::{Conn, Lab, PATIENCE};
use crate::attack::seen::Seen;
use crate::both;
use crate::crypto::{Challenge, Scheme, Secret};
use crate::protocol::{Ending, Fact, Forgery, LENGTH_BYTES, Mismatch, Next, Protocol, Turn, pack};
use crate::random;
use crate::words;
use std::io;
use std::sync::Arc;
use std::time::Duration;

const OFFER: &[u8] = b"hmac-sha256,md5\n";
const WEAK: &[u8] = b"md5\n";
const KNOWN: [Scheme; 2] = [Scheme::HmacSha256, Scheme::Md5];
/// Neither a name nor an offer is longer.
const MAX_LINE: usize = 64;

pub(in crate::attack) const ATTACK: Attack = Attack {
    name: "downgrade",
    title: words!("Cut the strong scheme out of the server's offer", "从服务器的提议里删掉强算法"),
    needs: words!(
        "to sit on the way, and two sides that agree on a scheme before they prove anything",
        "位于客户端和服务器之间，而且双方先商定算法、再证明身份"
    ),
    why: words!(
        "The offer is the first message, so no key protects it yet. An attacker on the way can shorten it, and each side believes that the other knows nothing better.",
        "提议是第一条消息，还没有任何密钥保护它。位于中间的攻击者可以删掉其中的强算法，双方都以为对方只会弱的。"
    ),
    repair: words!(
        "Put the offer, as each side saw it, into the proof: both must have seen the same. Or offer one scheme only, as bound does with its label.",
        "把双方各自看到的提议算进证明里：两边看到的必须一样。或者只提供一种算法，bound 的标签就是这样。"
    ),
    world: words!(
        "Logjam (2015): TLS was talked down to export-grade Diffie–Hellman in just this way (Adrian and others, CCS 2015).",
        "Logjam（2015）：TLS 就是这样被降级到出口级 Diffie–Hellman 的（Adrian 等，CCS 2015）。"
    ),
    play: Play::Flaw(play),
};

fn play(lab: &mut Lab<'_>, has_flaw: bool) -> io::Result<Seen> {
    let secret = Arc::clone(&lab.secret);
    lab.tell(
        "An honest client connects, but to the attacker. The attacker connects to the server.",
        "一个正常的客户端连了上来，连到的却是攻击者。攻击者再连接服务器。",
    );
    let server = lab.serve(move || Ok(Offering::new(Arc::clone(&secret), random::challenge()?, has_flaw)))?;
    let door = lab.listen()?;
    let honest = lab.client_with(&door, Choosing::new(Arc::clone(&lab.secret), has_flaw))?;
    let (mut client, mut up) = (door.accept(0)?, lab.connect(&server)?);
    lab.tell(
        "The server offers hmac-sha256 and md5. The attacker passes on an offer of md5 alone.",
        "服务器提议 hmac-sha256 和 md5。攻击者转发时只留下 md5。",
    );
    up.receive_line()?;
    let challenge = lab.challenge(&mut up)?;
    client.forge(&[WEAK, &challenge].concat(), Forgery::MadeUp)?;
    lab.tell(
        "The client takes the best that it is offered. Its answer is passed on, unchanged.",
        "客户端选用提议中最好的算法。它的回答原样转发。",
    );
    let chosen = pass_answer(&mut client, &mut up)?;
    let from = up.local();
    up.leave()?;
    client.close();
    honest.ended()?;
    lab.stop(server)?;
    Ok(if lab.witness.proved(from) && chosen.as_deref() == Some(WEAK) {
        Seen::attacker(both!(
            "both sides know hmac-sha256, and the server accepted a proof with md5",
            "双方都会 hmac-sha256，服务器却接受了用 md5 算的证明"
        ))
    } else {
        Seen::defender(both!(
            "the server refused the proof: the client had seen another offer",
            "服务器拒绝了证明：客户端看到的提议不一样"
        ))
    })
}

/// Passes the client's choice and its proof on; gives the choice.
fn pass_answer(client: &mut Conn, server: &mut Conn) -> io::Result<Option<Vec<u8>>> {
    let chosen = client.receive_line()?;
    if let (Some(line), Some(proof)) = (&chosen, client.receive(LENGTH_BYTES + Scheme::Md5.hex_len())?) {
        server.send(&[line.as_slice(), &proof].concat())?;
    }
    Ok(chosen)
}

fn proof(scheme: Scheme, secret: &Secret, offer: &[u8], challenge: &[u8], has_flaw: bool) -> String {
    // The repair: what was offered is a part of what is proved.
    let offer = if has_flaw { &[][..] } else { offer };
    scheme.digits_of(secret, &[offer, challenge].concat())
}

fn line_in(inbox: &mut Vec<u8>) -> Option<Vec<u8>> {
    let end = inbox.iter().take(MAX_LINE).position(|byte| *byte == b'\n')?;
    Some(inbox.drain(..=end).collect())
}

struct Offering {
    secret: Arc<Secret>,
    challenge: Challenge,
    has_flaw: bool,
    inbox: Vec<u8>,
    chosen: Option<Scheme>,
}

impl Offering {
    fn new(secret: Arc<Secret>, challenge: Challenge, has_flaw: bool) -> Self {
        Self { secret, challenge, has_flaw, inbox: Vec::new(), chosen: None }
    }
}

impl Protocol for Offering {
    const ENDS_BY_ITSELF: bool = true;

    fn connected(&mut self, turn: &mut Turn<'_>) -> Next {
        turn.send.extend_from_slice(OFFER);
        turn.send.extend_from_slice(self.challenge.as_bytes());
        turn.facts.push(Fact::Challenged { challenge: self.challenge });
        Next::GoOn
    }

    fn received(&mut self, bytes: &[u8], turn: &mut Turn<'_>) -> Next {
        self.inbox.extend_from_slice(bytes);
        if self.chosen.is_none() {
            let Some(line) = line_in(&mut self.inbox) else { return waits(&self.inbox) };
            self.chosen = KNOWN.into_iter().find(|scheme| line.trim_ascii() == scheme.name().as_bytes());
        }
        let Some(scheme) = self.chosen else { return Next::End(Ending::Unexpected) };
        let right = proof(scheme, &self.secret, OFFER, self.challenge.as_bytes(), self.has_flaw);
        if self.inbox.len() < LENGTH_BYTES + right.len() {
            return Next::GoOn;
        }
        if self.inbox == pack(right.as_bytes()) {
            turn.facts.push(Fact::Proved);
            return Next::End(Ending::Ok);
        }
        turn.facts.push(Fact::Refused { mismatch: Mismatch::Unknown });
        Next::End(Ending::Refused)
    }

    fn peer_ended(&mut self, _: &mut Turn<'_>) -> Ending {
        Ending::EofEarly
    }

    fn deadline_passed(&mut self, _: &mut Turn<'_>) -> Ending {
        Ending::HandshakeTimeout
    }

    fn deadline(&self) -> Option<Duration> {
        Some(PATIENCE)
    }
}

fn waits(inbox: &[u8]) -> Next {
    if inbox.len() > MAX_LINE { Next::End(Ending::Unexpected) } else { Next::GoOn }
}

/// The client, which takes the first scheme that it knows.
pub(in crate::attack) struct Choosing {
    secret: Arc<Secret>,
    has_flaw: bool,
    inbox: Vec<u8>,
    answered: bool,
}

impl Choosing {
    fn new(secret: Arc<Secret>, has_flaw: bool) -> Self {
        Self { secret, has_flaw, inbox: Vec::new(), answered: false }
    }

    /// Answers what has come: an offer, and a challenge behind it.
    fn answer(&mut self, turn: &mut Turn<'_>) -> Option<()> {
        let end = self.inbox.iter().position(|byte| *byte == b'\n')?;
        let (offer, rest) = self.inbox.split_at_checked(end + 1)?;
        let challenge = rest.first_chunk::<{ Challenge::LEN }>()?;
        let names = offer.trim_ascii().split(|byte| *byte == b',');
        let known = |name: &[u8]| KNOWN.into_iter().find(|scheme| scheme.name().as_bytes() == name);
        let scheme = names.into_iter().find_map(known)?;
        let digits = proof(scheme, &self.secret, offer, challenge, self.has_flaw);
        turn.facts.push(Fact::ChallengeReceived { challenge: Challenge::new(*challenge) });
        turn.send.extend([scheme.name().as_bytes(), b"\n", &pack(digits.as_bytes())].concat());
        turn.facts.push(Fact::Answered { length: scheme.hex_len() as i32 });
        self.answered = true;
        Some(())
    }
}

impl Protocol for Choosing {
    const ENDS_BY_ITSELF: bool = true;

    fn connected(&mut self, _: &mut Turn<'_>) -> Next {
        Next::GoOn
    }

    fn received(&mut self, bytes: &[u8], turn: &mut Turn<'_>) -> Next {
        self.inbox.extend_from_slice(bytes);
        if !self.answered {
            _ = self.answer(turn);
        }
        if self.inbox.len() > 2 * MAX_LINE { Next::End(Ending::Unexpected) } else { Next::GoOn }
    }

    fn peer_ended(&mut self, _: &mut Turn<'_>) -> Ending {
        if self.answered { Ending::Answered } else { Ending::EofEarly }
    }

    fn deadline_passed(&mut self, _: &mut Turn<'_>) -> Ending {
        Ending::HandshakeTimeout
    }

    fn deadline(&self) -> Option<Duration> {
        Some(PATIENCE)
    }
}
