//! Clients that must not be let in, each wrong in another way.

use super::proof::{Heard, ONE_MORE, SAYING_OK, packed};
use crate::both;
use crate::check::stage::judge::Judge;
use crate::check::verdict::cause::Cause;
use crate::check::verdict::{Fault, Halt, Outcome, unless_failed};
use crate::crypto::Challenge;
use crate::lang::Text;
use rand::RngExt;

pub(super) fn wrong_secret(judge: &mut Judge<'_>) -> Outcome {
    let who = both!("a client with another secret", "客户端用的是别的密钥");
    let refused = judge.refuses(&who, |judge, challenge| packed(judge.length(), &judge.wrong_digits(challenge)));
    refused.or_else(|halt| Err(find_who_is_let_in(judge, halt, Cause::ComparesLoosely)?))
}

/// Somebody was let in with a wrong answer: is everybody, or only who is wrong in this way?
pub(super) fn find_who_is_let_in(judge: &mut Judge<'_>, halt: Halt, cause: Cause) -> Outcome<Halt> {
    if halt.fault() != Some(Fault::Printed) {
        return Ok(halt);
    }
    judge.context.story.looks_for_the_cause();
    judge.host.end();
    let Some(is_accepted) = unless_failed(accepts_other_digits(judge))? else { return Ok(halt.suspect(cause)) };
    if is_accepted {
        let finding = both!("a digest that is wrong in every digit was accepted too", "每个字符都不对的摘要也通过了");
        return Ok(halt.found(Cause::LetsEverybodyIn, finding));
    }
    // A process that serves one client has no other one to remember.
    let may_remember = judge.host.serves_next != Some(false);
    let has_accepted = may_remember && unless_failed(judge.prove(SAYING_OK))? == Some(Heard::Ok);
    if has_accepted && unless_failed(accepts_other_digits(judge))? == Some(true) {
        let finding = both!(
            "a digest that is wrong in every digit was refused at first, and accepted after a client with the right one",
            "每个字符都不对的摘要起初被拒绝，在一个答案正确的客户端之后却通过了"
        );
        return Ok(halt.found(Cause::SharedState, finding));
    }
    let finding = both!("a digest that is wrong in every digit was refused", "每个字符都不对的摘要被拒绝了");
    Ok(halt.found(cause, finding))
}

/// Whether a client is accepted whose digest is wrong in every digit.
fn accepts_other_digits(judge: &mut Judge<'_>) -> Outcome<bool> {
    let (mut conn, challenge) = judge.asked()?;
    let before = judge.oks()?;
    unless_failed(conn.send(&packed(judge.length(), &other_digits(judge, &challenge))))?;
    conn.read_to_end(judge.closing())?;
    Ok(judge.says_ok(before, ONE_MORE)? == Heard::Ok)
}

/// Digits each of which is another one, and whose sum is another one too.
fn other_digits(judge: &Judge<'_>, challenge: &Challenge) -> Vec<u8> {
    judge.digits(challenge).iter().map(|digit| if *digit < b'5' { b'e' } else { b'0' }).collect()
}

pub(super) fn wrong_digit(judge: &mut Judge<'_>) -> Outcome {
    let last = judge.order.scheme.hex_len() - 1;
    let by_chance = judge.rng.random_range(0..=last);
    for place in [last, last / 2, 0, by_chance] {
        let number = place + 1;
        let who = both!("a client whose digit {number} is wrong", "客户端的第 {number} 个数字是错的");
        let refused = judge.refuses(&who, |judge, challenge| {
            let mut digits = judge.digits(challenge);
            digits.iter_mut().skip(place).take(1).for_each(|digit| *digit = if *digit == b'0' { b'1' } else { b'0' });
            packed(judge.length(), &digits)
        });
        refused.or_else(|halt| Err(find_who_is_let_in(judge, halt, Cause::PrefixCompared)?))?;
    }
    Ok(())
}

pub(super) fn challenge_echoed(judge: &mut Judge<'_>) -> Outcome {
    let who = both!("a client that sends the challenge back", "客户端把挑战值原样发回");
    judge.refuses(&who, |judge, challenge| {
        // As many bytes as were announced, so that nobody waits for the rest: with SHA-256, it is half of them.
        let mut echoed = challenge.as_bytes().to_vec();
        echoed.resize(judge.order.scheme.hex_len(), b'0');
        packed(judge.length(), &echoed)
    })
}

pub(super) fn raw_digest(judge: &mut Judge<'_>) -> Outcome {
    let who = both!("a client that sends the digest as raw bytes", "客户端发送的是原始字节形式的摘要");
    let refused = judge.refuses(&who, |judge, challenge| {
        let raw = base16ct::lower::decode_vec(judge.digits(challenge)).unwrap_or_default();
        packed(raw.len() as i32, &raw)
    });
    refused.or_else(|halt| Err(find_who_is_let_in(judge, halt, Cause::AcceptsOtherDigest)?))
}

pub(super) fn no_text(judge: &mut Judge<'_>) -> Outcome {
    let who = both!("a client whose answer is no text: bytes ff", "客户端的答案不是文本：全是字节 ff");
    judge.refuses(&who, |judge, _| packed(judge.length(), &vec![0xff; judge.order.scheme.hex_len()]))
}

pub(super) fn wrong_length(judge: &mut Judge<'_>) -> Outcome {
    for more in [-1, 1] {
        let length = judge.length() + more;
        let refused = judge.refuses(&announces(length), |judge, challenge| {
            // As many bytes as were announced, so that nobody waits for the rest.
            let mut digits = judge.digits(challenge);
            digits.resize(usize::try_from(length).unwrap_or_default(), b'0');
            packed(length, &digits)
        });
        refused.or_else(|halt| Err(find_who_is_let_in(judge, halt, Cause::PrefixCompared)?))?;
    }
    let refused = judge.refuses(&announces(0), |_, _| packed(0, b""));
    refused.or_else(|halt| Err(find_who_is_let_in(judge, halt, Cause::PrefixCompared)?))
}

pub(super) fn announces(length: i32) -> Text {
    both!("a client that announces {length} bytes", "客户端宣告长度为 {length} 字节")
}
