//! Clients that leave in the middle, or say nothing, and what the server must keep to itself.

use super::proof::packed;
use crate::both;
use crate::check::stage::judge::Judge;
use crate::check::stage::wire::{Pace, Patient};
use crate::check::targets::secrecy;
use crate::check::verdict::cause::Cause;
use crate::check::verdict::{Fault, Halt, Outcome, suspect, unless_failed};
use crate::lang::Text;
use std::time::Duration;

/// How long a client may say nothing: a handshake takes thousandths of a second, a slow network a second or two.
const LONGEST_SILENCE: Duration = Duration::from_secs(8);

pub(super) fn leaves_early(judge: &mut Judge<'_>) -> Outcome {
    let beginnings = [vec![], vec![0x20, 0], packed(judge.length(), b""), packed(judge.length(), b"0123456789")];
    for beginning in beginnings {
        let (mut conn, _) = judge.asked()?;
        conn.send(&beginning)?;
        conn.finish_sending();
        conn.read_to_end(judge.closing())?;
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
    let let_in = unless_failed(judge.proves())?;
    let who = both!("a client with another secret", "客户端用的是别的密钥");
    unless_failed(judge.refuses(&who, |judge, challenge| packed(judge.length(), &judge.wrong_digits(challenge))))?;
    // Whoever is refused is the more tempting to explain something to.
    if let Some((mut conn, _)) = unless_failed(judge.asked())? {
        unless_failed(conn.send(&packed(judge.length() + 1, b"")))?;
        conn.read_to_end(judge.closing())?;
    }
    unless_failed(judge.next())?;
    secrecy::kept(judge)?;
    let_in.ok_or_else(|| {
        Halt::Unknown(both!(
            "the client that gave the right answer was not let in this time, so nobody knows what is told then",
            "这一次答对的客户端没能通过，所以不知道通过时会泄露什么"
        ))
    })
}

/// Clients that connected long ago and have not answered. They wait beside the other checks where that can be.
pub(super) fn deadline(judge: &mut Judge<'_>) -> Outcome {
    judge.host.set_aside(judge.order, &judge.context)?;
    // Each with its server.
    let asides = std::mem::take(&mut judge.host.asides);
    let mut clients: Vec<_> = asides.iter().map(|aside| &aside.patient).collect();
    for client in &clients {
        let seconds = client.since.elapsed().as_secs_f64();
        let since = both!(
            " is connected since {seconds:.1} s, to a process of its own",
            "已连接 {seconds:.1} 秒（连的是另一个进程）"
        );
        judge.context.story.did(about(client.pace, &since));
    }
    let own = if clients.is_empty() { Some(Patient::of(judge.asked()?.0, Pace::Silent)?) } else { None };
    clients.extend(&own);
    for client in clients {
        let is_over = || client.ended_after().is_some() || client.since.elapsed() >= LONGEST_SILENCE;
        judge.context.wait_until(LONGEST_SILENCE, is_over)?;
        if client.ended_after().is_none_or(|time| time >= LONGEST_SILENCE) {
            let seconds = LONGEST_SILENCE.as_secs_f64();
            let stays = both!(" is still connected after {seconds} s", " {seconds} 秒后仍然连着");
            return Err(Halt::failed(Fault::StaysOpen, about(client.pace, &stays)).suspect(Cause::NoTimeLimit));
        }
    }
    let has_died = judge.host.serves_next == Some(true) && asides.iter().any(|aside| aside.program.ended().is_some());
    if has_died {
        let sentence = both!(
            "a client that took its time was sent away, and the whole program ended with that",
            "程序打发走一个拖拖拉拉的客户端，自己也随之整个结束了"
        );
        return Err(Halt::failed(Fault::Died, sentence).suspect(Cause::EndsWithClient));
    }
    Ok(())
}

/// A sentence about such a client.
fn about(pace: Pace, rest: &Text) -> Text {
    let who = match pace {
        Pace::Silent => both!("a client that says nothing", "一个一言不发的客户端"),
        Pace::Drip => both!("a client that sends a byte now and then", "一个隔一会儿才发一个字节的客户端"),
    };
    Text { en: who.en + &rest.en, zh: who.zh + &rest.zh }
}
