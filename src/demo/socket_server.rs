//! Lesson 4 as it is played: each client has its thread, and one that stops in the middle of a letter stops nobody.

use super::peers::{Client, serve};
use super::{Lesson, Row, Session};
use crate::net::IoModel;
use crate::protocol::{Ending, Upper};
use crate::say;
use std::io;

pub(super) fn play(session: &Session) -> io::Result<Vec<Row>> {
    let lang = session.lang;
    session.open(
        Lesson::SocketServer,
        4,
        lang.pick(
            "One thread for each client: its recv may sleep. B sends two of the three bytes of 中, and its thread waits for the rest. Meanwhile another thread serves A.",
            "每个客户端一个线程，recv 可以阻塞等待。B 只发来“中”字三个字节中的两个，它的线程等着剩下的字节；与此同时，A 由另一个线程服务。",
        ),
    );
    session.lanes();
    let trace = session.trace();
    let server = serve(IoModel::Threads, &trace, || Ok(Upper::default()))?;
    let mut a = Client::connect(0, server.address(), &trace)?;
    let mut b = Client::connect(1, server.address(), &trace)?;
    let letter = "中".as_bytes();
    b.send(letter.get(..2).unwrap_or_default())?;
    a.send(b"hello")?;
    let to_a = a.receive(5)?;
    b.send(letter.get(2..).unwrap_or_default())?;
    let to_b = b.receive(letter.len())?;
    a.leave()?;
    b.leave()?;
    let served = server.stop()?;

    session.close(
        lang.pick(
            "both clients got whole characters; when they closed, both threads ended",
            "两个客户端都收到了完整的字符；它们关闭连接后，两个线程都结束了",
        ),
        ["socket-server", "socket-client"],
    );
    let ended = served.endings.get(&Ending::Eof).copied().unwrap_or_default();
    Ok(vec![
        Row::exact(Lesson::SocketServer, "A: HELLO, B: 中", format!("A: {to_a}, B: {to_b}")),
        Row::exact(
            Lesson::SocketServer,
            lang.pick("ended 2, still connected 0", "结束 2，未断开 0"),
            say!(lang, "ended {ended}, still connected {}", "结束 {ended}，未断开 {}", served.cut),
        ),
    ])
}
