//! A client that knows the secret is accepted, and `ok` is there at once.

use super::proof::{Heard, OK, ONE_MORE, SAYING_OK, no_ok, packed};
use super::wants::{find_what_it_waits_for, find_what_it_wants};
use crate::both;
use crate::check::stage::ending::ENDING;
use crate::check::stage::judge::Judge;
use crate::check::verdict::cause::Cause;
use crate::check::verdict::crash_output::is_a_slip;
use crate::check::verdict::mistakes::{signed, without_zeros};
use crate::check::verdict::{Failure, Fault, Halt, Outcome, unless_failed};
use std::time::Duration;

/// How long a server is listened to that should say nothing more.
const SILENCE: Duration = Duration::from_millis(80);
/// How long after the client's end an `ok` may take that waited for it.
const AFTER_END: Duration = Duration::from_millis(600);
/// How long after the proof `ok` may be printed to be at once.
const AT_ONCE: Duration = Duration::from_secs(1);
/// So many challenges are asked for until one has a digest that is asked for: once in 30 000 runs none has a zero in front.
const CHALLENGES: usize = 160;
/// The same for a server that serves one client, and ends.
const PROCESSES: usize = 2;

/// The line may be there, and held back in a buffer: a program fills it before it hands anything to a pipe.
pub(super) fn ok(judge: &mut Judge<'_>) -> Outcome {
    let (mut conn, heard) = judge.prove_openly(SAYING_OK)?;
    if heard == Heard::Ok {
        return Ok(());
    }
    if has_word(&conn.read_some(1, SILENCE)?.0) {
        return Err(no_ok().shows(Cause::OkOtherwise));
    }
    let crash = judge.crash()?;
    if let Some(cause) = crash {
        drop(conn);
        return Err(explain_crash(judge, cause)?);
    }
    let has_printed_ok = has_word(&judge.printed()?.results());
    conn.shut_down_sending();
    // On a busy machine a program takes its time to see the client's end.
    let came_at_the_end =
        judge.says_ok(0, AFTER_END)? == Heard::Ok || judge.says_ok_by_its_sleep(0, SAYING_OK, ONE_MORE)? == Heard::Ok;
    drop(conn);
    if is_held_back(judge, came_at_the_end)? {
        judge.host.on_terminal = true;
        judge.host.end();
        return Ok(());
    }
    if came_at_the_end {
        let finding = both!(
            "ok was printed only after the client had shut down sending (FIN)",
            "客户端关闭发送方向（FIN）之后，才打印出 ok"
        );
        let halt = find_what_it_waits_for(judge, no_ok())?;
        return Err(if halt.is_found() { halt } else { halt.found(Cause::WaitsForEnd, finding) });
    }
    let halt = find_what_it_wants(judge, no_ok())?;
    if halt.is_found() {
        return Err(halt);
    }
    // None of the usual mistakes is what it wants: that was tried.
    let is_none = halt.cause() == Some(Cause::NeverOk);
    Err(match (has_printed_ok, is_none) {
        (true, _) => halt.map(Failure::unname).suspect(Cause::OkOtherwise),
        (false, true) => halt.shows(Cause::NeverOk),
        (false, false) => halt,
    })
}

/// The server, or the thread that served the client, has crashed.
fn explain_crash(judge: &mut Judge<'_>, cause: Cause) -> Outcome<Halt> {
    let complaints = judge.program()?.printed.complaints();
    let cause = match cause {
        // The answer came in one piece: the number was read with another size.
        Cause::MessageNotWhole => match size_wanted(&complaints) {
            Some(4) => Cause::ReadsTooMuch,
            _ => Cause::LengthWidth,
        },
        cause => cause,
    };
    // A server may crash of an answer that it takes for a wrong one.
    let halt = if is_a_slip(&complaints) { no_ok() } else { find_what_it_wants(judge, no_ok())? };
    Ok(halt.shows(cause))
}

/// How many bytes `struct.unpack` wanted that complains of their number.
fn size_wanted(complaints: &str) -> Option<usize> {
    let (_, behind) = complaints.rsplit_once("requires a buffer of ")?;
    behind.split(' ').next()?.parse().ok()
}

/// Whether the word is there, and not as a line of its own on stdout.
fn has_word(said: &[u8]) -> bool {
    let text = String::from_utf8_lossy(said).to_lowercase();
    text.split(|letter: char| !letter.is_alphanumeric()).any(|word| word == OK)
}

/// Whether `ok` comes when the program ends, or when it writes to a terminal instead of a pipe.
fn is_held_back(judge: &mut Judge<'_>, came_at_the_end: bool) -> Outcome<bool> {
    // What comes at the client's end was not waiting for the program's.
    if !came_at_the_end && judge.program()?.ended().is_none() {
        judge.interrupt(ENDING)?;
        if judge.oks()? > 0 {
            return Ok(true);
        }
    }
    if !cfg!(unix) || judge.host.on_terminal {
        return Ok(false);
    }
    judge.context.story.did(both!("once more, with a terminal for its stdout", "再来一次，这回让它的标准输出接到终端"));
    judge.host.end();
    judge.host.on_terminal = true;
    let said = judge.prove(SAYING_OK);
    judge.host.on_terminal = false;
    judge.host.end();
    Ok(said? == Heard::Ok)
}

pub(super) fn ok_at_once(judge: &mut Judge<'_>) -> Outcome {
    if judge.host.on_terminal {
        judge.host.end();
    }
    let (was_on_terminal, patience) = (std::mem::take(&mut judge.host.on_terminal), AT_ONCE);
    let said = judge.prove(patience);
    judge.host.on_terminal = was_on_terminal;
    if said? == Heard::Ok {
        return Ok(());
    }
    let seconds = patience.as_secs_f64();
    if !was_on_terminal {
        let sentence = both!("ok was not there {seconds} s after the proof", "通过验证 {seconds} 秒后还看不到 ok");
        return Err(Halt::failed(Fault::NotPrinted, sentence));
    }
    let sentence = both!(
        "ok was not there {seconds} s after the proof: it came only later, or only on a terminal",
        "通过验证 {seconds} 秒后还看不到 ok：它更晚才出现，或只在终端上出现"
    );
    Err(Halt::failed(Fault::NotPrinted, sentence).shows(Cause::StdoutNotFlushed))
}

/// What a digest begins with, and what students lose of it who take it for a number.
type Beginning = (Cause, fn(&[u8]) -> bool, fn(&[u8]) -> Vec<u8>);

const BEGINNINGS: [Beginning; 2] = [
    (Cause::SignedNumber, |digits| !matches!(digits, [b'0'..=b'7', ..]), signed),
    (
        Cause::ZerosLost,
        |digits| digits.starts_with(b"0"),
        |digits| {
            let [of_number, _] = without_zeros(digits);
            of_number
        },
    ),
];

/// Clients whose digests begin with a zero, and with a bit that may be taken for a sign.
pub(super) fn any_digest(judge: &mut Judge<'_>) -> Outcome {
    // A server that refuses some digests may have refused this client's.
    let is_for_one = unless_failed(judge.goes_on())? == Some(false);
    let tries = if is_for_one { PROCESSES } else { CHALLENGES };
    for (cause, is_wanted, changed) in BEGINNINGS {
        let Some(refused) = beginning_is_refused(judge, tries, is_wanted, <[u8]>::to_vec)? else { continue };
        if !refused {
            continue;
        }
        judge.context.story.looks_for_the_cause();
        let wants_changed = beginning_is_refused(judge, tries, is_wanted, changed)? == Some(false);
        let finding = both!(
            "the digits that such a number has in the program were accepted instead",
            "反而接受了程序把摘要当成数字之后得到的字符"
        );
        return Err(if wants_changed { no_ok().found(cause, finding) } else { no_ok() });
    }
    Ok(())
}

/// Whether a client is refused whose digest begins in a certain way; `None` if no challenge came that has such a digest.
fn beginning_is_refused(
    judge: &mut Judge<'_>,
    tries: usize,
    is_wanted: fn(&[u8]) -> bool,
    change: impl Fn(&[u8]) -> Vec<u8>,
) -> Outcome<Option<bool>> {
    for _ in 0..tries {
        let (mut conn, challenge) = judge.asked()?;
        let digits = judge.digits(&challenge);
        if !is_wanted(&digits) {
            conn.close();
            continue;
        }
        let (before, digits) = (judge.oks()?, change(&digits));
        let sent = unless_failed(conn.send(&packed(digits.len() as i32, &digits)))?;
        return Ok(Some(sent.is_none() || judge.says_ok(before, SAYING_OK)? == Heard::Nothing));
    }
    Ok(None)
}
