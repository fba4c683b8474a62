//! Answers that were right once: for another challenge, or for the second time.

use super::proof::{Heard, Next, ONE_MORE, SAYING_OK, no_ok, packed};
use super::refused::find_who_is_let_in;
use crate::both;
use crate::check::stage::judge::Judge;
use crate::check::verdict::cause::Cause;
use crate::check::verdict::{Fault, Halt, Outcome};

pub(super) fn old_answer(judge: &mut Judge<'_>) -> Outcome {
    let (conn, challenge) = judge.asked()?;
    let old = judge.answer(&challenge);
    conn.close();
    let who = both!("a client with the answer to an earlier challenge", "客户端用的是先前那个挑战值的答案");
    let refused = judge.refuses(&who, |_, _| old);
    refused.or_else(|halt| Err(find_replay(judge, halt, Cause::OldAnswerTaken)?))
}

/// The answer that is sent again was accepted before; and nobody else is accepted because of that.
pub(super) fn accepted_replay(judge: &mut Judge<'_>) -> Outcome {
    let (mut conn, challenge) = judge.asked()?;
    let (before, answer) = (judge.oks()?, judge.answer(&challenge));
    conn.send(&answer)?;
    if judge.says_ok(before, SAYING_OK)? == Heard::Nothing {
        return Err(no_ok());
    }
    conn.read_to_end(judge.closing())?;
    drop(conn);
    let who = both!(
        "a client with another secret, after one that was accepted",
        "在一个已通过的客户端之后，用别的密钥的客户端"
    );
    let refused = judge.refuses(&who, |judge, challenge| packed(judge.length(), &judge.wrong_digits(challenge)));
    refused.or_else(|halt| Err(find_who_is_let_in(judge, halt, Cause::SharedState)?))?;
    let who = both!("a client with an answer that was accepted before", "客户端用的是先前已通过的答案");
    let refused = judge.refuses(&who, |_, _| answer);
    refused.or_else(|halt| Err(find_replay(judge, halt, Cause::OldAnswerTaken)?))
}

/// The answer to another challenge was accepted, unless it was the same challenge.
fn find_replay(judge: &mut Judge<'_>, halt: Halt, cause: Cause) -> Outcome<Halt> {
    if halt.fault() == Some(Fault::Printed) && judge.has_repeated() {
        return Ok(halt.shows(Cause::ChallengeRepeats));
    }
    find_who_is_let_in(judge, halt, cause)
}

/// An answer that is wrong uses the challenge up, like one that is right.
fn second_try(judge: &mut Judge<'_>) -> Outcome {
    let who = both!(
        "a client whose first answer was wrong, and whose second one was right",
        "客户端的第一个答案错，第二个答案对"
    );
    let refused = judge.refuses(&who, |judge, challenge| {
        [packed(judge.length(), &judge.wrong_digits(challenge)), judge.answer(challenge)].concat()
    });
    refused.map_err(|halt| match halt.fault() {
        Some(Fault::Printed) => halt.shows(Cause::SecondTry),
        _ => halt,
    })
}

pub(super) fn one_ok(judge: &mut Judge<'_>) -> Outcome {
    second_try(judge)?;
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
