//! Servers that leave, say too little, or are not there.

use super::exchange::challenge;
use crate::both;
use crate::check::stage::ending::ENDING;
use crate::check::stage::judge::Judge;
use crate::check::stage::wire::{Came, REPLY};
use crate::check::targets::clients::ends;
use crate::check::verdict::cause::Cause;
use crate::check::verdict::{Fault, Halt, Outcome};
use crate::lang::Text;
use crate::program::how_it_ended;
use crate::protocol::LENGTH_BYTES;
use std::process::ExitStatus;
use std::time::Duration;

/// How long a client may wait for a server that says nothing.
const LONGEST_SILENCE: Duration = Duration::from_secs(8);
/// How much of a challenge is too little.
const SHORT: usize = 31;

pub(super) fn leaves(judge: &mut Judge<'_>) -> Outcome {
    answered(judge).map(drop)
}

/// A whole conversation, and how the client ended after it.
fn answered(judge: &mut Judge<'_>) -> Outcome<ExitStatus> {
    let challenge = challenge(judge);
    let mut conn = judge.accept()?;
    conn.send(challenge.as_bytes())?;
    conn.read_some(LENGTH_BYTES + judge.order.scheme.hex_len(), REPLY)?;
    conn.shut_down_sending();
    drop(conn);
    ends(judge, &both!("the server has closed", "服务器已关闭连接"))
}

pub(super) fn short_challenge(judge: &mut Judge<'_>) -> Outcome {
    let challenge = challenge(judge);
    let mut conn = judge.accept()?;
    conn.send(challenge.as_bytes().get(..SHORT).unwrap_or_default())?;
    conn.shut_down_sending();
    let (answer, _) = conn.read_to_end(ENDING)?;
    if !answer.is_empty() {
        let sentence = both!(
            "{SHORT} bytes came and then the end, and the client answered all the same",
            "只收到 {SHORT} 字节就结束了，客户端却照样作答"
        );
        return Err(Halt::failed(Fault::Extra, sentence).shows(Cause::ChallengeNotWhole));
    }
    drop(conn);
    ends(judge, &both!("the server has closed after {SHORT} bytes", "服务器发了 {SHORT} 字节就关闭了")).map(drop)
}

pub(super) fn no_challenge(judge: &mut Judge<'_>) -> Outcome {
    judge.accept()?.shut_down_sending();
    ends(judge, &both!("the server has closed without a word", "服务器一言不发就关闭了")).map(drop)
}

pub(super) fn exit_code(judge: &mut Judge<'_>) -> Outcome {
    let status = answered(judge)?;
    if !status.success() {
        let Text { en: ended, zh: ended_zh } = how_it_ended(status);
        let sentence = both!(
            "it answered, and ended ({ended}); 0 says that all went well",
            "它已作答，然后结束了（{ended_zh}）；0 才表示一切正常"
        );
        return Err(Halt::failed(Fault::Died, sentence));
    }
    judge.next_process();
    judge.accept()?.shut_down_sending();
    let status = ends(judge, &both!("the server has closed without a word", "服务器一言不发就关闭了"))?;
    if status.success() {
        let sentence = both!(
            "no challenge came, and it ended with 0, as if all had gone well",
            "没有收到挑战值，它却以 0 结束，仿佛一切正常"
        );
        return Err(Halt::failed(Fault::Died, sentence));
    }
    Ok(())
}

pub(super) fn silent_server(judge: &mut Judge<'_>) -> Outcome {
    let mut conn = judge.accept()?;
    if conn.read_to_end(LONGEST_SILENCE)?.1 != Came::Nothing {
        return Ok(());
    }
    let seconds = LONGEST_SILENCE.as_secs_f64();
    let sentence = both!(
        "the server says nothing, and after {seconds} s the client still waits",
        "服务器一言不发，{seconds} 秒后客户端仍在等"
    );
    Err(Halt::failed(Fault::StillRunning, sentence).shows(Cause::NoTimeLimit))
}
