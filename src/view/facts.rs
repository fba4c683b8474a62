//! What a protocol learned, in words, in two languages.

use super::deeds::{forged, misbehaved};
use super::escape::{escape, preview};
use crate::crypto::Challenge;
use crate::lang::Lang;
use crate::protocol::{Ending, Fact, LengthGuess, Mismatch};
use crate::say;

/// How much of a challenge is shown: enough to tell two apart.
const SHOWN_DIGITS: usize = 16;

/// A fact as a sentence.
#[must_use]
#[expect(clippy::too_many_lines, reason = "a table: one row for each fact, in two languages")]
pub fn describe_fact(fact: &Fact, lang: Lang) -> String {
    match fact {
        Fact::LetterHeld { bytes } => {
            say!(
                lang,
                "a character is incomplete: {bytes} of its bytes are kept until the rest arrives",
                "有个字符还没收全：已到 {bytes} 个字节，先留着，等剩下的"
            )
        }
        Fact::LetterWhole { letter } => {
            let letter = escape(letter.to_string().as_bytes());
            say!(lang, "the character is complete now: {letter}", "这个字符收全了：{letter}")
        }
        Fact::NotUtf8 { offset, byte } => {
            say!(
                lang,
                "not valid UTF-8: byte {byte:#04x} at offset {offset} of the stream; what came before it gets its reply",
                "不是合法的 UTF-8：数据流偏移 {offset} 处是 {byte:#04x}；之前的照常回复"
            )
        }
        Fact::LetterCut { bytes } => {
            say!(
                lang,
                "the stream ended in the middle of a character: {bytes} of its bytes had arrived",
                "对方在半个字符处关闭发送：这个字符只到了 {bytes} 个字节"
            )
        }
        Fact::Challenged { challenge } => {
            let digits = shorten(&challenge.to_hex());
            if !may_be_random(challenge) {
                return say!(
                    lang,
                    "challenge {digits}: 32 bytes, and not random ones",
                    "挑战值 {digits}：32 个字节，但不是随机的"
                );
            }
            say!(
                lang,
                "challenge {digits}: 32 random bytes, for this connection only",
                "挑战值 {digits}：32 个随机字节，仅供本连接使用"
            )
        }
        Fact::ChallengeReceived { challenge } => {
            let digits = shorten(&challenge.to_hex());
            say!(lang, "challenge {digits} is complete: 32 bytes", "挑战值 {digits} 已收齐：32 字节")
        }
        Fact::ChallengeSuspicious { constant, seen_before } => suspicious(*constant, *seen_before, lang),
        Fact::Answered { length } => {
            say!(
                lang,
                "answer: the length {length}, then {length} hex digits",
                "答案：长度 {length}，后跟 {length} 个十六进制字符"
            )
        }
        Fact::LengthRead { length } => say!(lang, "length {length}: correct", "长度 {length}：符合要求"),
        Fact::BadLength { length, expected, guess } => {
            let guess = describe_guess(*guess, lang);
            say!(
                lang,
                "refused: the length is {length}, and only {expected} is allowed{guess}",
                "拒绝：长度为 {length}，只接受 {expected}{guess}"
            )
        }
        Fact::Proved => {
            lang.pick("the digest is correct: this client knows the secret", "摘要正确：这个客户端知道密钥").to_owned()
        }
        Fact::Refused { mismatch } => {
            let why = describe_mismatch(*mismatch, lang);
            say!(lang, "refused: the digest is wrong. {why}", "拒绝：摘要不对。{why}")
        }
        Fact::EndedEarly { got, expected } => {
            say!(
                lang,
                "the stream ended early: {got} of {expected} bytes had arrived",
                "对方提前关闭发送：应收 {expected} 字节，只收到 {got}"
            )
        }
        Fact::TooSlow { got, expected } => {
            say!(
                lang,
                "too slow: {got} of {expected} bytes had arrived by the deadline",
                "超时：应收 {expected} 字节，到时限只收到 {got}"
            )
        }
        Fact::Evicted { got, expected } => say!(
            lang,
            "too many clients have not authenticated: the oldest of them, this one, is closed to make room \
             ({got} of {expected} bytes received)",
            "未通过验证的客户端太多：关闭其中最早连接的这一个，为新客户端腾出位置（应收 {expected} 字节，收到 {got}）"
        ),
        Fact::EvictedSilent => lang
            .pick(
                "the server is full: the oldest client that has sent nothing, this one, is closed to make room",
                "服务器已满：关闭最早连接、从未发送数据的这个客户端，为新客户端腾出位置",
            )
            .to_owned(),
        Fact::Surplus { answered, bytes } => surplus(*answered, bytes, lang),
        Fact::ServerProved => lang
            .pick("the server's digest is correct: this server knows the secret", "服务器的摘要正确：它知道密钥")
            .to_owned(),
        Fact::ServerRefused => lang
            .pick(
                "the server's digest is wrong: this is not the server, close",
                "服务器的摘要不对：这不是真正的服务器，关闭",
            )
            .to_owned(),
        Fact::LineTaken { text } => {
            let line = preview(text, 60);
            say!(lang, "ACCEPTED the line {line}", "已接受这一行：{line}")
        }
        Fact::LineRefused => lang
            .pick("REFUSED the line: its MAC does not belong to it here", "拒绝这一行：它的 MAC 在这里不成立")
            .to_owned(),
        Fact::Forged { bytes, forgery } => forged(*bytes, *forgery, lang),
        Fact::Misbehaved { fault } => misbehaved(*fault, lang).to_owned(),
        Fact::Undelivered { bytes, on_purpose: true } => {
            let are = if *bytes == 1 { "byte for this side was" } else { "bytes for this side were" };
            say!(lang, "{bytes} {are} discarded on purpose", "按要求丢弃了发往这一方的 {bytes} 字节")
        }
        Fact::Undelivered { bytes, on_purpose: false } => {
            let were = if *bytes == 1 { "byte was" } else { "bytes were" };
            say!(lang, "{bytes} {were} not delivered: the connection had ended", "有 {bytes} 字节未送达：连接已经结束")
        }
    }
}

fn shorten(digits: &str) -> String {
    format!("{}…", digits.get(..SHOWN_DIGITS).unwrap_or(digits))
}

fn suspicious(constant: bool, seen_before: bool, lang: Lang) -> String {
    let what = match (constant, seen_before) {
        (_, true) => lang.pick("seen before", "以前出现过"),
        (true, false) => lang.pick("all its bytes are the same", "32 个字节全都相同"),
        (false, false) => "?",
    };
    say!(
        lang,
        "warning: this challenge is not random ({what}); the server may reuse your answer, or look the secret up in a table",
        "注意：这个挑战值不像随机的（{what}）；对方可能想重放你的答案，或用预先算好的表查出密钥"
    )
}

fn surplus(answered: bool, bytes: &[u8], lang: Lang) -> String {
    let shown = preview(bytes, 40);
    if answered {
        say!(
            lang,
            "the server should send nothing more, but sent {shown}: ignored",
            "服务器此时不该再发数据，却发来 {shown}：不予理会"
        )
    } else {
        say!(
            lang,
            "more than 32 bytes arrived, so this is not a challenge and gets no answer; the rest: {shown}",
            "收到的超过 32 字节，不是挑战值，不作答；多出的部分：{shown}"
        )
    }
}

fn describe_guess(guess: LengthGuess, lang: Lang) -> &'static str {
    match guess {
        LengthGuess::BigEndian => lang.pick(
            "; looks like network byte order: pack it little-endian, '<i'",
            "；看来用了网络字节序（大端）：请用小端 '<i' 打包",
        ),
        LengthGuess::RawDigest => lang.pick(
            "; looks like the raw digest: send hexdigest(), not digest()",
            "；看来发的是原始摘要：请发 hexdigest()，不要发 digest()",
        ),
        LengthGuess::OtherScheme => {
            lang.pick("; the other side seems to use another --scheme", "；对方用的 --scheme 似乎不同")
        }
        LengthGuess::NoLength => {
            lang.pick("; looks like hex digits: send the length first", "；看来直接发了十六进制摘要：请先发长度")
        }
        LengthGuess::Http => lang.pick("; looks like an HTTP request", "；像是 HTTP 请求"),
        LengthGuess::Tls => lang.pick("; looks like a TLS handshake", "；像是 TLS 握手"),
        LengthGuess::Ssh => lang.pick("; looks like SSH", "；像是 SSH"),
        LengthGuess::Negative => lang.pick("; a length cannot be negative", "；长度不能是负数"),
        LengthGuess::Unknown => "",
    }
}

fn describe_mismatch(mismatch: Mismatch, lang: Lang) -> &'static str {
    match mismatch {
        Mismatch::PlainMd5 => lang.pick(
            "It is md5(secret + challenge); this server expects an HMAC",
            "对方算的是 md5(密钥 + 挑战值)；本服务器要的是 HMAC",
        ),
        Mismatch::HmacMd5 => lang.pick(
            "It is the HMAC-MD5 of lesson 3; this server expects another scheme",
            "对方算的是第 3 课的 HMAC-MD5；本服务器要的是另一种算法",
        ),
        Mismatch::Swapped => {
            lang.pick("It is md5(challenge + secret): the order is swapped", "对方算的是 md5(挑战值 + 密钥)：顺序反了")
        }
        Mismatch::SecretWithNewline => {
            lang.pick("It belongs to the secret with a newline at its end", "对方的密钥末尾多了一个换行符")
        }
        Mismatch::HexChallenge => lang.pick(
            "It hashes the hex digits of the challenge: hash its bytes",
            "对方把挑战值的十六进制文本拿去哈希了：应当用原始字节",
        ),
        Mismatch::HalfMissing => lang.pick("The secret or the challenge is missing in it", "计算时漏了密钥或挑战值"),
        Mismatch::UpperCase => lang
            .pick("It is correct, but in uppercase hex: send lowercase hex", "内容正确，但用了大写：请用小写十六进制"),
        Mismatch::Echo => lang.pick("It is the challenge itself, sent back", "只是把挑战值原样发了回来"),
        Mismatch::NotHex => {
            lang.pick("It contains characters other than lowercase hex digits", "不全是小写十六进制字符")
        }
        Mismatch::OtherRole => lang.pick(
            "It is the server's own proof: a client must prove the client's role",
            "这是服务器自己的证明，客户端应证明客户端的身份",
        ),
        Mismatch::Elsewhere => lang.pick(
            "It was made for another server name, for other challenges, or with another secret",
            "它是为别的服务器名、别的挑战值，或用别的密钥算的",
        ),
        Mismatch::Unknown => lang
            .pick("Probably another secret, or an answer to another challenge", "多半是密钥不同，或者答的是别的挑战值"),
    }
}

/// How a connection ended, in a few words.
#[must_use]
pub fn describe_ending(ending: Ending, lang: Lang) -> &'static str {
    match ending {
        Ending::Eof => lang.pick("end of stream", "对方已关闭发送"),
        Ending::Ok => lang.pick("the client proved itself", "客户端通过了验证"),
        Ending::Answered => lang.pick("the challenge was answered, and the server closed", "已作答，服务器关闭了连接"),
        Ending::BadUtf8 => lang.pick("bytes that are not valid UTF-8", "收到了不合法的 UTF-8 字节"),
        Ending::Utf8Truncated => lang.pick("end of stream in the middle of a character", "在半个字符处关闭了发送"),
        Ending::Refused => lang.pick("the digest is wrong", "摘要不对"),
        Ending::BadLength => lang.pick("the length is wrong", "长度不对"),
        Ending::EofEarly => {
            lang.pick("end of stream before the message was complete", "消息还没收齐，对方就关闭了发送")
        }
        Ending::HandshakeTimeout => lang.pick("the handshake took too long", "握手超时"),
        Ending::Unexpected => lang.pick("the server broke the protocol", "服务器违反了协议"),
        Ending::BadMac => lang.pick("a line with a wrong MAC", "有一行的 MAC 不对"),
        Ending::IdleKick => lang.pick("silent for too long", "太久没有发来数据"),
        Ending::WriteStall => lang.pick("did not read its replies for too long", "迟迟不读取回复"),
        Ending::Reset => lang.pick("the other side reset the connection (RST)", "对方重置了连接（RST）"),
        Ending::ResetSent => lang.pick("the tap reset the connection (RST)", "tap 重置了连接（RST）"),
        Ending::Rejected => lang.pick("the server is full", "客户端数已达上限"),
        Ending::Evicted => lang.pick("closed to make room for a new client", "为新客户端腾出位置而被关闭"),
        Ending::Stopped => lang.pick("this side is stopping", "本方正在停止"),
        Ending::NoRandomness => lang.pick("the system gave no random bytes", "系统无法提供随机字节"),
        Ending::NoThread => lang.pick("the system gave no thread", "系统无法再创建线程"),
        Ending::Failed => lang.pick("the connection failed", "连接出错"),
    }
}

/// Zeros and text are not: of all random challenges fewer than one in 10^13 is text.
fn may_be_random(challenge: &Challenge) -> bool {
    let is_text = challenge.as_bytes().iter().all(|byte| matches!(byte, b' '..=b'~'));
    !challenge.is_constant() && !is_text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_peer_said_is_escaped_in_both_languages() {
        let fact = Fact::Surplus { answered: true, bytes: b"\x1b[2J".to_vec() };
        for lang in [Lang::En, Lang::Zh] {
            let shown = describe_fact(&fact, lang);
            assert!(shown.contains(r"\x1b[2J") && !shown.contains('\u{1b}'), "{shown}");
        }
        assert!(describe_fact(&Fact::LetterWhole { letter: '\u{9b}' }, Lang::En).ends_with(r"\u{9b}"));
    }
}
