//! English or Chinese: both texts stand in one call, so that a missing translation does not compile.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The language in which day30 speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// English, also where nothing is known.
    #[default]
    En,
    /// Chinese, simplified.
    Zh,
}

/// Before the English half of a text in both languages, between the halves, and behind the Chinese one: characters of
/// Unicode's private use area, which no text of ours contains.
const START: char = '\u{e000}';
const BETWEEN: char = '\u{e001}';
const END: char = '\u{e002}';

impl Lang {
    /// The language to speak: the one that was `asked` for on the command line, else the first that the environment names
    /// (`DAY30_LANG`, then the locale as POSIX has it: `LC_ALL`, `LC_MESSAGES`, `LANG`), else the operating system's.
    #[must_use]
    pub fn of(asked: Option<&str>, variable: impl Fn(&str) -> Option<String>) -> Self {
        let named = |name: String| Self::named(&name);
        let locale = || ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(&variable).find(|it| !it.is_empty());
        // A locale of C or POSIX, as scripts and CI set it, asks for plain English.
        let of_locale = |locale: String| Self::named(&locale).unwrap_or(Self::En);
        asked
            .and_then(Self::named)
            .or_else(|| variable("DAY30_LANG").and_then(named))
            .or_else(|| locale().map(of_locale))
            .or_else(|| sys_locale::get_locale().and_then(named))
            .unwrap_or_default()
    }

    /// `zh`, `zh_CN.UTF-8`, `en-GB`.
    fn named(name: &str) -> Option<Self> {
        match name.get(..2)?.to_ascii_lowercase().as_str() {
            "en" => Some(Self::En),
            "zh" => Some(Self::Zh),
            _ => None,
        }
    }

    /// One of the two texts.
    #[must_use]
    pub fn pick<T>(self, en: T, zh: T) -> T {
        match self {
            Self::En => en,
            Self::Zh => zh,
        }
    }

    /// A text that may hold [`words!`](crate::words) and [`Text`]s, in this language alone.
    #[must_use]
    pub fn read(self, text: &str) -> String {
        let mut halves = Vec::new();
        let mut read = String::with_capacity(text.len());
        for letter in text.chars() {
            match letter {
                START => halves.push(Self::En),
                BETWEEN => {
                    halves.pop();
                    halves.push(Self::Zh);
                }
                END => _ = halves.pop(),
                _ if halves.iter().all(|half| *half == self) => read.push(letter),
                _ => {}
            }
        }
        read
    }
}

/// A text in both languages: for what is written down before it is known in which of them it will be read.
///
/// Shown as it is, it holds both, for [`Lang::read`]: so it may stand inside other texts, and in errors.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// In English.
    pub en: String,
    /// In Chinese.
    pub zh: String,
}

impl Text {
    /// What this says in each language.
    #[must_use]
    pub fn in_both<S: Into<String>>(say: impl Fn(Lang) -> S) -> Self {
        Self { en: say(Lang::En).into(), zh: say(Lang::Zh).into() }
    }

    /// The text in this language.
    #[must_use]
    pub fn of(&self, lang: Lang) -> &str {
        lang.pick(&self.en, &self.zh)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{START}{}{BETWEEN}{}{END}", self.en, self.zh)
    }
}

/// Both texts as one constant, which [`Lang::read`](crate::lang::Lang::read) reads: `words!("bytes", "字节")`.
#[macro_export]
macro_rules! words {
    ($en:expr, $zh:expr $(,)?) => {
        ::std::concat!("\u{e000}", $en, "\u{e001}", $zh, "\u{e002}")
    };
}

/// Formats both texts: `both!("{n} bytes", "{n} 字节")`.
#[macro_export]
macro_rules! both {
    ($en:literal, $zh:literal $(, $argument:expr)* $(,)?) => {
        $crate::lang::Text { en: ::std::format!($en $(, $argument)*), zh: ::std::format!($zh $(, $argument)*) }
    };
}

/// Formats one of two texts: `say!(lang, "{n} bytes", "{n} 字节")`.
#[macro_export]
macro_rules! say {
    ($lang:expr, $en:literal, $zh:literal $(, $argument:expr)* $(,)?) => {
        match $lang {
            $crate::lang::Lang::En => ::std::format!($en $(, $argument)*),
            $crate::lang::Lang::Zh => ::std::format!($zh $(, $argument)*),
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(asked: Option<&str>, environment: &[(&str, &str)]) -> Lang {
        let value =
            |name: &str| environment.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        Lang::of(asked, value)
    }

    #[test]
    fn what_is_asked_for_wins_then_the_environment_in_its_order() {
        assert_eq!(of(None, &[("LANG", "zh_CN.UTF-8")]), Lang::Zh);
        assert_eq!(of(None, &[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "C.UTF-8")]), Lang::En);
        assert_eq!(of(None, &[("LANG", "en_US.UTF-8"), ("LC_MESSAGES", "zh_TW")]), Lang::Zh);
        assert_eq!(of(None, &[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "")]), Lang::Zh);
        assert_eq!(of(None, &[("DAY30_LANG", "zh"), ("LC_ALL", "en_US.UTF-8")]), Lang::Zh);
        assert_eq!(of(None, &[("DAY30_LANG", "?"), ("LC_ALL", "zh_CN")]), Lang::Zh);
        assert_eq!(of(Some("en"), &[("DAY30_LANG", "zh")]), Lang::En);
        assert_eq!(of(None, &[("LC_ALL", "de_DE.UTF-8")]), Lang::En);
    }

    #[test]
    fn a_text_inside_another_is_read_in_the_same_language() {
        let inner = both!("{} bytes", "{} 字节", 3);
        let outer = both!("got {inner}.", "收到 {inner}。");
        assert_eq!(Lang::En.read(&format!("> {outer}")), "> got 3 bytes.");
        assert_eq!(Lang::Zh.read(&format!("> {outer}")), "> 收到 3 字节。");
        assert_eq!(Lang::Zh.read(concat!("a ", words!("b", "乙"), " c")), "a 乙 c");
    }
}
