//! Where the secret comes from, and where it never goes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::auth::{closed_port, hex, md5_hex, packed};
use crate::common::{Day30, Output, Serving, on_every_model, read_to_end};
use std::fs;
use std::io::Write;
use std::path::PathBuf;

on_every_model!(the_secret_is_in_no_output_and_in_no_record);

/// A secret that stands nowhere by chance.
const SECRET: &str = "Zebra-7-stripes";

/// A file that is gone when the test is over.
struct File(PathBuf);

impl File {
    fn new(name: &str, bytes: &[u8]) -> Self {
        let path = std::env::temp_dir().join(format!("day30-secret-{}-{name}", std::process::id()));
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

fn server() -> Day30 {
    Day30::new(["auth-server", "--port", "0"])
}

/// That this server's secret is exactly these bytes.
#[track_caller]
fn assert_secret(server: Day30, secret: &[u8]) {
    let server = server.arg("--once").serve();
    let (mut stream, challenge) = server.asked();
    stream.write_all(&packed(md5_hex(&[secret, &challenge]))).unwrap();
    assert_eq!(read_to_end(&mut stream), b"");
    drop(stream);
    let output = server.running.wait().expect_code(0);
    assert!(output.out().ends_with("\nok\n"), "{}", output.out());
}

#[test]
fn the_secret_comes_from_an_option_a_file_stdin_or_the_environment() {
    let file = File::new("plain", b"from the file");
    assert_secret(server().args(["--secret", SECRET]), SECRET.as_bytes());
    assert_secret(server().args(["--secret-file", file.path()]), b"from the file");
    assert_secret(server().args(["--secret-file", "-"]).stdin("from stdin\n"), b"from stdin");
    assert_secret(server().env("DAY30_SECRET", "from outside"), b"from outside");
    // What is typed counts more than what lies around.
    assert_secret(server().env("DAY30_SECRET", "from outside").args(["--secret", SECRET]), SECRET.as_bytes());
    assert_secret(server().env("DAY30_SECRET", "from outside").args(["--secret-file", file.path()]), b"from the file");
}

#[test]
fn one_line_end_behind_the_secret_in_a_file_does_not_count_and_every_other_byte_does() {
    for (name, in_the_file, secret) in [
        ("unix", &b"luwei\n"[..], &b"luwei"[..]),
        ("windows", b"luwei\r\n", b"luwei"),
        ("two", b"luwei\n\n", b"luwei\n"),
        ("return", b"luwei\r", b"luwei\r"),
        ("spaces", b" luwei ", b" luwei "),
        ("binary", b"\xff\x00\n\x80", b"\xff\x00\n\x80"),
        ("chinese", "路威\n".as_bytes(), "路威".as_bytes()),
    ] {
        let file = File::new(name, in_the_file);
        assert_secret(server().args(["--secret-file", file.path()]), secret);
    }
}

/// Both commands, run without a server or a client being there: the secret is missing before anything else is.
fn both(prepare: impl Fn(Day30) -> Day30) -> [(&'static str, Output); 2] {
    ["auth-server", "auth-client"].map(|command| (command, prepare(Day30::new([command, "--port", "9"])).run()))
}

#[test]
fn without_a_secret_the_error_shows_what_to_type() {
    for (command, output) in both(|run| run) {
        let output = output.expect_code(2);
        assert_eq!(output.out(), "");
        output
            .expect_stderr(&format!("error: {command} needs the secret that both sides share; there is no default\n"))
            .expect_stderr(&format!("  type: day30 {command} --secret luwei\n"))
            .expect_stderr(&format!("  or:   day30 {command} --secret-file PATH"));
    }
}

#[test]
fn an_empty_secret_is_refused_wherever_it_comes_from() {
    let (empty, only_a_line_end) = (File::new("empty", b""), File::new("line-end", b"\r\n"));
    let sources: [&dyn Fn(Day30) -> Day30; 5] = [
        &|run| run.args(["--secret", ""]),
        &|run| run.env("DAY30_SECRET", ""),
        &|run| run.args(["--secret-file", empty.path()]),
        &|run| run.args(["--secret-file", only_a_line_end.path()]),
        &|run| run.args(["--secret-file", "-"]).stdin("\n"),
    ];
    for source in sources {
        for (command, output) in both(source) {
            let output = output.expect_code(2).expect_stderr("error: the secret is empty, so everybody knows it\n");
            output.expect_stderr(&format!("  type: day30 {command} --secret luwei\n"));
        }
    }
}

#[test]
fn a_secret_file_that_cannot_be_read_is_named() {
    let folder = std::env::temp_dir();
    let missing = folder.join("day30-no-such-file");
    let large = File::new("large", &vec![b'x'; (1 << 20) + 1]);
    for path in [folder.to_str().unwrap(), missing.to_str().unwrap(), large.path()] {
        for (_, output) in both(|run| run.args(["--secret-file", path])) {
            output.expect_code(3).expect_stderr(&format!("error: cannot read the secret from {path}: "));
        }
    }
    let (_, output) = both(|run| run.args(["--secret-file", large.path()])).into_iter().next().unwrap();
    output.expect_stderr("it is longer than 1 MiB\n");
}

#[test]
fn a_secret_and_a_secret_file_at_once_is_a_usage_error() {
    for (_, output) in both(|run| run.args(["--secret", SECRET, "--secret-file", "-"])) {
        let output = output.expect_code(2).expect_stderr("cannot be used with");
        assert_hidden("a usage error", output.stderr.as_bytes());
    }
}

/// That neither the secret nor its bytes in hex stand there.
#[track_caller]
fn assert_hidden(place: &str, said: &[u8]) {
    let said = String::from_utf8_lossy(said);
    let digits = hex(SECRET.as_bytes());
    for secret in [SECRET, &digits, &digits.to_uppercase()] {
        assert!(!said.contains(secret), "{place} tells the secret:\n{said}");
    }
}

/// Sends what `answer` makes of the challenge, and hears the server out.
fn visit(server: &Serving, answer: impl FnOnce(&[u8]) -> Vec<u8>) {
    let (mut stream, challenge) = server.asked();
    stream.write_all(&answer(&challenge)).unwrap();
    assert_eq!(read_to_end(&mut stream), b"");
}

fn the_secret_is_in_no_output_and_in_no_record(io: &str) {
    let file = File::new(&format!("hidden-{io}"), SECRET.as_bytes());
    let [of_server, of_client] = ["server", "client"].map(|side| File::new(&format!("{side}-record-{io}"), b""));
    let server = Day30::new(["auth-server", "--port", "0", "--io", io, "--secret-file", file.path()]);
    let server = server.args(["--record", of_server.path()]).serve();
    let key = SECRET.as_bytes();
    visit(&server, |challenge| packed(md5_hex(&[challenge, key])));
    visit(&server, |challenge| packed(md5_hex(&[key, b"\n", challenge])));
    visit(&server, |_| packed(md5_hex(&[key])));
    visit(&server, |_| b"GET / HTTP/1.0\r\n\r\n".to_vec());
    let client = Day30::new(["auth-client", "--secret", SECRET, "--seen", "off", "--port", &server.port()]);
    let client = client.args(["--record", of_client.path()]).run().expect_code(0);
    crate::common::process::eventually("the client is let in", || server.oks() == 1);
    #[cfg(target_os = "linux")]
    assert_hidden("the process list", &fs::read(format!("/proc/{}/cmdline", server.running.pid())).unwrap());

    #[cfg(unix)]
    let server = server.stop().expect_endings("ok 1, refused 3, bad-length 1");
    #[cfg(unix)]
    for (place, said) in [("the server's stdout", &server.stdout), ("its stderr", &server.stderr.into_bytes())] {
        assert_hidden(place, said);
    }
    for (place, said) in [("the client's stdout", &client.stdout), ("its stderr", &client.stderr.into_bytes())] {
        assert_hidden(place, said);
    }
    for (record, its_own) in [(&of_server, "proved"), (&of_client, "challenge-received")] {
        let recorded = fs::read(record.path()).unwrap();
        assert!(String::from_utf8_lossy(&recorded).contains(its_own), "{its_own} is not in {}", record.path());
        assert_hidden(record.path(), &recorded);
    }
}

/// An error comes before or after the secret was read; in neither case does it repeat it.
#[test]
fn no_error_tells_the_secret() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let (_nobody, closed) = closed_port();
    let no_folder = "/no/such/folder/record";
    for (command, more, code) in [
        ("auth-server", ["--port", &port], 3),
        ("auth-server", ["--record", no_folder], 3),
        ("auth-server", ["--scheme", "sha3"], 2),
        ("auth-client", ["--port", &closed], 1),
        ("auth-client", ["--addr", "nowhere"], 2),
        ("auth-client", ["--record", no_folder], 3),
    ] {
        let output = Day30::new([command, "--secret", SECRET]).args(more).run().expect_code(code);
        assert_hidden(&format!("{command} {more:?}"), output.stderr.as_bytes());
        assert_hidden(&format!("{command} {more:?}"), &output.stdout);
    }
}
