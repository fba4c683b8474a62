//! What is wrong with a command line, and what to type instead. Clap's own messages are English, and quote Rust's.

use super::{SECRETIVE, as_typed, in_chinese};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, Error};
use day30::lang::Text;
use day30::view::escape;
use day30::{both, words};
use std::error::Error as _;
use std::ffi::OsString;

/// The mistake, and the advice below it.
pub(super) fn describe(error: &Error, day30: &Command, named: Option<&str>, words: &[OsString]) -> Text {
    let command = named.and_then(|name| day30.find_subcommand(name)).unwrap_or(day30);
    let words: Vec<_> = words.iter().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    let is_secretive = named.is_some_and(|name| SECRETIVE.contains(&name));
    let mistake = Mistake { error, command, words: &words, is_secretive };
    let what = mistake.what();
    let help = named.map_or("day30 --help".to_owned(), |name| format!("day30 {name} --help"));
    let note = mistake.what_is_left_out();
    both!("{what}{note}\n  all options: {help}", "{what}{note}\n  全部选项：{help}")
}

struct Mistake<'m> {
    error: &'m Error,
    /// The command that was typed, or day30 itself.
    command: &'m Command,
    words: &'m [String],
    /// Nothing of what was typed may be repeated: it may be a secret in the wrong place.
    is_secretive: bool,
}

impl Mistake<'_> {
    fn what(&self) -> Text {
        let arg = as_typed(&self.context(ContextKind::InvalidArg));
        let named = in_chinese(&arg);
        let value = self.context(ContextKind::InvalidValue);
        match self.error.kind() {
            ErrorKind::UnknownArgument => self.unknown(&arg),
            ErrorKind::InvalidSubcommand => self.no_such_command(),
            ErrorKind::InvalidValue if value.is_empty() => self.no_value(&arg),
            ErrorKind::InvalidValue => self.none_of(&arg, &value),
            ErrorKind::ValueValidation => self.not_understood(&arg, &value),
            ErrorKind::MissingRequiredArgument => {
                let named = named.replace(", ", "、");
                both!("missing: {arg}", "缺少：{named}")
            }
            ErrorKind::ArgumentConflict => self.conflict(&arg),
            ErrorKind::TooManyValues => both!("{arg} takes no value", "{named} 后面不能写值"),
            ErrorKind::InvalidUtf8 => {
                both!("the command line contains bytes that are not valid UTF-8", "命令行里有不合法的 UTF-8 字节")
            }
            _ => both!("the command line could not be understood", "命令行无法理解"),
        }
    }

    /// An option or a word that the command does not have.
    fn unknown(&self, typed: &str) -> Text {
        if let Some((option, word)) = self.option_before(typed) {
            return self.value_like_an_option(option, word);
        }
        if typed.starts_with('-') {
            let shown = self.shown(typed);
            let near = self.near(ContextKind::SuggestedArg);
            return both!("unknown option{shown}{near}", "未知选项{shown}{near}");
        }
        let (shown, advice) = (self.shown(typed), self.advice_for_a_word(typed));
        both!("unexpected word{shown}{advice}", "多出一个词{shown}{advice}")
    }

    /// The option that stands before what was typed, if it is one that takes a value, and the whole word behind it.
    fn option_before(&self, typed: &str) -> Option<(&str, &str)> {
        let mut before = self.words.iter().zip(self.words.iter().skip(1));
        let (option, word) = before.find(|(_, word)| word.starts_with('-') && word.starts_with(typed))?;
        let long = option.strip_prefix("--")?;
        let takes = |arg: &&Arg| arg.get_long() == Some(long) && arg.get_action().takes_values();
        self.command.get_arguments().find(takes).map(|_| (option.as_str(), word.as_str()))
    }

    fn value_like_an_option(&self, option: &str, typed: &str) -> Text {
        // The message of lesson 3 is not secret, whatever else may be.
        let typed = if self.is_secretive && option != "--msg" { "-…" } else { typed };
        let typed = escape(typed.as_bytes());
        both!(
            "{option} needs a value, and what follows it looks like an option\n  if it is the value, write: {option}={typed}",
            "{option} 需要一个值，而后面的内容像是另一个选项\n  如果它就是值，请写成：{option}={typed}"
        )
    }

    /// A word that belongs to no option.
    fn advice_for_a_word(&self, typed: &str) -> Text {
        let has = |long: &str| self.command.get_arguments().any(|arg| arg.get_long() == Some(long));
        if self.command.get_name() == "check" {
            return both!(
                "\n  the command of your program stands behind --: day30 check nonblock-server -- python3 my_server.py {{port}}",
                "\n  你的程序的命令要写在 -- 后面：day30 check nonblock-server -- python3 my_server.py {{port}}"
            );
        }
        if has("addr")
            && !self.is_secretive
            && let Some(option) = self.as_address(typed)
        {
            // A tap has two addresses, and its server's is the one that is meant.
            let option = if has("to") {
                option.replace("--addr ", "--to ").replace("--port ", "--to 127.0.0.1:")
            } else {
                option
            };
            return both!("\n  for an address, write: {option}", "\n  如果是地址，请写：{option}");
        }
        let options: Vec<_> =
            ["--secret", "--key", "--msg"].into_iter().filter(|option| has(option.trim_start_matches('-'))).collect();
        if options.is_empty() {
            return both!("\n  each value stands behind its option", "\n  每个值都要写在它的选项后面");
        }
        let options = options.join(words!(" or ", " 或 "));
        both!("\n  each value stands behind its option: {options}", "\n  每个值都要写在它的选项后面：{options}")
    }

    /// `127.0.0.1 9000`, `127.0.0.1:9000`, `9000`, each as an option.
    fn as_address(&self, typed: &str) -> Option<String> {
        let is_port = |word: &str| word.parse::<u16>().is_ok();
        if is_port(typed) {
            return Some(format!("--port {typed}"));
        }
        let is_host = typed == "localhost" || typed.contains(['.', ':']);
        let mut next = self.words.iter().skip_while(|word| *word != typed).skip(1);
        let port = next.next().filter(|word| is_port(word));
        let typed = escape(typed.as_bytes());
        match port {
            _ if !is_host => None,
            Some(port) => Some(format!("--addr {typed}:{port}")),
            None => Some(if typed.contains(':') { format!("--addr {typed}") } else { format!("--addr {typed}:9000") }),
        }
    }

    fn no_such_command(&self) -> Text {
        let shown = self.shown(&self.context(ContextKind::InvalidSubcommand));
        let near = self.near(ContextKind::SuggestedSubcommand);
        both!("unknown command{shown}{near}", "未知命令{shown}{near}")
    }

    /// An option without its value: the end came, or something that looks like an option.
    fn no_value(&self, arg: &str) -> Text {
        let option = arg.split([' ', '=']).next().unwrap_or(arg);
        let next = self.words.iter().skip_while(|word| *word != option).nth(1);
        if let Some(typed) = next.filter(|word| word.starts_with('-')) {
            return self.value_like_an_option(option, typed);
        }
        let (values, named) = (self.allowed(), in_chinese(arg));
        both!("{arg}: the value is missing{values}", "{named}：缺少值{values}")
    }

    fn none_of(&self, arg: &str, value: &str) -> Text {
        let (shown, values, near) = (self.shown(value), self.allowed(), self.near(ContextKind::SuggestedValue));
        let named = in_chinese(arg);
        both!("{arg}: this value is unknown{shown}{values}{near}", "{named}：没有这个值{shown}{values}{near}")
    }

    fn not_understood(&self, arg: &str, value: &str) -> Text {
        // Our own parsers say it in both languages.
        let expected = self.error.source().map(ToString::to_string).unwrap_or_default();
        let (shown, named) = (self.shown(value), in_chinese(arg));
        both!("{arg}: this value cannot be used{shown}\n  {expected}", "{named}：这个值不能用{shown}\n  {expected}")
    }

    fn conflict(&self, arg: &str) -> Text {
        let other = self.context(ContextKind::PriorArg);
        if other == arg || other.is_empty() {
            let named = in_chinese(arg);
            return both!("'{arg}' may be given only once", "'{named}' 只能写一次");
        }
        let (one, another) = (in_chinese(arg), in_chinese(&other));
        both!("'{arg}' cannot be used with '{other}'", "'{one}' 不能与 '{another}' 同时使用")
    }

    fn allowed(&self) -> Text {
        match self.context(ContextKind::ValidValue) {
            values if values.is_empty() => Text::default(),
            values => both!("\n  possible values: {values}", "\n  可选值：{values}"),
        }
    }

    /// What was meant, probably: of several, clap puts the likeliest last.
    fn near(&self, kind: ContextKind) -> Text {
        match self.context(kind).rsplit(", ").next().unwrap_or_default() {
            "" => Text::default(),
            near => both!("\n  did you mean '{near}'?", "\n  是不是 '{near}'？"),
        }
    }

    /// Why the error does not say what is wrong with which word.
    fn what_is_left_out(&self) -> Text {
        use ErrorKind::{InvalidSubcommand, InvalidValue, UnknownArgument, ValueValidation};
        let quotes = matches!(self.error.kind(), InvalidSubcommand | InvalidValue | UnknownArgument | ValueValidation);
        if !self.is_secretive || !quotes {
            return Text::default();
        }
        both!(
            "\n  what was typed is not repeated here, as it may be the secret",
            "\n  这里不重复显示所输入的内容，因为它可能是密钥"
        )
    }

    /// What was typed, if it may be repeated.
    fn shown(&self, typed: &str) -> Text {
        if self.is_secretive || typed.is_empty() {
            return Text::default();
        }
        let typed = self.quoted(typed);
        both!(": {typed}", "：{typed}")
    }

    fn quoted(&self, typed: &str) -> String {
        format!("'{}'", escape(typed.as_bytes()))
    }

    fn context(&self, kind: ContextKind) -> String {
        match self.error.get(kind) {
            Some(ContextValue::String(text)) => text.clone(),
            Some(ContextValue::Strings(texts)) => {
                let joined: Vec<_> = texts.iter().map(|text| alternatives(text)).collect();
                joined.join(", ")
            }
            _ => String::new(),
        }
    }
}

/// `<--key <TEXT>|--key-file <PATH>>` as a sentence has it.
fn alternatives(text: &str) -> String {
    match text.strip_prefix("<--").and_then(|text| text.strip_suffix('>')) {
        Some(inner) => format!("--{}", inner.replace('|', words!(" or ", " 或 "))),
        None => text.to_owned(),
    }
}
