//! A client shuts down sending: it still gets all its replies, and then the connection is closed.

use super::buffers::find_what_is_missing;
use super::bulk::{MORE_THAN_FITS, STALL};
use super::echoed::{name_wrong_stream, numbered};
use crate::both;
use crate::check::requirement::Target;
use crate::check::stage::ending::DYING;
use crate::check::stage::judge::Judge;
use crate::check::stage::load::Load;
use crate::check::stage::wire::{Came, Conn, REPLY};
use crate::check::verdict::cause::Cause;
use crate::check::verdict::{Fault, Halt, Outcome, unless_failed};
use crate::lang::Text;
use std::time::Duration;

/// How long is looked whether a server that does not close is busy with that.
const LOOK: Duration = Duration::from_millis(200);
/// A thread that ran at more looks than this does not sleep.
const NEARLY_ALWAYS: f64 = 0.8;
/// How many clients send and shut down sending as soon as they have connected.
const AT_ONCE: usize = 8;
/// Between two looks at the replies of a client that receives slowly.
const PAUSE: Duration = Duration::from_millis(1);

pub(super) fn half_close(judge: &mut Judge<'_>) -> Outcome {
    // At once, so that the end may be there before the server's first `recv`.
    for _ in 0..AT_ONCE {
        let mut a = judge.connect()?;
        a.send(b"last words")?;
        a.shut_down_sending();
        a.expect_upper("last words").or_else(|halt| Err(find_whether_the_end_matters(judge, b"last words", halt)?))?;
    }
    // Much, so that the reply is still on its way when the end arrives.
    let mut b = judge.connect()?;
    let text = numbered(judge, 100_000);
    b.send(&text)?;
    b.shut_down_sending();
    let expected = text.to_ascii_uppercase();
    b.exchange(b"", &expected).or_else(|halt| {
        let halt = find_what_is_missing(judge, &b, name_wrong_stream(halt, &expected))?;
        Err(find_whether_the_end_matters(judge, &text, halt)?)
    })
}

/// A client sends much, receives nothing, and shuts down sending: what is still to be sent then is sent.
pub(super) fn queued_at_shutdown(judge: &mut Judge<'_>) -> Outcome {
    let text = numbered(judge, MORE_THAN_FITS);
    let mut conn = judge.connect()?;
    receive_slowly(judge, &mut conn, &text, true).or_else(|halt| {
        if !halt.is_cut_off() {
            return Err(find_what_is_missing(judge, &conn, halt)?);
        }
        if judge.crashes_within(DYING)? {
            return Err(halt);
        }
        judge.context.story.looks_for_the_cause();
        let without_end = judge.connect().and_then(|mut conn| receive_slowly(judge, &mut conn, &text, false));
        Err(name_the_end(halt, unless_failed(without_end)?.is_some()))
    })
}

/// Sends as much as goes, and then receives slowly, so that the server's own buffer is never empty when it hears of the end.
fn receive_slowly(judge: &mut Judge<'_>, conn: &mut Conn, text: &[u8], with_end: bool) -> Outcome {
    let sent = conn.send_until_full(text, STALL)?;
    if with_end {
        conn.shut_down_sending();
    }
    while conn.pending_len() < sent && conn.receive(judge.context.until(REPLY))? == Came::Bytes {
        judge.context.pause(PAUSE)?;
    }
    let expected = text.get(..sent).unwrap_or_default().to_ascii_uppercase();
    conn.expect(&expected).map_err(|halt| name_wrong_stream(halt, &expected))
}

/// The connection was closed before all was answered: is it answered, when the client does not shut down sending?
fn find_whether_the_end_matters(judge: &mut Judge<'_>, text: &[u8], halt: Halt) -> Outcome<Halt> {
    if halt.fault() == Some(Fault::Silent) {
        return find_whether_it_spins(judge, halt);
    }
    if !halt.is_cut_off() || judge.crashes_within(DYING)? {
        return Ok(halt);
    }
    judge.context.story.looks_for_the_cause();
    let without_end = judge.connect().and_then(|mut conn| conn.exchange(text, &text.to_ascii_uppercase()));
    Ok(name_the_end(halt, unless_failed(without_end)?.is_some()))
}

fn name_the_end(halt: Halt, is_answered_without_it: bool) -> Halt {
    let finding = both!(
        "the same bytes all came back to a client that did not shut down sending",
        "客户端不关闭发送方向时，同样的字节全部返回了"
    );
    if is_answered_without_it { halt.found(Cause::ClosesTooEarly, finding) } else { halt }
}

pub(super) fn closes(judge: &mut Judge<'_>) -> Outcome {
    // One whose earlier clients have left may spin since then, and would show nothing new.
    judge.next_process();
    let mut a = judge.connect()?;
    a.echo("goodbye")?;
    // Lesson 1's server may well spin; of lesson 4's it is the fault that the notes have.
    let may_sleep = judge.order.target == Target::SocketServer && judge.program().is_ok();
    let before = if may_sleep { judge.load(LOOK)? } else { None };
    a.shut_down_sending();
    let Err(halt) = a.expect_end() else { return Ok(()) };
    let halt = name_held(halt, &a);
    match spins_since(judge, before)? {
        Some(finding) => Err(halt.found(Cause::SpinsAfterLeaving, finding)),
        None => Err(halt),
    }
}

/// A client waits in vain behind others that have shut down sending: is the server busy with the end of one of those?
fn find_whether_it_spins(judge: &mut Judge<'_>, halt: Halt) -> Outcome<Halt> {
    judge.context.story.looks_for_the_cause();
    judge.next_process();
    let Some(mut a) = unless_failed(judge.connect())? else { return Ok(halt) };
    if unless_failed(a.echo("goodbye"))?.is_none() {
        return Ok(halt);
    }
    let before = judge.load(LOOK)?;
    a.shut_down_sending();
    let is_closed = matches!(unless_failed(a.read_to_end(LOOK))?, Some((_, Came::End | Came::Reset)));
    let finding = if is_closed { None } else { spins_since(judge, before)? };
    Ok(match finding {
        Some(finding) => halt.found(Cause::SpinsAfterLeaving, finding),
        None => halt,
    })
}

/// Whether the server spins now and did not before. One that spins all the time says nothing by it.
fn spins_since(judge: &mut Judge<'_>, before: Option<Load>) -> Outcome<Option<Text>> {
    let Some(before) = before.filter(|before| before.running < NEARLY_ALWAYS) else { return Ok(None) };
    let after = judge.load(LOOK)?.filter(|after| after.running > NEARLY_ALWAYS);
    Ok(after.map(|after| {
        let (before, after) = (before.percent, after.percent);
        both!(
            "since its client has left, the server uses {after:.0} % of a core (before: {before:.0} %)",
            "客户端离开之后，服务器占用了单核的 {after:.0}%（之前是 {before:.0}%）"
        )
    }))
}

/// The connection is not closed; the system's table tells whether the program has its socket still.
pub(super) fn name_held(halt: Halt, conn: &Conn) -> Halt {
    match conn.is_held() {
        Some(true) => halt.shows(Cause::NeverCloses),
        _ => halt.suspect(Cause::NeverCloses),
    }
}
