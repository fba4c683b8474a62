//! What is answered, in which pieces and how late, and what the client prints of it.

use super::talk::{Talk, count_replies, expect_printed, is_printed, not_printed};
use crate::both;
use crate::check::stage::judge::{ENDING, Judge};
use crate::check::stage::stdin::Stdin;
use crate::check::stage::wire::{Came, Seen};
use crate::check::verdict::cause::Cause;
use crate::check::verdict::{Fault, Halt, Outcome, suspect, unless_failed};
use crate::view::bytes_literal;
use std::time::Duration;

/// How late a reply may come from a server that is busy.
const LATE: Duration = Duration::from_millis(1200);
/// How long a client may take until it connects anew, if it does that.
const ANEW: Duration = Duration::from_millis(1500);

pub(super) fn connects(judge: &mut Judge<'_>) -> Outcome {
    judge.listen()?;
    let stdin = judge.stdin()?;
    let Err(halt) = judge.accept() else { return Ok(()) };
    match stdin {
        Some(stdin) if judge.program()?.ended().is_none() => Err(comes_late(judge, &stdin, halt)?),
        _ => Err(halt),
    }
}

/// It did not connect: does it when there is something to be sent?
fn comes_late(judge: &mut Judge<'_>, stdin: &Stdin, halt: Halt) -> Outcome<Halt> {
    judge.context.story.looks_for_the_cause();
    stdin.type_line("hello");
    if judge.try_accept(ANEW)?.is_some() {
        let finding = both!("as soon as a line was typed, it connected", "键入一行之后，它就连上了");
        return Ok(halt.found(Cause::ConnectsLate, finding));
    }
    Ok(halt)
}

pub(super) fn speaks(judge: &mut Judge<'_>) -> Outcome {
    Talk::begin(judge)?.message(judge, "hello").map(drop)
}

/// The line may be there, and held back in a buffer: a program fills it before it hands anything to a pipe.
pub(super) fn prints_reply(judge: &mut Judge<'_>) -> Outcome {
    let mut talk = Talk::begin(judge)?;
    let text = talk.message(judge, "hello")?;
    talk.answer(&text)?;
    if is_printed(judge, &text, 1)? {
        return Ok(());
    }
    let printed = judge.printed()?.results();
    if count_replies(&printed, &bytes_literal(text.to_uppercase().as_bytes())) > 0 {
        return Err(not_printed(&text).suspect(Cause::StrOfBytes));
    }
    let crash = judge.crash()?;
    // Nothing is missing but the line end.
    if crash.is_none() && printed.ends_with(text.trim().to_uppercase().as_bytes()) {
        return Err(not_printed(&text).suspect(Cause::NoLineEnd));
    }
    let is_dead = crash.is_some() && judge.program()?.ended().is_some();
    // What a crash does away with is no output that is held back.
    if !is_dead && is_held_back(judge, talk, &text)? {
        judge.host.on_terminal = true;
        return Ok(());
    }
    Err(not_printed(&text).suspect(crash.unwrap_or(Cause::PrintsOtherwise)))
}

/// Whether the reply comes when the client ends, or when it writes to a terminal instead of a pipe.
fn is_held_back(judge: &mut Judge<'_>, talk: Talk, text: &str) -> Outcome<bool> {
    drop(talk);
    if judge.program()?.ended().is_none() {
        judge.interrupt(ENDING)?;
    }
    judge.program()?.drain_output();
    if count_replies(&judge.printed()?.results(), &text.to_uppercase()) > 0 {
        return Ok(true);
    }
    if !cfg!(unix) || judge.host.on_terminal {
        return Ok(false);
    }
    judge.context.story.did(both!("once more, with a terminal for its stdout", "再来一次，这回让它的标准输出接到终端"));
    judge.next_process();
    judge.host.on_terminal = true;
    let printed = Talk::begin(judge).and_then(|mut talk| {
        let text = talk.message(judge, "hello")?;
        talk.answer(&text)?;
        is_printed(judge, &text, 1)
    });
    judge.host.on_terminal = false;
    judge.next_process();
    printed
}

pub(super) fn prints_at_once(judge: &mut Judge<'_>) -> Outcome {
    let was_on_terminal = std::mem::take(&mut judge.host.on_terminal);
    let printed = Talk::begin(judge).and_then(|mut talk| {
        let text = talk.message(judge, "hello")?;
        talk.answer(&text)?;
        expect_printed(judge, &text, 1)
    });
    judge.host.on_terminal = was_on_terminal;
    printed.map_err(suspect(Cause::StdoutNotFlushed))
}

pub(super) fn second_message(judge: &mut Judge<'_>) -> Outcome {
    let mut talk = Talk::begin(judge)?;
    let mut texts = Vec::new();
    // A shorter one too: whatever is left in a buffer shows behind it.
    for line in ["first", "  with spaces around  ", "end"] {
        let text = match talk.message(judge, line) {
            Ok(text) => text,
            // Two are enough for a client that nobody tells what to say.
            Err(halt) if halt.fault() == Some(Fault::Ended) && texts.len() > 1 && talk.stdin.is_none() => {
                return Ok(());
            }
            Err(halt) => return Err(comes_anew(judge, halt)?),
        };
        talk.answer(&text)?;
        texts.push(text.clone());
        let same = texts.iter().filter(|other| **other == text).count();
        expect_printed(judge, &text, same)?;
    }
    Ok(())
}

/// No second message came on this connection: does it come on another one?
fn comes_anew(judge: &mut Judge<'_>, halt: Halt) -> Outcome<Halt> {
    if judge.try_accept(ANEW)?.is_some() {
        let finding = both!("it connected once more instead", "它另建了一个新连接");
        return Ok(halt.found(Cause::ConnectsAnew, finding));
    }
    Ok(halt)
}

/// The reply in three pieces, each of which the client has read before the next one comes.
pub(super) fn split_reply(judge: &mut Judge<'_>) -> Outcome {
    let mut talk = Talk::begin(judge)?;
    let text = talk.message(judge, "a reply in pieces")?;
    let reply = text.to_uppercase().into_bytes();
    let third = reply.len().div_ceil(3).max(1);
    in_pieces(judge, talk, &text, &reply.chunks(third).collect::<Vec<_>>()).map_err(suspect(Cause::RecvIsNoMessage))
}

pub(super) fn split_letter(judge: &mut Judge<'_>) -> Outcome {
    let mut talk = Talk::begin(judge)?;
    let text = talk.message(judge, "x中y")?;
    let reply = text.to_uppercase().into_bytes();
    let (first, rest) = reply.split_at(2);
    let Err(halt) = in_pieces(judge, talk, &text, &[first, rest]) else { return Ok(()) };
    Err(find_how_it_decodes(judge, halt)?.suspect(Cause::DecodePerRecv))
}

/// The pieces may be innocent: are letters printed that come whole?
fn find_how_it_decodes(judge: &mut Judge<'_>, halt: Halt) -> Outcome<Halt> {
    // A letter that cannot be decoded may be half of one, of which no more was received.
    let may_be_cut = |crash: Option<Cause>| matches!(crash, None | Some(Cause::DiesOfBytes));
    if halt.fault() != Some(Fault::NotPrinted) || !may_be_cut(judge.crash()?) {
        return Ok(halt);
    }
    judge.context.story.looks_for_the_cause();
    judge.next_process();
    let is_printed = Talk::begin(judge).and_then(|mut talk| {
        let text = talk.message(judge, "中文字")?;
        talk.answer(&text)?;
        is_printed(judge, &text, 1)
    });
    if unless_failed(is_printed)? != Some(false) {
        return Ok(halt);
    }
    // Three bytes are the first letter.
    if count_replies(&judge.printed()?.results(), "中") > 0 {
        let finding = both!(
            "of a reply that came whole, 中文字, as many bytes were printed as it has letters",
            "完整到达的回复“中文字”，只按字数打印了同样多的字节"
        );
        return Ok(halt.found(Cause::CountsLetters, finding));
    }
    if judge.crash()? == Some(Cause::DiesOfBytes) {
        return Ok(halt);
    }
    let finding =
        both!("a reply that came whole, 中文字, was not printed either", "完整到达的回复“中文字”也没有正确打印出来");
    Ok(halt.found(Cause::OtherEncoding, finding))
}

fn in_pieces(judge: &mut Judge<'_>, mut talk: Talk, text: &str, pieces: &[&[u8]]) -> Outcome {
    let (mut seen, mut is_gone) = (Seen::Alone, false);
    let Some((last, first)) = pieces.split_last() else { return Ok(()) };
    for piece in first {
        // A client that speaks on meanwhile is still waiting for the rest of this reply.
        is_gone |= matches!(talk.conn.receive_ready()?, Came::End | Came::Reset);
        if !is_gone {
            seen = seen.and(talk.conn.send_piece_unheard(piece)?);
        }
    }
    if !is_gone {
        talk.conn.send(last)?;
    }
    expect_printed(judge, text, 1)?;
    seen.alone()
}

pub(super) fn late_reply(judge: &mut Judge<'_>) -> Outcome {
    let mut talk = Talk::begin(judge)?;
    let text = talk.message(judge, "patience")?;
    let (millis, who) = (LATE.as_millis(), talk.conn.who);
    judge.context.story.did(both!("{who} waits {millis} ms before it answers", "{who} 等 {millis} 毫秒才回复"));
    judge.context.pause(LATE)?;
    let reply = text.to_uppercase();
    let is_there = reply != text && count_replies(&judge.printed()?.results(), &reply) > 0;
    talk.answer(&text)?;
    expect_printed(judge, &text, 1)?;
    if is_there {
        return Err(Halt::Unknown(both!(
            "its output had this line before the reply was sent, so nobody knows whether it prints what comes",
            "回复还没发出，输出里就已经有这一行，所以看不出它打印的是不是收到的内容"
        )));
    }
    Ok(())
}
