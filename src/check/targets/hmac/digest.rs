//! Keys and messages, and the digest that must be printed.

use super::instead;
use super::right::{right, shows};
use crate::both;
use crate::check::stage::judge::{ENDING, Judge};
use crate::check::verdict::cause::Cause;
use crate::check::verdict::{Fault, Halt, Outcome, suspect_of};
use rand::RngExt;
use std::process::ExitStatus;

/// The notes' key and message.
const NOTES: (&str, &str) = ("asd", "sad");
/// The block of MD5, in bytes: what a key is padded to.
const BLOCK: usize = 64;

/// Runs the program to its end; gives what it printed, and how it ended.
fn run(judge: &mut Judge<'_>, key: &str, message: &str) -> Outcome<(Vec<u8>, ExitStatus)> {
    judge.next_process();
    judge.host.start_with(judge.order, &judge.context, key, message)?;
    let Some(status) = judge.wait_for_end(2 * ENDING)? else {
        let seconds = 2 * ENDING.as_secs();
        let sentence = both!("{seconds} s later the program still runs", "{seconds} 秒后程序仍在运行");
        return Err(Halt::failed(Fault::StillRunning, sentence));
    };
    Ok((judge.printed()?.results(), status))
}

/// That the program prints the right digest.
fn prints(judge: &mut Judge<'_>, key: &str, message: &str) -> Outcome {
    let (stdout, status) = run(judge, key, message)?;
    let output = String::from_utf8_lossy(&stdout);
    let digest = right(key, message);
    if shows(&output, &digest) {
        return Ok(());
    }
    let hex = base16ct::lower::encode_string(&digest);
    let (fault, sentence) = if status.success() || !output.trim().is_empty() {
        (
            Fault::NotPrinted,
            both!(
                "the digest is not in its output; it is {hex} (16 bytes, in hex, as Python's bytes, or in base64)",
                "输出里没有正确的摘要；应为 {hex}（16 字节，十六进制、Python 字节串或 base64 均可）"
            ),
        )
    } else {
        (
            Fault::Died,
            both!(
                "the program ended with {status}, and printed no digest; it is {hex}",
                "程序以 {status} 结束，没有打印摘要；应为 {hex}"
            ),
        )
    };
    let halt = Halt::failed(fault, sentence);
    Err(match instead::cause_of(&stdout, key, message) {
        Some(cause) => halt.shows(cause),
        None => halt,
    })
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
    // Whatever computes the right digest of ASCII, and another one of these, has other bytes for their letters.
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
    let sentence = both!("it ended with {status}; 0 says that all went well", "它以 {status} 结束；0 才表示一切正常");
    Err(Halt::failed(Fault::Died, sentence))
}
