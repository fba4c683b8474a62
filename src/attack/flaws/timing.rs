//! A comparison that ends at the first wrong digit tells by its time how many are right.

use super::digits::{DIGITS, Search};
use crate::attack::kind::{Attack, Play};
use crate::attack::lab::{Conn, Lab, PATIENCE};
use crate::attack::seen::{Kept, Measured, Seen};
use crate::both;
use crate::crypto::{Scheme, Secret};
use crate::protocol::{Ending, Fact, Next, Protocol, Turn};
use crate::view::big_number;
use crate::words;
use md5::{Digest as _, Md5};
use std::hint::black_box;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How many rounds of tries there are before each look, and how many looks in all.
const ROUNDS: usize = 12;
const MOST_LOOKS: usize = 30;
/// What one right digit costs the server here: a hash of so many bytes, tens of microseconds.
const COST: usize = 16 * 1024;

pub(in crate::attack) const ATTACK: Attack = Attack {
    name: "timing",
    title: words!("Measure how long the comparison takes, digit by digit", "测量比较用了多久，一位一位地猜"),
    needs: words!(
        "a server that compares digit by digit and stops at the first wrong one, always against the same value, and many tries",
        "一个逐位比较、遇到错误就停的服务器，比较的值始终不变，而且可以试很多次"
    ),
    why: words!(
        "A right digit makes the comparison go on, so it takes longer. So each digit can be guessed alone: 16 possibilities for each, instead of 16 to the power of 6 for all. Here a right digit costs the server tens of microseconds on purpose; a real comparison costs a nanosecond, and takes millions of tries and better statistics. Against a challenge that is new for each try there is nothing to measure.",
        "猜对一位，比较就会继续，用时更长。于是每一位可以单独猜：每位最多 16 种可能，而不是一次猜 16 的 6 次方种。这里故意让每一位多花几十微秒；真实的比较只差大约一纳秒，需要几百万次测量和更好的统计。挑战值每次都是新的，就没有可测的东西。"
    ),
    repair: words!(
        "Compare in a time that does not depend on the content: hmac.compare_digest, crypto.timingSafeEqual, MessageDigest.isEqual. And ask something new each time.",
        "比较所用的时间不能取决于内容：hmac.compare_digest、crypto.timingSafeEqual、MessageDigest.isEqual。并且每次都发新的挑战值。"
    ),
    world: words!(
        "Google's Keyczar compared its HMACs with == (Lawson, 2009); what can be measured over a network: Crosby and others, 2009.",
        "Google 的 Keyczar 曾用 == 比较 HMAC（Lawson，2009）；网络上能测到多细：Crosby 等，2009。"
    ),
    play: Play::Flaw(play),
};

fn play(lab: &mut Lab<'_>, has_flaw: bool) -> io::Result<Seen> {
    lab.tell(
        "The server wants a token of 6 hex digits. From the first place on, the attacker tries each of the 16 digits many times, and keeps the shortest time of each: the right one takes longest.",
        "服务器要求一个 6 位的令牌（十六进制）。从第一位开始，攻击者把 16 个字符各试很多次，记下每个字符最短的用时：猜对的那个用时最长。",
    );
    lab.quietly();
    let key = Arc::clone(&lab.secret);
    let server = lab.serve(move || Ok(TokenServer { key: Arc::clone(&key), has_flaw, tries: 0, inbox: Vec::new() }))?;
    let mut conn = lab.connect(&server)?;
    let mut search = Search::new();
    measure(lab, &mut conn, &mut search)?;
    conn.leave()?;
    lab.stop(server)?;
    let accepted = lab.witness.facts().into_iter().find_map(|(_, fact)| match fact {
        Fact::LineTaken { text } => Some(String::from_utf8_lossy(&text).into_owned()),
        _ => None,
    });
    let measured = search.end(accepted.is_some());
    Ok(Seen { measured: Some(measured.clone()), ..verdict(accepted, &measured) })
}

/// What the server did, and no more than was measured.
fn verdict(accepted: Option<String>, measured: &Measured) -> Seen {
    let (count, back) = (big_number(measured.tries), measured.stepped_back);
    match accepted {
        Some(token) => {
            let by_time = measured.kept.iter().rev().find(|kept| token.starts_with(&kept.digits));
            let by_time = by_time.map_or(0, |kept| kept.digits.len());
            Seen::attacker(both!(
                "the server accepted the token {token} after {count} tries: the times gave its first {by_time} digits, the rest was tried out",
                "试了 {count} 次之后，服务器接受了令牌 {token}：前 {by_time} 位由用时得出，其余逐个试出"
            ))
        }
        None => Seen::defender(both!(
            "after {count} tries no token was accepted; {back} times no digit was clearly ahead. The attacker gives up, and claims nothing",
            "试了 {count} 次，没有令牌被接受；有 {back} 次看不出哪个字符明显更慢。攻击者放弃，不下结论"
        )),
    }
}

/// Measures until the server accepts a token, or there were looks enough.
fn measure(lab: &Lab<'_>, conn: &mut Conn, search: &mut Search) -> io::Result<()> {
    while search.looks() < MOST_LOOKS {
        for _ in 0..ROUNDS {
            for (place, mut token) in search.round().into_iter().enumerate() {
                token.push(b'\n');
                let began = Instant::now();
                conn.send(&token)?;
                let answer = conn.receive_line()?;
                search.took(place, began.elapsed());
                match answer.as_deref() {
                    Some(b"ok\n") | None => return Ok(()),
                    Some(_) => {}
                }
            }
        }
        if let Some(Kept { digits, odds }) = search.look() {
            let odds = odds.min(999.0);
            lab.remark(&both!(
                "    {digits:<6}  the last digit is ahead by {odds:.0} times the spread of the others",
                "    {digits:<6}  最后一位明显更慢：它领先的时间，是其余 15 个字符之间差距的 {odds:.0} 倍"
            ));
        } else {
            lab.remark(&both!("    no digit is clearly ahead: one step back", "    没有哪个字符明显更慢：退回一位"));
        }
    }
    Ok(())
}

/// A server that compares a token: the first digits of the HMAC of one fixed text; without the flaw, of another text at each try.
struct TokenServer {
    key: Arc<Secret>,
    has_flaw: bool,
    tries: u64,
    inbox: Vec<u8>,
}

impl TokenServer {
    fn is_right(&self, token: &[u8]) -> bool {
        let text = if self.has_flaw { b"user=eve".to_vec() } else { self.tries.to_le_bytes().to_vec() };
        let right = Scheme::HmacSha256.digits_of(&self.key, &text);
        let right = right.as_bytes().get(..DIGITS).unwrap_or_default();
        // The flaw of both: it ends at the first wrong digit, and each right one costs something.
        right.iter().zip(token).all(|(one, other)| {
            let is_same = one == other;
            if is_same {
                black_box(Md5::digest(vec![0_u8; COST]));
            }
            is_same
        }) && token.len() == DIGITS
    }
}

impl Protocol for TokenServer {
    const ENDS_BY_ITSELF: bool = true;

    fn connected(&mut self, _: &mut Turn<'_>) -> Next {
        Next::GoOn
    }

    fn received(&mut self, bytes: &[u8], turn: &mut Turn<'_>) -> Next {
        self.inbox.extend_from_slice(bytes);
        while let Some(end) = self.inbox.iter().position(|byte| *byte == b'\n') {
            let mut line: Vec<u8> = self.inbox.drain(..=end).collect();
            line.pop();
            self.tries += 1;
            if self.is_right(&line) {
                turn.facts.push(Fact::LineTaken { text: line });
                turn.send.extend_from_slice(b"ok\n");
            } else {
                turn.send.extend_from_slice(b"no\n");
            }
        }
        if self.inbox.len() > DIGITS * 2 { Next::End(Ending::Unexpected) } else { Next::GoOn }
    }

    fn peer_ended(&mut self, _: &mut Turn<'_>) -> Ending {
        Ending::Eof
    }

    fn deadline_passed(&mut self, _: &mut Turn<'_>) -> Ending {
        Ending::HandshakeTimeout
    }

    fn deadline(&self) -> Option<Duration> {
        Some(PATIENCE * 12)
    }
}
