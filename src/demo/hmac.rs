//! Lesson 3 on stage: one digest, in three steps, held against what the notes print.

use super::{Lesson, Row, Stage};
use crate::crypto::{Digest, Hmac, Secret, Steps};
use crate::view::bytes_literal;
use std::io;

const KEY: &[u8] = b"asd";
const MESSAGE: &[u8] = b"sad";
/// What the notes show beneath `print(h.digest())`.
const NOTES: &str = r"b'(\x0c\xe2H\xe8H\xbc\xd4\xe5\xa3\x1a\x03h)\xd1\x85'";

pub(super) fn play(stage: &Stage) -> io::Result<Vec<Row>> {
    let lang = stage.lang;
    stage.open(
        Lesson::Hmac,
        3,
        lang.pick(
            "The key goes in twice, so that nobody can continue the hash, as one could in\nlesson 2. Key asd, message sad:",
            "密钥参与了两次运算，所以别人无法像第 2 课那样接着往后算（长度扩展攻击）。\n密钥为 asd，消息为 sad：",
        ),
    );
    let key = Secret::new(KEY.to_vec());
    let steps = Steps::take(Digest::Md5, &key, MESSAGE)?;
    let digest = Hmac::compute(Digest::Md5, &key, MESSAGE)?;
    let hex = |bytes: &[u8]| base16ct::lower::encode_string(bytes);
    let head = |bytes: &[u8]| format!("{}…", hex(bytes.get(..8).unwrap_or_default()));
    let (key_word, above) = lang.pick(("key", "the hash above"), ("密钥", "上一行的哈希"));
    stage.say(format!("  {key_word} XOR 0x36    {}", head(&steps.inner_pad)));
    stage.say(format!("  {key_word} XOR 0x5c    {}", head(&steps.outer_pad)));
    stage.say(format!("  {}  md5({key_word} XOR 0x36 + sad)", hex(&steps.inner_hash)));
    stage.say(format!("  {}  md5({key_word} XOR 0x5c + {above})", hex(&steps.outer_hash)));
    let python = bytes_literal(&digest.bytes);
    stage.say(format!("  {}  {python}", lang.pick("as Python prints it", "Python 中显示为")));

    stage.close(
        lang.pick(
            "the bytes that the notes print, 16 of them, step by step and by the crate",
            "与笔记打印的 16 个字节一致，分步计算与库函数的结果也一致",
        ),
        ["day30 hmac --key asd --msg sad", "day30 hmac --key asd --msg sad --explain"],
    );
    let seen = format!("{} {}", digest.bytes.len(), head(&digest.bytes));
    Ok(vec![
        Row {
            lesson: Lesson::Hmac,
            expected: lang.pick("the notes' 16 bytes", "笔记中的 16 个字节").into(),
            seen: seen.clone(),
            is_right: python == NOTES && digest.bytes.len() == 16,
        },
        Row {
            lesson: Lesson::Hmac,
            expected: lang.pick("step by step the same", "分步计算结果相同").into(),
            seen,
            is_right: steps.outer_hash == digest.bytes,
        },
    ])
}
