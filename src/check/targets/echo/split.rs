//! Characters that arrive in pieces.

use super::echoed::{random_text, upper};
use crate::both;
use crate::check::stage::judge::Judge;
use crate::check::stage::wire::{Came, Conn};
use crate::check::verdict::cause::Cause;
use crate::check::verdict::{Fault, Halt, Outcome, unless_failed};
use rand::RngExt;
use std::time::Duration;

/// How long a program may take to say what it crashed of.
const COMPLAINING: Duration = Duration::from_millis(200);

/// A whole character goes before the half one: if it is answered, the server has seen the half one on its own.
pub(super) fn split_letter(judge: &mut Judge<'_>) -> Outcome {
    for (text, cut) in [("a中", 3), ("bé", 2), ("c😀", 2), ("d😀", 4)] {
        let mut a = judge.connect()?;
        let (first, rest) = text.as_bytes().split_at(cut);
        let seen = a.send_piece(first).and_then(|seen| {
            // Broken by the half character, before the rest could be sent.
            a.expect_open(&upper(text))?;
            a.send(rest)?;
            a.expect_upper(text).map(|()| seen)
        });
        seen.or_else(|halt| Err(find_what_became_of_it(judge, &mut a, halt)?))?.alone()?;
    }
    Ok(())
}

/// What became of a character that came in pieces? One that comes whole is answered: another check has seen that.
fn find_what_became_of_it(judge: &Judge<'_>, a: &mut Conn, halt: Halt) -> Outcome<Halt> {
    // An error in the bytes, which are right as a whole, is one in a piece of them.
    let crash = if judge.crashes_within(COMPLAINING)? { judge.crash()? } else { None };
    if crash == Some(Cause::DiesOfBytes) || (crash.is_none() && halt.is_cut_off()) {
        return Ok(halt.shows(Cause::DecodePerRecv));
    }
    if crash.is_some() || halt.fault() != Some(Fault::Silent) {
        return Ok(halt);
    }
    a.looks_for_the_cause();
    let is_begun = matches!(&halt, Halt::Failed(failure) if !failure.got().is_empty());
    let finding = both!(
        "the next text came back, and the character in two pieces never did",
        "接着发送的文本返回了，分成两段的字符却一直没有返回"
    );
    a.read_some(0, Duration::ZERO)?;
    if unless_failed(a.echo("next"))?.is_none() {
        return Ok(halt);
    }
    // The rest of the text was answered, so only the character is lost; or the piece as a whole.
    Ok(halt.found(if is_begun { Cause::DecodeLoses } else { Cause::DecodePerRecv }, finding))
}

pub(super) fn split_anywhere(judge: &mut Judge<'_>) -> Outcome {
    let mut a = judge.connect()?;
    for _ in 0..6 {
        let text = random_text(judge, 12);
        let bytes = text.as_bytes();
        let cut = judge.rng.random_range(1..bytes.len());
        let (first, rest) = bytes.split_at(cut);
        let seen = a.send_piece(first)?;
        let heard = a.expect_open(&upper(&text)).and_then(|()| a.send(rest)).and_then(|()| a.expect_upper(&text));
        heard.or_else(|halt| Err(find_what_became_of_it(judge, &mut a, halt)?))?;
        seen.alone()?;
    }
    Ok(())
}

/// Wherever a buffer of 1 KiB or twice, four times, … as much ends, it ends inside a character.
pub(super) fn letter_at_buffer_edge(judge: &mut Judge<'_>) -> Outcome {
    let mut a = judge.connect()?;
    let text = "a".repeat(1023) + &"中".repeat(30_000);
    let exchanged = a.exchange(text.as_bytes(), &upper(&text));
    exchanged.or_else(|halt| Err(find_a_lost_piece(judge, halt)?))
}

pub(super) fn byte_by_byte(judge: &mut Judge<'_>) -> Outcome {
    let mut a = judge.connect()?;
    let text = random_text(judge, 60);
    let mut pieces = text.as_bytes().chunks(1);
    pieces.try_for_each(|byte| a.send(byte))?;
    a.expect_upper(&text).or_else(|halt| Err(find_a_lost_piece(judge, halt)?))
}

/// An error, or a sign for one in the reply, tells of a character that was decoded in pieces; that nothing more comes does not.
fn find_a_lost_piece(judge: &Judge<'_>, halt: Halt) -> Outcome<Halt> {
    if judge.crashes_within(COMPLAINING)? && judge.crash()? == Some(Cause::DiesOfBytes) {
        return Ok(halt.shows(Cause::DecodePerRecv));
    }
    let is_replaced = |got: &[u8]| String::from_utf8_lossy(got).trim_matches('\u{fffd}').contains('\u{fffd}');
    let shows_it =
        matches!(&halt, Halt::Failed(failure) if failure.fault == Fault::WrongBytes && is_replaced(failure.got()));
    Ok(if shows_it { halt.shows(Cause::DecodeLoses) } else { halt.suspect(Cause::DecodePerRecv) })
}

impl Conn {
    /// That the program has not ended the connection yet.
    fn expect_open(&mut self, expected: &[u8]) -> Outcome {
        match self.receive_ready()? {
            Came::End | Came::Reset => self.expect(expected),
            Came::Bytes | Came::Nothing => Ok(()),
        }
    }
}
