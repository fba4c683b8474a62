//! Clients that leave in the middle, or say nothing, and what the server must keep to itself.

use super::super::cause::Cause;
use super::super::judge::Judge;
use super::super::secrecy;
use super::super::verdict::{Fault, Halt, Outcome, suspect};
use super::super::wire::{CLOSING, Came};
use super::proof::packed;
use crate::both;
use std::time::Duration;

/// How long a client may say nothing: a handshake takes thousandths of a second, a slow network a second or two.
const LONGEST_SILENCE: Duration = Duration::from_secs(8);
/// Enough to read what is there already.
const A_MOMENT: Duration = Duration::from_millis(300);

pub(super) fn leaves_early(judge: &mut Judge<'_>) -> Outcome {
    let beginnings = [vec![], vec![0x20, 0], packed(judge.length(), b""), packed(judge.length(), b"0123456789")];
    for beginning in beginnings {
        let (mut conn, _) = judge.asked()?;
        conn.send(&beginning)?;
        conn.finish_sending();
        conn.read_to_end(CLOSING)?;
        drop(conn);
        judge.next().map_err(suspect(Cause::MessageNotWhole))?;
    }
    Ok(())
}

pub(super) fn reset(judge: &mut Judge<'_>) -> Outcome {
    let (conn, _) = judge.asked()?;
    conn.reset();
    judge.next().map_err(suspect(Cause::DiesOfReset))?;
    let (mut conn, _) = judge.asked()?;
    conn.send(&[0x20, 0])?;
    conn.reset();
    judge.next().map(drop).map_err(suspect(Cause::DiesOfReset))
}

pub(super) fn keeps_the_secret(judge: &mut Judge<'_>) -> Outcome {
    judge.proves()?;
    let who = both!("a client with another secret", "客户端用的是别的密钥");
    judge.refuses(&who, |judge, challenge| packed(judge.length(), &judge.wrong_digits(challenge)))?;
    // Whoever is refused is the more tempting to explain something to.
    let (mut conn, _) = judge.asked()?;
    conn.send(&packed(judge.length() + 1, b""))?;
    conn.read_to_end(CLOSING)?;
    drop(conn);
    judge.next()?;
    secrecy::kept(judge)
}

/// A client that connected long ago and says nothing. It waits beside the other checks where that can be.
pub(super) fn deadline(judge: &mut Judge<'_>) -> Outcome {
    let came = match judge.host.aside.take() {
        Some(mut aside) => {
            let since = aside.since.elapsed();
            let seconds = since.as_secs_f64();
            judge.scene.story.did(both!(
                "a client that says nothing is connected since {seconds:.1} s, to a process of its own",
                "有个一言不发的客户端已连接 {seconds:.1} 秒（连的是另一个进程）"
            ));
            // Its end may have come long ago, behind a challenge that nobody has read yet.
            aside.conn.read_to_end(LONGEST_SILENCE.saturating_sub(since).max(A_MOMENT))?.1
        }
        None => judge.asked()?.0.read_to_end(LONGEST_SILENCE)?.1,
    };
    if came != Came::Nothing {
        return Ok(());
    }
    let seconds = LONGEST_SILENCE.as_secs_f64();
    let sentence = both!(
        "a client that says nothing is still connected after {seconds} s",
        "一个一言不发的客户端 {seconds} 秒后仍然连着"
    );
    Err(Halt::failed(Fault::StaysOpen, sentence).suspect(Cause::NoTimeLimit))
}
