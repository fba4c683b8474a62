//! A recorded login, and a list of words: nothing is connected to, and nobody notices.

use super::kdf;
use super::kind::Attack;
use super::login::{Login, Way};
use super::seen::Seen;
use super::show::Show;
use super::told;
use super::words::{self, first_that};
use crate::both;
use crate::lang::Text;
use crate::view::{big_number, escape};
use std::io;

/// What was hit: how the answer was computed, and the words' own report.
struct Hit<'a> {
    login: &'a Login,
    way: Way,
    word: &'a str,
    place: usize,
}

/// Plays `dictionary` on the logins of a record; `file` is the record's name, and `command` what wrote it.
///
/// # Errors
///
/// None: nothing is connected to. The type is that of the other attacks.
pub fn tell_logins(attack: &Attack, logins: &[Login], of: (&str, &str), show: &Show) -> io::Result<Seen> {
    let (file, command) = of;
    let against = show.lang.pick(format!("the record {file}"), format!("记录 {file}"));
    told(attack, &against, show, || {
        show.say("");
        show.step(1, read(logins, command).of(show.lang));
        Ok(guess(logins, show))
    })
}

/// What is in the record.
fn read(logins: &[Login], command: &str) -> Text {
    let (count, first) = (logins.len(), logins.first());
    let [challenge, answer] = [first.map(Login::challenge), first.map(Login::answer)].map(Option::unwrap_or_default);
    let [challenge, answer] = [challenge, answer].map(|digits| digits.chars().take(16).collect::<String>());
    let (logins, more) = if count == 1 {
        (both!("one login", "一次登录"), both!("Its", "它的"))
    } else {
        (both!("{count} logins", "{count} 次登录"), both!("The first one's", "第一次的"))
    };
    Text {
        en: format!(
            "The record was written by {command}, and has {} in it. {} challenge is {challenge}…, its answer {answer}….",
            logins.en, more.en
        ),
        zh: format!(
            "这份记录由 {command} 写成，其中有{}。{}挑战值是 {challenge}…，答案是 {answer}…。",
            logins.zh, more.zh
        ),
    }
}

/// Tries each word on each login, until one gives a recorded answer.
fn guess(logins: &[Login], show: &Show) -> Seen {
    let count = big_number(show.words.len() as u64);
    let mut took = 0.0;
    let hit = logins.iter().find_map(|login| {
        let mut way = None;
        let (found, millis) = first_that(&show.words, |secret| {
            way = login.fits(secret);
            way.is_some()
        });
        took += millis;
        let (place, word) = found?;
        Some(Hit { login, way: way?, word, place: place + 1 })
    });
    let Some(Hit { login, way, word, place }) = hit else { return none_fits(logins, &count) };
    let (shown, way) = (escape(word.as_bytes()), way.describe());
    let step = Text {
        en: format!(
            "The list has {count} words. Number {place}, {shown}, gives a recorded answer. That took {took:.2} ms and not one connection. The answer was computed as {}.",
            way.en
        ),
        zh: format!(
            "词表有 {count} 个词。用第 {place} 个词 {shown} 算出的，正是录下的答案。用时 {took:.2} 毫秒，没有建立任何连接。答案是这样算的：{}。",
            way.zh
        ),
    };
    show.step(2, step.of(show.lang));
    kdf::told().iter().for_each(|line| show.paragraph(line.of(show.lang)));
    match login.accepted {
        Some(false) => Seen::attacker(both!(
            "the recorded answer is that of the secret {shown}. The server refused this login: its own secret is another",
            "录下的答案是用密钥 {shown} 算的。服务器拒绝了这次登录：它自己的密钥不是这个"
        )),
        _ => Seen::attacker(both!(
            "the recorded answer is that of the secret {shown}",
            "录下的答案是用密钥 {shown} 算的"
        )),
    }
}

fn none_fits(logins: &[Login], count: &str) -> Seen {
    Seen::defender(if logins.iter().any(Login::may_be_bound) {
        both!(
            "none of the {count} words fits. (A login with bound can be tried only for servers named day30 or bank.)",
            "词表里的 {count} 个词都不对。（用 bound 的登录，只有服务器名是 day30 或 bank 时才能试。）"
        )
    } else {
        words::none_fits(count)
    })
}
