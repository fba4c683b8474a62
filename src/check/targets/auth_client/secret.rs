//! The secret that the client is started with, and no other one, is the one that it uses.

use super::exchange::{answer_to, challenge, right_answer};
use crate::both;
use crate::check::stage::judge::Judge;
use crate::check::targets::secrecy::{another, is_told};
use crate::check::verdict::cause::Cause;
use crate::check::verdict::{Difference, Failure, Fault, Halt, Outcome};

/// The client is started with another secret than before.
pub(super) fn not_written_in(judge: &mut Judge<'_>) -> Outcome {
    is_told(judge)?;
    judge.context.story.did(both!("{{secret}} is another one now", "现在 {{secret}} 换成另一个"));
    judge.next_process();
    judge.host.other_secret = Some(another(&mut judge.rng));
    let outcome = uses_the_new_one(judge);
    judge.host.other_secret = None;
    if outcome.is_ok() {
        judge.next_process();
    }
    outcome
}

fn uses_the_new_one(judge: &mut Judge<'_>) -> Outcome {
    let challenge = challenge(judge);
    let (_, answer) = answer_to(judge, &challenge)?;
    let Some(difference) = Difference::between(&right_answer(judge, &challenge), &answer) else { return Ok(()) };
    let old = judge.order.scheme.answer(&judge.order.secret, &challenge);
    let is_old = answer.ends_with(old.as_bytes());
    let sentence = if is_old {
        both!(
            "the client was started with another secret, and its answer has the digest of the old one",
            "客户端用另一个密钥启动，答案里的摘要却仍是用原来的密钥得出的"
        )
    } else {
        both!(
            "the client was started with another secret, and its answer does not fit it",
            "客户端用另一个密钥启动，答案和这个密钥不符"
        )
    };
    let cause = is_old.then_some(Cause::SecretWrittenIn);
    Err(Halt::Failed(Box::new(Failure::new(Fault::WrongBytes, sentence).with(Some(difference), cause))))
}
