//! A recorded login, and a list of words.

use crate::attack::kdf;
use crate::attack::kind::{Attack, Play};
use crate::attack::lab::{EVIL, Lab};
use crate::attack::seen::Seen;
use crate::attack::words::{first_that, none_fits};
use crate::crypto::Secret;
use crate::view::{big_number, escape};
use crate::words;
use std::io;

pub(in crate::attack) const ATTACK: Attack = Attack {
    name: "dictionary",
    title: words!("Guess the secret of a recorded login, offline", "离线猜出一次登录所用的密钥"),
    needs: words!(
        "one recorded login, and a secret that is in a list of words",
        "一段录下的登录，而且密钥在某个词表里"
    ),
    why: words!(
        "With the challenge and the answer the attacker can try secrets at home, as fast as its machine can. No handshake of this kind prevents that, not even bound.",
        "有了挑战值和答案，就能在自己的机器上逐个试密钥，机器有多快就试多快。这一类握手都防不住，bound 也不例外。"
    ),
    repair: words!(
        "Use a secret that is in no list: 16 random bytes. A slow key derivation function (KDF) only makes each guess slower. If people choose the secret, the cure is a PAKE (a password-authenticated key exchange, RFC 9382, RFC 9807) or TLS.",
        "使用任何词表里都没有的密钥：16 个随机字节。慢的密钥派生函数（KDF）只是让每猜一次更费时间。如果密钥是人想出来的，根治的办法是 PAKE（口令认证的密钥交换，RFC 9382、RFC 9807）或 TLS。"
    ),
    world: words!(
        "WPA2 passwords are found in exactly this way from one recorded four-way handshake (hashcat, mode 22000).",
        "WPA2 的 Wi-Fi 密码就是这样猜出来的：只要抓到一次四次握手的数据包（hashcat，模式 22000）。"
    ),
    play: Play::Handshakes(play),
};

fn play(lab: &mut Lab<'_>) -> io::Result<Seen> {
    lab.tell(
        "An honest client logs in. The attacker records it, and goes home.",
        "正常的客户端登录。攻击者录下来，回家慢慢猜。",
    );
    let server = lab.server()?;
    let recording = lab.record_session(&server)?;
    let words = &lab.show.words;
    let (found, took) = first_that(words, |secret| recording.fits(lab.handshake, secret));
    let count = big_number(words.len() as u64);
    let Some((place, word)) = found else {
        lab.stop(server)?;
        return Ok(Seen::defender(none_fits(&count)));
    };
    let (shown, guess, place) = (escape(word.as_bytes()), Secret::new(word.as_bytes().to_vec()), place + 1);
    lab.tell(
        &format!(
            "The list has {count} words. Number {place}, {shown}, gives the recorded answer. That took {took:.2} ms."
        ),
        &format!("词表有 {count} 个词。用第 {place} 个词 {shown} 算出的，正是录下的答案。用时 {took:.2} 毫秒。"),
    );
    if lab.is_watched() {
        kdf::told().iter().for_each(|line| lab.remark(line));
    }
    lab.tell("The attacker logs in with it.", "攻击者用它登录。");
    let from = lab.log_in_with(&server, &guess)?;
    lab.stop(server)?;
    Ok(lab.verdict_on(from, EVIL))
}
