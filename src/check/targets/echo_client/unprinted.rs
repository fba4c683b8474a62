//! A reply that was not printed: what stands there instead, and what is tried to find out why.

use super::length::{cut_at, find_what_it_counts};
use super::talk::{Talk, count_replies, is_printed, not_printed};
use crate::both;
use crate::check::requirement::Target::SocketClient;
use crate::check::stage::ending::ENDING;
use crate::check::stage::judge::Judge;
use crate::check::stage::wire::Came;
use crate::check::verdict::cause::Cause;
use crate::check::verdict::mistakes::contains;
use crate::check::verdict::{Halt, Outcome, unless_failed};
use crate::lang::Text;
use crate::view::bytes_literal;
use std::time::Duration;

/// How long a client may take until its next message, after the time that the printing had.
const GOES_ON: Duration = Duration::from_millis(2500);
/// What it says after that within this time, it says without waiting.
const SOON: Duration = Duration::from_millis(300);
/// What is sent to a client that seems to wait for a full buffer: more than the buffers of beginners hold.
const FILLING: usize = 70_000;

/// The reply was not printed in time. It may be held back in a buffer, which a terminal empties at each newline: then that is another
/// check's question.
pub(super) fn explain(judge: &mut Judge<'_>, talk: Talk, text: &str) -> Outcome {
    let halt = not_printed(text);
    if let Some(cause) = shown_by(judge, text)? {
        return Err(halt.shows(cause));
    }
    // What a crash does away with is no output that is held back.
    if let Some(crash) = judge.crash()?
        && judge.program()?.ended().is_some()
    {
        let halt = if crash == Cause::DiesOfBytes { find_what_it_counts(judge, halt, "ııı中")? } else { halt };
        return Err(halt);
    }
    let halt = if text.is_ascii() { halt } else { find_what_it_counts(judge, halt, "ııı中")? };
    if halt.is_found() {
        return Err(halt);
    }
    if !cfg!(unix) || judge.host.on_terminal {
        return find_without_terminal(judge, talk, text);
    }
    drop(talk);
    judge.context.story.did(both!("once more, with a terminal for its stdout", "再来一次，这回让它的标准输出接到终端"));
    judge.next_process();
    judge.host.on_terminal = true;
    let tried = on_terminal(judge, halt);
    judge.host.on_terminal = matches!(tried, Ok(None));
    judge.next_process();
    tried?.map_or(Ok(()), Err)
}

/// The same conversation on a terminal; `None` if the reply is printed there.
fn on_terminal(judge: &mut Judge<'_>, halt: Halt) -> Outcome<Option<Halt>> {
    let begun = Talk::begin(judge).and_then(|mut talk| {
        let text = talk.message(judge, "hello")?;
        talk.answer(&text)?;
        let is_printed = is_printed(judge, &text, 1)?;
        Ok((talk, text, is_printed))
    });
    match unless_failed(begun)? {
        Some((_, _, true)) => Ok(None),
        Some((talk, text, false)) => find_what_it_waits_for(judge, talk, &text, halt).map(Some),
        None => Ok(Some(halt)),
    }
}

/// Without a terminal to try, what comes when the program ends was held back.
fn find_without_terminal(judge: &mut Judge<'_>, talk: Talk, text: &str) -> Outcome {
    end(judge, talk)?;
    if count_replies(&judge.printed()?.results(), &text.to_uppercase()) > 0 {
        judge.host.on_terminal = true;
        return Ok(());
    }
    let cause = shown_by(judge, text)?;
    Err(cause.into_iter().fold(not_printed(text), Halt::shows))
}

/// On a terminal it prints no reply either: does it go on to its next message, or for what does it wait?
fn find_what_it_waits_for(judge: &mut Judge<'_>, mut talk: Talk, text: &str, halt: Halt) -> Outcome<Halt> {
    if let Some(next) = goes_on(judge, &mut talk)? {
        // It may have sent several messages, and wait for the replies to all of them.
        let is_answered = unless_failed(talk.conn.send(&next.to_ascii_uppercase()))?.is_some();
        if is_answered && prints_now(judge, text)? {
            let finding = both!(
                "it sent its next message first; when that was answered too, it printed the reply",
                "它先发送了下一条消息；那一条也得到回复之后，它才打印了这个回复"
            );
            return Ok(halt.found(Cause::DoesNotWait, finding));
        }
        end(judge, talk)?;
        return find_what_it_prints(judge, text, halt);
    }
    judge.context.story.looks_for_the_cause();
    let filling = [b"\n".to_vec(), b"filling ".repeat(FILLING / 8), b"\n".to_vec()];
    let [line, buffer, last] = filling;
    let tries = [
        (line, Cause::WaitsForLine, both!("when a newline came, it printed the reply", "收到换行之后，它才打印了回复")),
        (
            [buffer, last].concat(),
            Cause::WaitsForFullBuffer,
            both!("when {FILLING} more bytes came, it printed the reply", "又收到 {FILLING} 字节之后，它才打印了回复"),
        ),
    ];
    for (bytes, cause, finding) in tries {
        if unless_failed(talk.conn.send(&bytes))?.is_none() {
            return find_what_it_prints(judge, text, halt);
        }
        if prints_now(judge, text)? {
            return Ok(halt.found(cause, finding));
        }
    }
    talk.conn.shut_down_sending();
    if prints_now(judge, text)? {
        let finding = both!(
            "when the server shut down sending (FIN), it printed the reply",
            "服务器关闭发送方向（FIN）之后，它才打印了回复"
        );
        return Ok(halt.found(Cause::WaitsForEnd, finding));
    }
    end(judge, talk)?;
    find_what_it_prints(judge, text, halt)
}

/// Whether the reply is printed by now or soon, whatever stands behind it.
fn prints_now(judge: &Judge<'_>, text: &str) -> Outcome<bool> {
    let reply = text.trim().to_uppercase().into_bytes();
    judge.wait_for_output(GOES_ON / 2, move |stdout| contains(stdout, &reply))
}

/// The client's next message, if it sends one.
fn goes_on(judge: &Judge<'_>, talk: &mut Talk) -> Outcome<Option<Vec<u8>>> {
    if judge.order.target == SocketClient {
        talk.type_line("and another line");
    }
    let (mut next, came) = talk.conn.read_some(1, GOES_ON)?;
    if came != Came::Bytes {
        return Ok(None);
    }
    next.extend(talk.conn.read_to_end(SOON)?.0);
    Ok(Some(next))
}

/// Ends the program gently: it may print something then.
fn end(judge: &mut Judge<'_>, talk: Talk) -> Outcome {
    drop(talk);
    if judge.wait_for_end(ENDING / 5)?.is_none() {
        judge.interrupt(ENDING)?;
    }
    judge.program()?.drain_output();
    Ok(())
}

/// The program has ended: what did it print?
fn find_what_it_prints(judge: &Judge<'_>, text: &str, halt: Halt) -> Outcome<Halt> {
    if let Some(cause) = shown_by(judge, text)? {
        return Ok(halt.shows(cause));
    }
    let printed = judge.printed()?.results();
    if count_replies(&printed, &text.to_uppercase()) > 0 {
        return Ok(halt.found(Cause::StdoutNotFlushed, only_at_the_end()));
    }
    Ok(if printed.trim_ascii().is_empty() {
        halt.shows(Cause::PrintsNothing)
    } else {
        halt.suspect(Cause::PrintsOtherwise)
    })
}

fn only_at_the_end() -> Text {
    both!(
        "it went on to its next message, and the reply was printed only when the program ended",
        "它继续发送了下一条消息，而回复直到程序结束时才打印出来"
    )
}

/// The cause that the output shows.
fn shown_by(judge: &Judge<'_>, text: &str) -> Outcome<Option<Cause>> {
    let printed = judge.printed()?;
    let cause = shown_in(&printed.results(), text);
    let is_complaint = || count_replies(printed.complaints().as_bytes(), &text.to_uppercase()) > 0;
    Ok(cause.or_else(|| is_complaint().then_some(Cause::PrintsOnStderr)))
}

/// What stands there instead of the reply, if that is known.
fn shown_in(printed: &[u8], text: &str) -> Option<Cause> {
    let reply = text.trim().to_uppercase();
    let output = String::from_utf8_lossy(printed);
    let stands = |other: &str| count_replies(printed, other) > 0;
    if stands(&bytes_literal(text.to_uppercase().as_bytes())) {
        return Some(Cause::StrOfBytes);
    }
    let rest = output.split_once(&reply).map(|(_, rest)| rest);
    if rest.is_some_and(|rest| !rest.contains('\n')) {
        return Some(Cause::NoLineEnd);
    }
    let as_latin_1: String = reply.bytes().map(char::from).collect();
    if !reply.is_ascii() && (stands(&as_latin_1) || stands(&reply.replace(|letter: char| !letter.is_ascii(), "?"))) {
        return Some(Cause::OtherEncoding);
    }
    let is_otherwise = rest.is_some() || output.to_lowercase().contains(&reply.to_lowercase());
    cut_at(printed, text).or_else(|| (!stands(&reply) && is_otherwise).then_some(Cause::PrintsOtherwise))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_shows_what_was_made_of_the_reply() {
        let shown = [
            ("b'HELLO'\n", "hello", Some(Cause::StrOfBytes)),
            ("HELLOHELLO", "hello", Some(Cause::NoLineEnd)),
            ("> HELLO> ", "hello\n", Some(Cause::NoLineEnd)),
            ("Ã\u{89}\n", "é", Some(Cause::OtherEncoding)),
            ("你\n", "你好吗", Some(Cause::CountsLetters)),
            ("\u{2c6f}\u{2c6f}\n", "\u{250}\u{250}\u{250}", Some(Cause::CountsMessage)),
            ("Hello\n", "hello", Some(Cause::PrintsOtherwise)),
            ("HELLO !\n", "hello", Some(Cause::PrintsOtherwise)),
            ("connected\n", "hello", None),
            ("HELLO\n", "hello", None),
        ];
        for (printed, text, cause) in shown {
            assert_eq!(shown_in(printed.as_bytes(), text), cause, "{printed}");
        }
    }
}
