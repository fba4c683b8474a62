//! How clients leave, politely and not, and what must happen to nobody else.

use super::bulk::MORE_THAN_FITS;
use super::echoed::{numbered, random_word};
use super::ending::name_held;
use super::process::releases_everything;
use crate::both;
use crate::check::stage::ending::DYING;
use crate::check::stage::judge::Judge;
use crate::check::stage::program::Program;
use crate::check::stage::wire::{Came, Conn, REPLY};
use crate::check::verdict::cause::Cause;
use crate::check::verdict::{Fault, Halt, Outcome, unless_failed};
use std::time::Duration;

/// What a server needs several calls for, and its receive buffer holds.
const SOME: usize = 120_000;
const HANG_UPS: usize = 5;
/// How many clients reset their connections before it is looked what the server still holds of them.
const RESETS: usize = 12;
/// Bytes that can be no UTF-8: alone, an overlong form, a surrogate, beyond the last letter, a lone continuation.
const BAD: [&[u8]; 6] = [b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\x80", b"abc\xffdef"];

/// Somebody who was there before is still served, and so is somebody who comes now.
fn others_are_served(judge: &mut Judge<'_>, bystander: &mut Conn) -> Outcome {
    bystander.echo(&random_word(judge))?;
    judge.connect()?.echo(&random_word(judge))
}

/// After some clients left, others are no longer served: are they, when one leaves politely, with everything received?
fn find_whether_it_is_how_they_left(judge: &mut Judge<'_>, cause: Cause, halt: Halt) -> Outcome<Halt> {
    // What it crashed of says more.
    if judge.crashes_within(DYING)? || !matches!(halt, Halt::Failed(_)) {
        return Ok(halt);
    }
    judge.context.story.looks_for_the_cause();
    judge.next_process();
    let politely = judge.connect().and_then(|mut bystander| {
        bystander.echo("here")?;
        let mut a = judge.connect()?;
        a.echo(&random_word(judge))?;
        a.shut_down_sending();
        a.expect_end_at_last()?;
        others_are_served(judge, &mut bystander)
    });
    let finding = both!(
        "when a client leaves after its last reply, with a FIN, the others are still served",
        "客户端收完最后一个回复后以 FIN 离开时，别的客户端仍然得到服务"
    );
    Ok(if unless_failed(politely)?.is_some() { halt.found(cause, finding) } else { halt })
}

pub(super) fn probe(judge: &mut Judge<'_>) -> Outcome {
    let mut bystander = judge.connect()?;
    bystander.echo("here")?;
    for _ in 0..3 {
        judge.connect()?.close();
    }
    others_are_served(judge, &mut bystander)
}

pub(super) fn reset(judge: &mut Judge<'_>) -> Outcome {
    let mut bystander = judge.connect()?;
    bystander.echo("here")?;
    let mut a = judge.connect()?;
    a.echo("reply is read")?;
    a.reset();
    let mut a = judge.connect()?;
    a.send(b"reply is not read")?;
    a.reset();
    judge.connect()?.reset();
    others_are_served(judge, &mut bystander)
        .or_else(|halt| Err(find_whether_it_is_how_they_left(judge, Cause::DiesOfReset, halt)?))?;
    // A connection that was reset is to be closed like any other.
    let Some(before) = judge.host.program().and_then(Program::holdings) else { return Ok(()) };
    for _ in 0..RESETS {
        let mut a = judge.connect()?;
        a.echo(&random_word(judge))?;
        a.reset();
    }
    releases_everything(judge, before, RESETS)
}

pub(super) fn leaves_without_reading(judge: &mut Judge<'_>) -> Outcome {
    let mut bystander = judge.connect()?;
    bystander.echo("here")?;
    // The server is still answering when its client is gone.
    let text = numbered(judge, MORE_THAN_FITS);
    for _ in 0..2 {
        let mut a = judge.connect()?;
        // As much as goes: a server that cannot send its replies stops reading.
        a.send_until_full(&text, Duration::from_millis(50))?;
        a.close();
    }
    // Less, so that all of it arrives, and the end too: the server goes on sending to somebody who is no longer there. Whether
    // it comes to that is a matter of microseconds.
    for _ in 0..HANG_UPS {
        let mut a = judge.connect()?;
        a.send(text.get(..SOME).unwrap_or_default())?;
        a.hang_up()?;
    }
    others_are_served(judge, &mut bystander)
        .or_else(|halt| Err(find_whether_it_is_how_they_left(judge, Cause::DiesOfPipe, halt)?))
}

pub(super) fn bad_bytes(judge: &mut Judge<'_>) -> Outcome {
    let mut bystander = judge.connect()?;
    bystander.echo("here")?;
    for bytes in BAD {
        let mut a = judge.connect()?;
        a.send(bytes)?;
        // To close, to send something in their place, to pass them on, and to leave them out are all right; but not to forget the client.
        a.shut_down_sending();
        is_let_go(judge, a)?;
        others_are_served(judge, &mut bystander)
            .or_else(|halt| Err(find_whether_it_is_how_they_left(judge, Cause::DiesOfBytes, halt)?))?;
    }
    Ok(())
}

/// Whatever was answered, in the end the connection is closed. An error that only the client's thread dies of leaves it open.
fn is_let_go(judge: &Judge<'_>, mut conn: Conn) -> Outcome {
    conn.expect_end_at_last().map_err(|halt| match judge.has_crashed() {
        true => halt.shows(Cause::UncaughtError),
        false => name_held(halt, &conn),
    })
}

pub(super) fn answers_before_bad_bytes(judge: &mut Judge<'_>) -> Outcome {
    let mut a = judge.connect()?;
    a.send(b"before\xff")?;
    let (reply, came) = a.read_some("BEFORE".len(), REPLY)?;
    if reply.starts_with(b"BEFORE") {
        return Ok(());
    }
    let fault = match came {
        Came::Reset => Fault::Reset,
        Came::End => Fault::Ended,
        Came::Bytes | Came::Nothing => Fault::WrongBytes,
    };
    let sentence = both!("the text before the bad byte was not answered", "坏字节之前的文本没有得到回复");
    Err(Halt::failed(fault, sentence).map(|failure| {
        failure.difference = crate::check::verdict::Difference::between(b"BEFORE", &reply);
    }))
}

pub(super) fn half_a_letter(judge: &mut Judge<'_>) -> Outcome {
    let mut bystander = judge.connect()?;
    bystander.echo("here")?;
    let mut a = judge.connect()?;
    a.send(b"\xe4\xb8")?;
    a.shut_down_sending();
    is_let_go(judge, a)?;
    others_are_served(judge, &mut bystander)
        .or_else(|halt| Err(find_whether_it_is_how_they_left(judge, Cause::DiesOfBytes, halt)?))
}
