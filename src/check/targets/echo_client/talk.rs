//! A conversation with a client: what it says, what is answered, and what it prints of that.

use crate::both;
use crate::check::requirement::Target;
use crate::check::stage::judge::{Judge, PRINTING};
use crate::check::stage::stdin::Stdin;
use crate::check::stage::wire::{Came, Conn, REPLY};
use crate::check::verdict::cause::Cause;
use crate::check::verdict::{Difference, Failure, Fault, Halt, Outcome};
use crate::view::{bytes_literal, escape, fit};
use std::time::{Duration, Instant};

/// A message has no end on the wire: after this time without another byte it is taken to be whole.
const WHOLE: Duration = Duration::from_millis(60);
/// After so much of it, or before as much has come as was typed, a pause may be due to a machine that is busy.
const LONG_WHOLE: Duration = Duration::from_millis(800);
const LARGE: usize = 1 << 17;
/// A message that takes longer than this, or is larger, comes from a client that does not wait for an answer.
const LONGEST: Duration = Duration::from_secs(3);
pub(super) const LARGEST: usize = 4 << 20;
/// How many columns of a text stand in a sentence.
const SHOWN: usize = 40;

/// A client that is connected.
pub(super) struct Talk {
    pub(super) conn: Conn,
    /// Where a person would type, if this client reads that.
    pub(super) stdin: Option<Stdin>,
    /// How many messages have come.
    messages: usize,
}

impl Talk {
    /// Starts the client, and accepts it.
    pub(super) fn begin(judge: &mut Judge<'_>) -> Outcome<Self> {
        judge.listen()?;
        let stdin = judge.stdin()?;
        let conn = judge.accept()?;
        Ok(Self { conn, stdin, messages: 0 })
    }

    /// Types a line, where the client reads what is typed.
    pub(super) fn type_line(&self, line: &str) {
        if let Some(stdin) = &self.stdin {
            stdin.type_line(line);
        }
    }

    /// The next message: of `line`, where the client reads what is typed, and else whatever it says by itself.
    pub(super) fn message(&mut self, judge: &mut Judge<'_>, line: &str) -> Outcome<String> {
        self.type_line(line);
        let is_typed = judge.order.target == Target::SocketClient;
        let bytes = self.whole_message(if is_typed { line.len() } else { 1 })?;
        self.messages += 1;
        let Ok(text) = String::from_utf8(bytes) else {
            let sentence = both!("what the client sends is no UTF-8", "客户端发来的不是 UTF-8");
            return Err(Halt::failed(Fault::WrongBytes, sentence).shows(Cause::OtherEncoding));
        };
        if is_typed && text.trim_end_matches(['\r', '\n']) != line {
            return Err(sent_otherwise(line, &text));
        }
        Ok(text)
    }

    /// As many bytes as are due at least, if they come, and whatever comes with them.
    fn whole_message(&mut self, due: usize) -> Outcome<Vec<u8>> {
        let (mut bytes, came) = self.conn.read_some(1, REPLY)?;
        if bytes.is_empty() {
            return Err(said_nothing(came, self.messages));
        }
        let began = Instant::now();
        loop {
            let is_slow = bytes.len() > LARGE || bytes.len() < due;
            let (more, came) = self.conn.read_some(1, if is_slow { LONG_WHOLE } else { WHOLE })?;
            bytes.extend(more);
            if came != Came::Bytes {
                return Ok(bytes);
            }
            if began.elapsed() > LONGEST || bytes.len() > LARGEST {
                return Err(never_waits(bytes.len()));
            }
        }
    }

    /// Answers, as a server of these lessons does.
    pub(super) fn answer(&mut self, text: &str) -> Outcome {
        self.conn.send(text.to_uppercase().as_bytes())
    }
}

/// No message came, after so many that did.
pub(super) fn said_nothing(came: Came, before: usize) -> Halt {
    let seconds = REPLY.as_secs_f64();
    let has_left = matches!(came, Came::End | Came::Reset);
    let sentence = match (has_left, before) {
        (false, 0) => both!(
            "the client is connected, and sends nothing for {seconds} s",
            "客户端已连接，但 {seconds} 秒内什么也没发"
        ),
        (true, 0) => both!("the client left, and had not sent a message", "客户端没有发消息就离开了"),
        (false, _) => both!(
            "the client has sent {before} so far, and no next message for {seconds} s",
            "客户端至此发了 {before} 条消息，之后 {seconds} 秒内没有下一条"
        ),
        (true, _) => both!(
            "the client left when it should have sent its next message; {before} had come",
            "该发下一条消息时客户端离开了；此前来过 {before} 条"
        ),
    };
    Halt::failed(if has_left { Fault::Ended } else { Fault::Silent }, sentence)
}

pub(super) fn never_waits(len: usize) -> Halt {
    let kilobytes = len / 1000;
    let sentence = both!(
        "the client sends and sends, {kilobytes} kB so far, and does not wait for an answer",
        "客户端不停地发送，已发 {kilobytes} kB，没有停下来等回复"
    );
    Halt::failed(Fault::Extra, sentence)
}

/// Another text came than the one that was typed.
pub(super) fn sent_otherwise(line: &str, text: &str) -> Halt {
    let (typed, sent) = (shown(line), shown(text));
    let sentence =
        both!("the line \"{typed}\" was typed, and \"{sent}\" was sent", "键入的是“{typed}”，发来的却是“{sent}”");
    let difference = Difference::between(line.as_bytes(), text.as_bytes());
    let cause = match text {
        _ if text.trim() == bytes_literal(line.as_bytes()) => Some(Cause::StrOfBytes),
        _ if text.trim() == line.trim() => Some(Cause::StripsText),
        _ => None,
    };
    Halt::Failed(Box::new(Failure::new(Fault::WrongBytes, sentence).with(difference, cause)))
}

/// The beginning of a text, as it may stand in a sentence.
fn shown(text: &str) -> String {
    fit(&escape(text.as_bytes()), SHOWN)
}

/// How often this reply stands at the end of a line of its output: a prompt or a label may stand before it. A reply may have
/// lines of its own.
pub(super) fn count_replies(stdout: &[u8], reply: &str) -> usize {
    let plain = |text: &str| text.replace("\r\n", "\n");
    let (text, reply) = (plain(&String::from_utf8_lossy(stdout)), plain(reply.trim()));
    let ends_line = |rest: &str| rest.split_once('\n').is_some_and(|(line, _)| line.trim().is_empty());
    text.match_indices(&reply).filter(|(place, _)| text.get(place + reply.len()..).is_some_and(ends_line)).count()
}

/// Whether the reply to `text` is printed `count` times by now, or soon.
pub(super) fn is_printed(judge: &Judge<'_>, text: &str, count: usize) -> Outcome<bool> {
    let reply = text.to_uppercase();
    if reply.trim().is_empty() {
        return Err(Halt::Unknown(both!(
            "the client's message is nothing but spaces, and so is the reply: nobody can see whether it is printed",
            "客户端的消息只有空白，回复也就只有空白：看不出它有没有打印"
        )));
    }
    judge.wait_for_output(PRINTING, move |stdout| count_replies(stdout, &reply) >= count)
}

/// That it is.
pub(super) fn expect_printed(judge: &Judge<'_>, text: &str, count: usize) -> Outcome {
    if is_printed(judge, text, count)? { Ok(()) } else { Err(not_printed(text)) }
}

/// That it is not.
pub(super) fn not_printed(text: &str) -> Halt {
    let reply = text.to_uppercase();
    let reply = shown(reply.trim());
    let sentence =
        both!("no line of its output ends with the reply \"{reply}\"", "它的输出中没有任何一行以回复“{reply}”结尾");
    Halt::failed(Fault::NotPrinted, sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_the_end_of_a_line() {
        assert_eq!(count_replies(b"> HELLO\nHELLO\r\nHELLO!\nHEL\nLO\nHELLO", "HELLO\n"), 2);
        assert_eq!(count_replies(b"HELLO HELLO \n", "HELLO"), 1);
        assert_eq!(count_replies(b"> HELLO\r\nWORLD\r\nHELLO\n", "HELLO\nWORLD"), 1);
    }
}
