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
