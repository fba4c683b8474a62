//! A conversation goes on after the first reply; why does this one not?

use super::waiting::{AFTER_A_TRY, closes_on_silence, find_why_it_closes};
use crate::both;
use crate::check::stage::ending::DYING;
use crate::check::stage::judge::Judge;
use crate::check::stage::wire::{Came, Conn};
use crate::check::verdict::cause::Cause;
use crate::check::verdict::{Fault, Halt, Outcome, unless_failed};
use std::time::{Duration, Instant};

/// A client that has been silent for less has not been silent.
const NO_SILENCE: Duration = Duration::from_millis(200);
/// For so long a client is silent to find out whether it may be.
const LONGEST_SILENCE: Duration = Duration::from_secs(4);

/// There were replies before, and there was none to `text`.
pub(super) fn find_why_it_stops(judge: &mut Judge<'_>, a: &mut Conn, text: &str, halt: Halt) -> Outcome<Halt> {
    match halt.fault() {
        // What it crashed of says more.
        Some(Fault::Ended | Fault::Reset | Fault::Silent) if judge.crashes_within(DYING)? => Ok(halt),
        Some(Fault::Ended | Fault::Reset) => find_when_it_closes(judge, halt),
        Some(Fault::Silent) => find_where_it_is(judge, a, text, halt),
        _ => Ok(halt),
    }
}

/// The connection was closed: was it right after the first reply?
fn find_when_it_closes(judge: &mut Judge<'_>, halt: Halt) -> Outcome<Halt> {
    if judge.has_ended_well(DYING) {
        let finding = both!("the program had ended by then, without an error", "那时程序已经结束了，没有报错");
        return Ok(halt.found(Cause::OneMessage, finding));
    }
    judge.context.story.looks_for_the_cause();
    if closes_on_silence(judge)? {
        return find_why_it_closes(judge, halt);
    }
    let after_one = judge.connect().and_then(|mut conn| {
        conn.echo("once")?;
        conn.read_to_end(AFTER_A_TRY)
    });
    if !matches!(unless_failed(after_one)?, Some((_, Came::End | Came::Reset))) {
        return Ok(halt.suspect(Cause::OneMessage));
    }
    let finding = both!(
        "another client found its connection closed right after its first reply",
        "另一个客户端收到第一个回复之后，连接立刻就被关闭了"
    );
    Ok(halt.found(Cause::OneMessage, finding))
}

/// The connection is open, and the message lies unread: where is the server?
fn find_where_it_is(judge: &mut Judge<'_>, a: &mut Conn, text: &str, halt: Halt) -> Outcome<Halt> {
    if a.has_been_read() != Some(false) {
        return Ok(halt);
    }
    a.looks_for_the_cause();
    let Some(mut b) = unless_failed(judge.connect())? else { return Ok(halt) };
    if a.answers_after_all(text, AFTER_A_TRY)? {
        let finding = both!("as soon as another client connected, the reply came", "另一个客户端一连上，回复就来了");
        return Ok(halt.found(Cause::AcceptBlocks, finding));
    }
    if unless_failed(b.echo("b speaks"))?.is_none() {
        return Ok(halt);
    }
    let finding = both!(
        "another client connected and got its reply; what A sent after its first reply was never received",
        "另一个客户端连接后得到了回复；A 在第一个回复之后发送的内容一直没有被接收"
    );
    Ok(halt.found(Cause::OneRecv, finding))
}

/// A conversation was ended by the program, and no check has found out why: two reasons are the same in all of them.
pub(in crate::check::targets) fn find_what_ended_it(judge: &mut Judge<'_>, halt: Halt) -> Outcome<Halt> {
    let Halt::Failed(failure) = &halt else { return Ok(halt) };
    let (cause, cut_off) = (failure.cause(), failure.cut_off);
    let Some(cut_off) = cut_off.filter(|_| halt.is_cut_off() && cause != Some(Cause::TimeLimit)) else {
        return Ok(halt);
    };
    if judge.has_crashed() || judge.has_ended_well(DYING) {
        return Ok(halt);
    }
    if cut_off.silence > NO_SILENCE
        && let Some(after) = ends_silent_client(judge, cut_off.silence)?
    {
        let silence = cut_off.silence.as_secs_f64();
        let finding = both!(
            "a client that got a reply, and then was silent, found its connection closed after {after:.1} s; this one had been silent for {silence:.1} s",
            "客户端收到一个回复之后不再发送，{after:.1} 秒后连接被关闭；而这个客户端已经沉默了 {silence:.1} 秒"
        );
        return Ok(halt.found(Cause::TimeLimit, finding));
    }
    // To be closed after the first reply is the same whatever the check asks.
    let may_be = cut_off.has_replied && cause.is_none();
    if may_be { find_when_it_closes(judge, halt) } else { Ok(halt) }
}

/// After how many seconds the program closes the connection of a client that has had its reply, and is silent for a little longer
/// than this one was.
fn ends_silent_client(judge: &mut Judge<'_>, silence: Duration) -> Outcome<Option<f64>> {
    judge.context.story.looks_for_the_cause();
    let silent = judge.connect().and_then(|mut conn| {
        conn.echo("silent from now on")?;
        let began = Instant::now();
        let (_, came) = conn.read_to_end((silence * 3 / 2).min(LONGEST_SILENCE))?;
        Ok((came, began.elapsed()))
    });
    let Some((Came::End | Came::Reset, after)) = unless_failed(silent)? else { return Ok(None) };
    // Whoever speaks in time keeps the connection: it is not closed after the first reply.
    let spoken = judge.connect().and_then(|mut conn| {
        conn.echo("one")?;
        judge.context.pause(after / 3)?;
        conn.echo("two")
    });
    Ok(unless_failed(spoken)?.map(|()| after.as_secs_f64()))
}
