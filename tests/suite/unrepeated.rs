//! A secret that stands in the wrong place on the command line is in no error.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::common::Day30;

/// A word that stands nowhere by chance, and a secret of digits.
const SECRETS: [&str; 2] = ["Zebra7stripes", "907856341"];

/// What was typed, with S for the secret.
const MISTAKES: [&str; 31] = [
    "auth-client S",
    "auth-server S",
    "auth-client --secret x S",
    "auth-client --secert=S",
    "auth-client --secert S",
    "auth-client --S",
    "auth-client --secretS",
    "auth-client -S",
    "auth-client --secret -S",
    "auth-client --quiet=S --secret x",
    "auth-server --once=S --secret x",
    "auth-server --port S",
    "auth-server --port=S",
    "auth-server --buffer S",
    "auth-server --io S",
    "auth-server --idle-timeout S",
    "auth-client --scheme S",
    "auth-client --secret x --addr S",
    "auth-client --lang S --secret x",
    "auth-client --secret-file S",
    "auth-client --handshake-timeout S",
    "hmac S S",
    "hmac --key x S",
    "hmac --key x --msg y --verify S",
    "hmac --key-file S --msg y",
    "hmac --kye=S --msg y",
    "check auth-server --secert=S -- true",
    "check auth-server --secret x --hint S -- true",
    "check auth-client --secret x --report S -- true",
    "check auth-client --secret x --only S -- true",
    "check S -- true",
];

#[test]
fn an_error_does_not_repeat_what_was_typed_where_a_secret_is_taken() {
    for secret in SECRETS {
        for lang in ["en_US.UTF-8", "zh_CN.UTF-8"] {
            for mistake in MISTAKES {
                let words = mistake.split(' ').map(|word| word.replace('S', secret));
                let output = Day30::new(words).env("LC_ALL", lang).run();
                assert!(matches!(output.code, Some(2 | 3)), "{mistake}: {:?}", output.code);
                // The first letter of `-S` is as little repeated as the whole.
                let shown = format!("{}{}", output.stderr, output.out());
                assert!(
                    !shown.contains(secret) && !shown.contains(&format!("'-{}'", &secret[..1])),
                    "{mistake}: {shown}"
                );
                assert!(shown.len() > 20, "{mistake}: nothing was said");
            }
        }
    }
}

#[test]
fn what_is_wrong_is_said_all_the_same() {
    for (mistake, said) in [
        ("auth-client --secert=S", "--secret"),
        ("auth-server --io S", "spin, poll, threads"),
        ("auth-server --port S", "--port <PORT>"),
        ("auth-client --scheme md4", "hmac-sha256"),
        ("check auth-serve -- true", "auth-server"),
    ] {
        Day30::new(mistake.split(' ')).run().expect_code(2).expect_stderr(said).expect_stderr("is not repeated here");
    }
    let chinese = Day30::new(["auth-client", "S"]).env("LC_ALL", "zh_CN.UTF-8");
    chinese.run().expect_code(2).expect_stderr("这里不重复显示");
    // There, nothing is secret, and the word helps.
    for mistake in ["socket-client Zebra", "nonblock-server --io Zebra", "Zebra", "race --clients Zebra"] {
        Day30::new(mistake.split(' ')).run().expect_code(2).expect_stderr("Zebra");
    }
}

/// A path is named, unless it may be the secret itself.
#[test]
fn a_secret_file_that_is_not_there_is_named_if_it_looks_like_a_file() {
    let run = |path: &str| Day30::new(["auth-client", "--secret-file", path]).run().expect_code(3);
    run("./Zebra").expect_stderr("./Zebra");
    run("Zebra.txt").expect_stderr("Zebra.txt");
    assert!(!run("Zebra").expect_stderr("--secret takes the text itself").stderr.contains("Zebra"));
}
