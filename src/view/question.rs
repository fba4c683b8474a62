//! What will the call give? Questions from a trace, so that any record is a quiz.

use super::actor::{actor_name, connection_name};
use crate::both;
use crate::lang::Text;
use crate::trace::state::{Connection, Doing, End, Worker, side};
use crate::trace::{Call, Event, FarEnd, Outcome, State, Step, What};
use std::io::ErrorKind;

/// A question before a step is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What is asked.
    pub ask: Text,
    /// What may be answered, two or more.
    pub answers: Vec<Text>,
    /// Which of the answers is right, from 0.
    pub right: usize,
}

/// How a call can go, as far as a student can tell beforehand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// It gives this many bytes, takes them, or lets a client in.
    Works(usize),
    /// `recv` gives 0.
    Eof,
    /// EAGAIN.
    WouldBlock,
    /// It sleeps.
    Sleeps,
}

/// The question before this step, if it is a call whose outcome can be foreseen from the state.
#[must_use]
pub fn question(step: Step<'_>, before: &State) -> Option<Question> {
    let event = step.event();
    let What::Call { call, outcome, asked, .. } = &event.what else { return None };
    let right = match (step, outcome) {
        (Step::Begins(_), _) => Way::Sleeps,
        // How it would go was asked when it fell asleep.
        (Step::Happens(_), _) if slept(event, before) => return None,
        (_, Outcome::Failed(errno)) if errno.error == ErrorKind::WouldBlock => Way::WouldBlock,
        (_, Outcome::Count { ok: 0 }) if *call == Call::Recv => Way::Eof,
        (_, Outcome::Count { ok }) => Way::Works(*ok),
        (_, Outcome::Address { .. }) => Way::Works(0),
        _ => return None,
    };
    match call {
        Call::Recv => receives(event, end(event, before)?, right, (*asked)?),
        Call::Send => Some(sends(event, right, (*asked)?)),
        Call::Accept => accepts(event, before, right),
        _ => None,
    }
}

/// Whether this call was a step of its own when it began. One that does not wait has none, however long it took: its thread had lost
/// the processor.
fn slept(event: &Event, before: &State) -> bool {
    let is_asleep = |worker: &Worker| worker.is_of(event) && matches!(worker.doing, Doing::Asleep { .. });
    before.workers.iter().any(is_asleep)
}

fn end<'s>(event: &Event, before: &'s State) -> Option<&'s End> {
    Some(before.connections.find(event.actor, event.link?)?.end(side(event.actor)))
}

fn receives(event: &Event, end: &End, right: Way, room: usize) -> Option<Question> {
    let id = event.link.map_or(0, |link| link.id);
    let (who, Text { en, zh }) = (actor_name(event.actor), connection(id));
    // Where nobody knows what lies in the buffer, nothing can be foreseen.
    let lies_there = end.incoming.as_ref()?.count;
    let count = match right {
        Way::Works(count) => count,
        _ => usize::try_from(lies_there).unwrap_or(room),
    };
    let works = if count > 0 { count } else { 7 };
    let ask = both!(
        "{who}: recv({room}) on {en}{}. What will it return?",
        "{who}：在{zh}上调用 recv({room}){}，会返回什么？",
        mode(end.blocking)
    );
    Some(choice(ask, &[Way::Works(works), Way::Eof, Way::WouldBlock, Way::Sleeps], right, |way| match way {
        Way::Works(count) => bytes(count),
        Way::Eof => both!("0 bytes: end of stream (EOF)", "0 字节：对方已关闭发送（EOF）"),
        Way::WouldBlock => both!("EAGAIN, at once: no data yet", "立即返回 EAGAIN：暂无数据"),
        Way::Sleeps => both!("it does not return yet: the thread sleeps", "暂不返回：线程休眠"),
    }))
}

/// A connection, in a sentence.
fn connection(id: u64) -> Text {
    let name = connection_name(id);
    if FarEnd::of(id).is_of_the_middle() {
        both!("the connection with {name}", "与{name}的连接")
    } else {
        both!("connection {name}", "连接 {name} ")
    }
}

fn sends(event: &Event, right: Way, asked: usize) -> Question {
    let who = actor_name(event.actor);
    let ask = both!("{who}: send of {}. What will it return?", "{who}：调用 send 发送 {}，会返回什么？", bytes(asked));
    let mut ways = vec![Way::Works(asked), Way::WouldBlock, Way::Sleeps];
    if let Way::Works(part) = right
        && part != asked
    {
        ways.insert(1, right);
    } else if asked > 1 {
        ways.insert(1, Way::Works(asked / 2));
    }
    choice(ask, &ways, right, |way| match way {
        Way::Works(count) if count == asked => both!("{count}: the kernel takes all of it", "{count}：内核全部收下"),
        Way::Works(count) => both!("{count}: only a part", "{count}：只收下一部分"),
        Way::WouldBlock => both!("EAGAIN, at once: no room", "立即返回 EAGAIN：没有空间"),
        Way::Eof | Way::Sleeps => both!("it does not return yet: the thread sleeps", "暂不返回：线程休眠"),
    })
}

fn accepts(event: &Event, before: &State, right: Way) -> Option<Question> {
    let who = actor_name(event.actor);
    // Where nobody knows who waits, nothing can be foreseen.
    if !before.connections.sides().client {
        return None;
    }
    let queue: Vec<_> = before.connections.accept_queue().collect();
    let waiting: Vec<_> = queue.iter().filter_map(|conn| conn.client.actor).map(actor_name).collect();
    let right = match &event.what {
        What::Call { outcome: Outcome::Address { ok }, .. } if waiting.len() > 1 => {
            let is_it = |conn: Option<&&Connection>| conn.is_some_and(|conn| conn.client_address == Some(*ok));
            match (is_it(queue.first()), is_it(queue.last())) {
                (true, _) => Way::Works(0),
                (_, true) => Way::Works(1),
                _ => return None,
            }
        }
        _ => right,
    };
    let let_in = waiting.first().filter(|_| waiting.len() > 1);
    let blocking = before.listener.as_ref().and_then(|listener| listener.blocking);
    let ask = both!("{who}: accept{}. What will it return?", "{who}：调用 accept{}，会返回什么？", mode(blocking));
    let mut ways = vec![Way::Works(0), Way::WouldBlock, Way::Sleeps];
    if waiting.len() > 1 {
        ways.insert(1, Way::Works(1));
    }
    Some(choice(ask, &ways, right, |way| match (way, let_in) {
        (Way::Works(0), None) => both!("a new socket, for a new client", "一个新 socket，用于新的客户端"),
        (Way::Works(0), Some(first)) => both!("{}, which connected first", "{}：最先连接", first),
        (Way::Works(_), _) => {
            let last = waiting.last().cloned().unwrap_or_default();
            both!("{last}, which connected last", "{last}：最后连接")
        }
        (Way::WouldBlock, _) => both!("EAGAIN, at once: the accept queue is empty", "立即返回 EAGAIN：等待队列为空"),
        (Way::Eof | Way::Sleeps, _) => both!("it does not return yet: the thread sleeps", "暂不返回：线程休眠"),
    }))
}

/// Whether the socket's calls wait, as an aside.
fn mode(blocking: Option<bool>) -> Text {
    match blocking {
        Some(true) => both!(" (a blocking socket)", "（阻塞 socket）"),
        Some(false) => both!(" (a non-blocking socket)", "（非阻塞 socket）"),
        None => Text::default(),
    }
}

fn choice(ask: Text, ways: &[Way], right: Way, say: impl Fn(Way) -> Text) -> Question {
    let place = ways.iter().position(|way| *way == right).unwrap_or_default();
    Question { ask, answers: ways.iter().map(|way| say(*way)).collect(), right: place }
}

fn bytes(count: usize) -> Text {
    let unit = if count == 1 { "byte" } else { "bytes" };
    both!("{count} {unit}", "{count} 字节")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{Actor, Caller, Errno, Header, Link, steps};
    use std::time::Duration;

    fn event(call: Call, outcome: Outcome, took: u64) -> Event {
        let link = Link { id: 1, local: ([127, 0, 0, 1], 9000).into(), peer: ([127, 0, 0, 1], 50001).into() };
        let took = Some(Duration::from_millis(took));
        let what = What::Call { call, outcome, data: None, asked: Some(1024), took };
        let (at, caller) = (Duration::from_secs(9), Caller::default());
        Event { number: 1, at, actor: Actor::Server, link: Some(link), what, caller }
    }

    fn right(step: Step<'_>, before: &State) -> Option<String> {
        let question = question(step, before)?;
        assert!(question.answers.len() > 1);
        question.answers.get(question.right).map(|answer| answer.en.clone())
    }

    #[test]
    fn the_right_answer_is_what_happened() {
        let mut state = State::new(&Header::new("demo", "demo", String::new(), "spin"));
        let nothing = Outcome::Failed(Errno { error: ErrorKind::WouldBlock, errno: "EAGAIN" });
        state.apply(Step::Happens(&event(Call::Recv, nothing, 0)));
        for (call, outcome, answer) in [
            (Call::Recv, Outcome::Count { ok: 5 }, "5 bytes"),
            (Call::Recv, Outcome::Count { ok: 0 }, "0 bytes: end of stream (EOF)"),
            (Call::Recv, nothing, "EAGAIN, at once: no data yet"),
            (Call::Send, Outcome::Count { ok: 1024 }, "1024: the kernel takes all of it"),
            (Call::Send, Outcome::Count { ok: 3 }, "3: only a part"),
            (Call::Send, nothing, "EAGAIN, at once: no room"),
            (Call::Accept, nothing, "EAGAIN, at once: the accept queue is empty"),
        ] {
            assert_eq!(right(Step::Happens(&event(call, outcome, 0)), &state).as_deref(), Some(answer));
            let long = event(call, outcome, 50);
            let sleeps = Some("it does not return yet: the thread sleeps");
            assert_eq!(right(Step::Begins(&long), &state).as_deref(), sleeps);
            let mut asleep = state.clone();
            asleep.apply(Step::Begins(&long));
            assert_eq!(right(Step::Happens(&long), &asleep), None, "it was asked when it began");
        }
    }

    /// On a busy machine any call may take long. Those of a server that never waits have no step where they begin.
    #[test]
    fn a_call_that_does_not_wait_is_asked_however_long_it_took() {
        let header = Header::new("nonblock-server", "server", String::new(), "spin");
        let events = [7, 3, 1].map(|ok| event(Call::Send, Outcome::Count { ok }, 50));
        let (mut state, mut asked) = (State::new(&header), Vec::new());
        for step in steps(&events, &header) {
            asked.extend(right(step, &state));
            state.apply(step);
        }
        assert_eq!(asked, ["7: only a part", "3: only a part", "1: only a part"]);
    }

    #[test]
    fn nobody_is_asked_what_nobody_could_know() {
        let mut state = State::new(&Header::new("nonblock-server", "server", String::new(), "spin"));
        let received = event(Call::Recv, Outcome::Count { ok: 5 }, 0);
        state.apply(Step::Happens(&received));
        assert_eq!(question(Step::Happens(&received), &state), None);
        assert_eq!(question(Step::Happens(&event(Call::Close, Outcome::DONE, 0)), &state), None);
    }
}
