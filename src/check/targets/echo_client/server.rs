//! Servers that leave, or are not there.

use super::talk::{Talk, count_replies};
use crate::both;
use crate::check::stage::ending::ENDING;
use crate::check::stage::judge::Judge;
use crate::check::stage::stdin::Stdin;
use crate::check::targets::clients::still_runs;
use crate::check::verdict::cause::Cause;
use crate::check::verdict::{Fault, Halt, Outcome};
use crate::lang::Text;
use std::process::ExitStatus;
use std::time::Duration;

/// A client that prints more than this after its server has left does nothing else any more.
const FLOOD: u64 = 100_000;
/// How long after a reply it is looked whether it is printed twice.
const TWICE: Duration = Duration::from_millis(150);
/// How long is looked whether a client that waits sleeps.
const LOOK: Duration = Duration::from_millis(250);
/// A client that was seen running at more looks than this does not sleep.
const OFTEN: f64 = 0.25;

pub(super) fn server_closes(judge: &mut Judge<'_>) -> Outcome {
    let mut talk = Talk::begin(judge)?;
    let text = talk.message(judge, "hello")?;
    talk.answer(&text)?;
    let reply = text.to_uppercase();
    // One that prints each reply more than once does so before the end.
    let has_printed_twice = judge.wait_for_output(TWICE, |stdout| count_replies(stdout, &reply) > 1)?;
    talk.conn.shut_down_sending();
    let Talk { conn, stdin, .. } = talk;
    drop(conn);
    ends(judge, stdin.as_ref(), &both!("the server has closed", "服务器已关闭连接"))?;
    let replies = count_replies(&judge.printed()?.results(), &reply);
    // One that prints what it sends may have the same words there.
    if replies > 1 && reply != text {
        let sentence = both!(
            "the reply came once and then the end, and it was printed {replies} times",
            "回复只来了一次，随后连接就结束了，它却被打印了 {replies} 次"
        );
        let halt = Halt::failed(Fault::Printed, sentence);
        return Err(if has_printed_twice { halt } else { halt.shows(Cause::EndNotNoticed) });
    }
    Ok(())
}

pub(super) fn server_resets(judge: &mut Judge<'_>) -> Outcome {
    let mut talk = Talk::begin(judge)?;
    talk.message(judge, "hello")?;
    let Talk { conn, stdin, .. } = talk;
    conn.reset();
    ends(judge, stdin.as_ref(), &both!("the server has reset the connection", "服务器重置了连接")).map(drop)
}

/// That the client ends by itself. One that reads what is typed may notice only when something is.
fn ends(judge: &Judge<'_>, stdin: Option<&Stdin>, when: &Text) -> Outcome<ExitStatus> {
    let before = judge.printed()?.stdout_len();
    for line in ["is anybody there?", "and now?"] {
        if let Some(stdin) = stdin
            && judge.wait_for_end(ENDING / 10)?.is_none()
        {
            stdin.type_line(line);
        }
    }
    let ended = judge.wait_for_end(ENDING)?;
    let printed = judge.printed()?.stdout_len() - before;
    let (en, zh) = (&when.en, &when.zh);
    if printed > FLOOD {
        let kilobytes = printed / 1000;
        let sentence = Text {
            en: format!("{en}, and the client has printed {kilobytes} kB since"),
            zh: format!("{zh}，此后客户端已经打印了 {kilobytes} kB"),
        };
        return Err(Halt::failed(Fault::Printed, sentence).shows(Cause::EndNotNoticed));
    }
    ended.map_or_else(|| Err(still_runs(judge, when)), Ok)
}

pub(super) fn exit_code(judge: &mut Judge<'_>) -> Outcome {
    let mut talk = Talk::begin(judge)?;
    talk.message(judge, "hello")?;
    talk.conn.shut_down_sending();
    let Talk { conn, stdin, .. } = talk;
    drop(conn);
    let status =
        ends(judge, stdin.as_ref(), &both!("the server has closed without a reply", "服务器没有回复就关闭了"))?;
    if status.success() {
        let sentence = both!(
            "it got no reply to its message, and ended with 0, as if all had gone well",
            "它没有得到回复，却以 0 结束，仿佛一切正常"
        );
        return Err(Halt::failed(Fault::Died, sentence));
    }
    Ok(())
}

/// While it waits for a reply there is nothing to do.
pub(super) fn sleeps(judge: &mut Judge<'_>) -> Outcome {
    let mut talk = Talk::begin(judge)?;
    talk.message(judge, "hello")?;
    judge.rests(LOOK, OFTEN)?.map_err(|halt| halt.shows(Cause::PollsInALoop))
}
