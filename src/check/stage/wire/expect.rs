//! What a program must do on a connection, and how it is said that it did not.

use super::conn::{Came, Conn};
use super::{CLOSING, REPLY, REST};
use crate::both;
use crate::check::stage::patience::Deadline;
use crate::check::verdict::{CutOff, Difference, Failure, Fault, Halt, Outcome};
use crate::lang::Text;
use std::time::Duration;

impl Conn {
    /// Waits for exactly these bytes.
    pub(crate) fn expect(&mut self, expected: &[u8]) -> Outcome {
        self.expect_until(expected, self.context.until(REPLY))
    }

    /// The same for somebody who has waited already.
    pub(super) fn expect_until(&mut self, expected: &[u8], until: Deadline) -> Outcome {
        loop {
            let got = self.pending.get(..expected.len()).unwrap_or(&self.pending);
            if got == expected {
                self.pending.drain(..expected.len());
                return Ok(());
            }
            if !expected.starts_with(got) {
                self.receive_rest()?;
                return Err(self.halt_different(Fault::WrongBytes, expected));
            }
            match self.receive(until)? {
                Came::Bytes => {}
                Came::Nothing => return Err(self.halt_silent(expected)),
                Came::End | Came::Reset => return Err(self.halt_ended(expected)),
            }
        }
    }

    /// Waits for a while; nothing may come that was not asked for.
    pub(crate) fn expect_silence(&mut self, time: Duration) -> Outcome {
        let until = self.context.until(time);
        while self.pending.is_empty() && self.receive(until)? == Came::Bytes {}
        if self.pending.is_empty() {
            return Ok(());
        }
        self.receive_rest()?;
        Err(self.halt_different(Fault::Extra, b""))
    }

    /// Waits until the program has ended the conversation, with nothing before that. A reset is an end too.
    pub(crate) fn expect_end(&mut self) -> Outcome {
        let until = self.context.until(CLOSING);
        loop {
            if !self.pending.is_empty() {
                self.receive_rest()?;
                return Err(self.halt_different(Fault::Extra, b""));
            }
            match self.receive(until)? {
                Came::Bytes => {}
                Came::End | Came::Reset => return Ok(()),
                Came::Nothing => return Err(self.halt_open()),
            }
        }
    }

    /// The same whatever it says before that, which is another question then.
    pub(crate) fn expect_end_at_last(&mut self) -> Outcome {
        match self.read_to_end(CLOSING)?.1 {
            Came::End | Came::Reset => Ok(()),
            Came::Bytes | Came::Nothing => Err(self.halt_open()),
        }
    }

    /// The program did not close the connection.
    fn halt_open(&self) -> Halt {
        let (who, seconds) = (self.who, CLOSING.as_secs_f64());
        let sentence = both!(
            "{who} waited {seconds} s for the program to close the connection, and it did not",
            "{who} 等了 {seconds} 秒，程序仍未关闭连接"
        );
        Halt::failed(Fault::StaysOpen, sentence)
    }

    /// What is still on its way when something is wrong already.
    fn receive_rest(&mut self) -> Outcome {
        let until = self.context.until(REST);
        while !self.context.is_over(&until) && self.receive(until)? == Came::Bytes {}
        Ok(())
    }

    fn halt_different(&mut self, fault: Fault, expected: &[u8]) -> Halt {
        let who = self.who;
        let sentence = match fault {
            Fault::Extra => both!("{who} received bytes that nobody asked for", "{who} 收到了不该有的字节"),
            _ => both!("{who} received something else than it should", "{who} 收到的内容不对"),
        };
        self.halt(fault, sentence, expected)
    }

    fn halt_silent(&mut self, expected: &[u8]) -> Halt {
        let (who, seconds, got, all) = (self.who, REPLY.as_secs_f64(), self.pending.len(), expected.len());
        let sentence = match (got, self.has_been_read()) {
            (0, Some(false)) => both!(
                "{who} waited {seconds} s for {all} bytes, and none came: the program has not even read what was sent",
                "{who} 等了 {seconds} 秒，应收 {all} 字节，一个也没到：程序连发给它的数据都还没读"
            ),
            (0, Some(true)) => both!(
                "{who} waited {seconds} s for {all} bytes, and none came, although the program has read what was sent",
                "{who} 等了 {seconds} 秒，应收 {all} 字节，一个也没到，尽管程序已经读走了数据"
            ),
            _ => both!(
                "{who} waited {seconds} s for {all} bytes, and {got} came",
                "{who} 等了 {seconds} 秒，应收 {all} 字节，只到了 {got} 个"
            ),
        };
        self.halt(Fault::Silent, sentence, expected)
    }

    /// The program ended the connection before everything came.
    pub(super) fn halt_ended(&mut self, expected: &[u8]) -> Halt {
        let (who, got, all) = (self.who, self.pending.len(), expected.len());
        let (fault, sentence) = match self.ended {
            Some(Came::Reset) if all == 0 => (
                Fault::Reset,
                both!(
                    "the program had closed the connection while {who} was still sending",
                    "{who} 还在发送，程序就已经关闭了连接"
                ),
            ),
            Some(Came::Reset) => (
                Fault::Reset,
                both!(
                    "the program reset the connection when {who} had received {got} of {all} bytes",
                    "{who} 应收 {all} 字节，收到 {got} 个时，程序重置了连接"
                ),
            ),
            _ => (
                Fault::Ended,
                both!(
                    "the program closed the connection when {who} had received {got} of {all} bytes",
                    "{who} 应收 {all} 字节，收到 {got} 个时，程序关闭了连接"
                ),
            ),
        };
        let cut_off = CutOff { silence: self.silence, has_replied: self.has_replied };
        self.halt(fault, sentence, expected).map(|failure| failure.cut_off = Some(cut_off))
    }

    /// The program does not read: nothing more can be sent.
    pub(super) fn halt_unread(&self, left: usize) -> Halt {
        let (who, seconds) = (self.who, REPLY.as_secs_f64());
        let sentence = both!(
            "{who} could not send its last {left} bytes within {seconds} s: the program does not read them",
            "{seconds} 秒内 {who} 仍有 {left} 字节发不出去：程序没有读取"
        );
        Halt::failed(Fault::Unread, sentence)
    }

    /// A failure with the bytes that did not come as they should.
    fn halt(&self, fault: Fault, sentence: Text, expected: &[u8]) -> Halt {
        let story = &self.context.story;
        story.fails();
        let (expected, got) = (story.without_secret(expected), story.without_secret(&self.pending));
        let difference = Difference::between(&expected, &got);
        Halt::Failed(Box::new(Failure::new(fault, sentence).with(difference, None)))
    }
}
