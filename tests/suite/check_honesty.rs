//! Verdicts are never better, and never worse, than what was seen: programs that are right in an unusual way, and wrong ones that
//! look right.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::have;
use crate::common::judged::{check, decided, judged, program, report, reported, with_verdict};
use crate::common::record::RecordFile;

/// A client of lesson 1 in Python, with these words in it.
fn client(message: &str, before_reply: &str, after_reply: &str) -> String {
    format!(
        "import os, socket, sys, time\n\
         try:\n\
         \x20   sk = socket.create_connection(('127.0.0.1', int(sys.argv[1])))\n\
         \x20   while True:\n\
         \x20       message = {message}\n\
         \x20       sk.sendall(message)\n\
         \x20       {before_reply}\n\
         \x20       reply = b''\n\
         \x20       while len(reply) < len(message):\n\
         \x20           piece = sk.recv(1024)\n\
         \x20           if not piece: sys.exit(1)\n\
         \x20           reply += piece\n\
         \x20       {after_reply}\n\
         \x20       time.sleep(0.3)\n\
         except OSError: sys.exit(1)\n"
    )
}

const PRINTS: &str = "print(reply.decode(), flush=True)";

#[test]
fn a_message_may_have_lines_of_its_own() {
    if !have("python3") {
        return;
    }
    let client = client("b'hello\\nworld'", "pass", PRINTS);
    let only = ["--only", "client/prints-reply,client/second-message,client/split-reply"];
    check("nonblock-client", &only, &["python3", "-c", &client, "{port}"]).run().expect_code(0);
}

/// What is printed at the start is no sign of a loop at the end.
#[test]
fn a_client_that_prints_much_is_not_one_that_never_ends() {
    if !have("python3") {
        return;
    }
    let client = client("b'hello'", "pass", PRINTS).replacen("try:", "print('x\\n' * 60000)\ntry:", 1);
    let only = ["--only", "client/server-closes,client/server-resets"];
    check("nonblock-client", &only, &["python3", "-c", &client, "{port}"]).run().expect_code(0);
}

#[test]
fn what_cannot_be_seen_of_a_reply_is_unknown() {
    if !have("python3") {
        return;
    }
    let early = client("b'hello'", "print('HELLO', flush=True)", "pass");
    let only = ["--only", "client/late-reply"];
    let output = reported("nonblock-client", &only, &["python3", "-c", &early, "{port}"]).run().expect_code(3);
    assert_eq!(with_verdict(&report(&output), "unknown"), ["client/late-reply"]);
    let blank = client("b' '", "pass", "print('tick', flush=True)");
    let only = ["--only", "client/prints-reply"];
    let output = reported("nonblock-client", &only, &["python3", "-c", &blank, "{port}"]).run().expect_code(3);
    assert_eq!(with_verdict(&report(&output), "unknown"), ["client/prints-reply"]);
}

/// What else a server prints is its own affair, up to what can be looked at.
#[test]
fn a_talkative_server_is_heard_and_one_without_an_end_is_unknown() {
    if !have("python3") {
        return;
    }
    let server = program("reference/auth_threads.py");
    let only = ["--only", "auth/ok,auth/wrong-secret"];
    for (lines, code) in [(1100, 0), (12_000, 3)] {
        let script = format!(
            "import builtins, runpy, sys\n\
             def talk(*words, **how): sys.stdout.write(('x' * 1023 + chr(10)) * {lines}); say(*words, **how)\n\
             say, builtins.print = print, talk\n\
             sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0])\n"
        );
        let command = ["python3", "-c", &script, &server, "{port}", "{secret}"];
        check("auth-server", &only, &command).run().expect_code(code);
    }
}

/// A server has a time limit for the whole answer, and the judge does not use it up with single bytes.
#[test]
fn a_server_that_reads_slowly_is_sent_the_rest_at_once() {
    if !have("python3") {
        return;
    }
    let script = "import runpy, socket, sys, time\n\
                  recv = socket.socket.recv\n\
                  socket.socket.recv = lambda self, count: (time.sleep(0.2), recv(self, count))[1]\n\
                  sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0])\n";
    let server = program("reference/auth_threads.py");
    let command = ["python3", "-c", script, &server, "{port}", "{secret}"];
    check("auth-server", &["--only", "auth/byte-by-byte"], &command).run().expect_code(0);
}

/// What processes share is there once.
#[test]
#[cfg(target_os = "linux")]
fn memory_that_is_shared_counts_once() {
    if !have("python3") {
        return;
    }
    let server = "import os, signal, socket, sys\n\
                  table = bytearray(os.urandom(1)) * (150 << 20)\n\
                  signal.signal(signal.SIGCHLD, signal.SIG_IGN)\n\
                  sk = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n\
                  while True:\n\
                  \x20   conn = sk.accept()[0]\n\
                  \x20   if os.fork() == 0:\n\
                  \x20       while data := conn.recv(1024): conn.sendall(data.upper())\n\
                  \x20       os._exit(0)\n\
                  \x20   conn.close()\n";
    // Long enough with eight clients at once for the memory to be looked at.
    let only = ["--memory", "400", "--only", "echo/many-clients,echo/late-reader"];
    check("nonblock-server", &only, &["python3", "-c", server, "{port}"]).run().expect_code(0);
}

/// A program that reads a little now and then would be fed for hours.
#[test]
#[cfg(target_os = "linux")]
fn a_check_ends_in_time_though_every_step_moves_something() {
    if !have("python3") {
        return;
    }
    let server = "import socket, sys, time\n\
                  sk = socket.socket(); sk.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)\n\
                  sk.bind(('127.0.0.1', int(sys.argv[1]))); sk.listen()\n\
                  conn = sk.accept()[0]\n\
                  while conn.recv(512): time.sleep(0.05)\n";
    let only = ["--only", "echo/stops-reading", "--start-timeout", "3s"];
    let output = reported("nonblock-server", &only, &["python3", "-c", server, "{port}"]).run().expect_code(3);
    let report = report(&output);
    assert_eq!(judged(&report, "echo/stops-reading")["verdict"], "unknown", "{report}");
}

/// The verdict is in the exit code, also when nobody reads the words; and each report is written that can be.
#[test]
fn a_reader_that_has_gone_changes_no_verdict() {
    let wrong = ["echo", "no digest"];
    let report = RecordFile::new();
    let options = ["--only", "hmac/notes,hmac/other-words", "--report", &format!("junit={}", report.arg())];
    check("hmac", &options, &wrong).read_one_line().run().expect_code(1);
    assert!(report.text().contains("tests=\"2\" failures=\"1\" errors=\"0\""), "{}", report.text());
}

#[test]
#[cfg(target_os = "linux")]
fn a_report_that_cannot_be_written_leaves_the_others() {
    let report = RecordFile::new();
    let options = ["--only", "hmac/notes", "--report", "json=/dev/full", "--report", &format!("tap={}", report.arg())];
    let output = check("hmac", &options, &["echo", "280ce248e848bcd4e5a31a036829d185"]).run().expect_code(3);
    assert!(output.stderr.contains("/dev/full"), "{}", output.stderr);
    assert!(report.text().contains("ok 1 - hmac/notes"), "{}", report.text());
}

/// A server that goes on for others does not end with a client that behaves badly; one for a single client may.
#[test]
fn a_server_for_many_clients_does_not_end_with_one() {
    if !have("python3") {
        return;
    }
    let command = ["python3", &program("flawed/auth_server.py"), "{port}", "{secret}"];
    let judge =
        |only: &str| decided(reported("auth-server", &["--only", only], &command).env("FLAW", "ends-with-client"));
    judge("auth/wrong-length").expect_code(0);
    let report = report(&judge("auth/next-client,auth/wrong-length").expect_code(1));
    assert_eq!(judged(&report, "auth/wrong-length")["failure"]["cause"]["id"], "ends-with-client");
}

/// However long the other checks take, a client that sends a byte now and then does so in its own time.
#[test]
fn a_slow_client_keeps_its_time_beside_other_checks() {
    if !have("python3") {
        return;
    }
    let command = ["python3", &program("flawed/auth_server.py"), "{port}", "{secret}"];
    let report = report(&reported("auth-server", &[], &command).env("FLAW", "limit-per-recv").run().expect_code(0));
    assert_eq!(with_verdict(&report, "failed"), ["auth/deadline"]);
}

/// A client that leaves with bytes unread resets the connection: what the system still holds of its answer never arrives.
#[test]
fn an_answer_that_is_cut_off_by_a_reset_is_not_wrong() {
    if !have("python3") {
        return;
    }
    let script = "import hashlib, socket, struct, sys\n\
                  sk = socket.create_connection(('127.0.0.1', int(sys.argv[1])))\n\
                  challenge = sk.recv(32, socket.MSG_WAITALL)\n\
                  digits = hashlib.md5(sys.argv[2].encode() + challenge).hexdigest().encode()\n\
                  sk.sendall((struct.pack('<i', 32) + digits)[:21])\n\
                  sk.recv(1, socket.MSG_PEEK)\n\
                  sk.close()\n";
    let command = ["python3", "-c", script, "{port}", "{secret}"];
    check("auth-client", &["--only", "auth-client/only-32-bytes"], &command).run().expect_code(0);
}

/// Node leaves its side open until it has said its own end, and hears of a reset meanwhile.
#[test]
fn a_polite_server_is_left_politely() {
    if !have("node") {
        return;
    }
    let script = "const [port, secret] = process.argv.slice(1), net = require('net'), crypto = require('crypto');\n\
                  net.createServer((socket) => {\n\
                    const challenge = crypto.randomBytes(32);\n\
                    socket.once('data', (data) => {\n\
                      const digest = crypto.createHash('md5').update(secret).update(challenge).digest('hex');\n\
                      if (data.subarray(4, 36).equals(Buffer.from(digest))) console.log('ok');\n\
                      socket.end();\n\
                    });\n\
                    socket.write(challenge);\n\
                  }).listen(Number(port), '127.0.0.1');\n";
    let only = "auth/ok,auth/one-piece,auth/wrong-secret,auth/wrong-digit,auth/one-ok,auth/keeps-the-secret";
    check("auth-server", &["--only", only], &["node", "-e", script, "{port}", "{secret}"]).run().expect_code(0);
}

/// What stands behind an answer is the business of one check alone.
#[test]
fn more_than_the_answer_is_one_failure() {
    if !have("python3") {
        return;
    }
    let command = ["python3", &program("flawed/auth_client.py"), "{port}", "{secret}"];
    let output = reported("auth-client", &[], &command).env("FLAW", "says-more").run().expect_code(1);
    assert_eq!(with_verdict(&report(&output), "failed"), ["auth-client/nothing-more"]);
}

/// Nobody tells lesson 1's client what to say: its second reply may be its last.
#[test]
fn two_messages_are_enough_for_a_client_that_nobody_tells_what_to_say() {
    if !have("python3") {
        return;
    }
    let client = client("b'hello'", "pass", PRINTS).replacen("while True:", "for _ in range(2):", 1);
    let only = ["--only", "client/second-message,client/prints-reply"];
    check("nonblock-client", &only, &["python3", "-c", &client, "{port}"]).run().expect_code(0);
}

/// A program that tells of an error and ends with 0 has caught it.
#[test]
fn an_error_that_was_caught_is_no_crash() {
    if !have("python3") {
        return;
    }
    let server = program("reference/auth_one_client.py");
    let only = ["--only", "auth/ok,auth/raw-digest,auth/reset,auth/leaves-early"];
    check("auth-server", &only, &["python3", &server, "{port}", "{secret}"]).run().expect_code(0);
}
