//! A client's proof, as the judge gives it, and how it is seen whether the server let the client in.

use crate::both;
use crate::check::stage::judge::Judge;
use crate::check::stage::unreached::not_reached;
use crate::check::stage::wire::{CLOSING, Came, Conn, REPLY};
use crate::check::verdict::cause::Cause;
use crate::check::verdict::{Fault, Halt, Outcome};
use crate::crypto::{Challenge, Secret};
use crate::lang::Text;
use crate::program::how_it_ended;
use byteorder::{ByteOrder, LittleEndian};
use std::time::Duration;

/// What a server prints for each client that proved itself.
pub(super) const OK: &str = "ok";
/// How long an `ok` may take that comes at all.
pub(super) const SAYING_OK: Duration = Duration::from_secs(2);
/// Every server waits for an answer so long at least, says its contract: a little less than that.
pub(super) const PATIENCE_OF_SERVERS: Duration = Duration::from_millis(1900);
/// How long a server that is to end by itself may take for that.
const ENDING: Duration = Duration::from_secs(1);
/// After this an `ok` that was printed has come through the pipe, also on a busy machine.
pub(super) const ONE_MORE: Duration = Duration::from_millis(100);
/// Of a server that is known never to close nobody waits for that; but it must have said what it says.
const NOT_CLOSING: Duration = Duration::from_millis(400);
/// After this a server has surely said what it had to say.
const AFTERWARDS: Duration = Duration::from_millis(40);

/// A message: the length, little-endian, and then the digits.
pub(super) fn packed(length: i32, digits: &[u8]) -> Vec<u8> {
    let mut message = vec![0; 4];
    LittleEndian::write_i32(&mut message, length);
    message.extend_from_slice(digits);
    message
}

/// What came of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// The server printed `ok` once more.
    Ok,
    /// It did not.
    Nothing,
}

/// Whether somebody who comes afterwards is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Yes, and proved itself.
    Served,
    /// The program has ended, as one that serves a single client does.
    Ended,
}

impl Judge<'_> {
    /// The digits of an honest answer.
    pub(super) fn digits(&self, challenge: &Challenge) -> Vec<u8> {
        self.order.scheme.answer(self.secret(), challenge).into_bytes()
    }

    /// An honest message.
    pub(super) fn answer(&self, challenge: &Challenge) -> Vec<u8> {
        let digits = self.digits(challenge);
        packed(digits.len() as i32, &digits)
    }

    /// The digits of somebody with another secret.
    pub(super) fn wrong_digits(&self, challenge: &Challenge) -> Vec<u8> {
        let guess = Secret::new([self.secret().expose(), b"?"].concat());
        self.order.scheme.answer(&guess, challenge).into_bytes()
    }

    /// The length that is the only legal one.
    pub(super) fn length(&self) -> i32 {
        self.order.scheme.hex_len() as i32
    }

    /// A connection, and what came over it until there were 32 bytes, or none any more. A program that serves a single client
    /// has ended after it, or is about to: then another process is asked.
    pub(super) fn visit(&mut self, patience: Duration) -> Outcome<(Conn, Vec<u8>)> {
        for is_last in [false, true] {
            if self.host.program().is_some_and(|program| program.ended().is_some()) {
                self.context.story.did(both!("that process has ended", "那个进程已经结束"));
                self.host.end();
            }
            let Some(mut conn) = self.try_connect()? else {
                if is_last || self.wait_for_end(ENDING)?.is_none() {
                    break;
                }
                continue;
            };
            let (bytes, how) = conn.read_some(Challenge::LEN, patience)?;
            self.host.challenges.extend(challenge_in(&bytes));
            let is_over = bytes.is_empty() && matches!(how, Came::End | Came::Reset);
            if is_last || !is_over || self.wait_for_end(ENDING)?.is_none() {
                return Ok((conn, bytes));
            }
        }
        Err(not_reached(self.host, self.order))
    }

    /// A connection, and the challenge that came over it.
    pub(super) fn asked(&mut self) -> Outcome<(Conn, Challenge)> {
        let (conn, bytes) = self.visit(REPLY)?;
        let len = bytes.len();
        let fault = if len == 0 { Fault::Silent } else { Fault::WrongBytes };
        let challenge = challenge_in(&bytes).ok_or_else(|| Halt::failed(fault, no_challenge(len)))?;
        Ok((conn, challenge))
    }

    /// Whether a challenge came twice, in whichever check and process.
    pub(super) fn has_repeated(&self) -> bool {
        let all = &self.host.challenges;
        all.iter().enumerate().any(|(place, challenge)| all.iter().skip(place + 1).any(|other| other == challenge))
    }

    /// Whether the server serves another client after the first one, which is found out if nobody knows it yet.
    pub(super) fn goes_on(&mut self) -> Outcome<bool> {
        if self.host.serves_next.is_none() {
            self.proves()?;
            if self.next()? == Next::Served {
                self.host.serves_next = Some(true);
            }
        }
        Ok(self.host.serves_next == Some(true))
    }

    /// How long is waited for the server to close.
    pub(super) fn closing(&self) -> Duration {
        if self.host.closes_never { NOT_CLOSING } else { CLOSING }
    }

    /// How often `ok` was printed since the check began.
    pub(super) fn oks(&self) -> Outcome<usize> {
        self.printed().map(|printed| printed.count_lines(OK))
    }

    /// Whether `ok` is printed once more than `before`, for as long as `patience` lasts or the program runs.
    pub(super) fn says_ok(&self, before: usize, patience: Duration) -> Outcome<Heard> {
        let printed = self.printed()?;
        let is_so = || printed.count_lines(OK) > before;
        let program = self.program()?;
        self.context.wait_until(patience, || is_so() || program.ended().is_some())?;
        if program.ended().is_some() {
            program.drain_output();
        }
        Ok(if is_so() { Heard::Ok } else { Heard::Nothing })
    }

    /// The same, once the program sleeps again, or is busy for longer than it may be: it has said then what it had to say, and that comes
    /// in a moment.
    pub(super) fn says_ok_by_its_sleep(&self, before: usize, busy: Duration, moment: Duration) -> Outcome<Heard> {
        self.wait_until_asleep(&self.program()?.members(), busy)?;
        self.says_ok(before, moment)
    }

    /// An honest client from its beginning to its `ok`.
    pub(super) fn prove(&mut self, patience: Duration) -> Outcome<Heard> {
        self.prove_openly(patience).map(|(_, heard)| heard)
    }

    /// The same, with its connection.
    pub(super) fn prove_openly(&mut self, patience: Duration) -> Outcome<(Conn, Heard)> {
        let (mut conn, challenge) = self.asked()?;
        let before = self.oks()?;
        let answer = self.answer(&challenge);
        // In one piece: whether two sends arrive as one is a matter of chance.
        conn.send(&answer)?;
        let heard = self.says_ok(before, patience)?;
        Ok((conn, heard))
    }

    /// That an honest client is let in.
    pub(super) fn proves(&mut self) -> Outcome {
        match self.prove(SAYING_OK)? {
            Heard::Ok => Ok(()),
            Heard::Nothing => Err(no_ok()),
        }
    }

    /// Whether somebody who comes now is served; a program that ended must not have crashed. What it printed before is
    /// complete afterwards, in both cases.
    pub(super) fn next(&mut self) -> Outcome<Next> {
        // A server for a single client is about to end.
        let is_about_to_end = if self.host.serves_next == Some(true) { Duration::ZERO } else { AFTERWARDS };
        let has_ended = self.wait_for_end(is_about_to_end)?.is_some();
        let Some(mut conn) = (if has_ended { None } else { self.try_connect()? }) else { return self.ended_well() };
        let before = self.oks()?;
        let (bytes, came) = conn.read_some(Challenge::LEN, REPLY)?;
        let Some(challenge) = challenge_in(&bytes) else {
            return if came == Came::Nothing { Err(no_challenge_left()) } else { self.ended_well() };
        };
        self.host.challenges.push(challenge);
        conn.send(&self.answer(&challenge))?;
        match self.says_ok(before, SAYING_OK)? {
            Heard::Ok => Ok(Next::Served),
            Heard::Nothing => Err(no_ok()),
        }
    }

    /// That the program has ended, and not by a crash.
    fn ended_well(&mut self) -> Outcome<Next> {
        let program = self.program()?;
        let Some(ended) = program.wait(ENDING) else { return Err(no_challenge_left()) };
        if program.crash().is_some() {
            let Text { en: ended, zh: ended_zh } = how_it_ended(ended);
            let sentence = both!("the program crashed ({ended})", "程序崩溃了（{ended_zh}）");
            return Err(Halt::failed(Fault::Died, sentence));
        }
        if self.host.serves_next == Some(true) {
            let Text { en: ended, zh: ended_zh } = how_it_ended(ended);
            let sentence = both!(
                "the program serves one client after another, and this one has ended it ({ended})",
                "程序本来能接连服务多个客户端，这一个却让它结束了（{ended_zh}）"
            );
            return Err(Halt::failed(Fault::Died, sentence).shows(Cause::EndsWithClient));
        }
        self.host.serves_next = Some(false);
        Ok(Next::Ended)
    }

    /// That a client with this message is not let in, and that it harms nobody.
    pub(super) fn refuses(&mut self, who: &Text, message: impl FnOnce(&Self, &Challenge) -> Vec<u8>) -> Outcome {
        self.context.story.did(who.clone());
        let (mut conn, challenge) = self.asked()?;
        let before = self.oks()?;
        let message = message(self, &challenge);
        conn.send(&message)?;
        // One that keeps the connection is not waited for each time.
        self.host.closes_never |= conn.read_to_end(self.closing())?.1 == Came::Nothing;
        // A server that serves one client after another waits for this one to leave.
        drop(conn);
        let honest = usize::from(self.next()? == Next::Served);
        // One ok is the honest client's, and it may have been the first to be heard of.
        if self.says_ok(before + honest, ONE_MORE)? == Heard::Ok {
            let (en, zh) = (&who.en, &who.zh);
            let sentence = both!("the server printed ok for {en}", "服务器打印了 ok：{zh}");
            return Err(Halt::failed(Fault::Printed, sentence));
        }
        Ok(())
    }
}

/// The challenge, if these bytes are one.
pub(super) fn challenge_in(bytes: &[u8]) -> Option<Challenge> {
    <[u8; Challenge::LEN]>::try_from(bytes).ok().map(Challenge::new)
}

/// What came was no challenge.
pub(super) fn no_challenge(len: usize) -> Text {
    both!(
        "32 random bytes should come as soon as a client connects, and {len} bytes came",
        "客户端一连上就应收到 32 个随机字节，实际收到 {len} 字节"
    )
}

/// An honest client was not let in.
pub(super) fn no_ok() -> Halt {
    let sentence =
        both!("no line \"ok\" was printed for a client that gave the right answer", "客户端答对了，却没有打印一行“ok”");
    Halt::failed(Fault::NotPrinted, sentence)
}

/// A client was refused whose answer came later than a server has to wait for it.
pub(super) fn too_late() -> Halt {
    Halt::Unknown(both!(
        "the answer was sent later than a server has to wait for it: this machine is too busy to say more",
        "答案发送得太晚，超过了服务器必须等待的时间：这台机器太忙，无法下结论"
    ))
}

fn no_challenge_left() -> Halt {
    let sentence = both!(
        "the next client got no challenge, and the program still runs",
        "下一个客户端没有收到挑战值，而程序仍在运行"
    );
    Halt::failed(Fault::Silent, sentence)
}
