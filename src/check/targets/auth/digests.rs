//! Answers that are not the right one, and that a server accepts which compares something else than the two digests as they are.

use super::proof::{Heard, Next, ONE_MORE, packed};
use super::refused::find_who_is_let_in;
use super::wants::{hashed, scheme};
use crate::both;
use crate::check::stage::judge::Judge;
use crate::check::verdict::cause::Cause;
use crate::check::verdict::{Outcome, unless_failed};
use crate::crypto::{Challenge, Scheme};
use crate::lang::Text;

/// A wrong answer: who gives it, how it is made, and what it shows of a server that accepts it.
struct Offer(Text, Cause, fn(&Judge<'_>, &Challenge) -> Vec<u8>);

/// Clients all of which must be refused.
pub(super) fn only_the_digest(judge: &mut Judge<'_>) -> Outcome {
    let goes_on = judge.goes_on()?;
    if goes_on && all_are_refused(judge)? {
        return Ok(());
    }
    // Where each takes a process, one of each kind.
    let alone = offers().into_iter().flat_map(|kind| kind.into_iter().take(if goes_on { usize::MAX } else { 2 }));
    for Offer(who, cause, make) in alone {
        let refused = judge.refuses(&who, |judge, challenge| wrong(judge, challenge, make));
        refused.or_else(|halt| Err(find_who_is_let_in(judge, halt, cause)?))?;
    }
    Ok(())
}

/// Whether one process refuses them all, one after another, and accepts the honest client that comes last.
fn all_are_refused(judge: &mut Judge<'_>) -> Outcome<bool> {
    let before = if judge.host.program().is_some() { judge.oks()? } else { 0 };
    for Offer(who, _, make) in offers().into_iter().flatten() {
        judge.context.story.did(who);
        let Some((mut conn, challenge)) = unless_failed(judge.asked())? else { return Ok(false) };
        unless_failed(conn.send(&wrong(judge, &challenge, make)))?;
        conn.read_to_end(judge.closing())?;
        drop(conn);
        if judge.program()?.ended().is_some() {
            return Ok(false);
        }
    }
    let honest = usize::from(unless_failed(judge.next())? == Some(Next::Served));
    Ok(honest == 1 && judge.says_ok(before + honest, ONE_MORE)? == Heard::Nothing)
}

/// The answer, which must be a wrong one: of some digests the capital digits are the same.
fn wrong(judge: &Judge<'_>, challenge: &Challenge, make: fn(&Judge<'_>, &Challenge) -> Vec<u8>) -> Vec<u8> {
    let made = make(judge, challenge);
    if made == judge.answer(challenge) { packed(judge.length(), &judge.wrong_digits(challenge)) } else { made }
}

/// All of them, kind by kind, the most frequent ones first.
fn offers() -> [Vec<Offer>; 4] {
    [other_digests(), same_to_a_loose_eye(), in_another_form(), in_part()]
}

/// Digests of something else.
fn other_digests() -> Vec<Offer> {
    let cause = Cause::AcceptsOtherDigest;
    vec![
        Offer(both!("a client with md5(challenge)", "客户端发送 md5(挑战值)"), cause, |_, challenge| {
            hashed(&[challenge.as_bytes()])
        }),
        Offer(
            both!("a client with md5(challenge + secret)", "客户端发送 md5(挑战值 + 密钥)"),
            cause,
            |judge, challenge| hashed(&[challenge.as_bytes(), judge.secret().expose()]),
        ),
        Offer(both!("a client with md5(secret)", "客户端发送 md5(密钥)"), cause, |judge, _| {
            hashed(&[judge.secret().expose()])
        }),
        Offer(
            both!("a client with a digest of another scheme", "客户端发送另一种方案的摘要"),
            cause,
            |judge, challenge| {
                let other = if judge.order.scheme == Scheme::HmacMd5 { Scheme::Md5 } else { Scheme::HmacMd5 };
                scheme(other, judge, challenge)
            },
        ),
        Offer(both!("a client with an HMAC-SHA256", "客户端发送 HMAC-SHA256"), cause, |judge, challenge| {
            let other = if judge.order.scheme == Scheme::HmacSha256 { Scheme::Md5 } else { Scheme::HmacSha256 };
            scheme(other, judge, challenge)
        }),
    ]
}

/// Digests that a comparison takes for the same that sorts, adds up or looks for digits.
fn same_to_a_loose_eye() -> Vec<Offer> {
    let cause = Cause::ComparesLoosely;
    vec![
        Offer(
            both!("a client with the right digits in reverse order", "客户端发送顺序颠倒的正确字符"),
            cause,
            |judge, challenge| {
                let digits: Vec<u8> = judge.digits(challenge).into_iter().rev().collect();
                packed(judge.length(), &digits)
            },
        ),
        Offer(
            both!("a client with other digits of the same sum", "客户端发送总和相同的其他字符"),
            cause,
            |judge, challenge| packed(judge.length(), &with_same_sum(judge.digits(challenge))),
        ),
    ]
}

/// One digit is greater by one, and another one less: no digit becomes something else than a digit.
fn with_same_sum(mut digits: Vec<u8>) -> Vec<u8> {
    let greater = digits.iter().position(|digit| matches!(digit, b'0'..=b'8' | b'a'..=b'e'));
    let less = digits.iter().rposition(|digit| matches!(digit, b'1'..=b'9' | b'b'..=b'f'));
    for (place, step) in [(greater, 1), (less, u8::MAX)] {
        let digit = place.and_then(|place| digits.get_mut(place));
        digit.into_iter().for_each(|digit| *digit = digit.wrapping_add(step));
    }
    digits
}

/// The right digits, written in another way.
fn in_another_form() -> Vec<Offer> {
    let cause = Cause::ChangesAnswer;
    vec![
        Offer(
            both!("a client with uppercase hex digits", "客户端发送大写的十六进制字符"),
            cause,
            |judge, challenge| packed(judge.length(), &judge.digits(challenge).to_ascii_uppercase()),
        ),
        Offer(
            both!("a client with a newline after the digits", "客户端在字符末尾多发一个换行"),
            cause,
            |judge, challenge| around(b"", &judge.digits(challenge), b"\n"),
        ),
        Offer(
            both!("a client with a space after the digits", "客户端在字符末尾多发一个空格"),
            cause,
            |judge, challenge| around(b"", &judge.digits(challenge), b" "),
        ),
        Offer(
            both!("a client with a space before the digits", "客户端在字符前面多发一个空格"),
            cause,
            |judge, challenge| around(b" ", &judge.digits(challenge), b""),
        ),
        Offer(
            both!("a client with a zero byte after the digits", "客户端在字符末尾多发一个零字节"),
            cause,
            |judge, challenge| around(b"", &judge.digits(challenge), b"\0"),
        ),
        Offer(
            both!("a client with a zero before the digits", "客户端在字符前面多发一个 0"),
            cause,
            |judge, challenge| around(b"0", &judge.digits(challenge), b""),
        ),
    ]
}

/// The right digits in part, or twice.
fn in_part() -> Vec<Offer> {
    let cause = Cause::PrefixCompared;
    vec![
        Offer(
            both!("a client with the first half of the digits", "客户端只发送前一半字符"),
            cause,
            |judge, challenge| half(&judge.digits(challenge), 0),
        ),
        Offer(
            both!("a client with the second half of the digits", "客户端只发送后一半字符"),
            cause,
            |judge, challenge| half(&judge.digits(challenge), 1),
        ),
        Offer(both!("a client with the digits twice", "客户端把字符发送两遍"), cause, |judge, challenge| {
            around(b"", &judge.digits(challenge).repeat(2), b"")
        }),
    ]
}

/// One half of the digits, with its own length.
fn half(digits: &[u8], which: usize) -> Vec<u8> {
    let length = digits.len() / 2;
    let half = digits.chunks(length.max(1)).nth(which).unwrap_or_default();
    packed(length as i32, half)
}

/// The digits with more before or behind them, and a length that counts it too.
fn around(before: &[u8], digits: &[u8], behind: &[u8]) -> Vec<u8> {
    let digits = [before, digits, behind].concat();
    packed(digits.len() as i32, &digits)
}
