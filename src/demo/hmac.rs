//! Lesson 3 as it is played: one digest, in three steps, held against what the notes print.

use super::{Lesson, Row, Session};
use crate::crypto::{Digest, Hmac, Secret, Steps};
use crate::view::bytes_literal;
use std::io;

const KEY: &[u8] = b"asd";
const MESSAGE: &[u8] = b"sad";
/// What the notes show beneath `print(h.digest())`.
const NOTES: &str = r"b'(\x0c\xe2H\xe8H\xbc\xd4\xe5\xa3\x1a\x03h)\xd1\x85'";

pub(super) fn play(session: &Session) -> io::Result<Vec<Row>> {
    let lang = session.lang;
    session.open(
        Lesson::Hmac,
        3,
        lang.pick(
            "The key is used twice. So an attacker cannot continue the hash with more data (length extension), as with MD5(key + message). The key is asd, the message is sad:",
            "密钥参与两次运算，所以攻击者无法像对 MD5(密钥 + 消息) 那样接着往后算（长度扩展攻击）。密钥为 asd，消息为 sad：",
        ),
    );
    let key = Secret::new(KEY.to_vec());
    let steps = Steps::take(Digest::Md5, &key, MESSAGE)?;
    let digest = Hmac::compute(Digest::Md5, &key, MESSAGE)?;
    let hex = |bytes: &[u8]| base16ct::lower::encode_string(bytes);
    let head = |bytes: &[u8]| format!("{}…", hex(bytes.get(..8).unwrap_or_default()));
    let (key_word, above) = lang.pick(("key", "the hash above"), ("密钥", "上一行的哈希"));
    session.say(format!("  {key_word} XOR 0x36    {}", head(&steps.inner_pad)));
    session.say(format!("  {key_word} XOR 0x5c    {}", head(&steps.outer_pad)));
    session.say(format!("  {}  md5({key_word} XOR 0x36 + sad)", hex(&steps.inner_hash)));
    session.say(format!("  {}  md5({key_word} XOR 0x5c + {above})", hex(&steps.outer_hash)));
    let python = bytes_literal(&digest.bytes);
    session.say(format!("  {}  {python}", lang.pick("as Python shows it", "Python 中显示为")));

    session.close(
        lang.pick(
            "the same 16 bytes as in the notes, step by step and from the library",
            "与笔记打印的 16 个字节一致，分步计算与库函数的结果也一致",
        ),
        ["hmac --key asd --msg sad", "hmac --key asd --msg sad --explain"],
    );
    let seen = format!("{} {}", digest.bytes.len(), head(&digest.bytes));
    Ok(vec![
        Row {
            lesson: Lesson::Hmac,
            expected: lang.pick("the 16 bytes of the notes", "笔记中的 16 个字节").into(),
            seen: seen.clone(),
            is_right: python == NOTES && digest.bytes.len() == 16,
        },
        Row {
            lesson: Lesson::Hmac,
            expected: lang.pick("the same step by step", "分步计算结果相同").into(),
            seen,
            is_right: steps.outer_hash == digest.bytes,
        },
    ])
}
