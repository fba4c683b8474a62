//! No reply came to the first message: what would bring it?

use super::echoed::upper;
use crate::both;
use crate::check::stage::ending::DYING;
use crate::check::stage::judge::Judge;
use crate::check::stage::wire::{Came, Conn};
use crate::check::verdict::cause::Cause;
use crate::check::verdict::mistakes::contains;
use crate::check::verdict::{Fault, Halt, Outcome, unless_failed};
use crate::lang::Text;
use crate::program::Signal;
use std::time::Duration;

/// How long a reply may take that something else was waited for.
pub(super) const AFTER_A_TRY: Duration = Duration::from_millis(500);
/// The same while a buffer is filled.
const AFTER_A_PIECE: Duration = Duration::from_millis(150);
/// How many bytes there are in all when it is looked whether a buffer was full.
const FULL: [usize; 6] = [16, 64, 256, 1024, 4096, 65_536];

/// A cause, and what was tried to find it.
type Found = Option<(Cause, Text)>;

/// No reply came to `text`, the first message: why?
pub(super) fn find_what_it_waits_for(judge: &mut Judge<'_>, a: &mut Conn, text: &str, halt: Halt) -> Outcome<Halt> {
    if judge.crashes_within(DYING)? {
        return Ok(halt);
    }
    let (found, was_all_read) = match halt.fault() {
        Some(Fault::Ended | Fault::Reset) => return find_why_it_closes(judge, halt),
        Some(Fault::Silent) => what_brings_it(judge, a, text)?,
        _ => (None, false),
    };
    let is_printed = judge.printed().is_ok_and(|printed| contains(&printed.results(), &upper(text)));
    match found {
        None | Some((Cause::NeverSends, _)) if is_printed => Ok(halt.shows(Cause::PrintedNotSent)),
        None if was_all_read => Ok(halt.suspect(Cause::NeverSends)),
        None => Ok(halt),
        Some((cause, finding)) => Ok(halt.found(cause, finding)),
    }
}

/// The connection was closed instead of a reply.
pub(super) fn find_why_it_closes(judge: &mut Judge<'_>, halt: Halt) -> Outcome<Halt> {
    if judge.has_ended_well(DYING) {
        let finding = both!(
            "the program had ended by then, without an error, although no client had left",
            "那时程序已经结束了，没有报错，而且没有客户端断开过"
        );
        return Ok(halt.found(Cause::EndsBeforeReply, finding));
    }
    judge.context.story.looks_for_the_cause();
    if !closes_on_silence(judge)? {
        return Ok(halt);
    }
    // Is a message answered that is there before the server asks for it?
    let tell = |judge: &Judge<'_>, signal| judge.program().map(|program| program.signal(signal)).ok();
    tell(judge, Signal::Stop);
    let sent = judge.connect().and_then(|mut conn| conn.send(b"now").map(|()| conn));
    tell(judge, Signal::Continue);
    if unless_failed(sent.and_then(|mut conn| conn.expect_upper("now")))?.is_some() {
        let finding = both!(
            "a message that was there already got its reply; a client that says nothing finds its connection closed at once",
            "消息已经在那里的时候有回复；什么也不发的客户端，连接立刻就被关闭"
        );
        return Ok(halt.found(Cause::ClosesAtOnce, finding));
    }
    Ok(halt.suspect(Cause::ClosesAtOnce))
}

/// Whether a client that says nothing finds its connection closed.
pub(super) fn closes_on_silence(judge: &mut Judge<'_>) -> Outcome<bool> {
    let came = judge.connect().and_then(|mut silent| silent.read_to_end(AFTER_A_TRY));
    Ok(matches!(unless_failed(came)?, Some((_, Came::End | Came::Reset))))
}

/// What it waits for, and whether it had received everything, and nothing that was tried brought a reply.
fn what_brings_it(judge: &mut Judge<'_>, a: &mut Conn, text: &str) -> Outcome<(Found, bool)> {
    a.looks_for_the_cause();
    if a.was_accepted() == Some(false) {
        let finding = both!(
            "the system's table shows: A's connection still waits to be accepted",
            "系统的连接表显示：A 的连接还在等待 accept"
        );
        // Of a process that has had clients before, nobody knows why it no longer accepts any.
        let cause = if judge.host.one_process().is_some() { Cause::OneAccept } else { Cause::NeverAccepts };
        return Ok((Some((cause, finding)), false));
    }
    let found = another_message(a, text)?;
    let found = if found.is_some() { found } else { another_client(judge, a, text)? };
    let found = if found.is_some() { found } else { a_full_buffer(a, text)? };
    let was_all_read = a.has_been_read() == Some(true);
    let found = if found.is_some() { found } else { the_end(a, text)? };
    let found = if found.is_some() || a.has_been_read() == Some(false) { found } else { a_header(judge, text)? };
    Ok((found.or_else(|| never_receives(a)), was_all_read))
}

/// A newline may be what it waits for, or a second `recv`.
fn another_message(a: &mut Conn, text: &str) -> Outcome<Found> {
    if !a.tries_to_send(b"\n")? {
        return Ok(None);
    }
    let (answer, _) = a.read_some(text.len(), AFTER_A_TRY)?;
    if answer.starts_with(&upper(text)) {
        return after_a_newline(a, text, answer).map(Some);
    }
    let finding = both!(
        "the newline that was sent next came back, and the first message never did",
        "接着发送的换行返回了，第一条消息却一直没有回复"
    );
    Ok((answer == b"\n").then_some((Cause::RecvTwice, finding)))
}

/// A newline brought the reply: because it ended a line, or because whatever comes next brings the reply to what came before?
fn after_a_newline(a: &mut Conn, text: &str, mut answer: Vec<u8>) -> Outcome<(Cause, Text)> {
    answer.extend(a.read_to_end(AFTER_A_PIECE)?.0);
    if answer == upper(text) && reply_to_one_byte(a)? == b"\n" {
        let finding = both!(
            "the newline that was sent after it brought its reply, and the next byte brought the newline's",
            "补发换行之后，来的是前一条的回复；再发送一个字节，来的是那个换行的回复"
        );
        return Ok((Cause::OneMessageLate, finding));
    }
    let finding = both!("when a newline was sent after it, the reply came", "补发一个换行之后，回复来了");
    Ok((Cause::WaitsForLine, finding))
}

/// What one more byte brings.
fn reply_to_one_byte(a: &mut Conn) -> Outcome<Vec<u8>> {
    Ok(if a.tries_to_send(b"x")? { a.read_some(1, AFTER_A_TRY)?.0 } else { Vec::new() })
}

/// Twice: a loop may receive in one round, and send in the next.
fn another_client(judge: &mut Judge<'_>, a: &mut Conn, text: &str) -> Outcome<Found> {
    let unread = a.in_its_buffers().filter(|_| a.is_held() == Some(true)).map(|(unread, _)| unread);
    let mut others = Vec::new();
    for _ in 0..2 {
        others.push(unless_failed(judge.connect())?);
        let (answer, came) = a.read_some(text.len(), AFTER_A_TRY)?;
        if answer.starts_with(&upper(text)) {
            return who_came_later(a).map(Some);
        }
        if matches!(came, Came::End | Came::Reset) {
            let has_ended = judge.crashes_within(DYING)? || judge.has_ended_well(DYING);
            return Ok(unread.filter(|_| !has_ended).and_then(|unread| is_dropped(unread, text)));
        }
    }
    Ok(None)
}

/// As soon as another client had connected, A got its reply: because the server waits for one in each round, or because it serves all
/// but the newest? Then A is served from now on.
fn who_came_later(a: &mut Conn) -> Outcome<(Cause, Text)> {
    // The newline's reply, if it comes, comes now.
    a.read_to_end(AFTER_A_PIECE)?;
    if !reply_to_one_byte(a)?.is_empty() {
        let finding = both!(
            "as soon as another client had connected, the reply came, and the next one came at once",
            "另一个客户端一连上，回复就来了；此后再发送，立刻有回复"
        );
        return Ok((Cause::LeavesOutNewest, finding));
    }
    let finding = both!("as soon as another client connected, the reply came", "另一个客户端一连上，回复就来了");
    Ok((Cause::AcceptBlocks, finding))
}

/// A's connection was dropped for the next client, without a reply, with so many bytes of the text and a newline unread.
fn is_dropped(unread: u64, text: &str) -> Found {
    let sent = text.len() as u64 + 1;
    if unread == sent {
        let finding = both!(
            "none of A's {sent} bytes were received; as soon as another client connected, A's connection was closed",
            "A 的 {sent} 个字节一个也没有接收；另一个客户端一连上，A 的连接就被关闭"
        );
        return Some((Cause::NeverReceives, finding));
    }
    let finding = both!(
        "A's message was received, and nothing was sent; as soon as another client connected, A's connection was closed",
        "A 的消息被接收了，却什么也没有发送；另一个客户端一连上，A 的连接就被关闭"
    );
    // The newline came later, and is perhaps not asked for.
    (unread <= 1).then_some((Cause::NeverSends, finding))
}

fn a_full_buffer(a: &mut Conn, text: &str) -> Outcome<Found> {
    // What was sent before: the text, and a newline.
    let mut sent = text.len() + 1;
    for size in FULL {
        if !a.tries_to_send(&vec![b'x'; size.saturating_sub(sent)])? {
            return Ok(None);
        }
        sent = size;
        if a.answers_after_all(text, AFTER_A_PIECE)? {
            let finding = both!(
                "when it had been sent {size} bytes in all, the reply came",
                "总共发送了 {size} 字节之后，回复来了"
            );
            return Ok(Some((Cause::WaitsForFullBuffer, finding)));
        }
    }
    Ok(None)
}

fn the_end(a: &mut Conn, text: &str) -> Outcome<Found> {
    a.shut_down_sending();
    let finding =
        both!("when the client shut down sending (FIN), the reply came", "客户端关闭了发送方向（FIN），回复才来");
    Ok(a.answers_after_all(text, AFTER_A_TRY)?.then_some((Cause::WaitsForEnd, finding)))
}

/// Something may have to stand before the text: its length, or what a request has there.
fn a_header(judge: &mut Judge<'_>, text: &str) -> Outcome<Found> {
    let len = text.len();
    let (long, short) = (u32::try_from(len).unwrap_or_default(), u16::try_from(len).unwrap_or_default());
    let request = format!("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len}\r\n\r\n");
    let headers = [
        (long.to_be_bytes().to_vec(), both!("its length in 4 bytes, big-endian", "4 字节大端序的长度")),
        (long.to_le_bytes().to_vec(), both!("its length in 4 bytes, little-endian", "4 字节小端序的长度")),
        (short.to_be_bytes().to_vec(), both!("its length in 2 bytes", "2 字节的长度")),
        (request.into_bytes(), both!("the header of an HTTP request", "HTTP 请求头")),
    ];
    for (header, Text { en, zh }) in headers {
        let bytes = [&header, text.as_bytes()].concat();
        let answer = judge.connect().and_then(|mut conn| {
            conn.send(&bytes)?;
            conn.read_some(len, AFTER_A_TRY)
        });
        let (answer, _) = unless_failed(answer)?.unwrap_or((Vec::new(), Came::Nothing));
        if contains(&answer, &upper(text)) || answer.starts_with(b"HTTP/") {
            let finding = both!("when {en} stood before the text, a reply came", "在文本前面加上{zh}之后，回复来了");
            return Ok(Some((Cause::WaitsForHeader, finding)));
        }
    }
    Ok(None)
}

/// All that was sent lies unread.
fn never_receives(a: &Conn) -> Found {
    let (unread, _) = a.in_its_buffers().filter(|_| a.is_held() == Some(true))?;
    let finding = both!(
        "the system's table shows: the program has accepted A's connection, and not received any of its {unread} bytes",
        "系统的连接表显示：程序接受了 A 的连接，但 {unread} 个字节一个也没有接收"
    );
    (unread > FULL[0] as u64).then_some((Cause::NeverReceives, finding))
}

impl Conn {
    /// Whether the reply to `text` comes now, alone or with more behind it.
    pub(super) fn answers_after_all(&mut self, text: &str, patience: Duration) -> Outcome<bool> {
        let (answer, _) = self.read_some(text.len(), patience)?;
        Ok(answer.starts_with(&upper(text)))
    }

    /// Whether these bytes could be sent.
    pub(super) fn tries_to_send(&mut self, bytes: &[u8]) -> Outcome<bool> {
        Ok(unless_failed(self.send(bytes))?.is_some())
    }
}
