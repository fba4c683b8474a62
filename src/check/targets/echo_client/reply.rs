//! What is answered, in which pieces and how late, and what the client prints of it.

use super::length::find_what_it_counts;
use super::talk::{Talk, count_replies, expect_printed, is_printed};
use super::unprinted;
use crate::both;
use crate::check::stage::judge::Judge;
use crate::check::stage::wire::{Came, Seen};
use crate::check::verdict::cause::Cause;
use crate::check::verdict::{Fault, Halt, Outcome, unless_failed};
use std::time::Duration;

/// How late a reply may come from a server that is busy.
const LATE: Duration = Duration::from_millis(1200);
/// How soon after the first piece of a reply a client prints its own text that does not print what comes.
const TOO_EARLY: Duration = Duration::from_millis(50);

pub(super) fn prints_reply(judge: &mut Judge<'_>) -> Outcome {
    let mut talk = Talk::begin(judge)?;
    let text = talk.message(judge, "hello")?;
    talk.answer(&text)?;
    if is_printed(judge, &text, 1)? { Ok(()) } else { unprinted::explain(judge, talk, &text) }
}

pub(super) fn prints_at_once(judge: &mut Judge<'_>) -> Outcome {
    let was_on_terminal = std::mem::take(&mut judge.host.on_terminal);
    let printed = Talk::begin(judge).and_then(|mut talk| {
        let text = talk.message(judge, "hello")?;
        talk.answer(&text)?;
        expect_printed(judge, &text, 1)
    });
    judge.host.on_terminal = was_on_terminal;
    printed.map_err(|halt| match halt.fault() {
        // On a terminal it was printed.
        Some(Fault::NotPrinted) if was_on_terminal => halt.shows(Cause::StdoutNotFlushed),
        _ => halt,
    })
}

/// The reply in three pieces, each of which the client has read before the next one comes.
pub(super) fn split_reply(judge: &mut Judge<'_>) -> Outcome {
    let mut talk = Talk::begin(judge)?;
    let text = talk.message(judge, "a reply in pieces")?;
    let reply = text.to_uppercase().into_bytes();
    let third = reply.len().div_ceil(3).max(1);
    let pieces: Vec<&[u8]> = reply.chunks(third).collect();
    let Err(halt) = in_pieces(judge, talk, &text, &pieces) else { return Ok(()) };
    let first = pieces.first().copied().unwrap_or_default();
    Err(match halt.fault() {
        Some(Fault::NotPrinted) if is_printed_alone(&judge.printed()?.results(), first) => {
            halt.shows(Cause::RecvIsNoMessage)
        }
        // The whole reply was decoded before.
        Some(Fault::NotPrinted) if judge.crash()? == Some(Cause::DiesOfBytes) => halt.shows(Cause::DecodePerRecv),
        _ => halt,
    })
}

/// Whether a piece of a reply ends a line, as far as it is text.
fn is_printed_alone(printed: &[u8], piece: &[u8]) -> bool {
    let whole: String = piece.utf8_chunks().map(|chunk| chunk.valid()).collect();
    let texts = [String::from_utf8_lossy(piece).into_owned(), whole];
    texts.iter().any(|text| !text.trim().is_empty() && count_replies(printed, text) > 0)
}

pub(super) fn split_letter(judge: &mut Judge<'_>) -> Outcome {
    let mut talk = Talk::begin(judge)?;
    let text = talk.message(judge, "x中y")?;
    let reply = text.to_uppercase().into_bytes();
    let (first, rest) = reply.split_at(2);
    let Err(halt) = in_pieces(judge, talk, &text, &[first, rest]) else { return Ok(()) };
    Err(find_how_it_decodes(judge, halt)?)
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
    match unless_failed(is_printed)? {
        Some(true) => {
            let finding = both!("a reply that came whole, 中文字, was printed", "完整到达的回复“中文字”打印正确");
            Ok(halt.found(Cause::DecodePerRecv, finding))
        }
        Some(false) => find_what_is_wrong_with_whole(judge, halt),
        None => Ok(halt),
    }
}

/// Letters that come whole are not printed either.
fn find_what_is_wrong_with_whole(judge: &mut Judge<'_>, halt: Halt) -> Outcome<Halt> {
    let crash = judge.crash()?;
    let halt = find_what_it_counts(judge, halt, "ııı中")?;
    if halt.is_found() {
        return Ok(halt);
    }
    if let Some(crash) = crash {
        return Ok(halt.shows(crash));
    }
    let finding =
        both!("a reply that came whole, 中文字, was not printed either", "完整到达的回复“中文字”也没有正确打印出来");
    Ok(halt.found(Cause::OtherEncoding, finding))
}

fn in_pieces(judge: &mut Judge<'_>, mut talk: Talk, text: &str, pieces: &[&[u8]]) -> Outcome {
    let (mut seen, mut is_gone) = (Seen::Alone, false);
    let Some((last, first)) = pieces.split_last() else { return Ok(()) };
    let reply = text.to_uppercase();
    let before = count_replies(&judge.printed()?.results(), &reply);
    for (place, piece) in first.iter().enumerate() {
        // A client that speaks on meanwhile is still waiting for the rest of this reply.
        is_gone |= matches!(talk.conn.receive_ready()?, Came::End | Came::Reset);
        if !is_gone {
            seen = seen.and(talk.conn.send_piece_to_a_talker(piece)?);
        }
        let is_whole = |printed: &[u8]| reply != text && count_replies(printed, &reply) > before;
        if place == 0 && judge.wait_for_output(TOO_EARLY, is_whole)? {
            return Err(printed_too_early(piece.len(), reply.len()));
        }
    }
    if !is_gone {
        talk.conn.send(last)?;
    }
    expect_printed(judge, text, 1)?;
    seen.alone()
}

/// Nobody can print what has not been sent.
fn printed_too_early(sent: usize, all: usize) -> Halt {
    let sentence = both!(
        "{sent} of the reply's {all} bytes had been sent, and it printed the whole line: that is not what it received",
        "回复的 {all} 个字节才发送了 {sent} 个，它就打印了整行：这不是它收到的内容"
    );
    Halt::failed(Fault::Printed, sentence).shows(Cause::PrintsOwnText)
}

pub(super) fn late_reply(judge: &mut Judge<'_>) -> Outcome {
    let mut talk = Talk::begin(judge)?;
    let text = talk.message(judge, "patience")?;
    let (millis, who) = (LATE.as_millis(), talk.conn.who);
    judge.context.story.did(both!("{who} waits {millis} ms before it answers", "{who} 等 {millis} 毫秒才回复"));
    judge.context.pause(LATE)?;
    // One that speaks on meanwhile, by the clock, may still wait for this reply.
    if matches!(talk.conn.receive_ready()?, Came::End | Came::Reset) {
        return Err(did_not_wait());
    }
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

/// The reply had not been sent yet, and the client left.
fn did_not_wait() -> Halt {
    let millis = LATE.as_millis();
    let sentence = both!(
        "its reply was to come {millis} ms late, and the client left before that",
        "回复要晚 {millis} 毫秒才到，客户端不等它到就离开了"
    );
    Halt::failed(Fault::Ended, sentence).shows(Cause::DoesNotWait)
}
