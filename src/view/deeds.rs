//! What somebody in the middle does on purpose, in words.

use crate::lang::Lang;
use crate::protocol::{Forgery, Misbehaviour};
use crate::say;

/// What an attacker sends next, and where it has that from.
pub(super) fn forged(bytes: u64, forgery: Forgery, lang: Lang) -> String {
    let from = match forgery {
        Forgery::MadeUp => lang.pick("made up by the attacker", "由攻击者编造"),
        Forgery::Reflected => lang.pick("received here, sent back", "刚从这个连接收到，原样送回"),
        Forgery::Copied => lang.pick("copied from another connection", "从另一个连接抄来"),
        Forgery::Replayed => lang.pick("recorded earlier, sent again", "以前录下，再发一次"),
        Forgery::Guessed => lang.pick("computed with a guessed secret", "用猜的密钥算出"),
        Forgery::Extended => lang.pick("computed without the secret", "不用密钥就能算出"),
    };
    say!(lang, "FORGED, the next {bytes} bytes: {from}", "接下来 {bytes} 字节是伪造的：{from}")
}

/// What a tap was asked to do.
pub(super) fn misbehaved(fault: Misbehaviour, lang: Lang) -> &'static str {
    match fault {
        Misbehaviour::Reset => {
            lang.pick("on purpose (--reset-after): RST to both sides", "按要求（--reset-after）：向双方发 RST")
        }
        Misbehaviour::HalfClose => lang.pick(
            "on purpose (--half-close): FIN to this side; what follows is discarded",
            "按要求（--half-close）：向这一方发 FIN，之后的数据丢弃",
        ),
        Misbehaviour::Drop => lang.pick(
            "on purpose (--drop-after): whatever follows is discarded, a FIN too",
            "按要求（--drop-after）：之后的数据全部丢弃，FIN 也丢弃",
        ),
    }
}
