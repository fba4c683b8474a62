//! Clients that must not be let in, each wrong in another way.

use super::proof::{Heard, Next, ONE_MORE, SAYING_OK, no_ok, packed};
use crate::both;
use crate::check::stage::judge::Judge;
use crate::check::stage::wire::Came;
use crate::check::verdict::cause::Cause;
use crate::check::verdict::{Fault, Halt, Outcome, suspect, suspect_of};
use crate::lang::Text;
use byteorder::{BigEndian, ByteOrder};
use rand::RngExt;
use std::time::Duration;

/// How long after its announcement a client may be sent away to be so at once: far less than any time limit.
const AT_ONCE: Duration = Duration::from_millis(1500);

pub(super) fn wrong_secret(judge: &mut Judge<'_>) -> Outcome {
    let who = both!("a client with another secret", "客户端用的是别的密钥");
    let refused = judge.refuses(&who, |judge, challenge| packed(judge.length(), &judge.wrong_digits(challenge)));
    refused.map_err(suspect_of(Fault::Printed, Cause::LetsEverybodyIn))
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
        refused.map_err(suspect_of(Fault::Printed, Cause::PrefixCompared))?;
    }
    Ok(())
}

pub(super) fn old_answer(judge: &mut Judge<'_>) -> Outcome {
    let (conn, challenge) = judge.asked()?;
    let old = judge.answer(&challenge);
    conn.vanish();
    let who = both!("a client with the answer to an earlier challenge", "客户端用的是先前那个挑战值的答案");
    judge.refuses(&who, |_, _| old).map_err(suspect_of(Fault::Printed, Cause::OldAnswerTaken))
}

pub(super) fn one_ok(judge: &mut Judge<'_>) -> Outcome {
    let (mut conn, challenge) = judge.asked()?;
    let before = judge.oks()?;
    let answer = judge.answer(&challenge);
    // The second one may find the connection closed.
    let _ = conn.send(&[answer.clone(), answer].concat());
    if judge.says_ok(before, SAYING_OK)? == Heard::Nothing {
        return Err(no_ok());
    }
    drop(conn);
    let honest = usize::from(judge.next()? == Next::Served);
    judge.says_ok(before + 1 + honest, ONE_MORE)?;
    match judge.oks()? - before - honest {
        1 => Ok(()),
        count => {
            let sentence = both!(
                "one client gave its answer twice, and ok was printed {count} times",
                "一个客户端把答案发了两遍，ok 就打印了 {count} 次"
            );
            Err(Halt::failed(Fault::Printed, sentence))
        }
    }
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
    refused.map_err(suspect(Cause::DiesOfBytes))
}

pub(super) fn no_text(judge: &mut Judge<'_>) -> Outcome {
    let who = both!("a client whose answer is no text: bytes ff", "客户端的答案不是文本：全是字节 ff");
    let refused = judge.refuses(&who, |judge, _| packed(judge.length(), &vec![0xff; judge.order.scheme.hex_len()]));
    refused.map_err(suspect(Cause::DiesOfBytes))
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
        refused.map_err(suspect_of(Fault::Printed, Cause::PrefixCompared))?;
    }
    judge.refuses(&announces(0), |_, _| packed(0, b""))
}

fn announces(length: i32) -> Text {
    both!("a client that announces {length} bytes", "客户端宣告长度为 {length} 字节")
}

/// Announces `length` bytes and sends none: the server must not wait for them.
fn announced(judge: &mut Judge<'_>, length: i32, cause: Cause) -> Outcome {
    judge.context.story.did(announces(length));
    let (mut conn, _) = judge.asked()?;
    conn.send(&packed(length, b""))?;
    let (_, came) = conn.read_to_end(AT_ONCE)?;
    if came == Came::Nothing {
        let seconds = AT_ONCE.as_secs_f64();
        let sentence = both!(
            "a client announced {length} bytes, and {seconds} s later the server still waits for them",
            "客户端宣告长度为 {length}，{seconds} 秒后服务器仍在等这些字节"
        );
        return Err(Halt::failed(Fault::StaysOpen, sentence).suspect(cause));
    }
    drop(conn);
    judge.next().map(drop).map_err(suspect(cause))
}

pub(super) fn length_bomb(judge: &mut Judge<'_>) -> Outcome {
    for length in [i32::MAX, 1 << 30, 1 << 20] {
        announced(judge, length, Cause::LengthTrusted)?;
    }
    Ok(())
}

pub(super) fn negative_length(judge: &mut Judge<'_>) -> Outcome {
    for length in [-1, i32::MIN] {
        announced(judge, length, Cause::LengthTrusted)?;
    }
    Ok(())
}

pub(super) fn big_endian_length(judge: &mut Judge<'_>) -> Outcome {
    let mut length = [0; 4];
    BigEndian::write_i32(&mut length, judge.length());
    let as_read = i32::from_le_bytes(length);
    announced(judge, as_read, Cause::LengthTrusted)?;
    let who = both!("a client with its length in network byte order", "客户端的长度用了网络字节序");
    judge.refuses(&who, |judge, challenge| packed(as_read, &judge.digits(challenge)))
}
