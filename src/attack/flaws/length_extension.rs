//! Anybody can go on with an MD5 where it ended: the digest is all that the hash remembers.

use super::notes::{GUEST, NotesServer};
use crate::attack::kind::{Attack, Play};
use crate::attack::lab::Lab;
use crate::attack::seen::Seen;
use crate::both;
use crate::crypto::Scheme;
use crate::lang::Text;
use crate::protocol::{Fact, Forgery};
use crate::words;
use md5::block_api::compress;
use std::io;
use std::sync::Arc;

/// What the attacker appends.
const MORE: &[u8] = b"&admin=yes";
/// The key's length is not known: so many are tried. A longer key only takes more tries.
const LONGEST_KEY: usize = 8;
/// An MD5 block, and how many of its bytes are the message's length.
const BLOCK: usize = 64;
const LENGTH: usize = 8;

pub(in crate::attack) const ATTACK: Attack = Attack {
    name: "length-extension",
    title: words!("Continue MD5(key + text) without the key", "不知道密钥，接着往后算 MD5(密钥 + 文本)"),
    needs: words!(
        "one signed text, and a server that signs texts with MD5(key + text)",
        "一段已签名的文本，以及用 MD5(密钥 + 文本) 签名的服务器"
    ),
    why: words!(
        "MD5 works block by block, and its digest is its whole state. Whoever has the digest of key + text goes on from there: text + padding + anything. It cannot win against the handshakes here: a challenge has 32 bytes, and only 32 are read; the server asks a new one, and does not let the client append to it.",
        "MD5 一块一块地算，摘要就是它的全部状态。有了“密钥 + 文本”的摘要，就能接着算“文本 + 填充 + 任意内容”。对这里的握手它赢不了：挑战值是服务器新发的 32 个字节，客户端没法在后面添东西。"
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
    let (scheme, key) = (if has_flaw { Scheme::Md5 } else { Scheme::HmacMd5 }, Arc::clone(&lab.secret));
    let server = lab.serve(move || Ok(NotesServer::new(scheme, Arc::clone(&key))))?;
    lab.tell(
        "The server gives every guest a signed note. The attacker gets its own: admin=no.",
        "服务器给每个访客一张签名的纸条。攻击者也拿到一张：admin=no。",
    );
    let mut conn = lab.connect(&server)?;
    let note = conn.receive_line()?.unwrap_or_default();
    let digits = note.trim_ascii_end().get(GUEST.len() + 1..).unwrap_or_default();
    let digest = base16ct::lower::decode_vec(digits).unwrap_or_default();
    lab.tell(
        "It continues the digest with &admin=yes. How long the key is, it does not know: it tries 1, 2, 3 …",
        "它从摘要接着往后算，加上 &admin=yes。密钥有多长它不知道，就试 1、2、3……",
    );
    let mut right = None;
    for key_len in 1..=LONGEST_KEY {
        let (text, digest) = extend(&digest, key_len);
        let hex = base16ct::lower::encode_string(&text);
        let line = format!("{hex} {}\n", base16ct::lower::encode_string(&digest));
        conn.forge(line.as_bytes(), Forgery::Extended)?;
        if conn.receive_line()?.as_deref() == Some(b"ok\n") {
            right = Some((key_len, text));
            break;
        }
    }
    conn.leave()?;
    lab.stop(server)?;
    if let Some((key_len, text)) = &right {
        show(lab, *key_len, text);
    }
    let is_admin = |fact: &Fact| matches!(fact, Fact::LineTaken { text } if text.ends_with(MORE));
    Ok(if lab.witness.facts().iter().any(|(_, fact)| is_admin(fact)) {
        Seen::attacker(both!(
            "the server accepted a note with admin=yes that it has never signed",
            "服务器接受了一张 admin=yes 的纸条，而它从没签过这样的纸条"
        ))
    } else {
        Seen::defender(both!(
            "the server refused all {LONGEST_KEY} forged notes",
            "服务器拒绝了全部 {LONGEST_KEY} 张伪造的纸条"
        ))
    })
}

/// What MD5 puts behind a message of `len` bytes (RFC 1321, 3.1 and 3.2): 0x80, zeros, and the length in bits.
fn padding(len: usize) -> Vec<u8> {
    let zeros = (2 * BLOCK - LENGTH - 1 - len % BLOCK) % BLOCK;
    let bits = (len as u64).wrapping_mul(8).to_le_bytes();
    [&[0x80][..], &vec![0; zeros], &bits].concat()
}

/// The note that goes on, and its digest: computed from the digest of the first, without the key.
fn extend(digest: &[u8], key_len: usize) -> (Vec<u8>, Vec<u8>) {
    let glue = padding(key_len + GUEST.len());
    let before = key_len + GUEST.len() + glue.len();
    let rest = [MORE, &padding(before + MORE.len())].concat();
    let mut state = [0; 4];
    for (word, bytes) in state.iter_mut().zip(digest.chunks_exact(4)) {
        *word = bytes.first_chunk().copied().map_or(0, u32::from_le_bytes);
    }
    let (blocks, _) = rest.as_chunks::<BLOCK>();
    compress(&mut state, blocks);
    ([GUEST, &glue, MORE].concat(), state.iter().flat_map(|word| word.to_le_bytes()).collect())
}

/// The forged note as rows of bytes, with what each part is.
fn show(lab: &Lab<'_>, key_len: usize, text: &[u8]) {
    let glue = text.len() - GUEST.len() - MORE.len();
    lab.remark(&both!(
        "The key has {key_len} bytes. What MD5 has hashed, byte for byte:",
        "密钥有 {key_len} 个字节。MD5 实际处理的字节："
    ));
    let key = vec![b'?'; key_len];
    let parts: [(&[u8], Text); 4] = [
        (&key, both!("the key", "密钥")),
        (GUEST, both!("the signed note", "签过名的纸条")),
        (
            text.get(GUEST.len()..GUEST.len() + glue).unwrap_or_default(),
            both!("padding (RFC 1321, 3.1)", "填充（RFC 1321，3.1）"),
        ),
        (MORE, both!("what the attacker appends", "攻击者添加的")),
    ];
    for (bytes, meaning) in parts {
        for (place, row) in bytes.chunks(16).enumerate() {
            let hex: Vec<_> = row.iter().map(|byte| format!("{byte:02x}")).collect();
            let hex = if meaning.en == "the key" { vec!["??".to_owned(); row.len()].join(" ") } else { hex.join(" ") };
            let meaning = if place == 0 { meaning.of(lab.show.lang) } else { "" };
            lab.show.say(format!("    {hex:<48} {meaning}").trim_end());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::Secret;

    #[test]
    fn a_digest_goes_on_for_every_length_of_key() {
        for len in 1..=LONGEST_KEY {
            let key = Secret::new(vec![b'k'; len]);
            let digest = base16ct::lower::decode_vec(Scheme::Md5.digits_of(&key, GUEST)).unwrap();
            let (text, forged) = extend(&digest, len);
            assert_eq!(base16ct::lower::encode_string(&forged), Scheme::Md5.digits_of(&key, &text), "{len}");
        }
        for len in 0..200 {
            assert_eq!((len + padding(len).len()) % BLOCK, 0, "{len}");
            assert!((9..=72).contains(&padding(len).len()), "{len}");
        }
    }
}
