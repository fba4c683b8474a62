//! Clients that leave in the middle, or say nothing, and what the server must keep to itself.

use super::proof::{Heard, Next, ONE_MORE, packed};
use super::refused::find_who_is_let_in;
use crate::both;
use crate::check::stage::host::Aside;
use crate::check::stage::judge::Judge;
use crate::check::stage::wire::{Pace, Patient};
use crate::check::targets::secrecy;
use crate::check::verdict::cause::Cause;
use crate::check::verdict::{Fault, Halt, Outcome, unless_failed};
use crate::lang::Text;
use crate::protocol::LENGTH_BYTES;
use std::time::Duration;

/// How long a client may say nothing: a handshake takes thousandths of a second, a slow network a second or two.
const LONGEST_SILENCE: Duration = Duration::from_secs(8);

pub(super) fn leaves_early(judge: &mut Judge<'_>) -> Outcome {
    // So many bytes of the right answer come before the end.
    for count in [0, 2, LENGTH_BYTES, LENGTH_BYTES + 10] {
        let (mut conn, challenge) = judge.asked()?;
        let before = judge.oks()?;
        conn.send(judge.answer(&challenge).get(..count).unwrap_or_default())?;
        conn.shut_down_sending();
        conn.read_to_end(judge.closing())?;
        drop(conn);
        let honest = usize::from(judge.next()? == Next::Served);
        if judge.says_ok(before + honest, ONE_MORE)? == Heard::Ok {
            let sentence = both!(
                "the server printed ok for a client that sent {count} bytes of its answer and then closed",
                "客户端只发送了答案的 {count} 个字节就关闭了，服务器却打印了 ok"
            );
            let halt = Halt::failed(Fault::Printed, sentence);
            return Err(find_who_is_let_in(judge, halt, Cause::PrefixCompared)?);
        }
    }
    Ok(())
}

pub(super) fn reset(judge: &mut Judge<'_>) -> Outcome {
    for beginning in [b"".as_slice(), &[0x20, 0]] {
        let (mut conn, _) = judge.asked()?;
        conn.send(beginning)?;
        conn.reset();
        if let Err(halt) = judge.next() {
            return Err(find_whether_the_reset_does_it(judge, halt, beginning)?);
        }
    }
    Ok(())
}

/// The next client was not served: is it, after one that closes instead?
fn find_whether_the_reset_does_it(judge: &mut Judge<'_>, halt: Halt, beginning: &[u8]) -> Outcome<Halt> {
    // What it crashed of is told by its own words.
    if judge.crash()?.is_some() {
        return Ok(halt);
    }
    judge.context.story.looks_for_the_cause();
    judge.host.end();
    let Some((mut conn, _)) = unless_failed(judge.asked())? else { return Ok(halt) };
    unless_failed(conn.send(beginning))?;
    drop(conn);
    let finding =
        both!("after a client that closes instead, the next one is served", "如果客户端正常关闭，下一个就能得到服务");
    Ok(if unless_failed(judge.next())?.is_some() { halt.found(Cause::DiesOfReset, finding) } else { halt })
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
            return Err(Halt::failed(Fault::StaysOpen, about(client.pace, &stays)).shows(Cause::NoTimeLimit));
        }
    }
    let has_died = judge.host.serves_next == Some(true) && asides.iter().any(Aside::has_died);
    if has_died {
        let sentence = both!(
            "a client that took its time was sent away, and the whole program ended with that",
            "程序打发走一个拖拖拉拉的客户端，自己也随之整个结束了"
        );
        return Err(Halt::failed(Fault::Died, sentence).shows(Cause::EndsWithClient));
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
