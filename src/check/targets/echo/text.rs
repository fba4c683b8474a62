//! One client: what it says, in which pieces, and what must come back.

use super::saying::{is_repeated, random_text, random_word, upper};
use crate::both;
use crate::check::stage::judge::Judge;
use crate::check::stage::wire::{Came, Conn};
use crate::check::verdict::cause::Cause;
use crate::check::verdict::mistakes::contains;
use crate::check::verdict::{Failure, Fault, Halt, Outcome, suspect, unless_failed};
use rand::RngExt;
use std::time::Duration;

/// How long an answer may take that somebody else was waiting for.
const AFTER_A_TRY: Duration = Duration::from_millis(500);
/// How long a server is listened to that should say nothing.
const SILENCE: Duration = Duration::from_millis(80);
/// "There are no capitals". Read as Latin-1 or as GBK, its bytes do have some.
const NO_CAPITALS: &str = "没有大写";

pub(super) fn listens(judge: &mut Judge<'_>) -> Outcome {
    judge.connect().map(drop)
}

pub(super) fn speaks_second(judge: &mut Judge<'_>) -> Outcome {
    let mut a = judge.connect()?;
    a.expect_silence(4 * SILENCE).map_err(suspect(Cause::Greets))
}

pub(super) fn one_message(judge: &mut Judge<'_>) -> Outcome {
    let mut a = judge.connect()?;
    let text = "hello";
    a.say(text).or_else(|halt| Err(find_what_it_waits_for(judge, &mut a, text, halt)?))?;
    a.expect_silence(SILENCE).map_err(|halt| {
        halt.map(|failure| {
            failure.name(match failure.got() {
                got if got.contains(&0) => Cause::WholeBuffer,
                got if is_repeated(got, &upper(text)) => Cause::RecvOutsideLoop,
                _ => Cause::Decorates,
            });
        })
    })
}

/// The connection was closed instead of an answer: is it, too, before anything was said?
fn find_when_it_closes(judge: &mut Judge<'_>, halt: Halt) -> Outcome<Halt> {
    // Whatever it died of says more.
    if judge.has_crashed() {
        return Ok(halt);
    }
    judge.context.story.looks_for_the_cause();
    let came = judge.connect().and_then(|mut silent| silent.read_to_end(AFTER_A_TRY));
    if !matches!(unless_failed(came)?, Some((_, Came::End))) {
        return Ok(halt);
    }
    let finding = both!(
        "a client that connects and says nothing finds its connection closed at once",
        "连上之后什么也不说的客户端，连接立刻就被关闭了"
    );
    Ok(halt.found(Cause::ClosesAtOnce, finding))
}

/// No answer came: what would bring it?
fn find_what_it_waits_for(judge: &mut Judge<'_>, a: &mut Conn, text: &str, halt: Halt) -> Outcome<Halt> {
    if halt.fault() == Some(Fault::Ended) {
        return find_when_it_closes(judge, halt);
    }
    if halt.fault() != Some(Fault::Silent) {
        return Ok(halt);
    }
    if judge.printed().is_ok_and(|printed| contains(&printed.results(), &upper(text))) {
        return Ok(halt.suspect(Cause::PrintedNotSent));
    }
    a.looks_for_the_cause();
    a.send(b"\n")?;
    if a.answers_after_all(text)? {
        let finding = both!("when a line end was sent after it, the reply came", "补发一个换行之后，回复来了");
        return Ok(halt.found(Cause::WaitsForLine, finding));
    }
    // Twice: a loop may receive in one round, and send in the next.
    let mut others = Vec::new();
    for _ in 0..2 {
        others.push(unless_failed(judge.connect())?);
        if a.answers_after_all(text)? {
            let finding =
                both!("as soon as another client connected, the reply came", "另一个客户端一连上，回复就来了");
            return Ok(halt.found(Cause::AcceptBlocks, finding));
        }
    }
    drop(others);
    a.finish_sending();
    if a.answers_after_all(text)? {
        let finding = both!("when the client ended its side, the reply came", "客户端结束发送之后，回复来了");
        return Ok(halt.found(Cause::WaitsForEnd, finding));
    }
    Ok(halt)
}

pub(super) fn many_messages(judge: &mut Judge<'_>) -> Outcome {
    let mut a = judge.connect()?;
    a.say("one")?;
    let mut said = "one".to_owned();
    for text in ["two", "three", &random_word(judge), &random_word(judge)] {
        said += text;
        a.say(text).map_err(|halt| name_repeated(halt, &upper(&said)).suspect(Cause::OneMessage))?;
    }
    Ok(())
}

/// The reply has everything that was said before in it.
fn name_repeated(halt: Halt, all: &[u8]) -> Halt {
    halt.map(|failure| {
        if failure.got() == all {
            failure.rename(Cause::NeverEmptied);
        }
    })
}

pub(super) fn every_byte_counts(judge: &mut Judge<'_>) -> Outcome {
    let mut a = judge.connect()?;
    let texts = ["  two words \n", "line\r\n\r\n", "\ttab\t", "zero\0inside", "\u{1b}[1m\u{7f}", "\n"];
    for (place, text) in texts.iter().enumerate() {
        let said = texts.get(..=place).unwrap_or_default();
        a.say(text).map_err(|halt| name_leftover(halt, said))?;
    }
    a.expect_silence(SILENCE)
}

/// Behind a reply stands the end of a longer one from before, and comes with it or when the next one is waited for.
fn name_leftover(halt: Halt, said: &[&str]) -> Halt {
    halt.map(|failure| {
        let got = failure.got();
        let is_left = |pair: &[&str]| {
            let [longer, shorter] = pair else { return false };
            let (longer, shorter) = (upper(longer), upper(shorter));
            let left = longer.get(shorter.len()..).unwrap_or_default();
            !left.is_empty() && (got.starts_with(left) || got == [&shorter, left].concat())
        };
        if said.windows(2).any(is_left) {
            failure.rename(Cause::WholeBuffer);
        }
    })
}

pub(super) fn other_alphabets(judge: &mut Judge<'_>) -> Outcome {
    let mut a = judge.connect()?;
    for text in ["café", "你好, welt", "Ωμέγα", "привет", "😀 ok"] {
        if let Err(halt) = a.say(text) {
            let is_crash = halt.fault() != Some(Fault::WrongBytes) && judge.has_crashed();
            // A letter that is split cannot be decoded, and all of these were whole when they were sent.
            let halt = if is_crash { halt.suspect(Cause::DecodePerRecv) } else { halt };
            return Err(find_how_it_decodes(&mut a, halt)?);
        }
    }
    let text = random_text(judge, 30);
    a.say(&text)
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
    a.say("straße").map_err(|halt| halt.map(|failure| failure.rename(Cause::OneForOne)))
}

/// A whole letter goes before the half one: if it is answered, the server has seen the half letter on its own.
pub(super) fn split_letter(judge: &mut Judge<'_>) -> Outcome {
    for (text, cut) in [("a中", 3), ("bé", 2), ("c😀", 2), ("d😀", 4)] {
        let mut a = judge.connect()?;
        let (first, rest) = text.as_bytes().split_at(cut);
        let seen = a.send_piece(first).and_then(|seen| {
            // Broken by the half letter, before the rest could be sent.
            a.expect_open(&upper(text))?;
            a.send(rest)?;
            a.hear(text).map(|()| seen)
        });
        seen.map_err(name_lost_letter)?.alone()?;
    }
    Ok(())
}

/// A server that is still there, and has answered what was whole, has dropped the rest.
fn name_lost_letter(halt: Halt) -> Halt {
    let is_lost = |failure: &Failure| {
        let came = failure.difference.as_ref().map_or(0, |difference| difference.got_len);
        failure.fault == Fault::Silent && came > 0
    };
    let cause = match &halt {
        Halt::Failed(failure) if is_lost(failure) => Cause::DecodeLoses,
        _ => Cause::DecodePerRecv,
    };
    halt.suspect(cause)
}

pub(super) fn split_anywhere(judge: &mut Judge<'_>) -> Outcome {
    let mut a = judge.connect()?;
    for _ in 0..6 {
        let text = random_text(judge, 12);
        let bytes = text.as_bytes();
        let cut = judge.rng.random_range(1..bytes.len());
        let (first, rest) = bytes.split_at(cut);
        let seen = a.send_piece(first)?;
        let heard = a.expect_open(&upper(&text)).and_then(|()| a.send(rest)).and_then(|()| a.hear(&text));
        heard.map_err(suspect(Cause::DecodePerRecv))?;
        seen.alone()?;
    }
    Ok(())
}

/// Wherever a buffer of 1 KiB or twice, four times, … as much ends, it ends inside a letter.
pub(super) fn letter_at_buffer_edge(judge: &mut Judge<'_>) -> Outcome {
    let mut a = judge.connect()?;
    let text = "a".repeat(1023) + &"中".repeat(30_000);
    a.exchange(text.as_bytes(), &upper(&text)).map_err(suspect(Cause::DecodePerRecv))
}

pub(super) fn byte_by_byte(judge: &mut Judge<'_>) -> Outcome {
    let mut a = judge.connect()?;
    let text = random_text(judge, 60);
    let mut pieces = text.as_bytes().chunks(1);
    pieces.try_for_each(|byte| a.send(byte))?;
    a.hear(&text).map_err(suspect(Cause::DecodePerRecv))
}

impl Conn {
    /// Whether the reply to `text` comes now.
    fn answers_after_all(&mut self, text: &str) -> Outcome<bool> {
        let (answer, _) = self.read_some(text.len(), AFTER_A_TRY)?;
        Ok(answer.starts_with(&upper(text)))
    }

    /// That the program has not ended the connection yet.
    fn expect_open(&mut self, expected: &[u8]) -> Outcome {
        match self.receive_ready()? {
            Came::End | Came::Reset => self.expect(expected),
            Came::Bytes | Came::Nothing => Ok(()),
        }
    }
}
