//! The words that are tried as secrets: a short list, of what people choose and of what stands in this course.

use crate::both;
use crate::crypto::Secret;
use crate::lang::Text;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::Instant;

/// A word list has at most so many bytes: more is no list for a lesson.
const MOST_BYTES: u64 = 16 * 1024 * 1024;
/// And at most so many words.
const MOST_WORDS: usize = 1_000_000;

const WORDS: &str = "\
123456 password 12345678 qwerty 123456789 12345 1234 111111 1234567 dragon 123123 baseball abc123 football monkey
letmein shadow master 666666 qwertyuiop 123321 mustang 1234567890 michael 654321 superman 1qaz2wsx 7777777 121212
000000 qazwsx 123qwe killer trustno1 jordan jennifer zxcvbnm asdfgh hunter buster soccer harley batman andrew tigger
sunshine iloveyou 2000 charlie robert thomas hockey ranger daniel starwars 112233 george computer michelle jessica
pepper 1111 zxcvbn 555555 11111111 131313 freedom 777777 pass maggie 159753 aaaaaa ginger princess joshua cheese
amanda summer love ashley nicole chelsea matthew access yankees 987654321 dallas austin thunder taylor matrix admin
root toor guest test secret changeme default welcome hello passw0rd woaini 5201314 520520 a123456 123456a 1314520
woaini1314 zhang wang li liu chen yang huang zhao wu zhou xu sun ma zhu hu guo lin he gao liang luo song zheng xie han
tang feng yu dong xiao cheng cao yuan deng fu shen zeng peng lu su beijing shanghai python socket linux student
teacher class school day30 alex eric seven alex3714 egon oldboy luwei luffy hmac key secretkey asd sad";

/// The built-in list.
#[must_use]
pub fn built_in() -> Vec<String> {
    WORDS.split_ascii_whitespace().map(str::to_owned).collect()
}

/// A list from a file, a word on each line. Bytes that are no text are passed over; what is too much is not read.
///
/// # Errors
///
/// When the file cannot be read.
pub fn from_file(path: &Path) -> io::Result<Vec<String>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MOST_BYTES).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.lines().filter(|word| !word.is_empty()).take(MOST_WORDS).map(str::to_owned).collect())
}

/// That none of so many words is the secret.
pub(super) fn none_fits(count: &str) -> Text {
    both!("none of the {count} words fits", "词表里的 {count} 个词都不对")
}

/// The first word that `fits` says yes to, with its place from 0; and how many milliseconds that took.
pub(super) fn first_that(words: &[String], mut fits: impl FnMut(&Secret) -> bool) -> (Option<(usize, &str)>, f64) {
    let began = Instant::now();
    let is_it = |(_, word): &(usize, &String)| fits(&Secret::new(word.as_bytes().to_vec()));
    let found = words.iter().enumerate().find(is_it).map(|(place, word)| (place, word.as_str()));
    (found, began.elapsed().as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_small_has_no_word_twice_and_holds_the_notes_secret() {
        let words = built_in();
        let mut sorted = words.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!(sorted.len(), words.len());
        assert!(words.len() < 1000 && words.iter().any(|word| word == "luwei"));
    }
}
