//! Clients that know the secret, and what a server owes them.

use super::proof::{Heard, Next, OK, SAYING_OK, no_challenge, no_ok};
use super::wants::find_what_it_wants;
use crate::both;
use crate::check::stage::judge::{ENDING, Judge};
use crate::check::stage::wire::{IN_PIECES, REPLY};
use crate::check::verdict::cause::Cause;
use crate::check::verdict::crash_output::is_a_slip;
use crate::check::verdict::{Fault, Halt, Outcome, suspect, unless_failed};
use crate::crypto::Challenge;
use std::time::{Duration, Instant};

/// How long a server is listened to that should say nothing more.
const SILENCE: Duration = Duration::from_millis(80);
/// How long a challenge may take beside a silent client.
const AT_LENGTH: Duration = Duration::from_secs(3);
/// A client that was silent for no longer than this may still answer.
const BREAKING_SILENCE: Duration = Duration::from_secs(1);
/// How long after the proof `ok` may be printed to be at once.
const AT_ONCE: Duration = Duration::from_secs(1);

pub(super) fn listens(judge: &mut Judge<'_>) -> Outcome {
    judge.set_aside("auth/deadline")?;
    judge.connect().map(drop)
}

pub(super) fn challenge(judge: &mut Judge<'_>) -> Outcome {
    let (mut a, mut bytes) = judge.visit(REPLY)?;
    bytes.extend(a.read_some(1, SILENCE)?.0);
    let len = bytes.len();
    if len == Challenge::LEN {
        return Ok(());
    }
    if bytes.is_empty() {
        return Err(Halt::failed(Fault::Silent, no_challenge(len)));
    }
    let is_hex = len >= 2 * Challenge::LEN && bytes.iter().take(2 * Challenge::LEN).all(u8::is_ascii_hexdigit);
    let cause = if is_hex { Cause::ChallengeAsHex } else { Cause::ChallengeLength };
    Err(Halt::failed(Fault::WrongBytes, no_challenge(len)).suspect(cause))
}

/// The line may be there, and held back in a buffer: a program fills it before it hands anything to a pipe.
pub(super) fn ok(judge: &mut Judge<'_>) -> Outcome {
    let (mut conn, heard) = judge.prove_openly(SAYING_OK)?;
    if heard == Heard::Ok {
        return Ok(());
    }
    let said_to_client = conn.read_some(1, SILENCE)?.0;
    let crash = judge.crash()?;
    if has_word(&judge.printed()?.results()) || has_word(&said_to_client) {
        return Err(no_ok().suspect(Cause::OkOtherwise));
    }
    drop(conn);
    // What a crash does away with is no output that is held back.
    if crash.is_none() && is_held_back(judge)? {
        judge.host.on_terminal = true;
        judge.host.end();
        return Ok(());
    }
    let cause = match crash {
        // The message came in one piece: it is the number that is read with another size.
        Some(Cause::MessageNotWhole) => Cause::LengthWidth,
        Some(cause) => cause,
        None => Cause::NeverOk,
    };
    // A server may crash of an answer that it takes for a wrong one.
    let may_want_another = crash.is_none() || !is_a_slip(&judge.program()?.printed.complaints());
    let halt = if may_want_another { find_what_it_wants(judge, no_ok())? } else { no_ok() };
    Err(halt.suspect(cause))
}

/// Whether the word is there, and not as a line of its own on stdout.
fn has_word(said: &[u8]) -> bool {
    let text = String::from_utf8_lossy(said).to_lowercase();
    text.split(|letter: char| !letter.is_alphanumeric()).any(|word| word == OK)
}

/// Whether `ok` comes when the program ends, or when it writes to a terminal instead of a pipe.
fn is_held_back(judge: &mut Judge<'_>) -> Outcome<bool> {
    if judge.program()?.ended().is_none() {
        judge.interrupt(ENDING)?;
        if judge.oks()? > 0 {
            return Ok(true);
        }
    }
    if !cfg!(unix) || judge.host.on_terminal {
        return Ok(false);
    }
    judge.context.story.did(both!("once more, with a terminal for its stdout", "再来一次，这回让它的标准输出接到终端"));
    judge.host.end();
    judge.host.on_terminal = true;
    let said = judge.prove(SAYING_OK);
    judge.host.on_terminal = false;
    judge.host.end();
    Ok(said? == Heard::Ok)
}

pub(super) fn ok_at_once(judge: &mut Judge<'_>) -> Outcome {
    if judge.host.on_terminal {
        judge.host.end();
    }
    let (was_on_terminal, patience) = (std::mem::take(&mut judge.host.on_terminal), AT_ONCE);
    let said = judge.prove(patience);
    judge.host.on_terminal = was_on_terminal;
    if said? == Heard::Ok {
        return Ok(());
    }
    let seconds = patience.as_secs_f64();
    let sentence = both!(
        "ok was not there {seconds} s after the proof: it came only later, or only on a terminal",
        "通过验证 {seconds} 秒后还看不到 ok：它更晚才出现，或只在终端上出现"
    );
    Err(Halt::failed(Fault::NotPrinted, sentence).suspect(Cause::StdoutNotFlushed))
}

pub(super) fn fresh_challenge(judge: &mut Judge<'_>) -> Outcome {
    let mut seen: Vec<Challenge> = Vec::new();
    for _ in 0..2 {
        for _ in 0..2 {
            let (conn, challenge) = judge.asked()?;
            conn.vanish();
            if seen.contains(&challenge) || challenge.is_constant() {
                let sentence = both!(
                    "the same challenge came twice: an old answer opens the door again",
                    "同一个挑战值出现了两次：旧的答案又能通过验证"
                );
                return Err(Halt::failed(Fault::WrongBytes, sentence).suspect(Cause::ChallengeRepeats));
            }
            seen.push(challenge);
        }
        // What is new in each run must be new for each client, and the other way round.
        judge.host.end();
    }
    // By chance that is so once in 10^54 times.
    if seen.iter().all(|challenge| challenge.as_bytes().iter().all(|byte| matches!(byte, b' '..=b'~'))) {
        let sentence = both!(
            "the challenges are no random bytes: all characters of all of them can be printed",
            "挑战值不是随机字节：每个挑战值的每个字符都是可打印字符"
        );
        return Err(Halt::failed(Fault::WrongBytes, sentence).suspect(Cause::ChallengeIsText));
    }
    Ok(())
}

pub(super) fn one_piece(judge: &mut Judge<'_>) -> Outcome {
    let (mut conn, challenge) = judge.asked()?;
    let before = judge.oks()?;
    conn.send(&judge.answer(&challenge))?;
    let_in(judge, before)
}

fn let_in(judge: &Judge<'_>, before: usize) -> Outcome {
    match judge.says_ok(before, SAYING_OK)? {
        Heard::Ok => Ok(()),
        Heard::Nothing => Err(no_ok()),
    }
}

/// Length and digest, each cut in two.
pub(super) fn split_answer(judge: &mut Judge<'_>) -> Outcome {
    for cuts in [[2, 20], [4, 20], [3, 35]] {
        let (mut conn, challenge) = judge.asked()?;
        let before = judge.oks()?;
        let answer = judge.answer(&challenge);
        let [first, second] = cuts;
        let (head, rest) = answer.split_at(first);
        let (middle, tail) = rest.split_at(second - first);
        let seen = conn.send_piece(head)?.and(conn.send_piece(middle)?);
        // A server that has given up by now has seen enough.
        let sent = conn.send(tail);
        if let Err(halt) = let_in(judge, before).and(sent) {
            drop(conn);
            return Err(find_in_one_piece(judge, halt)?.suspect(Cause::MessageNotWhole));
        }
        seen.alone()?;
    }
    Ok(())
}

/// An answer in pieces was refused: is one in one piece, after it?
fn find_in_one_piece(judge: &mut Judge<'_>, halt: Halt) -> Outcome<Halt> {
    if judge.crash()?.is_some() || judge.program()?.ended().is_some() {
        return Ok(halt);
    }
    judge.context.story.looks_for_the_cause();
    if unless_failed(judge.prove(SAYING_OK))? != Some(Heard::Nothing) {
        return Ok(halt);
    }
    let finding = both!(
        "nor was the next client let in, whose answer came in one piece",
        "下一个客户端的答案是整块发来的，也没有通过"
    );
    Ok(halt.found(Cause::SharedState, finding))
}

pub(super) fn byte_by_byte(judge: &mut Judge<'_>) -> Outcome {
    let (mut conn, challenge) = judge.asked()?;
    let before = judge.oks()?;
    let (answer, began) = (judge.answer(&challenge), Instant::now());
    for (place, byte) in answer.chunks(1).enumerate() {
        // On a slow machine the rest comes at once: a server may have a time limit for the whole.
        let is_late = began.elapsed() > IN_PIECES;
        let piece = if is_late { answer.get(place..).unwrap_or_default() } else { byte };
        if conn.send_piece(piece).is_err() || is_late {
            break;
        }
    }
    let_in(judge, before).map_err(suspect(Cause::MessageNotWhole))
}

pub(super) fn closes(judge: &mut Judge<'_>) -> Outcome {
    let (mut conn, challenge) = judge.asked()?;
    let before = judge.oks()?;
    conn.send(&judge.answer(&challenge))?;
    let_in(judge, before)?;
    let outcome = conn.expect_end_at_last().map_err(suspect(Cause::NeverCloses));
    judge.host.closes_never = outcome.is_err();
    outcome
}

pub(super) fn says_nothing(judge: &mut Judge<'_>) -> Outcome {
    let (mut conn, challenge) = judge.asked()?;
    conn.send(&judge.answer(&challenge))?;
    conn.expect_silence(2 * SILENCE).map_err(suspect(Cause::Decorates))
}

pub(super) fn next_client(judge: &mut Judge<'_>) -> Outcome {
    judge.proves()?;
    if judge.next()? == Next::Served {
        judge.host.serves_next = Some(true);
        return Ok(());
    }
    let sentence = both!(
        "the program ended after its first client: the next one is refused",
        "程序服务完第一个客户端就结束了：下一个连不上"
    );
    Err(Halt::failed(Fault::Died, sentence).suspect(Cause::OneAccept))
}

pub(super) fn silent_client(judge: &mut Judge<'_>) -> Outcome {
    let (mut silent, its_challenge) = judge.asked()?;
    let began = Instant::now();
    // Less than the patience that a server may have with the silent one.
    let (mut conn, bytes) = judge.visit(AT_LENGTH)?;
    let Ok(challenge) = <[u8; Challenge::LEN]>::try_from(bytes) else {
        let seconds = AT_LENGTH.as_secs_f64();
        let sentence = both!(
            "beside a client that says nothing, another one waited {seconds} s for its challenge in vain",
            "旁边有个不说话的客户端，另一个客户端等挑战值等了 {seconds} 秒，没有等到"
        );
        return Err(Halt::failed(Fault::Silent, sentence).suspect(Cause::SilentClientBlocks));
    };
    let before = judge.oks()?;
    conn.send(&judge.answer(&Challenge::new(challenge)))?;
    let_in(judge, before).map_err(suspect(Cause::SilentClientBlocks))?;
    // A server may have lost its patience by now.
    if began.elapsed() > BREAKING_SILENCE {
        return Ok(());
    }
    judge
        .context
        .story
        .did(both!("the silent client answers its own challenge now", "沉默的客户端现在回答它自己的挑战值"));
    let before = judge.oks()?;
    silent.send(&judge.answer(&its_challenge))?;
    let_in(judge, before).map_err(suspect(Cause::SharedState))
}
