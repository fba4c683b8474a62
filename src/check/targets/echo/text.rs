//! One client: what it says, in which pieces, and what must come back.

use super::echoed::{is_repeated, name_leftover, random_text, random_word, upper};
use super::silence::{ACCEPTING, KEEPS_SILENT_CLIENT};
use super::stops::find_why_it_stops;
use super::waiting::{AFTER_A_TRY, find_what_it_waits_for};
use super::words::find_the_word;
use crate::both;
use crate::check::stage::ending::DYING;
use crate::check::stage::judge::Judge;
use crate::check::stage::wire::Conn;
use crate::check::verdict::cause::Cause;
use crate::check::verdict::{Fault, Halt, Outcome, shows, unless_failed};
use crate::lang::Text;
use crate::program::how_it_ended;
use std::time::Duration;

/// How long a server is listened to that should say nothing.
const SILENCE: Duration = Duration::from_millis(80);
/// What a server dies of without a word of its client, it dies of in this time.
const AT_ONCE: Duration = Duration::from_millis(150);
/// How long a client waits before it says something.
const MOMENT: Duration = Duration::from_millis(30);
/// "There are no capitals". Read as Latin-1 or as GBK, its bytes do have some.
const NO_CAPITALS: &str = "没有大写";

/// To listen is to go on listening: who asks a socket that never waits may die of EAGAIN before anybody has said anything.
pub(super) fn listens(judge: &mut Judge<'_>) -> Outcome {
    let _a = judge.connect()?;
    // Of one that ran already, nobody sees the end.
    if judge.program().is_err() {
        return Ok(());
    }
    match judge.wait_for_end(AT_ONCE)?.filter(|ended| !ended.success()) {
        None => Ok(()),
        Some(ended) => {
            let Text { en, zh } = how_it_ended(ended);
            let sentence = both!(
                "A was connected and had sent nothing, and the program ended ({en})",
                "A 已经连上，还什么都没有发，程序就结束了（{zh}）"
            );
            Err(Halt::failed(Fault::Died, sentence))
        }
    }
}

pub(super) fn speaks_second(judge: &mut Judge<'_>) -> Outcome {
    let mut a = judge.connect()?;
    a.expect_silence(4 * SILENCE).map_err(shows(Cause::Greets))
}

pub(super) fn one_message(judge: &mut Judge<'_>) -> Outcome {
    let mut a = judge.connect()?;
    let text = "hello";
    // As a person does, who takes a moment to type: a server that reads at once finds nothing.
    judge.context.wait_until(ACCEPTING, || a.was_accepted() != Some(false))?;
    judge.context.pause(MOMENT)?;
    a.echo(text).or_else(|halt| Err(find_what_it_waits_for(judge, &mut a, text, halt)?))?;
    // From here on it takes its time, beside the checks that follow.
    judge.leave_silent_clients(KEEPS_SILENT_CLIENT)?;
    a.expect_silence(SILENCE).map_err(|halt| {
        // One that only looks at what is there (MSG_PEEK) finds it again.
        let is_read = a.has_been_read() != Some(false);
        halt.map(|failure| {
            failure.name(match failure.got() {
                got if got.contains(&0) => Cause::WholeBuffer,
                got if is_repeated(got, &upper(text)) && is_read => Cause::RecvOutsideLoop,
                got if is_repeated(got, &upper(text)) => return,
                _ => Cause::Decorates,
            });
        })
    })
}

pub(super) fn many_messages(judge: &mut Judge<'_>) -> Outcome {
    let mut a = judge.connect()?;
    for text in ["one", "two", "three", &random_word(judge), &random_word(judge)] {
        a.echo(text).or_else(|halt| Err(find_why_it_stops(judge, &mut a, text, halt)?))?;
    }
    Ok(())
}

pub(super) fn every_byte_counts(judge: &mut Judge<'_>) -> Outcome {
    let mut a = judge.connect()?;
    let texts = ["  two words \n", "line\r\n\r\n", "\ttab\t", "zero\0inside", "\u{1b}[1m\u{7f}", "\n"];
    for (place, text) in texts.iter().enumerate() {
        let said = texts.get(..=place).unwrap_or_default();
        let echoed = a.echo(text).map_err(|halt| name_leftover(halt, said));
        echoed.or_else(|halt| Err(if halt.is_cut_off() { find_the_word(judge, text, &[], halt)? } else { halt }))?;
    }
    a.expect_silence(SILENCE)
}

pub(super) fn other_alphabets(judge: &mut Judge<'_>) -> Outcome {
    let mut a = judge.connect()?;
    for text in ["café", "你好, welt", "Ωμέγα", "привет", "😀 ok"] {
        if let Err(halt) = a.echo(text) {
            // A character that is split cannot be decoded, and all of these were whole when they were sent.
            let has_ended = halt.fault() != Some(Fault::WrongBytes) && judge.crashes_within(DYING)?;
            let is_split = has_ended && judge.complains("unexpected end of data");
            let halt = if is_split { halt.shows(Cause::DecodePerRecv) } else { halt };
            return Err(find_how_it_decodes(&mut a, halt)?);
        }
    }
    let text = random_text(judge, 30);
    a.echo(&text)
}

/// Letters beyond ASCII stayed as they were: does the upper case work on bytes, or on the letters of another encoding?
fn find_how_it_decodes(a: &mut Conn, halt: Halt) -> Outcome<Halt> {
    if halt.cause() != Some(Cause::AsciiOnly) {
        return Ok(halt);
    }
    a.looks_for_the_cause();
    // The wrong reply is no part of the next one.
    a.read_some(0, Duration::ZERO)?;
    if unless_failed(a.send(NO_CAPITALS.as_bytes()))?.is_none() {
        return Ok(halt);
    }
    let (answer, _) = a.read_some(NO_CAPITALS.len(), AFTER_A_TRY)?;
    if answer.is_empty() || NO_CAPITALS.as_bytes().starts_with(&answer) {
        return Ok(halt);
    }
    let finding = both!(
        "{NO_CAPITALS}, which has no upper case, came back as other bytes: they were not decoded as UTF-8",
        "“{NO_CAPITALS}”没有大写形式，回来的字节却变了：解码用的不是 UTF-8"
    );
    Ok(halt.found(Cause::OtherEncoding, finding))
}

pub(super) fn sharp_s(judge: &mut Judge<'_>) -> Outcome {
    let mut a = judge.connect()?;
    // The small one, and the capital one that some tables of letters have.
    let kept = ["STRAßE", "STRAẞE"];
    a.echo("straße").map_err(|halt| {
        let is_kept =
            matches!(&halt, Halt::Failed(failure) if kept.iter().any(|kept| failure.got() == kept.as_bytes()));
        if is_kept { halt.map(|failure| failure.rename(Cause::OneForOne)) } else { halt }
    })
}
