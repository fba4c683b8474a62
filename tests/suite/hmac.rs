//! Lesson 3 from outside: `day30 hmac`, its formats, its verdict, its steps and its errors.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::{Day30, Output, python};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;

/// The notes' example, in their own words.
const PYTHON: &str = r"b'(\x0c\xe2H\xe8H\xbc\xd4\xe5\xa3\x1a\x03h)\xd1\x85'";
const HEX: &str = "280ce248e848bcd4e5a31a036829d185";
const RAW: &[u8] = b"(\x0c\xe2H\xe8H\xbc\xd4\xe5\xa3\x1a\x03h)\xd1\x85";
const REMARK: &str =
    "md5, as in the notes; since Python 3.8 it must be named: hmac.new(b'asd', b'sad', digestmod='md5')\n";

fn hmac(args: &[&str]) -> Day30 {
    Day30::new(["hmac"]).args(args)
}

/// The notes' key and message, and more.
#[track_caller]
fn of_the_notes(more: &[&str]) -> Output {
    hmac(&["--key", "asd", "--msg", "sad"]).args(more).run()
}

/// A file that is gone when the test is over.
struct File(PathBuf);

impl File {
    fn new(name: &str, bytes: &[u8]) -> Self {
        let path = std::env::temp_dir().join(format!("day30-hmac-{}-{name}", std::process::id()));
        fs::write(&path, bytes).unwrap();
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[test]
fn the_notes_example_is_printed_letter_for_letter() {
    let output = of_the_notes(&[]).expect_code(0);
    assert_eq!(output.out(), format!("{PYTHON}\n{HEX}\nlength 16\n"));
    assert_eq!(output.stderr, REMARK);
}

#[test]
fn every_format_is_the_same_digest() {
    for (format, expected) in [
        ("all", format!("{PYTHON}\n{HEX}\nlength 16\n").as_bytes()),
        ("python", format!("{PYTHON}\n").as_bytes()),
        ("hex", format!("{HEX}\n").as_bytes()),
        ("base64", b"KAziSOhIvNTloxoDaCnRhQ==\n"),
        ("raw", RAW),
    ] {
        let output = of_the_notes(&["--format", format]).expect_code(0);
        assert_eq!(output.stdout, expected, "{format}: {}", String::from_utf8_lossy(&output.stdout));
    }
}

/// md5 is only what is taken when nothing is said; then that is said.
#[test]
fn the_digest_that_was_not_named_is_named_on_stderr() {
    assert_eq!(of_the_notes(&[]).expect_code(0).stderr, REMARK);
    assert_eq!(of_the_notes(&["--verify", HEX]).expect_code(0).stderr, REMARK);
    for more in [&["--digest", "md5"][..], &["--quiet"], &["-q", "--explain"]] {
        assert_eq!(of_the_notes(more).expect_code(0).stderr, "", "{more:?}");
    }
}

/// The remark says what Python 3.8 and later want: that they refuse the notes' line, and what they print for ours.
#[test]
fn the_remark_on_python_is_true() {
    if !crate::common::have("python3") {
        return;
    }
    let python = |line: &str| {
        let mut python = python();
        python.args(["-c", &format!("import hmac; print({line}.digest())")]);
        Day30::of(python).run()
    };
    python("hmac.new(b'asd', b'sad')").expect_code(1).expect_stderr("TypeError: Missing required");
    let line = REMARK.trim_end().rsplit_once(": ").unwrap().1;
    assert_eq!(python(line).expect_code(0).out(), format!("{PYTHON}\n"));
}

/// Every entry of the list, as a person would have it computed: key and message in files, since they are bytes.
#[test]
fn every_digest_can_be_named_and_gives_the_published_code() {
    let vectors: Value = serde_json::from_str(include_str!("../hmac_vectors.json")).unwrap();
    for digest in ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"] {
        let published = vectors["hmac"].as_array().unwrap().iter().filter(|entry| entry["alg"] == digest);
        let published: Vec<_> = published.filter(|entry| !entry["id"].as_str().unwrap().starts_with("edge")).collect();
        assert!(published.len() >= 6, "{digest}: only {} entries", published.len());
        for entry in published {
            let bytes = |field: &str| base16ct::lower::decode_vec(entry[field].as_str().unwrap()).unwrap();
            let (key, message) = (File::new(&format!("{digest}-key"), &bytes("key")), bytes("msg"));
            let run = hmac(&["--digest", digest, "--format", "hex", "--key-file", key.path(), "--file", "-"]);
            let output = run.stdin(message).run().expect_code(0);
            assert_eq!(output.out().trim_end(), entry["mac"].as_str().unwrap(), "{entry}");
        }
    }
}

#[test]
fn key_and_message_come_from_options_files_or_stdin_byte_for_byte() {
    let (key, message) = (File::new("key", b"asd"), File::new("message", b"sad"));
    for (more, stdin) in [
        (["--key", "asd", "--msg", "sad"], ""),
        (["--key-file", key.path(), "--msg", "sad"], ""),
        (["--key", "asd", "--file", message.path()], ""),
        (["--key-file", key.path(), "--file", message.path()], ""),
        (["--key-file", "-", "--file", message.path()], "asd"),
        (["--key-file", key.path(), "--file", "-"], "sad"),
    ] {
        let output = hmac(&more).args(["--format", "hex"]).stdin(stdin).run().expect_code(0);
        assert_eq!(output.out().trim_end(), HEX, "{more:?}");
    }
    // Unlike lesson 2's secret, a key is taken with the line end behind it: what is hashed is what is in the file.
    let line = File::new("line", b"asd\n");
    let output = hmac(&["--key-file", line.path(), "--msg", "sad", "--format", "hex"]).run().expect_code(0);
    assert_eq!(output.out().trim_end(), crate::common::auth::hmac_md5_hex(b"asd\n", b"sad"));
    let output = hmac(&["--key", "钥匙", "--msg", "消息", "--format", "hex"]).run().expect_code(0);
    assert_eq!(output.out().trim_end(), crate::common::auth::hmac_md5_hex("钥匙".as_bytes(), "消息".as_bytes()));
    // An empty key and an empty message are a key and a message.
    let output = hmac(&["--key", "", "--msg", "", "--format", "hex"]).run().expect_code(0);
    assert_eq!(output.out().trim_end(), "74e6f7298a9c2d168935f58c001bad88");
}

#[test]
fn only_the_whole_digest_verifies_in_either_case() {
    for right in [HEX.to_owned(), HEX.to_uppercase(), "280CE248e848bcd4e5a31a036829D185".to_owned()] {
        let output = of_the_notes(&["-q", "--verify", &right]).expect_code(0);
        assert_eq!((output.out(), output.stderr.as_str()), ("ok\n", ""), "{right}");
    }
    let longer = format!("{HEX}00");
    let wrong_bit = HEX.replacen('2', "3", 1);
    let sha256 = crate::common::auth::hmac_sha256_hex(b"asd", b"sad");
    for wrong in [&wrong_bit, "", "28", &HEX[..30], &longer, &"0".repeat(32), &sha256, &HEX[2..]] {
        let output = of_the_notes(&["-q", "--verify", wrong]).expect_code(1);
        assert_eq!((output.out(), output.stderr.as_str()), ("", "error: the digest differs\n"), "{wrong:?}");
    }
    for no_hex in [&HEX[..31], "2", "zz", " 28", "0x28", "28 0c", "２８", "28\n", "\u{1b}[2J"] {
        let output = of_the_notes(&["-q", "--verify", no_hex]).expect_code(2);
        let output = output.expect_stderr("error: --verify needs a digest in hex, two digits for each byte");
        assert!(!output.stderr.contains('\u{1b}'), "{:?}", output.stderr);
    }
}

#[test]
fn a_verified_message_may_come_from_stdin() {
    let run = |message: &str| hmac(&["--key", "asd", "--file", "-", "--verify", HEX]).stdin(message).run();
    run("sad").expect_code(0);
    run("sad\n").expect_code(1).expect_stderr("error: the digest differs\n");
}

#[test]
fn explain_shows_each_step_with_its_bytes_and_then_the_digest() {
    let output = of_the_notes(&["--explain"]).expect_code(0);
    let row = |byte: &str| vec![byte; 16].join(" ");
    let steps = [
        "HMAC-md5 = md5(outer pad + md5(inner pad + message))      RFC 2104\n".to_owned(),
        "\n1 key, 3 bytes\n    61 73 64\n".to_owned(),
        format!("\n2 padded key: filled with 00 to one block of md5, 64 bytes\n    61 73 64 {}\n", &row("00")[9..]),
        format!("\n3 inner pad: each byte of 2 XOR 0x36\n    57 45 52 {}\n    {1}\n    {1}\n    {1}\n", &row("36")[9..], row("36")),
        format!("\n4 outer pad: each byte of 2 XOR 0x5c\n    3d 2f 38 {}\n    {1}\n    {1}\n    {1}\n", &row("5c")[9..], row("5c")),
        "\n5 inner hash: md5 of 3 and then the message (\"sad\", 3 bytes)\n    3e ad 10 e4 02 ef a8 8c 52 8f 8a 6a af 0a 96 08\n".to_owned(),
        "\n6 outer hash: md5 of 4 and then 5. This is the HMAC\n    28 0c e2 48 e8 48 bc d4 e5 a3 1a 03 68 29 d1 85\n".to_owned(),
        "\nBecause of step 2, a key and the same key with 00 bytes added give the same HMAC.\n".to_owned(),
        format!("\n{PYTHON}\n{HEX}\nlength 16\n"),
    ];
    let mut rest = output.out();
    for step in steps {
        let start = rest.find(&step).unwrap_or_else(|| panic!("{step} is not where it should be:\n{}", output.out()));
        rest = &rest[start + step.len()..];
    }
    assert_eq!(rest, "");
}

/// A key longer than the block is hashed, one as long as it is neither hashed nor filled: no remark on zero bytes then.
#[test]
fn explain_says_what_becomes_of_a_long_key() {
    let explain =
        |length: usize| hmac(&["--key", &"k".repeat(length), "--msg", "sad", "--explain"]).run().expect_code(0);
    let (short, whole, long) = (explain(63), explain(64), explain(65));
    let zeros = "Because of step 2, a key and the same key with 00 bytes added give the same HMAC.";
    assert!(short.out().contains(zeros));
    assert!(!whole.out().contains(zeros) && !long.out().contains(zeros));
    assert!(whole.out().contains("1 key, 64 bytes\n"));
    let hashed = "2 padded key: longer than a block, so md5(key) is used instead, filled with 00 to 64 bytes\n";
    assert!(long.out().contains(hashed) && !whole.out().contains("longer than a block"), "{}", long.out());
    let digest = crate::common::auth::md5_hex(&["k".repeat(65).as_bytes()]);
    let bytes: Vec<_> = digest.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap()).collect();
    assert!(long.out().contains(&format!("{hashed}    {}\n", bytes.join(" "))), "{}", long.out());
}

#[test]
fn what_makes_no_sense_is_a_usage_error() {
    for (args, words) in [
        (
            &["--key", "a", "--msg", "b", "--digest", "md6"][..],
            "possible values: md5, sha1, sha224, sha256, sha384, sha512",
        ),
        (&["--key", "a", "--msg", "b", "--digest", ""], "possible values: md5,"),
        (&["--key", "a", "--msg", "b", "--format", "octal"], "possible values: all, python, hex, base64, raw"),
        (&["--key", "a"], "--msg <TEXT> or --file <PATH>"),
        (&["--msg", "a"], "--key <TEXT> or --key-file <PATH>"),
        (&["--key", "a", "--key-file", "b", "--msg", "c"], "cannot be used with"),
        (&["--key", "a", "--msg", "b", "--file", "c"], "cannot be used with"),
        (&["--key", "a", "--msg", "b", "--verify", HEX, "--explain"], "cannot be used with"),
        (&["--key-file", "-", "--file", "-"], "the key and the message cannot both come from stdin"),
    ] {
        let output = hmac(args).run().expect_code(2).expect_stderr(words);
        assert_eq!(output.out(), "", "{args:?}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let (folder, large) = (std::env::temp_dir(), File::new("large-key", &vec![b'x'; (1 << 20) + 1]));
    let (folder, missing) = (folder.to_str().unwrap(), folder.join("day30-no-such-file"));
    let missing = missing.to_str().unwrap();
    for path in [folder, missing, large.path()] {
        let output = hmac(&["--key-file", path, "--msg", "b"]).run().expect_code(3);
        assert_eq!(output.out(), "");
        output.expect_stderr(&format!("error: cannot read the key from {path}: "));
    }
    for path in [folder, missing] {
        for more in [&[][..], &["--verify", HEX], &["--explain"]] {
            let output = hmac(&["--key", "a", "--file", path]).args(more).run().expect_code(3);
            assert_eq!(output.out(), "");
            output.expect_stderr(&format!("error: cannot read the message from {path}: "));
        }
    }
}
