//! What the contracts of lesson 2 allow is not blamed, and what they leave open is not asked.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::have;
use crate::common::judged::{check, decided, judged, program, report, reported, with_verdict};

/// TCP has no messages: the answer may come in several, with a pause between them.
#[test]
fn a_client_may_pause_between_length_and_digest() {
    if !have("python3") {
        return;
    }
    let client = "import hashlib, socket, sys, time\n\
                  try:\n\
                  \x20   sk = socket.create_connection(('127.0.0.1', int(sys.argv[1])), 5)\n\
                  \x20   challenge = b''\n\
                  \x20   while len(challenge) < 32:\n\
                  \x20       piece = sk.recv(32 - len(challenge))\n\
                  \x20       if not piece: sys.exit(1)\n\
                  \x20       challenge += piece\n\
                  \x20   sk.sendall(b'\\x20\\0\\0\\0')\n\
                  \x20   time.sleep(0.5)\n\
                  \x20   sk.sendall(hashlib.md5(sys.argv[2].encode() + challenge).hexdigest().encode())\n\
                  \x20   sk.recv(64)\n\
                  except OSError: sys.exit(1)\n";
    let only = "auth-client/length,auth-client/digest,auth-client/nothing-more,auth-client/split-challenge,auth-client/one-answer";
    let command = ["python3", "-c", client, "{port}", "{secret}"];
    let output = decided(reported("auth-client", &["--only", only], &command)).expect_code(0);
    assert_eq!(with_verdict(&report(&output), "failed"), Vec::<&str>::new());
}

/// A right server, which prints these lines too: one when a client comes, and one when it is refused.
fn talkative(on_accept: &str, on_refusal: &str) -> String {
    format!(
        "import builtins, hmac, runpy, socket, sys\n\
         say, accept, compare = print, socket.socket.accept, hmac.compare_digest\n\
         def accepts(self):\n\
         \x20   say({on_accept:?}, flush=True)\n\
         \x20   return accept(self)\n\
         def compares(one, other):\n\
         \x20   if not compare(one, other): say({on_refusal:?}, flush=True)\n\
         \x20   return compare(one, other)\n\
         socket.socket.accept, hmac.compare_digest = accepts, compares\n\
         sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')\n"
    )
}

/// Only a line that is exactly `ok` counts.
#[test]
fn a_server_may_print_other_lines() {
    if !have("python3") {
        return;
    }
    let script = talkative("OK, waiting for a client (ok)", "not ok: refused\nOK\nok 127.0.0.1");
    let server = program("reference/auth_threads.py");
    let only = "auth/ok,auth/ok-at-once,auth/wrong-secret,auth/only-the-digest,auth/accepted-replay,auth/one-ok";
    check("auth-server", &["--only", only], &["python3", "-c", &script, &server, "{port}", "{secret}"])
        .run()
        .expect_code(0);
}

/// A word in its chatter is no sign that it prints `ok` in another way.
#[test]
fn chatter_is_not_taken_for_the_line() {
    if !have("python3") {
        return;
    }
    let script = talkative("ok, waiting", "not ok");
    let server = program("flawed/auth_server.py");
    let command = ["python3", "-c", &script, &server, "{port}", "{secret}"];
    let output = decided(reported("auth-server", &["--only", "auth/ok"], &command).env("FLAW", "digest-swapped"));
    assert_eq!(judged(&report(&output), "auth/ok")["failure"]["cause"]["id"], "digest-swapped", "{}", output.stderr);
}

/// Zeros and blanks come in the check that asks for them, and by chance in no other one.
#[test]
fn a_client_that_trips_over_zeros_or_blanks_fails_one_check() {
    if !have("python3") {
        return;
    }
    let command = ["python3", &program("flawed/auth_client.py"), "{port}", "{secret}"];
    let only = "auth-client/digest,auth-client/split-challenge,auth-client/any-bytes,auth-client/late-challenge";
    for flaw in ["zero-ends-text", "strips-text"] {
        let output = decided(reported("auth-client", &["--only", only], &command).env("FLAW", flaw)).expect_code(1);
        assert_eq!(with_verdict(&report(&output), "failed"), ["auth-client/any-bytes"], "{flaw}");
    }
}

/// Nobody tells such a program which secret to use.
#[test]
fn a_program_without_a_place_for_the_secret_may_have_it_written_in() {
    if !have("python3") {
        return;
    }
    for (target, name) in [("auth-server", "auth_server"), ("auth-client", "auth_client")] {
        let (id, first) = match target {
            "auth-server" => ("auth/not-written-in", "auth/ok"),
            _ => ("auth-client/not-written-in", "auth-client/digest"),
        };
        let program = program(&format!("flawed/{name}.py"));
        let written_in = ["python3", &program, "{port}", crate::common::auth::SECRET];
        let skip = ["--only", &format!("{first},{id}")];
        let report = report(&reported(target, &skip, &written_in).run().expect_code(3));
        assert_eq!(
            (judged(&report, id)["verdict"].as_str(), judged(&report, first)["verdict"].as_str()),
            (Some("not-run"), Some("passed"))
        );
    }
}

/// Node decodes what comes when an encoding is set, and its bytes are lost.
#[test]
fn a_client_in_node_that_sets_an_encoding() {
    if !have("node") {
        return;
    }
    let client = "const [port, secret] = process.argv.slice(1), net = require('net'), crypto = require('crypto');\n\
                  const socket = net.connect(Number(port), '127.0.0.1');\n\
                  socket.setEncoding('utf8');\n\
                  let text = '';\n\
                  socket.on('data', (piece) => {\n\
                    text += piece;\n\
                    if (text.length < 32) return;\n\
                    const digest = crypto.createHash('md5').update(secret + text).digest('hex');\n\
                    const head = Buffer.alloc(4);\n\
                    head.writeInt32LE(digest.length);\n\
                    socket.write(Buffer.concat([head, Buffer.from(digest)]));\n\
                  });\n\
                  socket.on('error', () => process.exit(1));\n";
    let only = ["--only", "auth-client/length,auth-client/digest"];
    let output = decided(reported("auth-client", &only, &["node", "-e", client, "{port}", "{secret}"])).expect_code(1);
    let report = report(&output);
    let failed = with_verdict(&report, "failed");
    let failure = &judged(&report, failed[0])["failure"];
    assert_eq!((&failure["cause"]["id"], &failure["cause"]["is_guess"]), (&"challenge-decoded".into(), &false.into()));
}
