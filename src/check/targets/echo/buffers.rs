//! Messages that are as long as a buffer, and replies that are shorter than their messages.

use super::echoed::{name_leftover, name_wrong_stream, numbered};
use super::waiting::AFTER_A_TRY;
use crate::both;
use crate::check::stage::judge::Judge;
use crate::check::stage::wire::Conn;
use crate::check::verdict::cause::Cause;
use crate::check::verdict::{Fault, Halt, Outcome, unless_failed};
use crate::lang::Text;
use std::time::Duration;

/// What programs ask `recv` for, or what twice, four times, ten times as much is.
const SIZES: [usize; 9] = [1000, 1024, 2048, 4096, 8192, 10_000, 16_384, 32_768, 65_536];
/// So much may arrive in two pieces, and is tried more than once.
const LARGE: usize = 20_000;
const TRIES: usize = 3;
/// More than a program receives at once, and so little that every `send` takes all of it.
const SMALL: usize = 20_000;
/// How long a program may take to say what it crashed of.
const COMPLAINING: Duration = Duration::from_millis(200);

pub(super) fn exact_buffer(judge: &mut Judge<'_>) -> Outcome {
    for size in SIZES {
        for _ in 0..if size > LARGE { TRIES } else { 1 } {
            let text = numbered(judge, size);
            let expected = text.to_ascii_uppercase();
            // At once, so that all of it may be there before the server's first `recv`.
            let mut conn = judge.connect()?;
            conn.send(&text)?;
            conn.expect(&expected).or_else(|halt| {
                let halt = name_wrong_stream(halt, &expected);
                Err(find_whether_one_more_helps(&mut conn, &expected, halt)?)
            })?;
        }
    }
    Ok(())
}

/// A message of this length was not answered: is it, when a byte comes behind it?
fn find_whether_one_more_helps(conn: &mut Conn, expected: &[u8], halt: Halt) -> Outcome<Halt> {
    if halt.fault() != Some(Fault::Silent) {
        return Ok(halt);
    }
    conn.looks_for_the_cause();
    if let Some(finding) = lies_unread(conn) {
        return Ok(halt.found(Cause::ShortRecv, finding));
    }
    if !conn.tries_to_send(b"x")? {
        return Ok(halt);
    }
    let (answer, _) = conn.read_some(expected.len() + 1, AFTER_A_TRY)?;
    let finding = both!("when one more byte was sent, the whole reply came", "再发送一个字节之后，整个回复都来了");
    let is_whole = answer.strip_prefix(expected) == Some(b"X");
    Ok(if is_whole { halt.found(Cause::ShortRecvIsEnd, finding) } else { halt })
}

/// A longer text, a shorter one, and one that is waited for after it.
const OLD_END: [&str; 3] = ["a longer text", "short", "x"];

/// The reply to much is too short, or pieces are missing in it: was it not received, or not sent? Or pieces came twice.
pub(super) fn find_what_is_missing(judge: &mut Judge<'_>, conn: &Conn, halt: Halt) -> Outcome<Halt> {
    if halt.cause() == Some(Cause::SendsAgain) {
        let halt = find_whether_all_comes_again(judge, halt)?;
        return if halt.cause() == Some(Cause::SendsAgain) { find_an_old_end(judge, halt) } else { Ok(halt) };
    }
    let loses = halt.fault() == Some(Fault::WrongBytes) && halt.cause() == Some(Cause::ShortSend);
    if !(loses || halt.fault() == Some(Fault::Silent)) || judge.crashes_within(COMPLAINING)? {
        return Ok(halt);
    }
    let buffers = conn.in_its_buffers();
    conn.looks_for_the_cause();
    if let Some(finding) = lies_unread(conn).filter(|_| !loses) {
        return Ok(halt.found(Cause::ShortRecv, finding));
    }
    let text = numbered(judge, SMALL);
    let small = judge.connect().and_then(|mut conn| conn.exchange(&text, &text.to_ascii_uppercase()));
    if unless_failed(small)?.is_none() {
        let finding = both!(
            "{SMALL} bytes, which every send takes as a whole, do not come back either: they were lost behind recv",
            "{SMALL} 字节是一次 send 就能全部发出的，也没有完整返回：数据在 recv 之后就丢了"
        );
        return Ok(halt.found(Cause::ShortRecv, finding));
    }
    let finding = both!(
        "{SMALL} bytes came back whole; of more than the buffers hold, the program received all and did not send all",
        "{SMALL} 字节能完整返回；超出缓冲区的数据，程序全部接收了，却没有全部发出"
    );
    let was_received = loses || buffers.is_some_and(|(unread, unsent)| unread == 0 && unsent == 0);
    Ok(match was_received {
        // Where in the text pieces are missing was told already.
        true if loses => halt,
        true => halt.found(Cause::ShortSend, finding),
        false => halt,
    })
}

/// A part came twice: does all that a client has said, also where every `send` takes all of it?
fn find_whether_all_comes_again(judge: &mut Judge<'_>, halt: Halt) -> Outcome<Halt> {
    judge.context.story.looks_for_the_cause();
    let said = judge.connect().and_then(|mut conn| conn.echo("one").and_then(|()| conn.echo("two")));
    let finding = both!(
        "a client that said \"one\" and then \"two\" got its first reply again, with the second one",
        "客户端先后发送“one”和“two”，第二个回复里又带上了第一个回复"
    );
    match said {
        Err(said) if said.cause() == Some(Cause::NeverEmptied) => Ok(halt.found(Cause::NeverEmptied, finding)),
        said => unless_failed(said).map(|_| halt),
    }
}

/// Bytes came again, in a place where the system may have taken only a part: do they also come where it takes all?
fn find_an_old_end(judge: &mut Judge<'_>, halt: Halt) -> Outcome<Halt> {
    judge.context.story.looks_for_the_cause();
    let Some(mut conn) = unless_failed(judge.connect())? else { return Ok(halt) };
    let left = match OLD_END.iter().try_for_each(|text| conn.echo(text)) {
        Err(left @ Halt::Failed(_)) => name_leftover(left, &OLD_END),
        other => return other.map(|()| halt),
    };
    let [longer, shorter, _] = OLD_END;
    let finding = both!(
        "after \"{longer}\", the reply to \"{shorter}\" brought the end of the longer text once more",
        "先发送“{longer}”再发送“{shorter}”，后者的回复又带上了前一条文本的结尾"
    );
    Ok(if left.cause() == Some(Cause::WholeBuffer) { halt.found(Cause::WholeBuffer, finding) } else { halt })
}

/// Nothing keeps the program from sending, and it does not receive what is there.
fn lies_unread(conn: &Conn) -> Option<Text> {
    let Some((unread @ 1.., 0)) = conn.in_its_buffers() else { return None };
    Some(both!(
        "the system's table shows: {unread} bytes lie in the program's receive buffer, and it does not call recv for them",
        "系统的连接表显示：程序的接收缓冲区里还有 {unread} 字节，而它没有再调用 recv"
    ))
}
