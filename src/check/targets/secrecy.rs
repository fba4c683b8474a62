//! That lesson 2's secret stays one.

use crate::both;
use crate::check::order::Subject;
use crate::check::stage::judge::Judge;
use crate::check::verdict::cause::Cause;
use crate::check::verdict::{Fault, Halt, Outcome};
use crate::crypto::Secret;
use rand::RngExt;
use rand::rngs::StdRng;

/// A shorter secret may well stand in a port, a path or a word by chance.
const LONG_ENOUGH: usize = 5;

/// That the program has told the secret neither over the wire nor in what it printed, in this check or an earlier one.
pub(super) fn kept(judge: &Judge<'_>) -> Outcome {
    let told = judge.context.story.secret_told();
    // A line that has no end yet is in no story.
    let printed = told.printed || judge.printed()?.tells(&judge.order.secret);
    let (fault, sentence) = match told.over_the_wire {
        true => (Fault::Extra, both!("the secret itself went over the wire", "密钥本身被发到了网络上")),
        false if printed => (Fault::Printed, both!("the program prints the secret", "程序把密钥打印了出来")),
        false => return Ok(()),
    };
    if judge.order.secret.expose().len() < LONG_ENOUGH {
        return Err(Halt::Unknown(both!(
            "the secret is so short that it may stand there by chance; judge with a longer one",
            "密钥太短，可能只是碰巧出现；请换一个更长的密钥再评判"
        )));
    }
    Err(Halt::failed(fault, sentence).shows(Cause::SecretTold))
}

/// That the command has `{secret}` in it: only then is a program told which secret to use.
pub(super) fn is_told(judge: &Judge<'_>) -> Outcome {
    match &judge.order.subject {
        Subject::Program { words, .. } if words.mentions("secret") => Ok(()),
        _ => Err(Halt::Impossible(both!(
            "the command has no {{secret}}, so the program is not told which secret to use",
            "命令里没有 {{secret}}，所以没有告诉程序该用哪个密钥"
        ))),
    }
}

/// A secret that nobody has written into a program.
pub(super) fn another(rng: &mut StdRng) -> Secret {
    let number: u64 = rng.random();
    Secret::new(format!("other-{number:x}").into_bytes())
}
