//! Clients that leave in the middle, or say nothing, and what the server must keep to itself.

use super::super::cause::Cause;
use super::super::judge::Judge;
use super::super::secrecy;
use super::super::verdict::{Fault, Halt, Outcome, suspect};
use super::super::wire::{CLOSING, Pace, Patient};
use super::proof::packed;
use crate::both;
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

/// Clients that connected long ago and have not answered. They wait beside the other checks where that can be.
pub(super) fn deadline(judge: &mut Judge<'_>) -> Outcome {
    judge.host.set_aside(judge.order, &judge.scene)?;
    // Each with its server.
    let mut asides = std::mem::take(&mut judge.host.asides);
    let mut own = None;
    let mut clients: Vec<_> = asides.iter_mut().map(|aside| &mut aside.patient).collect();
    for client in &clients {
        let seconds = client.since.elapsed().as_secs_f64();
        let since = both!(
            " is connected since {seconds:.1} s, to a process of its own",
            "已连接 {seconds:.1} 秒（连的是另一个进程）"
        );
        judge.scene.story.did(about(client.pace, &since));
    }
    if clients.is_empty() {
        clients.push(own.insert(Patient::of(judge.asked()?.0, Pace::Silent)));
    }
    while !clients.is_empty() {
        let mut left = Vec::new();
        for client in clients {
            if client.has_ended()? {
                continue;
            }
            if client.since.elapsed() >= LONGEST_SILENCE {
                let seconds = LONGEST_SILENCE.as_secs_f64();
                let stays = both!(" is still connected after {seconds} s", " {seconds} 秒后仍然连着");
                return Err(Halt::failed(Fault::StaysOpen, about(client.pace, &stays)).suspect(Cause::NoTimeLimit));
            }
            client.speak_if_due();
            left.push(client);
        }
        clients = left;
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
