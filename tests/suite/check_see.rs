//! `day30 check --see`: the check that failed, once more with the program watched, and both sides on one page.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use crate::common::auth::SECRET;
use crate::common::judged::check;
use crate::common::watched::{Script, page};
use crate::common::{Output, have};

/// It serves one client after another.
const ONE_BY_ONE: &str = "import socket, sys\n\
    sk = socket.socket()\n\
    sk.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\n\
    sk.bind(('127.0.0.1', int(sys.argv[1])))\n\
    sk.listen()\n\
    while True:\n\
    \x20   conn, _ = sk.accept()\n\
    \x20   while data := conn.recv(1024):\n\
    \x20       conn.sendall(data.upper())\n\
    \x20   conn.close()\n";

#[test]
fn the_page_of_a_failed_check_has_the_program_beside_the_judge() {
    if !have("python3") {
        return;
    }
    let script = Script::new(ONE_BY_ONE);
    let words = ["python3", script.arg(), "{port}"];
    let judged = |options: &[&str]| check("nonblock-server", options, &words).run().expect_code(1);
    let only = ["--only", "echo/silent-client", "--seed", "1"];
    let plain = judged(&only);
    assert!(!plain.out().contains("played once more"));
    let seen = judged(&[&only[..], &["--see"]].concat());
    // What was said without it is said with it: no verdict changes, and no cause.
    let verdict = |output: &Output| {
        let lines = output.out().lines().filter(|line| line.starts_with("  ✗") || line.starts_with("  ✓"));
        lines.map(|line| line.split_whitespace().take(2).collect::<Vec<_>>().join(" ")).collect::<Vec<_>>()
    };
    assert_eq!(verdict(&plain), verdict(&seen));
    let told = seen.out().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("the check was played once more, with your program watched"), "{told}");
    assert!(told.contains("`recv(1024)` in watched-") && told.contains(":8 slept for client A, while"), "{told}");
    let (text, step) = page(&seen);
    assert!(text.contains("conn, _ = sk.accept()") && step.is_some_and(|step| step > 1), "{step:?}");
    assert!(text.contains(r#"["server","服务器"]"#) || text.contains("\"server\""));
}

#[test]
fn a_program_that_passes_has_the_page_that_it_had() {
    if !have("python3") {
        return;
    }
    let script = Script::new(ONE_BY_ONE);
    let only = ["--only", "echo/one-message", "--see"];
    let seen = check("nonblock-server", &only, &["python3", script.arg(), "{port}"]).run().expect_code(0);
    assert!(!seen.out().contains("played once more"));
    assert_eq!(page(&seen).1, None);
}

/// Neither the page nor anything else holds it, also where the student has written it into the program.
#[test]
fn no_secret_is_on_the_page() {
    if !have("python3") {
        return;
    }
    let script = Script::new(&format!(
        "import socket, sys\nsecret = b'{SECRET}'\nsk = socket.socket()\nsk.bind(('127.0.0.1', int(sys.argv[1])))\n\
         sk.listen()\nwhile True:\n    conn, _ = sk.accept()\n    conn.sendall(secret)\n    conn.close()\n"
    ));
    let options = ["--see", "--only", "auth/challenge"];
    let seen = check("auth-server", &options, &["python3", script.arg(), "{port}"]).run().expect_code(1);
    let (text, _) = page(&seen);
    assert!(text.contains(&format!("secret = b'{}'", "*".repeat(SECRET.len()))) && !text.contains(SECRET));
}
