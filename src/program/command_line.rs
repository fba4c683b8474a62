//! A command as it was typed, with places in it that are filled in before it is started.

use crate::both;
use crate::lang::Text;
use std::fmt;

/// A program and its arguments, with `{port}`, `{addr}` and the like where they belong.
///
/// `__port__` is the same as `{port}`, and needs no quotes in any shell: PowerShell takes `{port}` for a block of script.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommandLine(Vec<String>);

impl CommandLine {
    /// The program's name (or path), and then its arguments.
    #[must_use]
    pub fn new(words: Vec<String>) -> Self {
        Self(words)
    }

    /// The words as they were typed.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether there is no program in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `{place}` stands somewhere in it, in either spelling.
    #[must_use]
    pub fn mentions(&self, place: &str) -> bool {
        let spellings = [format!("{{{place}}}"), format!("__{place}__")];
        self.iter().any(|word| spellings.iter().any(|spelling| word.contains(spelling)))
    }

    /// What to write instead, if PowerShell has made something else of `{place}`: it hands a block of script to a program in this form.
    ///
    /// Source: `about_PowerShell_exe`, `-EncodedCommand`.
    #[must_use]
    pub fn mangled(&self, place: &str) -> Option<Text> {
        let is_mangled = self.iter().any(|word| word == "-encodedCommand");
        is_mangled.then(|| {
            both!(
                "your shell (PowerShell?) has replaced {{{place}}}; write __{place}__ in its place",
                "你的 shell（PowerShell？）改动了 {{{place}}}；请改写成 __{place}__"
            )
        })
    }

    /// The words with `{place}` wherever this value stands in them: the other way round.
    #[must_use]
    pub fn with_place(&self, place: &str, value: &[u8]) -> Self {
        match std::str::from_utf8(value) {
            Ok(value) if !value.is_empty() => {
                Self(self.iter().map(|word| word.replace(value, &format!("{{{place}}}"))).collect())
            }
            _ => self.clone(),
        }
    }

    /// The words with each `{place}` filled in. What is filled in is not looked at again.
    #[must_use]
    pub fn fill(&self, places: &[(&str, &str)]) -> Vec<String> {
        self.iter().map(|word| fill(word, places)).collect()
    }
}

fn fill(word: &str, places: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(word.len());
    let mut rest = word;
    while let Some(letter) = rest.chars().next() {
        let found = places.iter().find_map(|(place, value)| {
            let braced = rest.strip_prefix('{').and_then(|rest| rest.strip_prefix(place)?.strip_prefix('}'));
            let behind = braced.or_else(|| rest.strip_prefix("__")?.strip_prefix(place)?.strip_prefix("__"))?;
            Some((value, behind))
        });
        match found {
            Some((value, behind)) => {
                filled.push_str(value);
                rest = behind;
            }
            None => {
                filled.push(letter);
                rest = rest.get(letter.len_utf8()..).unwrap_or_default();
            }
        }
    }
    filled
}

/// As it can be typed again.
impl fmt::Display for CommandLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> = self.iter().map(quoted).collect();
        f.write_str(&words.join(" "))
    }
}

/// Quoted only where a shell would take it for something else.
#[must_use]
pub fn quoted(word: &str) -> String {
    // A shell would make several words of {a,b} and {1..9}.
    let is_plain = |letter: char| letter.is_alphanumeric() || "-_=./,:@%+{}".contains(letter);
    let is_braced = word.contains('{') && (word.contains(',') || word.contains(".."));
    match shlex::try_quote(word) {
        Ok(quoted) if word.is_empty() || is_braced || !word.chars().all(is_plain) => quoted.into_owned(),
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn places_are_filled_in_once() {
        let words = CommandLine::new(vec!["./{port}".into(), "{a{port}}".into(), "{secret}{port}".into(), "{".into()]);
        let places = [("port", "9"), ("secret", "{port}")];
        assert_eq!(words.fill(&places), ["./9", "{a9}", "{port}9", "{"]);
        assert!(words.mentions("secret") && !words.mentions("addr"));
    }

    #[test]
    fn a_second_spelling_needs_no_quotes() {
        let words = CommandLine::new(
            ["__port__", "127.0.0.1:__port__", "___port___", "__init__", "_port_"].map(str::to_owned).to_vec(),
        );
        assert_eq!(words.fill(&[("port", "9")]), ["9", "127.0.0.1:9", "_9_", "__init__", "_port_"]);
        assert!(words.mentions("port") && !words.mentions("init_") && words.mangled("port").is_none());
        assert_eq!(CommandLine::new(vec!["__port__".into()]).to_string(), "__port__");
        // What PowerShell 7.4 hands on for `python server.py {port}`.
        let mangled = ["python", "server.py", "-encodedCommand", "cABvAHIAdAA=", "-inputFormat", "xml"];
        let told = CommandLine::new(mangled.map(str::to_owned).to_vec()).mangled("port");
        assert!(told.is_some_and(|told| told.en.ends_with("write __port__ in its place")));
    }

    #[test]
    fn it_can_be_typed_again() {
        let words = CommandLine::new(vec!["python3".into(), "my server.py".into(), "{port}".into(), String::new()]);
        assert_eq!(words.to_string(), "python3 'my server.py' {port} ''");
    }

    proptest! {
        #[test]
        fn a_shell_takes_it_for_the_same_words(words in prop::collection::vec("[^\0]{0,8}", 1..4)) {
            let typed = CommandLine::new(words.clone()).to_string();
            prop_assert_eq!(shlex::split(&typed), Some(words));
        }
    }
}
