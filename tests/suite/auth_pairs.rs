//! Lesson 2 as a pair, both ends of ours: the exit code that `--once` gives, and what happens when the two do not agree.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::auth::{SECRET, auth_server, ended, refused, told};
use crate::common::{Day30, Output, on_every_model, read_to_end};
use day30::protocol::{Ending, Fact, LengthGuess, Mismatch};
use std::io::Write;
use std::net::{Shutdown, TcpStream};

on_every_model!(
    client_and_server_with_the_same_secret_and_scheme_agree,
    with_another_secret_the_server_exits_with_1_and_the_client_cannot_know,
    with_another_scheme_the_server_says_which_it_seems_to_be,
    a_server_for_one_client_fails_with_whatever_that_client_failed_with,
    a_server_for_one_client_lets_no_second_one_in,
    a_server_for_one_client_that_nobody_came_to_did_not_fail,
    a_server_for_many_does_not_fail_with_its_clients,
    quiet_leaves_the_verdict_on_stdout,
);

const SCHEMES: [&str; 3] = ["md5", "hmac-md5", "hmac-sha256"];

/// One server for one client, and that client: what both left behind.
fn pair(io: &str, server: &[&str], client: &[&str]) -> (Output, Output) {
    let serving = Day30::new(["auth-server", "--once", "--port", "0", "--io", io]).args(server).serve();
    let client = Day30::new(["auth-client", "--seen", "off", "--port", &serving.port()]).args(client).run();
    (serving.running.wait(), client)
}

fn client_and_server_with_the_same_secret_and_scheme_agree(io: &str) {
    for scheme in SCHEMES {
        let both = ["--secret", "十月 ✓", "--scheme", scheme];
        let (server, client) = pair(io, &both, &both);
        let server = server.expect_code(0).expect_endings("ok 1");
        assert!(server.out().ends_with("\nok\n"), "{}", server.out());
        let length = if scheme == "hmac-sha256" { 64 } else { 32 };
        let client = client.expect_code(0).expect_stderr(&ended(Ending::Answered));
        let client = client.expect_stderr(&told(&Fact::Answered { length }));
        assert_eq!(client.out(), "");
    }
}

fn with_another_secret_the_server_exits_with_1_and_the_client_cannot_know(io: &str) {
    for scheme in SCHEMES {
        let (server, client) =
            pair(io, &["--secret", "one", "--scheme", scheme], &["--secret", "other", "--scheme", scheme]);
        let server = server.expect_code(1).expect_endings("refused 1");
        let server = server.expect_stderr(&told(&Fact::Refused { mismatch: Mismatch::Unknown }));
        assert_eq!(server.out().lines().count(), 1, "{}", server.out());
        client.expect_code(0).expect_stderr("The server does not send a verdict back");
    }
}

fn with_another_scheme_the_server_says_which_it_seems_to_be(io: &str) {
    let refused = |mismatch| Fact::Refused { mismatch };
    let bad = |length, expected| Fact::BadLength { length, expected, guess: LengthGuess::OtherScheme };
    for (server, client, fact) in [
        ("md5", "hmac-md5", refused(Mismatch::HmacMd5)),
        ("md5", "hmac-sha256", bad(64, 32)),
        ("hmac-md5", "md5", refused(Mismatch::PlainMd5)),
        ("hmac-md5", "hmac-sha256", bad(64, 32)),
        ("hmac-sha256", "md5", bad(32, 64)),
        ("hmac-sha256", "hmac-md5", bad(32, 64)),
    ] {
        let with = |scheme| ["--secret", SECRET, "--scheme", scheme];
        let (output, _) = pair(io, &with(server), &with(client));
        let slug = if matches!(fact, Fact::BadLength { .. }) { "bad-length" } else { "refused" };
        output.expect_code(1).expect_stderr(&told(&fact)).expect_endings(&format!("{slug} 1"));
    }
}

fn a_server_for_one_client_fails_with_whatever_that_client_failed_with(io: &str) {
    let server = auth_server(io, &["--once"]);
    let (mut stream, _) = server.asked();
    stream.shutdown(Shutdown::Write).unwrap();
    assert_eq!(read_to_end(&mut stream), b"");
    server.running.wait().expect_code(1).expect_endings("eof 1");

    let server = auth_server(io, &["--once", "--handshake-timeout", "300ms"]);
    let (mut stream, _) = server.asked();
    assert_eq!(read_to_end(&mut stream), b"");
    drop(stream);
    server.running.wait().expect_code(1).expect_endings("handshake-timeout 1");

    let server = auth_server(io, &["--once"]);
    crate::common::reset(server.asked().0);
    server.running.wait().expect_code(1).expect_endings("reset 1");
}

fn a_server_for_one_client_lets_no_second_one_in(io: &str) {
    let server = auth_server(io, &["--once", "--handshake-timeout", "60s"]);
    let (only, challenge) = server.asked();
    crate::common::process::eventually("the second one is refused", || TcpStream::connect(server.address).is_err());
    let mut only = only;
    only.write_all(&crate::common::auth::right_answer(&challenge)).unwrap();
    assert_eq!(read_to_end(&mut only), b"");
    drop(only);
    let output = server.running.wait().expect_code(0).expect_stderr("clients 1 ");
    assert!(output.out().ends_with("\nok\n"), "{}", output.out());
}

fn a_server_for_one_client_that_nobody_came_to_did_not_fail(io: &str) {
    let server = auth_server(io, &["--once"]);
    server.running.interrupt().expect_code(0).expect_endings("-");
}

fn a_server_for_many_does_not_fail_with_its_clients(io: &str) {
    let server = auth_server(io, &[]);
    let client = |secret| {
        let port = server.port();
        Day30::new(["auth-client", "--seen", "off", "--secret", secret, "--port", &port]).run().expect_code(0)
    };
    client("guess");
    client(SECRET);
    client("guess again");
    let output = server.stop().expect_endings("ok 1, refused 2");
    assert_eq!(output.out().lines().skip(1).collect::<Vec<_>>(), ["ok"]);
}

/// Results only: the verdict is the result, and a refusal is still told, because it is one.
fn quiet_leaves_the_verdict_on_stdout(io: &str) {
    let quiet = ["--quiet", "--secret", SECRET];
    let (server, client) = pair(io, &quiet, &quiet);
    let server = server.expect_code(0);
    assert_eq!((server.out().lines().count(), server.stderr.as_str()), (2, ""));
    let client = client.expect_code(0);
    assert_eq!((client.out(), client.stderr.as_str()), ("", ""));

    let (server, _) = pair(io, &quiet, &["--quiet", "--secret", "guess"]);
    let server = server.expect_code(1);
    assert_eq!(server.stderr.lines().count(), 1, "{}", server.stderr);
    server.expect_stderr(&refused("", Ending::Refused));
}
