//! Whether a reply comes as soon as its message is there.

use super::echoed::random_word;
use crate::both;
use crate::check::stage::judge::Judge;
use crate::check::stage::patience::Deadline;
use crate::check::stage::program::Program;
use crate::check::stage::wire::{Came, Conn, REPLY};
use crate::check::verdict::cause::Cause;
use crate::check::verdict::{Fault, Halt, Outcome};
use crate::program::usage::are_running;
use std::time::{Duration, Instant};

/// A program that sleeps longer before each reply does not send it at once. One that is ready, and waits for a processor, does
/// not sleep.
const SLOW: Duration = Duration::from_millis(250);
/// Where nobody can see whether the program sleeps, a busy machine may be the reason.
const VERY_SLOW: Duration = Duration::from_millis(450);
/// Between two looks at whether the program sleeps.
const LOOK: Duration = Duration::from_millis(5);
/// How many replies are looked at: the first one may have something to load.
const REPLIES: usize = 3;

pub(super) fn answers_at_once(judge: &mut Judge<'_>) -> Outcome {
    let mut a = judge.connect()?;
    // The first one may find a program that sleeps in its loop at the end of its sleep; the next ones come when it has just begun.
    let first = one_reply(judge, &mut a)?;
    let mut fastest = REPLY;
    for _ in 0..REPLIES {
        let reply = match one_reply(judge, &mut a) {
            // That the conversation goes on is another check's question.
            Err(halt) if goes_no_further(&halt) && is_prompt(first) => return Ok(()),
            Err(halt) if goes_no_further(&halt) => {
                a = judge.connect()?;
                one_reply(judge, &mut a)?
            }
            reply => reply?,
        };
        if is_prompt(reply) {
            return Ok(());
        }
        fastest = fastest.min(reply.0);
    }
    let seconds = fastest.as_secs_f64();
    let sentence = both!(
        "each reply took at least {seconds:.2} s, and the program slept meanwhile",
        "每个回复都至少用了 {seconds:.2} 秒，而程序这段时间在休眠"
    );
    let halt = Halt::failed(Fault::Slow, sentence).shows(Cause::SleepsBeforeReply);
    find_whether_all_wait(judge, a, halt, fastest)
}

/// How long a reply took, and for how long of that the program slept, where that can be seen.
type Took = (Duration, Option<Duration>);

fn is_prompt((took, slept): Took) -> bool {
    slept.map_or(took < VERY_SLOW, |slept| slept < SLOW)
}

/// Whether a conversation that had begun did not go on.
fn goes_no_further(halt: &Halt) -> bool {
    matches!(halt.fault(), Some(Fault::Ended | Fault::Reset | Fault::Silent | Fault::WrongBytes))
}

fn one_reply(judge: &mut Judge<'_>, conn: &mut Conn) -> Outcome<Took> {
    let word = random_word(judge);
    let pids = judge.program().map(Program::members).unwrap_or_default();
    conn.send(word.as_bytes())?;
    let (began, mut looks, mut asleep) = (Instant::now(), 0_u32, 0_u32);
    while conn.receive(Deadline::exactly(LOOK))? == Came::Nothing && began.elapsed() < REPLY {
        if let Some(is_running) = are_running(&pids) {
            looks += 1;
            asleep += u32::from(!is_running);
        }
    }
    let took = began.elapsed();
    conn.expect_upper(&word)?;
    Ok((took, (looks > 0).then(|| took * asleep / looks)))
}

/// Two clients speak at the same time: does one wait for the other's reply?
fn find_whether_all_wait(judge: &mut Judge<'_>, a: Conn, halt: Halt, alone: Duration) -> Outcome {
    a.looks_for_the_cause();
    let mut both = [a, judge.connect()?];
    let words = [random_word(judge), random_word(judge)];
    let began = Instant::now();
    both.iter_mut().zip(&words).try_for_each(|(conn, word)| conn.send(word.as_bytes()))?;
    both.iter_mut().zip(&words).try_for_each(|(conn, word)| conn.expect_upper(word))?;
    let seconds = began.elapsed().as_secs_f64();
    if seconds < 1.8 * alone.as_secs_f64() {
        return Err(halt);
    }
    let finding = both!(
        "two clients that spoke at the same time had both replies only after {seconds:.2} s: one waited for the other",
        "两个客户端同时发送，{seconds:.2} 秒后才都得到回复：一个在等另一个"
    );
    Err(halt.found(Cause::SleepsBeforeReply, finding))
}
