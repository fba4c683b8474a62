//! The machine behind a trace, in lines of text: who does what, what listens, and for each end of a connection its socket and what the
//! kernel has for it.

use super::actor::{actor_name, connection_name};
use super::calls::big_number;
use super::escape::{fit, preview};
use super::facts::{describe_ending, describe_fact};
use super::lanes::lane_style;
use super::palette::{DIM, WAIT};
use crate::lang::Lang;
use crate::say;
use crate::trace::state::{Condition, Connection, Doing, End, Side, Worker};
use crate::trace::{Actor, FarEnd, State};
use std::time::Duration;
use unicode_width::UnicodeWidthStr;

/// The columns before what is told of somebody.
const NAME: usize = 12;

/// The state in at most `rows` rows of at most `width` columns; `current` is the number of the connection that matters most.
#[must_use]
pub fn machine(state: &State, current: Option<u64>, lang: Lang, width: usize, rows: usize) -> Vec<String> {
    let mut workers: Vec<_> = state.workers.iter().collect();
    let first = |it: &&Worker| workers_first(state, it.actor);
    workers.sort_by_key(first);
    let more = workers.len().saturating_sub(rows / 3);
    let mut lines: Vec<String> = workers.into_iter().take(rows / 3).map(|it| worker(it, state, lang)).collect();
    if more > 0 {
        lines.push(say!(lang, "{DIM}… and {more} more threads{DIM:#}", "{DIM}……还有 {more} 个线程{DIM:#}"));
    }
    lines.extend(listener(state, lang).map(|line| fit(&line, width)));
    let mut conns: Vec<&Connection> = state.connections.iter().collect();
    // The one that matters first, then those that go on, the newest first.
    conns.sort_by_key(|conn| (Some(conn.id) != current, conn.is_over(), std::cmp::Reverse(conn.id)));
    let room = rows.saturating_sub(lines.len() + 1) / 2;
    let left_out = conns.len().saturating_sub(room);
    conns.truncate(room);
    conns.sort_by_key(|conn| conn.id);
    for conn in conns {
        lines.push(end(conn, Side::Client, lang, width));
        lines.push(end(conn, Side::Server, lang, width));
    }
    if left_out > 0 {
        lines.push(say!(lang, "{DIM}… and {left_out} more connections{DIM:#}", "{DIM}……还有 {left_out} 个连接{DIM:#}"));
    }
    lines
}

/// Where the first thread of an actor stands.
fn workers_first(state: &State, actor: Actor) -> Option<usize> {
    state.workers.iter().position(|worker| worker.actor == actor)
}

fn worker(worker: &Worker, state: &State, lang: Lang) -> String {
    let several = state.workers.iter().filter(|other| other.actor == worker.actor).count() > 1;
    let name = name(worker.actor, lang);
    let thread = if several { say!(lang, "thread {}: ", "线程 {}：", worker.ordinal) } else { String::new() };
    let does = match worker.doing {
        Doing::Asleep { call, link, since } => {
            let call = link.map_or_else(
                || call.name().to_owned(),
                |link| format!("{} {}", call.name(), connection_name(link.id).of(lang)),
            );
            let time = span(state.at.saturating_sub(since), lang);
            say!(lang, "asleep in {call} for {time}", "在 {call} 中休眠，已 {time}")
        }
        Doing::Ended => lang.pick("done", "已结束").to_owned(),
        Doing::Running if worker.spin.is_some() => lang.pick("spinning", "空转").to_owned(),
        Doing::Running => lang.pick("running", "运行中").to_owned(),
    };
    let spun = worker.spun(state.at);
    let spun = match spun {
        0 => String::new(),
        1 => say!(lang, "  {WAIT}1 call returned EAGAIN{WAIT:#}", "  {WAIT}1 次调用返回 EAGAIN{WAIT:#}"),
        _ => say!(
            lang,
            "  {WAIT}{} calls returned EAGAIN{WAIT:#}",
            "  {WAIT}{} 次调用返回 EAGAIN{WAIT:#}",
            big_number(spun)
        ),
    };
    format!("{name}{thread}{does}{spun}")
}

fn listener(state: &State, lang: Lang) -> Option<String> {
    let listener = state.listener.as_ref()?;
    let address = listener.address;
    let blocking = blocking(listener.blocking, lang);
    let waiting: Vec<_> = state.connections.accept_queue().map(|conn| who(conn, Side::Client, lang)).collect();
    let queue = match (waiting.is_empty(), state.connections.sides().client) {
        (true, false) => lang.pick("not recorded", "未记录").to_owned(),
        (true, true) => lang.pick("empty", "空").to_owned(),
        (false, _) => waiting.join(lang.pick(", ", "、")),
    };
    Some(if listener.listening {
        say!(
            lang,
            "listening on {address}{blocking}; accept queue: {queue}",
            "监听 {address}{blocking}；等待队列：{queue}"
        )
    } else {
        say!(lang, "bound to {address}, not listening yet", "已绑定 {address}，尚未监听")
    })
}

fn end(conn: &Connection, side: Side, lang: Lang, width: usize) -> String {
    let end = conn.end(side);
    // Of two connections that a tap joins, both have one number; who is at their ends stands beside it. An attacker's clients
    // have names.
    let id = match FarEnd::of(conn.id) {
        FarEnd::Anybody(number) | FarEnd::Tapped(number) if side == Side::Client => format!("#{number}"),
        _ => String::new(),
    };
    let who = who(conn, side, lang);
    let style = end.actor.map(lane_style).unwrap_or_default();
    let text = match side {
        Side::Server if !conn.accepted => {
            let waits = lang.pick("in the accept queue", "在等待队列中");
            say!(lang, "{waits}; {}", "{waits}；{}", kernel(end, lang))
        }
        _ if end.actor.is_none() => lang.pick("not recorded", "未记录").to_owned(),
        _ => {
            let (condition, blocking) = (condition(end.condition(), lang), blocking(end.blocking, lang));
            say!(lang, "{condition}{blocking}; {}", "{condition}{blocking}；{}", kernel(end, lang))
                + &learned(end, lang)
        }
    };
    let room = width.saturating_sub(NAME + 5);
    format!("{id:<5}{style}{}{style:#}{}", pad(&who), fit(&text, room))
}

/// What the kernel has for it, and what it keeps itself.
fn kernel(end: &End, lang: Lang) -> String {
    let buffer = match &end.incoming {
        None => lang.pick("buffer not recorded", "缓冲区未记录").to_owned(),
        Some(incoming) if incoming.count == 0 => lang.pick("buffer empty", "缓冲区空").to_owned(),
        Some(incoming) => {
            let (count, bytes) = (incoming.count, incoming.bytes.iter().copied().collect::<Vec<_>>());
            say!(lang, "buffer {count}: {}", "缓冲区 {count}：{}", preview(&bytes, 26))
        }
    };
    match end.unsent {
        0 => buffer,
        unsent => say!(lang, "{buffer}; {unsent} bytes not sent yet", "{buffer}；{unsent} 字节尚未发出"),
    }
}

fn learned(end: &End, lang: Lang) -> String {
    let learned = match (&end.ending, &end.fact) {
        (Some(ending), _) => describe_ending(*ending, lang).to_owned(),
        (None, Some(fact)) => describe_fact(fact, lang),
        (None, None) => return String::new(),
    };
    say!(lang, "; {learned}", "；{learned}")
}

/// Whose end it is, or from where it came.
fn who(conn: &Connection, side: Side, lang: Lang) -> String {
    match (conn.end(side).actor, side, conn.client_address) {
        (Some(actor), ..) => actor_name(actor).of(lang).to_owned(),
        (None, Side::Client, Some(address)) => format!(":{}", address.port()),
        (None, Side::Client, None) => lang.pick("client", "客户端").to_owned(),
        (None, Side::Server, _) => lang.pick("server", "服务器").to_owned(),
    }
}

fn name(actor: Actor, lang: Lang) -> String {
    let style = lane_style(actor);
    format!("{style}{}{style:#}", pad(actor_name(actor).of(lang)))
}

fn pad(name: &str) -> String {
    format!("{name}{}", " ".repeat(NAME.saturating_sub(name.width())))
}

fn condition(condition: Condition, lang: Lang) -> &'static str {
    match condition {
        Condition::Open => lang.pick("open", "已连接"),
        Condition::FinSent => lang.pick("FIN sent", "已发 FIN"),
        Condition::FinReceived => lang.pick("FIN received", "已收 FIN"),
        Condition::BothFins => lang.pick("both sent FIN", "双方已发 FIN"),
        Condition::Reset => lang.pick("reset (RST)", "已重置（RST）"),
        Condition::Closed => lang.pick("closed", "已关闭"),
    }
}

fn blocking(blocks: Option<bool>, lang: Lang) -> &'static str {
    match blocks {
        Some(true) => lang.pick(", blocking", "，阻塞"),
        Some(false) => lang.pick(", non-blocking", "，非阻塞"),
        None => "",
    }
}

fn span(span: Duration, lang: Lang) -> String {
    let seconds = span.as_secs_f64();
    if seconds < 1.0 {
        let millis = seconds * 1000.0;
        return say!(lang, "{millis:.1} ms", "{millis:.1} 毫秒");
    }
    say!(lang, "{seconds:.2} s", "{seconds:.2} 秒")
}
