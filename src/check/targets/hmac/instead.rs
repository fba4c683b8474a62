//! What a program printed instead of the digest: the mistakes that students make are computed, and looked for.

use super::computed::{Computed, all, in_hex};
use super::forms::form_of;
use super::right::{right, shows};
use super::wording::shown;
use crate::both;
use crate::check::verdict::cause::Cause;
use crate::check::verdict::mistakes::contains;
use crate::lang::Text;

/// How many hex digits of a digest must be there to be taken for a part of it.
const PART: usize = 8;
/// How Python and Node show what is no digest.
const OBJECTS: &[&str] =
    &["<bound method", "<built-in method", " object at 0x", "[Function", "[object Object]", "Hmac {", "[B@"];

/// A known mistake that stands in the output.
#[derive(Debug)]
pub(super) struct Instead {
    pub(super) cause: Cause,
    /// What it is that stands there.
    pub(super) what: Option<Text>,
}

impl From<Cause> for Instead {
    fn from(cause: Cause) -> Self {
        Self { cause, what: None }
    }
}

/// What was printed, if it is one of the known mistakes. `argv` are the words of the program's command.
pub(super) fn of(stdout: &[u8], [key, message]: [&str; 2], argv: &[String]) -> Option<Instead> {
    let (output, digest) = (&*String::from_utf8_lossy(stdout), right(key, message));
    if contains(stdout, &digest) {
        return Some(Cause::RawDigest.into());
    }
    if let Some(cause) = form_of(output, &digest) {
        return Some(cause.into());
    }
    let found = all(key, message).into_iter().find(|Computed { digest, .. }| shows(output, digest));
    if let Some(Computed { cause, what, .. }) = found {
        return Some(Instead { cause, what });
    }
    if let Some(instead) = of_other_arguments(output, &digest, argv) {
        return Some(instead);
    }
    if OBJECTS.iter().any(|object| output.contains(object)) {
        return Some(Cause::ObjectPrinted.into());
    }
    if let Some(what) = in_hex(output, key, message) {
        let Text { en, zh } = what;
        let what = both!("it printed the hex digits of {en}", "它打印的是{zh}的十六进制");
        return Some(Instead { cause: Cause::NotTheDigest, what: Some(what) });
    }
    let hex = base16ct::lower::encode_string(&digest);
    let lower = output.to_ascii_lowercase();
    let parts = (0..hex.len()).filter_map(|start| hex.get(start..start + PART));
    parts.into_iter().any(|part| lower.contains(part)).then_some(Cause::DigestCut.into())
}

/// Whether the digest is that of other words of the command.
fn of_other_arguments(output: &str, digest: &[u8], argv: &[String]) -> Option<Instead> {
    // A command that is longer has its arguments at its end.
    let argv = argv.get(argv.len().saturating_sub(6)..).unwrap_or_default();
    let pairs = argv.iter().flat_map(|key| argv.iter().map(move |message| (key, message)));
    let computed = pairs.map(|(key, message)| (key, message, right(key, message)));
    let mut others = computed.filter(|(_, _, other)| other != digest);
    let (key, message, _) = others.find(|(_, _, other)| shows(output, other))?;
    let (key, message) = (shown(key), shown(message));
    let what = Text {
        en: format!("it printed the digest for the key {} and the message {}", key.en, message.en),
        zh: format!("它打印的是密钥为 {}、消息为 {} 时的摘要", key.zh, message.zh),
    };
    Some(Instead { cause: Cause::WrongArguments, what: Some(what) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mistake_is_known_by_what_it_prints() {
        let long = "k".repeat(80);
        for [key, message] in [["asd ", "sad"], ["key", "message\t"], [long.as_str(), "m"], ["schlüssel", "é"]] {
            for Computed { cause, digest, .. } in all(key, message) {
                let printed = format!("digest: {}", base16ct::upper::encode_string(&digest));
                // Two mistakes may come to the same; the first one is named.
                assert!(of(printed.as_bytes(), [key, message], &[]).is_some(), "{cause:?} for {key:?}");
            }
            assert!(of(b"nothing of that kind", [key, message], &[]).is_none());
        }
        let cause = |printed: &str| of(printed.as_bytes(), ["asd", "sad"], &[]).map(|instead| instead.cause);
        assert_eq!(cause("280ce248e848bcd4"), Some(Cause::DigestCut));
        assert_eq!(cause("the message is 736164"), Some(Cause::NotTheDigest));
        let swapped = base16ct::lower::encode_string(&right("sad", "asd"));
        assert_eq!(cause(&swapped), Some(Cause::KeyAndMessageSwapped));
    }

    #[test]
    fn other_words_of_the_command_are_named() {
        let argv = ["python3", "my_hmac.py", "asd", "sad"].map(str::to_owned);
        let printed = base16ct::lower::encode_string(&right("my_hmac.py", "asd"));
        let found = of(printed.as_bytes(), ["asd", "sad"], &argv).unwrap();
        assert_eq!(found.cause, Cause::WrongArguments);
        assert!(found.what.unwrap().en.contains("\"my_hmac.py\""));
    }
}
