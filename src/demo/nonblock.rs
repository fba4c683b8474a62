//! Lesson 1 as it is played: one client talks, one is silent, and the loop asks both of them all the time.

use super::peers::{Client, serve};
use super::{Lesson, Row, Session};
use crate::lang::Lang;
use crate::net::IoModel;
use crate::net::Served;
use crate::protocol::Upper;
use crate::say;
use crate::trace::{Actor, Recorder};
use crate::view::big_number;
use std::io;
use std::thread;
use std::time::Duration;

const MESSAGE: &str = "clent11";
const TIMES: usize = 2;
/// How long nobody speaks while the waste is measured.
const IDLE: Duration = Duration::from_secs(1);
/// How many columns a whole core's bar has.
const BAR: f64 = 30.0;
/// A model that calls in vain more often than this in one idle second is polling in a loop.
const MANY: u64 = 1000;

pub(super) fn play(session: &Session) -> io::Result<Vec<Row>> {
    let lang = session.lang;
    session.open(
        Lesson::Nonblock,
        1,
        lang.pick(
            "No call waits. The server asks for a new client, then asks each client in turn, and starts again. A call with nothing to do would block: it returns EAGAIN at once (Rust's name: WouldBlock). B sends nothing, and A still gets its replies.",
            "任何调用都不等待：服务器先看有没有新客户端，再挨个问已有的，周而复始。没有事可做的调用本来会阻塞，现在立即返回 EAGAIN（Rust 里叫 WouldBlock）。B 什么也不发，A 照样收到回复。",
        ),
    );
    let replies = talk_beside_a_silent_client(session)?;

    session.say(lang.pick(
        "\nNow no client sends anything for one second; two clients stay connected:\n",
        "\n接下来一秒内谁也不发数据，两个客户端保持连接：\n",
    ));
    let (spin, poll) = (idle(IoModel::Spin)?, idle(IoModel::Poll)?);
    session.say(bar("spin", &spin, lang));
    session.say(bar("poll", &poll, lang));

    let calls = big_number(spin.counts.would_block);
    let seen = say!(
        lang,
        "A got {TIMES} replies while B was silent; in one idle second\n      spin made {calls} calls for nothing, poll {}",
        "B 不说话，A 照样收到 {TIMES} 个回复；而在什么都没发生的那一秒里，\n      spin 白白调用了 {calls} 次，poll 只有 {} 次",
        big_number(poll.counts.would_block)
    );
    session.close(&seen, ["nonblock-server", "nonblock-client"]);
    Ok(vec![
        Row::exact(Lesson::Nonblock, format!("{} ×{TIMES}", MESSAGE.to_uppercase()), same(&replies)),
        Row {
            lesson: Lesson::Nonblock,
            expected: lang.pick("idle: spin keeps calling, poll sleeps", "空闲时 spin 空转，poll 休眠").into(),
            seen: format!("spin {}, poll {}", share(&spin), share(&poll)),
            is_right: spin.counts.would_block > MANY && poll.counts.would_block < MANY,
        },
    ])
}

/// A talks, B does not: A's replies.
fn talk_beside_a_silent_client(session: &Session) -> io::Result<Vec<String>> {
    session.lanes();
    let trace = session.trace();
    let server = serve(IoModel::Spin, &trace, || Ok(Upper::default()))?;
    let mut a = Client::connect(0, server.address(), &trace)?;
    let b = Client::connect(1, server.address(), &trace)?;
    let mut replies = Vec::new();
    for _ in 0..TIMES {
        a.send(MESSAGE.as_bytes())?;
        replies.push(a.receive(MESSAGE.len())?);
    }
    a.leave()?;
    b.leave()?;
    server.stop()?;
    Ok(replies)
}

/// What a server does in a time in which nobody speaks.
fn idle(model: IoModel) -> io::Result<Served> {
    let nobody = Recorder::off(Actor::Server, None);
    let server = serve(model, &nobody, || Ok(Upper::default()))?;
    let clients = [Client::connect(0, server.address(), &nobody)?, Client::connect(1, server.address(), &nobody)?];
    thread::sleep(IDLE);
    clients.into_iter().try_for_each(Client::leave)?;
    server.stop()
}

/// How much of a core a server took in its time; without a measurement, how often it called in vain.
fn share(served: &Served) -> String {
    let calls = || format!("{} × EAGAIN", big_number(served.counts.would_block));
    core_share(served).map_or_else(calls, |share| format!("{:.1} %", 100.0 * share))
}

fn core_share(served: &Served) -> Option<f64> {
    served.cpu.map(|cpu| cpu.as_secs_f64() / served.time.as_secs_f64().max(1e-6))
}

/// What an idle second cost: a bar for the share of a core, where that is measured, and the calls in vain.
fn bar(name: &str, served: &Served, lang: Lang) -> String {
    let calls = big_number(served.counts.would_block);
    let Some(share) = core_share(served) else {
        return say!(lang, "  {name}  {calls} × EAGAIN", "  {name}  {calls} 次 EAGAIN");
    };
    let (filled, percent) = ("█".repeat((BAR * share).round() as usize), format!("{:.1} %", 100.0 * share));
    say!(
        lang,
        "  {name}  {filled:<30} {percent:>7} of a core, {calls} × EAGAIN",
        "  {name}  {filled:<30} 占单核 {percent}，{calls} 次 EAGAIN"
    )
}

fn same(replies: &[String]) -> String {
    match replies {
        [first, rest @ ..] if rest.iter().all(|reply| reply == first) => format!("{first} ×{}", replies.len()),
        _ => replies.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::calls::Counts;
    use std::collections::BTreeMap;

    fn served(cpu: Option<Duration>) -> Served {
        let counts = Counts { would_block: 17_484, ..Counts::default() };
        Served { clients: 2, counts, endings: BTreeMap::new(), cpu, time: IDLE, cut: 0 }
    }

    #[test]
    fn a_share_of_a_core_is_shown_where_it_was_measured_and_nowhere_else() {
        for lang in [Lang::En, Lang::Zh] {
            let core = lang.pick("of a core", "单核");
            let measured = bar("spin", &served(Some(IDLE / 2)), lang);
            assert!(measured.contains("50.0 %") && measured.contains(core) && measured.contains('█'), "{measured}");
            let unmeasured = bar("spin", &served(None), lang);
            assert!(!unmeasured.contains(core) && unmeasured.contains("17 484"), "{unmeasured}");
        }
        assert_eq!(share(&served(None)), "17 484 × EAGAIN");
    }
}
