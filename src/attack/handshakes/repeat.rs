//! The same replay against a server whose challenges are not fresh.

use crate::attack::kind::{Attack, Play};
use crate::attack::lab::{HONEST, Lab, Recording, Victim};
use crate::attack::seen::{Seen, Winner};
use crate::both;
use crate::crypto::Challenge;
use crate::lang::Text;
use crate::protocol::Forgery;
use crate::random;
use crate::view::big_number;
use crate::words;
use md5::{Digest as _, Md5};
use std::io;
use std::net::SocketAddr;
use std::time::Instant;

/// After so many connections the attacker gives a challenge of one byte up: by then it has had every chance, ten times.
const MOST_TRIES: u64 = 2560;

pub(in crate::attack) const ATTACK: Attack = Attack {
    name: "repeat",
    title: words!("Replay against a server whose challenge repeats", "挑战值会重复时的重放"),
    needs: words!("a recorded login, and a server with a bad random source", "一段录下的登录，和随机源有问题的服务器"),
    why: words!(
        "Every one of these handshakes stands on one promise: the server never asks the same twice. Without it the recorded answer is right again.",
        "五种握手都建立在同一个前提上：服务器从不重复提问。前提不成立，录下的答案就又对了。"
    ),
    repair: words!(
        "32 bytes from the operating system for each connection: os.urandom(32), secrets.token_bytes(32). Never a constant, a counter that restarts, or random.seed(time()).",
        "每个连接都向操作系统取 32 个随机字节：os.urandom(32)、secrets.token_bytes(32)。不要用常数、会重置的计数器或 random.seed(time())。"
    ),
    world: words!(
        "In Debian's OpenSSL of 2006 to 2008 the process number was nearly all that was random: 32 768 different keys of each kind (CVE-2008-0166, DSA-1571).",
        "2006 到 2008 年 Debian 的 OpenSSL 里，几乎只有进程号是随机的：每种密钥一共只有 32 768 个（CVE-2008-0166，DSA-1571）。"
    ),
    play: Play::Handshakes(play),
};

fn play(lab: &mut Lab<'_>) -> io::Result<Seen> {
    lab.tell(
        "This server asks every client the same challenge. An honest client logs in, and the attacker records it.",
        "这个服务器对每个客户端都发同一个挑战值。一个正常的客户端登录，攻击者录下来。",
    );
    let server = lab.server_asking(|| Ok(Challenge::new(*b"always the same thirty-two bytes")))?;
    let recording = lab.record_session(&server)?;
    lab.tell("The attacker connects, and sends the recording.", "攻击者连接服务器，发出录音。");
    let from = replayed(lab, &server, &recording)?.unwrap_or_else(|| ([127, 0, 0, 1], 0).into());
    lab.stop(server)?;
    let seen = lab.verdict_on(from, HONEST);
    if lab.is_watched() {
        lab.quietly();
        one_byte(lab)?;
        clock(lab)?;
    }
    Ok(seen)
}

/// Connects, and sends the recording if the challenge is the recorded one.
fn replayed(lab: &mut Lab<'_>, server: &Victim, recording: &Recording) -> io::Result<Option<SocketAddr>> {
    let mut conn = lab.connect(server)?;
    let challenge = lab.challenge(&mut conn)?;
    if Some(challenge.as_slice()) != recording.by_server.get(..Challenge::LEN) {
        conn.close();
        return Ok(None);
    }
    conn.forge(&recording.by_client, Forgery::Replayed)?;
    let from = conn.local();
    conn.leave()?;
    Ok(Some(from))
}

/// Only one byte is random: the attacker waits for it.
fn one_byte(lab: &mut Lab<'_>) -> io::Result<()> {
    let server = lab.server_asking(|| {
        let mut bytes = [0; Challenge::LEN];
        let random = random::challenge()?;
        bytes.iter_mut().zip(random.as_bytes()).take(1).for_each(|(byte, from)| *byte = *from);
        Ok(Challenge::new(bytes))
    })?;
    let recording = lab.record_session(&server)?;
    let (began, mut tries, mut from) = (Instant::now(), 0, None);
    while from.is_none() && tries < MOST_TRIES {
        tries += 1;
        from = replayed(lab, &server, &recording)?;
    }
    let rate = tries as f64 / began.elapsed().as_secs_f64().max(1e-6);
    lab.stop(server)?;
    let won = from.is_some_and(|from| lab.verdict_on(from, HONEST).winner == Winner::Attacker);
    let (two, four) = (span(65_536.0 / rate), span(4_294_967_296.0 / rate));
    let tries = big_number(tries);
    let ended = if won { both!("let in", "登录成功") } else { both!("not let in", "没有登录成功") };
    lab.remark(&Text {
        en: format!("1 random byte: {} after {tries} connections (256 expected), {rate:.0} a second here", ended.en),
        zh: format!("1 个随机字节：连接 {tries} 次后{}（预期 256 次），此处每秒 {rate:.0} 次", ended.zh),
    });
    lab.remark(&Text {
        en: format!("2 bytes, 4 bytes: computed from that rate, {} and {} on average", two.en, four.en),
        zh: format!("2 个、4 个字节：按这个速度推算，平均需要 {} 和 {}", two.zh, four.zh),
    });
    Ok(())
}

fn span(seconds: f64) -> Text {
    match seconds {
        0.0..120.0 => both!("{seconds:.0} seconds", "{seconds:.0} 秒"),
        120.0..7200.0 => both!("{0:.0} minutes", "{0:.0} 分钟", seconds / 60.0),
        7200.0..172_800.0 => both!("{0:.0} hours", "{0:.0} 小时", seconds / 3600.0),
        _ => both!("{0:.0} days", "{0:.0} 天", seconds / 86_400.0),
    }
}

/// The challenge comes out of a generator that was seeded with the clock, in seconds.
fn clock(lab: &mut Lab<'_>) -> io::Result<()> {
    let began = Instant::now();
    let server = lab.server_asking(move || {
        let digest = Md5::digest(began.elapsed().as_secs().to_le_bytes());
        let mut bytes = [0; Challenge::LEN];
        bytes.iter_mut().zip(digest.iter().chain(digest.iter())).for_each(|(byte, from)| *byte = *from);
        Ok(Challenge::new(bytes))
    })?;
    let mut won = false;
    for _ in 0..4 {
        // A second may begin between the two: then once more.
        let recording = lab.record_session(&server)?;
        if let Some(from) = replayed(lab, &server, &recording)? {
            won = lab.witness.proved(from);
            break;
        }
    }
    lab.stop(server)?;
    lab.remark(&if won {
        both!(
            "seeded by the clock: let in, within the second in which the honest client came",
            "用时钟作种子：在正常客户端登录的同一秒内，登录成功"
        )
    } else {
        both!("seeded by the clock: not let in this time", "用时钟作种子：这次没有登录成功")
    });
    Ok(())
}
