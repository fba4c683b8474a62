//! How long a reply is, and what a client takes its length from.

use super::talk::{Talk, count_replies, expect_printed};
use crate::both;
use crate::check::stage::judge::{Judge, PRINTING};
use crate::check::verdict::cause::Cause;
use crate::check::verdict::{Fault, Halt, Outcome, unless_failed};
use std::time::Duration;

/// A long answer, each beginning of which can be told by its length.
const RULER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmnopqrstuvwxyz";
/// How long is waited for what it prints of that.
const SOON: Duration = Duration::from_millis(PRINTING.as_millis() as u64 / 2);

/// Letters whose upper case has fewer bytes, and more: one for one, as every language knows them.
pub(super) fn reply_length(judge: &mut Judge<'_>) -> Outcome {
    let mut talk = Talk::begin(judge)?;
    for line in ["kıyı", "\u{250}b\u{250}"] {
        let text = talk.message(judge, line)?;
        talk.answer(&text)?;
        if let Err(halt) = expect_printed(judge, &text, 1) {
            return Err(find_what_it_counts(judge, halt, "ııı中")?);
        }
    }
    Ok(())
}

/// Answers a message with something else, much longer than any reply to it: how much of that is printed as the reply?
pub(super) fn find_what_it_counts(judge: &mut Judge<'_>, halt: Halt, line: &str) -> Outcome<Halt> {
    if halt.fault() != Some(Fault::NotPrinted) {
        return Ok(halt);
    }
    judge.context.story.looks_for_the_cause();
    judge.next_process();
    let answered = Talk::begin(judge).and_then(|mut talk| {
        let text = talk.message(judge, line)?;
        talk.conn.send(RULER.repeat(4).as_bytes())?;
        judge.wait_for_output(SOON, |stdout| taken(stdout).is_some())?;
        Ok((talk, text))
    });
    let Some((_talk, text)) = unless_failed(answered)? else { return Ok(halt) };
    let Some(taken) = taken(&judge.printed()?.results()) else { return Ok(halt) };
    let Some(cause) = what_counts(&text, taken) else { return Ok(halt) };
    let due = text.to_uppercase().len();
    let finding = both!(
        "answered with a long row of letters, it took {taken} bytes as the reply, and {due} would have been right",
        "day30 回了一长串字母，它取了 {taken} 字节当作回复，而正确的是 {due} 字节"
    );
    Ok(halt.found(cause, finding))
}

/// How many bytes of the ruler end the first line that has its beginning.
fn taken(stdout: &[u8]) -> Option<usize> {
    let (output, ruler) = (String::from_utf8_lossy(stdout), RULER.repeat(4));
    let lines = output.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n'));
    let of_line = |line: &str| {
        let line = line.trim_end();
        let from = line.find("AB").or_else(|| (line == "A").then_some(0))?;
        let part = line.get(from..)?;
        ruler.starts_with(part).then_some(part.len())
    };
    lines.into_iter().find_map(of_line)
}

/// What has this length, and is not the reply's.
fn what_counts(text: &str, taken: usize) -> Option<Cause> {
    let reply = text.to_uppercase();
    if [reply.len(), reply.trim_end().len()].contains(&taken) {
        return None;
    }
    let has_letters = |text: &str| [text, text.trim_end()].iter().any(|text| text.chars().count() == taken);
    match [text.len(), text.trim_end().len()].contains(&taken) {
        true if !text.is_ascii() && has_letters(text) => Some(Cause::CountsLetters),
        true => Some(Cause::CountsMessage),
        false => (has_letters(text) || has_letters(&reply)).then_some(Cause::CountsLetters),
    }
}

/// The same from an output that has the beginning of the reply in a line of its own.
pub(super) fn cut_at(printed: &[u8], text: &str) -> Option<Cause> {
    let reply = text.to_uppercase().into_bytes();
    // A shorter part may stand at the end of a longer one.
    let lengths = (2..reply.len()).rev();
    lengths.filter_map(|len| Some((len, what_counts(text, len)?))).find_map(|(len, cause)| {
        let part = reply.get(..len)?;
        let whole: String = part.utf8_chunks().map(|chunk| chunk.valid()).collect();
        let stands = |part: &str| !part.trim().is_empty() && count_replies(printed, part) > 0;
        (stands(&String::from_utf8_lossy(part)) || stands(&whole)).then_some(cause)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_tells_what_was_counted() {
        let text = "ııı中";
        assert_eq!(what_counts(text, 4), Some(Cause::CountsLetters));
        assert_eq!(what_counts(text, 9), Some(Cause::CountsMessage));
        assert_eq!(what_counts(text, 6), None);
        assert_eq!(what_counts("hello\n", 5), None);
        assert_eq!(what_counts("\u{149}a\u{149}", 5), Some(Cause::CountsMessage));
        assert_eq!(what_counts(text, 248), None);
    }

    #[test]
    fn the_ruler_is_read_where_its_line_ends() {
        assert_eq!(taken(b"> ABCD\nEFGH\n"), Some(4));
        assert_eq!(taken(b"ABCD"), None);
        assert_eq!(taken(b"hello\nA\n"), Some(1));
        assert_eq!(taken(b"CAB fare\n"), None);
    }
}
