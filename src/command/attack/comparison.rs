//! How a program compares, by its text. From outside nobody can tell: against a challenge that is new each time there is no time to
//! measure. So this is a remark, and no verdict.

use day30::both;
use day30::lang::Text;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// What compares in a time that does not depend on the content: Python's, Node's, Java's, Go's (two), C's (OpenSSL's, BSD's) and Rust's.
const CONSTANT_TIME: [&str; 8] = [
    "compare_digest",
    "timingSafeEqual",
    "MessageDigest.isEqual",
    "hmac.Equal",
    "ConstantTimeCompare",
    "CRYPTO_memcmp",
    "timingsafe_bcmp",
    "ct_eq",
];
/// What a source file's name ends in.
const SOURCES: [&str; 10] = ["py", "js", "mjs", "ts", "java", "go", "rs", "c", "cc", "rb"];
/// No program of lesson 2 is longer.
const MOST_BYTES: u64 = 1024 * 1024;

/// What the first source file that the command names says of its comparison; `None` if it names none.
pub(super) fn seen_in(command: &[String]) -> Option<Text> {
    let path = command.iter().map(Path::new).find(|path| is_source(path))?;
    let mut text = Vec::new();
    File::open(path).ok()?.take(MOST_BYTES).read_to_end(&mut text).ok()?;
    let (text, file) = (String::from_utf8_lossy(&text), path.file_name()?.to_string_lossy().into_owned());
    Some(told(&file, CONSTANT_TIME.into_iter().find(|name| text.contains(name))))
}

fn is_source(path: &Path) -> bool {
    let ends = path.extension().and_then(|end| end.to_str());
    ends.is_some_and(|end| SOURCES.contains(&end)) && path.is_file()
}

fn told(file: &str, found: Option<&str>) -> Text {
    match found {
        Some(name) => both!(
            "How long the comparison takes cannot be judged from outside: each challenge is new, so there is nothing to measure. The text of {file} has {name} in it, which takes equally long whatever was sent.",
            "比较用了多久，从外面判断不了：挑战值每次都新，没有可测的东西。{file} 的代码里有 {name}，无论对方发来什么，它用的时间都一样。"
        ),
        None => both!(
            "How long the comparison takes cannot be judged from outside: each challenge is new, so there is nothing to measure. But the text of {file} has no comparison in constant time in it: == stops at the first wrong digit. Compare with hmac.compare_digest (Python), crypto.timingSafeEqual (Node.js) or MessageDigest.isEqual (Java); day30 break timing shows why.",
            "比较用了多久，从外面判断不了：挑战值每次都新，没有可测的东西。但 {file} 的代码里没有用时恒定的比较：== 遇到第一个错误就停。请改用 hmac.compare_digest（Python）、crypto.timingSafeEqual（Node.js）或 MessageDigest.isEqual（Java）；原因见 day30 break timing。"
        ),
    }
}
