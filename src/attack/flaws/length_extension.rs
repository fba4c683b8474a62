//! Anybody can go on with an MD5 where it ended: the digest is all that the hash remembers.

use super::extension::{Part, extend, padding, rows};
use super::notes::{GUEST, NotesServer};
use crate::attack::kind::{Attack, Play};
use crate::attack::lab::{HONEST, Lab};
use crate::attack::seen::Seen;
use crate::both;
use crate::crypto::{Challenge, Scheme};
use crate::lang::Text;
use crate::protocol::{Fact, Forgery, Handshake, pack};
use crate::words;
use std::io;
use std::sync::Arc;

/// What the attacker appends.
const MORE: &[u8] = b"&admin=yes";
/// The key's length is not known: so many are tried. A longer key only takes more tries.
const LONGEST_KEY: usize = 8;

pub(in crate::attack) const ATTACK: Attack = Attack {
    name: "length-extension",
    title: words!("Continue MD5(key + text) without the key", "不知道密钥，接着往后算 MD5(密钥 + 文本)"),
    needs: words!(
        "one signed text, and a server that signs texts with MD5(key + text)",
        "一段已签名的文本，以及用 MD5(密钥 + 文本) 签名的服务器"
    ),
    why: words!(
        "MD5 works block by block, and its digest is its whole state. From the digest of key + text anybody can go on: text + padding + anything. So the attacker wins where the client says which text was signed. In the handshake the server chooses the text: it hashes the key and 32 new bytes, and nothing else.",
        "MD5 一块一块地算，摘要就是它的全部状态。有了“密钥 + 文本”的摘要，就能接着算“文本 + 填充 + 任意内容”。所以，只要被签名的文本由客户端说了算，攻击者就能赢。握手里，文本由服务器说了算：它只算“密钥 + 32 个新字节”，别的什么都不算。"
    ),
    repair: words!(
        "HMAC (lesson 3): the key goes in a second time, around the first hash, so the digest is not the state any more.",
        "使用 HMAC（第 3 课）：密钥在外层再用一次，摘要就不再等于内部状态。"
    ),
    world: words!(
        "Flickr's API signed its calls with MD5(secret + arguments), and strangers could add arguments (Duong and Rizzo, 2009).",
        "Flickr 的 API 用 MD5(密钥 + 参数) 签名，外人可以添加参数（Duong 与 Rizzo，2009）。"
    ),
    play: Play::Flaw(play),
};

fn play(lab: &mut Lab<'_>, has_flaw: bool) -> io::Result<Seen> {
    if let Some(won) = against_the_handshake(lab)? {
        return Ok(won);
    }
    against_the_notes(lab, has_flaw)
}

/// Part one: an answer of the handshake goes on too, but not to what a server asks.
fn against_the_handshake(lab: &mut Lab<'_>) -> io::Result<Option<Seen>> {
    lab.handshake = Handshake::Prefix;
    lab.tell(
        "Part one: against the handshake prefix. An honest client logs in, and the attacker records it.",
        "第一部分，对象是握手 prefix。一个正常的客户端登录，攻击者录下来。",
    );
    let server = lab.server()?;
    let recording = lab.record_session(&server)?;
    let digest = base16ct::lower::decode_vec(recording.digits(Handshake::Prefix)).unwrap_or_default();
    let old = recording.by_server.get(..Challenge::LEN).unwrap_or_default().to_vec();
    lab.tell(
        "It connects, and gets a new challenge. It continues the recorded digest with that challenge. (Suppose that it even knows how long the key is.)",
        "它连接服务器，得到一个新的挑战值，再从录下的摘要接着往后算，把新的挑战值加在后面。（假设它连密钥有多长都知道。）",
    );
    let mut conn = lab.connect(&server)?;
    let new = lab.challenge(&mut conn)?;
    let key_len = lab.secret.expose().len();
    let (_, forged) = extend(&digest, key_len, &old, &new);
    conn.forge(&pack(base16ct::lower::encode_string(&forged).as_bytes()), Forgery::Extended)?;
    let from = conn.local();
    conn.leave()?;
    lab.stop(server)?;
    if lab.witness.proved(from) {
        return Ok(Some(lab.verdict_on(from, HONEST)));
    }
    lab.tell(
        "The server refused it. It did not hash what the attacker's digest belongs to:",
        "服务器拒绝了。攻击者的摘要对应的，并不是服务器所算的内容：",
    );
    let key = || (Err(key_len), both!("the key", "密钥"));
    let (glue, end) = (padding(key_len + old.len()), padding(key_len + new.len()));
    let attackers = [
        key(),
        (Ok(old.as_slice()), both!("the old challenge", "旧的挑战值")),
        (Ok(glue.as_slice()), both!("padding (RFC 1321, 3.1)", "填充（RFC 1321，3.1）")),
        (Ok(new.as_slice()), both!("the new challenge", "新的挑战值")),
    ];
    let servers = [
        key(),
        (Ok(new.as_slice()), both!("the new challenge", "新的挑战值")),
        (Ok(end.as_slice()), both!("padding (RFC 1321, 3.1)", "填充（RFC 1321，3.1）")),
    ];
    show(lab, &both!("The attacker's digest is that of:", "攻击者的摘要对应："), &attackers);
    show(lab, &both!("The server hashed, and MD5 padded:", "服务器算的（填充由 MD5 加上）："), &servers);
    Ok(None)
}

/// Part two: where the client says which text was signed.
fn against_the_notes(lab: &mut Lab<'_>, has_flaw: bool) -> io::Result<Seen> {
    let (scheme, key) = (if has_flaw { Scheme::Md5 } else { Scheme::HmacMd5 }, Arc::clone(&lab.secret));
    lab.tell(
        "Part two: against a server that gives every guest a signed note, and later believes each note with a right signature. The attacker gets one too: admin=no.",
        "第二部分，对象是一个“凭条办事”的服务器：它给每个访客签一张纸条，访客以后拿纸条来，它验过签名就照办。攻击者也拿到一张：admin=no。",
    );
    let server = lab.serve(move || Ok(NotesServer::new(scheme, Arc::clone(&key))))?;
    let mut conn = lab.connect(&server)?;
    let note = conn.receive_line()?.unwrap_or_default();
    let digits = note.trim_ascii_end().get(GUEST.len() + 1..).unwrap_or_default();
    let digest = base16ct::lower::decode_vec(digits).unwrap_or_default();
    lab.tell(
        "It continues the digest with &admin=yes. It does not know how long the key is, so it tries 1, 2, 3 … (Notes are sent in hex: 75736572 is user.)",
        "它从摘要接着往后算，加上 &admin=yes。密钥有多长它不知道，就试 1、2、3……（纸条按十六进制传输：75736572 就是 user。）",
    );
    let mut right = None;
    for key_len in 1..=LONGEST_KEY {
        let (text, digest) = extend(&digest, key_len, GUEST, MORE);
        let hex = base16ct::lower::encode_string(&text);
        let line = format!("{hex} {}\n", base16ct::lower::encode_string(&digest));
        conn.forge(line.as_bytes(), Forgery::Extended)?;
        if conn.receive_line()?.as_deref() == Some(b"ok\n") {
            right = Some(key_len);
            break;
        }
    }
    conn.leave()?;
    lab.stop(server)?;
    show_note(lab, right);
    Ok(verdict(lab))
}

/// The forged note: the right one, if one was.
fn show_note(lab: &Lab<'_>, right: Option<usize>) {
    // Where none was right, the rows are those of the last try.
    let key_len = right.unwrap_or(LONGEST_KEY);
    let glue = padding(key_len + GUEST.len());
    let parts = [
        (Err(key_len), both!("the key", "密钥")),
        (Ok(GUEST), both!("the signed note", "签过名的纸条")),
        (Ok(glue.as_slice()), both!("padding (RFC 1321, 3.1)", "填充（RFC 1321，3.1）")),
        (Ok(MORE), both!("what the attacker appends", "攻击者添加的")),
    ];
    let title = if right.is_some() {
        both!(
            "The key has {key_len} bytes. What the server has hashed, byte for byte:",
            "密钥有 {key_len} 个字节。服务器实际处理的字节："
        )
    } else {
        both!(
            "What the attacker's last digest is made for, if the key has {key_len} bytes:",
            "攻击者最后一个摘要对应的字节（假设密钥有 {key_len} 个字节）："
        )
    };
    show(lab, &title, &parts);
}

fn verdict(lab: &Lab<'_>) -> Seen {
    let is_admin = |fact: &Fact| matches!(fact, Fact::LineTaken { text } if text.ends_with(MORE));
    if lab.witness.facts().iter().any(|(_, fact)| is_admin(fact)) {
        Seen::attacker(both!(
            "the server accepted a note with admin=yes that it has never signed",
            "服务器接受了一张 admin=yes 的纸条，而它从没签过这样的纸条"
        ))
    } else {
        Seen::defender(both!(
            "the server refused all {LONGEST_KEY} forged notes",
            "服务器拒绝了全部 {LONGEST_KEY} 张伪造的纸条"
        ))
    }
}

/// What was hashed, as rows of bytes.
fn show(lab: &Lab<'_>, title: &Text, parts: &[Part<'_>]) {
    lab.remark(title);
    rows(parts, lab.show.lang).into_iter().for_each(|row| lab.show.say(row));
}
