//! What is typed, for the client that reads it.

use super::talk::{Talk, expect_printed};
use crate::both;
use crate::check::stage::ending::ENDING;
use crate::check::stage::judge::Judge;
use crate::check::stage::wire::Came;
use crate::check::targets::clients::still_runs;
use crate::check::verdict::cause::Cause;
use crate::check::verdict::{Fault, Halt, Outcome, unless_failed};
use std::time::Duration;

/// How late the last reply comes, so that a client that ends with its stdin does not have it yet.
const LATE: Duration = Duration::from_millis(300);

/// An empty line sends nothing, and nothing comes back for it.
pub(super) fn empty_line(judge: &mut Judge<'_>) -> Outcome {
    let mut talk = Talk::begin(judge)?;
    talk.type_line("");
    // A line end that was sent for it is answered, as a server does.
    let (sent, _) = talk.conn.read_some(1, LATE)?;
    talk.conn.send(&sent)?;
    match talk.message(judge, "after an empty line") {
        Ok(text) => {
            talk.answer(&text)?;
            expect_printed(judge, &text, 1)
        }
        Err(halt) => Err(find_what_it_makes_of_nothing(judge, &mut talk, halt)?),
    }
}

/// No line comes any more, after an empty one: other lines came, one after another.
fn find_what_it_makes_of_nothing(judge: &Judge<'_>, talk: &mut Talk, halt: Halt) -> Outcome<Halt> {
    match halt.fault() {
        Some(Fault::Ended) => {
            let ended = judge.program()?.wait(LATE);
            let is_well = ended.is_none_or(|ended| ended.success()) && judge.crash()?.is_none();
            Ok(if is_well { halt.shows(Cause::EndsWithEmpty) } else { halt })
        }
        Some(Fault::Silent) => {
            talk.conn.looks_for_the_cause();
            let is_sent = unless_failed(talk.conn.send(b"?\n"))?.is_some();
            if !is_sent || talk.conn.read_some(1, LATE)?.1 != Came::Bytes {
                return Ok(halt.suspect(Cause::WaitsForNothing));
            }
            let finding = both!(
                "as soon as the server had sent something, it sent the line",
                "服务器一发来数据，它就发送了那一行"
            );
            Ok(halt.found(Cause::WaitsForNothing, finding))
        }
        _ => Ok(halt),
    }
}

pub(super) fn end_of_input(judge: &mut Judge<'_>) -> Outcome {
    let mut talk = Talk::begin(judge)?;
    let text = talk.message(judge, "the last line")?;
    judge.context.story.did(both!("ends the program's stdin", "结束它的标准输入"));
    talk.stdin = None;
    judge.context.pause(LATE)?;
    // A client that left meanwhile is found out by what it does not print.
    let _ = talk.answer(&text);
    if let Err(halt) = expect_printed(judge, &text, 1) {
        let is_well = judge.program()?.ended().is_some() && judge.crash()?.is_none();
        return Err(if is_well { halt.shows(Cause::EndsWithStdin) } else { halt });
    }
    // It has answered everything, and closes.
    talk.conn.shut_down_sending();
    drop(talk);
    if judge.wait_for_end(ENDING)?.is_some() {
        return Ok(());
    }
    Err(still_runs(judge, &both!("its stdin has ended and the server has closed", "标准输入已结束，服务器也已关闭")))
}
