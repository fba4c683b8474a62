//! A line that is longer than what one call sends or receives.

use super::talk::{LARGEST, Talk, never_waits, not_printed, said_nothing, sent_otherwise};
use crate::both;
use crate::check::stage::judge::{Judge, PRINTING};
use crate::check::stage::wire::{Came, REPLY};
use crate::check::verdict::cause::Cause;
use crate::check::verdict::{Fault, Halt, Outcome};
use std::time::Duration;

/// More than the buffers of a connection take at once, while nobody reads.
const LONG: usize = 200_000;
/// A client that sends nothing more for this long may be waiting for the reply to what it has sent.
const PAUSE: Duration = Duration::from_millis(300);
/// The same for one that has waited so before.
const SHORT_PAUSE: Duration = Duration::from_millis(5);
/// How much of a reply must stand in a line to be known as its beginning.
const BEGINNING: usize = 16;

pub(super) fn long_line(judge: &mut Judge<'_>) -> Outcome {
    let mut talk = Talk::begin(judge)?;
    let words = (0..LONG / 8).map(|number| format!("word{number}"));
    let mut line = words.collect::<Vec<_>>().join(" ");
    line.truncate(LONG);
    let line = line.trim_end().to_owned();
    talk.type_line(&line);
    let (text, parts) = answer_in_parts(&mut talk, &line)?;
    let reply = text.to_uppercase();
    if judge.wait_for_output(PRINTING, |stdout| is_printed(stdout, reply.trim(), &parts))? {
        return Ok(());
    }
    let is_cut = has_its_beginning(&judge.printed()?.results(), reply.trim());
    let halt = not_printed(&text);
    Err(if is_cut { halt.shows(Cause::RecvIsNoMessage) } else { halt })
}

/// Receives the line and answers it. A client may send it in parts, and wait for the reply to each of them; gives the text, and the
/// replies.
fn answer_in_parts(talk: &mut Talk, line: &str) -> Outcome<(String, Vec<String>)> {
    let (mut bytes, mut answered, mut parts) = (Vec::new(), 0, Vec::new());
    loop {
        let patience = match parts.len() {
            _ if answered == bytes.len() => REPLY,
            0 | 1 => PAUSE,
            _ => SHORT_PAUSE,
        };
        let (more, came) = talk.conn.read_some(1, patience)?;
        bytes.extend(more);
        if bytes.len() > LARGEST {
            return Err(never_waits(bytes.len()));
        }
        let is_whole = bytes.len() >= line.len();
        match came {
            Came::Bytes if !is_whole => {}
            _ if answered < bytes.len() && came != Came::Bytes => {
                let part = String::from_utf8_lossy(bytes.get(answered..).unwrap_or_default()).to_uppercase();
                talk.conn.send(part.as_bytes())?;
                answered = bytes.len();
                parts.push(part);
                if is_whole {
                    break;
                }
            }
            Came::Bytes => {}
            _ if bytes.is_empty() => return Err(said_nothing(came, 0)),
            _ => break,
        }
    }
    checked(bytes, line).map(|text| (text, parts))
}

/// The text that came, which must be the line.
fn checked(bytes: Vec<u8>, line: &str) -> Outcome<String> {
    match String::from_utf8(bytes) {
        Ok(text) if text.trim_end_matches(['\r', '\n']) == line => Ok(text),
        Ok(text) => Err(cut_short(line, &text)),
        Err(_) => {
            let sentence = both!("what the client sends is not valid UTF-8", "客户端发来的不是有效的 UTF-8");
            Err(Halt::failed(Fault::WrongBytes, sentence).shows(Cause::OtherEncoding))
        }
    }
}

/// Not the whole line came. Nothing tells a `send` that took a part from a buffer for typed lines that is too small.
fn cut_short(line: &str, text: &str) -> Halt {
    let halt = sent_otherwise(line, text);
    if line.starts_with(text) { halt.suspect(Cause::ShortSend) } else { halt }
}

/// Whether the reply ends a line, or each of its parts does, where it was sent in parts.
fn is_printed(stdout: &[u8], reply: &str, parts: &[String]) -> bool {
    if super::talk::count_replies(stdout, reply) > 0 {
        return true;
    }
    if parts.len() < 2 {
        return false;
    }
    let output = String::from_utf8_lossy(stdout);
    let mut rest = &*output;
    parts.iter().map(|part| part.trim()).all(|part| {
        let Some((_, behind)) = rest.split_once(part) else { return false };
        rest = behind;
        behind.split('\n').next().is_some_and(|line| line.trim().is_empty()) && behind.contains('\n')
    })
}

/// Whether a line ends with the beginning of the reply, and not with all of it.
fn has_its_beginning(stdout: &[u8], reply: &str) -> bool {
    let output = String::from_utf8_lossy(stdout);
    let beginning = reply.get(..BEGINNING).unwrap_or(reply);
    let part =
        output.split_once(beginning).and_then(|(_, rest)| rest.split_once('\n')).map(|(rest, _)| rest.trim_end());
    part.is_some_and(|part| {
        reply.get(BEGINNING..).is_some_and(|rest| rest.len() > part.len() && rest.starts_with(part))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_printed_one_by_one_or_as_one() {
        let parts = ["ABC".to_owned(), "DE".to_owned()];
        assert!(is_printed(b"> ABCDE\n", "ABCDE", &parts));
        assert!(is_printed(b"> ABC\nDE\n", "ABCDE", &parts));
        assert!(!is_printed(b"ABC\nDE\n", "ABCDE", &parts[..1]));
        assert!(!is_printed(b"ABC\nD\n", "ABCDE", &parts));
    }

    #[test]
    fn the_beginning_of_a_reply_is_known_in_a_line() {
        let reply = "WORD0 WORD1 WORD2 WORD3";
        assert!(has_its_beginning(b"> WORD0 WORD1 WORD2\n", reply));
        assert!(!has_its_beginning(b"> WORD0 WORD1 WORD2 WORD3\n", reply));
        assert!(!has_its_beginning(b"nothing\n", reply));
    }
}
