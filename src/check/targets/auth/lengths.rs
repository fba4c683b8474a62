//! Lengths that no honest client announces: the number is a stranger's.

use super::proof::packed;
use super::refused::announces;
use crate::both;
use crate::check::stage::judge::Judge;
use crate::check::stage::wire::{Came, Conn, IN_PIECES};
use crate::check::verdict::cause::Cause;
use crate::check::verdict::{Fault, Halt, Outcome, unless_failed};
use byteorder::{BigEndian, ByteOrder};
use std::time::Duration;

/// How long after its announcement a client may be sent away to be so at once: far less than any time limit.
const AT_ONCE: Duration = Duration::from_millis(1500);
/// How many bytes are sent to a server that still waits, to see whether it takes them: more than a digest has.
const MORE: usize = 80;

/// Announces `length` bytes and sends none: the server must not wait for them.
fn announced(judge: &mut Judge<'_>, length: i32) -> Outcome {
    judge.context.story.did(announces(length));
    let (mut conn, _) = judge.asked()?;
    conn.send(&packed(length, b""))?;
    let (_, came) = conn.read_to_end(AT_ONCE)?;
    if came == Came::Nothing {
        let seconds = AT_ONCE.as_secs_f64();
        let sentence = both!(
            "a client announced {length} bytes, and {seconds} s later the server still waits for them",
            "客户端宣告长度为 {length}，{seconds} 秒后服务器仍在等这些字节"
        );
        return Err(find_what_it_waits_for(&mut conn, Halt::failed(Fault::StaysOpen, sentence))?);
    }
    drop(conn);
    judge.next().map(drop)
}

/// The connection stays open: does the server wait for what was announced, or does it only not close?
fn find_what_it_waits_for(conn: &mut Conn, halt: Halt) -> Outcome<Halt> {
    conn.looks_for_the_cause();
    if unless_failed(conn.send(&[b'0'; MORE]))?.is_none() {
        return Ok(halt);
    }
    let (_, came) = conn.read_to_end(IN_PIECES)?;
    let finding = match came {
        Came::End | Came::Reset => both!(
            "it went on as soon as more bytes came: it was waiting for them",
            "后面的字节一到，它就继续了：它一直在等这些字节"
        ),
        _ if conn.has_been_read() == Some(true) => both!(
            "it has received the next {MORE} bytes, and waits for more",
            "它接收了后面的 {MORE} 个字节，还在等更多"
        ),
        _ => return Ok(halt.suspect(Cause::NeverCloses)),
    };
    Ok(halt.found(Cause::LengthTrusted, finding))
}

pub(super) fn length_bomb(judge: &mut Judge<'_>) -> Outcome {
    [i32::MAX, 1 << 30, 1 << 20].into_iter().try_for_each(|length| announced(judge, length))
}

pub(super) fn negative_length(judge: &mut Judge<'_>) -> Outcome {
    [-1, i32::MIN].into_iter().try_for_each(|length| announced(judge, length))
}

pub(super) fn big_endian_length(judge: &mut Judge<'_>) -> Outcome {
    let mut length = [0; 4];
    BigEndian::write_i32(&mut length, judge.length());
    let as_read = i32::from_le_bytes(length);
    announced(judge, as_read)?;
    let who = both!("a client with its length in network byte order", "客户端的长度用了网络字节序");
    judge.refuses(&who, |judge, challenge| packed(as_read, &judge.digits(challenge)))
}
