//! Challenges in all forms, and the one right answer.

use super::exchange::{answer_to, challenge, challenge_with, right_answer};
use super::instead::{cause_of, cause_of_changed, cause_of_length, find_what_it_hashes};
use crate::both;
use crate::check::stage::ending::ENDING;
use crate::check::stage::judge::Judge;
use crate::check::stage::wire::{Came, Conn, IN_PIECES, REPLY, Seen};
use crate::check::targets::secrecy;
use crate::check::verdict::cause::Cause;
use crate::check::verdict::{Difference, Failure, Fault, Halt, Outcome, unless_failed};
use crate::crypto::Challenge;
use crate::protocol::LENGTH_BYTES;
use rand::RngExt;
use std::time::{Duration, Instant};

/// After this a client that says more than its answer would have said it.
const SILENCE: Duration = Duration::from_millis(150);
/// How many bytes come behind a challenge that are none of it.
const SURPLUS: usize = 8;
/// How late a challenge may come that an honest server sends.
const LATE: Duration = Duration::from_millis(600);

pub(super) fn connects(judge: &mut Judge<'_>) -> Outcome {
    judge.accept().map(drop)
}

pub(super) fn length(judge: &mut Judge<'_>) -> Outcome {
    // A digest whose first bit is set, which a signed number takes for its sign.
    let challenge = challenge_with(judge, |digits| matches!(digits, [b'8'..=b'9' | b'a'..=b'f', ..]));
    let (conn, answer) = answer_to(judge, &challenge)?;
    let right = right_answer(judge, &challenge);
    let (expected, _) = right.split_at(LENGTH_BYTES);
    if answer.starts_with(expected) {
        return Ok(());
    }
    let shown = judge.context.story.without_secret(&answer);
    let got = shown.get(..LENGTH_BYTES).unwrap_or(&shown);
    let length = judge.order.scheme.hex_len();
    let sentence = both!(
        "the answer must begin with the length {length} as 4 bytes, little end first",
        "答案必须以长度 {length} 开头：4 个字节，低位在前"
    );
    let fault = if answer.is_empty() { too_little(&conn) } else { Fault::WrongBytes };
    let is_told = judge.secret().stands_in(&answer);
    let cause = if is_told { Some(Cause::SecretTold) } else { cause_of_length(&right, &answer) };
    let difference = Difference::between(expected, got);
    let failure = Failure::new(fault, sentence).with(difference, cause);
    Err(find_what_it_hashes(judge, Halt::Failed(Box::new(failure)))?)
}

fn too_little(conn: &Conn) -> Fault {
    if conn.has_ended() { Fault::Ended } else { Fault::Silent }
}

pub(super) fn digest(judge: &mut Judge<'_>) -> Outcome {
    // A program that writes a number in hex loses a zero in front.
    let challenge = challenge_with(judge, |digits| digits.starts_with(b"0"));
    let (conn, answer) = answer_to(judge, &challenge)?;
    let Err(halt) = is_right(judge, &conn, &challenge, &answer) else { return Ok(()) };
    Err(find_what_it_hashes(judge, halt)?.suspect(Cause::OtherSecret))
}

/// That this is the right answer, or else what it is an answer to.
fn is_right(judge: &Judge<'_>, conn: &Conn, challenge: &Challenge, answer: &[u8]) -> Outcome {
    let right = right_answer(judge, challenge);
    let Some(difference) = Difference::between(&right, &judge.context.story.without_secret(answer)) else {
        return Ok(());
    };
    let (len, all) = (answer.len(), right.len());
    let sentence = if len < all {
        both!("{len} of the answer's {all} bytes came", "答案共 {all} 字节，只来了 {len} 字节")
    } else {
        both!("the digest is not the one that secret and challenge give", "摘要不对：不是由密钥和挑战值得出的那一个")
    };
    let fault = if len < all { too_little(conn) } else { Fault::WrongBytes };
    let cause = cause_of(judge, challenge, &right, answer);
    Err(Halt::Failed(Box::new(Failure::new(fault, sentence).with(Some(difference), cause))))
}

pub(super) fn nothing_more(judge: &mut Judge<'_>) -> Outcome {
    let challenge = challenge(judge);
    let (mut conn, answer) = answer_to(judge, &challenge)?;
    is_right(judge, &conn, &challenge, &answer)?;
    conn.expect_silence(SILENCE)
        .map_err(|halt| if halt.fault() == Some(Fault::Extra) { halt.shows(Cause::Decorates) } else { halt })
}

/// The challenge in pieces, each of which the client has read before the next one comes.
fn in_pieces(judge: &mut Judge<'_>, sizes: &[usize]) -> Outcome {
    let challenge = challenge(judge);
    let mut conn = judge.accept()?;
    let (mut rest, mut seen) = (challenge.as_bytes().as_slice(), Seen::Alone);
    let began = Instant::now();
    for size in sizes {
        // On a slow machine the rest comes at once: a client may have a time limit for the whole.
        if began.elapsed() > IN_PIECES {
            break;
        }
        let (piece, others) = rest.split_at_checked(*size).unwrap_or((rest, &[]));
        rest = others;
        seen = seen.and(conn.send_piece(piece)?);
        if conn.receive_ready()? != Came::Nothing || conn.has_pending() {
            return Err(too_early(Challenge::LEN - rest.len()));
        }
    }
    conn.send(rest)?;
    let answer = conn.read_at_most(LENGTH_BYTES + judge.order.scheme.hex_len(), REPLY)?;
    is_right(judge, &conn, &challenge, &answer).map_err(|halt| halt.map(Failure::unname))?;
    seen.alone()
}

/// The client did something before the challenge was whole.
fn too_early(sent: usize) -> Halt {
    let all = Challenge::LEN;
    let sentence = both!(
        "{sent} of the challenge's {all} bytes were sent, and the client has answered already, or left",
        "挑战值共 {all} 字节，刚发了 {sent} 字节，客户端就已经作答或离开了"
    );
    Halt::failed(Fault::Extra, sentence)
}

pub(super) fn split_challenge(judge: &mut Judge<'_>) -> Outcome {
    for sizes in [[16, 15], [1, 15], [31, 0]] {
        in_pieces(judge, &sizes).or_else(|halt| Err(find_in_one_piece(judge, halt)?))?;
        judge.next_process();
    }
    Ok(())
}

pub(super) fn byte_by_byte(judge: &mut Judge<'_>) -> Outcome {
    in_pieces(judge, &[1; 31]).or_else(|halt| Err(find_in_one_piece(judge, halt)?))
}

/// A challenge in pieces was not answered rightly: is one in one piece?
fn find_in_one_piece(judge: &mut Judge<'_>, halt: Halt) -> Outcome<Halt> {
    if halt.fault().is_none() {
        return Ok(halt);
    }
    judge.context.story.looks_for_the_cause();
    judge.next_process();
    let challenge = challenge(judge);
    let Some((_, answer)) = unless_failed(answer_to(judge, &challenge))? else { return Ok(halt) };
    if answer != right_answer(judge, &challenge) {
        return Ok(halt);
    }
    let finding = both!("a challenge in one piece was answered correctly", "整块发送的挑战值得到了正确的回答");
    Ok(halt.found(Cause::ChallengeNotWhole, finding))
}

/// More bytes come behind the challenge, in the same piece.
pub(super) fn only_32_bytes(judge: &mut Judge<'_>) -> Outcome {
    let (challenge, more) = (challenge(judge), challenge(judge));
    let mut sent = challenge.as_bytes().to_vec();
    sent.extend(more.as_bytes().iter().take(SURPLUS));
    let mut conn = judge.accept()?;
    conn.send(&sent)?;
    let answer = conn.read_at_most(LENGTH_BYTES + judge.order.scheme.hex_len(), REPLY)?;
    // Nothing says that a client must go on with a server that breaks the protocol. One that leaves with bytes unread resets the
    // connection, and what the system had not sent yet of its answer is lost.
    let right = right_answer(judge, &challenge);
    let is_begun = answer.len() < right.len() && right.starts_with(&answer);
    let breaks_off = is_begun && conn.has_ended() && !judge.has_crashed();
    if breaks_off {
        return Ok(());
    }
    is_right(judge, &conn, &challenge, &answer).map_err(|halt| {
        let of_all = judge.order.scheme.digits_of(judge.secret(), &sent);
        halt.map(|failure| {
            failure.unname();
            if answer.ends_with(of_all.as_bytes()) {
                failure.name(Cause::HashesTooMuch);
            }
        })
    })
}

/// Bytes that end a text in C, that are no text, and that an editor would change.
pub(super) fn any_bytes(judge: &mut Judge<'_>) -> Outcome {
    let mut mixed: [u8; Challenge::LEN] = judge.rng.random();
    for (byte, special) in mixed.iter_mut().zip([0, b'\n', b'\r', 0xff, b' ', 0x1a, 0, b'%']) {
        *byte = special;
    }
    // What reads lines takes this one away.
    mixed.iter_mut().rev().take(1).for_each(|byte| *byte = b'\n');
    let mut ends_in_zero: [u8; Challenge::LEN] = judge.rng.random();
    ends_in_zero.iter_mut().rev().take(3).for_each(|byte| *byte = 0);
    let mut begins_with_space: [u8; Challenge::LEN] = judge.rng.random();
    begins_with_space.iter_mut().take(2).for_each(|byte| *byte = b' ');
    for bytes in [mixed, ends_in_zero, begins_with_space] {
        let challenge = Challenge::new(bytes);
        let (conn, answer) = answer_to(judge, &challenge)?;
        is_right(judge, &conn, &challenge, &answer).map_err(|halt| {
            halt.map(|failure| {
                failure.unname();
                if let Some(cause) = cause_of_changed(judge, &bytes, &answer) {
                    failure.name(cause);
                }
            })
        })?;
        judge.next_process();
    }
    Ok(())
}

pub(super) fn late_challenge(judge: &mut Judge<'_>) -> Outcome {
    let challenge = challenge(judge);
    let mut conn = judge.accept()?;
    conn.expect_silence(LATE)?;
    conn.send(challenge.as_bytes())?;
    let answer = conn.read_at_most(LENGTH_BYTES + judge.order.scheme.hex_len(), REPLY)?;
    is_right(judge, &conn, &challenge, &answer)
}

pub(super) fn one_answer(judge: &mut Judge<'_>) -> Outcome {
    let first = challenge(judge);
    let (mut conn, answer) = answer_to(judge, &first)?;
    is_right(judge, &conn, &first, &answer)?;
    let second = challenge(judge);
    // The client may have left by now, and that is fine.
    if conn.send(second.as_bytes()).is_err() {
        return Ok(());
    }
    let right = right_answer(judge, &second);
    let (mut more, _) = conn.read_some(1, 2 * SILENCE)?;
    if more.is_empty() {
        return Ok(());
    }
    more.extend(conn.read_some(right.len() - more.len().min(right.len()), SILENCE)?.0);
    let len = more.len();
    let sentence = both!(
        "a second challenge on the same connection was answered too, with {len} bytes",
        "同一连接上的第二个挑战值也得到了回答（{len} 字节）"
    );
    let halt = Halt::failed(Fault::Extra, sentence);
    Err(if more.starts_with(&right) { halt.shows(Cause::AnswersAgain) } else { halt })
}

pub(super) fn keeps_the_secret(judge: &mut Judge<'_>) -> Outcome {
    let challenge = challenge(judge);
    let (mut conn, _) = answer_to(judge, &challenge)?;
    conn.read_to_end(SILENCE)?;
    conn.shut_down_sending();
    // A client that waits may still say something.
    conn.read_to_end(ENDING)?;
    drop(conn);
    // Its last words belong to what it prints, and one that does not end may still say them.
    judge.wait_for_end(ENDING)?;
    secrecy::kept(judge)
}
