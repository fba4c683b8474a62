//! What happened at each step of a trace, and why: a sentence or two, from the kernel's side of it.

mod outcome;

use super::actor::{actor_name, connection_name};
use super::calls::big_number;
use super::narrate::Narrator;
use super::section::is_attack;
use super::seen::explain_seen;
use crate::both;
use crate::lang::{Lang, Text};
use crate::protocol::Fact;
use crate::trace::state::side;
use crate::trace::{Call, Event, FarEnd, Link, SLEEP, State, Step, What, is_spin};

/// What happened at a step, in a line.
#[must_use]
pub fn describe_step(step: Step<'_>) -> Text {
    match (step, &step.event().what) {
        (Step::Begins(_), What::Call { call, .. }) => {
            let name = call.name();
            both!("the thread sleeps in {name}", "线程在 {name} 中休眠")
        }
        (Step::Begins(_), _) => both!("calls return EAGAIN, again and again", "反复调用，每次都返回 EAGAIN"),
        (Step::Happens(event), _) => Text::in_both(|lang| Narrator::sentence(lang, event)),
    }
}

/// Who did what at a step, and on which connection.
#[must_use]
pub fn headline(step: Step<'_>, lang: Lang) -> String {
    let event = step.event();
    let conn = event.link.map(|link| connection_of(link, lang)).unwrap_or_default();
    let (who, what) = (actor_name(event.actor), describe_step(step));
    let (who, what) = (who.of(lang), what.of(lang));
    format!("{who}{conn}  {what}")
}

/// The connection that somebody speaks of; whoever stands between has them on both sides.
fn connection_of(link: Link, lang: Lang) -> String {
    let between = if FarEnd::of(link.id).is_of_the_middle() { " ↔ " } else { " " };
    format!("{between}{}", connection_name(link.id).of(lang))
}

/// Why a step happened. `before` is how everything stood before it.
#[must_use]
pub fn explain(step: Step<'_>, before: &State) -> Text {
    match step {
        Step::Begins(event) => begins(event),
        Step::Happens(event) => happens(event, before),
    }
}

/// What it waits for, or what it is doing all the time.
fn begins(event: &Event) -> Text {
    match &event.what {
        What::Folded { folded, span, .. } => {
            let calls = big_number(folded.iter().fold(0, |sum, (_, count)| sum.saturating_add(*count)));
            let seconds = span.as_secs_f64();
            both!(
                "The loop never sleeps. In the next {seconds:.2} s, its calls return EAGAIN {calls} times.",
                "循环从不休眠。接下来的 {seconds:.2} 秒里，有 {calls} 次调用返回 EAGAIN。"
            )
        }
        What::Call { call: Call::Accept, .. } => both!(
            "The accept queue is empty, and the listening socket is blocking: accept puts this thread to sleep. The kernel wakes it when a client connects.",
            "等待队列是空的，而监听 socket 是阻塞的：accept 让这个线程休眠。有客户端连接时，内核会唤醒它。"
        ),
        What::Call { call: Call::Recv, .. } => both!(
            "The receive buffer is empty, and the socket is blocking: recv puts this thread to sleep. Bytes, a FIN or an RST from the peer will wake it.",
            "接收缓冲区是空的，而 socket 是阻塞的：recv 让这个线程休眠。对方发来数据、FIN 或 RST 时，内核会唤醒它。"
        ),
        What::Call { call: Call::Send, .. } => both!(
            "The send buffer is full: the peer reads too slowly, or the network is too slow. send puts this thread to sleep until there is room (back-pressure).",
            "发送缓冲区已满：对方读得太慢，或网络太慢。send 让这个线程休眠，直到腾出空间（背压）。"
        ),
        What::Call { call: Call::Poll, .. } => both!(
            "No socket is ready. One poll waits for all of them: the kernel wakes the thread as soon as any socket is ready.",
            "没有 socket 就绪。一次 poll 同时等待所有 socket：线程休眠，任何一个 socket 就绪，内核就会唤醒它。"
        ),
        _ => both!(
            "connect puts this thread to sleep until the other side's kernel answers the handshake.",
            "connect 让这个线程休眠，直到对方的内核应答握手。"
        ),
    }
}

#[expect(clippy::too_many_lines, reason = "a table: one row for each kind of event")]
fn happens(event: &Event, before: &State) -> Text {
    match &event.what {
        What::Call { call, outcome, asked, took, .. } => {
            let conn = event.link.and_then(|link| before.connections.find(event.actor, link));
            let end = conn.map(|conn| conn.end(side(event.actor)));
            outcome::explain(&outcome::Seen {
                call: *call,
                is_listener: event.link.is_none(),
                outcome: *outcome,
                asked: *asked,
                slept: took.is_some_and(|took| took >= SLEEP) && end.is_none_or(|end| end.blocking != Some(false)),
                waiting: end.and_then(|end| Some(end.incoming.as_ref()?.count)),
                queued: before.connections.accept_queue().count(),
                blocking: end.and_then(|end| end.blocking),
                fin_sent: end.is_some_and(|end| end.fin_sent),
                reset: end.is_some_and(|end| end.reset),
                reset_sent: end.is_some_and(|end| end.reset_sent),
            })
        }
        What::Folded { folded, span, .. } if is_spin(folded, *span) => both!(
            "Each call returned EAGAIN at once. Together they kept the CPU busy: this is the cost of busy waiting.",
            "每次调用都立即返回 EAGAIN，合起来却一直占用 CPU：这就是忙等待（循环轮询）的代价。"
        ),
        What::Folded { .. } => both!("Each call returned EAGAIN at once.", "每次调用都立即返回 EAGAIN。"),
        What::Seen(seen) => explain_seen(seen),
        What::Fact(Fact::Forged { .. }) => both!(
            "These bytes do not come from whom the other side takes them for. On the wire nothing shows that.",
            "这些字节并不来自对方以为的那一方，而在网络上完全看不出来。"
        ),
        What::Fact(_) => both!(
            "This is no socket call: the program concludes or decides this by itself.",
            "这一步不是 socket 调用，而是程序自己得出的结论或做出的决定。"
        ),
        What::Delayed { .. } => {
            both!("This slows down a client that tries one secret after another.", "这样可以拖慢逐个猜测密钥的客户端。")
        }
        What::Ended { .. } => both!(
            "The program is done with this connection. Only close releases its socket.",
            "程序不再使用这个连接。只有 close 才会释放 socket。"
        ),
        What::Check { .. } => both!("The judge starts this check.", "评判程序开始执行这项检查。"),
        What::Lesson { lesson } if lesson == "hmac" => both!("This lesson uses no socket.", "这一课不使用 socket。"),
        What::Lesson { lesson } if is_attack(lesson) => both!(
            "An attack begins. The attacker stands between the client and the server, or takes the place of one of them.",
            "开始演示一个攻击。攻击者位于客户端和服务器之间，或者冒充其中一方。"
        ),
        What::Lesson { .. } => both!(
            "A server is started for this lesson, and clients connect to it.",
            "为这一课启动一个服务器，然后客户端来连接。"
        ),
        What::Dropped { .. } => both!(
            "Events are missing here. A later step may lack its cause.",
            "这里缺少一些事件，后面的步骤可能找不到原因。"
        ),
    }
}
