//! Clients that know the secret, and what a server owes them.

use super::challenges::next_after_silent;
use super::proof::{Heard, Next, PATIENCE_OF_SERVERS, SAYING_OK, no_ok, too_late};
use crate::both;
use crate::check::stage::judge::Judge;
use crate::check::stage::wire::{CLOSING, Came, IN_PIECES};
use crate::check::verdict::cause::Cause;
use crate::check::verdict::{Fault, Halt, Outcome, unless_failed};
use std::time::{Duration, Instant};

/// How long a server is listened to that should say nothing more.
const SILENCE: Duration = Duration::from_millis(80);
/// A pause in the middle of an answer that every server must bear.
const PAUSE: Duration = IN_PIECES;
/// How long a challenge may take beside a silent client.
const AT_LENGTH: Duration = Duration::from_secs(3);

pub(super) fn listens(judge: &mut Judge<'_>) -> Outcome {
    judge.set_aside("auth/deadline")?;
    judge.connect().map(drop)
}

pub(super) fn one_piece(judge: &mut Judge<'_>) -> Outcome {
    judge.proves()
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
        let ((mut conn, challenge), began) = (judge.asked()?, Instant::now());
        let before = judge.oks()?;
        let answer = judge.answer(&challenge);
        let [first, second] = cuts;
        let (head, rest) = answer.split_at(first);
        let (middle, tail) = rest.split_at(second - first);
        let seen = conn.send_piece(head)?.and(conn.send_piece(middle)?);
        let is_late = began.elapsed() > PATIENCE_OF_SERVERS;
        // A server that has given up by now has seen enough.
        let sent = conn.send(tail);
        if let Err(halt) = let_in(judge, before).and(sent) {
            drop(conn);
            return Err(if is_late { too_late() } else { find_in_one_piece(judge, halt)? });
        }
        seen.alone()?;
    }
    with_a_pause(judge)
}

/// The length, and the digest a little later: whatever the other pieces show, a time limit can end the wait for it.
fn with_a_pause(judge: &mut Judge<'_>) -> Outcome {
    let ((mut conn, challenge), began) = (judge.asked()?, Instant::now());
    let before = judge.oks()?;
    let answer = judge.answer(&challenge);
    let (length, digits) = answer.split_at(size_of::<i32>());
    conn.send(length)?;
    let (seconds, who) = (PAUSE.as_secs_f64(), conn.who);
    judge.context.story.did(both!("{who} pauses for {seconds} s", "{who} 停顿 {seconds} 秒"));
    judge.context.pause(PAUSE)?;
    // A server that has given up by now says no ok either.
    let sent = conn.send(digits);
    let is_late = began.elapsed() > PATIENCE_OF_SERVERS;
    let Err(halt) = let_in(judge, before).and(sent) else { return Ok(()) };
    drop(conn);
    let finding = both!(
        "the clients before, whose pieces came without such a pause, were accepted",
        "前面的客户端也是分段发送，但没有这样停顿，它们都通过了"
    );
    Err(if is_late { too_late() } else { halt.found(Cause::TimeLimit, finding) })
}

/// An answer in pieces was refused: is one in one piece, after it?
fn find_in_one_piece(judge: &mut Judge<'_>, halt: Halt) -> Outcome<Halt> {
    // What it crashed of is told by its own words.
    if judge.crash()?.is_some() {
        return Ok(halt);
    }
    judge.context.story.looks_for_the_cause();
    Ok(match unless_failed(judge.prove(SAYING_OK))? {
        Some(Heard::Ok) => {
            let finding = both!(
                "the next client, whose answer came in one piece, was accepted",
                "下一个客户端的答案是整块发来的，它通过了"
            );
            halt.found(Cause::MessageNotWhole, finding)
        }
        Some(Heard::Nothing) => {
            let finding = both!(
                "nor was the next client let in, whose answer came in one piece",
                "下一个客户端的答案是整块发来的，也没有通过"
            );
            halt.found(Cause::SharedState, finding)
        }
        None => halt,
    })
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
    let is_late = began.elapsed() > PATIENCE_OF_SERVERS;
    let Err(halt) = let_in(judge, before) else { return Ok(()) };
    drop(conn);
    Err(if is_late { too_late() } else { find_in_one_piece(judge, halt)? })
}

pub(super) fn closes(judge: &mut Judge<'_>) -> Outcome {
    let (mut conn, challenge) = judge.asked()?;
    let before = judge.oks()?;
    conn.send(&judge.answer(&challenge))?;
    let_in(judge, before)?;
    let Err(halt) = conn.expect_end_at_last() else { return Ok(()) };
    judge.host.closes_never = true;
    conn.looks_for_the_cause();
    conn.shut_down_sending();
    let (_, came) = conn.read_to_end(CLOSING / 3)?;
    Err(match came {
        Came::End | Came::Reset => {
            let finding = both!(
                "it closed as soon as the client had shut down sending (FIN)",
                "客户端一关闭发送方向（FIN），它就关闭了连接"
            );
            halt.found(Cause::WaitsForEnd, finding)
        }
        Came::Bytes | Came::Nothing => halt.shows(Cause::NeverCloses),
    })
}

pub(super) fn says_nothing(judge: &mut Judge<'_>) -> Outcome {
    let (mut conn, challenge) = judge.asked()?;
    conn.send(&judge.answer(&challenge))?;
    conn.expect_silence(2 * SILENCE)
        .map_err(|halt| if halt.fault() == Some(Fault::Extra) { halt.shows(Cause::Decorates) } else { halt })
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
    Err(Halt::failed(Fault::Died, sentence).shows(Cause::OneAccept))
}

pub(super) fn silent_client(judge: &mut Judge<'_>) -> Outcome {
    let seconds = AT_LENGTH.as_secs_f64();
    let silent = both!(
        "beside a client that says nothing, another one waited {seconds} s for its challenge in vain",
        "旁边有个不说话的客户端，另一个客户端等挑战值等了 {seconds} 秒，没有等到"
    );
    next_after_silent(judge, AT_LENGTH, silent)
}
