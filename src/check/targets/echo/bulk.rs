//! Much text, and clients that do not read it back at once.

use super::buffers::find_what_is_missing;
use super::echoed::{name_wrong_stream, numbered, random_word};
use crate::both;
use crate::check::stage::judge::Judge;
use crate::check::stage::wire::{Conn, REPLY};
use crate::check::verdict::cause::Cause;
use crate::check::verdict::{Fault, Halt, Outcome};
use crate::program::usage::usage;
use std::time::{Duration, Instant};

/// More than a program reads at once, and less than the buffers of a connection hold.
const LONG: usize = 200_000;
/// More than all buffers of a loopback connection hold: Linux keeps 3 to 4 MB in each direction, and what is lost, doubled
/// or swapped before that is lost nowhere.
pub(super) const MORE_THAN_FITS: usize = 13_000_000;
/// What a server that piles up replies takes without a pause.
const FAR_TOO_MUCH: usize = 64_000_000;
/// How long is looked whether a server that does not read waits.
const LOOK: Duration = Duration::from_millis(400);
/// Who had more of a core than this (in percent) in that time, and has read nothing, does not want to.
const WORKED: f64 = 15.0;
/// How often is tried to send more to a server that is busy.
const PATIENCE: usize = 20;
/// When nothing could be sent for so long, the server does not read.
pub(super) const STALL: Duration = Duration::from_millis(150);

/// How long a server may take to come to a standstill.
const STANDING_STILL: Duration = Duration::from_secs(2);

pub(super) fn long_message(judge: &mut Judge<'_>) -> Outcome {
    let mut a = judge.connect()?;
    let text = numbered(judge, LONG);
    let expected = text.to_ascii_uppercase();
    a.exchange(&text, &expected).or_else(|halt| {
        let halt = name_wrong_stream(halt, &expected);
        Err(find_what_is_missing(judge, &a, halt)?)
    })
}

pub(super) fn late_reader(judge: &mut Judge<'_>) -> Outcome {
    let mut a = judge.connect()?;
    let text = numbered(judge, MORE_THAN_FITS);
    let expected = text.to_ascii_uppercase();
    let mut sent = a.send_until_full(&text, STALL)?;
    a.read_nothing_for(STALL)?;
    // On a busy machine it may only now have come so far that a reply finds no room.
    wait_for_standstill(judge, &a)?;
    sent += a.send_until_full(text.get(sent..).unwrap_or_default(), STALL)?;
    let rest = text.get(sent..).unwrap_or_default();
    a.exchange(rest, &expected).or_else(|halt| {
        let halt = name_wrong_stream(halt, &expected);
        Err(find_what_is_missing(judge, &a, halt)?)
    })
}

pub(super) fn stops_reading(judge: &mut Judge<'_>) -> Outcome {
    let mut a = judge.connect()?;
    let (much, mut sent) = (b"x".repeat(FAR_TOO_MUCH), 0);
    let before = memory(judge);
    for _ in 0..PATIENCE {
        sent += a.send_until_full(much.get(sent..).unwrap_or_default(), 2 * STALL)?;
        if sent == FAR_TOO_MUCH {
            let megabytes = FAR_TOO_MUCH / 1_000_000;
            let sentence = both!(
                "it received {megabytes} MB from a client that received none of its replies",
                "客户端一个字节的回复也没有接收，它却收下了 {megabytes} MB"
            );
            let halt = Halt::failed(Fault::Kept, sentence);
            let has_grown =
                before.zip(memory(judge)).is_some_and(|(before, now)| now > before + FAR_TOO_MUCH as u64 / 4);
            // What is not in its memory was thrown away.
            return Err(if has_grown { halt.shows(Cause::PilesUp) } else { halt.suspect(Cause::PilesUp) });
        }
        // Nothing goes any more. Because it waits, or because it does not get the processor that it wants?
        if judge.host.program().is_none() {
            return Ok(());
        }
        let load = judge.load(LOOK)?;
        let had_its_chance = load.is_none_or(|load| load.running < 0.5 || load.percent > WORKED);
        let more = a.send_until_full(much.get(sent..).unwrap_or_default(), Duration::from_millis(20))?;
        if had_its_chance && more == 0 {
            return Ok(());
        }
        sent += more;
    }
    Err(Halt::Unknown(both!(
        "this machine is too busy to tell a server that waits from one that is slow",
        "这台机器太忙，分不清服务器是在等待还是只是慢"
    )))
}

/// How much memory the program takes, in bytes.
fn memory(judge: &Judge<'_>) -> Option<u64> {
    usage(&judge.program().ok()?.members()).map(|usage| usage.memory)
}

/// Waits until the program has received and sent for this connection what it can, as far as the system tells.
fn wait_for_standstill(judge: &Judge<'_>, conn: &Conn) -> Outcome {
    let (mut before, mut since) = (conn.in_its_buffers(), Instant::now());
    judge.context.wait_until(STANDING_STILL, || {
        let now = conn.in_its_buffers();
        if now != before {
            (before, since) = (now, Instant::now());
        }
        now.is_none() || since.elapsed() > STALL
    })?;
    Ok(())
}

pub(super) fn slow_reader(judge: &mut Judge<'_>) -> Outcome {
    let (mut a, mut b) = (judge.connect()?, judge.connect()?);
    a.echo("a")?;
    b.echo("b")?;
    let text = numbered(judge, MORE_THAN_FITS);
    let sent = a.send_until_full(&text, STALL)?;
    let word = random_word(judge);
    // On a busy machine it may not have come to a standstill when B speaks for the first time.
    let echoed = (0..2).try_for_each(|_| {
        wait_for_standstill(judge, &a)?;
        b.echo(&word)
    });
    let Err(halt) = echoed else { return Ok(()) };
    // Does it wait for A?
    let _ = a.read_some(sent, REPLY)?;
    if b.expect_upper(&word).is_ok() {
        let finding = both!("when A had read its replies, B got its own", "A 读走回复之后，B 才得到回复");
        return Err(halt.found(Cause::SendBlocksAll, finding));
    }
    Err(halt)
}
