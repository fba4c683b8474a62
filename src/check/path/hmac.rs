//! The path of lesson 3.

use super::{Step, step};
use crate::words;

pub(super) const PATH: &[Step] = &[
    step(
        words!("the notes' digest", "笔记里的摘要"),
        words!(
            "Print the HMAC of the message sad under the key asd, with MD5, as hex digits. The notes show these 16 bytes.",
            "以 asd 为密钥、MD5 为哈希，打印消息 sad 的 HMAC，用十六进制数字。笔记里有这 16 个字节。"
        ),
        &["hmac/notes"],
    ),
    step(
        words!("other words", "其他的词"),
        words!(
            "Take the key and the message from the command line. Either of them may be empty, and the same input gives the same digest.",
            "密钥和消息从命令行取得。两者都可能为空；输入相同，摘要也相同。"
        ),
        &["hmac/other-words", "hmac/same-again", "hmac/empty-message", "hmac/empty-key"],
    ),
    step(
        words!("long keys", "长密钥"),
        words!(
            "Look at keys around the length of one block of the hash, and at keys that are longer. What does RFC 2104 do with those?",
            "看看长度在一个哈希分组上下的密钥，以及更长的密钥。RFC 2104 怎样处理更长的？"
        ),
        &["hmac/key-of-a-block", "hmac/long-key"],
    ),
    step(
        words!("long messages", "长消息"),
        words!(
            "Look at messages around the length of one block, and at messages of many blocks.",
            "看看长度在一个分组上下的消息，以及有许多分组的消息。"
        ),
        &["hmac/padding-edges", "hmac/long-message"],
    ),
    step(
        words!("any text", "任何文本"),
        words!(
            "Spaces, quotes and newlines count, and so do the bytes of every alphabet. Which bytes stand for the text on the command \
             line?",
            "空格、引号和换行都算数，各种文字的字节也一样。命令行上的文本对应哪些字节？"
        ),
        &["hmac/every-byte-counts", "hmac/other-alphabets", "hmac/by-chance"],
    ),
    step(
        words!("the whole program", "完整的程序"),
        words!("Let the exit code say that it went well.", "用退出码表明一切顺利。"),
        &["hmac/exit-code"],
    ),
];
