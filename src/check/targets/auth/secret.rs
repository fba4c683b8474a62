//! The secret that the server is started with, and no other one, is the one that it uses.

use super::proof::{Heard, ONE_MORE, SAYING_OK, no_ok, packed};
use crate::both;
use crate::check::stage::judge::Judge;
use crate::check::targets::secrecy::{another, is_told};
use crate::check::verdict::cause::Cause;
use crate::check::verdict::{Fault, Halt, Outcome, unless_failed};

/// The server is started with another secret than before.
pub(super) fn not_written_in(judge: &mut Judge<'_>) -> Outcome {
    is_told(judge)?;
    judge.context.story.did(both!("{{secret}} is another one now", "现在 {{secret}} 换成另一个"));
    judge.host.end();
    judge.host.other_secret = Some(another(&mut judge.rng));
    let outcome = uses_the_new_one(judge);
    judge.host.other_secret = None;
    if outcome.is_ok() {
        judge.host.end();
    }
    outcome
}

fn uses_the_new_one(judge: &mut Judge<'_>) -> Outcome {
    // First, while nobody has been accepted who might open the door for others.
    let is_old_accepted = unless_failed(accepts_the_old_one(judge))? == Some(true);
    let is_accepted = judge.prove(SAYING_OK)? == Heard::Ok;
    match (is_accepted, is_old_accepted) {
        (true, false) => Ok(()),
        (false, false) => Err(no_ok()),
        (_, true) => {
            let sentence = both!(
                "the server was started with another secret, and accepted a client that has the old one",
                "服务器用另一个密钥启动，却让用原来那个密钥的客户端通过了"
            );
            Err(Halt::failed(Fault::Printed, sentence).shows(Cause::SecretWrittenIn))
        }
    }
}

/// Whether a client is accepted that has the secret of all other checks.
fn accepts_the_old_one(judge: &mut Judge<'_>) -> Outcome<bool> {
    judge.context.story.did(both!("a client with the secret of the other checks", "客户端用的是其他检查中的密钥"));
    let (mut conn, challenge) = judge.asked()?;
    let before = judge.oks()?;
    let digits = judge.order.scheme.answer(&judge.order.secret, &challenge);
    conn.send(&packed(judge.length(), digits.as_bytes()))?;
    conn.read_to_end(judge.closing())?;
    Ok(judge.says_ok(before, ONE_MORE)? == Heard::Ok)
}
