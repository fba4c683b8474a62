//! What a student reads about the checks: the contracts promise what is judged, in both languages, in the words of the house.

#![allow(clippy::unwrap_used)]

use super::common::Day30;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const TARGETS: [&str; 7] =
    ["nonblock-server", "nonblock-client", "auth-server", "auth-client", "hmac", "socket-server", "socket-client"];

fn contract(target: &str, lang: &str) -> String {
    let page = Day30::new(["check", target, "--contract", "--lang", lang]).run().expect_code(0);
    // A sentence may go on in the next line.
    words(page.out(), lang)
}

/// A text without the breaks between its lines; a Chinese one without any space.
fn words(text: &str, lang: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(if lang == "zh" { "" } else { " " })
}

/// What a program can be failed for stands in its contract.
#[test]
fn a_contract_says_what_must_be_borne() {
    let servers = [
        ("65536 bytes are answered at once", "65536 字节的消息"),
        ("`q`, `quit`, `exit`, `bye` and an empty line", "`q`、`quit`、`exit`、`bye` 和空行"),
        ("So does U+FEFF", "开头的 U+FEFF"),
        ("While 40 clients are connected and silent", "有 40 个客户端连接着却不发送数据"),
        ("SHOULD work with 100 silent clients", "建议（SHOULD）：有 100 个时也一样"),
        ("silent for at least 10 seconds", "至少可以 10 秒不发送数据"),
        ("longer or shorter than its message", "可能比消息长，也可能比消息短"),
        ("queued because it has not read yet", "因为它还没读取而排队的那些"),
        ("stdout and stderr is up to you", "在标准输出和标准错误（stderr）上打印什么由你决定"),
    ];
    let auth_server = [
        ("256 bits", "256 位"),
        ("Each connection has its own challenge", "每个连接有自己的挑战值"),
        ("used up by its first answer", "收到第一个答案之后，挑战值就用完了"),
        ("whether that answer was accepted before or not", "不管它以前是否通过"),
        ("such as `refused` or `not ok`, text in uppercase", "`refused` 或 `not ok` 之类的拒绝信息、大写的文本"),
        ("waits at least 2 seconds for the whole answer", "至少用 2 秒等待整个答案"),
        ("day30 also starts it with another one", "day30 还会用另一个密钥启动它"),
    ];
    let auth_client = [
        ("Only the 32 bytes are hashed", "只对这 32 个字节求哈希"),
        ("also with a pause between them", "中间可以有停顿，因为 TCP"),
        ("within 1.5 seconds after the challenge", "挑战值到达之后 1.5 秒之内"),
    ];
    let clients = [
        ("A reply may be longer or shorter than its message", "回复可能比消息长，也可能比消息短"),
        ("A prompt or a label may come before it", "前面可以有提示符或标签"),
    ];
    let hmac = [("a label such as `HMAC-MD5: `", "`HMAC-MD5: ` 或 `digest=` 之类的标签")];
    promises(&["nonblock-server", "socket-server"], &servers);
    promises(&["auth-server"], &auth_server);
    promises(&["auth-client"], &auth_client);
    promises(&["nonblock-client", "socket-client"], &clients);
    promises(&["hmac"], &hmac);
}

/// That the contracts of these targets have each of these sentences, in English and in Chinese.
fn promises(targets: &[&str], sentences: &[(&str, &str)]) {
    for target in targets {
        let (en, zh) = (contract(target, "en"), contract(target, "zh"));
        for (english, chinese) in sentences {
            assert!(en.contains(english), "{target}: {english} is missing in {en}");
            assert!(zh.contains(&words(chinese, "zh")), "{target}: {chinese} is missing in {zh}");
        }
    }
}

/// A requirement that only one of the two languages has would judge half of the students by a rule they cannot read.
#[test]
fn both_languages_of_a_contract_require_the_same() {
    for target in TARGETS {
        let [en, zh] = ["en", "zh"].map(|lang| {
            let page = Day30::new(["check", target, "--contract", "--lang", lang]).run().expect_code(0);
            let count = |start: &str| page.out().lines().filter(|line| line.trim_start().starts_with(start)).count();
            // The legend at the top explains the word; each later one marks a recommendation.
            BTreeMap::from([
                ("headings", count("## ")),
                ("items", count("- ")),
                ("recommendations", page.out().matches("SHOULD").count()),
            ])
        });
        assert_eq!(en, zh, "{target}");
    }
}

/// The words that the house has given up, and those that stand for them now.
#[test]
fn the_lessons_keep_to_the_words_of_the_house() {
    let english = [
        ("line end", "newline"),
        ("upper case", "uppercase"),
        ("upper-case", "uppercase"),
        ("lower-case", "lowercase"),
        ("no text", "not valid UTF-8"),
        ("no UTF-8", "not valid UTF-8"),
        ("its own affair", "is up to you"),
        ("little end first", "little-endian"),
        ("for ever", "forever"),
        ("deaf", "cannot serve"),
        ("Whoever", "a client that"),
        ("given back", "released"),
        ("end its side", "shut down sending"),
        ("ended its side", "shut down sending"),
    ];
    let chinese = [
        ("可以更好", "建议"),
        ("由别人告知", "由启动者指定"),
        ("不是文本的", "不是有效的 UTF-8"),
        ("各得其所", "各自收到"),
        ("套接字", "socket"),
        ("低位在前", "小端序"),
        ("不作要求", "由你决定"),
        ("固定种子", "随机种子"),
    ];
    for (lang, words) in [("en", &english[..]), ("zh", &chinese[..])] {
        for (path, text) in pages(lang) {
            // An id stays what it was once called.
            let prose = text.lines().filter(|line| !line.starts_with("## ")).collect::<Vec<_>>().join(" ");
            let prose = prose.replace("for every", "");
            for (word, better) in words {
                assert!(!prose.contains(word), "{path}: \"{word}\" is written \"{better}\"");
            }
        }
    }
}

/// A space between Chinese and Latin letters or digits, and full-width punctuation behind Chinese. A formula such as `md5(密钥)`
/// closes its own bracket.
#[test]
fn chinese_pages_are_set_as_a_textbook_sets_them() {
    let is_chinese = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
    for (path, text) in pages("zh") {
        // Code is set as it is typed.
        let prose: String = text.split('`').step_by(2).collect::<Vec<_>>().join("`");
        for line in prose.lines().filter(|line| !line.starts_with("    ")) {
            for (one, next) in line.chars().zip(line.chars().skip(1)) {
                let touch = is_chinese(one) && next.is_ascii_alphanumeric()
                    || one.is_ascii_alphanumeric() && is_chinese(next)
                    || is_chinese(one) && ",;:?!(".contains(next);
                assert!(!touch, "{path}: \"{one}{next}\" in {line}");
            }
        }
    }
}

/// The pages about checks and the contracts of one language.
fn pages(lang: &str) -> Vec<(String, String)> {
    let lessons = Path::new(env!("CARGO_MANIFEST_DIR")).join("lessons").join(lang);
    let mut pages = Vec::new();
    for folder in ["checks", "contracts"] {
        for entry in fs::read_dir(lessons.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let is_about_causes = path.file_stem().is_some_and(|stem| stem == "causes");
            if !is_about_causes {
                pages.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(pages.len() >= TARGETS.len() + 5, "{lang}: only {} pages", pages.len());
    pages
}
