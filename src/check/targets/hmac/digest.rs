//! Keys and messages, and the digest that must be printed.

use super::instead::{self, Instead};
use super::right::{right, shows};
use super::wording::with;
use crate::both;
use crate::check::order::Subject;
use crate::check::stage::ending::ENDING;
use crate::check::stage::judge::Judge;
use crate::check::stage::stdin::Stdin;
use crate::check::verdict::cause::Cause;
use crate::check::verdict::{Fault, Halt, Outcome, suspect_of};
use crate::lang::Text;
use crate::program::how_it_ended;
use rand::RngExt;
use std::process::ExitStatus;

/// The notes' key and message.
const NOTES: (&str, &str) = ("asd", "sad");
/// The block of MD5, in bytes: what a key is padded to.
const BLOCK: usize = 64;

/// Runs the program to its end; gives what it printed, and how it ended.
fn run(judge: &mut Judge<'_>, key: &str, message: &str) -> Outcome<(Vec<u8>, ExitStatus)> {
    judge.next_process();
    judge.host.start_with(judge.order, &judge.context, [key, message], false)?;
    let Some(status) = judge.wait_for_end(2 * ENDING)? else {
        let (seconds, Text { en, zh }) = (2 * ENDING.as_secs(), with(key, message));
        let sentence = both!("{en}, your program still runs after {seconds} s", "{zh}，{seconds} 秒后程序仍在运行");
        return Err(Halt::failed(Fault::StillRunning, sentence));
    };
    Ok((judge.printed()?.results(), status))
}

/// That the program prints the right digest.
fn prints(judge: &mut Judge<'_>, key: &str, message: &str) -> Outcome {
    let (stdout, status) = run(judge, key, message)?;
    if shows(&String::from_utf8_lossy(&stdout), &right(key, message)) {
        return Ok(());
    }
    let argv = argv(judge, key, message);
    let instead = instead::of(&stdout, [key, message], &argv);
    let what = instead.as_ref().and_then(|instead| instead.what.clone());
    let halt = not_printed(&stdout, status, [key, message], what);
    Err(match instead {
        Some(Instead { cause, .. }) => halt.shows(cause),
        // What it crashed of says more.
        None if judge.crash()?.is_some() => halt,
        None => find_where_it_goes(judge, halt, &stdout, [key, message])?,
    })
}

/// The right digest is not in the output: what was asked for, and what came instead, as far as that is known.
fn not_printed(stdout: &[u8], status: ExitStatus, [key, message]: [&str; 2], what: Option<Text>) -> Halt {
    let hex = base16ct::lower::encode_string(&right(key, message));
    let Text { en, zh } = with(key, message);
    let is_empty = stdout.trim_ascii().is_empty();
    let Text { en: ended, zh: ended_zh } = how_it_ended(status);
    let (fault, came) = match what {
        Some(what) => (Fault::NotPrinted, what),
        None if is_empty && status.success() => {
            (Fault::NotPrinted, both!("your program printed nothing on stdout", "程序在标准输出上什么也没打印"))
        }
        None if is_empty => (
            Fault::Died,
            both!(
                "your program ended ({ended}) and printed nothing on stdout",
                "程序结束了（{ended_zh}），在标准输出上什么也没打印"
            ),
        ),
        None => (
            Fault::NotPrinted,
            both!(
                "it is not in the output (16 bytes in hex, as Python prints bytes, or in base64)",
                "输出里没有它（16 字节，十六进制、Python 字节串或 base64 均可）"
            ),
        ),
    };
    let sentence = Text {
        en: format!("{en}, the digest is {hex}; {}", came.en),
        zh: format!("{zh}，摘要应为 {hex}；{}", came.zh),
    };
    Halt::failed(fault, sentence)
}

/// The words of the program's command.
fn argv(judge: &Judge<'_>, key: &str, message: &str) -> Vec<String> {
    match &judge.order.subject {
        Subject::Program { words, .. } => words.fill(&[("key", key), ("msg", message)]),
        Subject::Elsewhere(_) => Vec::new(),
    }
}

/// No known mistake stands in the output: is the digest on stderr, or does it come when key and message are typed?
fn find_where_it_goes(judge: &mut Judge<'_>, halt: Halt, stdout: &[u8], words: [&str; 2]) -> Outcome<Halt> {
    let [key, message] = words;
    let digest = right(key, message);
    if shows(&judge.printed()?.complaints(), &digest) {
        return Ok(halt.shows(Cause::PrintsOnStderr));
    }
    judge.context.story.looks_for_the_cause();
    for typed in [words, [message, key]] {
        judge.next_process();
        judge.host.start_with(judge.order, &judge.context, words, true)?;
        if let Some(stdin) = judge.program()?.take_stdin() {
            let stdin = Stdin::of(stdin, &judge.context.story);
            typed.iter().for_each(|line| stdin.type_line(line));
        }
        judge.wait_for_end(ENDING)?;
        if shows(&String::from_utf8_lossy(&judge.printed()?.results()), &digest) {
            let finding = both!(
                "with the key and the message typed on stdin, it printed the right digest",
                "从标准输入键入密钥和消息后，它打印出了正确的摘要"
            );
            return Ok(halt.found(Cause::AsksForInput, finding));
        }
    }
    // Whoever ends with an error, and says so, has not forgotten to print.
    let complains = halt.fault() == Some(Fault::Died) && !judge.printed()?.complaints().is_empty();
    let is_silent = stdout.trim_ascii().is_empty() && !complains;
    Ok(if is_silent { halt.shows(Cause::PrintsNothing) } else { halt })
}

pub(super) fn notes(judge: &mut Judge<'_>) -> Outcome {
    prints(judge, NOTES.0, NOTES.1)
}

pub(super) fn other_words(judge: &mut Judge<'_>) -> Outcome {
    prints(judge, "another key", "another message")?;
    prints(judge, "sad", "asd")
}

pub(super) fn same_again(judge: &mut Judge<'_>) -> Outcome {
    prints(judge, "same", "again")?;
    prints(judge, "same", "again")
}

pub(super) fn empty_message(judge: &mut Judge<'_>) -> Outcome {
    prints(judge, "key", "")
}

pub(super) fn empty_key(judge: &mut Judge<'_>) -> Outcome {
    prints(judge, "", "message")
}

pub(super) fn key_of_a_block(judge: &mut Judge<'_>) -> Outcome {
    prints(judge, &"k".repeat(BLOCK - 1), "message")?;
    prints(judge, &"k".repeat(BLOCK), "message")
}

pub(super) fn long_key(judge: &mut Judge<'_>) -> Outcome {
    prints(judge, &"k".repeat(BLOCK + 1), "message")?;
    prints(judge, &"long key ".repeat(20), "message")
}

/// MD5 fills its last block: 55 bytes of a message just fit, 56 do not (RFC 1321, section 3.1).
pub(super) fn padding_edges(judge: &mut Judge<'_>) -> Outcome {
    for len in [55, 56, 63, 64, 65] {
        prints(judge, "key", &"m".repeat(len))?;
    }
    Ok(())
}

pub(super) fn long_message(judge: &mut Judge<'_>) -> Outcome {
    prints(judge, "key", &"a long message ".repeat(500))
}

pub(super) fn every_byte_counts(judge: &mut Judge<'_>) -> Outcome {
    for message in [" two  words ", "it's \"quoted\"", "back\\slash %s $HOME", "line\nend\n"] {
        prints(judge, "key", message)?;
    }
    Ok(())
}

pub(super) fn other_alphabets(judge: &mut Judge<'_>) -> Outcome {
    // Where the digest of ASCII is right, and those that other encodings give are known, it may be yet another encoding.
    let otherwise = || suspect_of(Fault::NotPrinted, Cause::OtherEncoding);
    prints(judge, "密钥", "消息").map_err(otherwise())?;
    prints(judge, "Schlüssel", "Übermut 😀").map_err(otherwise())
}

/// The first digest has a zero in front, which a program that writes a number in hex loses.
pub(super) fn by_chance(judge: &mut Judge<'_>) -> Outcome {
    for is_first in [true, false, false] {
        let (key, message) = loop {
            let (key, message) = (word(judge, 100), word(judge, 300));
            if !is_first || right(&key, &message).first().is_some_and(|byte| *byte < 0x10) {
                break (key, message);
            }
        };
        prints(judge, &key, &message)?;
    }
    Ok(())
}

fn word(judge: &mut Judge<'_>, longest: usize) -> String {
    let len = judge.rng.random_range(1..=longest);
    (0..len).map(|_| char::from(judge.rng.random_range(b'a'..=b'z'))).collect()
}

pub(super) fn exit_code(judge: &mut Judge<'_>) -> Outcome {
    let (_, status) = run(judge, NOTES.0, NOTES.1)?;
    if status.success() {
        return Ok(());
    }
    let Text { en: ended, zh: ended_zh } = how_it_ended(status);
    let sentence = both!("it ended ({ended}); 0 says that all went well", "它结束了（{ended_zh}）；0 才表示一切正常");
    Err(Halt::failed(Fault::Died, sentence))
}
