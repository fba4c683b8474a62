//! What is said when something is typed or done wrong, and that whoever reads Chinese reads Chinese everywhere.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::peer::Peer;
use crate::common::{COMMANDS, Day30, Output, upper_server};
use std::net::TcpListener;

fn is_chinese(text: &str) -> bool {
    text.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter))
}

/// In both languages.
fn run(args: &[&str]) -> [Output; 2] {
    ["en", "zh"].map(|lang| Day30::new(args).env("DAY30_LANG", lang).run())
}

/// A mistake that is answered with exit code `code` and with `advice`, in both languages, and without a word of Rust's.
#[track_caller]
fn assert_advice(args: &[&str], code: i32, advice: &str) {
    let [en, zh] = run(args).map(|output| output.expect_code(code).expect_stderr(advice));
    let [en_error, zh_error] = [(&en, "error: "), (&zh, "错误：")].map(|(output, begin)| {
        // A client narrates before what it tried to do.
        let mut lines = output.stderr.lines().skip_while(|line| !line.starts_with(begin));
        lines.next().unwrap_or_else(|| panic!("no error in:\n{}", output.stderr)).to_owned()
    });
    assert!(!is_chinese(&en_error), "{en_error}");
    assert!(is_chinese(zh_error.trim_start_matches("错误")), "{zh_error}");
    for output in [en, zh] {
        assert_eq!(output.out(), "", "it began all the same");
        for rusts in [
            "invalid digit",
            "18446744073709551615",
            "os error",
            "ConnectionRefused",
            "..=",
            "invalid value",
            "unexpected argument",
        ] {
            assert!(!output.stderr.contains(rusts), "{rusts}: {}", output.stderr);
        }
    }
}

#[test]
fn a_port_that_is_none() {
    for command in ["nonblock-server", "socket-client", "auth-server"] {
        for port in ["-1", "70000", "abc", "", "1.5", "٣"] {
            assert_advice(&[command, "--port", port], 2, "--port 9000");
            assert_advice(&[command, &format!("--port={port}")], 2, "--port 9000");
        }
    }
    assert_advice(&["check", "nonblock-server", "--port", "0", "--", "x"], 2, "--port 9000");
}

#[test]
fn a_number_or_a_time_that_is_none() {
    for (option, advice) in [("--count=0", "1"), ("--count=-5", "1"), ("--count=x", "1"), ("--every=soon", "300ms")] {
        assert_advice(&["nonblock-client", option], 2, advice);
    }
    assert_advice(&["nonblock-server", "--buffer=0"], 2, "1048576");
    assert_advice(&["race", "--rounds=0"], 2, "100");
    assert_advice(&["race", "--seconds=no"], 2, "0.4");
}

#[test]
fn a_value_that_begins_like_an_option() {
    assert_advice(&["hmac", "--key", "a", "--msg", "-x"], 2, "--msg=-x");
    assert_advice(&["nonblock-client", "--message", "--hello"], 2, "--message=--hello");
    assert_advice(&["nonblock-client", "--every", "-1s"], 2, "--every=-1s");
}

#[test]
fn an_address_without_its_option() {
    assert_advice(&["socket-client", "127.0.0.1", "9000"], 2, "--addr 127.0.0.1:9000");
    assert_advice(&["nonblock-client", "localhost:9000"], 2, "--addr localhost:9000");
    assert_advice(&["nonblock-server", "9000"], 2, "--port 9000");
}

#[test]
fn an_address_that_is_none() {
    for address in ["http://127.0.0.1:9000", "https://example.org", "tcp://localhost:9000/"] {
        assert_advice(&["socket-client", "--addr", address], 2, "HOST:PORT");
        assert_advice(&["nonblock-server", "--addr", address], 2, "--addr 127.0.0.1:9000");
    }
    for address in ["127.0.0.1", "::1:9000", ":9000", "localhost:http"] {
        assert_advice(&["nonblock-client", "--addr", address], 2, "--addr 127.0.0.1:9000");
    }
}

#[test]
fn a_slip_of_the_finger() {
    assert_advice(&["nonblock-serve"], 2, "'nonblock-server'");
    assert_advice(&["nonblock-server", "--prot", "9000"], 2, "'--port'");
    assert_advice(&["nonblock-server", "--io", "pol"], 2, "'poll'");
    assert_advice(&["check", "nonblock-server", "python3", "x.py"], 2, " -- python3 x.py");
    assert_advice(&["hmac", "--key", "a"], 2, "--msg");
    assert_advice(&["nonblock-client", "--port", "9000", "--addr", "127.0.0.1:9000"], 2, "--addr");
    assert_advice(&["nonblock-client", "--message"], 2, "--message");
}

/// What is typed behind a command that takes a secret may be the secret.
#[test]
fn a_secret_in_the_wrong_place_is_not_repeated() {
    for command in ["auth-server", "auth-client", "hmac", "check"] {
        for words in
            [&["S3CRET"][..], &["--secert=S3CRET"], &["--secret", "-S3CRET"], &["--scheme", "S3CRET"], &["-S3CRET"]]
        {
            for output in run(&[&[command], words].concat()) {
                let output = output.expect_code(2);
                assert!(!output.stderr.contains("S3CRET"), "{command} {words:?}: {}", output.stderr);
            }
        }
    }
    assert_advice(&["auth-client", "S3CRET"], 2, "--secret");
    assert_advice(&["auth-client", "--secert=x"], 2, "'--secret'");
}

/// A resolver that is asked for a name in `.invalid` never has one (RFC 6761).
#[test]
fn a_host_that_nobody_knows() {
    for client in ["nonblock-client", "socket-client"] {
        let args = [client, "--addr", "no-such-host.invalid:9000"];
        assert_advice(&args, 1, "'no-such-host.invalid'");
        let [en, _] = run(&args);
        assert!(!en.stderr.contains("firewall") && !en.stderr.contains("try: "), "{}", en.stderr);
    }
    assert_advice(&["nonblock-server", "--addr", "no-such-host.invalid:0"], 3, "--addr 127.0.0.1:9000");
}

#[test]
fn a_server_that_listens_on_another_address_of_this_machine() {
    let server = upper_server("poll", &[]);
    let there = format!("--addr 127.0.0.1:{}", server.port());
    for host in ["127.0.0.2", "[::1]"] {
        let address = format!("{host}:{}", server.port());
        // A machine may have no IPv6, and then cannot say more than that.
        if host == "[::1]" && TcpListener::bind("[::1]:0").is_err() {
            continue;
        }
        assert_advice(&["socket-client", "--addr", &address], 1, &there);
    }
}

#[test]
fn nobody_listens_or_somebody_else_does() {
    let port = Peer::listening().port();
    assert_advice(&["socket-client", "--port", &port], 1, &format!("day30 socket-server --port {port}"));
    let server = upper_server("poll", &[]);
    assert_advice(&["nonblock-server", "--port", &server.port()], 3, "--port 0");
}

#[test]
fn a_file_that_cannot_be_read() {
    assert_advice(&["hmac", "--key-file", "/no/such/file", "--msg", "a"], 3, "/no/such/file");
    assert_advice(&["auth-client", "--secret-file", "/"], 3, "/");
    assert_advice(&["auth-client"], 2, "--secret luwei");
}

#[test]
fn help_is_in_chinese_for_every_command() {
    let helps = COMMANDS.iter().map(|command| vec![*command, "--help"]).chain([vec![], vec!["--help"], vec!["-h"]]);
    for args in helps {
        let help = Day30::new(&args).args(["--lang", "zh"]).run().expect_code(0);
        let english =
            ["Usage", "Options", "Commands", "Arguments", "default", "possible values", "Print", "Examples", "Exit"];
        for word in english.into_iter().filter(|word| !args.is_empty() || *word != "Print") {
            assert!(!help.out().contains(word), "{args:?}: {word} in:\n{}", help.out());
        }
        // Every option has its text.
        let options = help.out().lines().filter(|line| line.trim_start().starts_with("--"));
        for line in options.filter(|line| line.trim().contains("  ")) {
            assert!(is_chinese(line), "{args:?}: {line}");
        }
    }
}

/// The system's language alone is enough; what is asked for wins.
#[test]
fn the_language_is_the_systems_unless_another_is_asked_for() {
    let start = |environment: &[(&str, &str)], args: &[&str]| {
        let day30 = Day30::new(args).env("LC_ALL", "");
        let day30 = environment.iter().fold(day30, |day30, (name, value)| day30.env(name, value));
        is_chinese(day30.run().expect_code(0).out())
    };
    assert!(start(&[("LANG", "zh_CN.UTF-8")], &[]));
    assert!(start(&[("LC_MESSAGES", "zh_CN.UTF-8"), ("LANG", "en_US.UTF-8")], &[]));
    assert!(start(&[("DAY30_LANG", "zh")], &["--help"]));
    assert!(start(&[("LANG", "en_US.UTF-8")], &["hmac", "--help", "--lang=zh"]));
    assert!(!start(&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "C")], &[]));
    assert!(!start(&[("LANG", "zh_CN.UTF-8")], &["--lang", "en", "--help"]));
    assert!(!start(&[], &[]));
}

#[test]
fn hmac_is_explained_in_chinese() {
    let hmac = Day30::new(["hmac", "--key", "asd", "--msg", "sad", "--explain", "--lang", "zh"]).run().expect_code(0);
    for step in ["1 密钥", "2 补齐的密钥", "3 内层填充", "4 外层填充", "5 内层哈希", "6 外层哈希"]
    {
        assert!(hmac.out().contains(step), "{step} in:\n{}", hmac.out());
    }
    assert!(is_chinese(&hmac.stderr), "{}", hmac.stderr);
}

/// Lesson 1 from its first line to its summary, for a person who reads only Chinese.
#[cfg(unix)]
#[test]
fn lesson_1_is_in_chinese() {
    let server = Day30::new(["nonblock-server", "--port", "0"]).env("LC_ALL", "zh_CN.UTF-8").serve();
    let client = Day30::new(["nonblock-client", "--count", "1", "--port", &server.port()]).env("LC_ALL", "zh_CN.UTF-8");
    let client = client.run().expect_code(0).expect_stderr("共发送 7 字节，收到 7 字节");
    assert_eq!(client.out(), "CLENT11\n");
    let output = server.stop().expect_stderr("对方已关闭发送（EOF）").expect_stderr("暂无连接（EAGAIN）");
    assert!(output.stderr.contains("\n结束    eof 1\n"), "{}", output.stderr);
}

/// Two English words in a row, where no Chinese stands beside them: a sentence that was not translated.
fn is_untranslated(line: &str) -> bool {
    let is_word = |word: &str| word.len() > 1 && word.chars().all(|letter| letter.is_ascii_alphabetic());
    let words: Vec<_> = line.split_whitespace().collect();
    !is_chinese(line) && words.windows(2).any(|two| two.iter().all(|word| is_word(word)))
}

#[test]
fn a_chinese_help_and_a_chinese_manual_page_are_chinese() {
    assert!(is_untranslated("  -h, --help  Print help") && !is_untranslated("[可选值：auto, always, never]"));
    let pages = COMMANDS.iter().flat_map(|command| [vec![*command, "--help"], vec!["man", command]]);
    for page in pages.chain([vec!["--help"], vec!["man"]]) {
        let output = Day30::new(&page).env("DAY30_LANG", "zh").run().expect_code(0);
        // Lines of commands, and the headings that name the page, are the same in every language.
        let lines = output.out().lines().filter(|line| !line.contains("day30") && !line.starts_with(".TH"));
        for line in lines.map(|line| line.replace("<MiB>", "")) {
            let has_name =
                line.split(['<', '[']).skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()));
            assert!(!is_untranslated(&line) && !has_name, "{page:?}: {line}");
        }
    }
}
