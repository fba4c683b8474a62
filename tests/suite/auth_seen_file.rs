//! The file of the challenges that lesson 2's client has answered: shared by many clients, damaged by crashes, or no file at all.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::auth_seen::{Folder, asked, asked_again, assert_calm, challenge, client};
use crate::common::auth::{SECRET, hex};
use crate::common::peer::Peer;
use crate::common::{Day30, read_exactly};
use std::fs;
use std::io::Write;
use std::path::Path;

/// What can only be remembered in a regular file is not tried elsewhere: a pipe would wait for ever, a device may do anything.
#[cfg(unix)]
#[test]
fn what_is_not_a_regular_file_is_refused_before_anything_begins() {
    let folder = Folder::new("irregular");
    let (pipe, socket, link) = (folder.0.join("pipe"), folder.0.join("socket"), folder.0.join("link"));
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let _socket = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    std::os::unix::fs::symlink(&pipe, &link).unwrap();
    for path in [&folder.0, &pipe, &socket, &link, Path::new("/dev/null"), Path::new("/dev/zero")] {
        let (peer, shown) = (Peer::listening(), path.display());
        for (lang, why) in [("en", "it is not a regular file"), ("zh", "它不是普通文件")] {
            let client = client(path).args(["--quiet", "--lang", lang, "--port", &peer.port()]);
            client.run().expect_code(3).expect_stderr(why).expect_stderr(&shown.to_string());
        }
    }
}

/// Each client locks the file while it appends its line: none is lost, and none is mixed with another.
#[test]
fn sixty_clients_at_once_leave_sixty_challenges() {
    let folder = Folder::new("sixty");
    let peer = Peer::listening();
    let clients: Vec<_> = (0..60)
        .map(|_| client(&folder.file()).args(["--quiet", "--handshake-timeout", "60s", "--port", &peer.port()]).start())
        .collect();
    let mut asked: Vec<_> = (0..60).map(challenge).collect();
    let servers = asked.iter().map(|challenge| {
        let mut server = peer.accept();
        server.write_all(challenge).unwrap();
        server
    });
    // All of them have their challenge before the first is released, so they write at the same time.
    let servers: Vec<_> = servers.collect();
    drop(servers);
    for client in clients {
        client.wait();
    }
    let text = fs::read_to_string(folder.file()).unwrap();
    let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
    lines.sort();
    asked.sort();
    assert_eq!(lines, asked.iter().map(|challenge| hex(challenge)).collect::<Vec<_>>());
}

/// All clients but the first one to write find the challenge in the file, although it was not there when they started.
#[test]
fn one_challenge_for_many_clients_at_once_is_noticed_by_all_but_one() {
    let folder = Folder::new("crowd");
    let peer = Peer::listening();
    let clients: Vec<_> = (0..8)
        .map(|_| client(&folder.file()).args(["--quiet", "--handshake-timeout", "60s", "--port", &peer.port()]).start())
        .collect();
    let mut servers: Vec<_> = clients.iter().map(|_| peer.accept()).collect();
    for server in &mut servers {
        server.write_all(&challenge(1)).unwrap();
        read_exactly(server, 36);
    }
    drop(servers);
    let codes: Vec<_> = clients.into_iter().map(|client| client.wait().code).collect();
    assert_eq!(codes.iter().filter(|code| **code == Some(0)).count(), 1, "{codes:?}");
    assert_eq!(codes.iter().filter(|code| **code == Some(1)).count(), 7, "{codes:?}");
}

/// A crash or a full disk cuts the last line off: it is dropped, and the file is of use again.
#[test]
fn a_last_line_that_was_cut_off_is_dropped_and_told() {
    let whole = format!("{}\n{}\n", hex(&challenge(1)), hex(&challenge(2)));
    let damages =
        [&b"0123456789abcdef"[..], b"a", &[0; 65], b"\xff\xfe", b"half a line", &whole.as_bytes()[..63], b"12\n"];
    for (number, damage) in damages.into_iter().enumerate() {
        let folder = Folder::new(&format!("damaged-{number}"));
        fs::write(folder.file(), [whole.as_bytes(), damage].concat()).unwrap();
        let output = asked(client(&folder.file()).arg("--quiet"), &challenge(3));
        output.expect_stderr("was cut off, and was dropped");
        assert_eq!(fs::read_to_string(folder.file()).unwrap(), whole.clone() + &hex(&challenge(3)) + "\n");
        let output = asked_again(client(&folder.file()).arg("--quiet"), &challenge(2));
        assert!(!output.stderr.contains("cut off"), "{}", output.stderr);
    }
}

/// The first line of all was cut off: nothing but digits is a part of a challenge, and other words are somebody's own.
#[test]
fn a_file_of_one_line_is_dropped_only_if_it_is_a_part_of_a_challenge() {
    for (name, text, is_dropped) in [("digits", "0123abcd", true), ("words", "my own words", false)] {
        let folder = Folder::new(&format!("first-{name}"));
        fs::write(folder.file(), text).unwrap();
        asked(client(&folder.file()), &challenge(1));
        let kept = if is_dropped { hex(&challenge(1)) + "\n" } else { text.to_owned() };
        assert_eq!(fs::read_to_string(folder.file()).unwrap(), kept);
    }
}

/// A whole challenge without its newline is no damage.
#[test]
fn a_last_line_without_its_newline_is_kept() {
    let folder = Folder::new("newline");
    fs::write(folder.file(), hex(&challenge(1))).unwrap();
    assert_calm(&asked(client(&folder.file()), &challenge(2)));
    assert_eq!(fs::read_to_string(folder.file()).unwrap(), format!("{}\n{}\n", hex(&challenge(1)), hex(&challenge(2))));
    asked_again(client(&folder.file()), &challenge(1));
}

/// What was written of a line that did not fit is taken back.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_the_file_as_it_was() {
    let folder = Folder::new("full");
    let whole: String = (1..8).map(|number| hex(&challenge(number)) + "\n").collect();
    fs::write(folder.file(), &whole).unwrap();
    // A limit on a file's size, here 512 bytes, is a full disk for one process: 57 bytes of the eighth line fit.
    let limited = format!("trap '' XFSZ; ulimit -f 1; exec {} \"$@\"", env!("CARGO_BIN_EXE_day30"));
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", &limited, "sh", "auth-client", "--secret", SECRET, "--seen"]).arg(folder.file());
    let output = asked(Day30::of(shell), &challenge(8));
    output.expect_stderr("the challenge could not be remembered in ");
    assert_eq!(fs::read_to_string(folder.file()).unwrap(), whole);
}
