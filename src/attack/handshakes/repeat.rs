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
        "All five handshakes rely on one promise: the server never sends the same challenge twice. If it does, the recorded answer is right again.",
        "五种握手都建立在同一个前提上：服务器的挑战值从不重复。前提不成立，录下的答案就又对了。"
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
        "This server sends every client the same challenge. An honest client logs in, and the attacker records it.",
        "这个服务器对每个客户端都发同一个挑战值。一个正常的客户端登录，攻击者录下来。",
    );
    let server = lab.server_asking(|| Ok(Challenge::new(*b"always the same thirty-two bytes")))?;
    let recording = lab.record_session(&server)?;
    lab.tell("The attacker connects, and sends what it recorded.", "攻击者连接服务器，把录下的数据再发一遍。");
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
    let ended = if won {
        both!("the attacker is let in", "登录成功")
    } else {
        both!("the attacker is not let in", "还没有登录成功")
    };
    lab.remark(&Text {
        en: format!("If only 1 byte of the challenge is random: {} after {tries} connections (256 on average), {rate:.0} a second on this machine.", ended.en),
        zh: format!("如果挑战值里只有 1 个字节是随机的：连接 {tries} 次后{}（平均要 256 次），这台机器每秒能连 {rate:.0} 次。", ended.zh),
    });
    lab.remark(&Text {
        en: format!("If 2 or 4 bytes are random: {} or {} on average, computed from that rate.", two.en, four.en),
        zh: format!("如果有 2 个或 4 个字节是随机的：按这个速度推算，平均要 {}或 {}。", two.zh, four.zh),
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
            "If the challenge is computed from the clock (in seconds): the attacker is let in, within the same second as the honest client.",
            "如果挑战值由时钟（秒数）算出：在正常客户端登录的同一秒内，攻击者登录成功。"
        )
    } else {
        both!(
            "If the challenge is computed from the clock (in seconds): the attacker is not let in this time.",
            "如果挑战值由时钟（秒数）算出：攻击者这次没有登录成功。"
        )
    });
    Ok(())
}
