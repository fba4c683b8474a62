//! What is text like any other: words that end other conversations, and a byte order mark.

use super::echoed::{random_word, upper};
use crate::both;
use crate::check::stage::judge::Judge;
use crate::check::verdict::cause::Cause;
use crate::check::verdict::{Halt, Outcome, unless_failed};
use crate::view::escape;
use std::iter;

/// CommandLine that somebody may have made a command of, or an end.
const WORDS: [&str; 18] = [
    "q",
    "quit",
    "exit",
    "bye",
    "stop",
    "close",
    "end",
    "eof",
    "done",
    "logout",
    "shutdown",
    "disconnect",
    "goodbye",
    "exit()",
    "/quit",
    "0",
    "-1",
    "再见",
];
/// Lines with nothing in them.
const BLANK: [&str; 4] = ["\n", "\r\n", " ", "\n\n"];
/// How many clients say them, side by side: a server that sleeps in its loop answers several in one round.
const CLIENTS: usize = 4;

pub(super) fn no_magic_word(judge: &mut Judge<'_>) -> Outcome {
    let mut clients = (0..CLIENTS).map(|_| judge.connect()).collect::<Outcome<Vec<_>>>()?;
    for words in texts().chunks(CLIENTS) {
        // A word is answered, and so is what comes after it.
        let others: Vec<_> = words.iter().map(|_| random_word(judge)).collect();
        for texts in [words, &others] {
            clients.iter_mut().zip(texts).try_for_each(|(conn, text)| {
                conn.send(text.as_bytes()).or_else(|halt| if halt.is_cut_off() { Ok(()) } else { Err(halt) })
            })?;
            for ((conn, text), word) in clients.iter_mut().zip(texts).zip(words) {
                conn.expect_upper(text).or_else(|halt| Err(find_the_word(judge, word, words, halt)?))?;
            }
        }
    }
    Ok(())
}

/// Each word as it is and in capitals, alone and as a line.
fn texts() -> Vec<String> {
    let forms = WORDS.iter().flat_map(|word| [(*word).to_owned(), word.to_uppercase()]);
    let mut texts: Vec<_> = forms.flat_map(|word| ["", "\n", "\r\n"].map(|end| format!("{word}{end}"))).collect();
    texts.extend(BLANK.map(str::to_owned));
    texts
}

/// A conversation went wrong at a word, or at one of those that others said at the same time, if that ended the program: which of
/// them does it again, while another text is answered?
pub(super) fn find_the_word(judge: &mut Judge<'_>, word: &str, said: &[String], halt: Halt) -> Outcome<Halt> {
    judge.context.story.looks_for_the_cause();
    if !goes_on_at_last(judge, &other_than(word))? {
        return Ok(halt);
    }
    for suspect in iter::once(word).chain(said.iter().map(String::as_str).filter(|other| *other != word)) {
        if goes_on_after(judge, suspect)? {
            continue;
        }
        let other = other_than(suspect);
        // A program that cannot read such letters at all knows no word of them.
        if !suspect.is_ascii() && !goes_on_at_last(judge, &other)? {
            continue;
        }
        let (word, other) = (escape(suspect.as_bytes()), escape(other.as_bytes()));
        let finding = both!(
            "after the text \"{word}\" the conversation does not go on; after \"{other}\" it does",
            "发送“{word}”之后对话中断；发送“{other}”之后则继续"
        );
        return Ok(halt.found(Cause::MagicWord, finding));
    }
    Ok(halt)
}

/// A text that is no such word: in the same kinds of characters, or, where it has letters beyond ASCII, with the same letters in it.
fn other_than(word: &str) -> String {
    if !word.is_ascii() {
        return format!("x{word}x");
    }
    let another = |letter: char| match letter {
        _ if letter.is_whitespace() => letter,
        _ if letter.is_ascii_uppercase() => 'X',
        _ if letter.is_ascii_lowercase() => 'x',
        _ if letter.is_ascii_digit() => '7',
        _ => '.',
    };
    let other: String = word.chars().map(another).collect();
    if other.trim().is_empty() { format!("x{other}") } else { other }
}

/// The same as [`goes_on_after`], where the program may be ending: that may still let a client in, so once more with a new one.
fn goes_on_at_last(judge: &mut Judge<'_>, word: &str) -> Outcome<bool> {
    if goes_on_after(judge, word)? {
        return Ok(true);
    }
    judge.next_process();
    goes_on_after(judge, word)
}

/// Whether a client that says this gets its reply, and the next one.
fn goes_on_after(judge: &mut Judge<'_>, word: &str) -> Outcome<bool> {
    let conn = match unless_failed(judge.connect())? {
        Some(conn) => Some(conn),
        // The word may have ended the program.
        None => {
            judge.next_process();
            unless_failed(judge.connect())?
        }
    };
    let Some(mut conn) = conn else { return Ok(false) };
    let goes_on = conn.echo(word).and_then(|()| conn.echo("go on"));
    Ok(unless_failed(goes_on)?.is_some())
}

pub(super) fn byte_order_mark(judge: &mut Judge<'_>) -> Outcome {
    let mut a = judge.connect()?;
    a.echo("\u{feff}mark").map_err(|halt| {
        let is_removed = |got: &[u8]| got == upper("mark");
        halt.map(|failure| {
            if is_removed(failure.got()) {
                failure.rename(Cause::BomRemoved);
            }
        })
    })
}
