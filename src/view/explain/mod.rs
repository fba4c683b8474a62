//! What happened at each step of a trace, and why: a sentence or two, from the kernel's side of it.

mod outcome;

use super::calls::big_number;
use super::narrate::Narrator;
use crate::both;
use crate::lang::{Lang, Text};
use crate::trace::state::side;
use crate::trace::{Call, Event, SLEEP, State, Step, What};

/// What happened at a step, in a line.
#[must_use]
pub fn describe_step(step: Step<'_>) -> Text {
    match (step, &step.event().what) {
        (Step::Begins(_), What::Call { call, .. }) => {
            let name = call.name();
            both!("{name} falls asleep", "{name} 进入休眠")
        }
        (Step::Begins(_), _) => both!("calls that find nothing, again and again", "一次又一次什么也没等到的调用"),
        (Step::Happens(event), _) => {
            let [en, zh] = [Lang::En, Lang::Zh].map(|lang| Narrator::sentence(lang, event));
            Text { en, zh }
        }
    }
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
                "From here on the loop asks again and again without ever sleeping. In the next {seconds:.2} s, {calls} calls find nothing.",
                "从这里开始，循环反复询问，从不休眠：接下来的 {seconds:.2} 秒里有 {calls} 次调用什么也没等到。"
            )
        }
        What::Call { call: Call::Accept, .. } => both!(
            "The accept queue is empty, and the listening socket blocks: accept puts this thread to sleep. The kernel wakes it when a client connects.",
            "等待队列是空的，而监听 socket 是阻塞的：accept 让这个线程休眠。有客户端连接时，内核会唤醒它。"
        ),
        What::Call { call: Call::Recv, .. } => both!(
            "The receive buffer is empty, and the socket blocks: recv puts this thread to sleep. Bytes or a FIN from the peer will wake it.",
            "接收缓冲区是空的，而 socket 是阻塞的：recv 让这个线程休眠。对方发来数据或 FIN 时，它才会醒来。"
        ),
        What::Call { call: Call::Send, .. } => both!(
            "The send buffer is full, because the peer does not read: send puts this thread to sleep until there is room (back-pressure).",
            "发送缓冲区满了，因为对方没有读取：send 让这个线程休眠，直到腾出空间（背压）。"
        ),
        What::Call { call: Call::Poll, .. } => both!(
            "No socket is ready. One call sleeps on behalf of all of them, and the kernel wakes it as soon as any of them is ready.",
            "没有一个 socket 就绪。只用一次调用替所有 socket 休眠，其中任何一个就绪，内核就会唤醒它。"
        ),
        _ => both!(
            "connect sleeps until the kernel of the other side has answered the handshake.",
            "connect 会休眠，直到对方的内核应答握手。"
        ),
    }
}

fn happens(event: &Event, before: &State) -> Text {
    match &event.what {
        What::Call { call, outcome, asked, took, .. } => {
            let conn = event.link.and_then(|link| before.connections.find(event.actor, link));
            let end = conn.map(|conn| conn.end(side(event.actor)));
            outcome::explain(&outcome::Seen {
                call: *call,
                outcome: *outcome,
                asked: *asked,
                slept: took.is_some_and(|took| took >= SLEEP),
                waiting: end.and_then(|end| Some(end.incoming.as_ref()?.count)),
                queued: before.connections.accept_queue().count(),
                blocking: end.and_then(|end| end.blocking),
            })
        }
        What::Folded { .. } => both!(
            "Each of these calls came back at once with nothing. Together they kept the processor busy: this is what polling in a loop costs.",
            "这些调用每次都立即返回，什么也没有得到，合起来却一直占着 CPU：这就是循环轮询的代价。"
        ),
        What::Fact(_) => both!(
            "No call was made: the program's protocol learned this from the bytes that it has by now.",
            "这一步没有调用：程序的协议从已经收到的字节里得知了这一点。"
        ),
        What::Delayed { .. } => {
            both!("This slows down whoever tries one secret after another.", "这样可以拖慢那些逐个试密钥的人。")
        }
        What::Ended { .. } => both!(
            "The conversation is over. The socket still exists until it is closed.",
            "对话结束了。socket 在被关闭之前仍然存在。"
        ),
        What::Check { .. } => both!("The judge begins to play this check.", "评判程序开始执行这项检查。"),
        What::Lesson { .. } => both!(
            "A server is started for this lesson, and clients connect to it.",
            "为这一课启动一个服务器，然后客户端来连接。"
        ),
        What::Dropped { .. } => both!(
            "The record has a gap here: what follows may look as if it came from nowhere.",
            "记录在这里有缺口：后面的内容可能显得没有来由。"
        ),
    }
}
