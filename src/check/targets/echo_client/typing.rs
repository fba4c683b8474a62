//! What is typed, for the client that reads it.

use super::talk::{Talk, expect_printed};
use crate::both;
use crate::check::stage::judge::{ENDING, Judge};
use crate::check::verdict::cause::Cause;
use crate::check::verdict::{Fault, Halt, Outcome, suspect};
use std::time::Duration;

/// How late the last reply comes, so that a client that ends with its stdin does not have it yet.
const LATE: Duration = Duration::from_millis(300);
/// More than the buffers of a connection take at once, while nobody reads.
const LONG: usize = 200_000;

/// An empty line sends nothing, and nothing comes back for it.
pub(super) fn empty_line(judge: &mut Judge<'_>) -> Outcome {
    let mut talk = Talk::begin(judge)?;
    talk.type_line("");
    // A line end that was sent for it is answered, as a server does.
    let (sent, _) = talk.conn.read_some(1, LATE)?;
    talk.conn.send(&sent)?;
    let text = talk.message(judge, "after an empty line").map_err(|halt| match halt.fault() {
        Some(Fault::Ended) => halt.suspect(Cause::EndsWithEmpty),
        _ => halt.suspect(Cause::WaitsForNothing),
    })?;
    talk.answer(&text)?;
    expect_printed(judge, &text, 1)
}

pub(super) fn end_of_input(judge: &mut Judge<'_>) -> Outcome {
    let mut talk = Talk::begin(judge)?;
    let text = talk.message(judge, "the last line")?;
    judge.context.story.did(both!("ends the program's stdin", "结束它的标准输入"));
    talk.stdin = None;
    judge.context.pause(LATE)?;
    // A client that left meanwhile is found out by what it does not print.
    let _ = talk.answer(&text);
    expect_printed(judge, &text, 1).map_err(suspect(Cause::EndsWithStdin))?;
    // It has answered everything, and closes.
    talk.conn.finish_sending();
    drop(talk);
    if judge.wait_for_end(ENDING)?.is_some() {
        return Ok(());
    }
    let seconds = ENDING.as_secs_f64();
    let sentence = both!(
        "its stdin has ended and the server has closed, and {seconds} s later the client still runs",
        "标准输入已结束，服务器也已关闭，{seconds} 秒后客户端仍在运行"
    );
    Err(Halt::failed(Fault::StillRunning, sentence).suspect(Cause::EndNotNoticed))
}

pub(super) fn long_line(judge: &mut Judge<'_>) -> Outcome {
    let mut talk = Talk::begin(judge)?;
    let line: String = (0..)
        .map(|number| format!("word{number} "))
        .take_while({
            let mut len = 0;
            move |word| {
                len += word.len();
                len < LONG
            }
        })
        .collect();
    let line = line.trim_end().to_owned();
    let text = talk.message(judge, &line).map_err(suspect(Cause::ShortSend))?;
    talk.answer(&text)?;
    expect_printed(judge, &text, 1).map_err(suspect(Cause::RecvIsNoMessage))
}
