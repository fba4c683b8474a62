//! The challenges: new for each client, random, and each client's own.

use super::proof::{Heard, PATIENCE_OF_SERVERS, SAYING_OK, challenge_in, no_challenge, no_ok, too_late};
use super::randomness::{IN_A_ROW, Pattern, pattern};
use crate::both;
use crate::check::stage::judge::Judge;
use crate::check::stage::wire::{Conn, REPLY};
use crate::check::verdict::cause::Cause;
use crate::check::verdict::{Fault, Halt, Outcome, unless_failed};
use crate::crypto::Challenge;
use crate::lang::Text;
use std::time::{Duration, Instant};

/// How long a server is listened to that should say nothing more.
const SILENCE: Duration = Duration::from_millis(80);
/// How long a challenge may take beside another client, before a server is taken for one that serves them one after another.
const BESIDE: Duration = Duration::from_millis(500);
/// How many challenges are looked at, at least, where each does not take a process of its own.
const SAMPLE: usize = 24;

pub(super) fn challenge(judge: &mut Judge<'_>) -> Outcome {
    let (mut conn, mut bytes) = judge.visit(REPLY)?;
    bytes.extend(conn.read_some(1, SILENCE)?.0);
    let len = bytes.len();
    if len == Challenge::LEN {
        return Ok(());
    }
    if bytes.is_empty() {
        return Err(Halt::failed(Fault::Silent, no_challenge(len)));
    }
    Err(Halt::failed(Fault::WrongBytes, no_challenge(len)).shows(cause_of_form(&bytes)))
}

/// What the bytes are that came instead of the 32.
fn cause_of_form(bytes: &[u8]) -> Cause {
    let hex_len = 2 * Challenge::LEN;
    let is_hex = bytes.len() >= hex_len && bytes.iter().take(hex_len).all(u8::is_ascii_hexdigit);
    let rest = bytes.len().saturating_sub(Challenge::LEN);
    let is_length = |head: &[u8]| {
        let number = head.iter().filter(|byte| **byte != 0).copied().collect::<Vec<_>>();
        head.len() >= 2 && number == [Challenge::LEN as u8]
    };
    match bytes {
        _ if is_hex => Cause::ChallengeAsHex,
        [b'{' | b'[', ..] => Cause::OtherFraming,
        _ if bytes.get(..rest).is_some_and(is_length) => Cause::OtherFraming,
        _ => Cause::ChallengeLength,
    }
}

pub(super) fn fresh_challenge(judge: &mut Judge<'_>) -> Outcome {
    // Three processes within a second or two: a generator that is seeded with the time begins anew in one of them.
    for clients in [2, 1, 1] {
        for _ in 0..clients {
            judge.asked()?.0.close();
            if judge.has_repeated() {
                let sentence = both!(
                    "the same challenge came twice: an old answer opens the door again",
                    "同一个挑战值出现了两次：旧的答案又能通过验证"
                );
                return Err(Halt::failed(Fault::WrongBytes, sentence).shows(Cause::ChallengeRepeats));
            }
        }
        // What is new in each run must be new for each client, and the other way round.
        judge.host.end();
    }
    Ok(())
}

/// All challenges of the run so far, and some more, one after another.
pub(super) fn randomness(judge: &mut Judge<'_>) -> Outcome {
    // Whether it says ok is another question.
    let goes_on = unless_failed(judge.goes_on())? == Some(true);
    let before = judge.host.challenges.len();
    // Those of one process show a counter; otherwise those of earlier checks serve as well.
    let is_enough = |all: usize| if goes_on { all >= before + IN_A_ROW && all >= SAMPLE } else { all >= IN_A_ROW };
    while !is_enough(judge.host.challenges.len()) {
        judge.asked()?.0.close();
    }
    let all = &judge.host.challenges;
    let Some(pattern) = pattern(all, all.get(before..).unwrap_or_default()) else { return Ok(()) };
    let cause = match pattern {
        Pattern::Repeated => Cause::ChallengeRepeats,
        Pattern::Printable => Cause::ChallengeIsText,
        _ => Cause::ChallengePredictable,
    };
    Err(Halt::failed(Fault::WrongBytes, pattern.sentence(all.len())).shows(cause))
}

/// Three clients that are connected at the same time.
pub(super) fn two_at_once(judge: &mut Judge<'_>) -> Outcome {
    let (first, challenge) = judge.asked()?;
    let (second, other) = judge.beside()?;
    let (third, another) = judge.beside()?;
    let all = [Some(challenge), other, another];
    let is_same = |one: &Challenge| all.iter().flatten().filter(|other| *other == one).count() > 1;
    let are_same = all.iter().flatten().any(is_same);
    [first, second, third].into_iter().for_each(Conn::close);
    if are_same {
        let sentence = both!(
            "two clients that are connected at the same time got the same challenge",
            "同时连接的两个客户端得到了相同的挑战值"
        );
        return Err(Halt::failed(Fault::WrongBytes, sentence).shows(Cause::ChallengeRepeats));
    }
    Ok(())
}

/// Two clients are connected; each of them answers its own challenge.
pub(super) fn own_challenge(judge: &mut Judge<'_>) -> Outcome {
    let ((first, challenge), began) = (judge.asked()?, Instant::now());
    let (mut second, other) = judge.beside()?;
    if !is_accepted(judge, first, &challenge, began)? {
        drop(second);
        return Err(find_shared(judge, refused_beside())?);
    }
    let other = match other {
        Some(other) => other,
        // A server that serves one client after another has its time for this one now.
        None => judge.challenge_of(&mut second, REPLY)?.ok_or_else(|| Halt::failed(Fault::Silent, no_challenge(0)))?,
    };
    if is_accepted(judge, second, &other, began)? { Ok(()) } else { Err(find_shared(judge, refused_beside())?) }
}

/// Whether a client is accepted that has waited since `began`; a server may have had enough of it by then.
fn is_accepted(judge: &mut Judge<'_>, mut conn: Conn, challenge: &Challenge, began: Instant) -> Outcome<bool> {
    let is_late = began.elapsed() > PATIENCE_OF_SERVERS;
    match judge.accepts(&mut conn, challenge)? {
        Heard::Ok => Ok(true),
        Heard::Nothing if is_late => Err(too_late()),
        Heard::Nothing => Ok(false),
    }
}

fn refused_beside() -> Halt {
    let sentence = both!(
        "two clients were connected, and one of them was refused, although it gave the right answer to its own challenge",
        "有两个客户端连接着，其中一个对自己的挑战值给出了正确答案，却没有通过"
    );
    Halt::failed(Fault::NotPrinted, sentence)
}

/// A client was refused beside another one: is it the other one's challenge that its answer is compared with?
fn find_shared(judge: &mut Judge<'_>, halt: Halt) -> Outcome<Halt> {
    judge.context.story.looks_for_the_cause();
    judge.host.end();
    let Some((mut first, _)) = unless_failed(judge.asked())? else { return Ok(halt) };
    let Some((second, Some(other))) = unless_failed(judge.beside())? else { return Ok(halt) };
    let accepted = unless_failed(judge.accepts(&mut first, &other))?;
    drop((first, second));
    if accepted == Some(Heard::Ok) {
        let finding = both!(
            "the first client was accepted with the answer to the second client's challenge",
            "第一个客户端发送第二个客户端那个挑战值的答案，反而通过了"
        );
        return Ok(halt.found(Cause::SharedState, finding));
    }
    judge.host.end();
    if unless_failed(judge.prove(SAYING_OK))? != Some(Heard::Ok) {
        return Ok(halt);
    }
    let finding = both!("alone, such a client is accepted", "单独连接时，这样的客户端能通过");
    Ok(halt.found(Cause::SharedState, finding))
}

pub(super) fn next_after_silent(judge: &mut Judge<'_>, patience: Duration, silent: Text) -> Outcome {
    let (quiet, _) = judge.asked()?;
    // Less than the patience that a server may have with the silent one.
    let (mut conn, challenge) = judge.beside_for(patience)?;
    let Some(challenge) = challenge else {
        let halt = Halt::failed(Fault::Silent, silent);
        drop(quiet);
        let served = unless_failed(judge.challenge_of(&mut conn, REPLY))?.flatten();
        let finding = both!(
            "as soon as the silent client had left, the other one got its challenge",
            "沉默的客户端一断开，另一个就收到了挑战值"
        );
        return Err(if served.is_some() { halt.found(Cause::SilentClientBlocks, finding) } else { halt });
    };
    match judge.accepts(&mut conn, &challenge)? {
        Heard::Ok => Ok(()),
        Heard::Nothing => Err(no_ok()),
    }
}

impl Judge<'_> {
    /// Another client beside those that are connected, and its challenge; `None` if that does not come meanwhile, because the
    /// server serves one client after another.
    fn beside(&mut self) -> Outcome<(Conn, Option<Challenge>)> {
        self.beside_for(BESIDE)
    }

    fn beside_for(&mut self, patience: Duration) -> Outcome<(Conn, Option<Challenge>)> {
        let mut conn = self.connect()?;
        let challenge = self.challenge_of(&mut conn, patience)?;
        Ok((conn, challenge))
    }

    /// The challenge that comes over this connection.
    fn challenge_of(&mut self, conn: &mut Conn, patience: Duration) -> Outcome<Option<Challenge>> {
        let (bytes, _) = conn.read_some(Challenge::LEN, patience)?;
        let challenge = challenge_in(&bytes);
        self.host.challenges.extend(challenge);
        Ok(challenge)
    }

    /// Whether the client of this connection is accepted with the answer to this challenge.
    fn accepts(&mut self, conn: &mut Conn, challenge: &Challenge) -> Outcome<Heard> {
        let before = self.oks()?;
        // A server that has closed the connection already has not accepted it.
        if unless_failed(conn.send(&self.answer(challenge)))?.is_none() {
            return Ok(Heard::Nothing);
        }
        self.says_ok(before, SAYING_OK)
    }
}
