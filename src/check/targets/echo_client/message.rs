//! Whether the client comes, what it says, and whether it says more after a reply.

use super::talk::{Talk, expect_printed};
use crate::both;
use crate::check::stage::judge::Judge;
use crate::check::stage::stdin::Stdin;
use crate::check::stage::wire::Came;
use crate::check::verdict::cause::Cause;
use crate::check::verdict::{Fault, Halt, Outcome, unless_failed};
use std::time::Duration;

/// How long a client may take until it connects anew, if it does that.
const ANEW: Duration = Duration::from_millis(1500);
/// How long a client may take until it connects when a line is typed.
const TYPED: Duration = Duration::from_secs(3);
/// What a client does because of what it was just sent, it does within this time.
const AT_ONCE: Duration = Duration::from_millis(400);
/// How long a program may take to end whose connection has ended.
const DYING: Duration = Duration::from_millis(500);

/// What is typed that somebody may have made a command of.
const WORDS: [&str; 4] = ["quit", "exit", "bye", "q"];

pub(super) fn connects(judge: &mut Judge<'_>) -> Outcome {
    judge.listen()?;
    let stdin = judge.stdin()?;
    let Err(halt) = judge.accept() else { return Ok(()) };
    if judge.program()?.ended().is_some() {
        return Err(halt);
    }
    let port = judge.program()?.address.port();
    if judge.program()?.listeners(port).is_some_and(|own| !own.is_empty()) {
        return Err(halt.shows(Cause::IsAServer));
    }
    match stdin {
        Some(stdin) => Err(comes_late(judge, stdin, halt, port)?),
        None => Err(halt),
    }
}

/// It did not connect: does it when something is typed, a line to be sent or the port?
fn comes_late(judge: &mut Judge<'_>, stdin: Stdin, halt: Halt, port: u16) -> Outcome<Halt> {
    judge.context.story.looks_for_the_cause();
    stdin.type_line("hello");
    if judge.try_accept(TYPED)?.is_some() {
        let finding = both!("as soon as a line was typed, it connected", "键入一行之后，它就连上了");
        return Ok(halt.found(Cause::ConnectsLate, finding));
    }
    let has_ended = judge.program()?.ended().is_some();
    drop(stdin);
    let port = port.to_string();
    let tries = [&[port.as_str()][..], &["127.0.0.1", &port]];
    // One that still waits wants another line.
    for lines in tries.into_iter().skip(usize::from(!has_ended)) {
        judge.next_process();
        judge.listen()?;
        if let Some(stdin) = judge.stdin()? {
            lines.iter().for_each(|line| stdin.type_line(line));
            if judge.try_accept(judge.order.start_patience)?.is_some() {
                let finding = both!("as soon as the port was typed, it connected", "键入端口之后，它就连上了");
                return Ok(halt.found(Cause::AsksForInput, finding));
            }
        }
    }
    Ok(halt)
}

pub(super) fn speaks(judge: &mut Judge<'_>) -> Outcome {
    let mut talk = Talk::begin(judge)?;
    let Err(halt) = talk.message(judge, "hello") else { return Ok(()) };
    if halt.fault() != Some(Fault::Silent) {
        return Err(halt);
    }
    talk.conn.looks_for_the_cause();
    if unless_failed(talk.conn.send(b"hello\n"))?.is_some() && talk.conn.read_some(1, AT_ONCE)?.1 == Came::Bytes {
        let finding = both!("as soon as the server had sent something, it spoke", "服务器一发来数据，它就发送了消息");
        return Err(halt.found(Cause::ReceivesFirst, finding));
    }
    // Where nothing is typed, there is nothing to end.
    let has_stdin = talk.stdin.take().is_some();
    if has_stdin && talk.conn.read_some(1, AT_ONCE)?.1 == Came::Bytes {
        let finding = both!("as soon as its stdin had ended, it sent the line", "标准输入一结束，它就发送了那一行");
        return Err(halt.found(Cause::ReadsAllInput, finding));
    }
    Err(halt)
}

pub(super) fn second_message(judge: &mut Judge<'_>) -> Outcome {
    let mut talk = Talk::begin(judge)?;
    let mut texts = Vec::new();
    // The last one is short: whatever is left in a buffer shows behind it.
    for line in ["first", "  with spaces around  "].into_iter().chain(WORDS).chain(["end"]) {
        let text = match talk.message(judge, line) {
            Ok(text) => text,
            Err(halt) if WORDS.contains(&line) && talk.stdin.is_some() => {
                return Err(find_the_word(judge, line, halt)?);
            }
            // Two are enough for a client that nobody tells what to say.
            Err(halt) if halt.fault() == Some(Fault::Ended) && texts.len() > 1 && talk.stdin.is_none() => {
                return Ok(());
            }
            Err(halt) => return Err(find_why_no_next(judge, &mut talk, halt, texts.len())?),
        };
        talk.answer(&text)?;
        texts.push(text.clone());
        let same = texts.iter().filter(|other| **other == text).count();
        expect_printed(judge, &text, same).or_else(|halt| {
            // A word that ends it may be sent all the same.
            let has_left = WORDS.contains(&line) && judge.program()?.ended().is_some();
            Err(if has_left { find_the_word(judge, line, halt)? } else { halt })
        })?;
    }
    Ok(())
}

/// The conversation went wrong at a word: does it at another one of that length?
fn find_the_word(judge: &mut Judge<'_>, word: &str, halt: Halt) -> Outcome<Halt> {
    if judge.has_crashed() {
        return Ok(halt);
    }
    judge.context.story.looks_for_the_cause();
    judge.next_process();
    let other = "x".repeat(word.len());
    let mut goes_on = || {
        let mut talk = Talk::begin(judge)?;
        for line in [other.as_str(), "end"] {
            let text = talk.message(judge, line)?;
            talk.answer(&text)?;
            expect_printed(judge, &text, 1)?;
        }
        Ok(())
    };
    let finding = both!(
        "after \"{other}\" was typed, the conversation went on; after \"{word}\" it did not",
        "键入“{other}”之后对话继续；键入“{word}”之后就中断了"
    );
    Ok(if unless_failed(goes_on())?.is_some() { halt.found(Cause::MagicWord, finding) } else { halt })
}

/// No next message came on this connection, after so many.
fn find_why_no_next(judge: &mut Judge<'_>, talk: &mut Talk, halt: Halt, before: usize) -> Outcome<Halt> {
    if before > 0 && judge.try_accept(ANEW)?.is_some() {
        let finding = both!("it connected once more instead", "它另建了一个新连接");
        return Ok(halt.found(Cause::ConnectsAnew, finding));
    }
    match halt.fault() {
        Some(Fault::Ended) if before == 1 => {
            let ended = judge.program()?.wait(DYING);
            let is_well = ended.is_none_or(|ended| ended.success()) && judge.crash()?.is_none();
            Ok(if is_well { halt.shows(Cause::OneMessage) } else { halt })
        }
        Some(Fault::Silent) if before > 0 => {
            talk.conn.looks_for_the_cause();
            talk.conn.shut_down_sending();
            if talk.conn.read_some(1, AT_ONCE)?.1 == Came::Bytes {
                let finding = both!(
                    "as soon as the server had shut down sending (FIN), it sent its next message",
                    "服务器一关闭发送方向（FIN），它就发送了下一条消息"
                );
                return Ok(halt.found(Cause::WaitsForEnd, finding));
            }
            Ok(if before == 1 { halt.suspect(Cause::OneMessage) } else { halt })
        }
        _ => Ok(halt),
    }
}
