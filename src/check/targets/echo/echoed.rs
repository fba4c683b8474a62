//! Saying something to an upper-casing server, and what its wrong answers give away.

use crate::both;
use crate::check::stage::judge::Judge;
use crate::check::stage::wire::Conn;
use crate::check::verdict::cause::Cause;
use crate::check::verdict::mistakes::{contains, is_str_of_bytes, latin_1, utf_16};
use crate::check::verdict::{Difference, Failure, Halt, Outcome};
use rand::RngExt;
use rand::seq::IndexedRandom;

/// Letters of several alphabets, each with an upper case (or none) that no version of Unicode has changed.
const ALPHABETS: [&str; 5] = ["abcdefghijklmnopqrstuvwxyz ", "éèñüçåø", "αβγδλπσωψ", "бгджийлфшя", "中文你好字节😀"];

/// The reply that is due.
pub(super) fn upper(text: &str) -> Vec<u8> {
    text.to_uppercase().into_bytes()
}

impl Conn {
    /// Sends a text, and gets it back in upper case.
    pub(super) fn echo(&mut self, text: &str) -> Outcome {
        self.send(text.as_bytes())?;
        self.expect_upper(text)
    }

    /// Gets back in upper case what was sent before.
    pub(super) fn expect_upper(&mut self, text: &str) -> Outcome {
        self.expect(&upper(text)).map_err(|halt| name_repeated(name_wrong_text(halt, text), &self.said, text))
    }
}

/// The reply has everything in it that this client has said so far.
fn name_repeated(halt: Halt, said: &[u8], text: &str) -> Halt {
    let all = upper(&String::from_utf8_lossy(said));
    halt.map(|failure| {
        let is_all = failure.difference.as_ref().is_some_and(|difference| difference.shows(&all));
        if is_all && said != text.as_bytes() {
            failure.rename(Cause::NeverEmptied);
        }
    })
}

/// What a wrong reply looks like gives its cause away.
fn name_wrong_text(halt: Halt, text: &str) -> Halt {
    halt.map(|failure| {
        let cause = failure.difference.as_ref().and_then(|difference| cause_of(difference, text));
        if let Some(cause) = cause {
            failure.name(cause);
        }
    })
}

fn cause_of(difference: &Difference, text: &str) -> Option<Cause> {
    let expected = upper(text);
    let got = difference.got.as_slice();
    // Longer texts are judged by their stream, and only their window is here.
    if got.is_empty() || difference.from > 0 {
        return None;
    }
    let until_zero = expected.split(|byte| *byte == 0).next().unwrap_or_default();
    let has_replacement = contains(got, "\u{fffd}".as_bytes());
    match got {
        _ if is_str_of_bytes(got) => Some(Cause::StrOfBytes),
        _ if is_utf_16_of(got, &text.to_uppercase()) || is_latin_1_of(got, &text.to_uppercase()) => {
            Some(Cause::OtherEncoding)
        }
        _ if got == upper_as_latin_1(text) && got != text.to_ascii_uppercase().as_bytes() => Some(Cause::OtherEncoding),
        _ if got == text.as_bytes() && text.contains(|letter: char| letter.is_ascii_lowercase()) => {
            Some(Cause::NotUpper)
        }
        _ if got == text.to_ascii_uppercase().as_bytes() => Some(Cause::AsciiOnly),
        _ if until_zero.len() < expected.len() && got == until_zero => Some(Cause::ZeroEndsText),
        _ if got == expected.trim_ascii() || got == expected.trim_ascii_end() => Some(Cause::StripsText),
        _ if is_in_other_case(got, text) => Some(Cause::OtherCase),
        _ if contains(got, &expected) => Some(Cause::Decorates),
        _ if has_replacement && !text.is_ascii() => Some(Cause::DecodeLoses),
        // UTF-8 has every character, and no need of a question mark.
        _ if !text.is_ascii() && got.contains(&b'?') && is_but_for_marks(got, &expected) => Some(Cause::OtherEncoding),
        _ => None,
    }
}

/// Whether these are the letters of `text`, some of them small and some capital.
fn is_in_other_case(got: &[u8], text: &str) -> bool {
    std::str::from_utf8(got).is_ok_and(|got| got.to_lowercase() == text.to_lowercase())
}

/// Behind a reply stands the end of a longer one from before, and comes with it or when the next one is waited for.
pub(super) fn name_leftover(halt: Halt, said: &[&str]) -> Halt {
    halt.map(|failure| {
        let got = failure.got();
        let is_left = |pair: &[&str]| {
            let [longer, shorter] = pair else { return false };
            let (longer, shorter) = (upper(longer), upper(shorter));
            let left = longer.get(shorter.len()..).unwrap_or_default();
            !left.is_empty() && (got.starts_with(left) || got == [&shorter, left].concat())
        };
        if said.windows(2).any(is_left) {
            failure.rename(Cause::WholeBuffer);
        }
    })
}

/// Whether this is the beginning of `text` in UTF-16, in either order of its bytes, with or without a mark for that.
fn is_utf_16_of(got: &[u8], text: &str) -> bool {
    let got = got.strip_prefix(b"\xff\xfe").or_else(|| got.strip_prefix(b"\xfe\xff")).unwrap_or(got);
    got.len() > 2 && [u16::to_le_bytes, u16::to_be_bytes].iter().any(|order| utf_16(text, *order).starts_with(got))
}

/// Whether this is `text`, which is more than ASCII, in Latin-1.
fn is_latin_1_of(got: &[u8], text: &str) -> bool {
    !text.is_ascii() && text.chars().all(|letter| letter <= '\u{ff}') && got == latin_1(text)
}

/// The bytes of `text` in upper case, each taken for a letter of Latin-1.
fn upper_as_latin_1(text: &str) -> Vec<u8> {
    let upper = text.bytes().flat_map(|byte| char::from(byte).to_uppercase());
    upper.filter_map(|letter| u8::try_from(letter).ok()).collect()
}

/// Whether this is the same but for question marks, one or several, in the place of each character beyond ASCII.
fn is_but_for_marks(got: &[u8], expected: &[u8]) -> bool {
    let ascii =
        |bytes: &[u8]| -> Vec<u8> { bytes.iter().copied().filter(|byte| byte.is_ascii() && *byte != b'?').collect() };
    ascii(got) == ascii(expected)
}

/// Whether this is `text` again and again.
pub(super) fn is_repeated(got: &[u8], text: &[u8]) -> bool {
    got.len() > text.len() && !text.is_empty() && got.chunks(text.len()).all(|copy| text.starts_with(copy))
}

/// A text of letters from several alphabets.
pub(super) fn random_text(judge: &mut Judge<'_>, letters: usize) -> String {
    let mut text = String::new();
    for _ in 0..letters {
        let alphabet: Vec<char> = ALPHABETS.choose(&mut judge.rng).copied().unwrap_or_default().chars().collect();
        text.extend(alphabet.choose(&mut judge.rng));
    }
    text
}

/// A word that no earlier check has used: an answer that was kept from before would show.
pub(super) fn random_word(judge: &mut Judge<'_>) -> String {
    (0..8).map(|_| char::from(judge.rng.random_range(b'a'..=b'z'))).collect()
}

/// A text of lower-case letters in which a lost, a doubled or a swapped piece shows: no eight letters of it come twice
/// within a gigabyte, and it begins somewhere else for each seed.
pub(super) fn numbered(judge: &mut Judge<'_>, bytes: usize) -> Vec<u8> {
    let first: u32 = judge.rng.random_range(0..1_000_000);
    let mut text = Vec::with_capacity(bytes + 8);
    let digit = |place: u32| b'a' + (first / 26_u32.pow(place) % 26) as u8;
    let mut word = [digit(5), digit(4), digit(3), digit(2), digit(1), digit(0), b' ', b'.'];
    while text.len() < bytes {
        text.extend_from_slice(&word);
        // Counted on: millions of them take long to divide.
        for digit in word.iter_mut().take(6).rev() {
            if *digit < b'z' {
                *digit += 1;
                break;
            }
            *digit = b'a';
        }
    }
    text.truncate(bytes);
    text
}

/// Where a long reply goes on after its first wrong byte tells what was lost, or came twice.
pub(super) fn name_wrong_stream(halt: Halt, expected: &[u8]) -> Halt {
    halt.map(|failure| {
        if failure.finding.is_none()
            && let Some(difference) = failure.difference.clone()
        {
            place_of_the_rest(failure, &difference, expected);
        }
    })
}

fn place_of_the_rest(failure: &mut Failure, difference: &Difference, expected: &[u8]) {
    let behind = difference.got.get(difference.at - difference.from..).unwrap_or_default();
    let Some(piece) = behind.get(..16) else { return };
    let Some(place) = expected.windows(piece.len()).position(|window| window == piece) else { return };
    let at = difference.at;
    if place > at {
        let lost = place - at;
        failure.rename(Cause::ShortSend);
        failure.finding = Some(both!(
            "{lost} bytes are missing behind byte {at}; then the text goes on",
            "第 {at} 字节之后缺了 {lost} 个字节，然后文本又接着往下走"
        ));
    } else {
        let again = at - place;
        failure.rename(Cause::SendsAgain);
        failure.finding = Some(both!(
            "at byte {at}, the {again} bytes before it come again",
            "在第 {at} 字节处，前面的 {again} 个字节又发了一遍"
        ));
    }
}
