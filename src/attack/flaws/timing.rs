//! A comparison that ends at the first wrong digit tells by its time how many are right.

use crate::attack::kind::{Attack, Play};
use crate::attack::lab::{Conn, Lab, PATIENCE};
use crate::attack::seen::Seen;
use crate::both;
use crate::crypto::{Scheme, Secret};
use crate::protocol::{Ending, Fact, Forgery, Next, Protocol, Turn};
use crate::words;
use md5::{Digest as _, Md5};
use std::hint::black_box;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How many digits the token has: few, so that it takes a second and not an hour.
const DIGITS: usize = 6;
const HEX: &[u8; 16] = b"0123456789abcdef";
/// How often each digit is tried before the first look, and how many looks there are in all.
const SAMPLES: usize = 12;
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
        "A right digit makes the comparison go on, so it takes longer. Each digit can be found alone: 16 tries for each instead of 16 to the power of all. Here a right digit costs the server tens of microseconds on purpose; a real comparison costs a nanosecond, and takes millions of tries and better statistics. Against a challenge that is new for each try there is nothing to measure.",
        "猜对一位，比较就会继续，用时更长。于是每一位可以单独猜：每位 16 次，而不是 16 的若干次方。这里故意让每一位多花几十微秒；真实的比较只差一纳秒，需要几百万次测量和更好的统计。挑战值每次都新，就没有可测的东西。"
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
        "The server wants a token of 6 digits. The attacker tries each digit many times, and keeps the shortest time of each.",
        "服务器要求一个 6 位的令牌。攻击者把每个数字试很多次，记下各自最短的用时。",
    );
    lab.quietly();
    let key = Arc::clone(&lab.secret);
    let server = lab.serve(move || Ok(TokenServer { key: Arc::clone(&key), has_flaw, tries: 0, inbox: Vec::new() }))?;
    let mut conn = lab.connect(&server)?;
    let found = guess(lab, &mut conn)?;
    conn.leave()?;
    lab.stop(server)?;
    let is_in = lab.witness.facts().iter().any(|(_, fact)| matches!(fact, Fact::LineTaken { .. }));
    Ok(match (is_in, found) {
        (true, _) => {
            Seen::attacker(both!("the server accepted the token that was measured", "服务器接受了测出来的令牌"))
        }
        (false, Some(count)) => Seen::defender(both!(
            "no digit is clearly ahead after {count} tries; the attacker gives up, and claims nothing",
            "试了 {count} 次，没有哪个数字明显领先；攻击者放弃，不下结论"
        )),
        (false, None) => Seen::defender(both!("the measured token was refused", "测出来的令牌被拒绝")),
    })
}

/// Guesses digit by digit. Gives the number of tries if it had to give up.
fn guess(lab: &Lab<'_>, conn: &mut Conn) -> io::Result<Option<u64>> {
    let (mut known, mut times, mut tries) = (Vec::new(), [Duration::MAX; 16], 0_u64);
    for _ in 0..MOST_LOOKS {
        for _ in 0..SAMPLES {
            for (digit, best) in HEX.iter().zip(&mut times) {
                let mut token = known.clone();
                token.push(*digit);
                token.resize(DIGITS, b'0');
                token.push(b'\n');
                tries += 1;
                let began = Instant::now();
                conn.send(&token)?;
                let answer = conn.receive_line()?;
                *best = began.elapsed().min(*best);
                if answer.as_deref() == Some(b"ok\n") {
                    return Ok(None);
                }
            }
        }
        let Some((digit, odds)) = ahead(&times) else {
            // Perhaps an earlier digit is wrong: step back, and measure that one anew.
            known.pop();
            times = [Duration::MAX; 16];
            continue;
        };
        known.push(digit);
        let (shown, odds) = (String::from_utf8_lossy(&known).into_owned(), odds.min(999.0));
        lab.remark(&both!(
            "    {shown:<6}  the last digit is ahead by {odds:.0} times the spread of the others",
            "    {shown:<6}  最后一位领先的幅度是其余各位离散程度的 {odds:.0} 倍"
        ));
        times = [Duration::MAX; 16];
        if known.len() == DIGITS {
            known.push(b'\n');
            conn.forge(&known, Forgery::Guessed)?;
            conn.receive_line()?;
            return Ok(None);
        }
    }
    Ok(Some(tries))
}

/// The digit that took clearly longest, and by how many times the spread of the others.
fn ahead(times: &[Duration; 16]) -> Option<(u8, f64)> {
    let mut order: Vec<(Duration, u8)> = times.iter().copied().zip(HEX.iter().copied()).collect();
    order.sort();
    let [others @ .., best] = order.as_slice() else { return None };
    let (low, high) = (others.first()?.0, others.last()?.0);
    let spread = (high - low).max(Duration::from_micros(1));
    let odds = (best.0 - high).as_secs_f64() / spread.as_secs_f64();
    (odds > 1.0).then_some((best.1, odds))
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
