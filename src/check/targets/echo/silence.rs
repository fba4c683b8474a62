//! Clients that say nothing: for a while, and many of them.

use super::echoed::random_word;
use super::waiting::AFTER_A_TRY;
use crate::both;
use crate::check::stage::ending::DYING;
use crate::check::stage::judge::Judge;
use crate::check::stage::wire::{Conn, Patient};
use crate::check::verdict::cause::Cause;
use crate::check::verdict::{Fault, Halt, Outcome, unless_failed};
use std::time::{Duration, Instant};

/// The check for which clients are left alone early, while others are played.
pub(super) const KEEPS_SILENT_CLIENT: &str = "echo/keeps-silent-client";
/// Between two looks at whether the connection still stands.
const LOOK: Duration = Duration::from_millis(20);
/// How long a server may take to accept one of a crowd before the next one comes.
pub(super) const ACCEPTING: Duration = Duration::from_millis(200);
/// So many connect at once: each accept queue has room for them.
const AT_ONCE: usize = 4;
/// How long a reply may take when one of a crowd has left.
const AFTER_ONE: Duration = Duration::from_millis(60);

pub(super) fn keeps_silent_client(judge: &mut Judge<'_>) -> Outcome {
    let silence = judge.order.silence;
    let (mut a, mut b, ended) = match judge.host.take_silent_clients() {
        Some(clients) => {
            let seconds = silence.as_secs();
            judge.context.story.did(both!(
                "beside the other checks, A connects, and B connects and says hello; then both are silent for {seconds} s",
                "与其他检查同时进行：A 连上，B 连上并发送 hello，然后两者沉默 {seconds} 秒"
            ));
            let left = |since: Instant| silence.saturating_sub(since.elapsed());
            judge.context.wait_until(silence, || {
                clients.iter().all(|client| left(client.since).is_zero() || client.ended_after().is_some())
            })?;
            // Other checks may have kept them silent for longer, and then a server is free to close them.
            let ended = clients.iter().filter_map(Patient::ended_after).filter(|after| *after < silence).min();
            let [a, b] = clients.map(|client| client.go_on(&judge.context));
            let (Some(a), Some(b)) = (a, b) else { return Err(Halt::Broken(both!("a thread failed", "线程出错"))) };
            (a, b, ended)
        }
        None => stay_silent(judge)?,
    };
    if let Some(after) = ended {
        return Err(cut_short(judge, after));
    }
    for conn in [&mut a, &mut b] {
        conn.receive_ready()?;
        if !conn.has_ended() {
            conn.echo(&random_word(judge))?;
        }
    }
    // The listener has waited as long as its clients have.
    judge.connect()?.echo(&random_word(judge))
}

/// The same in the process that is judged, where there is no other.
fn stay_silent(judge: &mut Judge<'_>) -> Outcome<(Conn, Conn, Option<Duration>)> {
    let (mut a, mut b) = (judge.connect()?, judge.connect()?);
    b.echo("hello")?;
    let began = Instant::now();
    while began.elapsed() < judge.order.silence {
        judge.context.pause(LOOK)?;
        a.receive_ready()?;
        b.receive_ready()?;
        if a.has_ended() || b.has_ended() {
            return Ok((a, b, Some(began.elapsed())));
        }
    }
    Ok((a, b, None))
}

/// A silent client's connection was ended after this time.
fn cut_short(judge: &Judge<'_>, after: Duration) -> Halt {
    let (seconds, all) = (after.as_secs_f64(), judge.order.silence.as_secs());
    let has_died = judge.program().is_ok_and(|program| program.wait(AFTER_A_TRY).is_some());
    let halt = if has_died {
        let sentence = both!(
            "after {seconds:.1} s in which no client said anything, the program ended; a client may be silent for {all} s",
            "没有客户端发送数据，{seconds:.1} 秒后程序就结束了；客户端可以沉默 {all} 秒"
        );
        Halt::failed(Fault::Died, sentence)
    } else {
        let sentence = both!(
            "after {seconds:.1} s of silence the program closed a client's connection; a client may be silent for {all} s",
            "客户端沉默 {seconds:.1} 秒后，程序关闭了它的连接；客户端可以沉默 {all} 秒"
        );
        Halt::failed(Fault::Ended, sentence)
    };
    // A slip is no time limit, whenever it happens.
    let is_a_slip = judge.crash().is_ok_and(|crash| crash.is_some()) && !tells_of_time(judge);
    if is_a_slip { halt } else { halt.shows(Cause::TimeLimit) }
}

/// Whether the program complains of a time limit.
fn tells_of_time(judge: &Judge<'_>) -> bool {
    ["timed out", "TimeoutError", "Timeout", "ETIMEDOUT"].iter().any(|words| judge.complains(words))
}

pub(super) fn forty_silent(judge: &mut Judge<'_>) -> Outcome {
    beside_a_crowd(judge, 40)
}

pub(super) fn hundred_silent(judge: &mut Judge<'_>) -> Outcome {
    beside_a_crowd(judge, 100)
}

/// So many clients connect and say nothing; then one more connects, and speaks.
fn beside_a_crowd(judge: &mut Judge<'_>, clients: usize) -> Outcome {
    let (mut crowd, mut last, word) = (Vec::with_capacity(clients), None, random_word(judge));
    let spoken = gather(judge, &mut crowd, clients)
        .and_then(|()| judge.connect())
        .and_then(|conn| last.insert(conn).echo(&word));
    let outcome = spoken.or_else(|halt| Err(find_who_must_leave(judge, &mut crowd, last, &word, halt)?));
    // All together, so that nobody waits for one after another.
    crowd.iter_mut().for_each(Conn::shut_down_sending);
    outcome
}

/// A few at a time, so that also a short accept queue has room for the next one.
fn gather(judge: &mut Judge<'_>, crowd: &mut Vec<Conn>, clients: usize) -> Outcome {
    crowd.push(judge.connect()?);
    let others = clients - 1;
    judge
        .context
        .story
        .did(both!("{others} more clients connect, and say nothing", "另有 {others} 个客户端连上，什么也不发送"));
    while crowd.len() < clients {
        let conn = judge.connect_unnamed()?;
        if crowd.len().is_multiple_of(AT_ONCE) {
            judge.context.wait_until(ACCEPTING, || conn.was_accepted() != Some(false))?;
        }
        crowd.push(conn);
    }
    Ok(())
}

/// Beside a crowd that is silent somebody gets no reply, or no connection: does it, when others leave?
pub(super) fn find_who_must_leave(
    judge: &mut Judge<'_>,
    crowd: &mut [Conn],
    last: Option<Conn>,
    word: &str,
    halt: Halt,
) -> Outcome<Halt> {
    let clients = crowd.len();
    if halt.is_cut_off() && clients > 0 && !judge.crashes_within(DYING)? {
        return find_whether_it_counts(judge, crowd, word, halt);
    }
    if !matches!(halt.fault(), Some(Fault::Silent | Fault::NotReached)) || clients == 0 {
        return Ok(halt);
    }
    judge.context.story.looks_for_the_cause();
    let Some(mut last) = last else {
        crowd.iter_mut().for_each(Conn::shut_down_sending);
        let again = judge.connect().and_then(|mut conn| conn.echo(word));
        let finding = both!(
            "as soon as the silent clients had left, another one could connect, and got its reply",
            "沉默的客户端一离开，别的客户端就能连上，并得到回复"
        );
        return Ok(if unless_failed(again)?.is_some() { halt.found(Cause::PoolTooSmall, finding) } else { halt });
    };
    for (place, conn) in crowd.iter_mut().enumerate() {
        conn.shut_down_sending();
        let left = place + 1;
        let patience = if left == clients { AFTER_A_TRY } else { AFTER_ONE };
        if last.answers_after_all(word, patience)? {
            let finding = both!(
                "when {left} of the {clients} silent clients had left, the reply came",
                "{clients} 个沉默的客户端中离开了 {left} 个之后，回复来了"
            );
            return Ok(halt.found(Cause::PoolTooSmall, finding));
        }
    }
    Ok(halt)
}

/// Beside a crowd somebody's connection is closed at once: is it, when the crowd has left?
fn find_whether_it_counts(judge: &mut Judge<'_>, crowd: &mut [Conn], word: &str, halt: Halt) -> Outcome<Halt> {
    judge.context.story.looks_for_the_cause();
    let mut open = 0;
    for conn in crowd.iter_mut() {
        conn.receive_ready()?;
        open += usize::from(!conn.has_ended());
        conn.shut_down_sending();
    }
    // A server notices one after another that they have left.
    let mut is_served = false;
    let until = judge.context.until(AFTER_A_TRY);
    while !is_served && !judge.context.is_over(&until) {
        judge.context.pause(LOOK)?;
        is_served = unless_failed(judge.connect().and_then(|mut conn| conn.echo(word)))?.is_some();
    }
    let finding = both!(
        "beside {open} clients, a new one found its connection closed; as soon as they had left, another one was served",
        "有 {open} 个客户端连接着时，新来的连接被关闭了；它们一离开，别的客户端就得到了服务"
    );
    Ok(if is_served && open > 0 { halt.found(Cause::ClientLimit, finding) } else { halt })
}
