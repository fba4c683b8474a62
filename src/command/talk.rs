//! What the clients of lessons 1 and 4 have in common.

use super::address::{cannot_connect, server_address};
use super::session::{Role, Session, in_session};
use super::{Exit, Failed, Look};
use crate::cli::{At, Talking};
use day30::lang::Text;
use day30::net::address::connect;
use day30::net::calls::Calls;
use day30::net::client::{Part, Talk, TalkEnd, Talked};
use day30::trace::Header;
use day30::view::describe_io_error;
use day30::{both, say};
use std::io;
use std::sync::Arc;
use std::time::Duration;

/// How many bytes one `recv` may bring.
const BUFFER: usize = 64 * 1024;

/// One lesson's client.
pub(super) struct Lesson {
    /// The subcommand.
    pub(super) command: &'static str,
    /// The server's subcommand, for an error's advice.
    pub(super) server: &'static str,
    /// Whether a person types, so that a prompt is wanted.
    pub(super) interactive: bool,
    /// Whether it would talk on for ever: then it ends at the first wrong reply.
    pub(super) is_endless: bool,
}

/// Where the next message comes from.
pub(super) type Next = Box<dyn FnMut() -> io::Result<Option<Part>> + Send>;

/// Connects, sends what `next` gives, and prints what comes back.
pub(super) fn talk(
    lesson: &Lesson,
    at: &At,
    talking: &Talking,
    look: Look,
    next: impl FnOnce(&Session) -> Next,
) -> anyhow::Result<Exit> {
    let address = server_address(at, lesson.command)?;
    let header = Header::new(lesson.command, "client", address.clone(), "blocking");
    in_session(Role::Client, look, &talking.seeing, &header, |session| {
        let mut calls = Calls::new(session.trace.clone());
        let (socket, link) = session
            .unless_interrupted(|| connect(&address, 1, &mut calls))
            .map_err(|error| cannot_connect(&address, &error, Some(lesson.server)))?;
        if session.stop.is_requested() {
            return Ok(Exit::Interrupted);
        }
        let talk = Talk {
            buffer: BUFFER,
            reply_timeout: talking.timeout,
            max_reply: talking.max_reply,
            trace: session.trace.clone(),
            stop: Arc::clone(&session.stop),
        };
        let mut was_wrong = false;
        let show = |lines: &[u8], is_wrong: bool| {
            session.console.reply(lines);
            // A person may want to type more to this server; nobody else has to wait for the end to hear of it.
            if is_wrong && !std::mem::replace(&mut was_wrong, true) && lesson.interactive {
                session.say(session.lang.read(&not_uppercase(lesson).to_string()));
            }
            if lesson.interactive && lines.ends_with(b"\n") {
                session.console.prompt();
            }
            let is_enough = is_wrong && lesson.is_endless;
            if is_enough && !lines.ends_with(b"\n") {
                session.console.reply(b"\n");
            }
            !is_enough && !session.console.is_closed()
        };
        let talked = talk.run(socket, link, next(session), show)?;
        if lesson.interactive {
            forget_what_is_half_typed();
        }
        conclude(talked, &address, lesson, talking, session)
    })
}

/// Otherwise the shell would read what was meant for the server.
fn forget_what_is_half_typed() {
    // A terminal that will not forget is no failure of ours.
    #[cfg(unix)]
    let _ = rustix::termios::tcflush(io::stdin(), rustix::termios::QueueSelector::IFlush);
}

fn conclude(
    talked: Talked,
    address: &str,
    lesson: &Lesson,
    talking: &Talking,
    session: &Session,
) -> anyhow::Result<Exit> {
    let (lang, sent, received) = (session.lang, talked.counts.sent, talked.counts.received);
    session.say(say!(lang, "sent {sent} bytes, received {received}", "共发送 {sent} 字节，收到 {received} 字节"));
    let why = match talked.end {
        // A reader that takes nothing was given up at Ctrl-C.
        TalkEnd::OutputClosed if session.stop.is_requested() => return Ok(Exit::Interrupted),
        TalkEnd::Interrupted => return Ok(Exit::Interrupted),
        TalkEnd::OutputClosed if session.console.is_closed() => return Ok(Exit::Fine),
        TalkEnd::TooLong { bytes } => too_long(bytes),
        _ if talked.is_wrong => not_uppercase(lesson),
        TalkEnd::Complete | TalkEnd::OutputClosed => return Ok(Exit::Fine),
        TalkEnd::ServerClosed { answered: true } => both!(
            "the server closed the connection: it stopped, it is full, or this client was silent for too long\n  \
             its screen says which",
            "服务器关闭了连接：它停止了、客户端已满，或本客户端太久没有发数据\n  原因请看它的屏幕"
        ),
        TalkEnd::ServerClosed { answered: false } => {
            both!("the server closed the connection before it replied", "服务器没有回复就关闭了连接")
        }
        TalkEnd::NoReply => no_reply(lesson, talking.timeout),
        TalkEnd::Broke(error) => both!("the connection broke: {0}", "连接断开：{0}", describe_io_error(&error)),
    };
    Err(Failed(both!("{address}: {why}", "{address}：{why}")).into())
}

fn too_long(bytes: u64) -> Text {
    both!(
        "the reply goes on without a newline: it was cut after {bytes} bytes. Is a server of this lesson there?\n  \
         to take longer replies: --max-reply BYTES",
        "回复一直没有换行：收到 {bytes} 字节后不再接收。对方是这一课的服务器吗？\n  \
         要接收更长的回复：--max-reply 字节数"
    )
}

fn not_uppercase(lesson: &Lesson) -> Text {
    both!(
        "the reply is not the uppercase of what was sent\n  the server is wrong, or another program listens there: \
         this client belongs to day30 {0}",
        "收到的回复不是所发文本的大写\n  服务器有错，或那里是别的程序：这个客户端要与 day30 {0} 配对",
        lesson.server
    )
}

fn no_reply(lesson: &Lesson, timeout: Duration) -> Text {
    both!(
        "no reply within {0} s\n  the server is stuck, or another program listens there: this client belongs to day30 {1}",
        "{0} 秒内没有回复\n  服务器卡住了，或那里是别的程序：这个客户端要与 day30 {1} 配对",
        timeout.as_secs_f64(),
        lesson.server
    )
}
