//! English or Chinese: both texts stand in one call, so that a missing translation does not compile.

/// The language in which day30 speaks. Help texts are English always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// English, also where nothing is known.
    #[default]
    En,
    /// Chinese, simplified.
    Zh,
}

impl Lang {
    /// The language of the person in front of this machine, as the operating system tells it.
    #[must_use]
    pub fn of_system() -> Self {
        // An explicit C or POSIX locale, as scripts and CI set it, asks for plain English.
        match sys_locale::get_locale() {
            Some(locale) if locale.to_ascii_lowercase().starts_with("zh") => Self::Zh,
            _ => Self::En,
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
}

/// A text in both languages: for what is written down before it is known in which of them it will be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// In English.
    pub en: String,
    /// In Chinese.
    pub zh: String,
}

impl Text {
    /// The text in this language.
    #[must_use]
    pub fn of(&self, lang: Lang) -> &str {
        lang.pick(&self.en, &self.zh)
    }
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
