//! What the clients of lessons 1 and 4 have in common.

use super::place::{cannot_connect, server_address};
use super::stage::{Role, Stage, on_stage};
use super::{Exit, Failed, Look};
use crate::cli::{At, Talking};
use day30::net::address::connect;
use day30::net::calls::{Calls, Counts};
use day30::net::client::{Part, Talk, TalkEnd};
use day30::say;
use day30::trace::{Header, Link};
use std::io;
use std::sync::Arc;

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
}

/// Where the next message comes from.
pub(super) type Next = Box<dyn FnMut() -> io::Result<Option<Part>> + Send>;

/// Connects, sends what `next` gives, and prints what comes back.
pub(super) fn talk(
    lesson: &Lesson,
    at: &At,
    talking: &Talking,
    look: Look,
    next: impl FnOnce(&Stage) -> Next,
) -> anyhow::Result<Exit> {
    let address = server_address(at, lesson.command)?;
    let header = Header::new(lesson.command, "client", address.clone(), "blocking");
    on_stage(Role::Client, look, &talking.seeing, &header, |stage| {
        let mut calls = Calls::new(stage.trace.clone());
        let socket = stage
            .unless_interrupted(|| connect(&address, &mut calls))
            .map_err(|error| cannot_connect(&address, &error, lesson.server))?;
        if stage.stop.is_requested() {
            return Ok(Exit::Interrupted);
        }
        let link = Link { id: 1, local: socket.local_addr()?, peer: socket.peer_addr()? };
        let talk = Talk {
            buffer: BUFFER,
            reply_timeout: talking.timeout,
            max_reply: talking.max_reply,
            trace: stage.trace.clone(),
            stop: Arc::clone(&stage.stop),
        };
        let show = |lines: &[u8]| {
            stage.console.reply(lines);
            if lesson.interactive && lines.ends_with(b"\n") {
                stage.console.prompt();
            }
            !stage.console.is_closed()
        };
        let (end, counts) = talk.run(socket, link, next(stage), show)?;
        if lesson.interactive {
            forget_what_is_half_typed();
        }
        conclude(end, counts, &address, talking, stage)
    })
}

/// Else the shell would find in its own input what was meant for the server.
fn forget_what_is_half_typed() {
    // A terminal that will not forget is no failure of ours.
    #[cfg(unix)]
    let _ = rustix::termios::tcflush(io::stdin(), rustix::termios::QueueSelector::IFlush);
}

fn conclude(end: TalkEnd, counts: Counts, address: &str, talking: &Talking, stage: &Stage) -> anyhow::Result<Exit> {
    let lang = stage.lang;
    let (sent, received) = (counts.sent, counts.received);
    stage.say(say!(lang, "sent {sent} bytes, received {received}", "共发送 {sent} 字节，收到 {received} 字节"));
    let why = match end {
        TalkEnd::Complete { as_expected } => {
            if !as_expected {
                stage.say(lang.pick(
                    "what came back is not our text in upper case: is it the server of another lesson?",
                    "收到的不是我们所发文本的大写：这是另一课的服务器吗？",
                ));
            }
            return Ok(Exit::Fine);
        }
        // A reader that takes nothing was given up at Ctrl-C.
        TalkEnd::OutputClosed if stage.stop.is_requested() => return Ok(Exit::Interrupted),
        TalkEnd::OutputClosed => return Ok(Exit::Fine),
        TalkEnd::Interrupted => return Ok(Exit::Interrupted),
        TalkEnd::ServerClosed { answered: true } => {
            "the server closed the connection (stopped, full, or we said nothing for too long? its screen says)"
                .to_owned()
        }
        TalkEnd::ServerClosed { answered: false } => {
            "the server closed the connection before it had answered".to_owned()
        }
        TalkEnd::NoReply => {
            format!("no reply within {} s: is a server of this lesson there?", talking.timeout.as_secs_f64())
        }
        TalkEnd::TooLong { bytes } => say!(
            lang,
            "the reply goes on without a newline: it was cut after {bytes} bytes. Is a server of this lesson there?\n  \
             to take longer replies: --max-reply BYTES",
            "回复一直没有换行：收到 {bytes} 字节后不再接收。对方是这一课的服务器吗？\n  \
             要接收更长的回复：--max-reply 字节数"
        ),
        TalkEnd::Broke(error) => format!("the connection broke: {error}"),
    };
    Err(Failed(format!("{address}: {why}")).into())
}
