//! Checks that are about the same, as columns of a table: forty of them would be too many.

use crate::lang::Text;

/// Some checks, and what they are about in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Family {
    /// In English, and in Chinese.
    pub names: [&'static str; 2],
    /// Their ids, without what stands before the `/`.
    checks: &'static [&'static str],
}

impl Family {
    /// Its name in both languages.
    #[must_use]
    pub fn name(&self) -> Text {
        let [en, zh] = self.names;
        Text { en: en.to_owned(), zh: zh.to_owned() }
    }

    /// Whether this check is one of them.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        let short = id.split_once('/').map_or(id, |(_, short)| short);
        self.checks.contains(&short)
    }
}

const fn family(en: &'static str, zh: &'static str, checks: &'static [&'static str]) -> Family {
    Family { names: [en, zh], checks }
}

const ECHO: &[Family] = &[
    family("starts", "启动", &["listens", "speaks-second"]),
    family("replies", "回复", &["one-message", "answers-at-once", "many-messages"]),
    family(
        "clients",
        "多客户端",
        &[
            "two-clients",
            "silent-client",
            "many-clients",
            "forty-silent",
            "hundred-silent",
            "leaving-among-others",
            "keeps-silent-client",
            "sleeps",
        ],
    ),
    family("closing", "关闭", &["half-close", "queued-at-shutdown", "closes", "gives-back", "sleeps-after-leaving"]),
    family("text", "文本", &["every-byte-counts", "no-magic-word", "other-alphabets", "sharp-s", "byte-order-mark"]),
    family(
        "pieces",
        "分段",
        &["split-letter", "split-anywhere", "byte-by-byte", "letter-at-buffer-edge", "own-letters"],
    ),
    family("volume", "大量", &["exact-buffer", "long-message", "late-reader", "stops-reading", "slow-reader"]),
    family(
        "faults",
        "异常",
        &["probe", "reset", "leaves-without-reading", "bad-bytes", "answers-before-bad-bytes", "half-a-letter"],
    ),
    family("stop", "停止", &["ctrl-c", "restart"]),
];

const AUTH: &[Family] = &[
    family("starts", "启动", &["listens"]),
    family("random", "挑战值", &["challenge", "fresh-challenge", "two-at-once", "own-challenge", "randomness"]),
    family("accepts", "接受", &["ok", "ok-at-once", "any-digest", "next-client"]),
    family("pieces", "分段", &["one-piece", "split-answer", "byte-by-byte"]),
    family(
        "refuses",
        "拒绝",
        &[
            "wrong-secret",
            "wrong-digit",
            "old-answer",
            "accepted-replay",
            "one-ok",
            "challenge-echoed",
            "raw-digest",
            "no-text",
            "only-the-digest",
        ],
    ),
    family("lengths", "长度", &["wrong-length", "length-bomb", "negative-length", "big-endian-length"]),
    family("secret", "密钥", &["not-written-in", "keeps-the-secret"]),
    family("clients", "客户端", &["silent-client", "leaves-early", "reset"]),
    family("closing", "关闭", &["closes", "says-nothing", "deadline"]),
];

const CLIENT: &[Family] = &[
    family("connects", "连接", &["connects", "speaks", "nobody-listens"]),
    family("replies", "回复", &["prints-reply", "prints-at-once", "second-message", "reply-length", "late-reply"]),
    family("pieces", "分段", &["split-reply", "split-letter", "long-line"]),
    family("input", "输入", &["empty-line", "end-of-input"]),
    family("ends", "结束", &["server-closes", "server-resets", "exit-code"]),
    family("waits", "等待", &["sleeps"]),
];

const AUTH_CLIENT: &[Family] = &[
    family("connects", "连接", &["connects", "nobody-listens"]),
    family("answer", "作答", &["length", "digest", "nothing-more", "one-answer"]),
    family("pieces", "分段", &["split-challenge", "byte-by-byte", "any-bytes", "only-32-bytes", "short-challenge"]),
    family("waits", "等待", &["late-challenge", "silent-server"]),
    family("secret", "密钥", &["keeps-the-secret", "not-written-in"]),
    family("ends", "结束", &["leaves", "no-challenge", "exit-code"]),
];

const HMAC: &[Family] = &[
    family("notes", "笔记", &["notes", "same-again"]),
    family("inputs", "输入", &["other-words", "empty-message", "empty-key", "by-chance"]),
    family("blocks", "分组", &["key-of-a-block", "long-key", "padding-edges", "long-message"]),
    family("bytes", "字节", &["every-byte-counts", "other-alphabets"]),
    family("exit", "退出码", &["exit-code"]),
];

/// The families of which these checks are, in the order in which they are played.
#[must_use]
pub(super) fn families(ids: &[String]) -> Vec<Family> {
    let all = match ids.first().and_then(|id| id.split_once('/')).map(|(before, _)| before) {
        Some("echo") => ECHO,
        Some("auth") => AUTH,
        Some("client") => CLIENT,
        Some("auth-client") => AUTH_CLIENT,
        _ => HMAC,
    };
    all.iter().filter(|family| ids.iter().any(|id| family.has(id))).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Target;
    use unicode_width::UnicodeWidthStr;

    #[test]
    fn every_check_is_of_one_family_and_every_name_fits_its_column() {
        for target in Target::ALL {
            let ids: Vec<_> = target.checks().iter().map(|check| check.id.to_owned()).collect();
            let families = families(&ids);
            for id in &ids {
                assert_eq!(families.iter().filter(|family| family.has(id)).count(), 1, "{id}");
            }
            for family in families {
                assert!(family.names.iter().all(|name| name.width() <= 8), "{family:?}");
            }
        }
        for all in [ECHO, AUTH, CLIENT, AUTH_CLIENT, HMAC] {
            let known: Vec<_> = Target::ALL.iter().flat_map(|target| target.checks()).map(|check| check.id).collect();
            for short in all.iter().flat_map(|family| family.checks) {
                assert!(known.iter().any(|id| id.ends_with(&format!("/{short}"))), "{short} is no check");
            }
        }
    }
}
