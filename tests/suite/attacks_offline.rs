//! `day30 break dictionary --session FILE`: a login that day30 has recorded, attacked at home.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::record::RecordFile;
use crate::common::tapped::tap;
use crate::common::{Day30, Output};
use std::fs;
use unicode_width::UnicodeWidthStr;

/// One login, as the server, a tap and the client have recorded it.
fn login(server_knows: &str, client_knows: &str, options: &[&str]) -> [RecordFile; 3] {
    let files = [RecordFile::new(), RecordFile::new(), RecordFile::new()];
    let record = |place: usize| ["--record", files[place].arg()];
    let server = ["auth-server", "--port=0", "--once", "--quiet", "--secret", server_knows];
    let server = Day30::new(server).args(record(0)).args(options).serve();
    let tap = tap(&server.port(), &[&["--quiet"][..], &record(1)].concat());
    let client = ["auth-client", "--seen=off", "--quiet", "--secret", client_knows, "--port", &tap.port()];
    Day30::new(client).args(record(2)).args(options).run().expect_code(0);
    server.running.wait();
    tap.running.interrupt().expect_code(0);
    files
}

fn guess(file: &str) -> Day30 {
    Day30::new(["break", "dictionary", "--session", file])
}

#[track_caller]
fn assert_found(output: Output, way: &str) {
    let output = output.expect_code(0);
    let out = output.out();
    for line in out.lines() {
        assert!(line.width() <= 80, "{} columns: {line}", line.width());
    }
    let told = out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("The attacker wins: the recorded answer is that of the secret luwei"), "{out}");
    assert!(told.contains(way) && told.contains("one login in it") && told.contains("guesses a second"), "{out}");
}

#[test]
fn the_secret_of_a_recorded_login_is_guessed_whoever_recorded_it() {
    let prefix = login("luwei", "luwei", &[]);
    for file in &prefix {
        assert_found(guess(file.arg()).run(), "MD5(secret + challenge), prefix");
    }
    let [server, ..] = login("luwei", "luwei", &["--scheme", "hmac-md5"]);
    assert_found(guess(server.arg()).run(), "HMAC-MD5(secret, challenge)");
    let [_, tap, _] = login("luwei", "luwei", &["--handshake", "bound"]);
    assert_found(guess(tap.arg()).run(), "bound, for the server \"day30\"");

    let words = RecordFile::new();
    fs::write(words.path(), "password\nLuwei\n").unwrap();
    let told = guess(prefix[0].arg()).args(["--words", words.arg()]).run().expect_code(1);
    assert!(told.out().contains("The attacker fails: none of the 2 words fits"), "{}", told.out());
    let told = guess(prefix[0].arg()).args(["--lang", "zh"]).run().expect_code(0);
    assert!(told.out().contains("攻击者赢了：录下的答案是用密钥 luwei 算的"), "{}", told.out());

    // The server's secret is another: what was found is the client's.
    let [server, _, client] = login("another", "luwei", &[]);
    let told = guess(server.arg()).run().expect_code(0);
    assert!(told.out().contains("refused this login"), "{}", told.out());
    assert_found(guess(client.arg()).run(), "prefix");
}

/// The notes' own client, watched.
#[test]
#[cfg(target_os = "linux")]
fn a_watched_program_has_recorded_one_too() {
    use crate::common::have;
    use crate::common::watched::watch;
    if !have("python3") {
        return;
    }
    let server = Day30::new(["auth-server", "--port=0", "--once", "--quiet", "--secret=luwei"]).serve();
    let (file, program) = (RecordFile::new(), format!("{}/tests/notes/2_auth_client.py", env!("CARGO_MANIFEST_DIR")));
    let run = "import sys; exec(open(sys.argv[1]).read().replace('9000', sys.argv[2]))";
    watch(&["--record", file.arg()], &["python3", "-c", run, &program, &server.port()]).run().expect_code(0);
    server.running.wait().expect_code(0);
    assert_found(guess(file.arg()).run(), "MD5(secret + challenge), prefix");
}

#[test]
fn a_record_without_a_login_is_refused_and_one_that_is_cut_off_is_used_as_far_as_it_goes() {
    let [server, ..] = login("luwei", "luwei", &[]);
    let (whole, file) = (fs::read_to_string(server.path()).unwrap(), RecordFile::new());
    let with = |text: &str| {
        fs::write(file.path(), text).unwrap();
        guess(file.arg()).run()
    };
    let behind = |part: &str| whole.find(part).unwrap() + part.len();
    // In the middle of a line behind the answer, and before it.
    let after = with(&whole[..behind("\"ended\"")]);
    assert!(after.stderr.contains("ends in the middle of line"), "{}", after.stderr);
    assert_found(after, "prefix");
    let before = with(&whole[..behind("\"call\":\"recv\"")]).expect_code(1);
    for part in ["ends in the middle of line", "no complete login of lesson 2", "--once --record login.jsonl"] {
        assert!(before.stderr.contains(part), "{part} in:\n{}", before.stderr);
    }
    assert_eq!(before.out(), "");

    let header = whole.lines().next().unwrap().replace("auth-server", "socket-server");
    with(&(header + "\n")).expect_code(1).expect_stderr("which was written by socket-server");
    with("hello\n").expect_code(1).expect_stderr("it is not a record of day30");
    with("").expect_code(1).expect_stderr("it is not a record of day30");
    guess("/no/such/record.jsonl").run().expect_code(3).expect_stderr("/no/such/record.jsonl");
    Day30::new(["break", "relay", "--session", server.arg()]).run().expect_code(2).expect_stderr("only for dictionary");
    for more in [["--handshake", "hmac"], ["--record", "x.jsonl"]] {
        guess(server.arg()).args(more).run().expect_code(2);
    }
    guess(server.arg()).args(["--", "python3", "x.py"]).run().expect_code(2);
}
